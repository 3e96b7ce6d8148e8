"""A server on a free port of this machine, in a thread of this process: for whoever needs one for a while."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from localyun.app import App
from localyun.web.server import bind, server_for

STOP_SECONDS = 20
"""How long a server may take to stop."""


@contextmanager
def running(app: App) -> Iterator[str]:
    """Serve an app on a real socket and yield its address as `host:port`; it is stopped at the end."""
    server = server_for(app)
    with bind("127.0.0.1", 0) as listener, app.at_work():
        host, port = listener.getsockname()
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), name="localyun", daemon=True
        )
        # The socket listens already: whoever connects before the thread is up waits for it.
        thread.start()
        try:
            yield f"{host}:{port}"
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)
