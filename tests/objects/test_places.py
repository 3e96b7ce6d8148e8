"""Where object storage may be, and what is said when it isn't there."""

from pathlib import Path

import pytest

from localyun.objects.imagined import ImaginedObjects
from localyun.objects.interface import ObjectsUnavailable
from localyun.objects.places import PlaceError, objects_at


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("/nowhere", "/nowhere is no folder"),
        ("s3://", "an address looks like s3://KEY:SECRET@HOST:PORT, or s3+http:// without TLS"),
        ("s3://host/bucket", "an address looks like s3://KEY:SECRET@HOST:PORT, or s3+http:// without TLS"),
        ("s3://host:port", "Port could not be cast to integer value as 'port'"),
    ],
)
def test_another_place_is_refused(place: str, sentence: str) -> None:
    """With a sentence."""
    with pytest.raises(PlaceError) as error:
        objects_at(place)

    assert str(error.value) == sentence


def test_what_is_imagined_has_no_content(tmp_path: Path) -> None:
    """Everything is there, and nothing can be read."""
    objects = objects_at("")

    assert isinstance(objects, ImaginedObjects)
    with pytest.raises(ObjectsUnavailable, match=r"There is no object storage: name one with .* --oss\."):
        objects.local("images", "disk.raw", tmp_path, lambda done: None)


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """At once, when nobody is there."""
    with pytest.raises(ObjectsUnavailable, match=r"Object storage: .*127\.0\.0\.1:1/"):
        objects_at("s3+http://127.0.0.1:1").bucket("images")


def test_nothing_is_written_outside_a_bucket(tmp_path: Path) -> None:
    """Whatever an object's name looks like."""
    (tmp_path / "images").mkdir()
    (tmp_path / "source").write_bytes(b"content")

    with pytest.raises(ObjectsUnavailable, match="no place"):
        objects_at(str(tmp_path)).keep("images", "../out", tmp_path / "source", lambda done: None)
    assert not (tmp_path / "out").exists()
