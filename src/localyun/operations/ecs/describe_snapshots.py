"""DescribeSnapshots: an account's snapshots in a region."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from localyun.model import Disk, Snapshot
from localyun.model.instances import ACCOMPLISHED
from localyun.operations.common import (
    DryRun,
    FilterItem,
    PageNumber,
    PageSize,
    RegionId,
    TagItem,
    Tags,
    created_within,
    fuzzy,
    having,
    id_list,
    progress,
    tags_asked_for,
    tags_view,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.snapshots import disks_of, images_of
from localyun.operations.listing import chosen, page_by_number_or_token
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, View, param
from localyun.wire import times

MOST_IDS = 100
"""How many ids SnapshotIds may hold."""

USER = "user"
"""Every snapshot here is made by somebody; the provider's automatic ones are `auto`."""


class DescribeSnapshots(Request):
    """List one's snapshots, newest first."""

    region_id: RegionId
    instance_id: Annotated[str | None, param("An instance: the snapshots of its disks.")] = None
    disk_id: Annotated[str | None, param("A disk.")] = None
    snapshot_link_id: Annotated[str | None, param("What all snapshots of a disk have in common.")] = None
    snapshot_ids: Annotated[
        str | None, param("A JSON array of up to 100 ids.", example='["s-bp1exampleexample"]')
    ] = None
    page_number: PageNumber = 1
    page_size: PageSize = 10
    next_token: Annotated[str | None, param("Where to go on, as the answer before gave it.")] = None
    max_results: Annotated[int | None, param("Entries a page, when paging by token.", ge=1, le=100)] = None
    snapshot_name: Annotated[str | None, param("The exact name, or a pattern in which * is anything.")] = None
    status: Annotated[
        Literal["progressing", "accomplished", "failed", "all"],
        param("The status.", malformed=errors.STATUS_NOT_FOUND),
    ] = "all"
    snapshot_type: Annotated[
        Literal["auto", "user", "all"],
        param(
            "Made automatically or by somebody; here, always by somebody.", malformed=errors.SNAPSHOTS_TYPE
        ),
    ] = "all"
    filter: Annotated[
        tuple[FilterItem, ...], param("CreationStartTime and CreationEndTime (yyyy-MM-ddTHH:mmZ).")
    ] = ()
    usage: Annotated[
        Literal["image", "disk", "image_disk", "none"] | None,
        param("What it was used for.", malformed=errors.SNAPSHOTS_USAGE),
    ] = None
    source_disk_type: Annotated[str | None, param("The kind of disk: system or data, in any case.")] = None
    encrypted: Annotated[bool, param("Encrypted ones only.")] = False
    resource_group_id: Annotated[str | None, param("The resource group.")] = None
    dry_run: DryRun = False
    kms_key_id: Annotated[str | None, param("The key that it is encrypted with.")] = None
    category: Annotated[
        Literal["Standard", "Flash", "archive", "standard", "flash"] | None,
        param("The kind of snapshot.", malformed=errors.SNAPSHOT_CATEGORY_MALFORMED),
    ] = None
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags, all of which the snapshot has.")] = ()


class SnapshotView(View):
    """A snapshot."""

    status: str
    creation_time: str
    progress: str
    instant_access: bool
    available: bool
    remain_time: int
    source_disk_size: str
    source_disk_type: str
    source_storage_type: str
    usage: str
    last_modified_time: str
    encrypted: bool
    snapshot_type: str
    source_disk_id: str
    snapshot_name: str
    description: str
    snapshot_id: str
    region_id: str
    resource_group_id: str
    category: str
    kms_key_id: str
    product_code: str
    tags: Tags
    retention_days: int | Unset = UNSET
    instant_access_retention_days: int | Unset = UNSET
    snapshot_sn: str | Unset = msgspec.field(name="SnapshotSN", default=UNSET)
    source_snapshot_id: str | Unset = UNSET
    source_region_id: str | Unset = UNSET
    snapshot_link_id: str | Unset = UNSET
    full_snapshot_size_in_bytes: int | Unset = UNSET


class SnapshotViews(View):
    """A page of snapshots."""

    snapshot: list[SnapshotView]


class SnapshotList(Answer):
    """The snapshots asked for."""

    page_size: int
    page_number: int
    total_count: int
    next_token: str
    snapshots: SnapshotViews


