"""Calls of the console get through, or are answered as a client's would be."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from localyun import attempts
from localyun.store.interface import StoreBusy, StoreUnavailable, Transaction
from tests.console.browsing import Browser, notice
from tests.operations.made import an_image
from tests.people import Person, World


def hinder(world: World, monkeypatch: pytest.MonkeyPatch, *faults: Exception) -> None:
    """Let the next transactions that change something fail, one after the other."""
    left, begin = list(faults), world.app.store.writing

    @contextmanager
    def writing(*arguments: Any, **named: Any) -> Iterator[Transaction]:
        with begin(*arguments, **named) as tx:
            yield tx
            if left:
                raise left.pop(0)

    monkeypatch.setattr(world.app.store, "writing", writing)
    monkeypatch.setattr(attempts, "PATIENCE_SECONDS", 0.05)


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ((StoreBusy(), StoreBusy()), "Shared with bob."),
        ((StoreBusy(),) * 1000, "503 ServiceUnavailable: "),
        ((StoreUnavailable("full"),), "503 ServiceUnavailable: "),
    ],
    ids=["in the way twice", "in the way always", "out of order"],
)
def test_what_gets_in_the_way_is_waited_for(
    world: World,
    browser: Browser,
    alice: Person,
    bob: Person,
    monkeypatch: pytest.MonkeyPatch,
    faults: tuple[Exception, ...],
    told: str,
) -> None:
    """A few times; nothing of what failed is kept."""
    image = an_image(alice)
    browser.get("")
    hinder(world, monkeypatch, *faults)

    page = browser.post(f"images/{image}", do="share", accounts="bob")

    assert notice(page).startswith(told)
    shared = alice.call("DescribeImageSharePermission", ImageId=image)["TotalCount"]
    assert shared == (1 if told.startswith("Shared") else 0)
