"""What is ours on the wire, below `/_localyun/`: health, a start page, and a page about each error."""

from collections.abc import Iterable
from html import escape
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from localyun import __version__
from localyun.app import App
from localyun.spec.explanations import explain, rows
from localyun.web.administration import administration

START = "/_localyun/console/"

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884 }
code { font: .9em ui-monospace, monospace }
"""


def pages(app: App) -> ASGIApp:
    """Return the application for all that is ours."""

    async def health(_: Request) -> Response:
        with app.store.reading(app.clock.wall()):
            return JSONResponse({"status": "ok", "version": __version__})

    async def to_start(_: Request) -> Response:
        return RedirectResponse(START)

    async def start(_: Request) -> Response:
        operations = sorted(app.operations.operations, key=lambda o: (o.product, o.name))
        return _page(
            f"localyun {__version__}",
            "<p>This server speaks the API of Alibaba Cloud's ECS. <code>localyun accounts list</code> shows "
            "whose keys it knows, <code>localyun doctor</code> the lines to paste for each client.</p>"
            "<h2>Operations</h2>",
            _table(
                ("Operation", "Product", "Support", "What it does"),
                (
                    (f"<code>{o.name}</code>", o.product, o.support.value, escape(o.summary))
                    for o in operations
                ),
            ),
        )

    async def error(request: Request) -> Response:
        code: str = request.path_params["code"]
        if not (found := rows(code)):
            return _page(code, "<p>localyun has no error with this code.</p>", status=404)
        words = explain(code)
        return _page(
            code,
            _table(
                ("Status", "Message"),
                ((str(row.status), f"<code>{escape(row.message)}</code>") for row in found),
            ),
            f"<h2>Cause</h2><p>{escape(words.cause)}</p>" if words else "",
            f"<h2>Way out</h2><p>{escape(words.way_out)}</p>" if words else "",
        )

    return _OwnHostsOnly(
        Starlette(
            routes=[
                Route("/", to_start),
                Route(START, start),
                Route("/_localyun/health", health),
                Route("/_localyun/errors/{code:path}", error),
                *administration(app),
            ]
        )
    )


def _page(title: str, *body: str, status: int = 200) -> Response:
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)} · localyun</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1>{''.join(body)}</html>",
        status,
        {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


def _table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML already."""
    heading = "".join(f"<th scope=col>{cell}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in body)
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{lines}</tbody></table>"


class _OwnHostsOnly:
    """Refuse hosts by other names: a page of another site can't reach in by a name that it controls."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin", "").partition("://")[2]
        if all(_is_own(host) for host in (headers.get(b"host", ""), origin) if host):
            await self._app(scope, receive, send)
        else:
            refusal = PlainTextResponse(
                "localyun's own pages answer on localhost and IP addresses only.\n", 403
            )
            await refusal(scope, receive, send)


def _is_own(host: str) -> bool:
    """Whether a host, with or without a port, is this machine's name or any address."""
    name, _, port = host.rpartition(":")
    if not (name and port.isdigit()):
        name = host
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
