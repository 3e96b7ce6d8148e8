"""Packed files: what is in them, and what is refused before it fills the disk or the memory."""

import gzip
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from localyun.compute.qemu.headers import Refused
from localyun.compute.qemu.packed import is_packed, pack, unpack
from tests.compute.qemu.files import DISK, MIB


def tar(
    *entries: tuple[str, bytes], format: int = tarfile.PAX_FORMAT, kind: bytes = tarfile.REGTYPE
) -> bytes:
    """A packed tar of these entries."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=format) as archive:
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type = len(content), kind
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def unpacked(packed: bytes, folder: Path, *, largest: int = 64 * MIB, most_data: int = 64 * MIB) -> bytes:
    """What is in a packed file."""
    told: list[int] = []
    target = folder / "unpacked"
    unpack(io.BytesIO(packed), target, largest=largest, most_data=most_data, heard=told.append)
    assert told == sorted(told)
    assert told[-1] == len(packed)
    return target.read_bytes()


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(DISK),
        gzip.compress(DISK[:MIB]) + gzip.compress(DISK[MIB:]) + bytes(64),
        tar(("disk.raw", DISK)),
        tar(("a" * 200 + ".raw", DISK)),
        tar(("a" * 200 + ".raw", DISK), format=tarfile.GNU_FORMAT),
    ],
    ids=["plain", "in two", "in a tar", "by a long name", "by a long name of GNU's"],
)
def test_what_is_packed_is_found(packed: bytes, tmp_path: Path) -> None:
    """By gzip alone, in one piece or several, or in a tar around one file."""
    assert is_packed(io.BytesIO(packed))
    assert unpacked(packed, tmp_path) == DISK


def test_zeros_take_no_room(tmp_path: Path) -> None:
    """They become holes."""
    unpacked(gzip.compress(bytes(32 * MIB) + b"end"), tmp_path)

    assert (tmp_path / "unpacked").stat().st_blocks * 512 <= 2 * MIB


@pytest.mark.parametrize(
    ("packed", "sentence"),
    [
        (gzip.compress(DISK)[:-20_000], "The file is cut off."),
        (gzip.compress(DISK)[:-4], "The file is cut off."),
        (tar(("disk.raw", DISK))[:-100], "The file is cut off."),
        (b"\x1f\x8b" + bytes(100), "The file can't be unpacked: it isn't sound gzip."),
        (tar(("a", DISK), ("b", DISK)), "The archive holds more than one file."),
        (tar(("/etc/shadow", b""), kind=tarfile.SYMTYPE), "The archive doesn't begin with a plain file."),
        (gzip.compress(bytes(65 * MIB)), f"The file unpacks to more than {64 * MIB} bytes."),
        (gzip.compress(b"x" * 9 * MIB), "The file unpacks to far more than it has."),
    ],
    ids=["cut", "cut at its end", "cut tar", "noise", "two files", "a link", "large", "full"],
)
def test_another_is_refused(packed: bytes, sentence: str, tmp_path: Path) -> None:
    """What isn't sound, what isn't one file, and what grows too much."""
    with pytest.raises(Refused) as refusal:
        unpacked(packed, tmp_path, most_data=8 * MIB)

    assert str(refusal.value) == sentence


def test_an_endless_header_is_not_read(tmp_path: Path) -> None:
    """An extended header of a tar that claims to have many GiB is refused by its size."""
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, 8 << 30

    with pytest.raises(Refused, match="doesn't begin with a plain file"):
        unpacked(gzip.compress(head.tobuf(tarfile.GNU_FORMAT) + bytes(MIB)), tmp_path)


def test_what_we_pack_others_unpack(tmp_path: Path) -> None:
    """`tar` finds the file and what is in it, though each piece of zeros is packed once only."""
    (tmp_path / "made").write_bytes(DISK)
    told: list[int] = []
    pack(tmp_path / "made", "disk.raw", tmp_path / "packed.tar.gz", told.append)

    found = subprocess.run(
        ["tar", "-xzO", "-f", tmp_path / "packed.tar.gz", "disk.raw"], capture_output=True, check=True
    )
    assert (found.stdout == DISK, found.stderr) == (True, b"")
    assert unpacked((tmp_path / "packed.tar.gz").read_bytes(), tmp_path) == DISK
    assert told == [n * MIB for n in range(1, 9)]
