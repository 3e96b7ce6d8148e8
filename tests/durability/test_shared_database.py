"""Several servers on one PostgreSQL database: real processes, real connections, a real database server."""

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress

import pytest

from localyun import accounts
from localyun.accounts import Credentials
from localyun.clock import SystemClock
from localyun.ids import Ids
from localyun.model import Image, Phase, Share
from localyun.store.postgresql import PostgresqlStore
from tests.durability.servers import REGION, SUCCESS, Client, Reply, Server, Unanswered, serving
from tests.store.postgres import Server as Database
from tests.store.postgres import server

pytestmark = pytest.mark.slow

IMAGE = "m-bp1shared"
QUOTA = 50
UNAVAILABLE = (503, "ServiceUnavailable")


def inhabited(url: str, *images: str) -> list[Credentials]:
    """Put the first accounts and images of alice's into a database; return the accounts."""
    with closing(PostgresqlStore(url)) as store:
        accounts.make_first_accounts(store, Ids(), SystemClock().now())
        people = accounts.listed(store, 0)
        with store.writing(0) as tx:
            for id in images:
                fields = {"id": id, "region": REGION, "owner": people[0].id, "name": id}
                tx.put(Image(**fields, created_at=0, phase=Phase("Available"), size=20))
    return people


def shared(url: str, image: str) -> set[str]:
    """The accounts that an image is shared with, by what is in the database."""
    with closing(PostgresqlStore(url)) as store, store.reading(0) as tx:
        return {share.account for share in tx.find(Share, image=image)}


@pytest.fixture
def url() -> str:
    """The URL of an empty database."""
    return server().new_database()


@pytest.fixture
def people(url: str) -> list[Credentials]:
    """Alice, who has an image, bob and mallory."""
    return inhabited(url, IMAGE)


@pytest.fixture
def two(url: str, people: list[Credentials]) -> Iterator[list[Server]]:
    """Two servers on the database, of which one has two processes."""
    with serving(url) as one, serving(url, "--workers", "2") as other:
        yield [one, other]


def told(reply: Reply) -> tuple[int, str]:
    """Status and code of an answer."""
    return reply.status, reply.code


def test_a_share_made_at_one_server_is_seen_at_the_other(
    two: list[Server], people: list[Credentials]
) -> None:
    """By its owner and by the one it is shared with; so is its end."""
    alice, bob, _ = people
    with ExitStack() as open_:
        at_one, at_other, bobs = (
            open_.enter_context(Client(place.port, who))
            for place, who in ((two[0], alice), (two[1], alice), (two[1], bob))
        )

        assert told(at_one.share(IMAGE, bob.id)) == SUCCESS
        assert at_other.shares(IMAGE) == {bob.id}
        seen = bobs.send(bobs.signed("DescribeImages", ImageId=IMAGE))
        assert seen.body["TotalCount"] == 1

        call = at_other.signed("ModifyImageSharePermission", ImageId=IMAGE, RemoveAccount_1=bob.id)
        assert told(at_other.send(call)) == SUCCESS
        assert at_one.shares(IMAGE) == set()


def test_a_call_that_one_server_answered_is_refused_by_the_other(
    two: list[Server], people: list[Credentials]
) -> None:
    """Whether it reads or changes, and whether it succeeded or was refused."""
    alice, bob, _ = people
    with Client(two[0].port, alice) as one, Client(two[1].port, alice) as other:
        calls = [
            one.signed("ModifyImageSharePermission", ImageId=IMAGE, AddAccount_1=bob.id),
            one.signed("ModifyImageSharePermission", ImageId="m-bp1none", AddAccount_1=bob.id),
            one.signed("DescribeImageSharePermission", ImageId=IMAGE),
        ]

        first = [one.send(call) for call in calls]
        again = [other.send(call) for call in calls for _ in range(3)]

    assert [told(reply) for reply in first] == [SUCCESS, (404, "InvalidImageId.NotFound"), SUCCESS]
    assert [told(reply) for reply in again] == [(400, "SignatureNonceUsed")] * 9


def test_of_one_call_shown_to_both_at_once_one_is_answered(
    two: list[Server], people: list[Credentials]
) -> None:
    """Over and over: whoever comes second is refused, and it is done once."""
    alice = people[0]
    with ExitStack() as open_, ThreadPoolExecutor(4) as threads:
        clients = [open_.enter_context(Client(two[n % 2].port, alice)) for n in range(4)]
        for n in range(15):
            call = clients[0].signed("ModifyImageSharePermission", ImageId=IMAGE, AddAccount_1=str(100 + n))
            replies = list(threads.map(lambda client, call=call: client.send(call), clients))

            assert sorted(told(reply) for reply in replies) == [SUCCESS] + [(400, "SignatureNonceUsed")] * 3


