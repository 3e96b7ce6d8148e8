"""What is ours on the wire, below `/_localyun/`: health, and a page about each error."""

from html import escape
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from localyun import __version__
from localyun.app import App
from localyun.spec.explanations import explain, rows


def pages(app: App) -> ASGIApp:
    """Return the application for all that is ours."""

    async def health(_: Request) -> Response:
        with app.store.reading(app.clock.wall()):
            return JSONResponse({"status": "ok", "version": __version__})

    async def error(request: Request) -> Response:
        code = request.path_params["code"]
        words = explain(code)
        body = "".join(f"<p><code>{row.status}</code> {escape(row.message)}</p>" for row in rows(code))
        if words:
            body += (
                f"<h2>Cause</h2><p>{escape(words.cause)}</p><h2>Way out</h2><p>{escape(words.way_out)}</p>"
            )
        known = bool(body)
        return _page(code, body or "<p>localyun has no such error.</p>", 200 if known else 404)

    return _OwnHostsOnly(
        Starlette(
            routes=[
                Route("/_localyun/health", health),
                Route("/_localyun/errors/{code:path}", error),
            ]
        )
    )


def _page(title: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)} · localyun</title><h1>{escape(title)}</h1>{body}</html>",
        status,
        {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


class _OwnHostsOnly:
    """Refuse hosts by other names: a page of another site can't reach in by a name that it controls."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            origin = headers.get(b"origin", "").partition("://")[2]
            if not all(_is_own(host) for host in (headers.get(b"host", ""), origin) if host):
                refusal = PlainTextResponse(
                    "localyun's own pages answer on localhost and IP addresses only.\n", 403
                )
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_own(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
