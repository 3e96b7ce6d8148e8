"""Records in and out of a SQL database, whichever it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar
from zlib import crc32

import msgspec
import sqlalchemy as sa

from localyun.model import LAYOUTS, AuditEntry, Image, KeyUse, Record, Share
from localyun.store import tables
from localyun.store.dialects import DRIVER_ERRORS, STATEMENT_ERRORS, is_busy
from localyun.store.interface import StoreBusy, StoreUnavailable

R = TypeVar("R", bound=Record)

NO_LIMIT = 2**63 - 1

_encode = msgspec.json.Encoder().encode


@cache
def decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    """Return what reads the bodies of a kind of record."""
    return msgspec.json.Decoder(kind)


def row(record: Record, body: bytes) -> dict[str, Any]:
    """Return the columns of a record's row."""
    return {**{name: getattr(record, name) for name in LAYOUTS[type(record)].columns}, "body": body}


def label(kind: type[Record], names: tuple[str, ...], values: Iterable[Any]) -> str:
    """Return under what is kept how many records of a kind have these values in these fields."""
    return msgspec.json.encode(
        [LAYOUTS[kind].table, names, [str(int(one) if isinstance(one, bool) else one) for one in values]]
    ).decode()


Execute = Callable[[str, Sequence[Any]], Any]
"""A driver's way to run a statement, once or for many rows of values."""


def run(execute: Execute, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    """Run a statement and return its rows.

    Raises `StoreUnavailable` when the database failed, what the driver raises when the statement is wrong.
    """
    try:
        return list(execute(sql, values))
    except STATEMENT_ERRORS:
        raise
    except DRIVER_ERRORS as error:
        raise lost(error) from error


def lost(error: BaseException) -> StoreUnavailable:
    """Return what a driver's error means to those whose transaction it ends."""
    return (StoreBusy if is_busy(error) else StoreUnavailable)(str(error))


class SqlTransaction:
    """An open transaction of a database connection; a store adds how it keeps nonces."""

    def __init__(self, execute: Execute, dialect: sa.Dialect, *, changes: bool) -> None:
        """Work on a connection on which a transaction was begun; `changes` says whether it may write."""
        self._execute = execute
        self._dialect = dialect
        self._changes = changes
        self.entries: list[AuditEntry | KeyUse] = []

    def get(self, kind: type[R], *key: str) -> R | None:
        """Return the record with this key, or None."""
        rows = run(self._execute, tables.select(self._dialect, kind, LAYOUTS[kind].key).sql, key)
        return decoder(kind).decode(rows[0][0]) if rows else None

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
        """Return the records whose indexed fields equal the given values, sorted."""
        paged = limit is not None or offset > 0
        field, bound = above
        statement = tables.select(self._dialect, kind, tuple(equal), order, descending, paged, field)
        others = {"limit_": NO_LIMIT if limit is None else limit, "offset_": offset, "above_": bound}
        decode = decoder(kind).decode
        rows = run(self._execute, statement.sql, statement.values({**equal, **others}))
        return [decode(body) for (body,) in rows]

    def count(self, kind: type[Record], /, **equal: str | bool) -> int:
        """Return how many records `find` would give; nobody has to count them where that is kept."""
        for names in LAYOUTS[kind].counted:
            if names == tuple(equal):
                return self._tallied(kind, names, equal.values())
        statement = tables.count(self._dialect, kind, tuple(equal))
        return int(run(self._execute, statement.sql, statement.values(equal))[0][0])

    def put(self, record: Record) -> None:
        """Keep the record, in place of the one with the same key if there is one."""
        self._count(record, record)
        self._change(tables.put(self._dialect, type(record)), row(record, _encode(record)))

    def delete(self, record: Record) -> None:
        """Forget the record with this one's key, if there is one."""
        kind = type(record)
        self._count(record, None)
        self._change(
            tables.delete(self._dialect, kind), {name: getattr(record, name) for name in LAYOUTS[kind].key}
        )

    def images_shared_with(self, account: str, region: str) -> list[tuple[Image, Share]]:
        """Return the images of a region that others share with an account, last shared first."""
        statement = tables.images_shared_with(self._dialect)
        return self._images_and_shares(statement, {"account": account, "region": region})

    def images_listed_for(
        self, account: str, region: str, *, limit: int, offset: int
    ) -> list[tuple[Image, Share]]:
        """Return a page of those that are listed."""
        return self._page_listed(account, region, limit, offset, None)

    def _page_listed(
        self, account: str, region: str, limit: int, offset: int, after: Share | None
    ) -> list[tuple[Image, Share]]:
        """Return a page, counted from the one `after` which it begins, if that is known."""
        values = {"account": account, "region": region, "limit_": limit, "offset_": offset}
        if after:
            values |= {"since_": after.since, "image_": after.image}
        return self._images_and_shares(
            tables.images_listed_for(self._dialect, after=after is not None), values
        )

    def _images_and_shares(
        self, statement: tables.Statement, values: dict[str, Any]
    ) -> list[tuple[Image, Share]]:
        rows = run(self._execute, statement.sql, statement.values(values))
        image, share = decoder(Image).decode, decoder(Share).decode
        return [(image(one), share(other)) for one, other in rows]

    def record(self, entry: AuditEntry | KeyUse) -> None:
        """Keep what is said of a call when the transaction ends; a savepoint doesn't undo it."""
        self.entries.append(entry)

    def keep_entries(self, execute_many: Execute) -> None:
        """Write what was recorded, all at once."""
        for kind in (AuditEntry, KeyUse):
            statement = tables.put(self._dialect, kind)
            said = [entry for entry in self.entries if type(entry) is kind]
            if said:
                run(
                    execute_many,
                    statement.sql,
                    [statement.values(row(entry, _encode(entry))) for entry in said],
                )

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside if it raises."""
        run(self._execute, "SAVEPOINT call")
        try:
            yield
        except StoreUnavailable:  # the whole transaction is lost, and the savepoint with it
            raise
        except BaseException:
            run(self._execute, "ROLLBACK TO call")
            run(self._execute, "RELEASE call")
            raise
        run(self._execute, "RELEASE call")

    def _tallied(self, kind: type[Record], names: tuple[str, ...], values: Iterable[Any]) -> int:
        rows = run(self._execute, tables.tallied(self._dialect).sql, [label(kind, names, values)])
        return int(rows[0][0] or 0)

    def _count(self, record: Record, successor: Record | None) -> None:
        """Count a record that takes the place of one with the same key, or of none, or goes."""
        kind = type(record)
        layout = LAYOUTS[kind]
        if not layout.counted:
            return
        key = [getattr(record, name) for name in layout.key]
        found = run(self._execute, tables.values_counted(self._dialect, kind).sql, key)
        before = list(found[0]) if found else []
        slot = crc32("/".join(key).encode()) % tables.SLOTS
        for names in layout.counted:
            old, before = before[: len(names)], before[len(names) :]
            new = [getattr(successor, name) for name in names] if successor else []
            if old != new:
                for values, more in ((old, -1), (new, 1)):
                    if values:
                        self._change(
                            tables.add_to_tally(self._dialect),
                            {"counted": label(kind, names, values), "slot": slot, "n": more},
                        )

    def _change(self, statement: tables.Statement, values: dict[str, Any]) -> None:
        if not self._changes:
            raise RuntimeError("a transaction that was begun for reading can't change anything")
        run(self._execute, statement.sql, statement.values(values))
