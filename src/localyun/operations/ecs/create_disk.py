"""CreateDisk: a data disk, attached to nothing yet, or made for a subscription."""

from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import DiskCategory
from localyun.model import Disk, Instance, Phase, Snapshot
from localyun.model.disks import free_devices, portable_disk_size
from localyun.model.encryption import refusals
from localyun.model.instances import DATA, DISK_AVAILABLE, RUNNING, STOPPED, SYSTEM
from localyun.model.payment import POST_PAID, PRE_PAID
from localyun.model.standing import Condition
from localyun.operations.common import new_tags
from localyun.operations.context import Context
from localyun.operations.ecs import disk_quotas
from localyun.operations.ecs.disk_life import shared_by
from localyun.operations.ecs.encryption import encrypted_data_disk
from localyun.operations.ecs.new_disk_checks import (
    CIPHER,
    ELSEWHERE,
    HELD_BACK,
    MALFORMED,
    OF_THE_SNAPSHOT,
    PLACES,
    TOO_FAST,
    bursts,
    check_place,
    check_shapes,
    check_snapshot,
    iops_of,
    level_of,
)
from localyun.operations.ecs.new_disk_request import CreateDisk
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Unset
from localyun.spec.support import Support


class CreatedDisk(Answer):
    """The id of a new disk, which isn't available yet."""

    disk_id: str
    order_id: str | Unset = UNSET


@ECS.operation(
    errors=(
        *MALFORMED,
        *HELD_BACK.values(),
        errors.NO_SNAPSHOT_SERVICE,
        errors.NEW_DISK_ZONE_NOT_FOUND,
        errors.STORAGE_SET_NOT_FOUND,
        errors.STORAGE_CLUSTER_NOT_FOUND,
        errors.IMAGE_SNAPSHOT_NOT_FOUND,
        errors.NEW_DISK_INSTANCE_NOT_FOUND,
        errors.NEW_DISK_INSTANCE_STATUS,
        errors.REPLACE_WITHOUT_SYSTEM_DISK,
        errors.NEW_DISK_INSTANCE_CHARGE,
        *ELSEWHERE,
        *OF_THE_SNAPSHOT,
        errors.NEW_DISK_SNAPSHOT_TOO_LARGE,
        errors.NEW_DISK_SIZE_OR_CATEGORY,
        errors.NEW_DISK_TOO_SMALL,
        errors.NEW_DISK_TOO_LARGE,
        errors.DISK_LESS_THAN_SNAPSHOT,
        *TOO_FAST,
        *disk_quotas.REFUSALS,
        *refusals(CIPHER),
        *PLACES,
        errors.CATEGORY_CAPACITY_PER_INSTANCE,
    ),
    support=Support.PARTIAL,
    gaps="There are no storage sets and no storage clusters, as a call that names one is told.",
)
def create_disk(ctx: Context, request: CreateDisk) -> CreatedDisk:
    """Creating, then Available; In_use if it is made for a subscription. Source: CreateDisk (2025)."""
    category = check_shapes(ctx, request)
    ctx.check_standing(HELD_BACK)
    if request.snapshot_id:
        ctx.check_standing({Condition.NO_SNAPSHOTS: errors.NO_SNAPSHOT_SERVICE})
    snapshot = _find(ctx, request)
    instance = _subscription(ctx, request.instance_id) if request.instance_id else None
    zone = "" if category.regional else instance.zone if instance else request.zone_id or ""
    check_place(ctx, zone or ctx.region, category, shared=request.is_shared)
    if snapshot:
        check_snapshot(ctx, snapshot, category)
    disk = _planned(ctx, request, category, snapshot, instance, zone)
    disk_quotas.check(ctx, disk)
    disk = encrypted_data_disk(ctx, request.wish, snapshot, CIPHER, PLACES, category=category, zone=zone).on(
        disk
    )
    device = _place_for(ctx, disk, instance) if instance else ""
    disk = replace(disk, phase=ctx.compute.create_disk(disk, ctx.now))
    ctx.tx.put(_attached(ctx, disk, instance, device) if instance else disk)
    return CreatedDisk(disk_id=disk.id)


