"""A PostgreSQL server that is killed, and the line to it: cut, and dead at the other end."""

import asyncio
import time
from collections.abc import Callable, Iterator
from random import Random

import pytest

from localyun.accounts import Credentials
from tests.durability.servers import serving
from tests.durability.test_shared_database import inhabited
from tests.faults.kills import IMAGES
from tests.faults.load import UNAVAILABLE, Load
from tests.faults.places import version_of
from tests.faults.relay import Line, relaying
from tests.faults.report import Figures
from tests.store.postgres import Server as Database

KILLS = 20


@pytest.fixture
def database() -> Iterator[Database]:
    """A database server of the test's own."""
    made = Database()
    yield made
    made.remove()


@pytest.fixture
def world(database: Database) -> tuple[str, list[Credentials]]:
    """A database with the images, and who there is."""
    url = database.new_database()
    return url, inhabited(url, *IMAGES)


def figures(fault: str, rounds: int, load: Load, url: str, measured: str = "") -> Figures:
    """What a load has met."""
    lost = load.unanswered + load.outcomes[UNAVAILABLE]
    return Figures(fault, rounds, load.calls, lost, 0, measured, version_of(url))


def test_kill_9_of_postgresql_loses_and_doubles_nothing(
    database: Database, world: tuple[str, list[Credentials]], write: Callable[..., None]
) -> None:
    """All its processes at a random moment, while two servers have calls under way; then it starts again."""
    url, people = world
    chance = Random("postgres")
    with serving(url, "--time-scale", "0") as one, serving(url, "--time-scale", "0") as other:
        ports = [one.port, other.port]
        load = Load(lambda: chance.choice(ports), people, IMAGES, "postgres", clients=8, tolerant=True)
        for _ in range(KILLS):
            load.begin()
            time.sleep(0.2 + chance.random() / 2)
            database.kill()
            time.sleep(0.1)
            database.start()
            time.sleep(0.2)
            load.end()
            load.settle()

    write(figures("kill -9 of PostgreSQL, two servers", KILLS, load, url), load.violations)


def line_to(database: Database, url: str) -> tuple[Line, Callable[[], str]]:
    """A line to a database, and what its URL is when the line is laid."""
    socket = str(database.folder / ".s.PGSQL.5432")
    line = Line(lambda: asyncio.open_unix_connection(socket))
    return line, lambda: url.replace(f"host={database.folder}", f"host=127.0.0.1&port={line.port}")


def test_connections_that_are_cut_lose_and_double_nothing(
    database: Database, world: tuple[str, list[Credentials]], write: Callable[..., None]
) -> None:
    """All of them at once, forty times, wherever their transactions are."""
    url, people = world
    line, through = line_to(database, url)
    with relaying(line), serving(through(), "--time-scale", "0") as server:
        load = Load(lambda: server.port, people, IMAGES, "cut", clients=8, tolerant=True)
        for _ in range(4):
            load.begin()
            for _ in range(10):
                time.sleep(0.1)
                line.cut()
            load.end()
            load.settle()

    assert line.cuts >= 40
    measured = f"{line.cuts} connections were cut"
    write(figures("connections to PostgreSQL cut", 40, load, url, measured), load.violations)


def test_a_line_that_is_dead_at_the_other_end_holds_nothing_up_for_ever(
    database: Database, world: tuple[str, list[Credentials]], write: Callable[..., None]
) -> None:
    """Nothing comes back, nobody says that it is over; then new connections are made, and all goes on."""
    url, people = world
    line, through = line_to(database, url)
    with relaying(line), serving(through(), "--time-scale", "0") as server:
        load = Load(lambda: server.port, people, IMAGES, "dead", clients=8, tolerant=True)
        load.begin()
        for _ in range(2):
            time.sleep(1)
            line.stall(stalled=True)
            time.sleep(15)
            line.cut()
            line.stall(stalled=False)
        time.sleep(1)
        load.end()
        load.settle()

    slowest = max(load.latencies)
    assert slowest < 45
    measured = f"slowest answer {slowest:.0f} s"
    write(figures("line to PostgreSQL half-open for 15 s", 2, load, url, measured), load.violations)
