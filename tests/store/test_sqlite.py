"""What SQLite alone can do to us: full disks, two files, and processes that meet at the door."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from localyun.clock import MINUTE
from localyun.model import Account
from localyun.store import sqlite
from localyun.store.interface import StoreBusy, StoreUnavailable
from localyun.store.sqlite import NONCE_FILE, SqliteStore
from tests.store.test_contract import accounts, an_account, keep, spend

FULL = "^database or disk is full$"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store in files."""
    with closing(SqliteStore(tmp_path)) as store:
        yield store


def pages(store: SqliteStore) -> int:
    """How many pages the first file has."""
    return int(store._state.connection.execute("PRAGMA page_count").fetchone()[0])


def let_grow(store: SqliteStore, pages: int) -> None:
    """Let the first file grow up to this many pages, as if the disk ended there."""
    store._state.connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_undoes_the_whole_transaction(store: SqliteStore) -> None:
    """SQLite drops all of it by itself, savepoints included: what came before is gone, too."""
    keep(store, an_account("1"))
    let_grow(store, pages(store))

    with pytest.raises(StoreUnavailable, match=FULL), store.writing(0) as tx:  # noqa: PT012
        with tx.savepoint():
            tx.put(an_account("2"))
        with tx.savepoint():
            tx.put(an_account("3", "x" * 100_000))

    assert accounts(store) == ["1"]


def test_a_store_recovers_when_there_is_space_again(store: SqliteStore) -> None:
    """A failed transaction leaves nothing behind that would stop the next."""
    let_grow(store, pages(store))
    with pytest.raises(StoreUnavailable):
        keep(store, an_account("1", "x" * 100_000))
    assert accounts(store) == []

    let_grow(store, 1_000_000)
    keep(store, an_account("1", "x" * 100_000))

    assert accounts(store) == ["1"]


def test_a_change_counts_only_once_its_nonce_is_kept(store: SqliteStore) -> None:
    """A full disk under the second file refuses changes and readings alike."""
    store._nonces.connection.execute("PRAGMA max_page_count = 3")

    for begin in (store.writing, store.reading):
        with pytest.raises(StoreUnavailable, match=FULL), begin(0) as tx:  # noqa: PT012
            if begin == store.writing:
                tx.put(an_account("1"))
            for n in range(1000):
                assert tx.spend_nonce("k", str(n), MINUTE)

    assert accounts(store) == []


@pytest.mark.parametrize("changing", [False, True])
def test_a_nonce_shown_to_two_processes_at_once_makes_one_try_again(
    store: SqliteStore, tmp_path: Path, changing: bool
) -> None:
    """The one that ends later keeps nothing; when it tries again it finds the nonce spent."""
    with closing(SqliteStore(tmp_path)) as other:
        begin = store.writing if changing else store.reading
        with pytest.raises(StoreBusy), begin(0) as tx:  # noqa: PT012
            assert tx.spend_nonce("k", "n", MINUTE)
            assert tx.spend_nonce("k", "mine", MINUTE)
            if changing:
                tx.put(an_account("1"))
            assert spend(other, "n")

        assert accounts(store) == []
        assert not spend(store, "n", changing=changing)
        assert spend(store, "mine", changing=changing)


def test_a_power_cut_forgets_no_nonce_of_a_change(tmp_path: Path) -> None:
    """The second file may come back without its last entries; in the worst case, without any."""
    with closing(SqliteStore(tmp_path)) as store:
        assert spend(store, "written", changing=True)
        assert spend(store, "read")
    (tmp_path / NONCE_FILE).unlink()

    with closing(SqliteStore(tmp_path)) as store:
        assert not spend(store, "written")
        assert spend(store, "read")


def test_both_files_forget_nonces_whose_time_is_over(store: SqliteStore) -> None:
    """Neither grows for ever, whatever kind of call comes."""

    def kept() -> list[int]:
        return [
            file.connection.execute("SELECT count(*) FROM nonce").fetchone()[0]
            for file in (store._state, store._nonces)
        ]

    for n in range(100):
        assert spend(store, f"written-{n}", changing=True, now=n)
        assert spend(store, f"read-{n}", now=n)
    assert kept() == [100, 200]

    assert spend(store, "read", now=3 * MINUTE)
    assert kept() == [100, 1]
    assert spend(store, "written", changing=True, now=3 * MINUTE)
    assert kept() == [1, 2]


