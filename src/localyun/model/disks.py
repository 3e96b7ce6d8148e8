"""How large and how fast a new disk is, and what one can be put back to."""

from collections.abc import Collection, Iterator, Mapping

from localyun.catalogue import SizeRange
from localyun.clock import Instant
from localyun.model.access import RECEIVED
from localyun.model.image_rules import DATA_DEVICES
from localyun.model.instances import SYSTEM, Disk
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

DEFAULT_SYSTEM_SIZE = 40
DEFAULT_LEVEL = "PL1"
LARGEST_BASIC = 2_000
LARGEST_OF_MBR = 2_048
FIXED_SYSTEMS = frozenset({"FreeBSD", "Windows Server 2003"})
"""The platforms whose system disk keeps its size."""
SMALLEST_BURSTING = 4
"""In GiB."""


def system_disk_size(
    asked: int | None, *, default: int, image: int, smallest: int, largest: int, too_large: ErrorSpec
) -> int:
    """Return a new system disk's size in GiB; 0 counts as not asked, as Packer sends it.

    Raises `InvalidSystemDiskSize.LessThanMinSize` and `.LessThanImageSize`, and `too_large`.
    """
    size = asked or max(default, image)
    if size < smallest:
        raise errors.SYSTEM_DISK_LESS_THAN_MIN()
    if size < image:
        raise errors.SYSTEM_DISK_LESS_THAN_IMAGE()
    if size > largest:
        raise too_large()
    return size


def data_disk_size(asked: int | None, *, snapshot: int, smallest: int, largest: int) -> int:
    """Return a new data disk's size in GiB: as asked, else its snapshot's, which is 0 if there is none.

    Raises `InvalidDataDiskSize.ValueNotSupported`, `InvalidDiskSize.TooSmall`.
    """
    size = asked or snapshot
    if not smallest <= size <= largest:
        raise errors.DATA_DISK_SIZE_NOT_SUPPORTED()
    if size < snapshot:
        raise errors.DISK_LESS_THAN_SNAPSHOT()
    return size


def portable_disk_size(asked: int | None, *, snapshot: int, sizes: SizeRange) -> int:
    """Return in GiB the size of a disk that is made by itself: as asked, else its snapshot's (0: none).

    Basic disks, which end at 2000 GiB, have an error of their own for a snapshot that is larger.

    Raises `InvalidSnapshot.TooLarge`, `InvalidDiskSizeOrCategory`, `InvalidDiskSize.NotSupported`,
    `InvalidDataDiskSize.ValueNotSupported`, `InvalidDiskSize.TooSmall`.
    """
    if sizes.maximum == LARGEST_BASIC < snapshot:
        raise errors.NEW_DISK_SNAPSHOT_TOO_LARGE()
    size = snapshot if asked is None else asked
    if asked is None and size not in sizes:
        raise errors.NEW_DISK_SIZE_OR_CATEGORY()
    if size < sizes.minimum:
        raise errors.NEW_DISK_TOO_SMALL()
    if size > sizes.maximum:
        raise errors.NEW_DISK_TOO_LARGE()
    if size < snapshot:
        raise errors.DISK_LESS_THAN_SNAPSHOT()
    return size


def check_new_size(asked: int, *, old: int, largest: int, too_large: ErrorSpec) -> None:
    """Raise `InvalidDiskSize.TooSmall`, `InvalidDiskSize` or `too_large` unless a disk can grow to a size."""
    if asked < old:
        raise errors.RESIZE_TOO_SMALL()
    if asked == old:
        raise errors.RESIZE_SAME_SIZE()
    if asked > largest:
        raise too_large()


def can_grow_online(old: int, new: int) -> bool:
    """Whether a disk of `old` GiB grows to `new` while it is used: beyond 2 TiB, partitions change."""
    return not old <= LARGEST_OF_MBR < new


def is_being_resized(disk: Disk, now: Instant) -> bool:
    """Whether a disk is growing, which it does without a status of its own."""
    return not disk.phase.settled(now) and disk.phase.during == disk.phase.after


def most_provisioned_iops(size: int) -> int:
    """How many IOPS may be provisioned for a disk beyond those that come with its size in GiB.

    Source: CreateDisk (2025): 1,000 a GiB, at most 50,000, less the 1,800 and 50 a GiB that come with it.
    """
    return max(0, min(50_000, 1_000 * size) - min(50_000, 1_800 + 50 * size))


def performance_level(
    asked: str | None,
    size: int,
    levels: Mapping[str, int],
    *,
    malformed: ErrorSpec = errors.PERFORMANCE_LEVEL_MALFORMED,
    not_match: ErrorSpec = errors.PERFORMANCE_LEVEL_NOT_MATCH,
) -> str:
    """Return a new disk's performance level; `levels` are its category's, with the size each asks for.

    Raises `malformed` for one that there isn't, `not_match` when the disk is too small for it.
    """
    if not levels:
        return ""
    level = asked or DEFAULT_LEVEL
    if level not in levels:
        raise malformed()
    if size < levels[level]:
        raise not_match()
    return level


def free_devices(taken: Collection[str]) -> Iterator[str]:
    """The places for data disks that aren't taken, in order."""
    return (device for device in DATA_DEVICES if device not in taken)


def cannot_be_reset(disk: Disk, *, image_allowed: bool, snapshot_exists: bool) -> ErrorSpec | None:
    """Return why a disk can't be put back to what it was made from, or None if it can.

    `image_allowed` is whether its owner may use its image for that today. A system disk needs the image, and
    so does every disk made from an image that another account shared: that account's snapshot is as much out
    of reach once the share has ended. A data disk needs its snapshot, of which the refusal says whether an
    image brought it along; an empty one needs nothing.
    Source: ReInitDisk (2025) and "Share a custom image": once unshared, no re-initialization.
    """
    received = disk.image_relation in RECEIVED
    if disk.kind == SYSTEM or received:
        if image_allowed:
            return None
        return errors.SHARED_IMAGE_DELETED if received else errors.REINIT_IMAGE_DELETED
    if not disk.snapshot or snapshot_exists:
        return None
    return errors.REINIT_SOURCE_DELETED if disk.image else errors.REINIT_SNAPSHOT_DELETED
