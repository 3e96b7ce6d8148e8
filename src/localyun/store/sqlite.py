"""The world in SQLite: one file for what must survive anything, a second for the nonces.

A commit of the first is on the disk before it returns (WAL, synchronous=FULL). The second commits without
waiting for the disk: it survives `kill -9`, though a power cut may forget its last entries. Its unique key
decides between processes which call comes first with a nonce; it is written at the end of a transaction, in
one go, so that nobody waits there for somebody else's calls. The nonces of changes are written to the first
file as well, and brought back from it when the store is opened: a power cut makes us forget reading calls.

Records that were read by key are remembered, the ones that every call needs above all, until this process
changes them or another one has changed anything; and so is where pages of images ended.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from localyun.clock import MINUTE, Instant, as_shown
from localyun.model import LAYOUTS, AuditEntry, Image, KeyUse, Record, Share
from localyun.model.audit import KEPT
from localyun.store import schema, tables
from localyun.store.dialects import SQLITE, open_sqlite
from localyun.store.interface import StoreBusy, StoreUnavailable, Transaction
from localyun.store.sql import SqlTransaction, lost, run
from localyun.store.tables import NONCES, RATES, TABLES, TALLY

R = TypeVar("R", bound=Record)

STATE_FILE, NONCE_FILE = "localyun.db", "nonces.db"

PURGE_EVERY: Instant = 100
"""How often expired nonces are dropped, in wall time: few at once, so that no call is held up by it."""

TRIM_EVERY: Instant = 60 * MINUTE
"""How often the entries of the audit trail are dropped that have been kept long enough, in wall time."""

REMEMBERED = 4_096
"""How many records are remembered; then all are forgotten, which costs less than to know the least used."""

_IS_SPENT = tables.nonce(SQLITE).sql
_SPEND = tables.insert(SQLITE, NONCES).sql
_REMEMBER = str(sa.insert(NONCES).prefix_with("OR IGNORE").compile(dialect=SQLITE))


class SqliteStore:
    """A store in a directory, shared by any number of processes; in memory when there is none."""

    at_once = 1

    def __init__(self, directory: Path | None, *, surely: Callable[[Instant], Instant] = as_shown) -> None:
        """Open the files in `directory`, making them if need be; None keeps everything in memory.

        `surely` says how late it is for sure: nothing is dropped before its time, whatever a clock shows.

        Raises `StoreTooNew` when a newer localyun wrote them, `StoreUnavailable` when they can't be opened.
        """
        self._lock = threading.RLock()
        self._surely = surely
        with ExitStack() as opened:
            try:
                if directory is not None:
                    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
                state = opened.enter_context(closing(_File(directory, STATE_FILE, synchronous="FULL")))
                nonces = opened.enter_context(closing(_File(directory, NONCE_FILE, synchronous="NORMAL")))
                if not schema.fits(state.connection, SQLITE):
                    with state.transaction("BEGIN IMMEDIATE"):
                        schema.bring_up_to_date(state.connection, SQLITE)
                for table in (NONCES, RATES):
                    schema.define(nonces.connection, SQLITE, table)
                spent = state.connection.execute(tables.select_all(SQLITE, NONCES).sql)
                nonces.connection.executemany(_REMEMBER, spent)
            except (OSError, sqlite3.Error, StoreUnavailable) as error:
                raise StoreUnavailable(f"{directory}: {error}") from error
            self._opened = opened.pop_all()
        self._state, self._nonces = state, nonces
        self._remembered = _Remembered(state.connection)

    def reading(self, now: Instant) -> AbstractContextManager[Transaction]:
        """Begin to read, at this wall time, whoever else is changing; only nonces can be written."""
        return self._transaction(now, MINUTE, changes=False)

    def writing(
        self, now: Instant, *, patience: Instant = MINUTE, alone: bool = True
    ) -> AbstractContextManager[Transaction]:
        """Begin to change, at this wall time and always alone; it is durable when the block ends."""
        return self._transaction(now, patience, changes=True)

    @contextmanager
    def _transaction(self, now: Instant, patience: Instant, *, changes: bool) -> Iterator[Transaction]:
        with self._lock, self._state.transaction("BEGIN IMMEDIATE" if changes else "BEGIN", patience):
            transaction = _Transaction(
                self._state.connection, self._nonces.connection, self._remembered.now(), changes=changes
            )
            yield transaction
            now = self._surely(now)
            if transaction.entries:
                self._state.record(transaction, now)
            if spent := [(*nonce, until) for nonce, until in transaction.spent.items()]:
                self._keep(spent, now)
                if changes:
                    self._state.keep(_REMEMBER, spent, now)

    def _keep(self, spent: "Sequence[_Nonce]", now: Instant) -> None:
        try:
            with self._nonces.transaction("BEGIN IMMEDIATE"):
                self._nonces.keep(_SPEND, spent, now)
        except sqlite3.IntegrityError as error:
            raise StoreBusy("another process has just been shown one of these nonces") from error

    def dump(self) -> Iterator[Record]:
        """Every record, in no particular order, as of one moment."""
        with self.reading(0) as transaction:
            for kind in LAYOUTS:
                yield from transaction.find(kind)

    def reset(self) -> None:
        """Forget everything, or nothing if it raises."""
        with self._lock, self._state.transaction("BEGIN IMMEDIATE"):
            for table in (*TABLES.values(), TALLY, NONCES):
                run(self._state.connection.execute, tables.delete_all(SQLITE, table).sql)
            for table in (NONCES, RATES):
                run(self._nonces.connection.execute, tables.delete_all(SQLITE, table).sql)
            self._remembered.forget()

    def close(self) -> None:
        """Let go of the database; the store can't be used afterwards."""
        with self._lock:
            self._opened.close()


