"""Deleting a disk, and changing what is kept of it."""

from typing import Annotated

from msgspec.structs import replace

from localyun import catalogue
from localyun.model import Disk
from localyun.model.disks import SMALLEST_BURSTING, is_being_resized
from localyun.model.instances import DISK_AVAILABLE, DISK_CREATING, SYSTEM
from localyun.model.launching import is_instance_name
from localyun.model.standing import Condition
from localyun.operations.common import is_description
from localyun.operations.context import Context
from localyun.operations.ecs.disk_life import being_snapshot, forget, sharing
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param

DiskId = Annotated[str, param("One's own disk.", example="d-bp1exampleexample")]


class DeleteDisk(Request):
    """Delete a disk that is attached to nothing, for good."""

    disk_id: DiskId


@ECS.operation(
    unknown_region=errors.REGION_PARAMETER_MALFORMED,
    errors=(
        errors.NOT_ON_DISK_LIST,
        errors.DISK_NOT_FOUND,
        errors.DELETE_DISK_SYSTEM,
        errors.DELETE_DISK_ATTACHED,
        errors.DELETE_DISK_CREATING,
        errors.DISK_STATUS,
        errors.DISK_NOT_PORTABLE,
        errors.DISK_BEING_SNAPSHOT,
    ),
)
def delete_disk(ctx: Context, request: DeleteDisk) -> Empty:
    """Its snapshots stay. Source: DeleteDisk (2025)."""
    ctx.check_standing({Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST})
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    status = disk.phase.at(ctx.now)
    if disk.instance or sharing(ctx, disk):
        raise errors.DELETE_DISK_SYSTEM() if disk.kind == SYSTEM else errors.DELETE_DISK_ATTACHED()
    if status == DISK_CREATING:
        raise errors.DELETE_DISK_CREATING()
    if status != DISK_AVAILABLE:
        raise errors.DISK_STATUS()
    if disk.expires_at is not None and ctx.now < disk.expires_at:
        raise errors.DISK_NOT_PORTABLE()
    if being_snapshot(ctx, disk):
        raise errors.DISK_BEING_SNAPSHOT()
    forget(ctx, disk)
    return Empty()


class ModifyDiskAttribute(Request):
    """Change what is kept of a disk, or of several."""

    disk_id: Annotated[str | None, param("One's own disk.")] = None
    disk_name: Annotated[str | None, param("2 to 128 characters, a letter first.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    delete_with_instance: Annotated[bool | None, param("Whether it goes when its instance goes.")] = None
    delete_auto_snapshot: Annotated[
        bool | None, param("Whether its automatic snapshots go with it; there are none, so only kept.")
    ] = None
    enable_auto_snapshot: Annotated[
        bool | None, param("Whether a policy may take snapshots of it; there is none, so only kept.")
    ] = None
    region_id: Annotated[str | None, param("The disks' region.")] = None
    disk_ids: Annotated[
        tuple[str, ...], param("Up to 100 of one's own disks, all of which change, or none.", max_length=100)
    ] = ()
    bursting_enabled: Annotated[bool | None, param("Whether a cloud_auto disk can burst.")] = None


@ECS.operation(
    unknown_region=errors.REGION_MALFORMED,
    errors=(
        errors.MODIFY_NO_DISK,
        errors.MODIFY_DISK_TWO_WAYS,
        errors.NOTHING_TO_MODIFY,
        errors.NEW_DISK_NAME,
        errors.SNAPSHOT_DESCRIPTION_MALFORMED,
        errors.NOT_ON_DISK_LIST,
        errors.DISK_NOT_FOUND,
        errors.DISK_NOT_IN_THIS_STATUS,
        errors.DISK_NOT_PORTABLE,
        errors.SHARED_OUTLIVES_INSTANCES,
        errors.BURSTING_CATEGORY,
        errors.BURSTING_SHARED,
        errors.BURSTING_SIZE,
        errors.BURSTING_WHILE_MODIFIED,
    ),
)
def modify_disk_attribute(ctx: Context, request: ModifyDiskAttribute) -> Empty:
    """What isn't given stays. Source: ModifyDiskAttribute (2025)."""
    if not (request.disk_id or request.disk_ids):
        raise errors.MODIFY_NO_DISK()
    if request.disk_id and request.disk_ids:
        raise errors.MODIFY_DISK_TWO_WAYS()
    asked = {
        "name": request.disk_name,
        "description": request.description,
        "delete_with_instance": request.delete_with_instance,
        "delete_auto_snapshot": request.delete_auto_snapshot,
        "enable_auto_snapshot": request.enable_auto_snapshot,
        "bursting": request.bursting_enabled,
    }
    changes = {name: value for name, value in asked.items() if value is not None}
    if not changes:
        raise errors.NOTHING_TO_MODIFY()
    if request.disk_name is not None and not is_instance_name(request.disk_name):
        raise errors.NEW_DISK_NAME()
    if request.description is not None and not is_description(request.description):
        raise errors.SNAPSHOT_DESCRIPTION_MALFORMED()
    ctx.check_standing({Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST})
    ids = dict.fromkeys(request.disk_ids or (request.disk_id or "",))
    for disk in [ctx.own(Disk, id, errors.DISK_NOT_FOUND) for id in ids]:
        _check_changeable(ctx, disk, request)
        ctx.tx.put(replace(disk, **changes))
    return Empty()


def _check_changeable(ctx: Context, disk: Disk, request: ModifyDiskAttribute) -> None:
    if disk.phase.at(ctx.now) == DISK_CREATING:
        raise errors.DISK_NOT_IN_THIS_STATUS()
    category = catalogue.disk_category(disk.category)
    if request.delete_with_instance is False and category and category.ephemeral:
        raise errors.DISK_NOT_PORTABLE()
    if request.delete_with_instance and disk.multi_attach:
        raise errors.SHARED_OUTLIVES_INSTANCES()
    if not request.bursting_enabled:
        return
    if category is None or not category.bursting:
        raise errors.BURSTING_CATEGORY()
    if disk.multi_attach:
        raise errors.BURSTING_SHARED()
    if disk.size < SMALLEST_BURSTING:
        raise errors.BURSTING_SIZE()
    if is_being_resized(disk, ctx.now):
        raise errors.BURSTING_WHILE_MODIFIED()
