"""Disk files in and out, hostile ones among them."""

import errno
import gzip
import os
import struct
from pathlib import Path

import pytest

from localyun.compute.qemu import conversion, headers, sandbox
from localyun.compute.qemu.conversion import Bounds, Refused, convert, export
from localyun.model.disk_files import QCOW2, RAW, VHD, VMDK
from tests.compute.qemu.files import (
    DISK,
    GIB,
    MIB,
    content,
    made,
    needs_qemu_img,
    qcow2_header,
    qemu_img,
    raw,
)

pytestmark = needs_qemu_img
NO_BOUNDS = Bounds()


@pytest.mark.parametrize(
    ("stated", "driver", "options"),
    [
        (QCOW2, "qcow2", ()),
        (QCOW2, "qcow2", ("-c",)),
        (QCOW2, "qcow2", ("-o", "compat=0.10")),
        (VHD, "vpc", ("-o", "force_size=on")),
        (VHD, "vpc", ("-o", "subformat=fixed,force_size=on")),
        (VMDK, "vmdk", ()),
        (VMDK, "vmdk", ("-o", "subformat=streamOptimized")),
    ],
)
def test_each_format_is_read(stated: str, driver: str, options: tuple[str, ...], tmp_path: Path) -> None:
    """What was on the disk is on it then, and nothing is left beside."""
    source, target = made(tmp_path, driver, *options), tmp_path / "target" / "disk.qcow2"
    target.parent.mkdir()
    told: list[int] = []

    done = convert(source, stated, target, progress=told.append)

    assert (done.virtual_size, done.file_size) == (len(DISK), target.stat().st_size)
    assert list(target.parent.iterdir()) == [target]
    assert content(target) == DISK
    assert told == sorted(set(told))
    assert told[-1] == 100


@pytest.mark.parametrize("packed", [False, True])
def test_raw_is_read(packed: bool, tmp_path: Path) -> None:
    """As it is, or packed."""
    source = raw(tmp_path, gzip.compress(DISK) if packed else DISK)

    assert convert(source, RAW, tmp_path / "target").virtual_size == len(DISK)
    assert content(tmp_path / "target") == DISK


@pytest.mark.parametrize(
    ("wanted", "driver"),
    [("raw", "raw"), ("vhd", "vpc"), ("qcow2", "qcow2"), ("vmdk", "vmdk"), ("vdi", "vdi")],
)
def test_each_format_is_written(wanted: str, driver: str, tmp_path: Path) -> None:
    """With what the backing file holds, and a size that others read as we do."""
    base = made(tmp_path, "qcow2")
    overlay = tmp_path / "overlay.qcow2"
    qemu_img("create", "-f", "qcow2", "-b", base.name, "-F", "qcow2", overlay)

    done = export(overlay, wanted, tmp_path / "exported")

    assert done.virtual_size == len(DISK)
    assert content(tmp_path / "exported", driver) == DISK


@pytest.mark.parametrize(
    ("wanted", "name", "stated"),
    [
        ("raw", "a.raw.tar.gz", RAW),
        ("raw", "a.raw", RAW),
        ("vhd", "a.vhd", VHD),
        ("qcow2", "a.qcow2", QCOW2),
        ("vmdk", "a.vmdk", VMDK),
    ],
)
def test_what_is_exported_is_imported(wanted: str, name: str, stated: str, tmp_path: Path) -> None:
    """There and back again."""
    told: list[int] = []
    export(made(tmp_path, "qcow2"), wanted, tmp_path / name, progress=told.append)
    assert (told == sorted(set(told)), told[-1]) == (True, 100)

    assert convert(tmp_path / name, stated, tmp_path / "back").virtual_size == len(DISK)
    assert content(tmp_path / "back") == DISK


def refused(source: Path, stated: str, *, bounds: Bounds = NO_BOUNDS) -> str:
    """Why a file is refused, which leaves nothing behind."""
    before = sorted(source.parent.iterdir())
    with pytest.raises(Refused) as refusal:
        convert(source, stated, source.parent / "target", bounds=bounds)
    assert sorted(source.parent.iterdir()) == before
    return str(refusal.value)


def test_a_backing_file_is_refused(tmp_path: Path) -> None:
    """What `/etc/shadow` holds doesn't become an image."""
    source = tmp_path / "disk.qcow2"
    qemu_img("create", "-u", "-f", "qcow2", "-b", "/etc/shadow", "-F", "raw", source, "1M")

    assert refused(source, QCOW2) == "The QCOW2 file names a backing file."


