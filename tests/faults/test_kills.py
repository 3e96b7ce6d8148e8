"""A server that is killed at any moment, over and over; and servers that are broken on purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.durability.servers import HONEST, serving
from tests.faults import builds
from tests.faults.kills import IMAGES, killed
from tests.faults.load import Load
from tests.faults.places import inhabited_directory
from tests.faults.report import SQLITE, Figures

ROUNDS = 200


@pytest.mark.timeout(1200)
def test_kill_9_of_a_server_loses_and_doubles_nothing(tmp_path: Path, write: Callable[..., None]) -> None:
    """At a random point of each round, with sixteen clients at work."""
    load = killed(tmp_path, inhabited_directory(tmp_path, *IMAGES), rounds=ROUNDS, seed="kill-9")

    figures = Figures("kill -9 of the server, SQLite", ROUNDS, load.calls, load.unanswered, 0, "", SQLITE)
    write(figures, load.violations)


def test_a_build_that_answers_before_it_commits_is_found_out(tmp_path: Path) -> None:
    """By the same clients, when it is killed."""
    people = inhabited_directory(tmp_path, *IMAGES)
    load = killed(tmp_path, people, rounds=5, seed="hasty", code=builds.ANSWERS_BEFORE_COMMIT)

    assert load.violations != []


@pytest.mark.parametrize("code", [builds.READS_FROM_A_CACHE, builds.LOSES_SOME, HONEST])
def test_a_build_that_lies_is_found_out_without_any_fault(tmp_path: Path, code: str) -> None:
    """Stale readings and a lost change are seen by who looks; the server that we ship is beyond reproach."""
    people = inhabited_directory(tmp_path, *IMAGES)
    with serving(tmp_path, "--time-scale", "0", code=code) as server:
        load = Load(lambda: server.port, people, IMAGES, "liar")
        load.run(3)
        load.settle()

    assert (load.violations != []) is (code is not HONEST)
