"""Fixtures: `alice` owns, `bob` is shared with, `mallory` is neither; in-process, time is turned."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from localyun import accounts
from localyun.app import App
from localyun.config import Settings
from localyun.ids import Ids
from localyun.store.sqlite import SqliteStore
from tests import evidence
from tests.compute.worlds import with_real_disks
from tests.evidence import pytest_sessionfinish, pytest_testnodedown  # noqa: F401
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    evidence.pytest_addoption(parser)
    parser.addoption("--real-disks", action="store_true", help="give the tests' worlds disks that are files")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is only true of simulated things where they are real."""
    if config.getoption("--real-disks"):
        left_out = [item for item in items if item.get_closest_marker("simulated")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture
def make_world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., World]]:
    """Make worlds with settings of one's own."""
    made: list[World] = []

    def make(**settings: Any) -> World:
        clock = TurnableClock()
        app = App(store=SqliteStore(None), clock=clock, ids=Ids("test"), settings=Settings(**settings))
        accounts.make_first_accounts(app.store, app.ids, clock.now())
        made.append(World(app, clock))
        if request.config.getoption("--real-disks"):
            with_real_disks(made[-1], tmp_path_factory.mktemp("real"))
        return made[-1]

    yield make
    for world in made:
        world.app.store.close()
        if world.real:
            shutil.rmtree(world.real.folders.root.parent)


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
