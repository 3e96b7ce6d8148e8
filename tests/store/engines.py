"""The databases that the contract is held against. A further one is a further entry in `ENGINES`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from localyun.store.interface import Store
from localyun.store.postgresql import PostgresqlStore
from localyun.store.sqlite import SqliteStore
from tests.store.postgres import server


@dataclass(frozen=True)
class Database:
    """A database of one test's own; all that is opened of it is closed when the test is over."""

    _open: Callable[[], Store]
    _opened: ExitStack = field(default_factory=ExitStack)

    def open(self) -> Store:
        """Open a store on it, as one more process would."""
        return self._opened.enter_context(closing(self._open()))


@contextmanager
def _sqlite_file(directory: Path) -> Iterator[Database]:
    database = Database(lambda: SqliteStore(directory / "data"))
    with database._opened:
        yield database


@contextmanager
def _sqlite_memory(_: Path) -> Iterator[Database]:
    database = Database(lambda: SqliteStore(None))
    with database._opened:
        yield database


@contextmanager
def _postgresql(_: Path) -> Iterator[Database]:
    url = server().new_database()
    database = Database(lambda: PostgresqlStore(url))
    with database._opened:
        yield database


ENGINES = {"sqlite-file": _sqlite_file, "sqlite-memory": _sqlite_memory, "postgresql": _postgresql}
SHARED = [name for name in ENGINES if name != "sqlite-memory"]
"""Those that several processes can open: what is in memory is its store's own and gone with it."""
