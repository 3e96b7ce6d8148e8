"""Object storage that isn't there: whatever is asked for exists, and nothing is known of it."""

from pathlib import Path
from typing import NoReturn

from localyun.model.disk_files import DiskFile
from localyun.objects.interface import Bucket, Heard, ObjectsUnavailable


class ImaginedObjects:
    """Every bucket and every object."""

    has_content = False

    def bucket(self, name: str) -> Bucket:
        """Return a bucket like any other."""
        return Bucket()

    def make_bucket(self, name: str) -> None:
        """Make nothing, since it is there."""

    def file(self, bucket: str, name: str) -> DiskFile:
        """Return a file that may hold anything."""
        return DiskFile()

    def local(self, bucket: str, name: str, scratch: Path, heard: Heard) -> NoReturn:
        """Have nothing to read."""
        raise ObjectsUnavailable("There is no object storage: name one with localyun serve --oss.")

    def keep(self, bucket: str, name: str, source: Path, heard: Heard) -> None:
        """Keep nothing, since whatever is asked for exists."""
