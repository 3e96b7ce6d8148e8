"""The world in PostgreSQL: several servers on one database, and many calls at once.

Each transaction has a connection of its own. Those that change run as SERIALIZABLE beside each other, and one
that got in another's way is told that the store is busy; or they have the database to themselves. Both is
decided by a lock on one table, which is taken before the transaction sees anything. Readers see one moment
and wait for nobody. A nonce is a row like any other; a reading call's isn't waited for at the disk.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from psycopg import errors, pq
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from localyun.clock import MINUTE, Instant
from localyun.model import LAYOUTS, Record
from localyun.model.audit import KEPT
from localyun.store import schema, tables
from localyun.store.interface import StoreBusy, StoreUnavailable, Transaction
from localyun.store.sql import SqlTransaction
from localyun.store.tables import NONCES, TABLES, TALLY

OLDEST = 13
"""The first version that says what became of a transaction by its whole number."""

AT_ONCE = 8
"""How many calls of a kind are answered at a time, each on a connection of its own."""
MOST_CONNECTIONS = 2 * AT_ONCE + 4
"""Of one process: for calls that read, for those that change, and for the console."""
CONNECT_SECONDS = 10
PATIENCE: Instant = 10_000
"""How long a statement waits for what another transaction has locked."""
RESOLVE_SECONDS = 10
"""How long the database is asked what became of a commit."""

PURGE_EVERY: Instant = 1_000
"""How often expired nonces are dropped, in wall time."""
PURGE_AT_MOST = 1_000

SETTINGS = (
    "SET client_min_messages TO warning",
    "SET jit TO off",
    # A scan of a whole table counts as having seen all of it: on a small table every change would be in
    # the way of every other one.
    "SET enable_seqscan TO off",
    f"SET lock_timeout TO {PATIENCE}",
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'",
)

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL synchronous_commit TO off"
_CHANGE = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE schema IN ROW EXCLUSIVE MODE"
_CHANGE_ALONE = (
    "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL lock_timeout TO {patience}; "
    "LOCK TABLE schema IN EXCLUSIVE MODE"
)
_CHANGE_ALONE_NOW = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE schema IN EXCLUSIVE MODE NOWAIT"

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

OUT_OF_RESOURCES = "53"
"""How the codes of a full disk and the like begin."""
BUSY = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)


class PostgresqlStore:
    """A store in a database, shared by any number of processes and machines."""

    at_once = AT_ONCE

    def __init__(self, url: str) -> None:
        """Open a database by its URL, and make our tables in it if need be.

        Raises `StoreTooNew` when a newer localyun wrote them, `StoreUnavailable` when it can't be reached.
        """
        self._url = url
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._idle: list[_Connection] = []
        self._closed = False
        self._purged_at: Instant = 0
        self._mine = threading.local()
        with self._closed_if_it_raises(), self._connected() as connection:
            connection.begin("BEGIN")
            with _undone_if_it_raises(connection):
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
            raise StoreUnavailable(_said(error)) from error
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
                with _undone_if_it_raises(connection):
                    transaction = _Transaction(connection, now, changes=changes)
                    yield transaction
                    if transaction.entries:
                        transaction.keep_entries(connection.execute_many)
                    number = transaction.number or (connection.execute(_NUMBER)[0][0] if changes else "")
                    self._commit(connection, number)
                self._purge(connection, now)
        finally:
            self._mine.open = False

    @contextmanager
    def _connected(self) -> Iterator["_Connection"]:
        """Lend a connection, one that is open if there is one."""
        with self._free:
            with self._lock:
                if self._closed:
                    raise StoreUnavailable("the store is closed")
                idle = self._idle.pop() if self._idle else None
            connection = _Connection(self._url) if idle is None else idle
            try:
                yield connection
            finally:
                self._take_back(connection)

    def _take_back(self, connection: "_Connection") -> None:
        with self._lock:
            if self._closed or not connection.is_idle:
                connection.close()
            else:
                self._idle.append(connection)

    def _commit(self, connection: "_Connection", number: str) -> None:
        """Commit. When the answer is lost, the database is asked what became of it.

        Raises `StoreBusy` when nothing of it was kept, `StoreUnavailable` when that can't be found out.
        """
        try:
            connection.execute("COMMIT")
        except _ConnectionLost:
            if self._outcome(number) != "committed":
                raise

    def _outcome(self, number: str) -> str:
        """Ask until it is known what became of a transaction."""
        deadline = time.monotonic() + RESOLVE_SECONDS
        while time.monotonic() < deadline:
            with suppress(StoreBusy):
                connection = _Connection(self._url)
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

    def _purge(self, connection: "_Connection", now: Instant) -> None:
        """Drop nonces whose time is over if that wasn't done just now; another process may be at it."""
        if abs(now - self._purged_at) >= PURGE_EVERY:  # a clock may be set back
            self._purged_at = now
            with suppress(StoreUnavailable):
                connection.execute(_PURGE, (now,))
                connection.execute(tables.outdated_entries(DIALECT).sql, (now - KEPT,))

    def dump(self) -> Iterator[Record]:
        """Every record, in no particular order, as of one moment."""
        with self.reading(0) as transaction:
            for kind in LAYOUTS:
                yield from transaction.find(kind)

    def reset(self) -> None:
        """Forget everything, or nothing if it raises."""
        with self._connected() as connection:
            connection.begin(_CHANGE_ALONE.format(patience=MINUTE))
            with _undone_if_it_raises(connection):
                for table in (*TABLES.values(), TALLY, NONCES):
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
    connection = _Connection(url)
    try:
        ((number, encoding, fsync, pages),) = connection.execute(_ABOUT)
        (there,) = connection.execute("SELECT to_regclass('schema')")[0]
        rows = connection.execute("SELECT version FROM schema") if there else []
    except psycopg.Error as error:
        raise StoreUnavailable(_said(error)) from error
    finally:
        connection.close()
    return Examined(
        int(number) // 10_000, encoding, (fsync, pages) == ("on", "on"), rows[0][0] if rows else None
    )


