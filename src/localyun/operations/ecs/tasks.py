"""Listing, showing and canceling tasks."""

from typing import Annotated

import msgspec

from localyun.clock import Instant
from localyun.model import ExportedObject, Image, Phase, Snapshot
from localyun.model.images import CREATE_FAILED
from localyun.model.tasks import IMPORT, PROCESSING, Task
from localyun.operations.common import PageNumber, PageSize, RegionId, page, progress
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, NotEmulated, Request, Unset, View, param
from localyun.wire import times

RegionOfTask = Annotated[RegionId, param("The tasks' region.", missing=errors.NO_REGION_ID)]
MOST_IDS = 100


class DescribeTasks(Request):
    """List tasks: imports and exports of images."""

    region_id: RegionOfTask
    page_number: PageNumber = 1
    page_size: PageSize = 10
    task_ids: Annotated[str | None, param("Up to 100 ids, separated by commas.")] = None
    task_action: Annotated[str | None, param("Only these: ImportImage or ExportImage.")] = None
    task_status: Annotated[str | None, param("Only these: Processing, Finished or Failed.")] = None
    start_time: Annotated[str | None, param("Begun at this time or later: `yyyy-MM-ddTHH:mm:ssZ`.")] = None
    end_time: Annotated[str | None, param("Begun at this time or earlier.")] = None
    resource_ids: Annotated[
        tuple[str, ...], param("Only those of these images, up to 100.", max_length=MOST_IDS)
    ] = ()
    task_group_id: NotEmulated[str] = None


class TaskView(View):
    """A task in the list."""

    creation_time: str
    task_status: str
    finished_time: str
    support_cancel: str
    task_id: str
    task_action: str
    resource_id: str


class TaskSet(View):
    """A page of tasks."""

    task: list[TaskView]


class TaskList(Answer):
    """The tasks, newest first."""

    page_size: int
    page_number: int
    total_count: int
    region_id: str
    task_set: TaskSet


@ECS.operation(errors=(errors.INVALID_PARAMETER,), unknown_region=errors.REGION_ID_NOT_FOUND, changes=False)
def describe_tasks(ctx: Context, request: DescribeTasks) -> TaskList:
    """All that is asked for narrows the list."""
    ids = None if request.task_ids is None else request.task_ids.split(",")
    if ids is not None and len(ids) > MOST_IDS:
        raise errors.INVALID_PARAMETER("TaskIds")
    first, last = _instant(request.start_time, "StartTime"), _instant(request.end_time, "EndTime")
    found = [
        task
        for task in ctx.mine(Task)
        if (ids is None or task.id in ids)
        and request.task_action in (None, task.action)
        and request.task_status in (None, task.phase.at(ctx.now))
        and (first is None or first <= task.created_at)
        and (last is None or task.created_at <= last)
        and (not request.resource_ids or task.resource in request.resource_ids)
    ]
    return TaskList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        region_id=ctx.region,
        task_set=TaskSet(
            task=[
                TaskView(
                    creation_time=times.seconds(task.created_at),
                    task_status=task.phase.at(ctx.now),
                    finished_time=_finished(task, ctx.now),
                    support_cancel=_can_be_canceled(task, ctx.now),
                    task_id=task.id,
                    task_action=task.action,
                    resource_id=task.resource,
                )
                for task in page(found, request.page_number, request.page_size)
            ]
        ),
    )


def _instant(text: str | None, name: str) -> Instant | None:
    try:
        return None if text is None else times.parse(text)
    except ValueError:
        raise errors.INVALID_PARAMETER(name) from None


def _finished(task: Task, now: Instant) -> str:
    """When a task was over; nothing while it isn't."""
    return times.seconds(task.phase.ends_at) if task.phase.settled(now) else ""


def _can_be_canceled(task: Task, now: Instant) -> str:
    """Whether CancelTask may stop it: imports and exports, the only tasks, as long as they run."""
    return "false" if task.phase.settled(now) else "true"


class DescribeTaskAttribute(Request):
    """Show a task, and how each of its steps stands."""

    region_id: RegionOfTask
    task_id: Annotated[str, param("The task.", example="t-bp1exampleexample")]


class RelatedItemView(View):
    """Something that a step is about."""

    name: str
    value: str


