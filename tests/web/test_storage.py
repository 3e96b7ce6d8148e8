"""Files put into object storage by the administration."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.people import World
from tests.web.asgi import ask

HERE = {"host": "127.0.0.1:4577"}
PLACE = "/_localyun/storage"


@pytest.fixture
def stored(make_world: Callable[..., World], tmp_path: Path) -> World:
    """A world whose object storage is a folder."""
    (tmp_path / "oss").mkdir()
    return make_world(oss=str(tmp_path / "oss"))


def test_it_is_said_what_has_content(world: World, stored: World) -> None:
    """Objects in a folder have; what is imagined or simulated hasn't."""
    assert ask(world, PLACE, headers=HERE).text == '{"objects":false,"images":false}'
    assert ask(stored, PLACE, headers=HERE).text == '{"objects":true,"images":false}'


def test_a_file_becomes_an_object(stored: World, tmp_path: Path) -> None:
    """In a bucket that is made."""
    answer = ask(stored, f"{PLACE}/mine/deep/a.raw", method="PUT", body="content", headers=HERE)

    assert (answer.status, answer.text) == (201, '{"bucket":"mine","name":"deep/a.raw"}')
    assert (tmp_path / "oss" / "mine" / "deep" / "a.raw").read_bytes() == b"content"


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("Mine/a.raw", 400, "The specified OSS bucket is wrongly formed."),
        ("mine/../../a.raw", 503, "There is no place for the object ../../a.raw in the bucket mine."),
    ],
)
def test_what_names_no_object_is_refused(
    stored: World, tmp_path: Path, path: str, status: int, sentence: str
) -> None:
    """And nothing is written outside of the folder."""
    answer = ask(stored, f"{PLACE}/{path}", method="PUT", body="content", headers=HERE)

    assert answer.status == status
    assert answer.text.startswith(f'{{"error":"{sentence}')
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []


def test_what_there_is_no_room_for_is_refused(stored: World) -> None:
    """By what it is announced to have."""
    answer = ask(
        stored,
        f"{PLACE}/mine/a.raw",
        method="PUT",
        body="",
        headers={**HERE, "content-length": str(1 << 60)},
    )

    assert answer.status == 507
    assert "bytes left in" in answer.text


def test_other_machines_put_nothing_there(stored: World, tmp_path: Path) -> None:
    """Without the token."""
    answer = ask(stored, f"{PLACE}/mine/a.raw", method="PUT", body="content", headers=HERE, peer="10.0.0.7")

    assert answer.status == 403
    assert list((tmp_path / "oss").iterdir()) == []
