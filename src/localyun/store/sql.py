"""The one implementation of the store, in SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from localyun.clock import MINUTE, Instant
from localyun.model import LAYOUTS, Image, Record, Share
from localyun.store import dialects, tables
from localyun.store.tables import NONCES, TABLES, Statement, compiled

R = TypeVar("R", bound=Record)

_encode = msgspec.json.Encoder().encode


@cache
def _decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(kind)


class Statements:
    """Every statement we run, compiled for one dialect the first time it is needed."""

    def __init__(self, dialect: sa.Dialect) -> None:
        """Compile for this dialect."""
        self._dialect = dialect
        self._compiled: dict[Any, Statement] = {}
        self.spend_nonce = compiled(dialects.insert_new(NONCES), dialect)
        self.nonce_spent = compiled(tables.nonce_spent(), dialect)
        self.expired_nonces = compiled(tables.expired_nonces(), dialect)
        self.images_shared_with = compiled(tables.images_shared_with(), dialect)

    def select(
        self,
        kind: type[Record],
        equal: tuple[str, ...],
        order: str = "",
        descending: bool = False,
        paged: bool = False,
    ) -> Statement:
        """See `tables.select`."""
        key = (kind, equal, order, descending, paged)
        if (statement := self._compiled.get(key)) is None:
            statement = compiled(tables.select(kind, equal, order, descending, paged), self._dialect)
            self._compiled[key] = statement
        return statement

    def count(self, kind: type[Record], equal: tuple[str, ...]) -> Statement:
        """See `tables.count`."""
        key = ("count", kind, equal)
        if (statement := self._compiled.get(key)) is None:
            statement = self._compiled[key] = compiled(tables.count(kind, equal), self._dialect)
        return statement

    def put(self, kind: type[Record]) -> Statement:
        """Insert or replace a record."""
        key = ("put", kind)
        if (statement := self._compiled.get(key)) is None:
            upsert = dialects.upsert(TABLES[kind], LAYOUTS[kind].key)
            statement = self._compiled[key] = compiled(upsert, self._dialect)
        return statement

    def delete(self, kind: type[Record]) -> Statement:
        """Delete the record with a key."""
        key = ("delete", kind)
        if (statement := self._compiled.get(key)) is None:
            statement = self._compiled[key] = compiled(tables.delete(kind), self._dialect)
        return statement


class SqlTransaction:
    """Records in and out of one open transaction of a database connection."""

    def __init__(self, connection: Any, statements: Statements) -> None:
        """Work on a connection on which a transaction was begun."""
        self._execute = connection.execute
        self._statements = statements

    def get(self, kind: type[R], *key: str) -> R | None:
        """Return the record with this key, or None."""
        statement = self._statements.select(kind, LAYOUTS[kind].key)
        row = self._execute(statement.sql, key).fetchone()
        return None if row is None else _decoder(kind).decode(row[0])

    def find(
        self,
        kind: type[R],
        /,
        *,
        order: str = "",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        **equal: str,
    ) -> list[R]:
        """Return the records whose indexed fields equal the given values, sorted."""
        paged = limit is not None
        statement = self._statements.select(kind, tuple(equal), order, descending, paged)
        rows = self._execute(statement.sql, statement.values({**equal, "limit_": limit, "offset_": offset}))
        decode = _decoder(kind).decode
        return [decode(body) for (body,) in rows]

    def count(self, kind: type[Record], /, **equal: str) -> int:
        """Return how many records `find` would give."""
        statement = self._statements.count(kind, tuple(equal))
        return int(self._execute(statement.sql, statement.values(equal)).fetchone()[0])

    def put(self, record: Record) -> None:
        """Keep the record, in place of the one with the same key if there is one."""
        kind = type(record)
        statement = self._statements.put(kind)
        row = {name: getattr(record, name) for name in LAYOUTS[kind].columns}
        self._execute(statement.sql, statement.values({**row, "body": _encode(record)}))

    def delete(self, record: Record) -> None:
        """Forget the record."""
        kind = type(record)
        self._execute(
            self._statements.delete(kind).sql, [getattr(record, name) for name in LAYOUTS[kind].key]
        )

    def images_shared_with(self, account: str, region: str) -> list[tuple[Image, Share]]:
        """Return the images of a region that others share with an account, last shared first."""
        statement = self._statements.images_shared_with
        rows = self._execute(statement.sql, statement.values({"account": account, "region": region}))
        image, share = _decoder(Image).decode, _decoder(Share).decode
        return [(image(one), share(other)) for one, other in rows]

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside if it raises."""
        self._execute("SAVEPOINT call")
        try:
            yield
        except BaseException:
            self._execute("ROLLBACK TO call")
            raise
        finally:
            self._execute("RELEASE call")

    # Nonces, as one table of this database; a store may keep them in two.

    def insert_nonce(self, access_key: str, nonce: str, expires_at: Instant) -> bool:
        """Remember a nonce; False if it was there."""
        statement = self._statements.spend_nonce
        values = statement.values({"access_key": access_key, "nonce": nonce, "expires_at": expires_at})
        return bool(self._execute(statement.sql, values).rowcount)

    def has_nonce(self, access_key: str, nonce: str) -> bool:
        """Whether a nonce is remembered."""
        return self._execute(self._statements.nonce_spent.sql, (access_key, nonce)).fetchone() is not None

    def forget_nonces(self, before: Instant) -> None:
        """Drop the nonces whose time is over."""
        self._execute(self._statements.expired_nonces.sql, (before,))


PURGE_EVERY = 1 * MINUTE
"""How often expired nonces are looked for, in wall time."""
