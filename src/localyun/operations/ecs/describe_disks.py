"""DescribeDisks: one's disks in a region."""

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

import msgspec

from localyun import catalogue
from localyun.model import Disk
from localyun.model.standing import Condition
from localyun.operations.common import (
    DryRun,
    FilterItem,
    PageNumber,
    PageSize,
    RegionId,
    ResourceGroupId,
    TagItem,
    Tags,
    created_within,
    fuzzy,
    having,
    id_list,
    tags_asked_for,
    tags_view,
)
from localyun.operations.context import Context
from localyun.operations.ecs.disk_life import shared_by, sharing
from localyun.operations.ecs.product import ECS
from localyun.operations.listing import chosen, page_by_number_or_token
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, NotEmulated, Request, Unset, View, param
from localyun.wire import times

MOST_IDS = 100
NEVER = "2999-09-08T16:00Z"
"""When a disk expires that is paid for as it is used."""


class DescribeDisks(Request):
    """List one's disks, newest first."""

    region_id: Annotated[RegionId, param("The disks' region.", missing=errors.DISKS_NO_REGION)]
    zone_id: Annotated[str | None, param("The zone.")] = None
    disk_ids: Annotated[
        str | None, param("A JSON array of up to 100 ids.", example='["d-bp1exampleexample"]')
    ] = None
    instance_id: Annotated[str | None, param("The instance that they are attached to.")] = None
    disk_type: Annotated[
        Literal["all", "system", "data"],
        param("The kind of disk.", malformed=errors.DISK_TYPE_NOT_SUPPORTED),
    ] = "all"
    category: Annotated[str, param("The category; `all` by default.")] = "all"
    status: Annotated[
        Literal["In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting", "All"],
        param("The status.", malformed=errors.DISKS_STATUS),
    ] = "All"
    snapshot_id: Annotated[str | None, param("The snapshot that they were made of.")] = None
    portable: Annotated[bool | None, param("Whether they can be detached: data disks can.")] = None
    delete_with_instance: Annotated[bool | None, param("Whether they go with their instance.")] = None
    delete_auto_snapshot: Annotated[
        bool | None, param("Whether their automatic snapshots go with them; there are none.")
    ] = None
    page_number: PageNumber = 1
    page_size: PageSize = 10
    next_token: Annotated[str | None, param("Where the page before ended.")] = None
    max_results: Annotated[int | None, param("Entries a page, when paging by NextToken.", ge=1, le=500)] = (
        None
    )
    performance_level: Annotated[str | None, param("The performance level.")] = None
    disk_name: Annotated[str | None, param("The exact name, or a pattern in which * is anything.")] = None
    auto_snapshot_policy_id: NotEmulated[str] = None
    enable_auto_snapshot: Annotated[bool | None, param("Whether a policy may take snapshots of them.")] = None
    enable_automated_snapshot_policy: NotEmulated[bool] = False
    disk_charge_type: Annotated[
        Literal["PrePaid", "PostPaid"] | None,
        param("How it is paid for.", malformed=errors.DISKS_CHARGE_TYPE),
    ] = None
    lock_reason: Annotated[
        Literal["financial", "security"] | None,
        param("Why they are locked; here, none ever is.", malformed=errors.INSTANCES_LOCK_REASON),
    ] = None
    filter: Annotated[
        tuple[FilterItem, ...], param("CreationStartTime and CreationEndTime (yyyy-MM-ddTHH:mmZ).")
    ] = ()
    resource_group_id: ResourceGroupId = None
    enable_shared: Annotated[bool | None, param("The older name of MultiAttach, as a switch.")] = None
    encrypted: Annotated[bool | None, param("Whether they are encrypted.")] = None
    dry_run: DryRun = False
    kms_key_id: Annotated[str | None, param("The key that they are encrypted with.")] = None
    multi_attach: Annotated[
        Literal["Disabled", "Enabled", "LegacyShared"] | None,
        param("Whether several instances can share them.", malformed=errors.MULTI_ATTACH),
    ] = None
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags, all of which they have.")] = ()
    additional_attributes: Accepted[tuple[str, ...]] = ()


class OperationLock(View):
    """Why a disk is locked."""

    lock_reason: str


class OperationLocks(View):
    """Why a disk is locked; nothing ever locks one here."""

    operation_lock: list[OperationLock] = msgspec.field(default_factory=list)


class Attachment(View):
    """Where a disk is attached, and since when."""

    instance_id: str
    device: str
    attached_time: str


