"""The world in PostgreSQL: several servers on one database, and many calls at once.

Each transaction has a connection of its own. Those that change run as SERIALIZABLE beside each other, and one
that got in another's way is told that the store is busy; or they have the database to themselves. Both is
decided by a lock on one table, which is taken before the transaction sees anything. Readers see one moment
and wait for nobody. A nonce is a row like any other; a reading call's isn't waited for at the disk.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from localyun.clock import MINUTE, Instant, as_shown
from localyun.model import LAYOUTS, Record
from localyun.model.audit import KEPT
from localyun.store import schema, tables
from localyun.store.connections import Connection, ConnectionLost, said, undone_if_it_raises
from localyun.store.interface import StoreBusy, StoreUnavailable, Transaction
from localyun.store.sql import SqlTransaction
from localyun.store.tables import NONCES, RATES, TABLES, TALLY

OLDEST = 13
"""The first version that says what became of a transaction by its whole number."""

AT_ONCE = 8
"""How many calls of a kind are answered at a time, each on a connection of its own."""
MOST_CONNECTIONS = 2 * AT_ONCE + 4
"""Of one process: for calls that read, for those that change, and for the console."""
RESOLVE_SECONDS = 10
"""How long the database is asked what became of a commit."""

PURGE_EVERY: Instant = 1_000
"""How often expired nonces are dropped, in wall time."""
PURGE_AT_MOST = 1_000

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL synchronous_commit TO off"
_CHANGE = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE schema IN ROW EXCLUSIVE MODE"
# Who is alone has nobody to conflict with. SERIALIZABLE would now and then find a conflict all the same, with
# one who has committed and let go of the table, but isn't noted as done yet.
_CHANGE_ALONE = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout TO {patience}; "
    "LOCK TABLE schema IN EXCLUSIVE MODE"
)
_CHANGE_ALONE_NOW = "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE schema IN EXCLUSIVE MODE NOWAIT"

_SPEND = """
INSERT INTO nonce (access_key, nonce, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (access_key, nonce) DO UPDATE SET expires_at = excluded.expires_at WHERE nonce.expires_at < $4
RETURNING pg_current_xact_id()::text
"""
_PURGE = f"""
DELETE FROM nonce WHERE (access_key, nonce) IN
(SELECT access_key, nonce FROM nonce WHERE expires_at < $1 LIMIT {PURGE_AT_MOST} FOR UPDATE SKIP LOCKED)
"""  # noqa: S608 - a number of ours
_ABOUT = (
    "SELECT current_setting('server_version_num'), current_setting('server_encoding'), "
    "current_setting('fsync'), current_setting('full_page_writes')"
)
_NUMBER = "SELECT pg_current_xact_id()::text"
_OUTCOME = "SELECT pg_xact_status($1::text::xid8)"
_MEANWHILE = 0x6C6F63616C  # "local"; the number of our lock while the tables are made

DIALECT: sa.Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class PostgresqlStore:
    """A store in a database, shared by any number of processes and machines."""

    at_once = AT_ONCE

    def __init__(self, url: str, *, surely: Callable[[Instant], Instant] = as_shown) -> None:
        """Open a database by its URL, and make our tables in it if need be.

        `surely` says how late it is for sure: nothing is dropped before its time, whatever a clock shows.

        Raises `StoreTooNew` when a newer localyun wrote them, `StoreUnavailable` when it can't be reached.
        """
        self._url = url
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._idle: list[Connection] = []
        self._closed = False
        self._purged_at: Instant = 0
        self._surely = surely
        self._mine = threading.local()
        with self._closed_if_it_raises(), self._connected() as connection:
            connection.begin("BEGIN")
            with undone_if_it_raises(connection):
                connection.execute("SELECT pg_advisory_xact_lock($1)", (_MEANWHILE,))
                if not schema.fits(connection, DIALECT):
                    schema.bring_up_to_date(connection, DIALECT)
                connection.execute("COMMIT")

    @contextmanager
    def _closed_if_it_raises(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            self.close()
            raise StoreUnavailable(said(error)) from error
        except BaseException:
            self.close()
            raise

    def reading(self, now: Instant) -> AbstractContextManager[Transaction]:
        """Begin to read, at this wall time, whoever else is changing.

        Only nonces and the audit trail are written.
        """
        return self._transaction(now, _READ, changes=False)

    def writing(
        self, now: Instant, *, patience: Instant = MINUTE, alone: bool = True
    ) -> AbstractContextManager[Transaction]:
        """Begin to change, at this wall time; what was done is durable when the block ends."""
        if not alone:
            return self._transaction(now, _CHANGE, changes=True)
        begin = _CHANGE_ALONE.format(patience=patience) if patience else _CHANGE_ALONE_NOW
        return self._transaction(now, begin, changes=True)

    @contextmanager
    def _transaction(self, now: Instant, begin: str, *, changes: bool) -> Iterator[Transaction]:
        if getattr(self._mine, "open", False):
            raise StoreUnavailable("this thread has a transaction open already")
        self._mine.open = True
        try:
            with self._connected() as connection:
                connection.begin(begin)
                with undone_if_it_raises(connection):
                    transaction = _Transaction(connection, now, self._connected, changes=changes)
                    yield transaction
                    if transaction.entries:
                        transaction.keep_entries(connection.execute_many)
                    number = transaction.number or (connection.execute(_NUMBER)[0][0] if changes else "")
                    self._commit(connection, number)
                self._purge(connection, now)
        finally:
            self._mine.open = False

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Lend a connection, one that is open if there is one."""
        with self._free:
            with self._lock:
                if self._closed:
                    raise StoreUnavailable("the store is closed")
                idle = self._idle.pop() if self._idle else None
            connection = Connection(self._url) if idle is None else idle
            try:
                yield connection
            finally:
                self._take_back(connection)

    def _take_back(self, connection: Connection) -> None:
        with self._lock:
            if self._closed or not connection.is_idle:
                connection.close()
            else:
                self._idle.append(connection)

    def _commit(self, connection: Connection, number: str) -> None:
        """Commit. When the answer is lost, the database is asked what became of it.

        Raises `StoreBusy` when nothing of it was kept, `StoreUnavailable` when that can't be found out.
        """
        try:
            connection.execute("COMMIT")
        except ConnectionLost:
            if self._outcome(number) != "committed":
                raise

    def _outcome(self, number: str) -> str:
        """Ask until it is known what became of a transaction."""
        deadline = time.monotonic() + RESOLVE_SECONDS
        while time.monotonic() < deadline:
            with suppress(StoreBusy):
                connection = Connection(self._url)
                try:
                    outcome = connection.execute(_OUTCOME, (number,))[0][0]
                finally:
                    connection.close()
                if outcome in ("committed", "aborted"):
                    return str(outcome)
            time.sleep(0.05)
        raise StoreUnavailable(
            "the answer to a commit was lost, and the database doesn't say what became of it"
        )

    def _purge(self, connection: Connection, now: Instant) -> None:
        """Drop nonces whose time is over if that wasn't done just now; another process may be at it."""
        if abs(now - self._purged_at) >= PURGE_EVERY:  # a clock may be set back
            self._purged_at = now
            with suppress(StoreUnavailable):
                connection.execute(_PURGE, (over := self._surely(now),))
                connection.execute(tables.outdated_entries(DIALECT).sql, (over - KEPT,))

    def dump(self) -> Iterator[Record]:
        """Every record, in no particular order, as of one moment."""
        with self.reading(0) as transaction:
            for kind in LAYOUTS:
                yield from transaction.find(kind)

    def reset(self) -> None:
        """Forget everything, or nothing if it raises."""
        with self._connected() as connection:
            connection.begin(_CHANGE_ALONE.format(patience=MINUTE))
            with undone_if_it_raises(connection):
                for table in (*TABLES.values(), TALLY, NONCES, RATES):
                    connection.execute(tables.delete_all(DIALECT, table).sql)
                connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the database; the store can't be used afterwards."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


class Examined(NamedTuple):
    """What a database says of itself, and which version of our tables is in it, if any."""

    version: int
    encoding: str
    durable: bool
    schema: int | None


def examined(url: str) -> Examined:
    """Look at a database and change nothing. Raises `StoreUnavailable`."""
    connection = Connection(url)
    try:
        ((number, encoding, fsync, pages),) = connection.execute(_ABOUT)
        (there,) = connection.execute("SELECT to_regclass('schema')")[0]
        rows = connection.execute("SELECT version FROM schema") if there else []
    except psycopg.Error as error:
        raise StoreUnavailable(said(error)) from error
    finally:
        connection.close()
    return Examined(
        int(number) // 10_000, encoding, (fsync, pages) == ("on", "on"), rows[0][0] if rows else None
    )


class _Transaction(SqlTransaction):
    """A transaction, and the nonces that are spent in it."""

    def __init__(
        self,
        connection: Connection,
        now: Instant,
        another: Callable[[], AbstractContextManager[Connection]],
        *,
        changes: bool,
    ) -> None:
        super().__init__(connection.execute, DIALECT, changes=changes)
        self._now = now
        self._another = another
        self._spent: list[tuple[str, str, Instant]] = []
        self.number = ""
        """The transaction's number, by which the database knows what became of it; empty if not known."""

    def spend_nonce(self, access_key: str, nonce: str, expires_at: Instant) -> bool:
        """Remember a nonce of a key until an instant; False if it was spent before."""
        if any(spent[:2] == (access_key, nonce) for spent in self._spent):
            return False
        if not self._spend(access_key, nonce, expires_at):
            return False
        self._spent.append((access_key, nonce, expires_at))
        return True

    def _spend(self, *spent: Any) -> bool:
        rows = self._execute(_SPEND, (*spent, self._now))
        self.number = rows[0][0] if rows else self.number
        return bool(rows)

    def count_call(self, counted: str, period: int) -> int:
        """Count a call in a period of time, on a connection of its own."""
        with self._another() as connection:
            return int(connection.execute(tables.count_call(DIALECT), (counted, period))[0][0])

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside if it raises, but for the nonces that were spent."""
        before = len(self._spent)
        try:
            with super().savepoint():
                yield
        except StoreUnavailable:
            raise
        except BaseException:
            for spent in self._spent[before:]:
                self._spend(*spent)
            raise
