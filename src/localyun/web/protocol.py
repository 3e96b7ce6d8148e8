"""HTTP below the API: a limit on headers, and an answer in the provider's form to what isn't HTTP."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localyun.app import App
from localyun.service import refuse
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec
from localyun.wire.call import Call, RawRequest


def protocol_for(app: App) -> type[HttpToolsProtocol]:
    """Return the protocol that a server of this app speaks."""
    limit = app.settings.header_limit

    class Protocol(HttpToolsProtocol):
        _header_bytes = 0
        _fault: tuple[ErrorSpec, tuple[str, ...]] = (errors.MALFORMED_REQUEST, ())

        def on_message_begin(self) -> None:
            self._header_bytes = 0
            super().on_message_begin()

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