class Attachments(View):
    """Where a disk is attached."""

    attachment: list[Attachment]


class MountInstances(View):
    """Where a disk is attached that several instances can share."""

    mount_instance: list[Attachment] = msgspec.field(default_factory=list)


class Placement(View):
    """The zones of a disk that spans several."""

    zone_ids: str | Unset = UNSET


class DataSource(View):
    """What a disk is being filled from."""

    id: str | Unset = UNSET
    type: str | Unset = UNSET


class DiskView(View):
    """A disk."""

    disk_id: str
    disk_name: str
    description: str
    region_id: str
    zone_id: str
    resource_group_id: str
    type: str
    category: str
    size: int
    performance_level: str
    status: str
    image_id: str
    source_snapshot_id: str
    instance_id: str
    device: str
    creation_time: str
    attached_time: str
    detached_time: str
    serial_number: str
    encrypted: bool
    kms_key_id: str
    delete_with_instance: bool
    portable: bool
    attachments: Attachments
    tags: Tags
    mount_instances: MountInstances = msgspec.field(default_factory=MountInstances)
    operation_locks: OperationLocks = msgspec.field(default_factory=OperationLocks)
    disk_charge_type: str = "PostPaid"
    expired_time: str = NEVER
    product_code: str = ""
    multi_attach: str = "Disabled"
    auto_snapshot_policy_id: str = ""
    delete_auto_snapshot: bool = False
    enable_auto_snapshot: bool = True
    enable_automated_snapshot_policy: bool = False
    storage_set_id: str = ""
    storage_cluster_id: str = ""
    bursting_enabled: bool = False
    bdf_id: str | Unset = UNSET
    storage_set_partition_number: int | Unset = UNSET
    mount_instance_num: int | Unset = UNSET
    iops: int | Unset = UNSET
    iops_read: int | Unset = UNSET
    iops_write: int | Unset = UNSET
    provisioned_iops: int | Unset = msgspec.field(name="ProvisionedIops", default=UNSET)
    throughput: int | Unset = UNSET
    throughput_read: int | Unset = UNSET
    throughput_write: int | Unset = UNSET
    placement: Placement | Unset = UNSET
    data_source: DataSource | Unset = UNSET
    source_disk_id: str | Unset = UNSET


class Disks(View):
    """A page of disks."""

    disk: list[DiskView]


class DiskList(Answer):
    """The disks asked for."""

    page_number: int
    page_size: int
    total_count: int
    next_token: str
    disks: Disks


@ECS.operation(
    malformed=errors.DISKS_PARAMETER,
    unknown_region=errors.DISKS_REGION_NOT_FOUND,
    errors=(
        errors.NOT_ON_VOLUME_LIST,
        errors.DISK_IDS_MALFORMED,
        errors.DISK_IDS_TOO_MANY,
        errors.MULTI_ATTACH_AND_SHARED,
        errors.DISKS_CATEGORY,
        errors.TAG_COUNT,
        errors.TAG_MISMATCH,
        errors.DISKS_FILTER_KEY,
        errors.DISKS_FILTER_VALUE,
        errors.DISKS_ZONE_NOT_FOUND,
        errors.DISKS_PARAMETER,
    ),
    changes=False,
)
def describe_disks(ctx: Context, request: DescribeDisks) -> DiskList:
    """An id that isn't the caller's is left out. Source: DescribeDisks (2025)."""
    ctx.check_standing({Condition.NOT_LISTED: errors.NOT_ON_VOLUME_LIST})
    ids = id_list(request.disk_ids, errors.DISK_IDS_MALFORMED)
    if ids is not None and len(ids) > MOST_IDS:
        raise errors.DISK_IDS_TOO_MANY()
    if {request.enable_shared, request.multi_attach} in ({True, "Disabled"}, {False, "Enabled"}):
        raise errors.MULTI_ATTACH_AND_SHARED()
    if request.instance_id is not None:
        there = _attached_to(ctx, request.instance_id)
        ids = there if ids is None else [id for id in ids if id in there]
    conditions = list(_conditions(ctx, request))
    found = [disk for disk in chosen(ctx, Disk, ids) if all(fits(disk) for fits in conditions)]
    shown, next_token = page_by_number_or_token(
        found,
        request.page_number,
        request.page_size,
        token=request.next_token,
        most=request.max_results,
        malformed=errors.DISKS_PARAMETER(),
    )
    return DiskList(
        page_number=request.page_number,
        page_size=request.max_results or request.page_size,
        total_count=len(found),
        next_token=next_token,
        disks=Disks(disk=[_view(ctx, disk) for disk in shown]),
    )


