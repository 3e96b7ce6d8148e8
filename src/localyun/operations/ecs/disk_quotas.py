"""How many disks, and how much on them, an account may have."""

from localyun.model import Disk
from localyun.model.instances import DATA
from localyun.operations.context import Context
from localyun.spec import errors

REFUSALS = (
    errors.DISK_QUOTA_PORTABLE,
    errors.DISK_QUOTA_POSTPAID,
    errors.DISK_QUOTA_CAPACITY,
    errors.DISK_QUOTA_ZONE_CAPACITY,
)
"""What `check` raises."""

LARGEST = 65_536
"""What a disk of any category may measure, in GiB."""


def check(ctx: Context, disk: Disk) -> None:
    """Raise one of `REFUSALS` unless there is room for a further disk."""
    count = ctx.tx.count(Disk, owner=disk.owner, region=disk.region)
    most = ctx.limits.portable_disks_per_region
    if count >= most and sum(not one.delete_with_instance for one in _all(ctx, disk)) >= most:
        raise errors.DISK_QUOTA_PORTABLE()
    if count >= ctx.limits.disks_per_region:
        raise errors.DISK_QUOTA_POSTPAID()
    check_growth(ctx, disk, disk.size)


def check_growth(ctx: Context, disk: Disk, more: int) -> None:
    """Raise `QuotaExceeded.PostpaidDataDiskCapacity` or `QuotaExceed.DiskCapacity` unless `more` GiB fit."""
    most = ctx.limits.disk_capacity_per_region
    if _could_exceed(ctx, disk, most):
        used = sum(one.size for one in _all(ctx, disk) if one.kind == DATA)
        if used + more > most:
            raise errors.DISK_QUOTA_CAPACITY()
    check_zone(ctx, disk, more)


def check_zone(ctx: Context, disk: Disk, more: int) -> None:
    """Raise `QuotaExceed.DiskCapacity` unless `more` GiB of the disk's category are left in its zone."""
    most = ctx.limits.disk_capacity_per_zone
    if not _could_exceed(ctx, disk, most):
        return
    place = (disk.category, disk.zone)
    used = sum(one.size for one in _all(ctx, disk) if (one.category, one.zone) == place)
    if used + more > most:
        raise errors.DISK_QUOTA_ZONE_CAPACITY(f"{used} GiB of {most} GiB of {disk.category} are used")


def _could_exceed(ctx: Context, disk: Disk, most: int) -> bool:
    """Whether the account's disks could be that large together; else they needn't be looked at."""
    return (ctx.tx.count(Disk, owner=disk.owner, region=disk.region) + 1) * LARGEST > most


def _all(ctx: Context, disk: Disk) -> list[Disk]:
    return ctx.tx.find(Disk, owner=disk.owner, region=disk.region)
