"""Failover: the leader of three PostgreSQL servers is killed, and another one takes over."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.durability.servers import serving
from tests.durability.test_shared_database import inhabited
from tests.faults.cluster import Cluster
from tests.faults.kills import IMAGES
from tests.faults.load import UNAVAILABLE, Load
from tests.faults.places import version_of
from tests.faults.report import Figures

FAILOVERS = 2


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Three database servers."""
    made = Cluster()
    yield made
    made.remove()


@pytest.mark.timeout(400)
def test_a_new_leader_has_all_that_was_acknowledged(cluster: Cluster, write: Callable[..., None]) -> None:
    """The server finds it by itself, by a URL that names all three, and needs no restart."""
    people = inhabited(cluster.url, *IMAGES)
    waited = []
    with serving(cluster.url, "--time-scale", "0") as server:
        load = Load(lambda: server.port, people, IMAGES, "failover", clients=6, tolerant=True, pause=0.1)
        for _ in range(FAILOVERS):
            leader = cluster.wait(standbys=2)
            load.begin()
            time.sleep(2)
            began = time.monotonic()
            cluster.kill(leader)
            cluster.wait(standbys=1, not_led_by=leader)
            waited.append(time.monotonic() - began)
            time.sleep(3)
            load.end()
            load.settle()
            cluster.start(leader)

    lost = load.unanswered + load.outcomes[UNAVAILABLE]
    measured = f"a leader with a synchronous standby after {max(waited):.0f} s at most"
    versions = f"{version_of(cluster.url)}, Patroni and etcd"
    figures = Figures("failover to a synchronous standby", FAILOVERS, load.calls, lost, 0, measured, versions)
    write(figures, load.violations)
