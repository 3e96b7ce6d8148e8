"""What a folder and a storage that speaks S3 have in common: both are asked the same."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localyun.model.disk_files import QCOW2, DiskFile
from localyun.objects.interface import Objects, ObjectsUnavailable
from localyun.objects.places import objects_at
from tests.objects.storages import make_bucket, s3_server
from tests.operations import oss
from tests.operations.oss import GIB, MIB

Put = Callable[[str, bytes], None]


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server with a bucket."""
    with s3_server() as address:
        make_bucket(address, "images")
        yield address


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """An object storage with the bucket `images`."""
    if request.param == "s3":
        return objects_at(request.getfixturevalue("s3"))
    (tmp_path / "oss" / "images").mkdir(parents=True)
    return objects_at(str(tmp_path / "oss"))


@pytest.fixture
def put(objects: Objects, tmp_path: Path) -> Put:
    """Make an object."""

    def put(name: str, content: bytes) -> None:
        (tmp_path / "source").write_bytes(content)
        objects.keep("images", name, tmp_path / "source", lambda done: None)

    return put


def test_a_bucket_is_there_or_not(objects: Objects) -> None:
    """Which is asked each time."""
    assert objects.bucket("images") is not None
    assert objects.bucket("others") is None


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("a.qcow2", oss.qcow2(3 * GIB), DiskFile(size=512, kind=QCOW2, disk_size=3 * GIB)),
        ("deep/a.raw", bytes(1024), DiskFile(size=1024)),
        ("empty.raw", b"", DiskFile(size=0)),
        ("a.raw.tar.gz", oss.packed("disk.raw", bytes(MIB)), DiskFile(disk_size=MIB)),
    ],
    ids=["qcow2", "in a folder", "empty", "packed"],
)
def test_an_object_shows_what_it_is(
    objects: Objects, put: Put, name: str, content: bytes, shown: DiskFile
) -> None:
    """By its beginning and its end."""
    put(name, content)

    assert objects.file("images", name) == shown
    assert objects.file("images", f"no-{name}") is None


def test_what_is_kept_is_there_to_read(objects: Objects, put: Put, tmp_path: Path) -> None:
    """In place of what was; of several MiB, with a hole; and it is told how far it is."""
    content = b"x" * 5 * MIB + bytes(14 * MIB) + b"end"
    put("disk.raw", b"what was")
    (tmp_path / "new").write_bytes(content)
    told: list[int] = []
    objects.keep("images", "disk.raw", tmp_path / "new", told.append)
    assert (told == sorted(told), len(told) > 1, told[-1]) == (True, True, len(content))

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert objects.local("images", "disk.raw", scratch, told.append).read_bytes() == content
    assert told[-1] == len(content)


def test_a_transfer_that_is_ended_leaves_what_was(objects: Objects, put: Put, tmp_path: Path) -> None:
    """As a whole or not at all."""
    put("disk.raw", bytes(512))
    (tmp_path / "new").write_bytes(bytes(20 * MIB))

    def stop(done: int) -> None:
        raise KeyError(done)

    with pytest.raises(KeyError):
        objects.keep("images", "disk.raw", tmp_path / "new", stop)
    assert objects.file("images", "disk.raw") == DiskFile(size=512)
    if (tmp_path / "oss").exists():
        assert [path.name for path in (tmp_path / "oss" / "images").iterdir()] == ["disk.raw"]


def test_an_object_that_is_gone_is_said_to_be(objects: Objects, tmp_path: Path) -> None:
    """When it is read."""
    with pytest.raises(ObjectsUnavailable, match="gone"):
        objects.local("images", "gone.raw", tmp_path, lambda done: None)


def test_there_is_no_place_in_no_bucket(objects: Objects, tmp_path: Path) -> None:
    """Nor outside of one."""
    (tmp_path / "source").write_bytes(b"content")
    with pytest.raises(ObjectsUnavailable):
        objects.keep("others", "disk.raw", tmp_path / "source", lambda done: None)
