"""Disks from object storage and back to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localyun.compute.interface import DiskObject
from localyun.compute.qemu.conversion import Refused
from localyun.compute.qemu.transfers import bring_in, take_out
from localyun.objects.interface import Objects
from localyun.objects.places import objects_at
from tests.compute.qemu.files import DISK, MIB, content, made, needs_qemu_img
from tests.objects.storages import make_bucket, s3_server

pytestmark = needs_qemu_img


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Objects]:
    """An object storage with the bucket `images`."""
    if request.param == "s3":
        with s3_server() as address:
            make_bucket(address, "images")
            yield objects_at(address)
    else:
        (tmp_path / "oss" / "images").mkdir(parents=True)
        yield objects_at(str(tmp_path / "oss"))


@pytest.mark.parametrize(("format", "name"), [("raw", "p_system.raw.tar.gz"), ("qcow2", "p_system.qcow2")])
def test_a_disk_goes_out_and_comes_back(objects: Objects, format: str, name: str, tmp_path: Path) -> None:
    """Byte for byte, telling how far it is, and leaving nothing else where it works."""
    ours = tmp_path / "ours"
    ours.mkdir()
    source = made(tmp_path, "qcow2")
    told: list[int] = []

    take_out(objects, source, DiskObject("images", name, format), ours, progress=told.append)
    assert (told == sorted(told), told[-1], list(ours.iterdir())) == (True, 100, [])

    told.clear()
    back = DiskObject("images", name, format.upper())
    done = bring_in(objects, back, ours / "back", largest=len(DISK), progress=told.append)
    assert (told == sorted(told), told[-1], list(ours.iterdir())) == (True, 100, [ours / "back"])
    assert done.virtual_size == len(DISK)
    assert content(ours / "back") == DISK


def test_a_disk_that_is_larger_than_its_image_is_refused(objects: Objects, tmp_path: Path) -> None:
    """Whatever was read of it before."""
    objects.keep("images", "disk.qcow2", made(tmp_path, "qcow2"), lambda done: None)
    with pytest.raises(Refused, match="The disk in the file has"):
        bring_in(objects, DiskObject("images", "disk.qcow2", "QCOW2"), tmp_path / "ours", largest=MIB)
    assert not (tmp_path / "ours").exists()
