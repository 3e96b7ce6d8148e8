"""The map of shares, as a page."""

import re

import pytest

from tests.console.browsing import Browser, said
from tests.operations.made import an_image, an_instance
from tests.people import Person
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
