"""The map of shares, as a page."""

import re
from collections import Counter
from typing import Any

import pytest

from localyun.console import shares
from localyun.model import Account, Image, Phase, Share
from localyun.store.sql import SqlTransaction
from tests.console.browsing import Browser, said
from tests.operations.made import an_image, an_instance
from tests.people import Person, World
from tests.web.asgi import Answer


@pytest.fixture
def image(alice: Person, bob: Person, mallory: Person) -> str:
    """An image of alice's that bob runs and mallory only has."""
    image = an_image(alice, "m-1", name="golden")
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id, mallory.id])
    an_instance(bob, image=image)
    return image


def nodes(page: Answer, mark: str = "") -> set[str]:
    """The names on the map, of nodes with a mark or of all."""
    found = re.findall(
        r'<a data-node="[^"]*" class="node([^"]*)"[^>]*>.*?<text[^>]*>([^<]*)<', page.text, re.DOTALL
    )
    return {name for marks, name in found if mark in marks}


def test_nothing_is_said_to_be_nothing(browser: Browser) -> None:
    """With the way on."""
    assert "Nothing is shared here." in said(browser.get("shares/").text)


def test_everything_shared_is_drawn(browser: Browser, image: str, alice: Person) -> None:
    """Owners, images, accounts, instances, and since when."""
    page = browser.get("shares/")

    assert nodes(page) == {"alice", "golden", "bob", "mallory"}
    assert page.text.count('<path class="link') == 4
    assert f"golden → bob · since 2026-03-01 08:00:00 · by acs:ram::{alice.id}:root" in said(page.text)
    assert "instances of golden" in said(page.text)


def test_it_is_narrowed(browser: Browser, image: str, bob: Person, mallory: Person) -> None:
    """To an account, owner or not, and to a region."""
    an_image(bob, "m-2", name="other")
    bob.call("ModifyImageSharePermission", ImageId="m-2", AddAccount=[mallory.id])
    everything = {"alice", "golden", "bob", "mallory", "other"}

    assert nodes(browser.get("shares/")) == everything
    assert nodes(browser.get("shares/", f"account={bob.id}")) == everything
    assert nodes(browser.get("shares/", "image=m-2")) == {"bob", "other", "mallory"}
    assert nodes(browser.get("shares/", "region=cn-beijing")) == set()


def test_what_an_unshare_breaks_lights_up(browser: Browser, image: str, bob: Person, mallory: Person) -> None:
    """The account that loses the image, and its instance; nobody else."""
    page = browser.get("shares/", f"image={image}&unshare={bob.id}")
    other = browser.get("shares/", f"image={image}&unshare={mallory.id}")

    assert nodes(page, " breaks") == {"bob"}
    assert page.text.count(" breaks faint") == 0
    assert len(re.findall(r'class="link[^"]* breaks', page.text)) == 2
    assert "ReplaceSystemDisk no longer works for i-bp1made" in said(page.text)
    assert nodes(other, " breaks") == {"mallory"}


def test_what_a_deletion_breaks_lights_up(browser: Browser, image: str) -> None:
    """For everybody, its owner too; nothing is changed."""
    page = browser.get("shares/", f"image={image}&delete=1")

    assert nodes(page, " breaks") == {"alice", "golden", "bob", "mallory"}
    assert nodes(browser.get("shares/"), " breaks") == set()


def test_what_somebody_lost_hangs_on_the_image(
    browser: Browser, image: str, alice: Person, bob: Person
) -> None:
    """An instance stays, though its owner isn't shared with any more."""
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    page = browser.get("shares/")

    assert f'data-ends="image {image}|instances {image} {bob.id}"' in page.text


@pytest.mark.parametrize(("query", "drawn"), [("", 50), ("account=", 50), ("region=cn-hangzhou", 50)])
def test_a_world_of_any_size_is_drawn(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, world: World, alice: Person, query: str, drawn: int
) -> None:
    """Some of it, at the cost of some of it, and it is said that there is more."""
    monkeypatch.setattr(shares, "MOST_LOOKED_AT", 100)
    monkeypatch.setattr(shares, "MOST_IMAGES", 50)
    monkeypatch.setattr(shares, "PAGE", 60)
    with world.app.store.writing(0) as tx:
        for number in range(300):
            given = {"region": "cn-hangzhou", "created_at": number}
            id, account = f"m-{number:03}", f"{number % 3 + 1:016}"
            tx.put(Image(id=id, owner=alice.id, phase=Phase("Available"), size=40, **given))
            tx.put(Share(image=id, account=account, region="cn-hangzhou", since=number))
        for name in "123":
            tx.put(Account(id=name.zfill(16), name=name, created_at=0))
    looked_at = Counter()
    count_found(monkeypatch, looked_at)

    page = browser.get("shares/", query + alice.id if query == "account=" else query)

    assert "There is more than can be drawn" in said(page.text)
    assert f'"badge">{drawn}</span></summary>' in page.text
    assert looked_at["Share"] < 400
    assert "There is more" not in said(browser.get("shares/", "image=m-299").text)


def count_found(monkeypatch: pytest.MonkeyPatch, found: Counter[str]) -> None:
    """Count the records that are loaded, by kind."""
    find = SqlTransaction.find

    def counting(self: SqlTransaction, kind: type, /, **asked: Any) -> list[Any]:
        records = find(self, kind, **asked)
        found[kind.__name__] += len(records)
        return records

    monkeypatch.setattr(SqlTransaction, "find", counting)
