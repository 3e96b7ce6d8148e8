"""The audit page, and the way to it from the error centre."""

import re

from tests.console.browsing import CONSOLE, Browser, said
from tests.operations.made import an_image
from tests.people import Person


def test_changes_and_refusals_are_shown(browser: Browser, alice: Person, bob: Person) -> None:
    """Newest first, with who called and how it ended."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    bob.refused("DeleteImage", ImageId=image)

    text = said(browser.get("audit/").text)

    assert text.index("DeleteImage") < text.index("ModifyImageSharePermission")
    assert "bob DeleteImage cn-hangzhou m-bp1made InvalidImageId.NotFound" in text
    assert "alice ModifyImageSharePermission cn-hangzhou m-bp1made done" in text


def test_they_are_narrowed(browser: Browser, alice: Person, bob: Person) -> None:
    """To an account, to refusals, and by words."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    bob.refused("DeleteImage", ImageId=image)

    def shown(query: str) -> list[bool]:
        text = said(browser.get("audit/", query).text)
        return ["bob DeleteImage" in text, "alice ModifyImageSharePermission" in text]

    assert shown("") == [True, True]
    assert shown("refused=1") == [True, False]
    assert shown(f"account={alice.id}") == [False, True]
    assert shown("q=invalidimageid") == [True, False]
    assert shown("q=nothing-like-it") == [False, False]


def test_a_request_is_found_by_its_id(browser: Browser, alice: Person, bob: Person) -> None:
    """With the very call, from the error centre too, where people look first."""
    image = an_image(alice)
    reply = bob.send("DeleteImage", ImageId=image)

    led = browser.get("/_localyun/errors/", f"q={reply.request_id.lower()}")
    page = browser.get("audit/", f"q={reply.request_id}")

    assert (led.status, led.headers["location"]) == (303, f"{CONSOLE}audit/?q={reply.request_id}")
    text = said(page.text)
    assert "The specified ImageId does not exist." in text
    assert f"acs:ram::{bob.id}:root" in text
    assert "ImageId m-bp1made" in text
    (again,) = re.findall(rf'"({CONSOLE}explorer/2014-05-26/DeleteImage[?][^"]*)"', page.text)
    assert {f"as={bob.id}", "RegionId=cn-hangzhou", f"ImageId={image}"} < set(re.split("[?]|&amp;", again))


def test_the_console_is_in_it_too(browser: Browser, alice: Person, bob: Person) -> None:
    """What it does, it does by calls."""
    image = an_image(alice)
    browser.post(f"images/{image}", do="share", accounts="bob")

    assert "alice ModifyImageSharePermission" in said(browser.get("audit/").text)
