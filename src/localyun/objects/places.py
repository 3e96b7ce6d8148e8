"""Where object storage is, by what an operator says."""

from pathlib import Path

from localyun.objects.folder import FolderError, FolderObjects
from localyun.objects.imagined import ImaginedObjects
from localyun.objects.interface import Objects


class PlaceError(ValueError):
    """There is no object storage at a place; says why."""


def objects_at(place: str) -> Objects:
    """Return the object storage in a folder or at an address, or an imagined one. Raises `PlaceError`."""
    if not place:
        return ImaginedObjects()
    if place.partition("://")[0] not in ("s3", "s3+http"):
        try:
            return FolderObjects(Path(place))
        except FolderError as error:
            raise PlaceError(str(error)) from error
    try:
        from localyun.objects.s3 import AddressError, S3Objects
    except ImportError as error:
        raise PlaceError("S3 needs a library: pip install 'localyun[s3]'") from error
    try:
        return S3Objects(place)
    except AddressError as error:
        raise PlaceError(str(error)) from error