def test_nonces_are_not_looked_through_all_the_time(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only every so often, so that it costs next to nothing."""
    monkeypatch.setattr(sqlite, "PURGE_EVERY", 1000)
    assert spend(store, "n", now=MINUTE)

    assert spend(store, "later", now=MINUTE + 999)
    assert spend(store, "much later", now=2 * MINUTE + 1)

    assert spend(store, "n", now=2 * MINUTE + 1)


def test_a_reset_that_fails_keeps_everything(store: SqliteStore) -> None:
    """Half of it would be worse than none; the store goes on."""
    keep(store, an_account("1"))
    assert spend(store, "n")
    store._state.connection.execute(
        "CREATE TEMP TRIGGER no BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'no such luck'); END"
    )

    with pytest.raises(Exception, match="no such luck"):
        store.reset()

    assert accounts(store) == ["1"]
    assert not spend(store, "n")
    keep(store, an_account("2"))
    assert accounts(store) == ["1", "2"]


OPEN_AT_ONCE = """
import sys
from pathlib import Path
from localyun.model import Account
from localyun.store.sqlite import SqliteStore

print("ready", flush=True)
sys.stdin.readline()
store = SqliteStore(Path(sys.argv[1]))
with store.writing(0) as tx:
    tx.put(Account(id=sys.argv[2], name="made at once"))
store.close()
"""


def test_processes_can_open_a_fresh_directory_at_once(tmp_path: Path) -> None:
    """Nobody has to come first: the tables are made once, and what each of them does is kept."""
    for attempt in range(3):
        directory = tmp_path / str(attempt)
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", OPEN_AT_ONCE, directory, str(n)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for n in range(4)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        errors = [process.communicate("go\n")[1] for process in processes]

        assert errors == [""] * 4
        with closing(SqliteStore(directory)) as store:
            assert accounts(store) == ["0", "1", "2", "3"]


def test_a_write_ahead_log_that_was_left_behind_is_read(tmp_path: Path) -> None:
    """What a killed process had committed is there for whoever opens next."""
    killed = """
import os, sys
from pathlib import Path
from localyun.model import Account
from localyun.store.sqlite import SqliteStore

with SqliteStore(Path(sys.argv[1])).writing(0) as tx:
    tx.put(Account(id="1", name="alice"))
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", killed, tmp_path], check=False).returncode == 9
    assert (tmp_path / "localyun.db-wal").stat().st_size > 0

    with closing(SqliteStore(tmp_path)) as store, store.reading(0) as tx:
        assert tx.find(Account) == [an_account("1")]


def named(store: SqliteStore) -> str:
    """What account 1 is called, looked up by its key; empty if there is none."""
    with store.reading(0) as tx:
        found = tx.get(Account, "1")
        return found.name if found else ""


def test_what_is_remembered_is_what_is_there(store: SqliteStore, tmp_path: Path) -> None:
    """A record that was read is read anew once this process or another one has changed it."""
    assert named(store) == ""

    keep(store, an_account("1", "ours"))
    assert named(store) == "ours"

    with closing(SqliteStore(tmp_path)) as other:
        keep(other, an_account("1", "theirs"))
    assert named(store) == "theirs"

    with store.writing(0) as tx:
        tx.delete(an_account("1"))
    assert named(store) == ""


def test_nothing_is_remembered_that_was_undone(store: SqliteStore) -> None:
    """Neither what a savepoint undid, nor what a failed transaction did, although it was read in there."""
    keep(store, an_account("1", "kept"))

    with store.writing(0) as tx:
        with pytest.raises(ZeroDivisionError), tx.savepoint():  # noqa: PT012
            tx.put(an_account("1", "undone"))
            assert tx.get(Account, "1") == an_account("1", "undone")
            1 / 0  # noqa: B018
        assert tx.get(Account, "1") == an_account("1", "kept")
    assert named(store) == "kept"

    with pytest.raises(ZeroDivisionError), store.writing(0) as tx:  # noqa: PT012
        tx.delete(an_account("1", "kept"))
        assert tx.get(Account, "1") is None
        raise ZeroDivisionError
    assert named(store) == "kept"


def test_not_more_is_remembered_than_there_is_room_for(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then all is forgotten, and read again when it is asked for."""
    monkeypatch.setattr(sqlite, "REMEMBERED", 2)
    for id in ("1", "2", "3"):
        keep(store, an_account(id, f"named {id}"))

    for id in ("1", "2", "3", "1"):
        with store.reading(0) as tx:
            assert tx.get(Account, id) == an_account(id, f"named {id}")
        assert len(store._remembered.records) <= 2