def test_the_quota_of_fifty_holds_while_everybody_shares_at_once(
    url: str, two: list[Server], people: list[Credentials]
) -> None:
    """Eight clients at two servers, sixty accounts: fifty get the image, the others are told why not."""
    names = iter(range(1000, 1060))
    take = threading.Lock()

    def work(port: int) -> list[tuple[str, tuple[int, str]]]:
        done = []
        with Client(port, people[0]) as client:
            while True:
                with take:
                    account = str(next(names, ""))
                if not account:
                    return done
                done.append((account, told(client.share(IMAGE, account))))

    with ThreadPoolExecutor(8) as threads:
        answers = [
            answer for done in threads.map(work, [two[n % 2].port for n in range(8)]) for answer in done
        ]

    outcomes = [outcome for _, outcome in answers]
    assert outcomes.count(SUCCESS) == QUOTA
    assert outcomes.count((403, "QuotaExceed.ShareImageUser")) == 10
    assert shared(url, IMAGE) == {account for account, outcome in answers if outcome == SUCCESS}


def test_throttles_hold_across_all_processes(url: str, people: list[Credentials]) -> None:
    """Three processes at two servers let through together what one may."""
    limit = "--throttle", "5"
    with serving(url, *limit) as one, serving(url, *limit, "--workers", "2") as other, ExitStack() as open_:
        clients = [
            open_.enter_context(Client(place.port, people[0])) for place in (one, other) for _ in range(3)
        ]
        with ThreadPoolExecutor(len(clients)) as threads:
            began = time.time()
            replies = list(
                threads.map(
                    lambda client: [client.send(client.signed("DescribeRegions")) for _ in range(20)], clients
                )
            )
            seconds = int(time.time()) - int(began) + 1

    answers = [told(reply) for some in replies for reply in some]
    assert set(answers) == {SUCCESS, (400, "Throttling.User")}
    assert answers.count(SUCCESS) <= 5 * seconds


def test_what_was_answered_survives_the_death_of_servers(url: str, people: list[Credentials]) -> None:
    """By `kill -9`, in the midst of changes; another server goes on with it."""
    acknowledged: set[str] = set()
    unanswered: set[str] = set()
    for round_ in range(3):
        with serving(url) as place:
            timer = threading.Timer(0.3, place.kill)
            timer.start()
            with Client(place.port, people[0]) as client, suppress(Unanswered):
                for n in range(1000):
                    account = str(10_000 + 1000 * round_ + n)
                    remove = {"RemoveAccount_1": str(int(account) - 1)} if n else {}
                    call = client.signed(
                        "ModifyImageSharePermission", ImageId=IMAGE, AddAccount_1=account, **remove
                    )
                    unanswered = {account, str(int(account) - 1)}
                    assert told(client.send(call)) == SUCCESS
                    acknowledged.discard(str(int(account) - 1))
                    acknowledged.add(account)
                    unanswered = set()
            timer.join()
        assert shared(url, IMAGE) - unanswered == acknowledged - unanswered
        acknowledged = shared(url, IMAGE)


def test_a_restart_of_the_database_loses_and_doubles_nothing() -> None:
    """Killed under load and started again: what was answered is there, what was refused isn't."""
    database = Database()
    images = [f"m-bp1restart{n}" for n in range(4)]
    try:
        url = database.new_database()
        alice = inhabited(url, *images)[0]
        stop = threading.Event()

        def work(port: int, image: str) -> list[tuple[str, tuple[int, str]]]:
            done = []
            with Client(port, alice) as client:
                for n in range(QUOTA):
                    if stop.is_set():
                        break
                    done.append((str(5000 + n), told(client.share(image, str(5000 + n)))))
                    stop.wait(0.02)
            return done

        with serving(url) as one, serving(url) as other, ThreadPoolExecutor(len(images)) as threads:
            ports = [one.port, other.port] * 2
            working = [threads.submit(work, port, image) for port, image in zip(ports, images, strict=True)]
            stop.wait(0.3)
            database.stop(signal.SIGQUIT)
            database.start()
            answers = [future.result() for future in working]
            with Client(one.port, alice) as client:
                assert told(client.share(images[0], "5000")) == SUCCESS

        for image, done in zip(images, answers, strict=True):
            assert {outcome for _, outcome in done} <= {SUCCESS, UNAVAILABLE}
            kept = {account for account, outcome in done if outcome == SUCCESS}
            assert shared(url, image) == kept | ({"5000"} if image == images[0] else set())
            assert len(kept) >= QUOTA // 2
    finally:
        database.remove()
