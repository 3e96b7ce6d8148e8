"""Disk files, sound and hostile, and what has to be installed to read them."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

needs_qemu_img = pytest.mark.skipif(
    shutil.which("qemu-img") is None, reason="qemu-img isn't installed: apt install qemu-utils"
)

MIB = 1 << 20
GIB = 1 << 30
CONTENT = b"what is on the disk".ljust(70_000, b".") + bytes(5 * MIB) + b"and at its end".rjust(4096)
DISK = CONTENT.ljust(8 * MIB, b"\0")
"""A disk with something at its beginning, a hole, and something more."""


def qemu_img(*words: object) -> str:
    """Run the program as anybody would, and return what it prints."""
    done = subprocess.run(["qemu-img", *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout


def raw(folder: Path, content: bytes = DISK) -> Path:
    """Write a RAW file."""
    path = folder / "disk.raw"
    path.write_bytes(content)
    return path


def made(folder: Path, driver: str, *options: str) -> Path:
    """Make a file of `DISK` in another format."""
    path = folder / f"disk.{driver}"
    qemu_img("convert", "-f", "raw", "-O", driver, *options, raw(folder), path)
    return path


def content(path: Path, driver: str = "qcow2") -> bytes:
    """What is on the disk in a file."""
    plain = path.with_suffix(".plain")
    qemu_img("convert", "-f", driver, "-O", "raw", path, plain)
    return plain.read_bytes()


def qcow2_header(
    *, size: int = GIB, backing: int = 0, cipher: int = 0, features: int = 0, table: int = 0
) -> bytes:
    """The header of a QCOW2 file, with tables right behind it unless `table` says where."""
    head = struct.pack(
        ">4sIQIIQIIQQIIQQQQII",
        b"QFI\xfb", 3, backing, 11, 16, size, cipher, 2, table or 512, 1024, 1, 0, 0, features, 0, 0, 4, 104,
    )  # fmt: skip
    return head.ljust(512, b"\0") + bytes(65536)


def vmdk_file(descriptor: str, *, capacity: int = 2048) -> bytes:
    """A VMDK file with this descriptor, and without any data."""
    head = struct.pack("<4sIIQQQQIQQQ", b"KDMV", 1, 3, capacity, 128, 1, 20, 512, 21, 26, 128)
    return head.ljust(512, b"\0") + descriptor.encode().ljust(20 * 512, b"\0") + bytes(128 * 512)
