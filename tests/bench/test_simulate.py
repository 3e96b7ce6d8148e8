"""The simulation of many databases gives what can be worked out by hand, and shows what the plan says."""

import pytest

from bench.simulate import (
    Costs,
    Load,
    by_account,
    by_account_at_once,
    by_image,
    carried,
    slow_call,
)

COSTS = Costs(read=1e-3, page=8e-3, change=2e-3, flush=1e-3, between=1e-3, cores=1)
READS = Load(changes=0, pages=0, seconds=1)


def test_a_call_that_meets_no_other_takes_what_it_costs() -> None:
    """A read its processor time, a change the flush besides, one in two databases two of each and the way."""
    reads, changes = Load(changes=0, pages=0, seconds=100), Load(changes=1, pages=0, seconds=100)

    assert slow_call(by_account, 1, 0.2, COSTS, reads) == pytest.approx(1e-3)
    assert slow_call(by_image, 1, 0.2, COSTS, changes) == pytest.approx(3e-3)
    assert slow_call(by_account_at_once, 2, 0.2, COSTS, changes) == pytest.approx(5.5e-3)


def test_one_core_carries_what_its_time_allows() -> None:
    """A thousand reads of a millisecond would fill it; with a queue that stays short it is somewhat less."""
    assert 700 < carried(by_account, 1, COSTS, READS) <= 1000


def test_reads_are_carried_in_proportion() -> None:
    """Four databases carry about four times as many as one."""
    one, four = (carried(by_account, n, COSTS, READS) for n in (1, 4))

    assert 3 < four / one < 5


def test_an_account_that_calls_more_than_others_bounds_them_all() -> None:
    """If half of all calls are one account's, more than two databases carry hardly more than two."""
    uneven = Load(changes=0, pages=0, seconds=1, largest=0.5)

    assert carried(by_account, 8, COSTS, uneven) < 2.2 * carried(by_account, 1, COSTS, READS)


def test_one_transaction_in_two_databases_carries_less_than_an_outbox() -> None:
    """And lists that ask everywhere carry less than lists in one place."""
    changes, pages = Load(changes=1, pages=0, seconds=1), Load(changes=0, pages=1, seconds=2, in_time=0.1)

    assert carried(by_account_at_once, 4, COSTS, changes) < carried(by_account, 4, COSTS, changes)
    assert carried(by_image, 4, COSTS, pages) < carried(by_account, 4, COSTS, pages)


def test_a_seed_gives_the_same_numbers() -> None:
    """And another one others."""
    mixed = Load(seconds=1)
    one = slow_call(by_account, 2, 500, COSTS, mixed)

    assert slow_call(by_account, 2, 500, COSTS, mixed) == one
    assert slow_call(by_account, 2, 500, COSTS, Load(seconds=1, seed=2)) != one
