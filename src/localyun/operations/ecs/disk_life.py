"""What becomes of a disk when it is detached or deleted, by whichever operation."""

from msgspec.structs import replace

from localyun.model import Disk, Instance, SharedAttachment, Snapshot
from localyun.model.instances import IN_USE, PROGRESSING
from localyun.operations.context import Context
from localyun.spec import errors


def being_snapshot(ctx: Context, disk: Disk) -> bool:
    """Whether a snapshot of a disk isn't complete yet."""
    return any(snapshot.phase.at(ctx.now) == PROGRESSING for snapshot in ctx.tx.find(Snapshot, disk=disk.id))


def sharing(ctx: Context, disk: Disk) -> list[SharedAttachment]:
    """Return which instances share a disk, that with the lowest id first."""
    return ctx.tx.find(SharedAttachment, disk=disk.id)


def shared_by(ctx: Context, instance: str) -> list[SharedAttachment]:
    """Return which disks an instance shares with others."""
    return ctx.tx.find(SharedAttachment, instance=instance)


def check_paid(ctx: Context, instance: Instance) -> None:
    """Raise `InstanceExpiredOrInArrears` for an instance whose subscription is over."""
    if instance.expires_at is not None and instance.expires_at <= ctx.now:
        raise errors.INSTANCE_IN_ARREARS()


def detach(ctx: Context, disk: Disk, instance: Instance) -> None:
    """Take a disk away from its instance: Detaching, then Available, or In_use if others share it."""
    phase = ctx.compute.detach_disk(disk, instance, ctx.now)
    if disk.multi_attach:
        for shared in ctx.tx.find(SharedAttachment, disk=disk.id, instance=instance.id):
            ctx.tx.delete(shared)
        if sharing(ctx, disk):
            ctx.tx.put(replace(disk, phase=replace(phase, after=IN_USE), detached_from=instance.id))
            return
    ctx.tx.put(
        replace(
            disk,
            instance="",
            device="",
            phase=phase,
            detached_at=phase.next_at(ctx.now),
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
    for shared in shared_by(ctx, instance.id):
        if disk_left := ctx.tx.get(Disk, shared.disk):
            detach(ctx, disk_left, instance)
