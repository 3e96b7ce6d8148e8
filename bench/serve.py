"""What runs in a server's process: `python -m bench.serve VARIANT PORT [--data DIR] [--images N]`."""

import argparse
import asyncio
from contextlib import nullcontext
from pathlib import Path

import uvicorn

from bench import stages
from bench.world import populate
from localyun import service
from localyun.app import App
from localyun.store.sqlite import SqliteStore
from localyun.web import server
from localyun.web.edge import Asgi, Edge, Receive, Scope, Send


def one_at_a_time(application: Asgi) -> Asgi:
    """Return an application that is shown one request at a time, so that each has a commit of its own."""
    turn = asyncio.Lock()

    async def taking_turns(scope: Scope, receive: Receive, send: Send) -> None:
        # The server's own start and stop is one long exchange.
        async with turn if scope["type"] == "http" else nullcontext():
            await application(scope, receive, send)

    return taking_turns


def raw(answer: bytes) -> Asgi:
    """Return an application that answers everything with the same JSON, as long as a real answer."""
    head = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", b"application/json;charset=utf-8"),
            (b"content-length", str(len(answer)).encode()),
        ],
    }
    body = {"type": "http.response.body", "body": answer}

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(head)
        await send(body)

    return application


def main() -> None:
    """Serve until told to stop; the staged variant then prints what its stages took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("variant", choices=("raw", "ephemeral", "one-commit", "staged", "unauthorized"))
    parser.add_argument("port", type=int)
    parser.add_argument("--data", type=Path, help="where the world is; without, it is made in memory")
    parser.add_argument("--images", type=int, default=0, help="how many images to make in memory")
    given = parser.parse_args()
    listener = server.bind("127.0.0.1", given.port)
    if given.variant == "raw":
        config = uvicorn.Config(
            raw(b'{"RequestId":"' + b"0" * 500 + b'"}'), log_config=None, access_log=False, lifespan="off"
        )
        uvicorn.Server(config).run(sockets=[listener])
        return
    store = SqliteStore(given.data)
    if given.data is None:
        populate(store, given.images)
    if given.variant == "staged":
        stages.install()
    if given.variant == "unauthorized":
        service.authorize = lambda operation, ctx, request, raw: None
    app = App(store=store)
    running = server.server_for(app)
    if given.variant == "one-commit":
        running.config.app = one_at_a_time(Edge(app, server.pages_of(app)))
    running.run(sockets=[listener])
    store.close()
    if given.variant == "staged":
        print(stages.as_json())


if __name__ == "__main__":
    main()
