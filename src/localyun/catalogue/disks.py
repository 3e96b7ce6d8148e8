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


class DiskCategory(Entry, frozen=True, kw_only=True):
    """A category of disk. `performance_levels` has the smallest size, in GiB, that each level asks for."""

    id: str
    system: SizeRange
    data: SizeRange
    performance_levels: dict[str, int] = msgspec.field(default_factory=dict)


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
