"""A database is made, opened again, brought forward, or left alone when it is newer than we are."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from localyun.model import Account, Image, Share
from localyun.store import schema
from localyun.store.interface import StoreUnavailable
from localyun.store.schema import VERSION, StoreTooNew
from localyun.store.sqlite import NONCE_FILE, STATE_FILE, SqliteStore
from tests.store.test_contract import a_share, accounts, an_account, an_image, keep, spend

RECORDS = [an_account("1"), an_account("2", "bob"), an_image("m-1"), a_share("m-1", "2", since=7)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with something in it, and nobody using it."""
    with closing(SqliteStore(tmp_path)) as store:
        keep(store, *RECORDS)
        assert spend(store, "n", changing=True)
    return tmp_path


def change(data: Path, *statements: str) -> None:
    """Do something to the database of a data directory, past the store."""
    with closing(sqlite3.connect(data / STATE_FILE, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def layout_of(data: Path) -> list[Any]:
    """What the database says that it is made of."""
    with closing(sqlite3.connect(data / STATE_FILE)) as connection:
        return [
            connection.execute("SELECT * FROM schema").fetchall(),
            connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall(),
        ]


def contents(data: Path) -> dict[str, bytes]:
    """The files of a data directory, to the byte."""
    return {path.name: path.read_bytes() for path in data.iterdir()}


def test_a_fresh_directory_gets_what_it_needs(tmp_path: Path) -> None:
    """Two files, in a directory that nobody else can look into."""
    with closing(SqliteStore(tmp_path / "new" / "data")) as store:
        assert list(store.dump()) == []

    assert {path.name for path in (tmp_path / "new" / "data").iterdir()} == {STATE_FILE, NONCE_FILE}
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
    assert layout_of(tmp_path / "new" / "data")[0][0][0] == VERSION


def test_opening_again_writes_nothing(data: Path) -> None:
    """Where the layout fits, there is nothing to do."""
    before = contents(data)

    with closing(SqliteStore(data)) as store:
        assert accounts(store) == ["1", "2"]
        assert all(not path.stat().st_size for path in data.glob("*-wal"))

    assert contents(data) == before


OLDER: dict[str, tuple[str, ...]] = {
    "another-layout": (),
    "a-missing-column": (
        "CREATE TABLE a AS SELECT image, account, since, body FROM share",
        "DROP TABLE share",
        "CREATE TABLE share (image TEXT, account TEXT, since BIGINT, body BLOB)",
        "INSERT INTO share SELECT * FROM a",
        "DROP TABLE a",
    ),
    "a-column-of-another-type": (
        "CREATE TABLE a AS SELECT * FROM share",
        "DROP TABLE share",
        "CREATE TABLE share (image TEXT, account TEXT, since TEXT, region TEXT, body BLOB)",
        "INSERT INTO share SELECT image, account, since, region, body FROM a",
        "DROP TABLE a",
    ),
    "no-columns-but-the-key": (
        "ALTER TABLE image RENAME TO a",
        "CREATE TABLE image (id TEXT PRIMARY KEY, body BLOB)",
        "INSERT INTO image SELECT id, body FROM a",
        "DROP TABLE a",
    ),
    "a-column-too-many": ("ALTER TABLE account ADD COLUMN shoe_size BIGINT NOT NULL DEFAULT 43",),
    "a-missing-table": ("DROP TABLE vpc", "DROP TABLE answered_call"),
    "a-missing-index": ("DROP INDEX by_account_name",),
    "an-index-of-other-columns": (
        "DROP INDEX by_account_name",
        "CREATE INDEX by_account_name ON account (body)",
    ),
    "a-table-of-its-own": ("CREATE TABLE shoe (size INTEGER)", "INSERT INTO shoe VALUES (43)"),
}


@pytest.mark.parametrize("statements", OLDER.values(), ids=OLDER)
def test_an_older_layout_is_brought_forward_without_loss(data: Path, statements: tuple[str, ...]) -> None:
    """Tables and indexes become today's; every record is there, and found."""
    today = layout_of(data)
    change(data, *statements, "UPDATE schema SET layout = 'older'")

    with closing(SqliteStore(data)) as store:
        assert sorted(map(repr, store.dump())) == sorted(map(repr, RECORDS))
        with store.reading(0) as tx:
            assert tx.find(Account, name="bob") == [RECORDS[1]]
            assert tx.find(Image, owner="1", region="cn-hangzhou") == [RECORDS[2]]
            assert tx.find(Share, account="2", region="cn-hangzhou", order="since") == [RECORDS[3]]
        keep(store, an_account("1", "renamed"))
        assert accounts(store) == ["1", "2"]
        assert not spend(store, "n")

    assert layout_of(data)[0] == today[0]
    assert [row for row in layout_of(data)[1] if row[1] != "shoe"] == today[1]


def test_what_a_body_holds_beyond_what_we_know_outlives_the_rebuilding(data: Path) -> None:
    """A localyun with more fields may have written it, and may come back."""
    body = msgspec.json.encode({**msgspec.to_builtins(an_account("1")), "shoe_size": 43}).decode()
    change(data, f"UPDATE account SET body = '{body}' WHERE id = '1'", "UPDATE schema SET layout = 'other'")

    SqliteStore(data).close()

    with closing(sqlite3.connect(data / STATE_FILE)) as connection:
        assert connection.execute("SELECT body FROM account WHERE id = '1'").fetchall() == [(body,)]


def test_bodies_are_brought_forward_before_the_tables(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step changes what bodies mean; the columns follow from the bodies."""

    def rename(connection: Any, dialect: Any) -> None:
        connection.execute("UPDATE account SET body = replace(body, 'bob', 'robert')")

    monkeypatch.setattr(schema, "VERSION", VERSION + 1)
    monkeypatch.setattr(schema, "STEPS", {VERSION + 1: rename})

    with closing(SqliteStore(data)) as store, store.reading(0) as tx:
        assert tx.find(Account, name="robert") == [an_account("2", "robert")]
        assert tx.find(Account, name="bob") == []
    assert layout_of(data)[0][0][0] == VERSION + 1


def test_shares_of_version_1_are_told_whether_they_are_listed(data: Path) -> None:
    """And are counted by it."""
    with closing(SqliteStore(data)) as store:
        keep(store, an_image("m-2", public=True), a_share("m-2", "2"))
    body = "UPDATE share SET body = json_remove(CAST(body AS TEXT), '$.listed', '$.ends_at')"
    change(data, body, "DROP TABLE tally", "UPDATE schema SET version = 1")

    with closing(SqliteStore(data)) as store, store.reading(0) as tx:
        shares = {share.image: (share.listed, share.ends_at) for share in tx.find(Share)}
        counts = [tx.count(Share, account="2", region="cn-hangzhou", listed=is_) for is_ in (True, False)]

    assert shares == {"m-1": (True, 2), "m-2": (False, 2)}
    assert counts == [1, 1]


def test_bringing_forward_is_all_or_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a step fails, the database is what it was."""

    def fail(connection: Any, dialect: Any) -> None:
        connection.execute("DELETE FROM account")
        connection.execute("SELECT shoe_size FROM account")

    before = layout_of(data)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSION", VERSION + 1)
        patch.setattr(schema, "STEPS", {VERSION + 1: fail})
        with pytest.raises(StoreUnavailable, match="no such column: shoe_size"):
            SqliteStore(data)

    assert layout_of(data) == before
    with closing(SqliteStore(data)) as store:
        assert accounts(store) == ["1", "2"]


def test_a_newer_database_is_refused_and_left_as_it_is(data: Path) -> None:
    """To the byte, and the message says what to do."""
    change(data, f"UPDATE schema SET version = {VERSION + 1}")
    before = contents(data)

    with pytest.raises(StoreTooNew) as refusal:
        SqliteStore(data)

    assert str(refusal.value) == (
        f"the database has schema version {VERSION + 1}, this localyun knows up to {VERSION}: "
        "use the newer localyun, or another data directory"
    )
    assert contents(data) == before


def _spoil(name: str) -> Callable[[Path], object]:
    return lambda data: (data / name).write_bytes(b"This is no database. " * 1000)


def _fold(name: str) -> Callable[[Path], object]:
    return lambda data: (data / name).mkdir()


@pytest.mark.parametrize("spoil", [_spoil, _fold])
@pytest.mark.parametrize("name", [STATE_FILE, NONCE_FILE])
def test_what_is_no_database_is_refused(
    tmp_path: Path, name: str, spoil: Callable[[str], Callable[[Path], object]]
) -> None:
    """With one kind of error, which names the directory."""
    spoil(name)(tmp_path)

    with pytest.raises(StoreUnavailable, match=str(tmp_path)):
        SqliteStore(tmp_path)


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    """Nor can a directory be made below one."""
    (tmp_path / "file").write_text("")

    for directory in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(StoreUnavailable, match=str(directory)):
            SqliteStore(directory)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Do without root's rights, which would open anything."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.parametrize("is_fresh", [True, False])
def test_a_directory_that_is_read_only_is_refused(is_fresh: bool) -> None:
    """Fresh or not: there is no serving from it, since every call leaves its nonce."""
    with tempfile.TemporaryDirectory() as name:
        if not is_fresh:
            SqliteStore(Path(name)).close()
        Path(name).chmod(0o555)

        with as_nobody(), pytest.raises(StoreUnavailable, match=name):
            SqliteStore(Path(name))


def test_a_store_that_cannot_be_opened_holds_nothing_open(data: Path) -> None:
    """No file of it stays in use."""
    change(data, f"UPDATE schema SET version = {VERSION + 1}")

    with pytest.raises(StoreTooNew):
        SqliteStore(data)

    open_files = [str(path.resolve()) for path in Path("/proc/self/fd").iterdir()]
    assert not [path for path in open_files if path.startswith(str(data))]
