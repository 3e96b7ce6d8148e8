"""A folder as object storage, with disk files of every format, sound and broken."""

import io
import struct
import tarfile
from pathlib import Path

GIB = 1 << 30
MIB = 1 << 20


def qcow2(size: int) -> bytes:
    """The beginning of a QCOW2 file that holds a disk of this size."""
    return struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, size).ljust(512, b"\0")


def vmdk(size: int) -> bytes:
    """The beginning of a VMDK file that holds a disk of this size."""
    return struct.pack("<4sIIQ", b"KDMV", 1, 0, size // 512).ljust(512, b"\0")


def _footer(size: int, header_at: int) -> bytes:
    start = struct.pack(">8sIIQI4sI4s", b"conectix", 2, 0x10000, header_at, 0, b"test", 0, b"Wi2k")
    return (start + struct.pack(">QQ", size, size)).ljust(512, b"\0")


def fixed_vhd(size: int) -> bytes:
    """A whole fixed VHD file."""
    return b"\0" * size + _footer(size, 0xFFFFFFFFFFFFFFFF)


def dynamic_vhd(size: int, *, block: int = 2 * MIB, blocks: int | None = None) -> bytes:
    """A dynamic VHD file whose blocks are all empty."""
    most = -(-size // block) if blocks is None else blocks
    header = struct.pack(">8sQQIII", b"cxsparse", 0xFFFFFFFFFFFFFFFF, 1536, 0x10000, most, block)
    footer = _footer(size, 512)
    return footer + header.ljust(1024, b"\0") + footer


def packed(name: str, content: bytes, *, format: int = tarfile.GNU_FORMAT) -> bytes:
    """A tar through gzip with one file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", format=format) as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


FILES = {
    "good.qcow2": qcow2(30 * GIB),
    "small.qcow2": qcow2(MIB),
    "good.vhd": dynamic_vhd(25 * GIB),
    "fixed.vhd": fixed_vhd(4096),
    "good.vmdk": vmdk(21 * GIB),
    "good.raw": b"\0" * 1024,
    "old.raw": b"\0" * 512,
    "packed.raw.tar.gz": b"\x1f\x8b",
    "empty.raw": b"",
    "odd.raw": b"\0" * 1000,
    "noise.qcow2": b"noise" * 200,
    "cut.vhd": b"\0" * 512 + fixed_vhd(4096)[2048:],
    "blocks.vhd": dynamic_vhd(GIB, block=MIB),
    "table.vhd": dynamic_vhd(GIB, blocks=3),
    "deep/folder/good.raw": b"\0" * 512,
}

ABOUT = """
[images]
archived = ["old*"]

[elsewhere]
region = "cn-beijing"

[secret]
encrypted = true

[private]
accounts = ["1"]

[busy]
flow_limited = true

[archive]
storage_class = "ColdArchive"
"""

BUCKETS = ("images", "elsewhere", "secret", "private", "busy", "archive")


def fill(folder: Path) -> Path:
    """Make the buckets in a folder, and return it."""
    for bucket in BUCKETS:
        for name, content in FILES.items() if bucket == "images" else {"good.raw": b"\0" * 512}.items():
            file = folder / bucket / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    (folder / "outside.raw").write_bytes(b"\0" * 512)
    (folder / "oss.toml").write_text(ABOUT)
    return folder
