"""What a server counts, read by Prometheus's own client."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from localyun import __version__
from localyun.metrics import CALLS, OTHERS, SECONDS, Counts, Metrics
from tests.people import Person, World
from tests.web.asgi import ask
from tests.web.test_edge import LIST, SHARE, signed

Samples = dict[tuple[str, str, str, str], float]
"""Values by name, operation, code and upper bound, each empty where there is none."""


def samples(text: str) -> Samples:
    """Read Prometheus's text format."""
    return {
        (one.name, *(one.labels.get(label, "") for label in ("operation", "code", "le"))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_calls_are_counted_with_how_long_they_took_and_why_they_were_refused(
    world: World, alice: Person
) -> None:
    """By operation; those that are none of ours together, whatever they are called."""
    for action in (LIST, SHARE, LIST, "Invented", "InventedToo"):
        raw = signed(alice, action)
        ask(world, "/", raw.query.decode(), method=raw.method, headers=raw.headers, body=raw.body.decode())
    answer = ask(world, "/_localyun/metrics")
    found = samples(answer.text)

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert found["localyun_call_seconds_count", LIST, "", ""] == 2
    assert found["localyun_call_seconds_bucket", LIST, "", "+Inf"] == 2
    assert found["localyun_refusals_total", LIST, "InvalidImageId.NotFound", ""] == 2
    assert found["localyun_refusals_total", SHARE, "InvalidImageId.NotFound", ""] == 1
    assert found["localyun_refusals_total", OTHERS, "InvalidAction.NotFound", ""] == 2
    assert found["localyun_group_calls_count", "", "", ""] == 5
    assert f'localyun_build_info{{version="{__version__}"}} 1.0' in answer.text.replace("} 1\n", "} 1.0\n")


def test_other_machines_are_refused(world: World) -> None:
    """Metrics are the administration's."""
    assert ask(world, "/_localyun/metrics", peer="10.0.0.7").status == 403


def test_values_are_counted_below_the_first_bound_that_holds_them() -> None:
    """Bounds hold themselves; what is above all of them is counted as well, and the sum is of all values."""
    metrics = Metrics(None)
    for seconds in (SECONDS[0], SECONDS[-1], SECONDS[-1] * 2):
        metrics.counts.call(LIST, "", seconds)
    found = samples(metrics.text())
    below = [found["localyun_call_seconds_bucket", LIST, "", str(bound)] for bound in SECONDS]

    assert below == [1] * (len(SECONDS) - 1) + [2]
    assert found["localyun_call_seconds_bucket", LIST, "", "+Inf"] == 3
    assert found["localyun_call_seconds_sum", LIST, "", ""] == pytest.approx(SECONDS[0] + 3 * SECONDS[-1])


def test_processes_that_serve_together_tell_the_sum_of_all(tmp_path: Path) -> None:
    """Of one that has ended, too; each keeps what it counted under its process's number."""
    gone = Counts()
    gone.call(LIST, "Throttling.User", 0.001)
    gone.call(SHARE, "", 0.002)
    gone.group(CALLS[-1] + 1)
    before = Metrics(tmp_path)
    before.counts = gone
    before.keep()
    next(tmp_path.glob("*.json")).rename(tmp_path / "1.json")
    now = Metrics(tmp_path)
    now.counts.call(LIST, "Throttling.User", 0.001)
    now.counts.group(1)
    found = samples(now.text())

    assert found["localyun_call_seconds_count", LIST, "", ""] == 2
    assert found["localyun_call_seconds_count", SHARE, "", ""] == 1
    assert found["localyun_refusals_total", LIST, "Throttling.User", ""] == 2
    assert found["localyun_group_calls_bucket", "", "", str(CALLS[-1])] == 1
    assert found["localyun_group_calls_count", "", "", ""] == 2
