"""Serving an app over HTTP with uvicorn, in this process or in several on one socket."""

import asyncio
import gc
import logging
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import uvicorn

from localyun.app import App
from localyun.web.edge import Asgi, Edge
from localyun.web.protocol import protocol_for

if TYPE_CHECKING:
    from localyun.web.front_door import FrontDoor

BACKLOG = 4096
"""How many connections may wait to be taken."""
DRAIN_SECONDS = 10
"""How long a server that is told to stop waits for the calls under way."""
LINGER_SECONDS = 1
"""How long it leaves connections open on which no call is under way: one may be about to arrive."""
TICK_SECONDS = 0.02
KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than clients pause between two looks at a status."""
RESTART_SECONDS = 1
"""How long a worker that ended by itself is waited with, lest one that can't live keeps us busy."""
STOP = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger("localyun")


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
    return listener


def open_many() -> None:
    """Raise our limit of open files, each connection being one, to the most that we may have."""
    with suppress(ImportError, OSError, ValueError):  # where there is none, or it can't be raised
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def pages_of(app: App) -> Callable[[], Asgi]:
    """Return what makes the application for all that is ours, imported only when somebody asks for it."""

    def make() -> Asgi:
        from localyun.web.pages import pages

        return pages(app)

    return make


class Server(uvicorn.Server):
    """A server that says when it serves, and that has succeeded when it stops because it was told to.

    SIGTERM stops it without the loss of a call, SIGINT at once. It also stops when the process that started
    it as its worker is gone.
    """

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None], app: App) -> None:
        """Call `on_ready` once calls are served; with a certificate, HTTPS and tunnels are served as well."""
        super().__init__(config)
        self._on_ready = on_ready
        self._metrics = app.metrics
        self._certificate = app.settings.certificate
        self._notice = app.settings.drain
        self._gently = False
        self._doors: list[FrontDoor] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        if self._certificate and sockets:
            await self._open_front_doors(sockets, self._certificate)
        else:
            await super().startup(sockets)
        if parent := multiprocessing.parent_process():
            asyncio.get_running_loop().add_reader(parent.sentinel, self._orphaned, parent.sentinel)
        self._on_ready()

    async def _open_front_doors(self, listeners: list[socket.socket], certificate: Path) -> None:
        """Do what uvicorn's own startup does, but let each connection say first what it speaks."""
        from localyun.web.front_door import FrontDoor

        protocol: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        protocol = partial(
            protocol, config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        await super().startup([])
        self._doors = [FrontDoor(listener, protocol, certificate) for listener in listeners]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and answer the calls under way."""
        if self._gently:
            await self._drain(sockets or [])
        for door in self._doors:
            door.close()
        await super().shutdown(sockets)

    async def _drain(self, sockets: list[socket.socket]) -> None:
        """Lose no call: give notice, let each connection end with an answer, and take no more of them.

        A connection that is closed while nothing is under way on it may have a call on the wire. So clients
        that are busy are told by their next answer, and only those that are idle are cut off.
        """
        protocol: Any = self.config.http_protocol_class
        protocol.stopping = self.lifespan.state["stopping"] = True
        for connection in self._connections():
            connection.end_after_this()
        await self._until(lambda: False, self._notice)
        for door in self._doors:
            door.take_no_more()
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        await self._until(lambda: not self.server_state.connections, LINGER_SECONDS)

    async def _until(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Wait until something is so, for so long, and no longer once somebody insists."""
        deadline = time.monotonic() + seconds
        while not (is_so() or self.force_exit) and time.monotonic() < deadline:
            await asyncio.sleep(TICK_SECONDS)

    async def on_tick(self, counter: int) -> bool:
        """Once a second, end connections that are too slow and keep the counts; return whether to stop."""
        if counter % 10 == 0:
            self._metrics.keep()
            for connection in self._connections():
                connection.end_if_too_slow()
        return await super().on_tick(counter)

    def _connections(self) -> list[Any]:
        return list(self.server_state.connections)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop once the calls under way are answered; at a second SIGINT without them."""
        self._gently = self._gently or (sig == signal.SIGTERM and not self.should_exit)
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    def _orphaned(self, sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        self.should_exit = True


def server_for(app: App, on_ready: Callable[[], None] = lambda: None) -> Server:
    """Return a server of an app, to be run on a socket with `serve`."""
    return Server(
        uvicorn.Config(
            Edge(app, pages_of(app)),
            http=protocol_for(app),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            lifespan="on",
        ),
        on_ready,
        app,
    )


def settle() -> None:
    """Collect garbage from now on, but never look through what was made until now: it is there to stay."""
    gc.freeze()
    gc.enable()


def serve(app: App, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve on a socket until SIGTERM or SIGINT, answer the calls under way, and close the store."""
    settle()
    open_many()
    try:
        with app.at_work():
            server_for(app, on_ready).run(sockets=[listener])
    finally:
        app.store.close()


def serve_with_workers(
    make_app: Callable[[], App],
    listener: socket.socket,
    workers: int,
    on_ready: Callable[[], None],
    drain: float,
) -> None:
    """Serve on a socket in several processes until SIGTERM or SIGINT; one that dies is replaced.

    `make_app` is called in each of them, so it has to be something that can be pickled.
    """
    settle()
    processes = multiprocessing.get_context("spawn")
    told, tell = processes.Pipe(duplex=False)
    ready, report = processes.Pipe(duplex=False)

    def start() -> multiprocessing.process.BaseProcess:
        worker = processes.Process(target=_work, args=(make_app, listener, report), daemon=True)
        worker.start()
        return worker

    for number in STOP:
        signal.signal(number, lambda *_: tell.send_bytes(b"stop"))
    crew = [start() for _ in range(workers)]
    reports = 0
    try:
        while told not in (happened := wait([told, ready, *(worker.sentinel for worker in crew)])):
            if ready in happened:
                ready.recv_bytes()
                reports += 1
                if reports == workers:
                    on_ready()
            for place, worker in enumerate(crew):
                if worker.sentinel in happened and not told.poll(RESTART_SECONDS):
                    log.error("worker %s ended with %s and is replaced", worker.pid, worker.exitcode)
                    crew[place] = start()
    finally:
        listener.close()  # who comes once they have stopped is turned away, and doesn't wait for nobody
        for worker in crew:
            worker.terminate()
        for worker in crew:
            worker.join(drain + LINGER_SECONDS + DRAIN_SECONDS + RESTART_SECONDS)
            worker.kill()


def _work(make_app: Callable[[], App], listener: socket.socket, report: Connection) -> None:
    """Serve as one of several processes."""
    serve(make_app(), listener, lambda: report.send_bytes(b"ready"))
