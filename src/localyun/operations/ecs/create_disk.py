"""CreateDisk: a disk that is attached to nothing yet."""

from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import DiskCategory
from localyun.model import Disk, Instance, Phase, Snapshot
from localyun.model.disks import (
    SMALLEST_BURSTING,
    free_devices,
    most_provisioned_iops,
    performance_level,
    portable_disk_size,
)
from localyun.model.encryption import Wish, check_wish, refusals
from localyun.model.instances import ACCOMPLISHED, DATA, DISK_AVAILABLE, FAILED, RUNNING, STOPPED, SYSTEM
from localyun.model.launching import is_instance_name
from localyun.model.payment import POST_PAID, PRE_PAID
from localyun.model.standing import Condition, Feature
from localyun.operations.common import (
    ClientToken,
    RegionId,
    ResourceGroupId,
    TagItem,
    is_description,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs import disk_quotas
from localyun.operations.ecs.disk_life import shared_by
from localyun.operations.ecs.encryption import LAUNCH, PlaceRows, encrypted_data_disk
from localyun.operations.ecs.launch_fields import Arn, EncryptAlgorithm, KeyId
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, param
from localyun.spec.support import Support

HELD_BACK = {
    Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST,
    Condition.ARREARS: errors.COPY_ARREARS,
    Condition.NOT_AUTHORIZED: errors.NEW_DISK_REGION_UNAUTHORIZED,
    Condition.LOW_BALANCE: errors.NO_BALANCE,
    Condition.RESELLER: errors.PARTNER_BALANCE_TOO_LOW,
    Condition.NO_CREDIT: errors.AGENT_BALANCE_TOO_LOW,
    Condition.NO_COUPONS: errors.COUPONS_TOO_LOW,
    Condition.WRONG_PAYMENT: errors.PAY_METHOD_INVALID,
    Condition.UNVERIFIED: errors.CARD_NOT_VERIFIED,
    Condition.RISKY: errors.DISK_RISK,
}
CIPHER = LAUNCH._replace(own_key=None, received_algorithm=None)
PLACES = PlaceRows(
    zone=errors.ZONE_WITHOUT_SNAPSHOT_ENCRYPTION,
    region=errors.REGION_WITHOUT_SNAPSHOT_ENCRYPTION,
    category=errors.NEW_DISK_UNENCRYPTED,
    category_of_snapshot=errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT,
)


class CreateDisk(Request):
    """Make a data disk, empty or of a snapshot."""

    region_id: RegionId
    zone_id: Annotated[str | None, param("The zone; a regional disk is in all of them and takes none.")] = (
        None
    )
    snapshot_id: Annotated[str | None, param("One's own snapshot of a data disk.")] = None
    disk_name: Annotated[str | None, param("2 to 128 characters, a letter first.")] = None
    size: Annotated[
        int | None,
        param("GiB; its snapshot's by default.", ge=1, le=131072, malformed=errors.NEW_DISK_SIZE),
    ] = None
    disk_category: Annotated[str, param("A category, such as cloud_essd.")] = "cloud"
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    encrypted: Annotated[bool | None, param("Whether it is encrypted; by default as the snapshot.")] = None
    client_token: ClientToken = None
    instance_id: Annotated[
        str | None,
        param("A subscription instance, for which it is made, and to which it is attached at once."),
    ] = None
    resource_group_id: ResourceGroupId = None
    kms_key_id: KeyId = None
    performance_level: Annotated[str | None, param("PL0 to PL3, of a cloud_essd disk; PL1 by default.")] = (
        None
    )
    advanced_features: Annotated[
        str | None, param("Always refused: there are none.", support=Support.PARTIAL)
    ] = None
    storage_set_id: Annotated[
        str | None, param("A storage set; nobody has one here, which is said.", support=Support.PARTIAL)
    ] = None
    encrypt_algorithm: EncryptAlgorithm = None
    storage_set_partition_number: Annotated[
        int | None,
        param(
            "Of a storage set only.",
            ge=1,
            support=Support.PARTIAL,
            malformed=errors.STORAGE_SET_PARTITION,
        ),
    ] = None
    storage_cluster_id: Annotated[
        str | None,
        param("A dedicated storage cluster; nobody has one here, which is said.", support=Support.PARTIAL),
    ] = None
    multi_attach: Annotated[
        Literal["Disabled", "Enabled"],
        param("Whether several instances can share it.", malformed=errors.MULTI_ATTACH),
    ] = "Disabled"
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags.")] = ()
    arn: tuple[Arn, ...] = ()
    provisioned_iops: Annotated[
        int | None, param("IOPS beyond those that come with the size, of a cloud_auto disk; kept.", ge=0)
    ] = msgspec.field(name="ProvisionedIops", default=None)
    bursting_enabled: Annotated[
        bool | None, param("Whether a cloud_auto disk can burst; kept and shown.")
    ] = None


class CreatedDisk(Answer):
    """The id of a new disk, which isn't available yet."""

    disk_id: str
    order_id: str | Unset = UNSET


@ECS.operation(
    errors=(
        errors.NEW_DISK_NAME,
        errors.IMAGE_DESCRIPTION_MALFORMED,
        errors.NEW_DISK_OF_NOTHING,
        errors.NEW_DISK_CATEGORY_UNKNOWN,
        errors.NEW_DISK_ADVANCED_FEATURES,
        errors.STORAGE_SET_MALFORMED,
        errors.STORAGE_SET_PARTITION,
        errors.CREATE_TAGS,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.NEW_DISK_ZONE_AND_INSTANCE,
        errors.STORAGE_CLUSTER_AND_SET,
        errors.STORAGE_CLUSTER_AND_INSTANCE,
        errors.NEW_DISK_ZONE_OF_REGIONAL,
        errors.STORAGE_SET_CATEGORY,
        errors.STORAGE_CLUSTER_CATEGORY,
        errors.NEW_DISK_EPHEMERAL_SNAPSHOT,
        errors.MULTI_ATTACH_AND_INSTANCE,
        errors.MULTI_ATTACH_NEVER,
        errors.MULTI_ATTACH_CATEGORY,
        errors.MULTI_ATTACH_SIZE,
        errors.BURSTING_SHARED,
        errors.NEW_DISK_IOPS_CATEGORY,
        errors.BURSTING_CATEGORY,
        *HELD_BACK.values(),
        errors.NO_SNAPSHOT_SERVICE,
        errors.NEW_DISK_ZONE_NOT_FOUND,
        errors.NEW_DISK_INSTANCE_NOT_FOUND,
        errors.STORAGE_SET_NOT_FOUND,
        errors.STORAGE_CLUSTER_NOT_FOUND,
        errors.IMAGE_SNAPSHOT_NOT_FOUND,
        errors.NEW_DISK_ZONE_CLOSED,
        errors.NEW_DISK_ZONE_SOLD_OUT,
        errors.NEW_DISK_CATEGORY_ELSEWHERE,
        errors.MULTI_ATTACH_ZONE,
        errors.NEW_DISK_INSTANCE_STATUS,
        errors.REPLACE_WITHOUT_SYSTEM_DISK,
        errors.NEW_DISK_INSTANCE_CHARGE,
        errors.NEW_DISK_SNAPSHOT_NOT_ALLOWED,
        errors.CATEGORY_CAPACITY_PER_INSTANCE,
        errors.DATA_DISK_SNAPSHOT_NOT_READY,
        errors.DATA_DISK_OF_SYSTEM_SNAPSHOT,
        errors.NEW_DISK_FLASH_SNAPSHOT,
        errors.NEW_DISK_SNAPSHOT_TOO_LARGE,
        errors.NEW_DISK_SIZE_OR_CATEGORY,
        errors.NEW_DISK_TOO_SMALL,
        errors.NEW_DISK_TOO_LARGE,
        errors.DISK_LESS_THAN_SNAPSHOT,
        errors.NEW_DISK_LEVEL,
        errors.NEW_DISK_LEVEL_AND_SIZE,
        errors.NEW_DISK_LEVEL_ELSEWHERE,
        errors.NEW_DISK_IOPS_LIMIT,
        errors.BURSTING_SIZE,
        *refusals(CIPHER),
        *PLACES,
        *disk_quotas.REFUSALS,
    ),
    support=Support.PARTIAL,
    gaps="There are no storage sets and no storage clusters, as a call that names one is told.",
)
def create_disk(ctx: Context, request: CreateDisk) -> CreatedDisk:
    """Creating, then Available. Source: CreateDisk (2025)."""
    category = _check_shapes(ctx, request)
    ctx.check_standing(HELD_BACK)
    if request.snapshot_id:
        ctx.check_standing({Condition.NO_SNAPSHOTS: errors.NO_SNAPSHOT_SERVICE})
    zone, snapshot = _find(ctx, request)
    _check_place(ctx, zone or ctx.region, category)
    if request.multi_attach == "Enabled" and not ctx.has(Feature.MULTI_ATTACH, zone):
        raise errors.MULTI_ATTACH_ZONE()
    instance = _subscription(ctx, request.instance_id) if request.instance_id else None
    if instance and not category.regional:
        zone = instance.zone
    if snapshot:
        _check_snapshot(ctx, snapshot, category)
    size = portable_disk_size(request.size, snapshot=snapshot.size if snapshot else 0, sizes=category.data)
    disk = Disk(
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
        performance_level=_level(ctx, request, zone, category, size),
        delete_with_instance=category.ephemeral,
        multi_attach=request.multi_attach == "Enabled",
        bursting=_bursts(request, size),
        provisioned_iops=_iops(request, size),
        charge_type=instance.charge_type if instance else POST_PAID,
        expires_at=instance.expires_at if instance else None,
        serial_number=ctx.world.ids.serial_number()[:20],
    )
    disk_quotas.check(ctx, disk)
    disk = encrypted_data_disk(
        ctx, _wish(request), snapshot, CIPHER, PLACES, category=category, zone=zone
    ).on(disk)
    disk = replace(disk, phase=ctx.compute.create_disk(disk, ctx.now))
    ctx.tx.put(_attached(ctx, disk, instance) if instance else disk)
    return CreatedDisk(disk_id=disk.id)


def _wish(request: CreateDisk) -> Wish:
    return Wish(request.encrypted, request.kms_key_id, request.encrypt_algorithm)


def _check_shapes(ctx: Context, request: CreateDisk) -> DiskCategory:
    """Check each parameter, and those that exclude each other; return the category."""
    if request.disk_name is not None and not is_instance_name(request.disk_name):
        raise errors.NEW_DISK_NAME()
    if request.description is not None and not is_description(request.description):
        raise errors.IMAGE_DESCRIPTION_MALFORMED()
    if request.snapshot_id is None and request.size is None:
        raise errors.NEW_DISK_OF_NOTHING()
    category = catalogue.disk_category(request.disk_category)
    if category is None:
        raise errors.NEW_DISK_CATEGORY_UNKNOWN()
    check_wish(_wish(request), CIPHER)
    if request.advanced_features:
        raise errors.NEW_DISK_ADVANCED_FEATURES()
    if request.storage_set_id and not request.storage_set_id.startswith("ss-"):
        raise errors.STORAGE_SET_MALFORMED()
    if request.storage_set_partition_number and not request.storage_set_id:
        raise errors.STORAGE_SET_PARTITION()
    if len(request.tag) > ctx.limits.tags_per_resource:
        raise errors.CREATE_TAGS(
            f"The maximum number of tags per resource is {ctx.limits.tags_per_resource}."
        )
    new_tags(request.tag)
    _check_together(request, category)
    return category


def _check_together(request: CreateDisk, category: DiskCategory) -> None:
    if request.zone_id and request.instance_id:
        raise errors.NEW_DISK_ZONE_AND_INSTANCE()
    if request.storage_cluster_id and request.storage_set_id:
        raise errors.STORAGE_CLUSTER_AND_SET()
    if request.storage_cluster_id and request.instance_id:
        raise errors.STORAGE_CLUSTER_AND_INSTANCE()
    if category.regional and request.zone_id:
        raise errors.NEW_DISK_ZONE_OF_REGIONAL()
    if category.regional and request.storage_set_id:
        raise errors.STORAGE_SET_CATEGORY()
    if category.regional and request.storage_cluster_id:
        raise errors.STORAGE_CLUSTER_CATEGORY()
    if category.ephemeral and request.snapshot_id:
        raise errors.NEW_DISK_EPHEMERAL_SNAPSHOT()
    if request.multi_attach == "Enabled":
        _check_shared(request, category)
    if request.provisioned_iops is not None and not category.bursting:
        raise errors.NEW_DISK_IOPS_CATEGORY()
    if request.bursting_enabled and not category.bursting:
        raise errors.BURSTING_CATEGORY()
    if not (request.zone_id or request.instance_id or category.regional):
        raise errors.MISSING_PARAMETER("ZoneId")


def _check_shared(request: CreateDisk, category: DiskCategory) -> None:
    if request.instance_id:
        raise errors.MULTI_ATTACH_AND_INSTANCE()
    if category.regional or category.ephemeral:
        raise errors.MULTI_ATTACH_NEVER()
    if not category.multi_attach:
        raise errors.MULTI_ATTACH_CATEGORY()
    if (request.size or 0) > disk_quotas.LARGEST:
        raise errors.MULTI_ATTACH_SIZE()
    if request.bursting_enabled:
        raise errors.BURSTING_SHARED()


def _find(ctx: Context, request: CreateDisk) -> tuple[str, Snapshot | None]:
    """Return the zone, which is empty where none is asked for, and the snapshot."""
    zone = catalogue.zone(request.zone_id) if request.zone_id else None
    if request.zone_id and (zone is None or zone.region != ctx.region):
        raise errors.NEW_DISK_ZONE_NOT_FOUND()
    if request.storage_set_id:
        raise errors.STORAGE_SET_NOT_FOUND()
    if request.storage_cluster_id:
        raise errors.STORAGE_CLUSTER_NOT_FOUND()
    if request.snapshot_id is None:
        return request.zone_id or "", None
    return request.zone_id or "", ctx.own(Snapshot, request.snapshot_id, errors.IMAGE_SNAPSHOT_NOT_FOUND)


def _check_place(ctx: Context, place: str, category: DiskCategory) -> None:
    """Check that the place has what is asked for, which the operator can take away."""
    if not ctx.has(Feature.DISKS, place):
        raise errors.NEW_DISK_ZONE_CLOSED()
    if not ctx.has(Feature.DISK_SALE, place):
        raise errors.NEW_DISK_ZONE_SOLD_OUT()
    if not ctx.has(Feature(category.id), place):
        raise errors.NEW_DISK_CATEGORY_ELSEWHERE()


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


def _attached(ctx: Context, disk: Disk, instance: Instance) -> Disk:
    """Return a disk as it is when it is attached as soon as it is made: Creating, then In_use."""
    disks = ctx.tx.find(Disk, instance=instance.id)
    there = sum(one.size for one in disks if one.category == disk.category)
    if there + disk.size > ctx.limits.disk_capacity_per_instance:
        raise errors.CATEGORY_CAPACITY_PER_INSTANCE()
    devices = {one.device for one in disks} | {one.device for one in shared_by(ctx, instance.id)}
    if len(devices) > ctx.limits.data_disks_per_instance:
        raise errors.CATEGORY_CAPACITY_PER_INSTANCE()
    device = next(free_devices(devices))
    disk = replace(disk, instance=instance.id, device=device, attached_at=ctx.now)
    attached = ctx.compute.attach_disk(disk, instance, device, disk.phase.ends_at)
    return replace(disk, phase=replace(attached, during=disk.phase.during))


def _check_snapshot(ctx: Context, snapshot: Snapshot, category: DiskCategory) -> None:
    status = snapshot.phase.at(ctx.now)
    if status == FAILED:
        raise errors.NEW_DISK_SNAPSHOT_NOT_ALLOWED()
    if status != ACCOMPLISHED:
        raise errors.DATA_DISK_SNAPSHOT_NOT_READY()
    if snapshot.disk_kind == SYSTEM:
        raise errors.DATA_DISK_OF_SYSTEM_SNAPSHOT()
    if snapshot.category == "flash" and not category.flash:
        raise errors.NEW_DISK_FLASH_SNAPSHOT()


def _level(ctx: Context, request: CreateDisk, zone: str, category: DiskCategory, size: int) -> str:
    level = performance_level(
        request.performance_level,
        size,
        category.performance_levels,
        malformed=errors.NEW_DISK_LEVEL,
        not_match=errors.NEW_DISK_LEVEL_AND_SIZE,
    )
    if level == "PL0" and not ctx.has(Feature.PL0, zone):
        raise errors.NEW_DISK_LEVEL_ELSEWHERE()
    return level


def _iops(request: CreateDisk, size: int) -> int | None:
    if (request.provisioned_iops or 0) > most_provisioned_iops(size):
        raise errors.NEW_DISK_IOPS_LIMIT()
    return request.provisioned_iops


def _bursts(request: CreateDisk, size: int) -> bool:
    if request.bursting_enabled and size < SMALLEST_BURSTING:
        raise errors.BURSTING_SIZE()
    return bool(request.bursting_enabled)
