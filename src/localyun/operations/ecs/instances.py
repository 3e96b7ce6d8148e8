"""Starting, stopping, rebooting and deleting an instance."""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from localyun.clock import Instant
from localyun.model import Disk, Eip, Instance
from localyun.model.encryption import KeyRows
from localyun.model.instances import (
    IN_USE,
    KEEP_CHARGING,
    NOT_APPLICABLE,
    PENDING,
    RUNNING,
    STOPPED,
    SYSTEM,
)
from localyun.model.standing import Condition
from localyun.operations.common import DryRun
from localyun.operations.context import Context
from localyun.operations.ecs.disk_life import release
from localyun.operations.ecs.encryption import check_disks_readable, is_services
from localyun.operations.ecs.instance_refusals import (
    BY_ANOTHER,
    DELETE_REFUSALS,
    DELETING_REFUSED,
    REBOOT_KEYS,
    REBOOT_REFUSALS,
    RELEASING,
    START_KEYS,
    START_REFUSALS,
    STARTING_REFUSED,
    STOP_KEYS,
    STOP_REFUSALS,
    STOPPING_REFUSED,
)
from localyun.operations.ecs.machine_stock import check_machine_to_be_had
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Empty, Request, param
from localyun.spec.faults import ErrorSpec, reworded

InstanceId = Annotated[str, param("One's own instance.", example="i-bp1exampleexample")]
StoppedMode = Annotated[
    str | None,
    param("StopCharging, in a VPC only, or KeepCharging; shown, nothing costs anything."),
]
ForceStop = Annotated[bool, param("Pull the plug.")]
Force = Annotated[bool, param("Delete it even if it runs.")]
TerminateSubscription = Annotated[bool, param("Delete it even if it is paid for in advance.")]


def started(ctx: Context, instance: Instance) -> Instance:
    """Return a stopped instance as it is when it is started.

    One that is still being made starts as soon as it is made: Libcloud doesn't wait between the two.

    Raises one of `START_REFUSALS`.
    """
    ctx.check_standing(STARTING_REFUSED)
    if instance.phase.at(ctx.now) not in (PENDING, STOPPED):
        raise errors.INSTANCE_STATUS()
    disks = ctx.tx.find(Disk, instance=instance.id)
    if not any(disk.kind == SYSTEM for disk in disks):
        raise errors.INSTANCE_WITHOUT_SYSTEM_DISK()
    _check_disks(ctx, disks, errors.INSTANCE_DISK_STATUS, START_KEYS)
    check_machine_to_be_had(ctx, instance)
    return starting(ctx, instance, instance.phase.next_at(ctx.now))


def _check_disks(ctx: Context, disks: Sequence[Disk], not_ready: ErrorSpec, keys: KeyRows) -> None:
    """Refuse what needs its disks while one of them isn't in use or can't be decrypted."""
    if any(disk.phase.at(ctx.now) != IN_USE for disk in disks):
        raise not_ready()
    check_disks_readable(ctx, disks, keys)


def starting(ctx: Context, instance: Instance, begins: Instant) -> Instance:
    """Return an instance as it is when its start begins at an instant, which may be yet to come."""
    return replace(
        instance,
        phase=ctx.compute.start_instance(instance, begins),
        started_at=begins,
        stopped_mode=NOT_APPLICABLE,
    )


def stopped(
    ctx: Context, instance: Instance, *, force: bool, mode: str | None, hibernate: bool = False
) -> Instance:
    """Return a running instance as it is when it is stopped.

    One that hibernates keeps its memory on its encrypted system disk, for which it needs the key.

    Raises one of `STOP_REFUSALS`, or `HibernationConfigured.NotEnabled`.
    """
    ctx.check_standing(STOPPING_REFUSED)
    if ctx.is_in(Condition.MANAGED):
        raise errors.INSTANCE_MANAGED("StopInstance", BY_ANOTHER)
    if instance.phase.at(ctx.now) != RUNNING:
        raise errors.INSTANCE_STATUS()
    if mode == RELEASING and not instance.vpc:
        raise errors.STOP_CLASSIC()
    disks = ctx.tx.find(Disk, instance=instance.id)
    if any(disk.phase.at(ctx.now) != IN_USE for disk in disks):
        raise errors.STOP_DISK_STATUS()
    if hibernate and not instance.hibernates:
        raise errors.NOT_HIBERNATING()
    if hibernate or mode == RELEASING:
        _check_comes_back(ctx, [disk for disk in disks if disk.encrypted])
    phase = ctx.compute.stop_instance(instance, ctx.now, force=force)
    return replace(instance, phase=phase, stopped_mode=mode or KEEP_CHARGING)


def _check_comes_back(ctx: Context, encrypted: Sequence[Disk]) -> None:
    """Refuse to stop an instance so that it couldn't start again, for want of its disks' keys."""
    if not encrypted:
        return
    own = any(not is_services(ctx, disk) for disk in encrypted)
    ctx.check_standing({Condition.NO_KMS: errors.STOP_KMS_NOT_OPEN_FOR_KEY if own else errors.KMS_NOT_OPEN})
    check_disks_readable(ctx, encrypted, STOP_KEYS)


