"""A world in a file: whole or refused, and the same in every database."""

from contextlib import suppress
from pathlib import Path

import pytest

from localyun.model import AuditEntry, Image
from localyun.store import portable
from localyun.store.interface import Store
from localyun.store.sqlite import SqliteStore
from tests.store.engines import ENGINES
from tests.store.test_contract import a_share, an_account, an_image


def nobody(_: int) -> None:
    """Look at no progress."""


def fill(store: Store) -> None:
    """Put something into a store, odd texts included."""
    with store.writing(0) as tx:
        tx.put(an_account("1", "it's \U0001f409 镜像\n"))
        for number in range(30):
            tx.put(an_image(f"m-{number}"))
            tx.put(a_share(f"m-{number}", "2", since=number))
        tx.record(
            AuditEntry(id="e-1", account="1", at=5, access_key="k", service="Ecs", action="Made", version="1")
        )


def told(store: Store) -> list[str]:
    """What a store holds."""
    return sorted(map(repr, store.dump()))


@pytest.fixture
def full() -> Store:
    """A store with something in it."""
    store = SqliteStore(None)
    fill(store)
    return store


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_exported_comes_back(engine: str, tmp_path: Path, full: Store) -> None:
    """In another database, record by record, counted ones too; and from there into the first kind again."""
    file, again = tmp_path / "world", tmp_path / "again"
    written = portable.export(full, file, nobody)
    with ENGINES[engine](tmp_path) as database:
        there = database.open()
        portable.fill(there, file, 0, nobody, replace=False)
        portable.export(there, again, nobody)
        with there.reading(0) as tx:
            images = tx.count(Image, owner="1", region="cn-hangzhou")
            shared = tx.images_shared_with("2", "cn-hangzhou")

        assert told(there) == told(full)
    back = SqliteStore(None)
    portable.fill(back, again, 0, nobody, replace=False)

    assert (written, portable.check(file), portable.check(again)) == (62, 62, 62)
    assert (images, len(shared)) == (30, 30)
    assert told(back) == told(full)


def test_the_file_is_its_owners_alone(tmp_path: Path, full: Store) -> None:
    """There are keys in it."""
    portable.export(full, tmp_path / "world", nobody)

    assert (tmp_path / "world").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["world"]


def test_a_database_with_accounts_is_filled_only_in_place_of_them(tmp_path: Path, full: Store) -> None:
    """Otherwise nothing is changed."""
    file = tmp_path / "world"
    portable.export(full, file, nobody)
    other = SqliteStore(None)
    with other.writing(0) as tx:
        tx.put(an_account("9"))
        tx.put(a_share("m-9", "9"))

    with pytest.raises(portable.NotEmpty):
        portable.fill(other, file, 0, nobody, replace=False)
    before = told(other)
    portable.fill(other, file, 0, nobody, replace=True)

    assert len(before) == 2
    assert told(other) == told(full)


CHANGED = {
    "cut": (lambda lines: lines[:-1], "isn't whole: its last line is missing"),
    "cut-in-the-middle": (lambda lines: lines[:20], "isn't whole: its last line is missing"),
    "a-line-less": (lambda lines: lines[:9] + lines[10:], "was changed since it was written"),
    "a-line-changed": (
        lambda lines: [line.replace(b"m-7", b"m-8") for line in lines],
        "was changed since it was written",
    ),
    "of-another-program": (lambda lines: [b"{}\n", *lines[1:]], "wasn't written by `localyun export`"),
    "of-another-version": (
        lambda lines: [b'{"localyun":"9.9","schema":99}\n', *lines[1:]],
        "was written by localyun 9.9, whose records are of version 99, ours of",
    ),
    "empty": (lambda lines: [], "isn't whole: its last line is missing"),
}


@pytest.mark.parametrize("changed", CHANGED)
def test_a_file_that_is_not_as_it_was_written_is_refused(changed: str, tmp_path: Path, full: Store) -> None:
    """With what is wrong."""
    file = tmp_path / "world"
    portable.export(full, file, nobody)
    change, sentence = CHANGED[changed]
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))

    with pytest.raises(portable.NotPortable, match=sentence):
        portable.check(file)


def test_an_import_that_fails_leaves_all_as_it_was(tmp_path: Path, full: Store) -> None:
    """Also where what was there is to be replaced."""
    file = tmp_path / "world"
    portable.export(full, file, nobody)
    file.write_bytes(file.read_bytes().replace(b'["share"', b'["dream"', 1))
    other = SqliteStore(None)
    with other.writing(0) as tx:
        tx.put(an_account("9"))

    with pytest.raises(portable.NotPortable, match="of a kind that this localyun doesn't know: dream"):
        portable.fill(other, file, 0, nobody, replace=True)

    assert told(other) == [repr(an_account("9"))]


def test_an_export_that_fails_leaves_no_file(tmp_path: Path, full: Store) -> None:
    """And keeps the one that was there."""
    (tmp_path / "world").write_text("older")

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with full.writing(0) as tx:
        for number in range(portable.STEP):
            tx.put(a_share("m-1", f"1{number}"))
    with suppress(KeyboardInterrupt):
        portable.export(full, tmp_path / "world", stop)

    assert [path.read_text() for path in tmp_path.iterdir()] == ["older"]