_Nonce = tuple[str, str, Instant]
"""An access key, what was spent of it, and until when that is remembered."""


class _File:
    """One of the two files, or what stands for it in memory."""

    def __init__(self, directory: Path | None, name: str, *, synchronous: str) -> None:
        path = ":memory:" if directory is None else str(directory / name)
        self.connection = open_sqlite(path, synchronous=synchronous)
        self.close = self.connection.close
        self._patience: Instant = -1
        self._purged_at: Instant = 0
        self._trimmed_at: Instant = 0

    @contextmanager
    def transaction(self, begin: str, patience: Instant = MINUTE) -> Iterator[None]:
        """Keep what is done inside, or undo it if anything fails."""
        try:
            if patience != self._patience:
                self.connection.execute(f"PRAGMA busy_timeout = {patience}")
                self._patience = patience
            self.connection.execute(begin)
        except sqlite3.Error as error:
            raise lost(error) from error
        try:
            yield
            self._commit()
        except BaseException:
            if self.connection.in_transaction:  # SQLite ends it by itself when space runs out
                run(self.connection.execute, "ROLLBACK")
            raise

    def _commit(self) -> None:
        """Commit. What couldn't be made durable doesn't come back either when the process is killed then.

        A commit that fails at its last step, the sync, is whole in the log, where the next to open the file
        would find it. So it is overwritten, by a commit that changes nothing.
        """
        try:
            run(self.connection.execute, "COMMIT")
        except StoreUnavailable:
            with suppress(sqlite3.Error):  # its sync may fail as well: it has done its work by then
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                self.connection.execute("PRAGMA user_version = 0")
            raise

    def record(self, transaction: SqlTransaction, now: Instant) -> None:
        """Write what is said of calls.

        A transaction that was begun to read becomes one that changes by it, unless somebody else is changing:
        then nothing is waited for, and it has to be tried again.
        """
        if self._patience:
            self.connection.execute("PRAGMA busy_timeout = 0")
            self._patience = 0
        transaction.keep_entries(self.connection.executemany)
        if abs(now - self._trimmed_at) >= TRIM_EVERY:
            run(self.connection.execute, tables.outdated_entries(SQLITE).sql, (now - KEPT,))
            self._trimmed_at = now

    def keep(self, insert: str, spent: Sequence[_Nonce], now: Instant) -> None:
        """Insert nonces, and drop those whose time is over if that wasn't done just now."""
        run(self.connection.executemany, insert, spent)
        if abs(now - self._purged_at) >= PURGE_EVERY:  # a clock may be set back
            run(self.connection.execute, tables.expired_nonces(SQLITE).sql, (now,))
            self._purged_at = now


