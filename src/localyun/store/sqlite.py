"""The world in SQLite: one file for what must survive anything, a second for the nonces of reads.

A commit of the first is on the disk before it returns (WAL, synchronous=FULL). The second commits without
waiting for the disk: it survives `kill -9`, though a power cut may forget its last entries, which only matter
for replays of reading calls. Each nonce is decided in the second file, whose unique key holds between
processes; those of changes are written to the first as well.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localyun.clock import Instant
from localyun.model import LAYOUTS, Record
from localyun.store import tables
from localyun.store.dialects import SQLITE, open_sqlite
from localyun.store.interface import StoreUnavailable, Transaction
from localyun.store.schema import bring_up_to_date
from localyun.store.sql import PURGE_EVERY, SqlTransaction, Statements

STATE_FILE, NONCE_FILE = "localyun.db", "nonces.db"


class SqliteStore:
    """A store in a directory, shared by any number of processes; in memory when there is none."""

    def __init__(self, directory: Path | None) -> None:
        """Open the files in `directory`, making them if need be; None keeps everything in memory.

        Raises `StoreTooNew` when a newer localyun wrote them, `StoreUnavailable` when they can't be opened.
        """
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = ":memory:" if directory is None else str(directory / STATE_FILE)
        nonces = ":memory:" if directory is None else str(directory / NONCE_FILE)
        self._statements = Statements(SQLITE)
        self._purged_at: Instant = 0
        try:
            self._state = open_sqlite(state, synchronous="FULL")
            self._nonces = open_sqlite(nonces, synchronous="NORMAL")
            bring_up_to_date(self._state, SQLITE)
            for text in tables.definition(tables.NONCES, SQLITE):
                self._nonces.execute(text)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{state}: {error}") from error

    @contextmanager
    def reading(self, now: Instant) -> Iterator[Transaction]:
        """Begin to read, at this wall time; only nonces can be written."""
        with self._transaction("BEGIN", now, durable_nonces=False) as transaction:
            yield transaction

    @contextmanager
    def writing(self, now: Instant) -> Iterator[Transaction]:
        """Begin to change, at this wall time; what was done is durable when the block ends."""
        with self._transaction("BEGIN IMMEDIATE", now, durable_nonces=True) as transaction:
            yield transaction

    @contextmanager
    def _transaction(self, begin: str, now: Instant, *, durable_nonces: bool) -> Iterator[Transaction]:
        try:
            self._state.execute(begin)
            transaction = _Transaction(self._state, self._nonces, self._statements, durable_nonces)
            if durable_nonces and now - self._purged_at >= PURGE_EVERY:
                transaction.purge(now)
                self._purged_at = now
            yield transaction
            if self._nonces.in_transaction:
                self._nonces.execute("COMMIT")
            self._state.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise StoreUnavailable(str(error)) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """Undo the open transactions; a spent nonce stays spent."""
        if self._nonces.in_transaction:
            self._nonces.execute("COMMIT")
        if self._state.in_transaction:
            self._state.execute("ROLLBACK")

    def dump(self) -> Iterator[Record]:
        """Every record, in no particular order."""
        with self.reading(0) as transaction:
            for kind in LAYOUTS:
                yield from transaction.find(kind)

    def reset(self) -> None:
        """Forget everything."""
        for connection in (self._state, self._nonces):
            connection.execute("BEGIN IMMEDIATE")
        for table in tables.TABLES.values():
            self._state.execute(f"DELETE FROM {table.name}")  # noqa: S608 - a name of ours
        for connection in (self._state, self._nonces):
            connection.execute(f"DELETE FROM {tables.NONCES.name}")  # noqa: S608 - a name of ours
            connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the database; the store can't be used afterwards."""
        self._state.close()
        self._nonces.close()


class _Transaction(SqlTransaction):
    """A transaction on the first file, with the nonces of the second."""

    def __init__(
        self,
        state: sqlite3.Connection,
        nonces: sqlite3.Connection,
        statements: Statements,
        durable_nonces: bool,
    ) -> None:
        super().__init__(state, statements)
        self._nonces = nonces
        self._nonce_table = SqlTransaction(nonces, statements)
        self._durable_nonces = durable_nonces

    def spend_nonce(self, access_key: str, nonce: str, expires_at: Instant) -> bool:
        """Remember a nonce of a key until an instant; False if it was spent before."""
        if not self._nonces.in_transaction:
            self._nonces.execute("BEGIN IMMEDIATE")
        if not self._nonce_table.insert_nonce(access_key, nonce, expires_at):
            return False
        if self._durable_nonces:
            return self.insert_nonce(access_key, nonce, expires_at)
        return not self.has_nonce(access_key, nonce)

    def purge(self, now: Instant) -> None:
        """Drop the nonces whose time is over, from both files."""
        self.forget_nonces(now)
        if not self._nonces.in_transaction:
            self._nonces.execute("BEGIN IMMEDIATE")
        self._nonce_table.forget_nonces(now)
