"""One port for plain HTTP, HTTPS and a proxy's CONNECT, told apart by a connection's first bytes.

Clients that insist on HTTPS and can't be given an endpoint are sent here with `HTTPS_PROXY`: a tunnel to one
of the provider's API hosts ends in this very server, and every other tunnel is refused.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from localyun import catalogue

TLS_HANDSHAKE = b"\x16"
"""The first byte of a TLS connection; no HTTP request starts with it."""
CONNECT = b"CONNECT "
LONGEST_CONNECT = 16 * 1024
"""How many bytes a CONNECT request may have, headers and all."""
FIRST_BYTE_SECONDS = 75
"""How long a connection may stay silent before it is closed."""
GOODBYE_SECONDS = 1
"""How long a client may take to answer the goodbye that TLS asks for; an idle one doesn't."""

REFUSAL = (
    "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n"
    "Connection: close\r\n\r\n{text}"
)


class FrontDoor:
    """Takes connections from a listening socket and hands each to the protocol that it speaks."""

    def __init__(
        self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol], certificate: Path
    ) -> None:
        """Serve `protocol` on connections to `listener`, over TLS with `certificate` where they want it."""
        self._listener = listener
        self._protocol = protocol
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.load_cert_chain(certificate)
        self._loop = asyncio.get_running_loop()
        self._arriving: set[asyncio.Task[None]] = set()
        listener.setblocking(False)
        self._loop.add_reader(listener, self._take)

    def take_no_more(self) -> None:
        """Take no more connections; those that have come are still led in."""
        self._loop.remove_reader(self._listener)

    def close(self) -> None:
        """Take no more connections; those that were handed over live on."""
        self.take_no_more()
        for task in self._arriving:
            task.cancel()

    def _take(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            # Another worker took it, or the client went away again.
            return
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self._loop.create_task(self._admit(connection))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    async def _admit(self, connection: socket.socket) -> None:
        """Find out what a connection speaks, and hand it over; close it when it speaks nothing of ours."""
        try:
            async with asyncio.timeout(FIRST_BYTE_SECONDS):
                first = await self._peek(connection)
                if CONNECT.startswith(first):
                    first = await self._tunnel(connection)
        except (OSError, TimeoutError, asyncio.CancelledError):
            first = b""
        if not first:
            connection.close()
            return
        context = self._context if first.startswith(TLS_HANDSHAKE) else None
        # What isn't TLS after all, or doesn't trust us, has been closed by the loop and harms nobody else.
        with suppress(OSError):
            await self._loop.connect_accepted_socket(
                self._protocol,
                connection,
                ssl=context,
                ssl_shutdown_timeout=GOODBYE_SECONDS if context else None,
            )

    async def _peek(self, connection: socket.socket) -> bytes:
        """Return the first bytes without taking them, or nothing when there won't be any."""
        await self._readable(connection)
        return connection.recv(len(CONNECT), socket.MSG_PEEK)

    async def _readable(self, connection: socket.socket) -> None:
        ready = asyncio.Event()
        self._loop.add_reader(connection, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_reader(connection)

    async def _tunnel(self, connection: socket.socket) -> bytes:
        """Answer a CONNECT; return the first bytes inside the tunnel, or nothing when it is refused."""
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            more = await self._loop.sock_recv(connection, LONGEST_CONNECT)
            request += more
            if not more or len(request) > LONGEST_CONNECT:
                return b""
        target = request.split(b" ", 2)[1].decode("latin-1")
        if not is_the_providers(target):
            await self._loop.sock_sendall(connection, refusal(target))
            return b""
        await self._loop.sock_sendall(connection, b"HTTP/1.1 200 Connection established\r\n\r\n")
        return await self._peek(connection)


def is_the_providers(target: str) -> bool:
    """Whether `host:port` is an API host of the provider's."""
    return catalogue.is_public(target) and target.rpartition(":")[2] in ("80", "443")


def refusal(target: str) -> bytes:
    """Return the answer to a tunnel that leads elsewhere."""
    shown = target.encode("ascii", "replace").decode()
    text = (
        f"localyun is a proxy for hosts below {catalogue.DOMAIN} only, not for {shown}: "
        "name the other hosts in NO_PROXY.\n"
    )
    return REFUSAL.format(length=len(text), text=text).encode()
