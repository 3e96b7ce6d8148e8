"""What was acknowledged is kept, whatever happens to the server; what was refused has left nothing behind."""

import itertools
import resource
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from localyun.model import Account
from localyun.store.sqlite import SqliteStore
from tests.durability.servers import (
    FORGETFUL,
    HONEST,
    SUCCESS,
    Client,
    Reply,
    inhabited,
    serving,
    shared,
)
from tests.durability.trace import COMMAND, violations
from tests.faults.kills import IMAGES, killed
from tests.faults.places import inhabited_directory

T = TypeVar("T")
IMAGE = "m-bp1durability"
ACCOUNTS = itertools.count(5_000_000_000_000_001)


def an_account() -> str:
    """The id of an account that appears nowhere else."""
    return str(next(ACCOUNTS))


def at_once(work: Iterable[Callable[[], T]]) -> list[T]:
    """Do things at once, each in a thread of its own, which all start together."""
    work = list(work)
    together = threading.Barrier(len(work))

    def begin(one: Callable[[], T]) -> T:
        together.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(begin, work))


# Kill -9


@pytest.mark.slow
def test_what_was_acknowledged_survives_kill_9_and_nothing_else_is_there(tmp_path: Path) -> None:
    """Five times, at a random point; `make test-faults` does it 200 times."""
    load = killed(tmp_path, inhabited_directory(tmp_path, *IMAGES), rounds=5, seed="five")

    assert load.calls > 100
    assert load.unanswered > 0
    assert load.violations == []


# Power loss


def traced(data: Path, trace: Path, code: str) -> list[str]:
    """Share an image from many clients at once, on a server that is watched; what it did wrong."""
    alice = inhabited(data, IMAGE)

    def share_twice(port: int) -> dict[str, str]:
        acknowledged = {}
        with Client(port, alice) as client:
            for _ in range(2):
                account = an_account()
                reply = client.share(IMAGE, account)
                assert (reply.status, reply.code) == SUCCESS
                acknowledged[reply.request_id] = account
        return acknowledged

    with serving(data, code=code, under=[*COMMAND, "-o", str(trace)]) as server:
        acknowledged = at_once([lambda: share_twice(server.port)] * 24)
    return violations(trace.read_text(), {id: text for some in acknowledged for id, text in some.items()})


@pytest.mark.slow
@pytest.mark.usefixtures("strace")
def test_no_answer_leaves_before_its_change_is_on_the_disk(tmp_path: Path) -> None:
    """Power may fail at any moment: written, synced, and only then sent, by the system calls themselves."""
    assert traced(tmp_path / "data", tmp_path / "trace", HONEST) == []


@pytest.mark.slow
@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_a_server_that_does_not_wait_for_the_disk_would_be_found_out(
    tmp_path: Path, synchronous: str
) -> None:
    """The same clients, the same checks, and every one of the 48 answers is objected to."""
    code = FORGETFUL.format(synchronous=synchronous)

    assert len(traced(tmp_path / "data", tmp_path / "trace", code)) == 48


# Races


@pytest.mark.slow
@pytest.mark.parametrize("servers", [1, 2])
def test_of_64_who_race_for_the_last_place_one_wins(tmp_path: Path, servers: int) -> None:
    """An image is shared with 50 accounts and never with a 51st, on one server or on two."""
    alice = inhabited(tmp_path, IMAGE)
    with serving(tmp_path) as first, serving(tmp_path) as second:
        ports = [first.port, second.port][:servers]
        with Client(first.port, alice) as client:
            for size in (10, 10, 10, 10, 9):
                assert client.share(IMAGE, *(an_account() for _ in range(size))).status == 200

        def share(port: int) -> Reply:
            with Client(port, alice) as client:
                return client.share(IMAGE, an_account())

        replies = at_once([lambda port=ports[n % servers]: share(port) for n in range(64)])  # type: ignore[misc]

    outcomes = sorted((reply.status, reply.code) for reply in replies)
    assert outcomes == [SUCCESS, *[(403, "QuotaExceed.ShareImageUser")] * 63]
    assert len(shared(tmp_path, IMAGE)) == 50