def test_data_in_another_file_is_refused(tmp_path: Path) -> None:
    """Nor what an external data file holds."""
    source = tmp_path / "disk.qcow2"
    qemu_img("create", "-f", "qcow2", "-o", f"data_file={tmp_path / 'data'},data_file_raw=on", source, "1M")

    assert refused(source, QCOW2) == "The QCOW2 file keeps its data in another file."


@pytest.mark.skipif(not sandbox.protections().files, reason="the kernel has no Landlock")
def test_past_the_checks_the_sandbox_keeps_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a backing file overlooked, it couldn't be opened all the same, not even by root."""
    secret, source = tmp_path / "secret", tmp_path / "disk.qcow2"
    secret.write_bytes(b"x" * MIB)
    qemu_img("create", "-f", "qcow2", "-b", secret, "-F", "raw", source)
    monkeypatch.setitem(headers._CHECKS, QCOW2, lambda file, size: MIB)

    assert refused(source, QCOW2).endswith(f"Could not open '{secret}': Permission denied.")


def test_a_crafted_header_is_refused(tmp_path: Path) -> None:
    """Tables that can't be true are noticed, by us or in the sandbox."""
    source = tmp_path / "disk.qcow2"
    source.write_bytes(qcow2_header(size=GIB, table=1 << 40))
    assert refused(source, QCOW2) == "The QCOW2 file's tables are outside the file."

    source.write_bytes(qcow2_header(size=GIB, table=1023))
    assert refused(source, QCOW2).startswith("The file can't be read: ")


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    """The stated format counts, not what a file may look like."""
    assert refused(made(tmp_path, "vmdk"), QCOW2) == "The file isn't a QCOW2 one of version 2 or 3."


def bomb(folder: Path, clusters: int) -> Path:
    """A small QCOW2 file each of whose clusters is the same one of 64 KiB of data."""
    source = folder / "bomb.qcow2"
    qemu_img("create", "-f", "qcow2", source, f"{clusters * 64}K")
    qemu_img("bench", "-f", "qcow2", "-w", "-c", 1, "-s", 65536, "--pattern", 7, source)
    found = bytearray(source.read_bytes())
    table = struct.unpack_from(">Q", found, 40)[0]
    level2 = struct.unpack_from(">Q", found, table)[0] & ((1 << 56) - 512)
    entry = found[level2 : level2 + 8]
    found[level2 : level2 + 65536] = entry * 8192
    for n in range(-(-clusters // 8192)):
        struct.pack_into(">Q", found, table + 8 * n, level2 | 1 << 63)
    source.write_bytes(found)
    return source


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that would become a large one, with the same data everywhere."""
    monkeypatch.setattr(conversion, "DATA_FOR_ALL", 16 * MIB)
    monkeypatch.setattr(conversion, "DATA_PER_BYTE", 10)

    assert refused(bomb(tmp_path, 8192), QCOW2) == "The file unpacks to far more than it has."


def test_a_huge_disk_is_refused(tmp_path: Path) -> None:
    """However small its file is."""
    source = tmp_path / "disk.qcow2"
    qemu_img("create", "-f", "qcow2", source, "3T")

    assert refused(source, QCOW2) == "The disk in the file has 3072 GiB, and 2048 are allowed."


def test_what_takes_too_long_is_refused(tmp_path: Path) -> None:
    """By the clock."""
    assert refused(raw(tmp_path), RAW, bounds=Bounds(seconds=0.001)).startswith(
        "Reading the file takes longer"
    )


def test_whoever_watches_can_end_it(tmp_path: Path) -> None:
    """What the progress raises comes through, and nothing is left behind."""

    def stop(percent: int) -> None:
        raise KeyError(percent)

    with pytest.raises(KeyError):
        convert(raw(tmp_path), RAW, tmp_path / "target", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["disk.raw"]


def test_a_full_medium_is_nobodys_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It isn't the file that is refused then."""
    full = sandbox.Ended(1, "qemu-img: error while writing: No space left on device\n")
    monkeypatch.setattr(conversion, "run", lambda *words, **more: full)

    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        convert(raw(tmp_path), RAW, tmp_path / "target")
