"""Making and deleting snapshots of disks."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from localyun import catalogue
from localyun.model import Backing, Disk, Image, Instance, Phase, Snapshot, Tag
from localyun.model.encryption import Cipher, KeyRows
from localyun.model.image_rules import needs_restart
from localyun.model.instances import (
    ACCOMPLISHED,
    ATTACHING,
    DETACHING,
    DISK_AVAILABLE,
    FAILED,
    FLASH,
    IN_USE,
    RUNNING,
    STOPPED,
)
from localyun.model.standing import Condition, Feature
from localyun.operations.common import (
    ResourceGroupId,
    TagItem,
    check_resource_group,
    is_description,
    is_name,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import check_readable
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, Request, param

ESSD = ("cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_regional_disk_auto")
"""The categories of disks that have snapshots with instant access."""

RetentionDays = Annotated[
    int | None,
    param(
        "How many days it is kept, 1 to 65536; then it is gone, unless something is made from it.",
        ge=1,
        le=65536,
        malformed=errors.RETENTION_DAYS_MALFORMED,
    ),
]


class CreateSnapshot(Request):
    """Keep what is on a disk now."""

    disk_id: Annotated[str, param("The disk, attached or available.", example="d-bp1exampleexample")]
    snapshot_name: Annotated[str | None, param("2 to 128 characters, not beginning with `auto`.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    retention_days: RetentionDays = None
    category: Annotated[
        Literal["Standard", "Flash", "standard", "flash"],
        param("Flash for a local snapshot.", malformed=errors.SNAPSHOT_CATEGORY_MALFORMED),
    ] = "Standard"
    client_token: Annotated[
        str | None,
        param(
            "Makes a repeated call have the answer of the first; up to 64 ASCII characters.",
            max_length=64,
            malformed=errors.SNAPSHOT_TOKEN_MALFORMED,
        ),
    ] = None
    resource_group_id: ResourceGroupId = None
    instant_access: Annotated[
        bool, param("Whether it can be used at once; of ESSDs, and not of local snapshots.")
    ] = False
    instant_access_retention_days: Annotated[
        int | None,
        param(
            "How many days that is so, 1 to 65535.",
            ge=1,
            le=65535,
            malformed=errors.INSTANT_ACCESS_DAYS_MALFORMED,
        ),
    ] = None
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags.", max_length=20)] = ()
    storage_location_arn: Annotated[
        str | None, param("A place in a CloudBox, which nobody has here: always refused.")
    ] = None


SNAPSHOT_KEY = KeyRows(
    errors.SNAPSHOT_KEY_NOT_FOUND,
    errors.KEY_NOT_ENABLED,
    errors.KMS_UNAUTHORIZED,
    errors.SNAPSHOT_KEY_UNTAGGED,
)


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


STANDING = {
    Condition.ARREARS: errors.NO_BALANCE,
    Condition.ABNORMAL: errors.NO_BALANCE_TO_ORDER,
    Condition.NO_SNAPSHOTS: errors.NO_SNAPSHOT_SERVICE,
    Condition.NOT_AUTHORIZED: errors.SNAPSHOT_NOT_AUTHORIZED,
}
"""Who makes no snapshot."""


@ECS.operation(
    errors=(
        errors.SNAPSHOT_TOKEN_MALFORMED,
        errors.SNAPSHOT_NAME_MALFORMED,
        errors.SNAPSHOT_DESCRIPTION_MALFORMED,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.FLASH_AND_INSTANT_ACCESS,
        errors.STORAGE_LOCATION,
        *STANDING.values(),
        errors.SNAPSHOT_DISK_ID,
        errors.SNAPSHOT_DISK_NOT_FOUND,
        errors.SNAPSHOT_OF_EPHEMERAL_DISK,
        errors.REGION_WITHOUT_INSTANT_ACCESS,
        errors.INSTANT_ACCESS_DISK,
        errors.SNAPSHOT_DISK_NEVER_ATTACHED,
        errors.SNAPSHOT_INSTANCE_LOCKED,
        errors.INSTANCE_STATUS,
        errors.SNAPSHOT_DISK_NEVER_USED,
        errors.DISK_NEEDS_RESTART,
        *SNAPSHOT_KEY,
        errors.ENCRYPTED_COPY_TWICE,
        *TAKING,
        errors.SNAPSHOTS_QUOTA,
    ),
    token_reused=errors.CREATE_SNAPSHOT_TOKEN_REUSED,
)
def create_snapshot(ctx: Context, request: CreateSnapshot) -> CreatedSnapshot:
    """The instance that the disk is attached to is running or stopped, and was started at least once.

    Source: CreateSnapshot (2025).
    """
    _check_words(request)
    tags = new_tags(request.tag)
    check_resource_group(request.resource_group_id)
    category = request.category.lower()
    if request.instant_access and category == FLASH:
        raise errors.FLASH_AND_INSTANT_ACCESS()
    if request.storage_location_arn is not None:
        raise errors.STORAGE_LOCATION()
    ctx.check_standing(STANDING)
    if not request.disk_id.startswith("d-"):
        raise errors.SNAPSHOT_DISK_ID()
    disk = ctx.own(Disk, request.disk_id, errors.SNAPSHOT_DISK_NOT_FOUND)
    if is_ephemeral(disk.category):
        raise errors.SNAPSHOT_OF_EPHEMERAL_DISK()
    if request.instant_access:
        _check_instant_access(ctx, disk)
    _check_use(ctx, disk)
    check_readable(ctx, Cipher.of(disk), SNAPSHOT_KEY)
    if any(copy.encrypted for copy in copies_under_way(ctx, ctx.tx.find(Snapshot, disk=disk.id))):
        raise errors.ENCRYPTED_COPY_TWICE()
    snapshot = take_snapshot(
        ctx,
        disk,
        name=request.snapshot_name or "",
        description=request.description or "",
        category=category,
        retention_days=request.retention_days,
        instant_access=request.instant_access,
        instant_access_days=request.instant_access_retention_days if request.instant_access else None,
        resource_group=request.resource_group_id or "",
        tags=tags,
    )
    if has_snapshots(ctx, ctx.limits.snapshots_per_region + 1, owner=disk.owner, region=disk.region):
        raise errors.SNAPSHOTS_QUOTA()
    return CreatedSnapshot(snapshot_id=snapshot.id)


def _check_words(request: CreateSnapshot) -> None:
    if not (request.client_token or "").isascii():
        raise errors.SNAPSHOT_TOKEN_MALFORMED()
    if request.snapshot_name is not None and not is_snapshot_name(request.snapshot_name):
        raise errors.SNAPSHOT_NAME_MALFORMED()
    if request.description is not None and not is_description(request.description):
        raise errors.SNAPSHOT_DESCRIPTION_MALFORMED()


def _check_instant_access(ctx: Context, disk: Disk) -> None:
    if not ctx.has(Feature.INSTANT_ACCESS, disk.region):
        raise errors.REGION_WITHOUT_INSTANT_ACCESS()
    if disk.category not in ESSD:
        raise errors.INSTANT_ACCESS_DISK()


def is_ephemeral(category: str) -> bool:
    """Whether disks of a category come and go with their instance, and have no snapshots."""
    found = catalogue.disk_category(category)
    return found is not None and found.ephemeral


def _check_use(ctx: Context, disk: Disk) -> None:
    """Refuse a disk that nothing was ever written to, and one whose instance is in between."""
    if not disk.instance and disk.attached_at is None:
        raise errors.SNAPSHOT_DISK_NEVER_ATTACHED()
    instance = ctx.tx.get(Instance, disk.instance)
    if instance is None:
        return
    ctx.check_standing({Condition.LOCKED: errors.SNAPSHOT_INSTANCE_LOCKED})
    status = instance.phase.at(ctx.now)
    if status not in (RUNNING, STOPPED):
        raise errors.INSTANCE_STATUS()
    if not instance.was_started:
        raise errors.SNAPSHOT_DISK_NEVER_USED()
    if needs_restart(instance, status, (disk,)):
        raise errors.DISK_NEEDS_RESTART()


def copies_under_way(ctx: Context, snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """Return the copies of snapshots, in all regions, that are still being made."""
    copies = (copy for one in snapshots for copy in ctx.tx.find(Snapshot, source=one.id))
    return [copy for copy in copies if not copy.phase.settled(ctx.now)]


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
    instant_access: bool = False,
    instant_access_days: int | None = None,
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
    if has_snapshots(ctx, ctx.limits.snapshots_per_disk, disk=disk.id):
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
            instant_access=instant_access,
            instant_access_days=instant_access_days,
            image=disk.image,
        ),
    )


def has_snapshots(ctx: Context, count: int, **of: Any) -> bool:
    """Whether a disk or an account in a region has that many snapshots; those that are gone are forgotten."""
    if ctx.tx.count(Snapshot, **of) < count:
        return False
    gone = [snapshot for snapshot in ctx.tx.find(Snapshot, **of) if ctx.is_gone(snapshot)]
    for snapshot in gone:
        ctx.tx.delete(snapshot)
    return ctx.tx.count(Snapshot, **of) >= count


def is_under_way(ctx: Context, count: int, **of: Any) -> bool:
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
    errors=(
        errors.SNAPSHOT_NOT_FOUND,
        errors.SNAPSHOT_BEHIND_IMAGE,
        errors.SNAPSHOT_IN_USE_BY_DISK,
        errors.SNAPSHOT_BEHIND_DISK,
        errors.SNAPSHOT_BEING_COPIED,
        errors.DELETE_WHILE_SNAPSHOT,
    ),
)
def delete_snapshot(ctx: Context, request: DeleteSnapshot) -> Empty:
    """A snapshot behind an image stays, forced or not, until the image is deleted.

    One that is being made is called off by it; one that it is made after, or that is copied, waits.
    Source: DeleteSnapshot (2025), whose table has a row for a missing one, though its text says ignored.
    """
    snapshot = ctx.own(Snapshot, request.snapshot_id, errors.SNAPSHOT_NOT_FOUND)
    if images_of(ctx, snapshot):
        raise errors.SNAPSHOT_BEHIND_IMAGE()
    if disks_of(ctx, snapshot) and not request.force:
        attached = any(
            disk.instance for disk in ctx.tx.find(Disk, snapshot=snapshot.id, owner=snapshot.owner)
        )
        raise errors.SNAPSHOT_IN_USE_BY_DISK() if attached else errors.SNAPSHOT_BEHIND_DISK()
    if any(not copy.phase.settled(ctx.now) for copy in ctx.tx.find(Snapshot, source=snapshot.id)):
        raise errors.SNAPSHOT_BEING_COPIED()
    if snapshot.phase.settled(ctx.now) and snapshot.disk and is_under_way(ctx, 1, disk=snapshot.disk):
        raise errors.DELETE_WHILE_SNAPSHOT()
    ctx.tx.delete(snapshot)
    return Empty()


def images_of(ctx: Context, snapshot: Snapshot) -> int:
    """How many images are made from a snapshot."""
    return ctx.tx.count(Backing, snapshot=snapshot.id)


def disks_of(ctx: Context, snapshot: Snapshot) -> int:
    """How many of the owner's disks were made from a snapshot; a sharee's from its image aren't told."""
    return ctx.tx.count(Disk, snapshot=snapshot.id, owner=snapshot.owner)


def snapshots_behind(ctx: Context, image: Image) -> list[Snapshot]:
    """Return the snapshots that an image is made from, whosever they are."""
    found = (ctx.tx.get(Snapshot, id) for id in sorted(image.snapshots))
    return [snapshot for snapshot in found if snapshot is not None]
