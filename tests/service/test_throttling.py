"""Calls that come too fast: refused when the operator said so, until the second is over."""

from collections.abc import Callable

from localyun import catalogue
from localyun.operations import OPERATIONS
from localyun.spec import errors
from localyun.throttling import Throttle
from localyun.wire.call import Call, RawRequest
from tests.people import RAM, Refusal, World

TOO_FAST = Refusal.of(errors.THROTTLED())


def test_more_than_the_limit_in_a_second_is_refused(make_world: Callable[..., World]) -> None:
    """Of one account to one operation; the next second begins anew."""
    world = make_world(throttle=2)
    owner, other = world.person("owner"), world.person("other")

    for _ in range(2):
        owner.call("DescribeImages")
    assert owner.refused("DescribeImages") == TOO_FAST
    owner.call("DescribeRegions")
    other.call("DescribeImages")
    world.clock.at += 1000
    owner.call("DescribeImages")


def test_what_is_refused_counts_and_changes_nothing(make_world: Callable[..., World]) -> None:
    """It comes before anything is asked about the call's subject."""
    world = make_world(throttle=1)
    owner = world.person("owner")

    assert owner.refused("DeleteImage", ImageId="m-none").code == "InvalidImageId.NotFound"
    assert owner.refused("DeleteImage", ImageId="m-none") == TOO_FAST
    assert owner.refused("DeleteImage") == TOO_FAST


def test_nothing_is_refused_by_default(make_world: Callable[..., World]) -> None:
    """However many calls there are."""
    owner = make_world().person("owner")

    for _ in range(100):
        owner.call("DescribeRegions")


def test_regions_are_counted_apart(make_world: Callable[..., World]) -> None:
    """One that doesn't exist counts as none."""
    owner = make_world(throttle=1).person("owner")

    owner.call("DescribeImages", RegionId="cn-hangzhou")
    owner.call("DescribeImages", RegionId="cn-beijing")
    assert owner.refused("DescribeImages", RegionId="cn-beijing") == TOO_FAST
    owner.refused("DescribeImages", RegionId="nowhere")
    assert owner.refused("DescribeImages", RegionId="elsewhere") == TOO_FAST


def test_published_rates_are_kept(make_world: Callable[..., World]) -> None:
    """`documented` throttles the operations whose rates are published, and no other."""
    owner = make_world(throttle="documented").person("owner")
    rate = catalogue.rates()["ram", "CreateAccessKey"]

    for _ in range(rate.calls):
        owner.refused("CreateAccessKey", version=RAM, UserName="nobody")
    for _ in range(50):
        owner.call("DescribeImages")

    assert owner.refused("CreateAccessKey", version=RAM, UserName="nobody") == TOO_FAST


def test_a_minutes_rate_lasts_for_a_minute(make_world: Callable[..., World]) -> None:
    """Some rates are published for sixty seconds."""
    world = make_world(throttle="documented")
    owner, rate = world.person("owner"), catalogue.rates()["vpc", "CreateVSwitch"]

    for _ in range(rate.calls):
        owner.refused("CreateVSwitch", version="2016-04-28")
    world.clock.at += 59_000
    late = owner.refused("CreateVSwitch", version="2016-04-28")
    world.clock.at += 1_000

    assert (rate.calls, rate.seconds, late) == (300, 60, TOO_FAST)
    assert owner.refused("CreateVSwitch", version="2016-04-28") != TOO_FAST


def test_published_rates_are_those_of_operations() -> None:
    """No line of the file is about something else."""
    served = {(operation.product, operation.name) for operation in OPERATIONS.operations}

    assert catalogue.rates().keys() <= served


def test_a_call_that_is_tried_again_counts_once(world: World) -> None:
    """Its transaction may have been lost because of another one."""
    throttle, operation = Throttle(2), OPERATIONS.operations[0]
    again, second, third = (
        Call.read(RawRequest("GET", "/", b"", {}, b""), id) for id in ("again", "second", "third")
    )

    with world.app.store.reading(0) as tx:
        admitted = [
            throttle.admits(call, "1", operation, 0, tx)
            for call in (again, again, again, second, third, again)
        ]

    assert admitted == [True, True, True, True, False, True]
