"""What is ours on the wire: health, the way to the console, the errors' pages, and under which names."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from localyun.clock import Instant
from tests.people import World
from tests.web.asgi import ask


def get(world: World, path: str, query: bytes = b"", **headers: str) -> tuple[int, dict[str, str], str]:
    """Ask the edge for a path; the answer's status, headers and text."""
    answer = ask(world, path, query.decode(), headers=headers)
    return answer.status, answer.headers, answer.text


def test_health_is_json(world: World) -> None:
    """Whoever starts a server waits for this."""
    status, headers, text = get(world, "/_localyun/health")

    assert (status, headers["content-type"]) == (200, "application/json")
    assert text.startswith('{"status":"ok"')


def test_without_its_database_a_server_is_not_well(world: World) -> None:
    """It says so, and why."""
    world.app.store.close()

    status, _, text = get(world, "/_localyun/health")

    assert (status, text.startswith('{"status":"unavailable","reason":"')) == (503, True)


def test_calls_do_not_wait_for_a_look_at_a_database_that_may_be_far_away(world: World) -> None:
    """Another thread looks, if the database can do several things at a time."""
    looked: list[threading.Thread] = []

    class Far:
        at_once = 2

        @contextmanager
        def reading(self, _: Instant) -> Iterator[None]:
            looked.append(threading.current_thread())
            yield

    far = replace(world, app=replace(world.app, store=Far()))

    assert get(far, "/_localyun/health")[0] == 200
    assert len(looked) == 1
    assert looked[0] is not threading.main_thread()


def test_a_browser_is_sent_to_the_start_page(world: World) -> None:
    """Only a bare GET that wants HTML is a browser."""
    status, headers, _ = get(world, "/", accept="text/html,*/*")

    assert (status, headers["location"]) == (307, "/_localyun/console/")


@pytest.mark.parametrize(
    ("path", "query", "headers"),
    [
        ("/", b"Action=DescribeRegions", {"accept": "text/html"}),
        ("/", b"", {"accept": "*/*"}),
        ("/", b"Signature=x", {"accept": "text/html"}),
        ("/favicon.ico", b"", {"accept": "text/html"}),
        ("/_localyunx", b"", {"accept": "text/html"}),
    ],
)
def test_everything_else_gets_the_apis_answer(
    world: World, path: str, query: bytes, headers: dict[str, str]
) -> None:
    """The rest of the address space is the provider's."""
    status, answered, text = get(world, path, query, **headers)

    assert (status, answered["content-type"]) == (400, "text/xml;charset=utf-8")
    assert "<Code>MissingParameter</Code>" in text


def test_each_error_has_a_page(world: World) -> None:
    """Where its `Recommend` leads."""
    status, _, text = get(world, "/_localyun/errors/InvalidAccount.Forbbiden")

    assert status == 200
    assert "The specified Account does not yourself." in text


def test_a_code_that_nobody_raises_has_none(world: World) -> None:
    """And what was asked for isn't believed to be HTML."""
    status, _, text = get(world, "/_localyun/errors/<script>")

    assert status == 404
    assert "<script>" not in text


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:4577", "127.0.0.1:4577", "[::1]:4577", "10.0.0.8", "a.localhost"]
)
def test_own_names_and_addresses_are_answered(world: World, host: str) -> None:
    """Names that no other site can point here."""
    assert get(world, "/_localyun/health", host=host)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:4577"},
        {"host": "localhost", "origin": "http://evil.example"},
    ],
)
def test_foreign_names_are_refused(world: World, headers: dict[str, str]) -> None:
    """A page of another site can't reach in, by its own name or from its own origin."""
    assert get(world, "/_localyun/health", **headers)[0] == 403


def test_whoever_asks_for_health_needs_no_console() -> None:
    """Its template engine is imported when somebody looks, so that a server is ready sooner."""
    program = """
import sys
from localyun.app import App
from localyun.store.sqlite import SqliteStore
from localyun.web.pages import pages
pages(App(store=SqliteStore(None)))
print("jinja2" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
