"""Whether what clients saw at the same time could have happened one thing after another.

A history is linearizable if each operation can be given one instant between its call and its answer, so that
all of them, done one after another at these instants, answer what was answered. The search is the one of Wing
and Gong with Lowe's memory: of two ways to the same operations done and the same states, one is followed.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
NEVER = math.inf
"""The end of an operation that may yet happen at any time."""


@dataclass(frozen=True)
class Operation(Generic[S]):
    """What one client did: from when to when, and what it makes of a state.

    `step` returns the states that it may lead to from one: none, if it could not have been answered so there;
    several, if nobody knows what became of it.
    """

    begin: float
    end: float
    step: Callable[[S], Iterable[S]]
    said: str = ""

    def __str__(self) -> str:
        return f"[{self.begin:.6f} … {self.end:.6f}] {self.said}"


@dataclass(frozen=True)
class Violation(Generic[S]):
    """Why a history isn't linearizable: the most that could be ordered, and what had no place after it."""

    ordered: list[Operation[S]]
    states: frozenset[S]
    stuck: Operation[S]

    def __str__(self) -> str:
        lines = [*(f"  {operation}" for operation in self.ordered[-12:]), f"  state: {set(self.states)}"]
        return "\n".join(["no order explains:", *lines, f"  stuck: {self.stuck}"])


class Undecided(Exception):
    """There are too many orders to try them all."""


def violation(
    operations: Sequence[Operation[S]], initial: Iterable[S], *, most: int = 3_000_000
) -> Violation[S] | None:
    """Return why operations on one object have no order, or None if they have one.

    Operations that only touch at an instant count as simultaneous. Raises `Undecided` once `most` ways have
    been tried in vain.
    """
    events = sorted(
        [(operation.begin, 0, n) for n, operation in enumerate(operations)]
        + [(operation.end, 1, n) for n, operation in enumerate(operations)]
    )
    timeline = _Timeline([n if kind == 0 else ~n for _, kind, n in events])
    states, done = frozenset(initial), 0
    seen: set[tuple[int, frozenset[S]]] = set()
    taken: list[tuple[int, frozenset[S]]] = []
    deepest: tuple[int, list[int], frozenset[S], int] = (-1, [], states, 0)
    place = timeline.first()
    while not timeline.is_empty():
        number = timeline.events[place]
        if number >= 0:
            after = frozenset(state for before in states for state in operations[number].step(before))
            if after and (done | 1 << number, after) not in seen:
                seen.add((done | 1 << number, after))
                if len(seen) > most:
                    raise Undecided(f"{len(operations)} operations, {most} ways")
                taken.append((place, states))
                states, done = after, done | 1 << number
                timeline.take(place)
                place = timeline.first()
            else:
                place = timeline.next[place]
            continue
        # An answer that nothing could be ordered before: the last operation that was taken was taken wrongly.
        if len(taken) > deepest[0]:
            deepest = len(taken), [timeline.events[at] for at, _ in taken], states, ~number
        if not taken:
            _, ordered, reached, stuck = deepest
            return Violation([operations[n] for n in ordered], reached, operations[stuck])
        place, states = taken.pop()
        done &= ~(1 << timeline.events[place])
        timeline.put_back(place)
        place = timeline.next[place]
    return None


class _Timeline:
    """Calls and answers in the order of time, from which operations are taken and put back, last in first."""

    def __init__(self, events: list[int]) -> None:
        """Take the numbers of operations: n where one is called, ~n where it is answered."""
        self.events = events
        self._head = len(events)
        self.next = [*range(1, len(events)), self._head, 0 if events else self._head]
        self._previous = [self._head, *range(len(events))] if events else [self._head]
        self._answers = {~n: place for place, n in enumerate(events) if n < 0}

    def first(self) -> int:
        return self.next[self._head]

    def is_empty(self) -> bool:
        return self.first() == self._head

    def take(self, call: int) -> None:
        """Take an operation out, by the place of its call."""
        for place in (call, self._answers[self.events[call]]):
            self.next[self._previous[place]] = self.next[place]
            self._previous[self.next[place]] = self._previous[place]

    def put_back(self, call: int) -> None:
        """Put the operation back that was taken out last."""
        for place in (self._answers[self.events[call]], call):
            self.next[self._previous[place]] = place
            self._previous[self.next[place]] = place


# An image that is shared: its state is whom it is shared with.

Shares = frozenset[str]
Step = Callable[[Shares], Iterable[Shares]]


def shared(add: Iterable[str], remove: Iterable[str], *, known: bool = True) -> Step:
    """Share with some accounts and not with others any more; perhaps, if the outcome isn't known."""
    added, removed = frozenset(add), frozenset(remove)

    def step(state: Shares) -> list[Shares]:
        after = (state | added) - removed
        return [after] if known else [state, after]

    return step


def refused() -> Step:
    """A call that was refused whatever the state is, and changes nothing."""
    return lambda state: [state]


def listed(accounts: Iterable[str]) -> Step:
    """The owner is told whom the image is shared with."""
    found = frozenset(accounts)
    return lambda state: [state] if state == found else []


def used(account: str, *, allowed: bool) -> Step:
    """An account makes something from the image, or is told that there is no such image."""
    return lambda state: [state] if (account in state) is allowed else []
