"""Starting, stopping, rebooting and deleting several instances in one call."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from localyun.model import Instance
from localyun.model.standing import Condition
from localyun.operations.common import ClientToken, DryRun, RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.instance_refusals import (
    DELETE_REFUSALS,
    DELETING_REFUSED,
    REBOOT_KEYS,
    REBOOT_REFUSALS,
    START_KEYS,
    START_REFUSALS,
    STOP_KEYS,
    STOP_REFUSALS,
)
from localyun.operations.ecs.instances import (
    Force,
    ForceStop,
    StoppedMode,
    TerminateSubscription,
    delete,
    rebooted,
    started,
    stopped,
)
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, Empty, Request, View, param
from localyun.spec.faults import ApiError, ErrorSpec, reworded

MOST_INSTANCES = 100
NOT_READY = {
    Condition.NOT_READY: errors.INSTANCE_NOT_READY,
    Condition.LOW_BALANCE: errors.INSUFFICIENT_BALANCE,
}

InstanceIds = Annotated[
    tuple[str, ...],
    param(
        "Up to 100 of one's own instances.",
        missing=errors.NO_INSTANCE_IDS,
        malformed=errors.INSTANCE_IDS_MALFORMED,
    ),
]
BatchOptimization = Annotated[
    Literal["AllTogether", "SuccessFirst"],
    param("AllTogether: all of them or none. SuccessFirst: each for itself."),
]

IN_A_BATCH: dict[ErrorSpec, ErrorSpec] = {
    errors.INSTANCE_STATUS: errors.INSTANCES_STATUS,
    errors.INSTANCE_DISK_STATUS: errors.INSTANCES_STATUS,
    errors.STOP_DISK_STATUS: errors.INSTANCES_STATUS,
    errors.INSTANCE_INITIALIZING: errors.INSTANCES_INITIALIZING,
    errors.INSTANCE_LOCKED_FOR_SECURITY: errors.INSTANCES_LOCKED,
    errors.INSTANCE_EXPIRED: errors.INSTANCES_EXPIRED,
    errors.INSTANCE_IN_ARREARS: errors.INSTANCES_IN_ARREARS,
    errors.DISK_EXPIRED: errors.INSTANCES_IN_ARREARS,
    errors.INSTANCE_HOST_REPAIRING: errors.INSTANCES_HOST_REPAIRING,
    errors.INSTANCE_WITHOUT_SYSTEM_DISK: errors.INSTANCES_WITHOUT_SYSTEM_DISK,
    errors.ELASTIC_QUOTA: errors.START_NO_STOCK,
    errors.INSTANCE_STILL_ORDERED: errors.INSTANCES_STILL_ORDERED,
    errors.STOP_CLASSIC: errors.STOP_CLASSIC_INSTANCES,
    **dict.fromkeys(
        (*START_KEYS[:2], START_KEYS.untagged, *REBOOT_KEYS[:2], REBOOT_KEYS.untagged, STOP_KEYS.untagged),
        errors.INSTANCES_KEY_NOT_ENABLED,
    ),
    **dict.fromkeys((START_KEYS[2], REBOOT_KEYS[2]), errors.INSTANCES_KMS_UNAUTHORIZED),
}
"""The errors of one instance that the provider words differently where there are several."""


def _in_a_batch(refused: ApiError) -> ApiError:
    """Return the error of one instance as it is among several."""
    row = IN_A_BATCH.get(refused.spec)
    return row.naming(refused.message) if row else refused


def _among_several(refusals: tuple[ErrorSpec, ...], *first: ErrorSpec) -> tuple[ErrorSpec, ...]:
    """Return what an operation on several instances raises, given what one instance is refused with."""
    among = dict.fromkeys(IN_A_BATCH.get(row, row) for row in refusals)
    return (
        errors.INSTANCE_IDS_TOO_MANY,
        errors.INSTANCES_NOT_FOUND,
        errors.ONE_OF_INSTANCES_NOT_FOUND,
        *first,
        *among,
        errors.INSTANCES_DRY_RUN,
    )


class InstanceResponse(View):
    """What became of one instance: 200, or the code of an error."""

    code: str
    message: str
    instance_id: str
    current_status: str
    previous_status: str


class InstanceResponses(View):
    """What became of each instance."""

    instance_response: list[InstanceResponse]


class ChangedInstances(Answer):
    """What became of each instance."""

    instance_responses: InstanceResponses


def _named(ctx: Context, ids: Sequence[str]) -> list[Instance]:
    """Return the instances of a call. All must be there, whatever becomes of them then."""
    if len(ids) > MOST_INSTANCES:
        raise errors.INSTANCE_IDS_TOO_MANY()
    found = {id: ctx.owned(Instance, id) for id in ids}
    if not any(found.values()):
        raise errors.INSTANCES_NOT_FOUND()
    for id, instance in found.items():
        if instance is None:
            raise errors.ONE_OF_INSTANCES_NOT_FOUND(f"The specified InstanceId {id} does not exist.")
    return [instance for instance in found.values() if instance is not None]


def _changed(
    ctx: Context,
    request: "StartInstances | StopInstances | RebootInstances",
    change: Callable[[Instance], Instance],
) -> ChangedInstances:
    """Change several instances and say what became of each.

    A successful dry run has a code of its own here; raising it undoes what was done.
    """
    responses = []
    for instance in _named(ctx, request.instance_id):
        status = instance.phase.at(ctx.now)
        try:
            result = change(instance)
            ctx.tx.put(result)
            code, message = "200", "success"
        except ApiError as refused:
            if request.batch_optimization != "SuccessFirst":
                raise _in_a_batch(refused) from None
            result, code, message = instance, _in_a_batch(refused).code, refused.message
        responses.append(
            InstanceResponse(
                code=code,
                message=message,
                instance_id=instance.id,
                current_status=result.phase.at(ctx.now),
                previous_status=status,
            )
        )
    if request.dry_run:
        raise errors.INSTANCES_DRY_RUN()
    return ChangedInstances(instance_responses=InstanceResponses(instance_response=responses))


class StartInstances(Request):
    """Start several stopped instances."""

    region_id: RegionId
    instance_id: InstanceIds
    dry_run: DryRun = False
    batch_optimization: BatchOptimization = "AllTogether"


@ECS.operation(errors=_among_several(START_REFUSALS))
def start_instances(ctx: Context, request: StartInstances) -> ChangedInstances:
    """Each as StartInstance does. Source: StartInstances (2025)."""
    return _changed(ctx, request, lambda instance: started(ctx, instance))


class StopInstances(Request):
    """Stop several running instances."""

    region_id: RegionId
    instance_id: InstanceIds
    dry_run: DryRun = False
    force_stop: ForceStop = False
    stopped_mode: StoppedMode = None
    batch_optimization: BatchOptimization = "AllTogether"


@ECS.operation(errors=_among_several(STOP_REFUSALS, *NOT_READY.values()))
def stop_instances(ctx: Context, request: StopInstances) -> ChangedInstances:
    """Each as StopInstance does. Source: StopInstances (2025)."""
    ctx.check_standing(NOT_READY)
    return _changed(
        ctx,
        request,
        lambda instance: stopped(ctx, instance, force=request.force_stop, mode=request.stopped_mode),
    )


class RebootInstances(Request):
    """Reboot several running instances."""

    region_id: RegionId
    instance_id: InstanceIds
    dry_run: DryRun = False
    force_reboot: ForceStop = False
    batch_optimization: BatchOptimization = "AllTogether"


@ECS.operation(errors=_among_several(REBOOT_REFUSALS, *NOT_READY.values()))
def reboot_instances(ctx: Context, request: RebootInstances) -> ChangedInstances:
    """Each as RebootInstance does. Source: RebootInstances (2025)."""
    ctx.check_standing(NOT_READY)
    return _changed(ctx, request, lambda instance: rebooted(ctx, instance, force=request.force_reboot))


class DeleteInstances(Request):
    """Delete several instances, for good."""

    region_id: RegionId
    instance_id: Annotated[
        tuple[str, ...],
        param("Up to 100 of one's own instances.", malformed=errors.DELETED_INSTANCE_IDS_MALFORMED),
    ]
    dry_run: DryRun = False
    force: Force = False
    force_stop: Accepted[bool] = True
    terminate_subscription: TerminateSubscription = False
    client_token: ClientToken = None


@ECS.operation(
    errors=(
        *DELETING_REFUSED.values(),
        errors.INSTANCES_OF_SEVERAL_REGIONS,
        *_among_several(DELETE_REFUSALS[len(DELETING_REFUSED) :]),
    )
)
def delete_instances(ctx: Context, request: DeleteInstances) -> Empty:
    """All of them or none. Source: DeleteInstances (2025)."""
    ctx.check_standing(DELETING_REFUSED)
    elsewhere = Context(ctx.caller, ctx.tx, ctx.now, ctx.world, ctx.request_id)
    if any(elsewhere.owned(Instance, id) and not ctx.owned(Instance, id) for id in request.instance_id):
        raise errors.INSTANCES_OF_SEVERAL_REGIONS()
    for instance in _named(ctx, request.instance_id):
        with reworded(IN_A_BATCH):
            delete(ctx, instance, force=request.force, terminate=request.terminate_subscription)
    if request.dry_run:
        raise errors.INSTANCES_DRY_RUN()
    return Empty()
