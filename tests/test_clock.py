"""A clock that is set wrong, and right again, doesn't make anything be over before its time."""

from localyun.clock import Steady


def test_what_is_over_for_sure_follows_the_clock_that_nobody_sets() -> None:
    """A jump ahead is not believed, one back is; when the clock is right again, so is the answer."""
    elapsed = 5_000
    steady = Steady(lambda: elapsed)

    assert steady(1_000_000) == 1_000_000
    elapsed += 10
    assert steady(1_000_010) == 1_000_010
    elapsed += 10
    assert steady(4_600_020) == 1_000_020
    assert steady(900_000) == 900_000
    elapsed += 10
    assert steady(1_000_030) == 1_000_030
