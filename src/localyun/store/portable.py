"""A world in a file that every database of ours can be filled from.

The first line says what the file is, the last one how many records it holds and the checksum of all that
stands before; each line between is a record: the name of its table, and the record as JSON.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec

from localyun import __version__
from localyun.clock import Instant
from localyun.files import PART, settled
from localyun.model import LAYOUTS, Account, Record
from localyun.store.interface import Store, Transaction
from localyun.store.schema import VERSION
from localyun.store.sql import decoder

Step = Callable[[int], None]
"""Told how many records are done, every now and then."""
STEP = 1_000

KINDS = {layout.table: kind for kind, layout in LAYOUTS.items()}


class NotPortable(ValueError):
    """A file isn't what it should be, or can't be taken; nothing was changed."""


class NotEmpty(NotPortable):
    """A database holds something already."""


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    localyun: str
    """The version that wrote the file."""
    schema: int


class _Foot(msgspec.Struct, forbid_unknown_fields=True):
    records: int
    sha256: str


def export(store: Store, path: Path, step: Step) -> int:
    """Write all that a store holds at one moment into a file, and return how many records that is.

    The file appears under its name once it is whole and on the disk; nobody else may read it: there are keys
    in it. Raises OSError when it can't be written.
    """
    unfinished = path.with_name(path.name + PART)
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(0o600)
        with unfinished.open("wb") as file:
            head = msgspec.json.encode(_Head(__version__, VERSION)) + b"\n"
            file.write(head)
            sum_, records = sha256(head), 0
            for record in store.dump():
                line = msgspec.json.encode((LAYOUTS[type(record)].table, record)) + b"\n"
                file.write(line)
                sum_.update(line)
                records += 1
                if not records % STEP:
                    step(records)
            file.write(msgspec.json.encode(_Foot(records, sum_.hexdigest())) + b"\n")
        settled(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return records


def check(path: Path) -> int:
    """Return how many records a file holds, all of which are as they were written.

    Raises `NotPortable` when they aren't, and OSError when the file can't be read.
    """
    sum_, lines, last = sha256(), 0, b""
    with path.open("rb") as file:
        for line in file:
            if not lines:
                _check_head(path, line)
            else:
                sum_.update(last)
            last, lines = line, lines + 1
    try:
        foot = msgspec.json.decode(last, type=_Foot)
    except msgspec.DecodeError as error:
        raise NotPortable(f"{path} isn't whole: its last line is missing") from error
    if (lines - 2, sum_.hexdigest()) != (foot.records, foot.sha256):
        raise NotPortable(f"{path} was changed since it was written: its checksum is another")
    return foot.records


def _check_head(path: Path, line: bytes) -> None:
    try:
        head = msgspec.json.decode(line, type=_Head)
    except msgspec.DecodeError as error:
        raise NotPortable(f"{path} wasn't written by `localyun export`") from error
    if head.schema != VERSION:
        raise NotPortable(
            f"{path} was written by localyun {head.localyun}, whose records are of version {head.schema}, "
            f"ours of version {VERSION}: import it with that localyun, then open its database with this one"
        )


def fill(store: Store, path: Path, wall: Instant, step: Step, *, replace: bool) -> None:
    """Put what a checked file holds into a store, all of it or nothing.

    A store with accounts is refused unless what it holds is to be replaced. Raises `NotEmpty` then,
    `NotPortable` when a record is none of ours, `StoreUnavailable` when the database fails, and OSError when
    the file can't be read.
    """
    with store.writing(wall) as tx, path.open("rb") as file:
        if replace:
            _empty(tx)
        elif tx.count(Account):
            raise NotEmpty("the database isn't empty")
        next(file)
        line = next(file)
        for records, following in enumerate(file, start=1):
            tx.put(_record(path, line))
            line = following
            if not records % STEP:
                step(records)


def _empty(tx: Transaction) -> None:
    for kind in LAYOUTS:
        for record in tx.find(kind):
            tx.delete(record)


def _record(path: Path, line: bytes) -> Record:
    table, body = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
    if kind := KINDS.get(table):
        record: Record = decoder(kind).decode(body)
        return record
    raise NotPortable(f"{path} holds records of a kind that this localyun doesn't know: {table}")
