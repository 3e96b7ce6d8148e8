"""Time is handed in: the real clock, and one that a test turns."""

import time
from typing import Protocol

Instant = int
"""A point in time: whole milliseconds since 1970-01-01T00:00:00Z."""

SECOND: Instant = 1_000
MINUTE: Instant = 60 * SECOND
DAY: Instant = 24 * 60 * MINUTE


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