class RelatedItemSet(View):
    """What a step is about."""

    related_item: list[RelatedItemView]


class OperationProgressView(View):
    """A step of a task: one disk."""

    operation_status: str
    related_item_set: RelatedItemSet
    error_msg: str | Unset = UNSET
    error_code: str | Unset = UNSET


class OperationProgressSet(View):
    """The steps of a task."""

    operation_progress: list[OperationProgressView]


class TaskAttribute(Answer):
    """A task. Its steps count as done, well or not, once it is over."""

    creation_time: str
    support_cancel: str
    total_count: int
    success_count: int
    region_id: str
    task_action: str
    failed_count: int
    task_status: str
    task_process: str
    finished_time: str
    task_id: str
    operation_progress_set: OperationProgressSet


@ECS.operation(errors=(errors.TASK_NOT_FOUND,), unknown_region=errors.REGION_ID_NOT_FOUND, changes=False)
def describe_task_attribute(ctx: Context, request: DescribeTaskAttribute) -> TaskAttribute:
    """Another's task looks as if it weren't there."""
    task = ctx.own(Task, request.task_id, errors.TASK_NOT_FOUND)
    over = task.phase.settled(ctx.now)
    failed = sum(bool(step.error) for step in task.steps) if over else 0
    return TaskAttribute(
        creation_time=times.seconds(task.created_at),
        support_cancel=_can_be_canceled(task, ctx.now),
        total_count=len(task.steps),
        success_count=len(task.steps) - failed if over else 0,
        region_id=task.region,
        task_action=task.action,
        failed_count=failed,
        task_status=task.phase.at(ctx.now),
        task_process=progress(task.phase, task.created_at, ctx.now, ctx.compute.progress(task.resource)),
        finished_time=_finished(task, ctx.now),
        task_id=task.id,
        operation_progress_set=OperationProgressSet(
            operation_progress=[
                OperationProgressView(
                    error_msg=(step.reason or UNSET) if over else UNSET,
                    error_code=(step.error or UNSET) if over else UNSET,
                    operation_status=("Failed" if step.error else "Success") if over else PROCESSING,
                    related_item_set=RelatedItemSet(
                        related_item=[
                            RelatedItemView(name=name, value=value) for name, value in step.about.items()
                        ]
                    ),
                )
                for step in task.steps
            ]
        ),
    )


class CancelTask(Request):
    """Stop the import or export of an image."""

    region_id: RegionOfTask
    task_id: Annotated[str, param("A task that isn't over.", example="t-bp1exampleexample")]


@ECS.operation(
    errors=(
        errors.TASK_NOT_FOUND,
        errors.TASK_ELSEWHERE,
        errors.TASK_STATUS,
    ),
    unknown_region=errors.REGION_ID_NOT_FOUND,
)
def cancel_task(ctx: Context, request: CancelTask) -> Empty:
    """The image of an import stays as CreateFailed, without snapshots; of an export no object stays.

    That is our choice: the documentation doesn't say. So is that one's own task in another region is told
    apart from one that isn't there, by its status.
    """
    task = ctx.owned(Task, request.task_id)
    if task is None:
        mine = ctx.tx.find(Task, owner=ctx.account)
        raise (
            errors.TASK_ELSEWHERE if any(t.id == request.task_id for t in mine) else errors.TASK_NOT_FOUND
        )()
    if task.phase.settled(ctx.now):
        raise errors.TASK_STATUS()
    if task.action == IMPORT:
        _stop_import(ctx, task)
    else:
        for written in ctx.tx.find(ExportedObject, image=task.resource):
            if written.since == task.phase.ends_at:
                ctx.tx.delete(written)
    ctx.tx.put(task.canceled(ctx.now))
    return Empty()


def _stop_import(ctx: Context, task: Task) -> None:
    image = ctx.tx.get(Image, task.resource)
    if image is None:
        return
    ctx.images.forget(image)
    for id in image.snapshots:
        if snapshot := ctx.tx.get(Snapshot, id):
            ctx.tx.delete(snapshot)
    disks = tuple(msgspec.structs.replace(disk, snapshot="") for disk in image.disks)
    ctx.images.keep(msgspec.structs.replace(image, phase=Phase(CREATE_FAILED), disks=disks))
