"""Where the data is, and opening it: the same for every command, whether a server is running or not."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from localyun.cli.output import fail

if TYPE_CHECKING:
    from localyun.ids import Ids
    from localyun.store.interface import Store

IN_MEMORY = "sqlite://"
SQLITE = "sqlite:///"
COMPUTE = "compute"
"""The folder of real disks and machines, below that of the data."""
POSTGRESQL = ("postgresql://", "postgres://")


def locate(ctx: typer.Context, data: str, database_url: str, *, ephemeral: bool = False) -> str:
    """Return the URL of the database that the options name.

    Only one of them may be given; what stands on the command line wins over the environment.
    """
    values = {"data": data, "database_url": database_url, "ephemeral": ephemeral}
    given = [name for name, value in values.items() if value]
    typed = [name for name in given if _is_typed(ctx, name)]
    if len(chosen := typed or given) > 1:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in chosen)
        raise typer.BadParameter(f"{names} exclude each other: give one of them", ctx=ctx)
    if chosen == ["ephemeral"]:
        return IN_MEMORY
    if chosen == ["database_url"]:
        return _checked(database_url)
    return SQLITE + data if chosen else default()


def default() -> str:
    """Return the URL of the database that is meant when none is named."""
    from localyun.config import default_data_directory

    return f"{SQLITE}{default_data_directory()}"


def directory_of(url: str) -> Path:
    """Return the directory that the URL of a database on disk names."""
    return Path(url.removeprefix(SQLITE)).expanduser()


def is_on_disk(url: str) -> bool:
    """Whether a database is in a directory of this machine."""
    return url.startswith(SQLITE)


def place_of(url: str) -> str:
    """Return how to speak of where a database is; a password isn't told."""
    import re

    if is_on_disk(url):
        return str(directory_of(url))
    return re.sub(r"(?<=[?&]password=)[^&]*", "***", re.sub(r"(?<=//)([^/@:]*):[^/@]*@", r"\1:***@", url))


def open_store(url: str) -> "Store":
    """Open a database, making it if need be; fail with a sentence when that can't be done."""
    from localyun.store.interface import StoreUnavailable
    from localyun.store.schema import StoreTooNew

    on_server = url.startswith(POSTGRESQL)
    try:
        return _postgresql(url) if on_server else _sqlite(url)
    except StoreTooNew as error:
        fail(str(error))
    except (OSError, StoreUnavailable) as error:
        way_out = "start the database, or name it with --database-url" if on_server else ANOTHER
        fail(f"can't open the data ({error}): {way_out}")


ANOTHER = "choose another directory with --data"
ANOTHER_NAMED = "name another directory with --data"


def _sqlite(url: str) -> "Store":
    from localyun.clock import Steady
    from localyun.store.sqlite import SqliteStore

    return SqliteStore(None if url == IN_MEMORY else directory_of(url), surely=Steady())


def _postgresql(url: str) -> "Store":
    from localyun.clock import Steady

    try:
        from localyun.store.postgresql import PostgresqlStore
    except ImportError:
        fail("PostgreSQL needs a driver: pip install 'localyun[postgresql]'")
    return PostgresqlStore(url, surely=Steady())


@contextmanager
def existing_store(url: str) -> Iterator["Store"]:
    """Open a database that somebody made before; fail with a sentence when there is none."""
    from localyun.model import Account
    from localyun.store.sqlite import STATE_FILE

    if is_on_disk(url) and not (directory_of(url) / STATE_FILE).exists():
        fail(f"there is no data in {place_of(url)}: start `localyun serve`, or {ANOTHER_NAMED}")
    with closing(open_store(url)) as store:
        if not is_on_disk(url):
            with store.reading(0) as tx:
                empty = not tx.count(Account)
            if empty:
                fail(f"there is no data in {place_of(url)}: start `localyun serve` on it")
        yield store


@contextmanager
def inhabited_store(url: str, seed: str) -> Iterator["Store"]:
    """Open a database, and make the first accounts if it has none, as a server would."""
    from localyun.accounts import make_first_accounts
    from localyun.clock import SystemClock

    with closing(open_store(url)) as store:
        make_first_accounts(store, ids(store, seed), SystemClock().now())
        yield store


def ids(store: "Store", seed: str) -> "Ids":
    """Return what makes identifiers: at random, or for a seed the same ones from the same data.

    A seed is joined with the keys of all that is there, so that no second start repeats the identifiers of
    the first one.
    """
    from hashlib import sha256

    from localyun.ids import Ids
    from localyun.model import LAYOUTS

    if not seed:
        return Ids()
    there = sha256()
    for record in store.dump():
        layout = LAYOUTS[type(record)]
        there.update(repr((layout.table, [getattr(record, name) for name in layout.key])).encode())
    return Ids(f"{seed} {there.hexdigest()}")


def _is_typed(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _checked(url: str) -> str:
    if url.startswith(POSTGRESQL):
        return url
    scheme = url.partition(":")[0]
    if scheme != "sqlite":
        fail(f"there is no support for {scheme} databases: give sqlite:///DIR or postgresql://USER@HOST/NAME")
    path = url.removeprefix(SQLITE)
    if path in ("", ":memory:", url):
        fail(f"{url} names no directory: give sqlite:///DIR, or --ephemeral to keep everything in memory")
    return url
