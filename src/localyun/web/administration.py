"""The part of our pages that shows every account's things: for this machine, and whoever has the token."""

import hmac
from collections.abc import Awaitable, Callable
from html import escape
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from localyun.accounts import AccountError, id_of
from localyun.app import App
from localyun.operations.impact import impact_of
from localyun.web.storage import OBJECT, STORAGE, Storage

Endpoint = Callable[[Request], Awaitable[Response]]


ENTER = "/_localyun/enter"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
TOKEN = "localyun_token"  # noqa: S105 - the name of a cookie
"""The cookie in which a browser keeps the token."""


def administration(app: App) -> list[Route]:
    """Return what is served to this machine, and to whoever shows the token."""

    async def impact(request: Request) -> Response:
        with app.store.reading(app.clock.wall()) as tx:
            try:
                named = [id_of(tx, one) for one in request.query_params.getlist("unshare")]
            except AccountError as error:
                return JSONResponse({"error": str(error)}, 404)
            found = impact_of(tx, request.path_params["id"], named or None)
        if found is None:
            return JSONResponse({"error": "there is no such custom image"}, 404)
        return Response(msgspec.json.encode(found), media_type="application/json")

    async def enter(request: Request) -> Response:
        """Keep the token that somebody typed, if it is the right one."""
        typed = parse_qs((await request.body()).decode(errors="replace")).get("token", [""])[0]
        if not _is_token(typed.strip(), app):
            return refusal(request)
        response = RedirectResponse("/_localyun/console/", 303)
        response.set_cookie(TOKEN, typed.strip(), path="/_localyun/", httponly=True, samesite="strict")
        return response

    async def metrics(_: Request) -> Response:
        return Response(app.metrics.text(), media_type=PROMETHEUS)

    storage = Storage(app)
    return [
        Route(STORAGE, _guarded(storage.describe, app)),
        Route(OBJECT, _guarded(storage.put, app), methods=["PUT"]),
        Route("/_localyun/images/{id}/impact", _guarded(impact, app)),
        Route("/_localyun/metrics", _guarded(metrics, app)),
        Route(ENTER, enter, methods=["POST"]),
    ]


def _guarded(endpoint: Endpoint, app: App) -> Endpoint:
    """Refuse whoever may not see everything."""

    async def guarded(request: Request) -> Response:
        return await endpoint(request) if admits(request, app) else refusal(request)

    return guarded


def admits(request: Request, app: App) -> bool:
    """Whether a request comes from this machine, or shows the token that the server printed."""
    if request.client is not None and is_loopback(request.client.host):
        return True
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    shown = bearer if scheme.lower() == "bearer" else request.cookies.get(TOKEN, "")
    return _is_token(shown, app)


def _is_token(shown: str, app: App) -> bool:
    token = app.settings.admin_token
    return bool(token) and hmac.compare_digest(shown.encode(), token.encode())


def refusal(request: Request) -> Response:
    """Say that a token is asked for; a browser gets a field for it."""
    sentence = "this answers on the machine that localyun runs on, and to whoever has the token it printed"
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": sentence}, 403)
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>localyun</title><main><h1>localyun</h1>"
        f"<p>{escape(sentence.capitalize())}.</p>"
        f"<form method=post action='{ENTER}'><label>Token <input name=token type=password autofocus required>"
        "</label> <button>Enter</button></form></main></html>",
        403,
        {"content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'"},
    )


def is_loopback(peer: str) -> bool:
    """Whether a peer's address is this machine's own; an IPv4 address may come dressed as IPv6."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
