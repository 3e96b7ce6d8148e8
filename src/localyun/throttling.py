"""Calls that come too fast: counted in the database, by account, region and operation.

All processes that share a database count together. A call that is tried again counts once.
"""

import threading
from typing import Literal

from localyun import catalogue
from localyun.clock import SECOND, Instant
from localyun.spec.declare import Operation
from localyun.store.interface import Transaction
from localyun.wire.call import Call

Most = int | Literal["documented"]
"""How many calls are let through in a second, or as many as the provider publishes; 0 is all."""

REMEMBERED = 10_000
"""Of how many calls it is known what was decided, should they be tried again."""


class Throttle:
    """How many calls of one account to one operation in one region are let through."""

    def __init__(self, most: Most) -> None:
        """Let so many through."""
        self._most = most
        self._lock = threading.Lock()
        self._decided: dict[str, bool] = {}

    def admits(self, call: Call, account: str, operation: Operation, wall: Instant, tx: Transaction) -> bool:
        """Count a call, and say whether it is let through."""
        if not self._most:
            return True
        if self._most != "documented":
            calls, seconds = self._most, 1
        elif rate := catalogue.rates().get((operation.product, operation.name)):
            calls, seconds = rate.calls, rate.seconds
        else:
            return True
        with self._lock:
            if (decided := self._decided.get(call.id)) is not None:
                return decided
        named = call.parameters.get("RegionId", "")
        region = named if catalogue.region(named) else ""
        counted = f"{account} {region} {operation.product}:{operation.name}"
        admitted = tx.count_call(counted, wall // (seconds * SECOND)) <= calls
        with self._lock:
            self._decided[call.id] = admitted
            if len(self._decided) > REMEMBERED:
                del self._decided[next(iter(self._decided))]
        return admitted