@pytest.mark.slow
def test_of_those_who_race_with_one_nonce_one_is_answered(tmp_path: Path) -> None:
    """A call that is replayed on two servers at once, whether it reads or changes something."""
    alice = inhabited(tmp_path, IMAGE)
    account = an_account()
    with serving(tmp_path) as first, serving(tmp_path) as second:
        ports = [first.port, second.port]

        def send(port: int, call: str) -> Reply:
            with Client(port, alice) as client:
                return client.send(call)

        for n in range(6):
            nonce = f"race-{n}"
            with Client(first.port, alice) as client:
                reading = client.signed("DescribeImageSharePermission", ImageId=IMAGE, nonce=nonce)
                changing = client.signed(
                    "ModifyImageSharePermission", ImageId=IMAGE, AddAccount_1=account, nonce=nonce
                )
            calls = itertools.product(ports * 3, [reading, changing])
            replies = at_once([lambda to=to: send(*to) for to in calls])  # type: ignore[misc]

            outcomes = sorted((reply.status, reply.code) for reply in replies)
            assert outcomes == [SUCCESS, *[(400, "SignatureNonceUsed")] * 11]


# Nonces


@pytest.mark.slow
def test_a_nonce_serves_once_for_all_servers_and_after_a_restart(tmp_path: Path) -> None:
    """Whether its call read or changed something, and whether the server was stopped or killed."""
    alice = inhabited(tmp_path, IMAGE)
    with serving(tmp_path) as first, serving(tmp_path) as second:
        with Client(first.port, alice) as client, Client(second.port, alice) as other:
            reading = client.signed("DescribeImageSharePermission", ImageId=IMAGE)
            changing = client.signed("ModifyImageSharePermission", ImageId=IMAGE, AddAccount_1=an_account())

            assert [client.send(call).status for call in (reading, changing)] == [200, 200]
            for again in (client, other):
                for call in (reading, changing):
                    assert again.send(call).code == "SignatureNonceUsed"
        first.kill()
        second.stop()

    with serving(tmp_path) as third, Client(third.port, alice) as client:
        for call in (reading, changing):
            assert client.send(call).code == "SignatureNonceUsed"


@pytest.mark.slow
def test_a_wrong_signature_uses_nothing_up(tmp_path: Path) -> None:
    """Who doesn't know the secret can't spend somebody's nonces."""
    alice = inhabited(tmp_path, IMAGE)
    with serving(tmp_path) as server, Client(server.port, alice) as client:
        call = client.signed("DescribeImageSharePermission", ImageId=IMAGE)
        forged = call.replace(f"ImageId={IMAGE}", "ImageId=m-another")

        assert client.send(forged).code == "SignatureDoesNotMatch"
        assert client.send(call).status == 200


# A full disk


@pytest.mark.slow
def test_when_the_disk_is_full_every_call_is_told_and_nothing_is_kept(tmp_path: Path) -> None:
    """The commit itself fails: its log may not grow. Readings go on; with space again, so does everything."""
    alice = inhabited(tmp_path, IMAGE)
    log = tmp_path / "localyun.db-wal"
    with serving(tmp_path) as server, closing(SqliteStore(tmp_path)) as store:
        with store.writing(0) as tx:  # a log that is longer than that of the nonces will be
            for n in range(150):
                tx.put(Account(id=f"filler-{n}", name="x" * 4000))
        size = log.stat().st_size
        assert 1_000_000 < size < 3_000_000

        def share() -> Reply:
            with Client(server.port, alice) as client:
                return client.share(IMAGE, an_account())

        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        assert before == unlimited
        replies = at_once([share] * 32)
        with Client(server.port, alice) as client:
            shares_then = client.shares(IMAGE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)
        reply = share()

    assert {(reply.status, reply.code) for reply in replies} == {(503, "ServiceUnavailable")}
    assert shares_then == set()
    assert (reply.status, reply.code) == SUCCESS
    assert len(shared(tmp_path, IMAGE)) == 1
