"""A server that stops loses no call, and one whose clients are slow doesn't wait for them for ever."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from localyun import accounts
from localyun.web.server import Server, bind, server_for
from tests.people import Person, World
from tests.web.test_edge import signed
from tests.web.test_protocol import SECONDS, Connection

HEALTH = ("GET /_localyun/health HTTP/1.1", "Host: localhost")


class Place:
    """A server in a thread, which can be told to stop."""

    def __init__(self, server: Server, port: int, thread: threading.Thread) -> None:
        self._server, self._port, self._thread = server, port, thread

    def connected(self) -> socket.socket:
        """Connect to it."""
        return socket.create_connection(("127.0.0.1", self._port), timeout=SECONDS)

    def stop(self, number: signal.Signals) -> None:
        """Do what a signal does."""
        self._server.handle_exit(number, None)

    def is_gone(self) -> bool:
        """Whether it ends now."""
        self._thread.join(SECONDS)
        return not self._thread.is_alive()


@contextmanager
def serving(world: World) -> Iterator[tuple[Place, Callable[[], Connection]]]:
    """Serve a world; the place, and what connects to it."""
    ready = threading.Event()
    server = server_for(world.app, ready.set)
    with bind("127.0.0.1", 0) as listener, ExitStack() as opened:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        assert ready.wait(SECONDS)
        place = Place(server, port, thread)
        try:
            yield place, lambda: Connection(opened.enter_context(place.connected()))
        finally:
            place.stop(signal.SIGINT)
            thread.join(SECONDS)


def test_a_connection_that_is_open_when_the_server_stops_gets_one_more_answer(
    make_world: Callable[..., World],
) -> None:
    """Which says that it is the last one: the call may have been on its way already."""
    with serving(make_world()) as (place, connect):
        used, new = connect(), connect()
        used.say(*HEALTH)
        assert used.heard()[0] == 200

        place.stop(signal.SIGTERM)
        time.sleep(0.3)
        for connection in (used, new):
            connection.say("GET /?Action=DescribeRegions HTTP/1.1", "Host: localhost")
            with connection.answer() as answer:
                assert answer.status == 400
                assert answer.getheader("connection") == "close"
                answer.read()
            assert connection.is_closed()
        assert place.is_gone()


def test_a_call_that_is_half_sent_when_the_server_stops_is_answered(
    make_world: Callable[..., World],
) -> None:
    """It stops only then."""
    world = make_world()
    with serving(world) as (place, connect):
        connection = connect()
        connection.say("POST /?Action=DescribeRegions HTTP/1.1", "Host: localhost", "Content-Length: 4")
        time.sleep(0.1)
        place.stop(signal.SIGTERM)
        time.sleep(1.5)
        connection.say(body="a=b1")
        connection.socket.sendall(b"a=b1")

        with connection.answer() as answer:
            assert answer.status == 400
            assert answer.getheader("connection") == "close"
        assert place.is_gone()


def test_an_idle_connection_holds_a_server_up_for_no_more_than_a_moment(
    make_world: Callable[..., World],
) -> None:
    """It is closed then; at SIGINT it is closed at once."""
    for number, least, most in ((signal.SIGTERM, 1.0, 5.0), (signal.SIGINT, 0.0, 0.9)):
        with serving(make_world()) as (place, connect):
            connection = connect()
            connection.say(*HEALTH)
            assert connection.heard()[0] == 200

            began = time.monotonic()
            place.stop(number)
            assert connection.is_closed()
            assert least <= time.monotonic() - began < most
            assert place.is_gone()


def test_a_server_that_gives_notice_serves_and_says_that_it_stops(
    make_world: Callable[..., World],
) -> None:
    """New connections too, until the notice is over."""
    with serving(make_world(drain=1)) as (place, connect):
        place.stop(signal.SIGTERM)
        time.sleep(0.3)
        for line, status in ((HEALTH[0], 503), ("GET /?Action=DescribeRegions HTTP/1.1", 400)):
            connection = connect()
            connection.say(line, HEALTH[1])
            with connection.answer() as answer:
                assert answer.status == status
                assert answer.getheader("connection") == "close"
                said = answer.read().decode()
            if status == 503:
                assert '"status":"stopping"' in said

        assert place.is_gone()
        with pytest.raises(ConnectionRefusedError):
            place.connected()


def test_a_request_that_does_not_arrive_whole_is_refused(
    make_world: Callable[..., World],
) -> None:
    """Whether its headers or its body stay away; a connection on which nothing comes is just closed."""
    with serving(make_world(request_seconds=0.5)) as (_, connect):
        half, bodiless, silent = connect(), connect(), connect()
        half.socket.sendall(b"GET / HTTP/1.1\r\nHost: local")
        bodiless.say("POST / HTTP/1.1", "Host: localhost", "Content-Length: 10", body="123")

        for connection in (half, bodiless):
            status, said = connection.heard()
            assert status == 408
            assert "<Code>RequestTimeout</Code>" in said
            assert "<Message>The request did not arrive whole within 0.5 seconds.</Message>" in said
            assert connection.is_closed()
        assert silent.is_closed()


def test_a_connection_between_two_requests_is_not_in_a_hurry(make_world: Callable[..., World]) -> None:
    """The time of a request counts from its first byte."""
    with serving(make_world(request_seconds=0.5)) as (_, connect):
        connection = connect()
        for _ in range(2):
            connection.say(*HEALTH)
            assert connection.heard()[0] == 200
            time.sleep(1.7)


def take_all(connected: socket.socket) -> None:
    """Read until the connection ends."""
    while connected.recv(1 << 20):
        continue


def test_a_client_that_does_not_take_its_answers_is_cut_off(make_world: Callable[..., World]) -> None:
    """It asks a hundred times for much, and reads nothing; its neighbour who reads is left alone."""
    world = make_world(request_seconds=0.5)
    alice = Person(world, accounts.listed(world.app.store, 0)[0])
    # A wrong signature is answered by all that should have been signed.
    call = f"{signed(alice, 'DescribeImages').query.decode()}&More={'x' * 60_000}"
    with serving(world) as (_, connect):
        greedy, neighbour = connect(), connect()
        neighbour.say(*HEALTH)
        assert neighbour.heard()[0] == 200
        greedy.socket.settimeout(0.01)
        for _ in range(200):
            with suppress(TimeoutError):
                greedy.say(f"GET /?{call} HTTP/1.1", "Host: localhost")
        time.sleep(2.5)
        neighbour.say(*HEALTH)
        assert neighbour.heard()[0] == 200

        greedy.socket.settimeout(SECONDS)
        with suppress(ConnectionResetError):
            take_all(greedy.socket)  # would time out
