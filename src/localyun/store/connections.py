"""A connection to PostgreSQL: what it is set to, what is sent over it, and what its failures mean."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import errors, pq

from localyun.clock import Instant
from localyun.store.interface import StoreBusy, StoreUnavailable

CONNECT_SECONDS = 10
SILENCE_SECONDS = 3
"""After how long without a sign of life the database is asked for one."""
PATIENCE: Instant = 10_000
"""How long a statement waits for what another transaction has locked."""
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

OUT_OF_RESOURCES = "53"
"""How the codes of a full disk and the like begin."""
BUSY = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)


class ConnectionLost(StoreBusy):
    """The database went away, or there is no way to it."""


class Connection:
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
                # A database whose machine is gone sends nothing more, not even that: it is asked for a sign
                # of life, and after so long without one the connection is lost.
                tcp_user_timeout=1000 * CONNECT_SECONDS,
                keepalives_idle=SILENCE_SECONDS,
                keepalives_interval=SILENCE_SECONDS,
                application_name="localyun",
            )
        except (psycopg.Error, OSError) as error:
            raise ConnectionLost(said(error)) from error
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
        except ConnectionLost:
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
            raise StoreBusy(said(error)) from error
        except (errors.IntegrityError, errors.ProgrammingError, errors.DataError):
            raise
        except psycopg.OperationalError as error:
            full = (error.sqlstate or "").startswith(OUT_OF_RESOURCES)
            raise (StoreUnavailable if full else ConnectionLost)(said(error)) from error
        except psycopg.Error as error:
            raise StoreUnavailable(said(error)) from error

    def close(self) -> None:
        """End it."""
        self._connection.close()


def said(error: BaseException) -> str:
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


@contextmanager
def undone_if_it_raises(connection: Connection) -> Iterator[None]:
    """Undo the transaction that is open on a connection if what is inside raises."""
    try:
        yield
    except BaseException:
        with suppress(StoreUnavailable):  # a connection that is lost has undone it
            connection.execute("ROLLBACK")
        raise
