"""What becomes of a disk when it is detached or deleted, by whichever operation."""

from msgspec.structs import replace

from localyun.model import Disk, Instance, Snapshot
from localyun.model.instances import PROGRESSING
from localyun.operations.context import Context


def being_snapshot(ctx: Context, disk: Disk) -> bool:
    """Whether a snapshot of a disk isn't complete yet."""
    return any(snapshot.phase.at(ctx.now) == PROGRESSING for snapshot in ctx.tx.find(Snapshot, disk=disk.id))


def detach(ctx: Context, disk: Disk, instance: Instance) -> None:
    """Take a disk away from its instance: Detaching, then Available."""
    phase = ctx.compute.detach_disk(disk, instance, ctx.now)
    ctx.tx.put(
        replace(
            disk,
            instance="",
            device="",
            phase=phase,
            detached_at=phase.ends_at,
            detached_from=instance.id,
        )
    )


def forget(ctx: Context, disk: Disk) -> None:
    """Delete a disk. Its snapshots stay, none of which is an automatic one."""
    ctx.compute.delete_disk(disk, ctx.now)
    ctx.tx.delete(disk)


def release(ctx: Context, instance: Instance) -> None:
    """Let go of the disks of an instance that is deleted: some go with it, the others become available."""
    for disk in ctx.tx.find(Disk, instance=instance.id):
        if disk.delete_with_instance:
            forget(ctx, disk)
        else:
            detach(ctx, disk, instance)
