"""Time is handed in: the real clock, and one that a test turns."""

import time
from collections.abc import Callable
from typing import Protocol

Instant = int
"""A point in time: whole milliseconds since 1970-01-01T00:00:00Z."""

SECOND: Instant = 1_000
MINUTE: Instant = 60 * SECOND
DAY: Instant = 24 * 60 * MINUTE


_RUNS_ON = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that nobody sets; where there is one, it runs on while the machine sleeps."""


def _elapsed() -> Instant:
    return time.clock_gettime_ns(_RUNS_ON) // 1_000_000


class Clock(Protocol):
    """Two readings, so that real clients work in a world whose time was turned."""

    def wall(self) -> Instant:
        """The time that clients share with us: judges timestamps and nonces."""

    def now(self) -> Instant:
        """The time in the emulated world: judges every state and stamps every record."""


class SystemClock:
    """The machine's clock; the world runs beside it, `offset` milliseconds away."""

    def __init__(self, offset: Instant = 0) -> None:
        """Start with the world `offset` milliseconds ahead of the wall clock."""
        self.offset = offset

    def wall(self) -> Instant:
        """The machine's time."""
        return time.time_ns() // 1_000_000

    def now(self) -> Instant:
        """The machine's time, moved by the offset."""
        return self.wall() + self.offset

    def advance(self, milliseconds: Instant) -> None:
        """Turn the world's time forward; the wall clock stays."""
        self.offset += milliseconds


class Steady:
    """How late it is for sure, by a wall clock that may be set wrong, and right again.

    What is dropped because its time is over is over by the clock as it was first read, and by one that runs
    since and that nobody can set.
    """

    def __init__(self, elapsed: Callable[[], Instant] = _elapsed) -> None:
        """Begin with the first reading; `elapsed` is the clock that nobody sets."""
        self._elapsed = elapsed
        self._between: Instant | None = None

    def __call__(self, wall: Instant) -> Instant:
        """The instant that has come for sure when the wall clock shows this one."""
        elapsed = self._elapsed()
        if self._between is None:
            self._between = wall - elapsed
        return min(wall, self._between + elapsed)


def as_shown(wall: Instant) -> Instant:
    """Trust a wall clock that nobody sets."""
    return wall
