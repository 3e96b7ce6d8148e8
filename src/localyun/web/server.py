"""Serving an app over HTTP with uvicorn."""

import socket
from collections.abc import Callable

import uvicorn

from localyun.app import App
from localyun.web.edge import Asgi, Edge
from localyun.web.protocol import protocol_for

BACKLOG = 4096
"""How many connections may wait to be taken."""
DRAIN_SECONDS = 10
"""How long a server that is told to stop waits for the calls under way."""


def bind(host: str, port: int) -> socket.socket:
    """Listen at an address; port 0 takes a free one. Raises OSError when it can't."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def pages_of(app: App) -> Callable[[], Asgi]:
    """Return what makes the application for all that is ours, imported only when somebody asks for it."""

    def make() -> Asgi:
        from localyun.web.pages import pages

        return pages(app)

    return make


def server_for(app: App) -> uvicorn.Server:
    """Return a server of an app, to be run on a socket with `serve`."""
    return uvicorn.Server(
        uvicorn.Config(
            Edge(app, pages_of(app)),
            http=protocol_for(app),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            backlog=BACKLOG,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            lifespan="on",
        )
    )
