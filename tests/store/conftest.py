"""Fixtures: a store of each engine, and a second one on the same database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localyun.store.interface import Store
from tests.store.engines import ENGINES, SHARED, Database


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with ENGINES[request.param](tmp_path) as database:
        yield database.open()


@pytest.fixture(params=SHARED)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database that can be opened more than once."""
    with ENGINES[request.param](tmp_path) as database:
        yield database


@pytest.fixture
def one(database: Database) -> Store:
    """A store on the database."""
    return database.open()


@pytest.fixture
def other(database: Database) -> Store:
    """A second store on the database, as another process has it."""
    return database.open()
