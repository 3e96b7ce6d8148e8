"""Ten thousand connections at once, and clients who begin a request and never end it."""

import asyncio
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.durability.servers import Client, serving
from tests.faults.kills import IMAGES
from tests.faults.load import Load
from tests.faults.places import inhabited_directory
from tests.faults.report import SQLITE, Figures

CONNECTIONS = 10_000
SLOW = 1_000
REQUEST_SECONDS = 30
Opened = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


@pytest.fixture
def files() -> Iterator[None]:
    """As many files as they take; the server raises its own limit."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] < CONNECTIONS + 1000:
        pytest.skip(f"no more than {before[1]} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def megabytes(pid: int) -> int:
    """How much memory a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() >> 20


async def opened(port: int, number: int, say: Callable[[int], bytes]) -> Opened:
    """Open connections, a hundred at a time, and say something on each."""
    found: Opened = []
    for begin in range(0, number, 100):
        some = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(100)))
        for n, (_, writer) in enumerate(some, begin):
            writer.write(say(n))
        found += some
    return found


async def status(reader: asyncio.StreamReader) -> int:
    """Read an answer to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
    return int(head.split()[1])


@pytest.mark.usefixtures("files")
@pytest.mark.timeout(300)
def test_ten_thousand_connections_are_served(tmp_path: Path, write: Callable[..., None]) -> None:
    """Each gets an answer, twice; a thousand that never end their request are sent away; others go on."""
    people = inhabited_directory(tmp_path, *IMAGES)
    with serving(tmp_path, "--time-scale", "0") as server, ThreadPoolExecutor(1) as threads:
        empty = megabytes(server.pid)
        with Client(server.port, people[0]) as signer:
            calls = [
                signer.signed("DescribeImageSharePermission", ImageId=IMAGES[0]) for _ in range(CONNECTIONS)
            ]
        load = Load(lambda: server.port, people, IMAGES, "many", clients=8)

        async def crowd() -> tuple[list[int], list[int], float, int]:
            def call(n: int) -> bytes:
                return f"GET /?{calls[n]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

            many = await opened(server.port, CONNECTIONS - SLOW, call)
            first = [await status(reader) for reader, _ in many]
            half = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nAction="
            began = time.monotonic()
            slow = await opened(server.port, SLOW, lambda _: half)
            await asyncio.get_running_loop().run_in_executor(threads, load.run, 3)
            memory = megabytes(server.pid)
            sent_away = [await status(reader) for reader, _ in slow]
            ended = time.monotonic() - began
            for n, (_, writer) in enumerate(many[:SLOW]):
                writer.write(call(CONNECTIONS - SLOW + n))
            again = [await status(reader) for reader, _ in many[:SLOW]]
            for _, writer in many + slow:
                writer.close()
            with suppress(OSError):
                await asyncio.gather(
                    *(writer.wait_closed() for _, writer in many + slow), return_exceptions=True
                )
            return first + again, sent_away, ended, memory

        answers, sent_away, ended, memory = asyncio.run(crowd())
        load.settle()

    wrong = [f"{status}" for status in answers if status != 200]
    wrong += [f"a slow client was told {status}" for status in sent_away if status != 408]
    if not REQUEST_SECONDS <= ended < REQUEST_SECONDS + 15:
        wrong.append(f"slow clients were sent away after {ended:.0f} s")
    latencies = sorted(load.latencies)
    measured = (
        f"{empty} MB before, {memory} MB with all; p50 of eight busy clients meanwhile "
        f"{latencies[len(latencies) // 2] * 1000:.0f} ms; {SLOW:,} slow clients sent away after {ended:.0f} s"
    )
    calls_made = load.calls + len(answers)
    figures = Figures("10,000 connections, slow clients", 1, calls_made, load.unanswered, 0, measured, SQLITE)
    write(figures, [*wrong, *load.violations])


def test_a_server_raises_its_own_limit_of_open_files(tmp_path: Path) -> None:
    """To what it may have: who starts it needn't think of it."""
    with serving(tmp_path, under=["prlimit", "--nofile=256:4096"]) as server:
        limits = Path(f"/proc/{server.pid}/limits").read_text()

    assert "Max open files            4096                 4096" in limits
