"""HTTP on a real connection: what is read, what is refused, and what may follow on the same connection."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse

import pytest

from localyun.web.background import running
from tests.people import Person, World
from tests.web.test_edge import signed

SECONDS = 30
"""How long an answer may take, on a machine that does much else."""
HEADER_LIMIT, BODY_LIMIT = 4096, 2048


@dataclass(frozen=True)
class Connection:
    """A connection to the server, on which a test writes what it likes."""

    socket: socket.socket

    def say(self, *lines: str, body: str = "") -> None:
        """Send a request's lines, the empty one that ends them, and its body."""
        self.socket.sendall("\r\n".join([*lines, "", body]).encode())

    def answer(self, method: str = "GET") -> HTTPResponse:
        """Read the head of the next answer; its body is yet to be read."""
        response = HTTPResponse(self.socket, method=method)
        response.begin()
        return response

    def heard(self) -> tuple[int, str]:
        """Read the next answer whole: its status and body. Only one may be on its way."""
        with self.answer() as response:
            return response.status, response.read().decode()

    def is_closed(self) -> bool:
        """Whether the server has ended the connection, with nothing more to say."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:  # it didn't read all that we have sent
            return True


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world with limits that are quickly reached."""
    return make_world(header_limit=HEADER_LIMIT, body_limit=BODY_LIMIT)


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    """A connection to a server of the world."""
    with running(world.app) as address:
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=SECONDS) as connected:
            yield Connection(connected)


def call(alice: Person, target: str = "/?{}", action: str = "DescribeImages") -> tuple[str, str]:
    """The lines of a call; the usual one is answered with success."""
    query = signed(alice, action).query.decode()
    return f"POST {target.format(query)} HTTP/1.1", "host: test"


# What may follow on a connection


def test_a_connection_serves_one_call_after_another(connection: Connection, alice: Person) -> None:
    """Until the client has had enough; a refused call doesn't end it."""
    for action, status in (("DescribeImages", 200), ("ModifyImageSharePermission", 404)) * 2:
        connection.say(*call(alice, action=action))
        assert connection.heard()[0] == status

    connection.say(*call(alice), "connection: close")
    assert connection.heard()[0] == 200
    assert connection.is_closed()


def test_calls_that_are_sent_without_waiting_are_answered_in_order(
    connection: Connection, alice: Person
) -> None:
    """Although they came in one piece; whether they change something or not."""
    expected = [("DescribeImages", 200), ("ModifyImageSharePermission", 404)] * 4
    heads = ["\r\n".join(call(alice, action=action)) for action, _ in expected]
    connection.say("\r\n\r\n".join(heads), "connection: close")

    with connection.socket.makefile("rb") as stream:
        answers = stream.read().decode().split("HTTP/1.1 ")[1:]

    assert [int(answer[:3]) for answer in answers] == [status for _, status in expected]


def test_a_whole_address_may_stand_in_the_request_line(connection: Connection, alice: Person) -> None:
    """As clients write it that believe they talk to a proxy."""
    connection.say(*call(alice, "http://ecs.example.com/?{}"))

    assert connection.heard()[0] == 200


def test_a_form_may_come_in_chunks(connection: Connection, alice: Person) -> None:
    """Without its length being said beforehand."""
    form = signed(alice, "DescribeImages").query.decode()
    connection.say(
        "POST / HTTP/1.1",
        "host: test",
        "content-type: application/x-www-form-urlencoded",
        "transfer-encoding: chunked",
        body="".join(f"{len(piece):x}\r\n{piece}\r\n" for piece in (form[:9], form[9:], "")),
    )

    assert connection.heard()[0] == 200


def test_head_is_refused_without_a_body(connection: Connection, alice: Person) -> None:
    """Its answer is a head that says how long the body would be, and the connection goes on."""
    connection.say("HEAD /?Action=DescribeImages HTTP/1.1", "host: test")
    with connection.answer("HEAD") as response:
        assert response.status == 400
        assert int(response.headers["content-length"]) > 0

    connection.say(*call(alice))
    assert connection.heard()[0] == 200


# What is too much, or not HTTP


def test_headers_may_be_so_long_and_no_longer(connection: Connection, alice: Person) -> None:
    """Request line and headers count together; then the connection ends."""
    name = "x-padding: "
    request, host = call(alice)
    target = request.split()[1]
    room = HEADER_LIMIT - len(target) - len(host) - 2 - len(name) - 2
    connection.say(request, host, f"{name}{'x' * room}")
    assert connection.heard()[0] == 200

    connection.say(request, host, f"{name}{'x' * (room + 1)}")
    status, text = connection.heard()

    assert status == 431
    assert "<Code>RequestHeaderFieldsTooLarge</Code>" in text
    assert f"<Message>The request's line and headers are larger than {HEADER_LIMIT} bytes.</Message>" in text
    assert connection.is_closed()


def test_a_body_that_is_too_large_does_not_end_the_connection(connection: Connection, alice: Person) -> None:
    """It is read to its end, so the next call is found where it begins."""
    size = BODY_LIMIT + 1
    connection.say("POST / HTTP/1.1", "host: test", f"content-length: {size}", body="x" * size)
    status, text = connection.heard()

    assert status == 413
    assert "<Code>RequestTooLarge</Code>" in text
    assert f"<Message>The request is larger than {BODY_LIMIT} bytes.</Message>" in text
    connection.say(*call(alice))
    assert connection.heard()[0] == 200


@pytest.mark.parametrize(
    "lines",
    [
        ("nonsense",),
        ("GET / HTTP/1.1", "no colon"),
        ("GET / HTTP/1.1", "host: a\0b"),
        ("POST / HTTP/1.1", "content-length: many"),
        ("POST / HTTP/1.1", "transfer-encoding: chunked", "", "no number"),
        ("POST / HTTP/1.1", "content-length: 1", "transfer-encoding: chunked"),
    ],
)
def test_what_is_not_http_is_told_so(connection: Connection, alice: Person, lines: tuple[str, ...]) -> None:
    """In the provider's form, also after a good call; where the next call begins nobody knows then."""
    connection.say(*call(alice))
    assert connection.heard()[0] == 200

    connection.say(*lines)
    with connection.answer() as response:
        text = response.read().decode()

    assert response.status == 400
    assert "<Code>MalformedRequest</Code>" in text
    assert "<Message>The request is not well-formed HTTP.</Message>" in text
    assert f"<RequestId>{response.headers['x-acs-request-id']}</RequestId>" in text
    assert connection.is_closed()
