"""How many instances and disks of which kinds an account may have, with those that it asks for."""

from collections.abc import Iterable, Sequence

from localyun import catalogue
from localyun.model import Disk, Instance
from localyun.model.instances import DATA
from localyun.model.networks import ENTERPRISE, NORMAL
from localyun.model.payment import PRE_PAID
from localyun.operations.context import Context
from localyun.operations.ecs.disk_quotas import LARGEST
from localyun.operations.ecs.launch_found import Found
from localyun.operations.ecs.launch_rows import Rows
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

MOST_PROCESSORS, MOST_BANDWIDTH = 8, 100
"""What one instance has at most: virtual processors, and Mbit/s to the internet."""

OF_SOME = (
    "instances_per_vpc",
    "instances_per_security_group",
    "instances_per_enterprise_group",
    "instances_per_type",
)
"""The quotas of some of an account's instances."""


def exceeded(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `check_quotas` raises."""
    return (
        errors.CATEGORY_CAPACITY_PER_INSTANCE,
        rows.instance_quota,
        errors.VPC_INSTANCE_QUOTA,
        errors.ENTERPRISE_GROUP_QUOTA,
        rows.group_instance_quota,
        rows.type_quota,
        errors.ELASTIC_QUOTA,
        errors.BANDWIDTH_QUOTA,
        errors.DISK_QUOTA_POSTPAID,
        errors.DISK_QUOTA_PORTABLE,
        errors.DISK_QUOTA_ZONE_CAPACITY,
        errors.DISK_QUOTA_CAPACITY,
        errors.PRE_PAID_CAPACITY_QUOTA,
    )


def check_quotas(
    ctx: Context,
    found: Found,
    disks: Sequence[Disk],
    rows: Rows,
    *,
    amount: int,
    bandwidth: int,
    pre_paid: bool,
) -> None:
    """Raise one of `exceeded(rows)` unless the account may have so many more of all."""
    for category in {disk.category for disk in disks}:
        if _gib(disks, category) > ctx.limits.disk_capacity_per_instance:
            raise errors.CATEGORY_CAPACITY_PER_INSTANCE()
    _check_instances(ctx, found, rows, amount, bandwidth)
    _check_disks(ctx, found.zone, disks, amount, pre_paid=pre_paid)


def _check_instances(ctx: Context, found: Found, rows: Rows, amount: int, bandwidth: int) -> None:
    """Look at the instances only if there are so many that some quota of some of them could be exceeded."""
    limits = ctx.limits
    count = ctx.tx.count(Instance, owner=ctx.account, region=ctx.region) + amount
    if count > limits.instances_per_region:
        raise rows.instance_quota.naming(str(limits.instances_per_region))
    if (
        count <= min(getattr(limits, name) for name in OF_SOME)
        and count * MOST_PROCESSORS <= limits.vcpus_per_region
        and count * MOST_BANDWIDTH <= limits.internet_bandwidth_per_region
    ):
        return
    instances = ctx.mine(Instance)
    if found.vpc and _count(one.vpc == found.vpc for one in instances) + amount > limits.instances_per_vpc:
        raise errors.VPC_INSTANCE_QUOTA()
    for group in found.security_groups:
        members = _count(group.id in one.security_groups for one in instances) + amount
        if group.kind == ENTERPRISE and members > limits.instances_per_enterprise_group:
            raise errors.ENTERPRISE_GROUP_QUOTA()
        if group.kind == NORMAL and members > limits.instances_per_security_group:
            raise rows.group_instance_quota()
    alike = _count(one.instance_type == found.machine.id for one in instances)
    if alike + amount > limits.instances_per_type:
        raise rows.type_quota()
    processors = sum(_processors(one.instance_type) for one in instances)
    if processors + amount * found.machine.cpu_core_count > limits.vcpus_per_region:
        raise errors.ELASTIC_QUOTA()
    in_use = sum(one.internet_max_bandwidth_out for one in instances)
    if bandwidth and in_use + amount * bandwidth > limits.internet_bandwidth_per_region:
        raise errors.BANDWIDTH_QUOTA("The bandwidth to the internet exceeds the quota")


def _check_disks(ctx: Context, zone: str, new: Sequence[Disk], amount: int, *, pre_paid: bool) -> None:
    """Look at the disks only if there are so many that some quota of some of them could be exceeded."""
    limits = ctx.limits
    count = ctx.tx.count(Disk, owner=ctx.account, region=ctx.region) + amount * len(new)
    if count > limits.disks_per_region:
        raise errors.DISK_QUOTA_POSTPAID()
    least = min(
        limits.disk_capacity_per_zone, limits.disk_capacity_per_region, limits.prepaid_data_disk_capacity
    )
    if count <= limits.portable_disks_per_region and count * LARGEST <= least:
        return
    disks = ctx.mine(Disk)
    portable = _count(not disk.delete_with_instance for disk in new)
    kept = _count(not disk.delete_with_instance for disk in disks)
    if portable and kept + amount * portable > limits.portable_disks_per_region:
        raise errors.DISK_QUOTA_PORTABLE()
    here = [disk for disk in disks if disk.zone == zone]
    for category in sorted({disk.category for disk in new}):
        if _gib(here, category) + amount * _gib(new, category) > limits.disk_capacity_per_zone:
            raise errors.DISK_QUOTA_ZONE_CAPACITY(f"{category} in {zone}")
    data = amount * sum(disk.size for disk in new if disk.kind == DATA)
    have = [disk for disk in disks if disk.kind == DATA]
    ordered = sum(disk.size for disk in have if disk.charge_type == PRE_PAID)
    if data and pre_paid and ordered + data > limits.prepaid_data_disk_capacity:
        raise errors.PRE_PAID_CAPACITY_QUOTA()
    if data and sum(disk.size for disk in have) + data > limits.disk_capacity_per_region:
        raise errors.DISK_QUOTA_CAPACITY()


def _processors(type_id: str) -> int:
    machine = catalogue.instance_type(type_id)
    return machine.cpu_core_count if machine else 0


def _gib(disks: Iterable[Disk], category: str) -> int:
    return sum(disk.size for disk in disks if disk.category == category)


def _count(tests: Iterable[bool]) -> int:
    return sum(tests)
