"""What the world's state can be asked and told; in records, never in rows."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from localyun.clock import MINUTE, Instant
from localyun.model.accounts import KeyUse
from localyun.model.audit import AuditEntry
from localyun.model.images import Image, Share
from localyun.model.record import Record

R = TypeVar("R", bound=Record)


class StoreUnavailable(Exception):
    """The database couldn't do what it was asked; nothing of the transaction was kept."""


class StoreBusy(StoreUnavailable):
    """Another process got in the way; nothing was kept, and trying again may succeed."""


class Transaction(Protocol):
    """What can be read and changed at once. Everything is seen as of one moment.

    Each method raises `StoreUnavailable` when the database fails; the whole transaction is lost then.
    """

    def get(self, kind: type[R], *key: str) -> R | None:
        """Return the record with this key, or None."""

    def find(
        self,
        kind: type[R],
        /,
        *,
        order: str = "",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        above: tuple[str, int] = ("", 0),
        **equal: str | bool,
    ) -> list[R]:
        """Return the records whose indexed fields equal the given values, one maybe `above` a number.

        They come sorted by the indexed field `order`, and by key where that is equal or not given;
        `descending` turns all of that around. Text sorts by its code points.
        """

    def count(self, kind: type[Record], /, **equal: str | bool) -> int:
        """Return how many records `find` would give.

        Where a layout says that they are counted by just these fields, in this order, that takes one look.
        """

    def put(self, record: Record) -> None:
        """Keep the record, in place of the one with the same key if there is one."""

    def delete(self, record: Record) -> None:
        """Forget the record with this one's key, if there is one."""

    def images_shared_with(self, account: str, region: str) -> list[tuple[Image, Share]]:
        """Return the images of a region that others share with an account, last shared first."""

    def images_listed_for(
        self, account: str, region: str, *, limit: int, offset: int
    ) -> list[tuple[Image, Share]]:
        """Return a page of those whose share says that they are listed."""

    def spend_nonce(self, access_key: str, nonce: str, expires_at: Instant) -> bool:
        """Remember a nonce of a key until an instant; False if it was spent before.

        It stays spent when a savepoint is undone.
        """

    def record(self, entry: AuditEntry | KeyUse) -> None:
        """Keep what is said of a call when the transaction ends, one that was begun to read as well.

        It stays when a savepoint is undone, and can't be found before the transaction has ended.
        """

    def count_call(self, counted: str, period: int) -> int:
        """Count a call in a period of time, and return the how manieth it is; all processes count together.

        It is done at once, stays whatever becomes of the transaction, and a power cut may forget it.
        """

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo what happens inside if it raises."""


class Store(Protocol):
    """A database that holds the world's records, across restarts and between processes.

    A second transaction of the same thread is refused.
    """

    at_once: int
    """How many transactions can go on at a time; with 1, another thread's is waited for."""

    def reading(self, now: Instant) -> AbstractContextManager[Transaction]:
        """Begin to read, at this wall time, whoever else is changing; only nonces can be written.

        Raises `StoreBusy` at the end when another process was shown the same nonce at the same time.
        """

    def writing(
        self, now: Instant, *, patience: Instant = MINUTE, alone: bool = True
    ) -> AbstractContextManager[Transaction]:
        """Begin to change, at this wall time; what was done is durable when the block ends.

        Raises `StoreUnavailable` when it could not be made so; then nothing of it was kept.
        Raises `StoreBusy` as `reading` does, and when another process changes for longer than `patience`.
        Unless it has to be `alone`, others may change at the same time if the database can do that, and
        `StoreBusy` is also raised, anywhere in it or at its end, when one of them got in the way.
        """

    def dump(self) -> Iterator[Record]:
        """Every record, in no particular order, as of one moment."""

    def reset(self) -> None:
        """Forget everything, or nothing if it raises."""

    def close(self) -> None:
        """Let go of the database; the store can't be used afterwards."""
