"""What is ours on the wire, below `/_localyun/`: health, the administration, and the console."""

from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from localyun import __version__
from localyun.app import App
from localyun.store.interface import StoreUnavailable
from localyun.web.administration import administration

START = "/_localyun/console/"


def pages(app: App) -> ASGIApp:
    """Return the application for all that is ours."""

    def look() -> None:
        """See whether the database can be read."""
        with app.store.reading(app.clock.wall()):
            return

    async def health(request: Request) -> Response:
        if request.scope.get("state", {}).get("stopping"):
            return JSONResponse({"status": "stopping", "version": __version__}, 503)
        try:
            if app.store.at_once > 1:  # it may be far away: calls needn't wait for it
                await run_in_threadpool(look)
            else:
                look()
            return JSONResponse({"status": "ok", "version": __version__})
        except StoreUnavailable as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, 503)

    async def to_start(_: Request) -> Response:
        return RedirectResponse(START)

    return _OwnHostsOnly(
        Starlette(
            routes=[
                Route("/", to_start),
                Route("/_localyun/health", health),
                *administration(app),
                Route("/_localyun/{rest:path}", _Console(app)),
            ],
        )
    )


class _Console:
    """The console, imported when somebody looks at it: whoever asks for health only needn't wait for it."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._made: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._made is None:
            from localyun.web.console import console

            self._made = console(self._app)
        await self._made(scope, receive, send)


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
