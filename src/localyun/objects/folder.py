"""Object storage in a folder: its folders are the buckets, the files in these the objects.

A file `oss.toml` beside the buckets may say more of them, each in a table `[NAME]` of its own.
"""

import os
import tempfile
from pathlib import Path

import msgspec

from localyun.files import PART, settled
from localyun.model.disk_files import DiskFile
from localyun.objects.interface import Bucket, Heard, ObjectsUnavailable
from localyun.objects.looking import look

ABOUT = "oss.toml"
CHUNK = 1 << 20
ZEROS = bytes(CHUNK)
"""What is left out of a file, as a hole."""


class FolderError(ValueError):
    """The folder isn't one, or what is written of its buckets can't be read."""


class FolderObjects:
    """The buckets in a folder, looked at anew each time, and what was written of them at the start."""

    has_content = True

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

    def make_bucket(self, name: str) -> None:
        """Make its folder."""
        (self._folder / name).mkdir(exist_ok=True)

    def file(self, bucket: str, name: str) -> DiskFile | None:
        """Return what an object's file shows."""
        path = self._path(bucket, name)
        if path is None or not path.is_file():
            return None
        with path.open("rb") as file:

            def part(start: int, length: int) -> bytes:
                file.seek(start)
                return file.read(length)

            return look(name, path.stat().st_size, part)

    def local(self, bucket: str, name: str, scratch: Path, heard: Heard) -> Path:
        """Return the object's own file."""
        path = self._path(bucket, name)
        if path is None or not path.is_file():
            raise ObjectsUnavailable(f"The object {name} isn't there any more.")
        return path

    def keep(self, bucket: str, name: str, source: Path, heard: Heard) -> None:
        """Copy a file to where the object's is, whose folder is made if need be."""
        path = self._path(bucket, name)
        if path is None or not (self._folder / bucket).is_dir():
            raise ObjectsUnavailable(f"There is no place for the object {name} in the bucket {bucket}.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, path, heard)
        except OSError as error:
            raise ObjectsUnavailable(f"The object {name} can't be written: {error}.") from error

    def _path(self, bucket: str, name: str) -> Path | None:
        """Where an object's file would be, unless that is outside the bucket's folder."""
        path = (self._folder / bucket / name).resolve()
        return path if path.is_relative_to(self._folder / bucket) else None


def _copy(source: Path, target: Path, heard: Heard) -> None:
    """Copy a file, which appears as a whole and on the medium; what isn't finished begins with a dot."""
    descriptor, unfinished = tempfile.mkstemp(PART, f".{target.name}.", target.parent)
    try:
        with source.open("rb") as read, os.fdopen(descriptor, "wb") as written:
            while chunk := read.read(CHUNK):
                written.seek(len(chunk), os.SEEK_CUR) if chunk == ZEROS else written.write(chunk)
                heard(read.tell())
            written.truncate(read.tell())
            os.fchmod(written.fileno(), 0o644)
        settled(Path(unfinished), target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
