"""What shows every account's things answers this machine alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from localyun.web.administration import is_loopback
from tests.operations.made import an_image
from tests.people import Person, World
from tests.web.asgi import ask

SENTENCE = "this answers on the machine that localyun runs on, and to whoever has the token it printed"
PEER = "10.0.0.7"


def get(world: World, path: str, query: str = "", *, peer: str = "127.0.0.1") -> tuple[int, dict[str, Any]]:
    """Ask for a path from a peer; the answer's status and what its JSON holds."""
    answer = ask(world, path, query, headers={"host": "10.0.0.8:4577"}, peer=peer)
    return answer.status, json.loads(answer.text)


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
    refusal = (403, {"error": SENTENCE})

    assert get(world, f"/_localyun/images/{an_image(alice)}/impact", peer=PEER) == refusal
    assert get(world, "/_localyun/images/m-none/impact", peer=PEER) == refusal


def test_whoever_has_the_token_is_served(make_world: Callable[..., World]) -> None:
    """As a bearer, or in the cookie that a browser gets for typing it; nobody is where there is no token."""
    world, path = make_world(admin_token="let-me-in"), "/_localyun/images/m-none/impact"

    def status(**headers: str) -> int:
        return ask(world, path, headers=headers, peer=PEER).status

    entered = ask(world, "/_localyun/enter", method="POST", body="token=let-me-in", peer=PEER)
    refused = ask(world, "/_localyun/enter", method="POST", body="token=guess", peer=PEER)

    assert status(authorization="Bearer let-me-in") == 404
    assert (entered.status, entered.cookies) == (303, {"localyun_token": "let-me-in"})
    assert status(cookie="localyun_token=let-me-in") == 404
    assert (refused.status, refused.cookies) == (403, {})
    assert [status(), status(authorization="Bearer guess"), status(authorization="Bearer ")] == [403] * 3
    without = ask(make_world(), path, headers={"authorization": "Bearer "}, peer=PEER)
    assert without.status == 403


def test_a_browser_is_asked_for_the_token(make_world: Callable[..., World]) -> None:
    """By a page of its own."""
    world = make_world(admin_token="let-me-in")

    answer = ask(world, "/_localyun/console/", headers={"accept": "text/html"}, peer=PEER)

    assert answer.status == 403
    assert "<form method=post action='/_localyun/enter'>" in answer.text


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
