"""What a QCOW2 file of ours says of itself, read off its header: no process, no lock."""

import struct
from dataclasses import dataclass
from pathlib import Path

_HEADER = struct.Struct(">4sIQIIQI")
_MAGIC = b"QFI\xfb"


class NotADisk(Exception):
    """A file that should be a QCOW2 one isn't."""


@dataclass(frozen=True, slots=True)
class Header:
    """How large the disk is, in bytes, whether it is encrypted, and what file it lies on."""

    size: int
    encrypted: bool
    backing: str = ""


def header(path: Path) -> Header:
    """Read a file's header. Raises `NotADisk`, or `OSError`."""
    with path.open("rb") as file:
        start = file.read(_HEADER.size)
        if len(start) < _HEADER.size or not start.startswith(_MAGIC):
            raise NotADisk(f"{path} is no QCOW2 file")
        _, _, offset, length, _, size, method = _HEADER.unpack(start)
        file.seek(offset)
        backing = file.read(length).decode() if offset else ""
    return Header(size=size, encrypted=method != 0, backing=backing)


def chain(path: Path) -> tuple[Path, ...]:
    """Return a file and those that it lies on, the topmost first. Raises as `header` does."""
    layers = [path]
    while backing := header(layers[-1]).backing:
        layers.append((layers[-1].parent / backing).resolve())
    return tuple(layers)
