"""Making and deleting snapshots of disks."""

from typing import Annotated, Literal

import msgspec

from localyun.model import Backing, Disk, Instance, Phase, Snapshot, Tag
from localyun.model.encryption import Cipher, KeyRows
from localyun.model.instances import (
    ACCOMPLISHED,
    ATTACHING,
    DETACHING,
    DISK_AVAILABLE,
    FAILED,
    IN_USE,
    RUNNING,
    STOPPED,
)
from localyun.operations.common import (
    ClientToken,
    ResourceGroupId,
    TagItem,
    is_description,
    is_name,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import check_readable
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, Empty, NotEmulated, Request, param
from localyun.spec.support import Support


class CreateSnapshot(Request):
    """Keep what is on a disk now."""

    disk_id: Annotated[str, param("The disk, attached or available.", example="d-bp1exampleexample")]
    snapshot_name: Annotated[str | None, param("2 to 128 characters, not beginning with `auto`.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    retention_days: Annotated[
        int | None,
        param("Kept and shown; nothing expires.", ge=1, le=65536, malformed=errors.RETENTION_DAYS_MALFORMED),
    ] = None
    category: Annotated[
        Literal["Standard", "Flash", "standard", "flash"],
        param("The kind of snapshot; kept and shown.", malformed=errors.SNAPSHOT_CATEGORY_MALFORMED),
    ] = "Standard"
    client_token: ClientToken = None
    resource_group_id: ResourceGroupId = None
    instant_access: Accepted[bool] = False
    instant_access_retention_days: Accepted[int] = None
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags.", max_length=20)] = ()
    storage_location_arn: NotEmulated[str] = None


SNAPSHOT_KEY = KeyRows(errors.SNAPSHOT_KEY_NOT_FOUND, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED)


class CreatedSnapshot(Answer):
    """The id of a new snapshot."""

    snapshot_id: str


TAKING = (
    errors.DISK_TRANSFERRING,
    errors.DISK_STATUS,
    errors.SNAPSHOT_BEING_MADE,
    errors.SNAPSHOTS_BEING_MADE,
    errors.SNAPSHOT_QUOTA,
)
"""What `take_snapshot` can raise."""


@ECS.operation(
    errors=(
        errors.SNAPSHOT_NAME_MALFORMED,
        errors.SNAPSHOT_DESCRIPTION_MALFORMED,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.SNAPSHOT_DISK_NOT_FOUND,
        errors.SNAPSHOT_DISK_NEVER_ATTACHED,
        errors.INSTANCE_STATUS,
        errors.SNAPSHOT_DISK_NEVER_USED,
        *SNAPSHOT_KEY,
        *TAKING,
    ),
    token_reused=errors.CREATE_SNAPSHOT_TOKEN_REUSED,
    support=Support.PARTIAL,
    gaps="A snapshot outlives its RetentionDays.",
)
def create_snapshot(ctx: Context, request: CreateSnapshot) -> CreatedSnapshot:
    """The instance that the disk is attached to is running or stopped, and was started at least once.

    Source: CreateSnapshot (2025).
    """
    if request.snapshot_name is not None and not is_snapshot_name(request.snapshot_name):
        raise errors.SNAPSHOT_NAME_MALFORMED()
    if request.description is not None and not is_description(request.description):
        raise errors.SNAPSHOT_DESCRIPTION_MALFORMED()
    tags = new_tags(request.tag)
    disk = ctx.own(Disk, request.disk_id, errors.SNAPSHOT_DISK_NOT_FOUND)
    if not disk.instance and disk.attached_at is None:
        raise errors.SNAPSHOT_DISK_NEVER_ATTACHED()
    instance = ctx.tx.get(Instance, disk.instance)
    if instance is not None and instance.phase.at(ctx.now) not in (RUNNING, STOPPED):
        raise errors.INSTANCE_STATUS()
    if instance is not None and not instance.was_started:
        raise errors.SNAPSHOT_DISK_NEVER_USED()
    check_readable(ctx, Cipher.of(disk), SNAPSHOT_KEY)
    snapshot = take_snapshot(
        ctx,
        disk,
        name=request.snapshot_name or "",
        description=request.description or "",
        category=request.category.lower(),
        retention_days=request.retention_days,
        resource_group=request.resource_group_id or "",
        tags=tags,
    )
    return CreatedSnapshot(snapshot_id=snapshot.id)


def is_snapshot_name(text: str) -> bool:
    """Whether a text may name a snapshot; automatic ones are called `auto…`."""
    return is_name(text) and not text.startswith("auto")


def take_snapshot(
    ctx: Context,
    disk: Disk,
    *,
    name: str = "",
    description: str = "",
    category: str = "standard",
    retention_days: int | None = None,
    resource_group: str = "",
    tags: tuple[Tag, ...] = (),
) -> Snapshot:
    """Make and keep a snapshot of one of the caller's disks, encrypted as that is. Raises `TAKING`."""
    status = disk.phase.at(ctx.now)
    if status in (ATTACHING, DETACHING):
        raise errors.DISK_TRANSFERRING()
    if status not in (IN_USE, DISK_AVAILABLE):
        raise errors.DISK_STATUS()
    if is_under_way(ctx, ctx.limits.snapshots_under_way_per_disk, disk=disk.id):
        if ctx.limits.snapshots_under_way_per_disk == 1:
            raise errors.SNAPSHOT_BEING_MADE()
        raise errors.SNAPSHOTS_BEING_MADE(disk.id, str(ctx.limits.snapshots_under_way_per_disk))
    if ctx.tx.count(Snapshot, disk=disk.id) >= ctx.limits.snapshots_per_disk:
        raise errors.SNAPSHOT_QUOTA()
    return begin_snapshot(
        ctx,
        Snapshot(
            id=ctx.new_id("s", disk.region),
            region=disk.region,
            owner=disk.owner,
            created_at=ctx.now,
            name=name,
            description=description,
            resource_group=resource_group,
            tags=tags,
            phase=Phase(ACCOMPLISHED),
            size=disk.size,
            disk=disk.id,
            disk_kind=disk.kind,
            category=category,
            encrypted=disk.encrypted,
            kms_key=disk.kms_key,
            encrypt_algorithm=disk.encrypt_algorithm,
            retention_days=retention_days,
            image=disk.image,
        ),
    )


def is_under_way(ctx: Context, count: int, **of: str) -> bool:
    """Whether that many snapshots, or more, of a disk or an account in a region are being made.

    Each takes as long as any other, so that the newest are the last to be done.
    """
    last = ctx.tx.find(Snapshot, order="created_at", descending=True, offset=max(0, count - 1), limit=1, **of)
    return count == 0 or any(not snapshot.phase.settled(ctx.now) for snapshot in last)


def begin_snapshot(ctx: Context, snapshot: Snapshot) -> Snapshot:
    """Have a snapshot made, and keep and return it with the status that it has from now on."""
    phase = ctx.outcome(ctx.compute.create_snapshot(snapshot, ctx.now), FAILED)
    begun = msgspec.structs.replace(snapshot, phase=phase)
    ctx.tx.put(begun)
    return begun


class DeleteSnapshot(Request):
    """Delete a snapshot."""

    snapshot_id: Annotated[str, param("The snapshot.", missing=errors.DELETE_SNAPSHOT_NO_ID)]
    force: Annotated[bool, param("Even if disks were made from it; they can't be reset any more.")] = False


@ECS.operation(
    errors=(errors.SNAPSHOT_NOT_FOUND, errors.SNAPSHOT_BEHIND_IMAGE, errors.SNAPSHOT_BEHIND_DISK),
)
def delete_snapshot(ctx: Context, request: DeleteSnapshot) -> Empty:
    """A snapshot behind an image stays, forced or not, until the image is deleted.

    Source: DeleteSnapshot (2025), whose table has a row for a missing one, though its text says ignored.
    """
    snapshot = ctx.own(Snapshot, request.snapshot_id, errors.SNAPSHOT_NOT_FOUND)
    if images_of(ctx, snapshot):
        raise errors.SNAPSHOT_BEHIND_IMAGE()
    if disks_of(ctx, snapshot) and not request.force:
        raise errors.SNAPSHOT_BEHIND_DISK()
    ctx.tx.delete(snapshot)
    return Empty()


def images_of(ctx: Context, snapshot: Snapshot) -> int:
    """How many images are made from a snapshot."""
    return ctx.tx.count(Backing, snapshot=snapshot.id)


def disks_of(ctx: Context, snapshot: Snapshot) -> int:
    """How many of the owner's disks were made from a snapshot; a sharee's from its image aren't told."""
    return ctx.tx.count(Disk, snapshot=snapshot.id, owner=snapshot.owner)
