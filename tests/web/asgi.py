"""Asking the edge without sockets."""

import asyncio
import gzip
from dataclasses import dataclass
from typing import Any

from localyun.web.edge import Edge
from localyun.web.server import pages_of
from tests.people import World


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    text: str
    """The body; of bytes that are no text, their numbers."""
    size: int
    """Of the body as it travels."""


def ask(
    world: World,
    path: str,
    query: str = "",
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: str = "",
    peer: str = "127.0.0.1",
) -> Answer:
    """Ask the edge of a world for a path, from a peer."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"host": "localhost:4577", **(headers or {})}
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": (peer, 1),
    }
    asyncio.run(Edge(world.app, pages_of(world.app))(scope, receive, send))  # type: ignore[arg-type]
    start, *rest = sent
    raw = b"".join(message.get("body", b"") for message in rest)
    pairs = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
    answered = dict(pairs)
    cookies = dict(value.split(";")[0].split("=", 1) for name, value in pairs if name == "set-cookie")
    text = gzip.decompress(raw) if answered.get("content-encoding") == "gzip" else raw
    return Answer(start["status"], answered, cookies, text.decode(errors="backslashreplace"), len(raw))
