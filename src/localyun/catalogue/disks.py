"""Categories of disk, and how large a disk of each may be."""

from functools import cache

import msgspec

from localyun.catalogue.files import DataFile, Entry, read


class SizeRange(Entry, frozen=True, kw_only=True):
    """Sizes in GiB, both ends included: `size in category.data`."""

    minimum: int
    maximum: int

    def __contains__(self, size: int) -> bool:
        """Whether a disk may have that size."""
        return self.minimum <= size <= self.maximum


NO_SIZES = SizeRange(minimum=1, maximum=0)
"""What a disk may have of a category that there is none of."""


class DiskCategory(Entry, frozen=True, kw_only=True):
    """A category of disk. `performance_levels` has the smallest size, in GiB, that each level asks for.

    One whose `system` has no sizes is for data disks only.
    """

    id: str
    data: SizeRange
    system: SizeRange = NO_SIZES
    encryption: bool = True
    """Whether a disk can be encrypted."""
    performance_levels: dict[str, int] = msgspec.field(default_factory=dict)
    bursting: bool = False
    """Whether its disks can burst, and have more IOPS provisioned than come with their size."""
    multi_attach: bool = False
    """Whether several instances can share a disk."""
    flash: bool = False
    """Whether a disk can be made of a local snapshot."""
    resize_online: bool = True
    """Whether a disk can grow while it is used."""
    regional: bool = False
    """Whether a disk is in all zones of its region."""
    ephemeral: bool = False
    """Whether a disk comes and goes with its instance, and nothing can be done with it meanwhile."""
    families: tuple[str, ...] = ()
    """The only instance families that take it; empty if all do."""

    @property
    def for_system(self) -> bool:
        """Whether system disks can be of it."""
        return self.system != NO_SIZES

    def fits(self, family: str) -> bool:
        """Whether instances of a family can have such disks."""
        return not self.families or family in self.families


class _Categories(DataFile, frozen=True, kw_only=True):
    categories: tuple[DiskCategory, ...]


@cache
def disk_categories() -> tuple[DiskCategory, ...]:
    """Every category of disk."""
    return read("disk_categories.json", _Categories).categories


def disk_category(category_id: str) -> DiskCategory | None:
    """The category of that id."""
    return _disk_categories_by_id().get(category_id)


@cache
def _disk_categories_by_id() -> dict[str, DiskCategory]:
    return {entry.id: entry for entry in disk_categories()}
