"""A lean client: connections that write ready-made requests, one at a time each, and time the answers."""

import asyncio
import gc
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter_ns

import uvloop

OK = b"HTTP/1.1 20"
PATIENCE = 30
"""How many seconds an answer may take before we give up."""


class Refused(Exception):
    """A call was not answered with success; the text is the answer."""


@dataclass
class Load:
    """What a stretch of load saw, in nanoseconds: how long it took, and how long each call did."""

    port: int
    ends_at: int
    duration: int = 0
    latencies: list[int] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many calls were answered."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Calls answered in a second."""
        return self.calls / self.duration * 1e9

    def quantile(self, share: float) -> int:
        """The time within which this share of the calls was answered."""
        return sorted(self.latencies)[int(self.calls * share)]


def put_under_load(port: int, connections: Iterable[Iterable[bytes]], seconds: float) -> Load:
    """Send each connection's requests, until the time is over or a connection has none left.

    Raises `Refused` when an answer isn't success, TimeoutError when one doesn't come.
    """

    async def run() -> Load:
        started_at = perf_counter_ns()
        load = Load(port, started_at + int(seconds * 1e9))
        running = [_Connection(load, iter(requests)) for requests in connections]
        async with asyncio.timeout(seconds + PATIENCE):
            await asyncio.gather(*(connection.finished for connection in running))
        load.duration = perf_counter_ns() - started_at
        return load

    gc.collect()
    gc.disable()
    try:
        return uvloop.run(run())
    finally:
        gc.enable()


def ask(port: int, request: bytes) -> bytes:
    """Send one request, return its answer. Raises `Refused` if that is none, OSError without a server."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request.replace(b"\r\n", b"\r\nconnection: close\r\n", 1))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    if not answer.startswith(OK):
        raise Refused(answer.decode())
    return answer


class _Connection(asyncio.Protocol):
    """Sends one request after the other; connects anew where the server closes after each answer."""

    def __init__(self, load: Load, requests: Iterator[bytes]) -> None:
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._load = load
        self._requests = requests
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._next()

    def _next(self) -> None:
        self._sent_at = perf_counter_ns()
        request = next(self._requests, None)
        if request is None:
            self._load.ends_at = 0
        if request is None or self._sent_at > self._load.ends_at:
            self.finished.set_result(None)
            self._close()
        elif self._transport:
            self._transport.write(request)
        else:
            self._connecting = asyncio.ensure_future(self._connect(request))

    async def _connect(self, request: bytes) -> None:
        try:
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._load.port)
            self._transport.write(request)
        except OSError as error:
            self.finished.set_exception(error)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        headers = head.lower()
        length = headers.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if not end or len(body) < int(length or 0):
            return
        self._load.latencies.append(perf_counter_ns() - self._sent_at)
        self._received = b""
        if not head.startswith(OK):
            self.finished.set_exception(Refused(f"{head.decode()}\n\n{body.decode()}"))
            self._close()
        elif b"connection: close" in headers:
            self._close()
        else:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if self.finished.done():
            return
        if self._transport:
            self.finished.set_exception(error or ConnectionError("the server closed a connection"))
        else:
            self._next()

    def _close(self) -> None:
        if self._transport:
            self._transport.close()
            self._transport = None
