"""Fixtures: `alice` owns, `bob` is shared with, `mallory` is neither; in-process, time is turned."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from localyun import accounts
from localyun.app import App
from localyun.config import Settings
from localyun.ids import Ids
from localyun.store.sqlite import SqliteStore
from tests.evidence import pytest_addoption, pytest_sessionfinish, pytest_testnodedown  # noqa: F401
from tests.people import Person, TurnableClock, World
from tests.store import postgres

# Machines that are shared with others stall; a slow example is no failure.
settings.register_profile("localyun", deadline=None, print_blob=True)
settings.load_profile("localyun")


@pytest.fixture(scope="session", autouse=True)
def no_database_server_is_left() -> Iterator[None]:
    """A PostgreSQL server that tests share ends with the session."""
    yield
    postgres.remove_shared()


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    """Make worlds with settings of one's own."""
    made: list[World] = []

    def make(**settings: Any) -> World:
        clock = TurnableClock()
        app = App(store=SqliteStore(None), clock=clock, ids=Ids("test"), settings=Settings(**settings))
        accounts.make_first_accounts(app.store, app.ids, clock.now())
        made.append(World(app, clock))
        return made[-1]

    yield make
    for world in made:
        world.app.store.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world with three accounts and nothing else."""
    return make_world()


@pytest.fixture
def people(world: World) -> dict[str, Person]:
    """The first accounts, by name."""
    return {c.name: Person(world, c) for c in accounts.listed(world.app.store, 0)}


@pytest.fixture
def alice(people: dict[str, Person]) -> Person:
    """Owns what the test is about."""
    return people["alice"]


@pytest.fixture
def bob(people: dict[str, Person]) -> Person:
    """Is shared with."""
    return people["bob"]


@pytest.fixture
def mallory(people: dict[str, Person]) -> Person:
    """Is neither."""
    return people["mallory"]
