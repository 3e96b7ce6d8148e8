"""Disks that are full or slow, and clocks that jump."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.durability.servers import SUCCESS, Client, serving
from tests.faults.kills import IMAGES
from tests.faults.load import UNAVAILABLE, Load, told
from tests.faults.places import inhabited_directory
from tests.faults.report import SQLITE, Figures

MINUTE = 60_000_000
SPENT = (400, "SignatureNonceUsed")
SOURCE = Path(__file__).parent / "shim.c"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own for a data directory, with room for some 16 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here: it takes root")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Slow down the disk, or turn the clock, of servers that are started afterwards."""
    shim, wanted = tmp_path / "shim.so", tmp_path / "faults"
    try:
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", shim, SOURCE], check=True)
    except FileNotFoundError:
        pytest.skip("gcc is not installed")
    wanted.touch()
    monkeypatch.setenv("SHIM_FAULTS", str(wanted))
    monkeypatch.setenv("SHIM", str(shim))

    def want(text: str) -> None:
        wanted.with_suffix(".new").write_text(text)
        wanted.with_suffix(".new").replace(wanted)

    return want


def under() -> list[str]:
    """The command that loads the shim into a server."""
    return ["env", f"LD_PRELOAD={os.environ['SHIM']}"]


def fill(path: Path) -> None:
    """Write until there is no room for one more byte."""
    size = 1 << 16
    with path.open("wb", buffering=0) as file:
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2


@contextmanager
def full(place: Path) -> Iterator[None]:
    """No byte more is taken, until the end."""
    fill(place / "filler")
    try:
        yield
    finally:
        (place / "filler").unlink()


def test_a_disk_that_fills_up_under_load_loses_nothing(small: Path, write: Callable[..., None]) -> None:
    """Calls are answered `503`, and all goes on when there is room again; some servers are killed then."""
    people = inhabited_directory(small, *IMAGES)
    ports: list[int] = []
    load = Load(lambda: ports[-1], people, IMAGES, "full", clients=8, tolerant=True)
    rounds = 6
    for round_ in range(rounds):
        with serving(small, "--time-scale", "0") as server:
            ports.append(server.port)
            load.begin()
            time.sleep(0.4)
            with full(small):
                time.sleep(0.8)
                if round_ % 2:
                    server.kill()
                    load.end()
            if not round_ % 2:
                time.sleep(0.4)
                load.end()
                load.settle()
        if round_ % 2:
            with serving(small, "--time-scale", "0") as server:
                ports.append(server.port)
                load.settle()

    refused = load.outcomes[UNAVAILABLE]
    assert refused > 0
    figures = Figures("disk full, SQLite", rounds, load.calls, load.unanswered + refused, 0, "", SQLITE)
    write(figures, load.violations)


def test_a_slow_disk_slows_calls_down_and_does_no_more(
    tmp_path: Path, faults: Callable[[str], None], write: Callable[..., None]
) -> None:
    """Each sync takes 50 ms more: many calls share one, none is refused."""
    people = inhabited_directory(tmp_path, *IMAGES)
    with serving(tmp_path, "--time-scale", "0", under=under()) as server:
        load = Load(lambda: server.port, people, IMAGES, "slow")
        load.run(1)
        load.settle()
        quick = len(load.latencies)
        faults("sync 50000")
        load.run(4)
        faults("")
        load.settle()

    slow = sorted(load.latencies[quick:])
    median, last = slow[len(slow) // 2], slow[len(slow) * 99 // 100]
    assert last >= 0.05
    measured = f"p50 {median * 1000:.0f} ms, p99 {last * 1000:.0f} ms, with 16 clients and 50 ms a sync"
    write(Figures("slow disk, SQLite", 1, load.calls, load.unanswered, 0, measured, SQLITE), load.violations)


def test_a_clock_that_jumps_within_what_is_allowed_disturbs_nobody(
    tmp_path: Path, faults: Callable[[str], None], write: Callable[..., None]
) -> None:
    """Forwards and backwards by up to ten minutes, twenty times, while clients keep their own time."""
    people = inhabited_directory(tmp_path, *IMAGES)
    jumps = [5, -5, 10, -10, 0] * 4
    with serving(tmp_path, "--time-scale", "0", under=under()) as server:
        load = Load(lambda: server.port, people, IMAGES, "clock")
        load.begin()
        for minutes in jumps:
            faults(f"clock {minutes * MINUTE}")
            time.sleep(0.2)
        faults("")
        load.end()
        load.settle()

    figures = Figures("clock jumps by up to 10 minutes, SQLite", len(jumps), load.calls, load.unanswered, 0)
    write(figures, load.violations)


def test_a_clock_that_was_an_hour_ahead_makes_no_nonce_good_again(
    tmp_path: Path, faults: Callable[[str], None], write: Callable[..., None]
) -> None:
    """The server's clock and a client's went wrong together, and were put right: what was spent stays so."""
    people = inhabited_directory(tmp_path, *IMAGES)
    with (
        serving(tmp_path, "--time-scale", "0", under=under()) as server,
        Client(server.port, people[0]) as client,
    ):
        calls = [
            client.signed("ModifyImageSharePermission", ImageId=IMAGES[0], AddAccount_1=people[1].id),
            client.signed("DescribeImageSharePermission", ImageId=IMAGES[0]),
        ]
        assert [told(client.send(call)) for call in calls] == [SUCCESS] * 2
        faults(f"clock {60 * MINUTE}")
        for n in range(3):
            ahead = 3600 + n
            late = [
                client.signed(
                    "ModifyImageSharePermission", ahead=ahead, ImageId=IMAGES[0], AddAccount_1=people[2].id
                ),
                client.signed("DescribeImageSharePermission", ahead=ahead, ImageId=IMAGES[0]),
            ]
            assert [told(client.send(call)) for call in late] == [SUCCESS] * 2
            time.sleep(1.1)
        assert [told(client.send(call))[0] for call in calls] == [400] * 2
        faults("")
        again = [told(client.send(call)) for call in calls]

    wrong = [f"{told} instead of {SPENT}" for told in again if told != SPENT]
    write(Figures("clock an hour ahead, and back, SQLite", 1, 12, 0, 0, "", SQLITE), wrong)
