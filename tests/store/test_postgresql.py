"""What PostgreSQL alone can do to us: several who change at once, servers that go away, lost answers."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import psycopg
import pytest

from localyun.clock import MINUTE
from localyun.model import Account, Share
from localyun.store import postgresql, schema
from localyun.store.interface import StoreBusy, StoreUnavailable
from localyun.store.postgresql import PostgresqlStore, examined
from localyun.store.schema import VERSION, StoreTooNew
from tests.store.postgres import Server, server
from tests.store.test_contract import a_share, accounts, an_account, keep, spend
from tests.store.wire import cable

pytestmark = pytest.mark.slow


@pytest.fixture
def url() -> str:
    """The URL of an empty database."""
    return server().new_database()


@pytest.fixture
def store(url: str) -> Iterator[PostgresqlStore]:
    """A store on it."""
    with closing(PostgresqlStore(url)) as store:
        yield store


@pytest.fixture
def other(url: str, store: PostgresqlStore) -> Iterator[PostgresqlStore]:
    """A second one, as another process has it."""
    with closing(PostgresqlStore(url)) as other:
        yield other


def test_a_commit_survives_a_power_cut(url: str, store: PostgresqlStore) -> None:
    """As far as settings tell: the tests' server syncs, and we never ask it not to for a change."""
    found = examined(url)

    assert (found.durable, found.encoding, found.schema) == (True, "UTF8", VERSION)
    with store.writing(0) as tx:
        assert tx._execute("SHOW synchronous_commit", ()) == [("on",)]  # type: ignore[attr-defined]
    with store.reading(0) as tx:
        assert tx._execute("SHOW synchronous_commit", ()) == [("off",)]  # type: ignore[attr-defined]


