"""The database's schema: made on first use, brought forward when localyun's records have changed since.

A record's body holds all of it, so a new index or column needs no migration of its own: the table is built
anew from the bodies. What a body itself means is versioned by `VERSION`; a change to that adds a step to
`STEPS`, numbered once, forward only.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from localyun.store import tables
from localyun.store.sql import SqlTransaction, Statements
from localyun.store.tables import NONCES, SCHEMA, TABLES

VERSION = 1
STEPS: dict[int, Callable[[Any], None]] = {}
"""Of each version but the first, what turns the one before into it, given the connection."""


class StoreTooNew(Exception):
    """The database was written by a newer localyun than this one."""


def bring_up_to_date(connection: Any, dialect: sa.Dialect) -> None:
    """Make the tables or bring them forward, all in one transaction; nothing is done when they fit.

    Raises `StoreTooNew` when the database's version is above ours, leaving it as it is.
    """
    for text in tables.definition(SCHEMA, dialect):
        connection.execute(text)
    if (current := _current(connection)) == (VERSION, tables.fingerprint()):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        current = _current(connection)
        if current is not None and current[0] > VERSION:
            raise StoreTooNew(
                f"the database has schema version {current[0]}, this localyun knows up to {VERSION}: "
                "use the newer localyun, or another data directory"
            )
        if current is not None and current[1] != tables.fingerprint():
            _rebuild(connection, dialect)
        for table in (*TABLES.values(), NONCES):
            for text in tables.definition(table, dialect):
                connection.execute(text)
        for version in range(current[0] + 1 if current else VERSION + 1, VERSION + 1):
            STEPS[version](connection)
        connection.execute(str(sa.delete(SCHEMA).compile(dialect=dialect)))
        write = tables.compiled(sa.insert(SCHEMA), dialect)
        connection.execute(write.sql, write.values({"version": VERSION, "layout": tables.fingerprint()}))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _current(connection: Any) -> tuple[int, str] | None:
    row = connection.execute(f"SELECT version, layout FROM {SCHEMA.name}").fetchone()  # noqa: S608 - a name of ours
    return None if row is None else (int(row[0]), str(row[1]))


def _rebuild(connection: Any, dialect: sa.Dialect) -> None:
    """Build each table that exists anew, in today's shape, from the bodies in it."""
    existing = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    statements = Statements(dialect)
    for kind, table in TABLES.items():
        if table.name not in existing:
            continue
        rows = connection.execute(f"SELECT body FROM {table.name}").fetchall()  # noqa: S608 - a name of ours
        bodies = [msgspec.json.decode(body, type=kind) for (body,) in rows]
        connection.execute(f"DROP TABLE {table.name}")
        for text in tables.definition(table, dialect):
            connection.execute(text)
        transaction = SqlTransaction(connection, statements)
        for record in bodies:
            transaction.put(record)
