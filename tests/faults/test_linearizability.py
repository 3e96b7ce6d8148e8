"""The checker of histories is checked: by known ones, and by trying all orders of small ones."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.faults.linearizability import (
    NEVER,
    Operation,
    Shares,
    Step,
    Undecided,
    listed,
    refused,
    shared,
    used,
    violation,
)

NOBODY: Shares = frozenset()
History = list[tuple[float, float, Step]]


def operations(history: History) -> list[Operation[Shares]]:
    """What the checker takes."""
    return [Operation(begin, end, step) for begin, end, step in history]


def is_linearizable(history: History) -> bool:
    """What the checker says of an image that nobody had."""
    return violation(operations(history), [NOBODY]) is None


ADDS = shared(["bob"], [])
ENDS = shared([], ["bob"])
MAYBE = shared(["bob"], [], known=False)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], True),
        ([(0, 1, ADDS), (2, 3, listed(["bob"]))], True),
        ([(0, 1, ADDS), (2, 3, listed([]))], False),
        ([(0, 3, ADDS), (1, 2, listed([]))], True),
        ([(0, 3, ADDS), (1, 2, listed(["bob"]))], True),
        ([(0, 5, ADDS), (1, 2, listed(["bob"])), (3, 4, listed([]))], False),
        ([(0, 5, ADDS), (1, 2, listed([])), (3, 4, listed(["bob"]))], True),
        ([(0, 1, ADDS), (2, 3, ENDS), (4, 5, used("bob", allowed=True))], False),
        ([(0, 1, ADDS), (2, 5, ENDS), (3, 4, used("bob", allowed=True))], True),
        ([(0, 1, ADDS), (2, 3, used("bob", allowed=False))], False),
        ([(0, 1, used("bob", allowed=False)), (2, 3, ADDS)], True),
        ([(0, 1, shared(["bob", "mallory"], [])), (2, 3, listed(["bob"]))], False),
        ([(0, 1, shared(["bob"], ["bob"])), (2, 3, listed([]))], True),
        ([(0, 1, refused()), (2, 3, listed([]))], True),
        # What wasn't answered may have happened, until it can no longer, or not at all; but not both.
        ([(0, NEVER, MAYBE), (2, 3, listed([])), (4, 5, listed(["bob"]))], True),
        ([(0, NEVER, MAYBE), (2, 3, listed([])), (4, 5, listed([]))], True),
        ([(0, 1, MAYBE), (2, 3, listed([])), (4, 5, listed(["bob"]))], False),
        ([(0, NEVER, MAYBE), (2, 3, listed(["bob"])), (4, 5, listed([]))], False),
        # Two who each saw only the other's change first.
        (
            [
                (0, 9, shared(["a"], [])),
                (0, 9, shared(["b"], [])),
                (1, 2, listed(["a"])),
                (3, 4, listed(["b"])),
            ],
            False,
        ),
        # Touching at one instant is being simultaneous.
        ([(0, 1, ADDS), (1, 2, listed([]))], True),
    ],
)
def test_a_known_history_is_judged_rightly(history: History, expected: bool) -> None:
    """Simultaneous calls may come in either order, others only in theirs; what was seen is never unseen."""
    assert is_linearizable(history) is expected


def test_a_violation_says_how_far_it_went_and_what_had_no_place() -> None:
    """So that somebody can see what the server did wrong."""
    found = violation(
        [
            Operation(0, 1, ADDS, "share with bob"),
            Operation(2, 3, listed(["bob"]), "bob is there"),
            Operation(4, 5, listed([]), "nobody is there"),
        ],
        [NOBODY],
    )

    assert found is not None
    assert [operation.said for operation in found.ordered] == ["share with bob", "bob is there"]
    assert found.states == {frozenset({"bob"})}
    assert found.stuck.said == "nobody is there"
    assert "stuck: [4.000000 … 5.000000] nobody is there" in str(found)


ACCOUNTS = some.sets(some.sampled_from("ab"), max_size=2)
STEPS = some.one_of(
    some.builds(shared, ACCOUNTS, ACCOUNTS, known=some.booleans()),
    some.builds(listed, ACCOUNTS),
    some.builds(used, some.sampled_from("ab"), allowed=some.booleans()),
)


@given(some.lists(some.tuples(some.integers(0, 6), some.integers(0, 4), STEPS), max_size=5))
def test_the_search_finds_what_trying_all_orders_finds(drawn: list[tuple[int, int, Step]]) -> None:
    """An order, if there is one, of all those in which nothing comes before what had ended when it began."""
    history = operations([(begin, begin + length, step) for begin, length, step in drawn])

    assert (violation(history, [NOBODY]) is None) is any(map(explains, permutations(history)))


def explains(order: Sequence[Operation[Shares]]) -> bool:
    """Whether operations can have happened in this order."""
    states = {NOBODY}
    for place, operation in enumerate(order):
        if any(later.end < operation.begin for later in order[place:]):
            return False
        states = {after for state in states for after in operation.step(state)}
    return bool(states)


def test_a_search_that_would_take_for_ever_is_given_up() -> None:
    """And says so: it neither finds fault nor none."""
    many = [Operation(0, 9, shared([str(n)], [])) for n in range(20)]
    wrong = Operation(10, 11, listed(["nobody has shared with this one"]))

    with pytest.raises(Undecided):
        violation([*many, wrong], [NOBODY], most=10_000)


def test_a_long_history_is_judged_in_no_time() -> None:
    """Thousands of operations, eight at a time, of which every tenth wasn't answered."""
    history = [
        Operation(n, n + 8.5, shared([str(n % 30)], [str((n + 7) % 30)], known=bool(n % 10)))
        for n in range(3000)
    ]

    assert violation(history, [NOBODY]) is None
