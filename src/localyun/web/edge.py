"""The asynchronous edge: bytes in, calls grouped, replies out once what they report is durable.

All calls that wait are answered in one transaction, each in a savepoint of its own, and one commit (one
fsync) serves them all. Nothing is sent before it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from localyun.app import App
from localyun.service import answer, changes, refuse
from localyun.spec import errors
from localyun.store.interface import StoreUnavailable
from localyun.wire.call import Call, RawRequest
from localyun.wire.render import Reply

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

OURS = "/_localyun/"
"""Everything of ours is below this path; the rest of the address space is the provider's."""

log = logging.getLogger("localyun")


class Edge:
    """The ASGI application: API calls are answered here, what is ours is passed to `pages`."""

    def __init__(self, app: App, pages: Callable[[], Asgi]) -> None:
        """Serve an app; `pages` makes the application for what is below `/_localyun/`, when first needed."""
        self._app = app
        self._make_pages = pages
        self._pages: Asgi | None = None
        self._waiting: list[tuple[Call, asyncio.Future[Reply]]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif self._is_ours(scope):
            if self._pages is None:
                self._pages = self._make_pages()
            await self._pages(scope, receive, send)
        else:
            await self._serve_call(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        if scope["path"].startswith(OURS):
            return True
        if scope["path"] != "/" or scope["method"] != "GET" or b"Action=" in scope["query_string"]:
            return False
        headers = dict(scope["headers"])
        return b"text/html" in headers.get(b"accept", b"") and b"authorization" not in headers

    async def _serve_call(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._app.settings.body_limit
        request_id = self._app.ids.request_id()
        body = await _body(receive, limit)
        call = Call.read(_raw(scope, body or b""), request_id)
        if body is None:
            reply = refuse(errors.REQUEST_TOO_LARGE(str(limit)), call, self._app)
        else:
            reply = await self._answered(call)
        await _send(send, reply, closing=body is None)

    def _answered(self, call: Call) -> "asyncio.Future[Reply]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._answer_all)
        self._waiting.append((call, future))
        return future

    def _answer_all(self) -> None:
        """Answer every call that waits: those that only read in one transaction, the others in another."""
        waiting, self._waiting = self._waiting, []
        reads = [(call, future) for call, future in waiting if not changes(call, self._app)]
        writes = [(call, future) for call, future in waiting if changes(call, self._app)]
        for group, begin in ((reads, self._app.store.reading), (writes, self._app.store.writing)):
            if not group:
                continue
            try:
                with begin(self._app.clock.wall()) as tx:
                    replies = [answer(call, self._app, tx) for call, _ in group]
            except StoreUnavailable as error:
                log.error("%d calls lost their transaction: %s", len(group), error)
                replies = [refuse(errors.SERVICE_UNAVAILABLE(), call, self._app) for call, _ in group]
            for (_, future), reply in zip(group, replies, strict=True):
                if not future.done():
                    future.set_result(reply)


def _raw(scope: Scope, body: bytes) -> RawRequest:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    client = scope.get("client")
    return RawRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"],
        headers=headers,
        body=body,
        peer=client[0] if client else "",
        secure=scope["scheme"] == "https",
    )


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Read a request's body; None when it is larger than the limit or the client went away."""
    message = await receive()
    if message["type"] == "http.disconnect":
        return None
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
    return body if len(body) <= limit else None


async def _send(send: Send, reply: Reply, *, closing: bool) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"x-acs-request-id", reply.request_id.encode()),
        (b"x-acs-trace-id", reply.request_id.replace("-", "").lower().encode()),
    ]
    if closing:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
