"""Between clients and servers: a balancer that sends calls where somebody is well, and a line that breaks.

Both relay bytes between two TCP connections, in a thread with a loop of their own.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

Place = tuple[str, int]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CHECK_SECONDS = 0.2
"""How often the balancer looks at the health of servers."""


class Relay:
    """Listens on a free port and relays each connection to where `reach` leads."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        """Listen at an address of this machine."""
        self.host = host
        self.port = 0
        self.cuts = 0
        self.stalled = False
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()

    async def reach(self) -> Streams:
        """Connect to a server."""
        raise NotImplementedError

    async def serve(self, ready: Callable[[], None]) -> None:
        """Relay until cancelled."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._flows.set()
        server = await asyncio.start_server(self._relay, self.host, 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        async with server:
            await asyncio.Event().wait()

    def end(self) -> None:
        """Stop to listen, and break what is open."""
        self._loop.call_soon_threadsafe(self._task.cancel)

    def cut(self) -> None:
        """Break every connection that is open, at both ends."""

        def cut() -> None:
            self.cuts += len(self._open) // 2
            for writer in self._open:
                writer.transport.abort()

        self._loop.call_soon_threadsafe(cut)

    def stall(self, *, stalled: bool) -> None:
        """Keep what comes and say nothing, as a line does whose other end is gone; or let it flow again."""
        self._loop.call_soon_threadsafe(self._flows.clear if stalled else self._flows.set)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await self.reach()
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, to_writer}
        pumps = [self._pump(reader, to_writer), self._pump(to_reader, writer)]
        try:
            with suppress(OSError, asyncio.CancelledError):  # the stream's own callback can't bear the latter
                await asyncio.gather(*pumps)
        finally:
            for end in (writer, to_writer):
                self._open.discard(end)
                end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await reader.read(65536):
                await self._flows.wait()
                writer.write(said)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.write_eof()


class Line(Relay):
    """A line to one server, on TCP or a socket of the file system."""

    def __init__(self, to: Callable[[], Awaitable[Streams]], host: str = "127.0.0.1") -> None:
        """Lead to where a function connects."""
        super().__init__(host)
        self._to = to

    async def reach(self) -> Streams:
        """Connect to the server."""
        return await self._to()


class Balancer(Relay):
    """Sends each new connection to the next server that says it is well, or to another if that refuses."""

    def __init__(self, servers: Sequence[Place] = (), host: str = "127.0.0.1") -> None:
        """Send to these; the list may be replaced at any time."""
        super().__init__(host)
        self.servers = list(servers)
        self._well: dict[Place, bool] = {}
        self._turn = 0

    async def serve(self, ready: Callable[[], None]) -> None:
        """Relay, and look at the servers' health all the time."""
        checking = asyncio.create_task(self._check())
        try:
            await super().serve(ready)
        finally:
            checking.cancel()

    async def reach(self) -> Streams:
        """Connect to a server that is well, or to any if none is known to be."""
        places = list(self.servers)
        self._turn += 1
        turned = [places[(self._turn + n) % len(places)] for n in range(len(places))]
        for place in sorted(turned, key=lambda place: not self._well.get(place, False)):
            with suppress(OSError):
                return await asyncio.open_connection(*place)
        raise ConnectionRefusedError

    async def _check(self) -> None:
        while True:
            for place in list(self.servers):
                self._well[place] = await _is_well(place)
            await asyncio.sleep(CHECK_SECONDS)


async def _is_well(place: Place) -> bool:
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(*place)
            try:
                writer.write(
                    b"GET /_localyun/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


@contextmanager
def relaying(relay: Relay) -> Iterator[None]:
    """Have a relay work in a thread until the end."""
    ready = threading.Event()

    def work() -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(relay.serve(ready.set))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(20)
        yield
    finally:
        relay.end()
        thread.join(20)
