"""Several servers behind a balancer share one database, and are restarted under load."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.durability.servers import serving
from tests.durability.test_shared_database import inhabited
from tests.faults.kills import IMAGES
from tests.faults.load import Load
from tests.faults.places import inhabited_directory, version_of
from tests.faults.relay import Balancer, relaying
from tests.faults.report import SQLITE, Figures
from tests.store.postgres import server

OPTIONS = ("--time-scale", "0", "--drain", "1")


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_servers_are_restarted_one_after_another_without_a_failed_call(
    tmp_path: Path, kind: str, write: Callable[..., None]
) -> None:
    """Three times each of two, behind a balancer, with sixteen clients who keep their connections open."""
    if kind == "SQLite":
        people, place, versions = inhabited_directory(tmp_path, *IMAGES), tmp_path, SQLITE
    else:
        place = server().new_database()
        people, versions = inhabited(place, *IMAGES), version_of(place)
    balancer = Balancer()
    load = Load(lambda: balancer.port, people, IMAGES, f"rolling-{kind}", pause=0.005)
    with ExitStack() as stack:
        running = [stack.enter_context(serving(place, *OPTIONS)) for _ in range(2)]
        balancer.servers = [("127.0.0.1", one.port) for one in running]
        stack.enter_context(relaying(balancer))
        load.begin()
        time.sleep(0.5)
        for turn in range(6):
            old = running[turn % 2]
            new = stack.enter_context(serving(place, *OPTIONS))
            running[turn % 2] = new
            balancer.servers = [*balancer.servers, ("127.0.0.1", new.port)]
            time.sleep(0.5)
            old.stop()
            balancer.servers = [("127.0.0.1", one.port) for one in running]
        load.end()
        load.settle()

    failed = load.unanswered + load.outcomes[503, "ServiceUnavailable"]
    figures = Figures(
        f"rolling restart of two servers, {kind}", 6, load.calls, failed, 0, "no failed call", versions
    )
    write(figures, [*load.violations, *[f"{failed} calls failed"] * bool(failed)])
