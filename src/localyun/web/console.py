"""The console over HTTP: a request becomes a visit, a page an answer, by nobody's hand but the visitor's."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from localyun.app import App
from localyun.console.routes import ROUTES
from localyun.console.site import Handler, Site
from localyun.console.visit import Form, Page, Theme, Visit
from localyun.console.words import LANGUAGES, Language, preferred
from localyun.store.interface import StoreUnavailable
from localyun.web.administration import admits, refusal

COOKIE = "localyun_console"
"""Holds what every action's form has to repeat. Other sites can neither read nor send it."""

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def console(app: App) -> ASGIApp:
    """Return the console of an app as an application of its own."""
    site = Site(app)
    return Starlette(
        routes=[
            Route(
                route.path,
                _endpoint(site, route.get, route.post, public=route.public),
                methods=["GET", "POST"] if route.post else ["GET"],
            )
            for route in ROUTES
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000)],
    )


def _endpoint(site: Site, get: Handler, post: Handler | None, *, public: bool) -> Endpoint:
    async def answered(request: Request) -> Response:
        if not (public or admits(request, site.app)):
            return refusal(request)
        token = request.cookies.get(COOKIE) or site.ids.token()
        body = (await request.body()).decode(errors="replace") if request.method == "POST" else ""
        visit = _visit(request, Form(body), token)
        handler = get
        if request.method == "POST" and post:
            if not _is_our_own(request, visit):
                return PlainTextResponse(
                    "This didn't come from a page of the console: load the page again and repeat.\n", 403
                )
            handler = post
        try:
            page = await run_in_threadpool(handler, site, visit)
        except StoreUnavailable as error:
            return PlainTextResponse(f"The database can't be used now ({error}): try again.\n", 503)
        response = _response(request, page)
        if COOKIE not in request.cookies and not public:
            response.set_cookie(COOKIE, token, path="/_localyun/", httponly=True, samesite="strict")
        return response

    return answered


def _visit(request: Request, form: Form, token: str) -> Visit:
    chosen = request.cookies.get("localyun_language", "")
    language: Language = next(
        (one for one in LANGUAGES if one == chosen), preferred(request.headers.get("accept-language", ""))
    )
    themes: tuple[Theme, ...] = ("light", "dark")
    theme: Theme = next((one for one in themes if one == request.cookies.get("localyun_theme")), "")
    return Visit(
        path=request.url.path,
        named=request.path_params,
        query=Form(request.url.query),
        form=form,
        language=language,
        theme=theme,
        token=token,
        endpoint=request.headers.get("host", "127.0.0.1"),
    )


def _is_our_own(request: Request, visit: Visit) -> bool:
    """Whether an action comes from a page that we served to this browser, under the name that it uses now."""
    origin = request.headers.get("origin", "").partition("://")[2]
    return (
        origin == request.headers.get("host")
        and COOKIE in request.cookies
        and hmac.compare_digest(visit.form.get("token").encode(), visit.token.encode())
    )


def _response(request: Request, page: Page) -> Response:
    """Send a page; one that the browser has already, letter for letter, isn't sent again.

    That is how pages stay live: they ask for themselves every few seconds.
    """
    headers = {"cache-control": "no-cache", **HEADERS, **page.headers}
    if request.method == "GET" and page.status == 200:
        headers.setdefault("etag", f'"{hashlib.sha256(page.body).hexdigest()[:32]}"')
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
    return Response(page.body, page.status, headers, page.media_type)
