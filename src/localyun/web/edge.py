"""The asynchronous edge: bytes in, calls grouped, replies out once what they report is durable.

Calls that wait are answered in one transaction, each in a savepoint of its own, and one commit (one fsync)
serves them all. Nothing is sent before it. Those that only read are a group of their own, so that they need
not wait while another process holds what the others need.

With a database that can do several things at a time each call has a transaction and a thread of its own.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

from localyun import attempts
from localyun.app import App
from localyun.attempts import Begin
from localyun.metrics import OTHERS
from localyun.service import answer, changes, refuse
from localyun.spec import errors
from localyun.store.interface import StoreBusy
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
        store = app.store
        self._reads: _Group | _Threads
        self._writes: _Group | _Threads
        if store.at_once == 1:
            self._reads = _Group(app, store.reading)
            self._writes = _Group(app, partial(store.writing, patience=0))
        else:
            self._reads, self._writes = _Threads(app), _Threads(app)

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
        if scope["path"] != "/" or scope["method"] != "GET":
            return False
        if b"Action=" in scope["query_string"] or b"Signature=" in scope["query_string"]:
            return False
        headers = dict(scope["headers"])
        return b"text/html" in headers.get(b"accept", b"") and b"authorization" not in headers

    async def _serve_call(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._app.settings.body_limit
        body = await _body(receive, limit)
        if body is None:
            return
        began = time.perf_counter()
        call = Call.read(_raw(scope, body), self._app.ids.request_id())
        if len(body) > limit:
            reply = refuse(errors.REQUEST_TOO_LARGE(str(limit)), call, self._app)
        else:
            reply = await (self._writes if changes(call, self._app) else self._reads).answered(call)
        operation = self._app.operations.find(call.version, call.action)
        name = operation.name if operation else OTHERS
        self._app.metrics.counts.call(name, reply.code, time.perf_counter() - began)
        await _send(send, reply)


class _Group:
    """Calls that wait to be answered together, in one transaction."""

    def __init__(self, app: App, begin: Begin) -> None:
        """Answer by an app's rules, in transactions begun like this."""
        self._app = app
        self._begin = begin
        self._waiting: list[tuple[Call, asyncio.Future[Reply]]] = []
        self._busy_since: float | None = None

    def answered(self, call: Call) -> "asyncio.Future[Reply]":
        """Return what will be the answer to a call, once that is durable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        if not self._waiting:
            # One more turn of the loop: calls that are on the socket already get into this group.
            loop.call_soon(loop.call_soon, self._answer_all)
        self._waiting.append((call, future))
        return future

    def _answer_all(self) -> None:
        """Answer every call that waits, or try again soon, with those that have come by then."""
        try:
            with self._begin(self._app.clock.wall()) as tx:
                replies = [answer(call, self._app, tx) for call, _ in self._waiting]
        except Exception as error:
            if isinstance(error, StoreBusy) and self._tries_again():
                return
            log.exception("%d calls lost their transaction", len(self._waiting))
            replies = [refuse(errors.SERVICE_UNAVAILABLE(), call, self._app) for call, _ in self._waiting]
        answered, self._waiting = self._waiting, []
        self._app.metrics.counts.group(len(answered))
        self._busy_since = None
        for (_, future), reply in zip(answered, replies, strict=True):
            if not future.done():
                future.set_result(reply)

    def _tries_again(self) -> bool:
        loop = asyncio.get_running_loop()
        self._busy_since = self._busy_since or loop.time()
        if loop.time() - self._busy_since > attempts.PATIENCE_SECONDS:
            return False
        loop.call_later(attempts.RETRY_SECONDS, self._answer_all)
        return True


class _Threads:
    """Calls that are answered at the same time, each in a transaction and a thread of its own."""

    def __init__(self, app: App) -> None:
        """Answer by an app's rules, as many at a time as its database can."""
        self._app = app
        self._threads = ThreadPoolExecutor(app.store.at_once, "localyun")

    def answered(self, call: Call) -> "asyncio.Future[Reply]":
        """Return what will be the answer to a call, once that is durable."""
        return asyncio.get_running_loop().run_in_executor(self._threads, attempts.answered, call, self._app)


LONGEST_NAME = 64
"""How long a header's name is at most that is kept decoded: clients send the same ones each time."""


@lru_cache(1024)
def _header_name(octets: bytes) -> str:
    return octets.decode("latin-1").lower()


def _raw(scope: Scope, body: bytes) -> RawRequest:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = _header_name(name) if len(name) <= LONGEST_NAME else name.decode("latin-1").lower()
        text = value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return RawRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"],
        headers=headers,
        body=body,
        client=client[0] if (client := scope["client"]) else "",
        secure=scope["scheme"] == "https",
    )


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Read a request's body to its end, and keep as much of it as shows that it is larger than the limit.

    Returns None when the client went away.
    """
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= limit:
            body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(send: Send, reply: Reply) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"x-acs-request-id", reply.request_id.encode()),
        (b"x-acs-trace-id", reply.request_id.replace("-", "").lower().encode()),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
