"""How the things that the world holds are declared: a frozen struct, its key, what it is found by.

The store derives table and statements from this; nothing else needs to know that there is a database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import msgspec

from localyun.clock import Instant


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the world holds. A field added later needs a default, so that old ones can be read."""


R = TypeVar("R", bound=Record)


class Tag(msgspec.Struct, frozen=True):
    """A label on a resource."""

    key: str
    value: str = ""


class Resource(Record, frozen=True, kw_only=True):
    """Something that an account has in a region, under an id of its own."""

    id: str
    region: str
    owner: str
    created_at: Instant
    name: str = ""
    description: str = ""
    resource_group: str = ""
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Where records of one type are kept and by which of their fields they are found."""

    table: str
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]
    counted: tuple[tuple[str, ...], ...] = ()
    """The sets of fields by which records are counted as they come and go, so that nobody has to."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The fields that stand beside the record's body, each once, the key first."""
        found = (*self.indexes, *self.counted)
        return tuple(dict.fromkeys((*self.key, *(name for names in found for name in names))))


LAYOUTS: dict[type[Record], Layout] = {}


def stored(
    table: str,
    *,
    key: tuple[str, ...],
    indexes: tuple[tuple[str, ...], ...] = (),
    counted: tuple[tuple[str, ...], ...] = (),
) -> Callable[[type[R]], type[R]]:
    """Declare that records of the decorated type are kept, under `key`, found by each of `indexes`.

    How many have the same values in each of `counted` is kept beside them.
    """

    def declare(record: type[R]) -> type[R]:
        LAYOUTS[record] = Layout(table, key, indexes, counted)
        return record

    return declare


OPEN: Instant = 253_402_214_400_000
"""The last day of the year 9999: when something ends of which nobody knows when it does."""


class Phase(msgspec.Struct, frozen=True):
    """A status that changes by itself: `before`, `during` from `begins_at`, `after` from `ends_at` on.

    Nothing runs in the background: whoever asks gets the status of that instant. What takes as long as it
    takes is `OPEN` until it is done, and the phase is another one then.
    """

    after: str
    during: str = ""
    ends_at: Instant = 0
    before: str = ""
    begins_at: Instant = 0

    def at(self, now: Instant) -> str:
        """The status at an instant."""
        if now >= self.ends_at:
            return self.after
        return self.during if now >= self.begins_at else self.before

    def settled(self, now: Instant) -> bool:
        """Whether the change is over."""
        return now >= self.ends_at

    def next_at(self, now: Instant) -> Instant:
        """When what comes after the change begins: now, if that is over or nobody knows when it will be."""
        return now if self.ends_at == OPEN else max(now, self.ends_at)
