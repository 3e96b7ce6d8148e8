"""Object storage in a folder: its folders are the buckets, the files in these the objects.

A file `oss.toml` beside the buckets may say more of them, each in a table `[NAME]` of its own.
"""

from pathlib import Path

import msgspec

from localyun.model.disk_files import COMPRESSED, HEAD, SECTOR, DiskFile, read
from localyun.objects.interface import Bucket

ABOUT = "oss.toml"


class FolderError(ValueError):
    """The folder isn't one, or what is written of its buckets can't be read."""


class FolderObjects:
    """The buckets in a folder, looked at anew each time, and what was written of them at the start."""

    def __init__(self, folder: Path) -> None:
        """Take a folder. Raises `FolderError`."""
        if not folder.is_dir():
            raise FolderError(f"{folder} is no folder")
        self._folder = folder.resolve()
        try:
            text = (folder / ABOUT).read_bytes() if (folder / ABOUT).exists() else b""
            self._about = msgspec.toml.decode(text, type=dict[str, Bucket])
        except (OSError, msgspec.DecodeError) as error:
            raise FolderError(f"{folder / ABOUT} can't be read: {error}") from error

    def bucket(self, name: str) -> Bucket | None:
        """Return a bucket with what is written of it, if it has a folder."""
        return self._about.get(name, Bucket()) if (self._folder / name).is_dir() else None

    def file(self, bucket: str, name: str) -> DiskFile | None:
        """Return what an object's file shows. A compressed one isn't unpacked."""
        path = (self._folder / bucket / name).resolve()
        if not path.is_relative_to(self._folder / bucket) or not path.is_file():
            return None
        size = path.stat().st_size
        if size and name.endswith(COMPRESSED):
            return DiskFile()
        with path.open("rb") as file:
            head = file.read(HEAD)
            file.seek(max(0, size - SECTOR))
            return read(head, file.read(SECTOR), size)
