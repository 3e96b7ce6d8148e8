"""Object storage that isn't there: whatever is asked for exists, and nothing is known of it."""

from localyun.model.disk_files import DiskFile
from localyun.objects.interface import Bucket


class ImaginedObjects:
    """Every bucket and every object."""

    def bucket(self, name: str) -> Bucket:
        """Return a bucket like any other."""
        return Bucket()

    def file(self, bucket: str, name: str) -> DiskFile:
        """Return a file that may hold anything."""
        return DiskFile()
