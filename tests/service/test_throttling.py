"""Calls that come too fast: refused when the operator said so, until the second is over."""

from collections.abc import Callable

from localyun.spec import errors
from tests.people import Refusal, World

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
