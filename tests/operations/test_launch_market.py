"""New instances of what is for sale on the Marketplace, and of what goes back to it."""

import dataclasses
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from localyun import accounts
from localyun.model.standing import Condition, Shortage
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec
from tests.operations.held import hold
from tests.operations.made_instances import asked, image_of, run
from tests.operations.refusals import seen
from tests.people import Person, World

BOTH = ("RunInstances", "CreateInstance")
FOR_SALE = "m-bp1lampexample000001"
NOT_IN_BEIJING = "m-2zelampexample000001"
EACH = pytest.mark.parametrize("action", BOTH)
IN_BOTH_WORDS = ("action", "itself", "made_of_it")


@EACH
def test_what_is_for_sale_is_run(alice: Person, action: str) -> None:
    """Whoever is subscribed, which everybody is unless the operator says otherwise."""
    alice.call(action, **asked(ImageId=FOR_SALE))


@pytest.mark.parametrize(
    IN_BOTH_WORDS,
    [
        ("RunInstances", errors.IMAGE_NOT_SUBSCRIBED, errors.RUN_IMAGE_NOT_BOUGHT),
        ("CreateInstance", errors.IMAGE_NOT_SUBSCRIBED, errors.CREATE_IMAGE_NOT_BOUGHT),
    ],
)
def test_who_is_not_subscribed_runs_neither_it_nor_what_was_made_of_it(
    alice: Person, action: str, itself: ErrorSpec, made_of_it: ErrorSpec
) -> None:
    """The two are told apart."""
    image = image_of(alice, run(alice, ImageId=FOR_SALE))
    hold(alice, Condition.NOT_SUBSCRIBED)

    assert alice.refused(action, **asked(ImageId=FOR_SALE)) == seen(itself)
    assert alice.refused(action, **asked(ImageId=image)) == seen(made_of_it)
    alice.call(action, **asked())


@pytest.mark.parametrize(
    ("action", "row"),
    [
        ("RunInstances", errors.RUN_MARKET_SALE_ENDED),
        ("CreateInstance", errors.IMAGE_REMOVED_FROM_MARKET),
    ],
)
def test_what_is_not_sold_any_more_is_not_run(
    make_world: Callable[..., World], action: str, row: ErrorSpec
) -> None:
    """By `localyun serve --shortages`."""
    alice = first_of(make_world(shortages=(Shortage.read("marketplace@cn-hangzhou/cmjj*"),)))

    assert alice.refused(action, **asked(ImageId=FOR_SALE)) == seen(row)


@EACH
def test_what_was_made_of_it_goes_with_it(make_world: Callable[..., World], action: str) -> None:
    """An image of an instance that was made of it keeps the product code."""
    world = make_world()
    alice = first_of(world)
    image = image_of(alice, run(alice, ImageId=FOR_SALE))
    settings = msgspec.structs.replace(
        world.app.settings, shortages=(Shortage.read("marketplace@cn-hangzhou"),)
    )
    later = World(dataclasses.replace(world.app, settings=settings), world.clock)

    refusal = dataclasses.replace(alice, world=later).refused(action, **asked(ImageId=image))

    assert refusal == seen(errors.IMAGE_REMOVED_FROM_MARKET)


@EACH
def test_it_is_not_found_where_it_is_not_published(alice: Person, action: str) -> None:
    """Its id has the mark of its region."""
    refusal = alice.refused(action, **asked(RegionId="cn-beijing", ImageId=NOT_IN_BEIJING))

    assert refusal == seen(errors.MARKET_IMAGE_NOT_FOUND)


@EACH
def test_it_is_not_sold_by_the_week(alice: Person, action: str) -> None:
    """By the month it is."""
    order: dict[str, Any] = {"ImageId": FOR_SALE, "InstanceChargeType": "PrePaid", "Period": 1}

    assert alice.refused(action, **asked(**order, PeriodUnit="Week")) == seen(errors.MARKET_CHARGE_TYPE)
    alice.call(action, **asked(**order, PeriodUnit="Month"))


def test_its_data_disks_go_with_their_instance(alice: Person) -> None:
    """None can be kept."""
    kept = {"Size": 20, "DeleteWithInstance": "false"}

    refusal = alice.refused("RunInstances", **asked(ImageId=FOR_SALE, DataDisk=[kept]))

    assert refusal == seen(errors.RUN_MARKET_DISK_KEPT)


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0])
