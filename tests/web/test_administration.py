"""What shows every account's things answers this machine alone."""

import asyncio
import json
from typing import Any

import pytest

from localyun.web.administration import is_loopback
from localyun.web.edge import Edge
from localyun.web.server import pages_of
from tests.operations.made import an_image
from tests.people import Person, World


def get(world: World, path: str, query: str = "", *, peer: str = "127.0.0.1") -> tuple[int, dict[str, Any]]:
    """Ask for a path from a peer; the answer's status and what its JSON holds."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"10.0.0.8:4577")],
        "client": (peer, 1),
    }
    asyncio.run(Edge(world.app, pages_of(world.app))(scope, receive, send))  # type: ignore[arg-type]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], json.loads(body)


def test_the_impact_of_an_unshare_is_answered(world: World, alice: Person, bob: Person) -> None:
    """For an account by name or id; what is told is that of `localyun impact --json`."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])

    status, told = get(world, f"/_localyun/images/{image}/impact", "unshare=bob")

    affected = {"account": bob.id, "relation": "sharee", "losses": [], "derived": []}
    assert (status, told["unshare"], told["accounts"]) == (200, [bob.id], [affected])
    assert get(world, f"/_localyun/images/{image}/impact", f"unshare={bob.id}") == (200, told)


def test_without_an_account_it_is_about_deleting(world: World, alice: Person) -> None:
    """Which its owner loses, too."""
    status, told = get(world, f"/_localyun/images/{an_image(alice)}/impact")

    assert (status, told["unshare"], [one["account"] for one in told["accounts"]]) == (200, None, [alice.id])


@pytest.mark.parametrize(
    ("image", "query", "sentence"),
    [
        ("m-none", "", "there is no such custom image"),
        (
            "m-bp1made",
            "unshare=carol",
            "there is no account 'carol': `localyun accounts list` shows those there are",
        ),
    ],
)
def test_what_isnt_there_is_said(world: World, alice: Person, image: str, query: str, sentence: str) -> None:
    """In a sentence."""
    an_image(alice)

    assert get(world, f"/_localyun/images/{image}/impact", query) == (404, {"error": sentence})


def test_other_machines_are_refused(world: World, alice: Person) -> None:
    """Whether there is such an image or not."""
    refusal = (403, {"error": "this answers on the machine that localyun runs on, only"})

    assert get(world, f"/_localyun/images/{an_image(alice)}/impact", peer="10.0.0.7") == refusal
    assert get(world, "/_localyun/images/m-none/impact", peer="10.0.0.7") == refusal


@pytest.mark.parametrize(
    ("peer", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.7", False),
        ("10.0.0.7", False),
        ("2001:db8::1", False),
        ("", False),
    ],
)
def test_a_peer_is_judged_by_its_address(peer: str, own: bool) -> None:
    """However it is written."""
    assert is_loopback(peer) == own
