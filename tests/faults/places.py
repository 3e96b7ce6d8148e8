"""Where the images lie that the tests of faults share: a directory, or a database."""

from contextlib import closing
from pathlib import Path

import psycopg

from localyun import accounts
from localyun.accounts import Credentials
from localyun.store.sqlite import SqliteStore
from tests.durability.servers import inhabited


def inhabited_directory(data: Path, *images: str) -> list[Credentials]:
    """Put the first accounts and images of alice's into a data directory; return the accounts."""
    inhabited(data, *images)
    with closing(SqliteStore(data)) as store:
        return accounts.listed(store, 0)


def version_of(url: str) -> str:
    """Which PostgreSQL a database is on."""
    with psycopg.connect(url) as connection:
        return f"PostgreSQL {connection.info.server_version // 10_000}"
