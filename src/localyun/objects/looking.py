"""Looking into an object: at its beginning and its end, wherever it is."""

from collections.abc import Callable

from localyun.model.disk_files import COMPRESSED, HEAD, SECTOR, DiskFile, read, read_packed

Part = Callable[[int, int], bytes]
"""Reads so many bytes from a place on."""


def look(name: str, size: int, part: Part) -> DiskFile:
    """Say what an object is; of a packed one, which is not unpacked, as far as its beginning shows it."""
    head = part(0, HEAD)
    if size and name.endswith(COMPRESSED):
        return read_packed(head)
    return read(head, part(max(0, size - SECTOR), min(size, SECTOR)), size)
