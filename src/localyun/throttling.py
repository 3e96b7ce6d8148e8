"""Calls that come too fast: counted by account and operation, second by second, in each process."""

from localyun.clock import SECOND, Instant


class Throttle:
    """How many calls of one account to one operation are let through in a second of wall time."""

    def __init__(self, most: int) -> None:
        """Let so many through; 0 lets through whatever comes."""
        self._most = most
        self._second: Instant = 0
        self._counts: dict[tuple[str, str], int] = {}

    def admits(self, account: str, action: str, wall: Instant) -> bool:
        """Count a call, and say whether it is let through."""
        if not self._most:
            return True
        if (second := wall // SECOND) != self._second:
            self._second, self._counts = second, {}
        count = self._counts[account, action] = self._counts.get((account, action), 0) + 1
        return count <= self._most