class _Remembered:
    """Records by kind and key as they are in the first file; None stands for one that isn't there."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = -1
        self.forget()

    def now(self) -> "_Remembered":
        """Return itself with what is still true, in a transaction, which sees that moment from now on."""
        ((version,),) = run(self._connection.execute, "PRAGMA data_version")  # others' commits change it
        if version != self._version or len(self.records) + len(self.ends) >= REMEMBERED:
            self.forget()
            self._version = version
        return self

    def forget(self) -> None:
        """Forget all of it."""
        self.records: dict[tuple[Any, ...], Any] = {}
        self.ends: dict[tuple[str, str, int], Share] = {}
        """Of the images listed for an account in a region, which share comes before those at an offset."""


class _Transaction(SqlTransaction):
    """A transaction on the first file, and the nonces that are spent in it."""

    def __init__(
        self,
        state: sqlite3.Connection,
        nonces: sqlite3.Connection,
        remembered: _Remembered,
        *,
        changes: bool,
    ) -> None:
        super().__init__(state.execute, SQLITE, changes=changes)
        self._nonces = nonces.execute
        self._remembered = remembered
        self._touched: set[tuple[Any, ...]] = set()
        self._shares_changed = False
        self.spent: dict[tuple[str, str], Instant] = {}

    def get(self, kind: type[R], *key: str) -> R | None:
        """Return the record with this key, or None; what this transaction changed may yet be undone."""
        named = (kind, *key)
        if named in self._remembered.records:
            found: R | None = self._remembered.records[named]
            return found
        record = super().get(kind, *key)
        if named not in self._touched:
            self._remembered.records[named] = record
        return record

    def images_listed_for(
        self, account: str, region: str, *, limit: int, offset: int
    ) -> list[tuple[Image, Share]]:
        """Return a page of those that are listed: whoever turns page after page counts no earlier ones."""
        ends = self._remembered.ends
        before = ends.get((account, region, offset))
        found = self._page_listed(account, region, limit, 0 if before else offset, before)
        if found and len(found) == limit and not self._shares_changed:
            ends[account, region, offset + limit] = found[-1][1]
        return found

    def put(self, record: Record) -> None:
        """Keep the record, in place of the one with the same key if there is one."""
        self._touch(record)
        super().put(record)

    def delete(self, record: Record) -> None:
        """Forget the record with this one's key, if there is one."""
        self._touch(record)
        super().delete(record)

    def record(self, entry: AuditEntry | KeyUse) -> None:
        """Keep what is said of a call when the transaction ends; it isn't read from memory from now on."""
        self._touch(entry)
        super().record(entry)

    def _touch(self, record: Record) -> None:
        kind = type(record)
        named = (kind, *[getattr(record, name) for name in LAYOUTS[kind].key])
        self._touched.add(named)
        self._remembered.records.pop(named, None)
        if kind is Share:
            self._shares_changed = True
            self._remembered.ends.clear()

    def spend_nonce(self, access_key: str, nonce: str, expires_at: Instant) -> bool:
        """Remember a nonce of a key until an instant; False if it was spent before."""
        named = (access_key, nonce)
        if named in self.spent or run(self._nonces, _IS_SPENT, named):
            return False
        self.spent[named] = expires_at
        return True

    def count_call(self, counted: str, period: int) -> int:
        """Count a call in a period of time, in the file that isn't waited for at the disk."""
        return int(run(self._nonces, tables.count_call(SQLITE), (counted, period))[0][0])