def _planned(
    ctx: Context,
    request: CreateDisk,
    category: DiskCategory,
    snapshot: Snapshot | None,
    instance: Instance | None,
    zone: str,
) -> Disk:
    """Return the disk as it was asked for, as yet neither made nor encrypted."""
    size = portable_disk_size(request.size, snapshot=snapshot.size if snapshot else 0, sizes=category.data)
    return Disk(
        id=ctx.new_id("d"),
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.disk_name or "",
        description=request.description or "",
        resource_group=request.resource_group_id or "",
        tags=new_tags(request.tag),
        zone=zone,
        kind=DATA,
        category=category.id,
        size=size,
        phase=Phase(DISK_AVAILABLE),
        snapshot=snapshot.id if snapshot else "",
        performance_level=level_of(ctx, request, zone, category, size),
        delete_with_instance=category.ephemeral,
        multi_attach=request.is_shared,
        provisioned_iops=iops_of(request, size),
        bursting=bursts(request, size),
        charge_type=instance.charge_type if instance else POST_PAID,
        expires_at=instance.expires_at if instance else None,
        serial_number=ctx.world.ids.serial_number()[:20],
    )


def _find(ctx: Context, request: CreateDisk) -> Snapshot | None:
    """Return the snapshot, if one is named; the zone has to be there, too."""
    zone = catalogue.zone(request.zone_id) if request.zone_id else None
    if request.zone_id and (zone is None or zone.region != ctx.region):
        raise errors.NEW_DISK_ZONE_NOT_FOUND()
    if request.storage_set_id:
        raise errors.STORAGE_SET_NOT_FOUND()
    if request.storage_cluster_id:
        raise errors.STORAGE_CLUSTER_NOT_FOUND()
    if request.snapshot_id is None:
        return None
    return ctx.own(Snapshot, request.snapshot_id, errors.IMAGE_SNAPSHOT_NOT_FOUND)


def _subscription(ctx: Context, id: str) -> Instance:
    """Return an instance for which a disk can be made: one that is whole and paid for in advance."""
    instance = ctx.own(Instance, id, errors.NEW_DISK_INSTANCE_NOT_FOUND)
    if instance.phase.at(ctx.now) not in (RUNNING, STOPPED):
        raise errors.NEW_DISK_INSTANCE_STATUS()
    if not ctx.tx.count(Disk, instance=instance.id, kind=SYSTEM):
        raise errors.REPLACE_WITHOUT_SYSTEM_DISK()
    if instance.charge_type != PRE_PAID:
        raise errors.NEW_DISK_INSTANCE_CHARGE()
    return instance


def _place_for(ctx: Context, disk: Disk, instance: Instance) -> str:
    """Return the place for a disk on an instance that has room for it."""
    disks = ctx.tx.find(Disk, instance=instance.id)
    there = sum(one.size for one in disks if one.category == disk.category)
    if there + disk.size > ctx.limits.disk_capacity_per_instance:
        raise errors.CATEGORY_CAPACITY_PER_INSTANCE()
    devices = {one.device for one in disks} | {one.device for one in shared_by(ctx, instance.id)}
    if len(devices) > ctx.limits.data_disks_per_instance:
        raise errors.CATEGORY_CAPACITY_PER_INSTANCE()
    return next(free_devices(devices))


def _attached(ctx: Context, disk: Disk, instance: Instance, device: str) -> Disk:
    """Return a disk as it is when it is attached as soon as it is made: Creating, then In_use."""
    disk = replace(disk, instance=instance.id, device=device, attached_at=ctx.now)
    attached = ctx.compute.attach_disk(disk, instance, device, disk.phase.next_at(ctx.now))
    return replace(disk, phase=replace(attached, during=disk.phase.during))
