"""Operations that clients asked for and that are not emulated: counted, so that the log tells."""

from collections import Counter


class Missing:
    """How often each operation was asked for in vain, in this process."""

    def __init__(self) -> None:
        """Nothing was asked for yet."""
        self._asked: Counter[str] = Counter()

    def note(self, action: str) -> int:
        """Count a call, and return how many there were if that is worth a line: 1, 10, 100 …; else 0."""
        self._asked[action] += 1
        count = self._asked[action]
        return count if str(count).strip("0") == "1" else 0
