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


def check(ctx: Context, category: str, zone: str, size: int) -> None:
    """Raise one of `REFUSALS` unless there is room for a further disk."""
    count = ctx.tx.count(Disk, owner=ctx.account, region=ctx.region)
    if (
        category == "cloud"
        and count >= ctx.limits.basic_disks_per_region
        and sum(disk.category == category for disk in ctx.mine(Disk)) >= ctx.limits.basic_disks_per_region
    ):
        raise errors.DISK_QUOTA_PORTABLE()
    if count >= ctx.limits.disks_per_region:
        raise errors.DISK_QUOTA_POSTPAID()
    check_growth(ctx, category, zone, size)


def check_growth(ctx: Context, category: str, zone: str, more: int, *, region: str = "") -> None:
    """Raise `QuotaExceeded.PostpaidDataDiskCapacity` or `QuotaExceed.DiskCapacity` unless `more` GiB fit.

    The disks are looked at only if they could be that large together.
    """
    region = region or ctx.region
    least = min(ctx.limits.disk_capacity_per_region, ctx.limits.disk_capacity_per_zone)
    if (ctx.tx.count(Disk, owner=ctx.account, region=region) + 1) * LARGEST <= least:
        return
    disks = ctx.tx.find(Disk, owner=ctx.account, region=region)
    if sum(disk.size for disk in disks if disk.kind == DATA) + more > ctx.limits.disk_capacity_per_region:
        raise errors.DISK_QUOTA_CAPACITY()
    alike = sum(disk.size for disk in disks if (disk.category, disk.zone) == (category, zone))
    if alike + more > ctx.limits.disk_capacity_per_zone:
        quota = ctx.limits.disk_capacity_per_zone
        raise errors.DISK_QUOTA_ZONE_CAPACITY(f"{alike} GiB of {quota} GiB of {category} are used")
