"""What differs between databases, and nothing else."""

import sqlite3
import time
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

SQLITE: sa.Dialect = sqlite.dialect(paramstyle="qmark")

DRIVER_ERRORS = (sqlite3.Error, MemoryError)
"""What a driver raises. SQLite may undo the whole transaction when space or memory runs out."""
STATEMENT_ERRORS = (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
"""Those of them that are about one statement and leave the transaction as it was."""


def is_busy(error: BaseException) -> bool:
    """Whether a driver's error says that another process held what was needed."""
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def _insert(dialect: sa.Dialect, table: sa.Table) -> Any:
    """Insert a row; each dialect's own way can do more, and only the one in use is imported."""
    return import_module(f"sqlalchemy.dialects.{dialect.name}").insert(table)


def upsert(dialect: sa.Dialect, table: sa.Table, key: tuple[str, ...]) -> Any:
    """Insert a row, or put it in place of the one with the same key."""
    insert = _insert(dialect, table)
    rest = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in key}
    return insert.on_conflict_do_update(index_elements=list(key), set_=rest)


def addition(dialect: sa.Dialect, table: sa.Table, key: tuple[str, ...], column: str) -> Any:
    """Insert a row, or add to one column of the row with the same key."""
    insert = _insert(dialect, table)
    more = {column: table.c[column] + insert.excluded[column]}
    return insert.on_conflict_do_update(index_elements=list(key), set_=more)


def open_sqlite(path: str, *, synchronous: str) -> sqlite3.Connection:
    """Open a SQLite database; `synchronous` is FULL where a commit must survive a power cut.

    Transactions are begun and ended by hand.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        connection.execute("PRAGMA busy_timeout = 60000")
        _use_wal(connection)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection, attempts: int = 600) -> None:
    """Let readers and a writer work side by side.

    The first process to do so needs the file for itself, and SQLite doesn't wait for that by itself.
    """
    for attempt in range(attempts):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if attempt + 1 == attempts or not is_busy(error):
                raise
        time.sleep(0.1)