@ECS.operation(
    errors=(
        errors.SNAPSHOT_IDS_MALFORMED,
        errors.TAG_COUNT,
        errors.TAG_MISMATCH,
        errors.SNAPSHOTS_FILTER_KEY,
        errors.SNAPSHOTS_FILTER_VALUE,
        errors.SNAPSHOTS_SOURCE_DISK_TYPE,
        errors.SNAPSHOT_LINK_NOT_FOUND,
        errors.INVALID_PARAMETER,
    ),
    changes=False,
)
def describe_snapshots(ctx: Context, request: DescribeSnapshots) -> SnapshotList:
    """An id that isn't the caller's is left out. Source: DescribeSnapshots (2025)."""
    ids = id_list(request.snapshot_ids, errors.SNAPSHOT_IDS_MALFORMED)
    if ids is not None and len(ids) > MOST_IDS:
        raise errors.SNAPSHOT_IDS_MALFORMED()
    asked_for = _chooser(ctx, request)
    found = [snapshot for snapshot in chosen(ctx, Snapshot, ids) if asked_for(snapshot)]
    shown, next_token = page_by_number_or_token(
        found,
        request.page_number,
        request.page_size,
        token=request.next_token,
        most=request.max_results,
        malformed=errors.INVALID_PARAMETER("NextToken"),
    )
    return SnapshotList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        next_token=next_token,
        snapshots=SnapshotViews(snapshot=[_view(ctx, snapshot) for snapshot in shown]),
    )


def _chooser(ctx: Context, request: DescribeSnapshots) -> Callable[[Snapshot], bool]:
    kind, category = (text and text.lower() for text in (request.source_disk_type, request.category))
    if kind not in (None, "system", "data"):
        raise errors.SNAPSHOTS_SOURCE_DISK_TYPE()
    conditions: list[Callable[[Snapshot], bool]] = [
        having(
            disk=request.disk_id,
            disk_kind=kind,
            category=category,
            encrypted=request.encrypted or None,
            kms_key=request.kms_key_id,
            resource_group=request.resource_group_id,
        )
    ]
    if request.tag:
        conditions.append(tags_asked_for(request.tag))
    if request.filter:
        conditions.append(
            created_within(
                request.filter, unknown=errors.SNAPSHOTS_FILTER_KEY, malformed=errors.SNAPSHOTS_FILTER_VALUE
            )
        )
    if request.snapshot_link_id is not None:
        if not any(snapshot.link == request.snapshot_link_id for snapshot in ctx.mine(Snapshot)):
            raise errors.SNAPSHOT_LINK_NOT_FOUND()
        conditions.append(lambda snapshot: snapshot.link == request.snapshot_link_id)
    if request.instance_id is not None:
        disks = {disk.id for disk in ctx.tx.find(Disk, instance=request.instance_id)}
        conditions.append(lambda snapshot: snapshot.disk in disks)
    if request.snapshot_name is not None:
        named = fuzzy(request.snapshot_name)
        conditions.append(lambda snapshot: named(snapshot.name))
    if request.status != "all":
        conditions.append(lambda snapshot: snapshot.phase.at(ctx.now) == request.status)
    if request.snapshot_type != "all":
        conditions.append(lambda snapshot: request.snapshot_type == USER)
    if request.usage is not None:
        conditions.append(lambda snapshot: _usage(ctx, snapshot) == request.usage)
    return lambda snapshot: all(condition(snapshot) for condition in conditions)


def _usage(ctx: Context, snapshot: Snapshot) -> str:
    uses = {"image": images_of(ctx, snapshot), "disk": disks_of(ctx, snapshot)}
    return "_".join(use for use, count in uses.items() if count) or "none"


def _view(ctx: Context, snapshot: Snapshot) -> SnapshotView:
    created = times.seconds(snapshot.created_at)
    return SnapshotView(
        status=snapshot.phase.at(ctx.now),
        creation_time=created,
        progress=progress(snapshot.phase, snapshot.created_at, ctx.now),
        instant_access=snapshot.has_instant_access(ctx.now),
        available=snapshot.phase.at(ctx.now) == ACCOMPLISHED,
        remain_time=max(0, snapshot.phase.ends_at - ctx.now) // 1000,
        source_disk_size=str(snapshot.size),
        source_disk_type=snapshot.disk_kind,
        source_storage_type="disk",
        usage=_usage(ctx, snapshot),
        last_modified_time=created,
        encrypted=snapshot.encrypted,
        snapshot_type=USER,
        source_disk_id=snapshot.disk,
        snapshot_name=snapshot.name,
        description=snapshot.description,
        snapshot_id=snapshot.id,
        region_id=snapshot.region,
        resource_group_id=snapshot.resource_group,
        category=snapshot.category,
        kms_key_id=snapshot.kms_key,
        product_code="",
        tags=tags_view(snapshot.tags),
        retention_days=_or_unset(snapshot.retention_days),
        instant_access_retention_days=_or_unset(snapshot.instant_access_days),
        source_snapshot_id=snapshot.source or UNSET,
        source_region_id=snapshot.source_region or UNSET,
        snapshot_link_id=snapshot.link or UNSET,
    )


def _or_unset(days: int | None) -> int | Unset:
    return UNSET if days is None else days
