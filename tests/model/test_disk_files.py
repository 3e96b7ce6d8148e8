"""What a file shows of the disk in it."""

import pytest

from localyun.model.disk_files import (
    HEAD,
    QCOW2,
    RAW,
    SECTOR,
    VHD,
    VMDK,
    DiskFile,
    check_importable,
    flaw,
    format_of,
    needed_gib,
    read,
    read_packed,
)
from localyun.spec.faults import ApiError
from tests.operations import oss


def shown(content: bytes) -> DiskFile:
    """What a whole file shows."""
    return read(content[:2048], content[-SECTOR:], len(content))


@pytest.mark.parametrize(
    ("content", "kind", "disk_size"),
    [
        (oss.qcow2(oss.GIB), QCOW2, oss.GIB),
        (oss.vmdk(oss.GIB), VMDK, oss.GIB),
        (b"# Disk DescriptorFile\nversion=1\n", VMDK, None),
        (oss.fixed_vhd(4096), VHD, 4096),
        (oss.dynamic_vhd(oss.GIB), VHD, oss.GIB),
        (b"\0" * 1024, "", None),
    ],
)
def test_a_file_shows_its_format_and_the_size_of_its_disk(
    content: bytes, kind: str, disk_size: int | None
) -> None:
    """By marks of its own; RAW has none."""
    found = shown(content)

    assert (found.kind, found.disk_size, found.size) == (kind, disk_size, len(content))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.qcow2", QCOW2), ("a.VHD", VHD), ("a.raw.tar.gz", RAW), ("a.vhd.tar.gz", VHD), ("disk-1.2", RAW)],
)
def test_an_objects_name_tells_its_format(name: str, expected: str) -> None:
    """RAW if it tells none."""
    assert format_of(name) == expected


@pytest.mark.parametrize("stated", [RAW, VHD, QCOW2, VMDK])
def test_of_what_was_not_looked_into_nothing_is_wrong(stated: str) -> None:
    """It needs the smallest disk."""
    check_importable(DiskFile(), stated)

    assert (flaw(DiskFile(), stated), needed_gib(DiskFile(), stated)) == ("", 1)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (oss.packed("disk.raw", b"\0" * 1024), DiskFile(disk_size=1024)),
        (oss.packed("disk.qcow2", oss.qcow2(oss.GIB)), DiskFile(size=512, kind=QCOW2, disk_size=oss.GIB)),
        (oss.packed("disk.raw", b"\0" * 1024)[:20], DiskFile()),
        (b"\x1f\x8b\x08 no gzip".ljust(100), DiskFile()),
        (oss.packed("d" * 200, b"\0" * 1024), DiskFile()),
        (b"", DiskFile()),
    ],
    ids=["raw", "qcow2", "cut", "noise", "a long name", "nothing"],
)
def test_what_is_packed_shows_at_its_beginning(content: bytes, shown: DiskFile) -> None:
    """By what the tar says of the file, and the file of itself; one with a long name says nothing there."""
    assert read_packed(content[:HEAD]) == shown


def test_a_disk_needs_whole_gibibytes() -> None:
    """One byte more takes one more."""
    assert [needed_gib(DiskFile(kind=QCOW2, disk_size=size), QCOW2) for size in (oss.GIB, oss.GIB + 1)] == [
        1,
        2,
    ]
    assert needed_gib(DiskFile(size=3 * oss.GIB), RAW) == 3


def test_a_vhd_is_no_raw_file() -> None:
    """Whatever else it holds, its footer would be taken for a part of the disk."""
    with pytest.raises(ApiError, match="The object is a VHD file, not a RAW one"):
        check_importable(shown(oss.fixed_vhd(4096)), RAW)
