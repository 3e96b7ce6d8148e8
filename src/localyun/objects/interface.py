"""What the operations ask of object storage."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from localyun.model.disk_files import DiskFile

ARCHIVES = ("Archive", "ColdArchive", "DeepColdArchive")
"""The storage classes whose objects can't be read until they are restored."""


Heard = Callable[[int], None]
"""Told again and again how many bytes are done; what it raises ends the transfer and is passed on."""


class ObjectsUnavailable(Exception):
    """Object storage doesn't answer, or can't do what it is asked; says why, in a sentence."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a bucket; one of which nothing is said is everybody's and everywhere."""

    region: str = ""
    storage_class: Literal["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"] = "Standard"
    encrypted: bool = False
    accounts: tuple[str, ...] | None = None
    """The accounts that may use it."""
    flow_limited: bool = False
    """Whether it is read so much that no more can be."""
    archived: tuple[str, ...] = ()
    """Objects that are archived, though the bucket isn't: names, in which `*` stands for anything."""

    def is_archived(self, name: str) -> bool:
        """Whether an object has to be restored before it can be read or replaced."""
        return self.storage_class in ARCHIVES or any(fnmatchcase(name, one) for one in self.archived)


class Objects(Protocol):
    """The buckets that there are, and the objects in them."""

    @property
    def has_content(self) -> bool:
        """Whether there is anything in objects, so that what is to be imported has to be put there."""

    def bucket(self, name: str) -> Bucket | None:
        """Return a bucket, or None if there is none of this name."""

    def make_bucket(self, name: str) -> None:
        """Make a bucket, unless it is there. Raises `ObjectsUnavailable` where only others can."""

    def file(self, bucket: str, name: str) -> DiskFile | None:
        """Return what is known of an object of a bucket, or None if there is none of this name."""

    def local(self, bucket: str, name: str, scratch: Path, heard: Heard) -> Path:
        """Return a file with what is in an object, to be read only: its own, or a copy in `scratch`.

        Raises `ObjectsUnavailable`.
        """

    def keep(self, bucket: str, name: str, source: Path, heard: Heard) -> None:
        """Make an object of a file, in place of the one that had its name: as a whole, or not at all.

        Raises `ObjectsUnavailable`.
        """
