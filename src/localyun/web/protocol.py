"""HTTP below the API: limits of size and time, the last answer of a connection, and what isn't HTTP."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localyun.app import App
from localyun.service import refuse
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec
from localyun.wire.call import Call, RawRequest


def protocol_for(app: App) -> type[HttpToolsProtocol]:
    """Return the protocol that a server of this app speaks."""
    limit, seconds = app.settings.header_limit, app.settings.request_seconds

    class Protocol(HttpToolsProtocol):
        stopping = False
        """Whether the server is about to stop: each answer is the last one of its connection then."""
        _header_bytes = 0
        _waiting_since: float | None = None
        """Since when a request has been arriving, or the first one been waited for."""
        _unread: tuple[int, float] = 0, 0.0
        """How much of an answer the client hasn't taken, and since when it has taken nothing."""
        _fault: tuple[ErrorSpec, tuple[str, ...]] = (errors.MALFORMED_REQUEST, ())

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._waiting_since = self.loop.time()

        def on_message_begin(self) -> None:
            self._header_bytes = 0
            self._waiting_since = self.loop.time()
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            if self.stopping:
                self.end_after_this()

        def on_message_complete(self) -> None:
            self._waiting_since = None
            super().on_message_complete()

        def end_after_this(self) -> None:
            """Let the answer under way say that the connection ends with it."""
            cycle: Any = self.cycle  # there is none before the first request
            if cycle and not cycle.response_complete:
                cycle.keep_alive = False

        def end_if_too_slow(self) -> None:
            """End the connection if its client takes too long to send a request, or to take an answer."""
            now = self.loop.time()
            unread = self.transport.get_write_buffer_size()
            if unread == 0 or unread != self._unread[0]:
                self._unread = unread, now
            elif now - self._unread[1] > seconds:
                self.transport.abort()
            if self._waiting_since is None or now - self._waiting_since <= seconds:
                return
            if not self._header_bytes:  # nothing has come that could be answered
                self.transport.close()
            elif not self.transport.is_closing():
                self._fault = (errors.REQUEST_TIMEOUT, (f"{seconds:g}",))
                self.send_400_response("")

        def on_url(self, url: bytes) -> None:
            self._count(len(url))
            super().on_url(url)

        def on_header(self, name: bytes, value: bytes) -> None:
            self._count(len(name) + len(value) + 4)
            super().on_header(name, value)

        def _count(self, more: int) -> None:
            self._header_bytes += more
            if self._header_bytes > limit:
                self._fault = (errors.HEADERS_TOO_LARGE, (str(limit),))
                raise ValueError("headers too large")

        def send_400_response(self, msg: str) -> None:
            spec, values = self._fault
            call = Call.read(RawRequest("GET", "/", b"", {"accept": "*/*"}, b""), app.ids.request_id())
            reply = refuse(spec(*values), call, app)
            head = (
                f"HTTP/1.1 {reply.status} {spec.code}\r\n"
                f"content-type: {reply.content_type}\r\n"
                f"content-length: {len(reply.body)}\r\n"
                f"x-acs-request-id: {reply.request_id}\r\n"
                "connection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + reply.body)
            self.transport.close()

    return Protocol
