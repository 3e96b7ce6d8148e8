"""Deleting a disk."""

from typing import Annotated

from localyun.model import Disk
from localyun.model.instances import DISK_AVAILABLE, DISK_CREATING, SYSTEM
from localyun.model.standing import Condition
from localyun.operations.context import Context
from localyun.operations.ecs.disk_life import being_snapshot, forget
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param

DiskId = Annotated[str, param("One's own disk.", example="d-bp1exampleexample")]


class DeleteDisk(Request):
    """Delete a disk that is attached to nothing, for good."""

    disk_id: DiskId


@ECS.operation(
    unknown_region=errors.DELETE_DISK_REGION_MALFORMED,
    errors=(
        errors.NOT_ON_DISK_LIST,
        errors.DISK_NOT_FOUND,
        errors.DELETE_DISK_SYSTEM,
        errors.DELETE_DISK_ATTACHED,
        errors.DELETE_DISK_CREATING,
        errors.DISK_STATUS,
        errors.DISK_BEING_SNAPSHOT,
    ),
)
def delete_disk(ctx: Context, request: DeleteDisk) -> Empty:
    """Its snapshots stay. Source: DeleteDisk (2025)."""
    ctx.check_standing({Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST})
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    if disk.instance:
        raise errors.DELETE_DISK_SYSTEM() if disk.kind == SYSTEM else errors.DELETE_DISK_ATTACHED()
    status = disk.phase.at(ctx.now)
    if status == DISK_CREATING:
        raise errors.DELETE_DISK_CREATING()
    if status != DISK_AVAILABLE:
        raise errors.DISK_STATUS()
    if being_snapshot(ctx, disk):
        raise errors.DISK_BEING_SNAPSHOT()
    forget(ctx, disk)
    return Empty()
