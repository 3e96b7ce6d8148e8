"""ResetDisk: a disk put back to one of its snapshots."""

from typing import Annotated

from msgspec.structs import replace

from localyun import catalogue
from localyun.model import Disk, Instance, Snapshot
from localyun.model.disks import is_being_resized
from localyun.model.encryption import Cipher, KeyRows
from localyun.model.instances import DISK_AVAILABLE, FAILED, IN_USE, PROGRESSING, REINITING, STOPPED
from localyun.model.standing import Condition
from localyun.operations.common import DryRun
from localyun.operations.context import Context
from localyun.operations.ecs.disk_life import being_snapshot, check_paid, sharing
from localyun.operations.ecs.disks import DiskId
from localyun.operations.ecs.encryption import check_readable
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param

HELD_BACK = {
    Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST,
    Condition.NO_SNAPSHOTS: errors.NO_SNAPSHOT_SERVICE,
    Condition.LOCKED: errors.INSTANCE_LOCKED,
    Condition.ARREARS: errors.INSTANCE_IN_ARREARS,
    Condition.EXPIRED: errors.INSTANCE_IN_ARREARS,
    Condition.LOW_BALANCE: errors.NO_BALANCE,
}
RESET_KEY = KeyRows(
    errors.KEY_NOT_FOUND, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED, errors.KEY_UNTAGGED
)


class ResetDisk(Request):
    """Put a disk back to one of its snapshots."""

    disk_id: DiskId
    snapshot_id: Annotated[str, param("A complete snapshot of this very disk.")]
    dry_run: DryRun = False


@ECS.operation(
    unknown_region=errors.REGION_MALFORMED,
    errors=(
        *dict.fromkeys(HELD_BACK.values()),
        errors.DISK_NOT_FOUND,
        errors.IMAGE_SNAPSHOT_NOT_FOUND,
        errors.DISK_CATEGORY_UNSUPPORTED,
        errors.RESET_IN_PROGRESS,
        errors.DISK_STATUS,
        errors.DISK_OPERATION_CONFLICT,
        errors.INSTANCE_STATUS,
        errors.RESET_OTHER_DISK,
        errors.RESET_SNAPSHOT_FAILED,
        errors.DATA_DISK_SNAPSHOT_NOT_READY,
        errors.RESET_UNFINISHED_SNAPSHOT,
        *RESET_KEY,
    ),
)
def reset_disk(ctx: Context, request: ResetDisk) -> Empty:
    """ReIniting, then as before; whatever instances it is attached to are stopped.

    Source: ResetDisk (2025).
    """
    ctx.check_standing(HELD_BACK)
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    snapshot = ctx.own(Snapshot, request.snapshot_id, errors.IMAGE_SNAPSHOT_NOT_FOUND)
    category = catalogue.disk_category(disk.category)
    if category and category.ephemeral:
        raise errors.DISK_CATEGORY_UNSUPPORTED()
    _check_states(ctx, disk)
    if snapshot.disk != disk.id:
        raise errors.RESET_OTHER_DISK()
    status = snapshot.phase.at(ctx.now)
    if status == FAILED:
        raise errors.RESET_SNAPSHOT_FAILED()
    if status == PROGRESSING:
        raise errors.DATA_DISK_SNAPSHOT_NOT_READY()
    if being_snapshot(ctx, disk):
        raise errors.RESET_UNFINISHED_SNAPSHOT()
    check_readable(ctx, Cipher.of(disk), RESET_KEY)
    check_readable(ctx, Cipher.of(snapshot), RESET_KEY)
    ctx.tx.put(replace(disk, phase=ctx.compute.reset_disk(disk, snapshot, ctx.now)))
    return Empty()


def _check_states(ctx: Context, disk: Disk) -> None:
    status = disk.phase.at(ctx.now)
    if status == REINITING:
        raise errors.RESET_IN_PROGRESS()
    if status not in (IN_USE, DISK_AVAILABLE):
        raise errors.DISK_STATUS()
    if is_being_resized(disk, ctx.now):
        raise errors.DISK_OPERATION_CONFLICT()
    for id in (disk.instance, *(shared.instance for shared in sharing(ctx, disk))):
        instance = ctx.tx.get(Instance, id)
        if instance:
            check_paid(ctx, instance)
        if instance and instance.phase.at(ctx.now) != STOPPED:
            raise errors.INSTANCE_STATUS()
