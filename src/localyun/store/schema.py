"""The database's schema: made on first use, brought forward when localyun's records have changed since.

A record's body holds all of it, so a new index or column needs no migration of its own: the tables are built
anew from the bodies. What a body itself means is versioned by `VERSION`; a change to that adds a step to
`STEPS`, numbered once, forward only.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from localyun.model import LAYOUTS, Image, Record, Share
from localyun.store import tables
from localyun.store.sql import decoder, label, row, run
from localyun.store.tables import NONCES, RATES, SCHEMA, TABLES, TALLY

VERSION = 2


def _say_what_is_listed(connection: Any, dialect: sa.Dialect) -> None:
    """Say on each share whether its image is listed, which version 1 didn't."""
    find, change = tables.select(dialect, Image, ("id",)), tables.change_body(dialect, Share)
    for (body,) in run(connection.execute, tables.bodies(dialect, Share).sql):
        share = decoder(Share).decode(body)
        for (image,) in run(connection.execute, find.sql, [share.image]):
            changed = msgspec.json.encode(share.of(decoder(Image).decode(image)))
            values = {"image_": share.image, "account_": share.account, "body": changed}
            run(connection.execute, change.sql, change.values(values))


STEPS: dict[int, Callable[[Any, sa.Dialect], None]] = {2: _say_what_is_listed}
"""Of each version but the first, what turns the bodies of the one before into its own, on a connection."""


class StoreTooNew(Exception):
    """The database was written by a newer localyun than this one."""


def fits(connection: Any, dialect: sa.Dialect) -> bool:
    """Whether the tables are as this localyun wants them; nothing is written when they are."""
    return _found(connection, dialect) == (VERSION, tables.fingerprint())


def bring_up_to_date(connection: Any, dialect: sa.Dialect) -> None:
    """Make the tables or bring them forward, in a transaction that was begun for it.

    Raises `StoreTooNew` when the database's version is above ours.
    """
    found = _found(connection, dialect)
    if found is None:
        for table in TABLES.values():
            define(connection, dialect, table)
    else:
        if (version := found[0]) > VERSION:
            raise StoreTooNew(
                f"the database has schema version {version}, this localyun knows up to {VERSION}: "
                "use the newer localyun, or another data directory"
            )
        for step in range(version + 1, VERSION + 1):
            STEPS[step](connection, dialect)
        if found != (VERSION, tables.fingerprint()):
            for kind, table in TABLES.items():
                _rebuild(connection, dialect, kind, table)
            _count_anew(connection, dialect)
    define(connection, dialect, TALLY)
    define(connection, dialect, NONCES)
    define(connection, dialect, RATES)
    run(connection.execute, tables.delete_all(dialect, SCHEMA).sql)
    now = {"version": VERSION, "layout": tables.fingerprint()}
    say = tables.insert(dialect, SCHEMA)
    run(connection.execute, say.sql, say.values(now))


def define(connection: Any, dialect: sa.Dialect, table: sa.Table) -> None:
    """Make a table and its indexes unless they exist."""
    for text in tables.definition(table, dialect):
        run(connection.execute, text)


def _found(connection: Any, dialect: sa.Dialect) -> tuple[int, str] | None:
    """Return the version and layout that the database says it has; None for an empty one."""
    define(connection, dialect, SCHEMA)
    rows = run(connection.execute, tables.select_all(dialect, SCHEMA).sql)
    return (int(rows[0][0]), str(rows[0][1])) if rows else None


def _rebuild(connection: Any, dialect: sa.Dialect, kind: type[Record], table: sa.Table) -> None:
    """Build a table anew, in today's shape, from the bodies in it, which stay as they are to the byte."""
    create, *indexes = tables.definition(table, dialect)
    old = f"old_{table.name}"
    run(connection.execute, create)
    run(connection.execute, f"ALTER TABLE {table.name} RENAME TO {old}")
    run(connection.execute, create)
    put = tables.put(dialect, kind)
    for (body,) in connection.execute(f"SELECT body FROM {old}"):  # noqa: S608 - a name of ours
        run(connection.execute, put.sql, put.values(row(decoder(kind).decode(body), body)))
    run(connection.execute, f"DROP TABLE {old}")
    for index in indexes:
        run(connection.execute, index)


def _count_anew(connection: Any, dialect: sa.Dialect) -> None:
    """Count the records of each layout that says by which fields."""
    define(connection, dialect, TALLY)
    run(connection.execute, tables.delete_all(dialect, TALLY).sql)
    add = tables.add_to_tally(dialect)
    for kind, layout in LAYOUTS.items():
        for names in layout.counted:
            for *values, n in run(connection.execute, tables.groups(dialect, kind, names).sql):
                run(
                    connection.execute,
                    add.sql,
                    add.values({"counted": label(kind, names, values), "slot": 0, "n": n}),
                )
