"""Starting, stopping, rebooting and deleting several instances in one call."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from localyun.model import Instance
from localyun.operations.common import ClientToken, DryRun, RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.instances import (
    Force,
    ForceStop,
    StoppedMode,
    delete,
    rebooted,
    started,
    stopped,
)
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, Empty, Request, View, param
from localyun.spec.faults import ApiError, ErrorSpec

MOST_INSTANCES = 100

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
    errors.INSTANCE_WITHOUT_SYSTEM_DISK: errors.INSTANCES_WITHOUT_SYSTEM_DISK,
    errors.INSTANCE_INITIALIZING: errors.INSTANCES_INITIALIZING,
    errors.INSTANCE_PROTECTED: errors.INSTANCE_PROTECTED,
}
"""The errors of one instance, and what the provider makes of them where there are several."""


def _in_a_batch(refused: ApiError) -> ApiError:
    return IN_A_BATCH[refused.spec].naming(refused.message)


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


REFUSALS = (
    errors.INSTANCE_IDS_TOO_MANY,
    errors.INSTANCES_NOT_FOUND,
    errors.INSTANCES_STATUS,
    errors.INSTANCES_DRY_RUN,
)


def _named(ctx: Context, ids: Sequence[str]) -> list[Instance]:
    """Return the instances of a call. All must be there, whatever becomes of them then."""
    if len(ids) > MOST_INSTANCES:
        raise errors.INSTANCE_IDS_TOO_MANY()
    return [ctx.own(Instance, id, errors.INSTANCES_NOT_FOUND) for id in dict.fromkeys(ids)]


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


@ECS.operation(errors=(*REFUSALS, errors.INSTANCES_WITHOUT_SYSTEM_DISK))
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


@ECS.operation(errors=REFUSALS)
def stop_instances(ctx: Context, request: StopInstances) -> ChangedInstances:
    """Each as StopInstance does. Source: StopInstances (2025)."""
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


@ECS.operation(errors=REFUSALS)
def reboot_instances(ctx: Context, request: RebootInstances) -> ChangedInstances:
    """Each as RebootInstance does. Source: RebootInstances (2025)."""
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
    terminate_subscription: Accepted[bool] = False
    client_token: ClientToken = None


@ECS.operation(
    errors=(
        errors.INSTANCE_IDS_TOO_MANY,
        errors.INSTANCES_NOT_FOUND,
        errors.INSTANCE_PROTECTED,
        errors.INSTANCES_INITIALIZING,
        errors.INSTANCES_STATUS,
        errors.INSTANCES_DRY_RUN,
    )
)
def delete_instances(ctx: Context, request: DeleteInstances) -> Empty:
    """All of them or none. Source: DeleteInstances (2025)."""
    for instance in _named(ctx, request.instance_id):
        try:
            delete(ctx, instance, force=request.force)
        except ApiError as refused:
            raise _in_a_batch(refused) from None
    if request.dry_run:
        raise errors.INSTANCES_DRY_RUN()
    return Empty()