def test_a_commit_waits_for_the_disk_even_where_that_is_not_usual(url: str) -> None:
    """A database's default may be otherwise."""
    with closing(PostgresqlStore(f"{url}%20-csynchronous_commit%3Doff")) as store, store.writing(0) as tx:
        assert tx._execute("SHOW synchronous_commit", ()) == [("on",)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ue000", "\ue0000", "\ue0001", "\ue000\0"])
def test_text_that_postgresql_does_not_take_is_kept_to_the_letter(store: PostgresqlStore, text: str) -> None:
    """And is never another one's."""
    others = {"a\0b", "\0", "\ue000", "\ue0000", "\ue0001", "\ue000\0"} - {text}

    keep(store, an_account(text, text))

    with store.reading(0) as tx:
        assert tx.get(Account, text) == an_account(text, text)
        assert tx.find(Account, name=text) == [an_account(text, text)]
        assert [tx.get(Account, other) for other in others] == [None] * len(others)


def test_changes_of_different_things_go_on_at_once(store: PostgresqlStore, other: PostgresqlStore) -> None:
    """Neither waits for the other, and both are kept."""
    with store.writing(0, alone=False) as one, other.writing(0, alone=False) as two:
        assert one.spend_nonce("k", "1", MINUTE)
        assert two.spend_nonce("k", "2", MINUTE)
        one.put(an_account("1"))
        two.put(an_account("2"))

    assert accounts(store) == ["1", "2"]


def test_of_two_that_decide_by_what_the_other_changes_one_is_told_to_try_again(
    store: PostgresqlStore, other: PostgresqlStore
) -> None:
    """Each counts, finds room for one more, and adds one of its own: only one may."""
    with pytest.raises(StoreBusy), ExitStack() as both:  # noqa: PT012
        transactions = [both.enter_context(one.writing(0, alone=False)) for one in (store, other)]
        for tx in transactions:
            assert tx.count(Share, image="m-1") == 0
        for number, tx in enumerate(transactions):
            tx.put(a_share("m-1", str(number)))

    with store.reading(0) as tx:
        assert tx.count(Share, image="m-1") == 1


def test_who_has_to_be_alone_is(store: PostgresqlStore, other: PostgresqlStore) -> None:
    """It waits for those who change together, and they for it."""
    with store.writing(0, alone=False), pytest.raises(StoreBusy), other.writing(0, patience=0):
        raise AssertionError("begun")
    with store.writing(0, alone=False), pytest.raises(StoreBusy), other.writing(0, patience=20):
        raise AssertionError("begun")
    with other.writing(0, patience=0) as tx:
        tx.put(an_account("1"))

    assert accounts(store) == ["1"]


def test_a_connection_that_was_lost_while_idle_is_replaced(url: str, store: PostgresqlStore) -> None:
    """Nobody notices."""
    keep(store, an_account("1"))
    hang_up(url)

    keep(store, an_account("2"))
    hang_up(url)

    assert accounts(store) == ["1", "2"]


def hang_up(url: str) -> None:
    """End everybody's connection, as the server's administrator can."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'localyun' AND pid <> pg_backend_pid()"
        )


def test_a_connection_that_is_lost_in_a_transaction_loses_it_whole(url: str, store: PostgresqlStore) -> None:
    """It may be tried again."""
    with pytest.raises(StoreBusy), store.writing(0) as tx:  # noqa: PT012
        tx.put(an_account("1"))
        hang_up(url)
        with tx.savepoint():
            tx.put(an_account("2"))

    assert accounts(store) == []


@pytest.mark.parametrize("has_nonce", [True, False])
def test_a_commit_whose_answer_is_lost_has_happened(has_nonce: bool) -> None:
    """The database is asked, so that nobody does it a second time."""
    with cable(server().folder, after=True) as (cut, folder):
        url = server().new_database().replace(str(server().folder), str(folder))
        with closing(PostgresqlStore(url)) as store:
            cut.cuts = 1
            with store.writing(0) as tx:
                assert not has_nonce or tx.spend_nonce("k", "n", MINUTE)
                tx.put(an_account("1"))

            assert cut.cuts == 0
            assert accounts(store) == ["1"]
            assert spend(store, "n") is not has_nonce


def test_a_commit_that_never_arrived_has_not_happened() -> None:
    """It may be tried again, and nothing of it is left."""
    with cable(server().folder, after=False) as (cut, folder):
        url = server().new_database().replace(str(server().folder), str(folder))
        with closing(PostgresqlStore(url)) as store:
            cut.cuts = 1
            with pytest.raises(StoreBusy), store.writing(0) as tx:  # noqa: PT012
                assert tx.spend_nonce("k", "n", MINUTE)
                tx.put(an_account("1"))

            assert accounts(store) == []
            assert spend(store, "n")


def test_what_became_of_a_commit_may_not_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it isn't said that trying again is safe."""
    monkeypatch.setattr(postgresql, "RESOLVE_SECONDS", 0.2)
    own = Server()
    try:
        with closing(PostgresqlStore(own.new_database())) as store:
            with pytest.raises(StoreUnavailable) as caught, store.writing(0) as tx:  # noqa: PT012
                tx.put(an_account("1"))
                assert tx.spend_nonce("k", "n", MINUTE)
                own.stop(signal.SIGQUIT)
                # What the transaction does next is its commit.
            assert not isinstance(caught.value, StoreBusy)
            with pytest.raises(StoreBusy):
                accounts(store)
            own.start()
            assert accounts(store) == []
    finally:
        own.remove()


def test_nonces_whose_time_is_over_are_dropped(url: str, store: PostgresqlStore) -> None:
    """By whoever comes by, not all at once."""
    for n in range(20):
        assert spend(store, str(n))

    assert spend(store, "later", now=3 * MINUTE)

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT nonce FROM nonce").fetchall() == [("later",)]


def test_processes_can_open_an_empty_database_at_once(url: str) -> None:
    """The tables are made once."""
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(PostgresqlStore, [url] * 4))
    for number, store in enumerate(stores):
        with closing(store):
            keep(store, an_account(str(number)))

    with closing(PostgresqlStore(url)) as store:
        assert accounts(store) == ["0", "1", "2", "3"]


def test_an_older_layout_is_brought_forward_without_loss(url: str) -> None:
    """Tables and indexes become today's; every record is there."""
    records = [an_account("1"), a_share("m-1", "2", since=7)]
    with closing(PostgresqlStore(url)) as store:
        keep(store, *records)
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE share DROP COLUMN since")
        connection.execute("DROP TABLE vpc")
        connection.execute("UPDATE schema SET layout = 'older'")

    with closing(PostgresqlStore(url)) as store:
        assert sorted(map(repr, store.dump())) == sorted(map(repr, records))
        with store.reading(0) as tx:
            assert tx.find(Share, account="2", region="cn-hangzhou", order="since") == [records[1]]


def test_a_newer_database_is_refused(
    url: str, store: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is everywhere."""
    with psycopg.connect(url) as connection:
        connection.execute(f"UPDATE schema SET version = {schema.VERSION + 1}")

    with pytest.raises(StoreTooNew):
        PostgresqlStore(url)


def test_a_database_that_is_not_there_is_said_so_in_one_line(url: str) -> None:
    """Whatever the driver says."""
    with pytest.raises(StoreUnavailable, match=r"^[^\n]*No such file or directory[^\n]*$"):
        PostgresqlStore("postgresql:///none?host=/nowhere")
    with pytest.raises(StoreUnavailable, match=r"^[^\n]*permission denied[^\n]*$"):
        PostgresqlStore(_as_a_stranger(url))


def _as_a_stranger(url: str) -> str:
    with psycopg.connect(url) as connection:
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM public")
    return url.replace("tester@", "stranger@").partition("&options")[0]