def rebooted(ctx: Context, instance: Instance, *, force: bool) -> Instance:
    """Return a running instance as it is when it is rebooted. Raises one of `REBOOT_REFUSALS`."""
    ctx.check_standing(STOPPING_REFUSED)
    if instance.phase.at(ctx.now) != RUNNING:
        raise errors.INSTANCE_STATUS()
    disks = ctx.tx.find(Disk, instance=instance.id)
    with reworded(dict(zip(START_KEYS, REBOOT_KEYS, strict=True))):
        _check_disks(ctx, disks, errors.INSTANCE_DISK_STATUS, START_KEYS)
    phase = ctx.compute.reboot_instance(instance, ctx.now, force=force)
    return replace(instance, phase=phase, started_at=ctx.now)


def delete(ctx: Context, instance: Instance, *, force: bool, terminate: bool) -> None:
    """Delete an instance with those of its disks that go with it; the others become available.

    One whose order isn't over yet goes only if the order is terminated with it.

    Raises one of `DELETE_REFUSALS`.
    """
    ctx.check_standing(DELETING_REFUSED)
    if ctx.is_in(Condition.MANAGED):
        raise errors.INSTANCE_MANAGED("DeleteInstance", BY_ANOTHER)
    status = instance.phase.at(ctx.now)
    if instance.expires_at is not None and ctx.now < instance.expires_at and not terminate:
        raise errors.INSTANCE_STILL_ORDERED()
    if instance.deletion_protection:
        raise errors.INSTANCE_PROTECTED()
    if status == PENDING:
        raise errors.INSTANCE_INITIALIZING()
    if status not in ((STOPPED, RUNNING) if force else (STOPPED,)):
        raise errors.INSTANCE_STATUS()
    release(ctx, instance)
    ctx.compute.delete_instance(instance, ctx.now)
    for eip in ctx.tx.find(Eip, instance=instance.id):
        phase = ctx.compute.unassociate_eip(eip, instance, ctx.now)
        ctx.tx.put(replace(eip, instance="", phase=phase))
    ctx.tx.delete(instance)


class StartInstance(Request):
    """Start a stopped instance."""

    instance_id: InstanceId
    init_local_disk: Accepted[bool] = False
    dry_run: DryRun = False


@ECS.operation(errors=(errors.INSTANCE_NOT_FOUND, *START_REFUSALS))
def start_instance(ctx: Context, request: StartInstance) -> Empty:
    """Starting, then Running. Source: StartInstance (2025)."""
    ctx.tx.put(started(ctx, ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)))
    return Empty()


class StopInstance(Request):
    """Stop a running instance."""

    instance_id: InstanceId
    confirm_stop: Accepted[bool] = None
    force_stop: ForceStop = False
    stopped_mode: StoppedMode = None
    dry_run: DryRun = False
    hibernate: Annotated[bool, param("Keep its memory, if it was made to hibernate.")] = False


@ECS.operation(errors=(errors.INSTANCE_NOT_FOUND, *STOP_REFUSALS, errors.NOT_HIBERNATING))
def stop_instance(ctx: Context, request: StopInstance) -> Empty:
    """Stopping, then Stopped. Source: StopInstance (2025)."""
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    ctx.tx.put(
        stopped(
            ctx,
            instance,
            force=request.force_stop,
            mode=request.stopped_mode,
            hibernate=request.hibernate,
        )
    )
    return Empty()


class RebootInstance(Request):
    """Reboot a running instance."""

    instance_id: InstanceId
    force_stop: ForceStop = False
    dry_run: DryRun = False


@ECS.operation(errors=(errors.INSTANCE_NOT_FOUND, *REBOOT_REFUSALS))
def reboot_instance(ctx: Context, request: RebootInstance) -> Empty:
    """Starting, then Running again. Source: RebootInstance (2025)."""
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    ctx.tx.put(rebooted(ctx, instance, force=request.force_stop))
    return Empty()


class DeleteInstance(Request):
    """Delete an instance, for good."""

    instance_id: InstanceId
    force: Force = False
    force_stop: Accepted[bool] = True
    terminate_subscription: TerminateSubscription = False
    dry_run: DryRun = False


@ECS.operation(errors=(errors.INSTANCE_ID_MALFORMED, errors.INSTANCE_NOT_FOUND, *DELETE_REFUSALS))
def delete_instance(ctx: Context, request: DeleteInstance) -> Empty:
    """Its snapshots and the images made of it stay. Source: DeleteInstance (2025)."""
    if not request.instance_id.startswith("i-"):
        raise errors.INSTANCE_ID_MALFORMED()
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    delete(ctx, instance, force=request.force, terminate=request.terminate_subscription)
    return Empty()