@contextmanager
def _undone_if_it_raises(connection: "_Connection") -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(StoreUnavailable):  # a connection that is lost has undone it
            connection.execute("ROLLBACK")
        raise


class _ConnectionLost(StoreBusy):
    """The database went away, or there is no way to it."""


class _Connection:
    """A connection, on which transactions are begun and ended by hand."""

    def __init__(self, url: str) -> None:
        """Connect. Raises `StoreBusy` when that fails: the database may be starting again."""
        self._url = url
        self._connect()

    def _connect(self) -> None:
        self._was_used = False
        try:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                cursor_factory=psycopg.RawCursor,
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=1000 * CONNECT_SECONDS,
                application_name="localyun",
            )
        except (psycopg.Error, OSError) as error:
            raise _ConnectionLost(_said(error)) from error
        try:
            for setting in SETTINGS:
                self.execute(setting)
        except BaseException:
            self.close()
            raise

    @property
    def is_idle(self) -> bool:
        """Whether a transaction can be begun on it."""
        return self._connection.info.transaction_status == pq.TransactionStatus.IDLE

    def begin(self, statements: str) -> None:
        """Begin a transaction; on a new connection if this one was lost while nobody used it."""
        try:
            self.execute(statements)
        except _ConnectionLost:
            if not self._was_used:
                raise
            self.close()
            self._connect()
            self.execute(statements)
        except BaseException:
            with suppress(StoreUnavailable):
                self.execute("ROLLBACK")
            raise
        self._was_used = True

    def execute_many(self, sql: str, rows: Sequence[Any] = ()) -> list[Any]:
        """Run a statement for many rows of values."""
        for values in rows:
            self.execute(sql, values)
        return []

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run a statement, or several without values, and return the rows of the last one.

        Raises `StoreBusy` when it may succeed another time, what the driver raises when it is wrong.
        """
        try:
            cursor = self._connection.execute(sql, [_fitting(value) for value in values] or None)
            return cursor.fetchall() if cursor.description else []
        except BUSY as error:
            raise StoreBusy(_said(error)) from error
        except (errors.IntegrityError, errors.ProgrammingError, errors.DataError):
            raise
        except psycopg.OperationalError as error:
            full = (error.sqlstate or "").startswith(OUT_OF_RESOURCES)
            raise (StoreUnavailable if full else _ConnectionLost)(_said(error)) from error
        except psycopg.Error as error:
            raise StoreUnavailable(_said(error)) from error

    def close(self) -> None:
        """End it."""
        self._connection.close()


def _said(error: BaseException) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split())


_ESCAPE = "\ue000"


def _fitting(value: Any) -> Any:
    """Return what PostgreSQL takes for a value: text there has no NUL, and numbers have 64 bits.

    No two texts become the same one.
    """
    if isinstance(value, str) and ("\0" in value or _ESCAPE in value):
        return value.replace(_ESCAPE, f"{_ESCAPE}1").replace("\0", f"{_ESCAPE}0")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise OverflowError("a number has 64 bits at most")
    return value


class _Transaction(SqlTransaction):
    """A transaction, and the nonces that are spent in it."""

    def __init__(self, connection: _Connection, now: Instant, *, changes: bool) -> None:
        super().__init__(connection.execute, DIALECT, changes=changes)
        self._now = now
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