def _attached_to(ctx: Context, instance: str) -> list[str]:
    """The ids of the disks that an instance has, alone or together with others."""
    return [
        *(disk.id for disk in ctx.tx.find(Disk, instance=instance)),
        *(shared.disk for shared in shared_by(ctx, instance)),
    ]


def _conditions(ctx: Context, request: DescribeDisks) -> Iterator[Callable[[Disk], bool]]:
    """Yield a test for each filter of the call."""
    if request.category != "all" and catalogue.disk_category(request.category) is None:
        raise errors.DISKS_CATEGORY()
    if request.tag:
        yield tags_asked_for(request.tag)
    if request.filter:
        yield created_within(
            request.filter, unknown=errors.DISKS_FILTER_KEY, malformed=errors.DISKS_FILTER_VALUE
        )
    zone = catalogue.zone(request.zone_id) if request.zone_id else None
    if request.zone_id and (zone is None or zone.region != ctx.region):
        raise errors.DISKS_ZONE_NOT_FOUND()
    yield having(
        zone=request.zone_id,
        charge_type=request.disk_charge_type,
        kind=None if request.disk_type == "all" else request.disk_type,
        category=None if request.category == "all" else request.category,
        snapshot=request.snapshot_id,
        performance_level=request.performance_level,
        delete_with_instance=request.delete_with_instance,
        delete_auto_snapshot=request.delete_auto_snapshot,
        enable_auto_snapshot=request.enable_auto_snapshot,
        resource_group=request.resource_group_id,
        encrypted=request.encrypted,
        kms_key=request.kms_key_id,
    )
    if request.multi_attach is not None:
        yield having(multi_attach=request.multi_attach == "Enabled")
    if request.enable_shared is not None:
        yield having(multi_attach=request.enable_shared)
    if request.status != "All":
        yield lambda disk: disk.phase.at(ctx.now) == request.status
    if request.portable is not None:
        yield lambda disk: disk.portable == request.portable
    if request.disk_name is not None:
        named = fuzzy(request.disk_name)
        yield lambda disk: named(disk.name)
    if request.lock_reason is not None:
        yield lambda disk: False


def _zones(region_id: str) -> list[str]:
    region = catalogue.region(region_id)
    return [zone.id for zone in region.zones] if region else []


def _view(ctx: Context, disk: Disk) -> DiskView:
    detached = times.seconds(disk.detached_at) if disk.detached_at else ""
    mounts = [
        Attachment(
            instance_id=shared.instance,
            device=shared.device,
            attached_time=times.seconds(shared.attached_at),
        )
        for shared in (sharing(ctx, disk) if disk.multi_attach else ())
    ]
    attached = times.seconds(disk.attached_at) if disk.instance and disk.attached_at is not None else ""
    return DiskView(
        disk_id=disk.id,
        disk_name=disk.name,
        description=disk.description,
        region_id=disk.region,
        zone_id=disk.zone,
        resource_group_id=disk.resource_group,
        type=disk.kind,
        category=disk.category,
        size=disk.size,
        performance_level=disk.performance_level,
        status=disk.phase.at(ctx.now),
        image_id=disk.image,
        source_snapshot_id=disk.snapshot,
        instance_id=disk.instance,
        device=disk.device,
        creation_time=times.seconds(disk.created_at),
        attached_time=attached,
        detached_time="" if disk.instance or mounts else detached,
        serial_number=disk.serial_number,
        encrypted=disk.encrypted,
        kms_key_id=disk.kms_key,
        delete_with_instance=disk.delete_with_instance,
        delete_auto_snapshot=disk.delete_auto_snapshot,
        enable_auto_snapshot=disk.enable_auto_snapshot,
        portable=disk.portable,
        disk_charge_type=disk.charge_type,
        expired_time=NEVER if disk.expires_at is None else times.minutes(disk.expires_at),
        bursting_enabled=disk.bursting,
        provisioned_iops=UNSET if disk.provisioned_iops is None else disk.provisioned_iops,
        placement=UNSET if disk.zone else Placement(zone_ids=",".join(_zones(disk.region))),
        attachments=Attachments(
            attachment=[Attachment(instance_id=disk.instance, device=disk.device, attached_time=attached)]
            if disk.instance
            else mounts
        ),
        mount_instances=MountInstances(mount_instance=mounts),
        multi_attach="Enabled" if disk.multi_attach else "Disabled",
        tags=tags_view(disk.tags),
    )
