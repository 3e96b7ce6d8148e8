"""What a file says of the disk in it, and whether an image can be made of it.

Read off the formats' own marks: a QCOW2 or VMDK file begins with one, a VHD file ends with a footer, before
which a dynamic one has a header of its own.
"""

import tarfile
import zlib
from dataclasses import dataclass
from typing import Literal

from localyun.spec import errors

RAW, VHD, QCOW2, VMDK = "RAW", "VHD", "QCOW2", "VMDK"
FORMATS = (RAW, VHD, QCOW2, VMDK)
"""What can be imported."""

SUFFIXES = {"raw": RAW, "img": RAW, "vhd": VHD, "qcow2": QCOW2, "vmdk": VMDK}
COMPRESSED = ".tar.gz"
NO_DISKS = ("zip", "7z", "rar", "iso", "ova", "ovf", "vhdx", "txt", "json", "toml")
"""Suffixes of files that aren't disks, or not one that can be imported."""

GIB = 1 << 30
SECTOR = 512
HEAD = 2048
"""How much of a file's beginning is read."""

WITH_GZIP_HEADER = 31

VHD_BLOCK = 2 << 20
"""The only size of the blocks of a dynamic VHD file that can be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFile:
    """What is known of a file. Nothing is of one that wasn't looked into."""

    size: int | None = None
    """In bytes."""
    kind: str = ""
    """The format that it shows, or nothing if it shows none."""
    disk_size: int | None = None
    """The size of the disk in it, in bytes."""
    block_size: int = 0
    """Of a dynamic VHD file, as `most_blocks` is."""
    most_blocks: int = 0


def read(head: bytes, tail: bytes, size: int) -> DiskFile:
    """Say what a file is by its first `HEAD` bytes and its last sector."""
    if head.startswith(b"QFI\xfb"):
        return DiskFile(size=size, kind=QCOW2, disk_size=_number(head, 24, 8, "big"))
    if head.startswith(b"KDMV"):
        return DiskFile(size=size, kind=VMDK, disk_size=SECTOR * _number(head, 12, 8, "little"))
    if head.startswith(b"# Disk DescriptorFile"):
        return DiskFile(size=size, kind=VMDK)
    if not tail.startswith(b"conectix"):
        return DiskFile(size=size)
    disk_size, header = _number(tail, 48, 8, "big"), _number(tail, 16, 8, "big")
    if head[header : header + 8] != b"cxsparse":
        return DiskFile(size=size, kind=VHD, disk_size=disk_size)
    return DiskFile(
        size=size,
        kind=VHD,
        disk_size=disk_size,
        most_blocks=_number(head, header + 28, 4, "big"),
        block_size=_number(head, header + 32, 4, "big"),
    )


def read_packed(head: bytes) -> DiskFile:
    """Say what is packed in a file, by gzip around a tar, as far as its first `HEAD` bytes show it."""
    try:
        content = zlib.decompressobj(WITH_GZIP_HEADER).decompress(head, 4 * HEAD)
        entry = tarfile.TarInfo.frombuf(content[:SECTOR], "utf-8", "replace")
    except (zlib.error, tarfile.HeaderError):
        return DiskFile()
    if not entry.isreg():
        return DiskFile()
    shown = read(content[SECTOR : SECTOR + HEAD], b"", entry.size)
    return shown if shown.kind else DiskFile(disk_size=entry.size)


def _number(content: bytes, start: int, length: int, order: Literal["big", "little"]) -> int:
    return int.from_bytes(content[start : start + length], order)


def format_of(name: str) -> str:
    """The format that an object's name tells, RAW if it tells none."""
    return SUFFIXES.get(name.removesuffix(COMPRESSED).rpartition(".")[2].lower(), RAW)


def check_importable(file: DiskFile, stated: str) -> None:
    """Refuse a file that shows at once that it can't be imported in the stated format.

    Raises `InvalidOSSObject.Size`, `InvalidImageFormat.Malformed`, `InvalidBlockSize.NotSupport`,
    `InvalidVHDImage.IncorrectSize`.
    """
    if file.size == 0:
        raise errors.OSS_OBJECT_EMPTY()
    if file.kind not in ("", stated):
        raise errors.OTHER_FORMAT(f"The object is a {file.kind} file, not a {stated} one.")
    if file.block_size not in (0, VHD_BLOCK):
        raise errors.VHD_BLOCK_SIZE(
            f"The blocks of the VHD file have {file.block_size} bytes, not {VHD_BLOCK}."
        )
    if file.block_size and (file.disk_size or 0) > file.block_size * file.most_blocks:
        raise errors.VHD_SIZE()


def flaw(file: DiskFile, stated: str) -> str:
    """Say why no image comes of a file, which shows only when it is read; nothing if one does."""
    if file.size is None:
        return ""
    if stated == RAW:
        return f"The file doesn't consist of whole sectors of {SECTOR} bytes." if file.size % SECTOR else ""
    if not file.kind:
        return f"The file isn't a {stated} one."
    if stated == VHD and not file.block_size and file.size != (file.disk_size or 0) + SECTOR:
        return "The VHD file is cut off."
    return ""


def needed_gib(file: DiskFile, stated: str) -> int:
    """The smallest disk, in whole GiB, that holds what is in a file; 1 if that isn't known."""
    size = file.size if stated == RAW and file.disk_size is None else file.disk_size
    return max(1, -(-(size or 0) // GIB))
