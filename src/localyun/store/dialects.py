"""What differs between databases, and nothing else."""

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

SQLITE: sa.Dialect = sqlite.dialect(paramstyle="qmark")


def upsert(table: sa.Table, key: tuple[str, ...]) -> Any:
    """Insert a row, or put it in place of the one with the same key."""
    insert = sqlite.insert(table)
    rest = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in key}
    return insert.on_conflict_do_update(index_elements=list(key), set_=rest)


def insert_new(table: sa.Table) -> Any:
    """Insert a row, or nothing if there is one with the same key."""
    return sqlite.insert(table).on_conflict_do_nothing()


def open_sqlite(path: str, *, synchronous: str) -> sqlite3.Connection:
    """Open a SQLite database; `synchronous` is FULL where a commit must survive a power cut.

    Transactions are begun and ended by hand. A second process that writes is waited for.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute("PRAGMA busy_timeout = 60000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
