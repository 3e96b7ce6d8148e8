"""When access keys were last used: known in memory to the instant, written down now and then."""

from localyun.clock import MINUTE, Instant
from localyun.model import Caller, KeyUse
from localyun.store.interface import Transaction

WRITTEN_EVERY: Instant = 10 * MINUTE
"""How far what is written down, which is all that other processes see, may be behind."""


class KeyUses:
    """The last use of each key that signed a call to this process."""

    def __init__(self) -> None:
        """Know of none."""
        self._last: dict[str, Instant] = {}
        self._written: dict[str, Instant] = {}

    def note(self, caller: Caller, now: Instant, tx: Transaction) -> None:
        """Note a call; it is written down with the call's transaction if that wasn't done just now.

        Temporary keys aren't noted: nobody can ask for theirs.
        """
        if caller.session is None:
            key = caller.access_key
            self._last[key] = now
            written = self._written.get(key)
            if written is None or abs(now - written) >= WRITTEN_EVERY:  # the world's clock can be set back
                self._written[key] = now
                tx.record(KeyUse(access_key=key, at=now))

    def last(self, key: str, tx: Transaction) -> Instant | None:
        """Return when a key was last used, as far as this process knows; None for never."""
        written = tx.get(KeyUse, key)
        known = [use for use in (self._last.get(key), written.at if written else None) if use is not None]
        return max(known, default=None)
