"""What a disk file says of itself, checked before any program of QEMU's reads it.

Refused is whatever would make that program look beyond the file: a backing file, a parent, data in another
file, extents of other files; and what can't be true, such as tables outside the file.
"""

import re
import struct
from collections.abc import Callable
from typing import BinaryIO

from localyun.model.disk_files import GIB, QCOW2, RAW, SECTOR, VHD, VMDK


class Refused(ValueError):
    """No disk is made of a file; says why, in a sentence."""


DIRTY, CORRUPT, EXTERNAL_DATA, COMPRESSION, EXTENDED_L2 = 1, 2, 4, 8, 16
"""The features of QCOW2 that a reader has to know."""
LARGEST_L1 = 32 << 20
"""In bytes, as QEMU has it."""

VHD_FIXED, VHD_DYNAMIC = 2, 3
VHD_FOOTER = b"conectix"

VMDK_MARK = b"KDMV"
VMDK_PARENT_AT, VMDK_PARENT_WITHIN = SECTOR, 20 * SECTOR
"""Where QEMU looks for the name of a parent, wherever else the descriptor may be."""
LARGEST_DESCRIPTOR = 128 << 10
VMDK_KINDS = ("monolithicSparse", "streamOptimized")
VMDK_AT_END = 0xFFFFFFFFFFFFFFFF
VMDK_FOOTER = 3 * SECTOR
"""How far from the end of a stream the copy of its header is that counts."""


def check(file: BinaryIO, stated: str, largest: int) -> int:
    """Return the size of the disk in a file, in bytes, or refuse one of more than `largest`, or unsound."""
    size = file.seek(0, 2)
    disk = _CHECKS[stated](file, size)
    if disk == 0:
        raise Refused("The disk in the file is empty.")
    if disk > largest:
        raise Refused(f"The disk in the file has {_in_gib(disk)} GiB, and {_in_gib(largest)} are allowed.")
    return disk


def _in_gib(size: int) -> str:
    return f"{size / GIB:.1f}".removesuffix(".0")


def _raw(file: BinaryIO, size: int) -> int:
    if size % SECTOR:
        raise Refused(f"The file doesn't consist of whole sectors of {SECTOR} bytes.")
    return size


def _qcow2(file: BinaryIO, size: int) -> int:
    head = _read(file, 0, 104)
    magic, version, backing, _, cluster_bits, disk, cipher, entries, table = struct.unpack_from(
        ">4sIQIIQIIQ", head
    )
    if magic != b"QFI\xfb" or version not in (2, 3):
        raise Refused("The file isn't a QCOW2 one of version 2 or 3.")
    features = struct.unpack_from(">Q", head, 72)[0] if version == 3 else 0
    if backing:
        raise Refused("The QCOW2 file names a backing file.")
    if features & EXTERNAL_DATA:
        raise Refused("The QCOW2 file keeps its data in another file.")
    if cipher:
        raise Refused("The QCOW2 file is encrypted.")
    if features & CORRUPT:
        raise Refused("The QCOW2 file is marked as corrupt.")
    if features & ~(DIRTY | CORRUPT | EXTERNAL_DATA | COMPRESSION | EXTENDED_L2):
        raise Refused("The QCOW2 file has features that aren't known.")
    if not 9 <= cluster_bits <= 21:
        raise Refused("The QCOW2 file has clusters of a size that there isn't.")
    if entries * 8 > LARGEST_L1 or table + entries * 8 > size:
        raise Refused("The QCOW2 file's tables are outside the file.")
    return int(disk)


def _vhd(file: BinaryIO, size: int) -> int:
    if size < 2 * SECTOR:
        raise Refused("The file isn't a VHD one.")
    first, last = _read(file, 0, SECTOR), _read(file, size - SECTOR, SECTOR)
    footers = [found for found in (first, last) if found.startswith(VHD_FOOTER)]
    if not footers:
        raise Refused("The file isn't a VHD one.")
    disks = {struct.unpack_from(">Q", footer, 48)[0] for footer in footers}
    kinds = {struct.unpack_from(">I", footer, 60)[0] for footer in footers}
    if len(disks) > 1 or len(kinds) > 1:
        raise Refused("The VHD file begins and ends with different words on the disk in it.")
    (kind,), (disk,) = kinds, disks
    if kind not in (VHD_FIXED, VHD_DYNAMIC):
        raise Refused("The VHD file isn't a disk of its own: it is neither fixed nor dynamic.")
    if kind == VHD_FIXED and size != disk + SECTOR:
        raise Refused("The VHD file is cut off.")
    if kind == VHD_DYNAMIC and len(footers) < 2:
        raise Refused("The VHD file is cut off.")
    return int(disk)


def _vmdk(file: BinaryIO, size: int) -> int:
    head = _read(file, 0, SECTOR)
    if not head.startswith(VMDK_MARK):
        raise Refused("The file isn't a VMDK one that holds a disk: of several files none can be imported.")
    capacity, _, offset, length = struct.unpack_from("<QQQQ", head, 12)
    if struct.unpack_from("<Q", head, 56)[0] == VMDK_AT_END:
        footer = _read(file, size - VMDK_FOOTER + SECTOR, SECTOR)
        if footer[:4] != VMDK_MARK or struct.unpack_from("<Q", footer, 12)[0] != capacity:
            raise Refused("The VMDK file is cut off.")
    if not capacity or not offset or length * SECTOR > LARGEST_DESCRIPTOR:
        raise Refused("The VMDK file has no descriptor of its own.")
    _check_descriptor(_read(file, offset * SECTOR, length * SECTOR))
    if b"parentFileNameHint" in _read(file, VMDK_PARENT_AT, VMDK_PARENT_WITHIN, short=True):
        raise Refused("The VMDK file names a parent.")
    return int(capacity) * SECTOR


def _check_descriptor(content: bytes) -> None:
    """Refuse a descriptor of anything but one file which is the one that it is in."""
    text = content.rstrip(b"\0").decode(errors="replace")
    if "parentFileNameHint" in text or re.search(r"^parentCID\s*=\s*(?!ffffffff)", text, re.M | re.I):
        raise Refused("The VMDK file names a parent.")
    kind = re.search(r'^createType\s*=\s*"([^"]*)"', text, re.M)
    if kind is None or kind[1] not in VMDK_KINDS:
        raise Refused(f"The VMDK file isn't {' or '.join(VMDK_KINDS)}.")
    if len(re.findall(r"^(?:RW|RDONLY|NOACCESS)\s", text, re.M)) != 1:
        raise Refused("The VMDK file consists of several files.")


def _read(file: BinaryIO, start: int, length: int, *, short: bool = False) -> bytes:
    file.seek(max(0, start))
    content = file.read(length)
    if len(content) < length and not short:
        raise Refused("The file is cut off.")
    return content


_CHECKS: dict[str, Callable[[BinaryIO, int], int]] = {RAW: _raw, QCOW2: _qcow2, VHD: _vhd, VMDK: _vmdk}
