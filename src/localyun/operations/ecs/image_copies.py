"""Copies of images under way: how many are made at once, which wait, and calling one off."""

from typing import Annotated

from localyun.model import CopyTask, Image, Snapshot
from localyun.model.access import Action
from localyun.model.copying import moved_up, next_begin, waiting
from localyun.model.images import CREATING, WAITING
from localyun.model.standing import Feature
from localyun.operations.common import RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.outcomes import keep_copy
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param


def begin_copy(ctx: Context, source: Image, copy: Image) -> Image:
    """Put a copy in the queue of its region; return it with the status that it has from now on."""
    under_way = tasks_in(ctx, copy.region)
    begins_at = next_begin([task.phase.ends_at for task in under_way], ctx.limits.copies_at_once, ctx.now)
    made = ctx.image_outcome(ctx.compute.copy_image(source, copy, begins_at))
    phase = waiting(made, begins_at, ctx.now)
    ctx.tx.put(
        CopyTask(
            image=copy.id,
            source=source.id,
            owner=copy.owner,
            region=copy.region,
            asked_at=ctx.now,
            phase=phase,
        )
    )
    return keep_copy(ctx.tx, copy, phase)


def tasks_in(ctx: Context, region: str) -> list[CopyTask]:
    """Return the caller's copies under way in a region; those that are over are forgotten."""
    under_way = []
    for task in ctx.tx.find(CopyTask, owner=ctx.account, region=region):
        if task.phase.settled(ctx.now):
            ctx.tx.delete(task)
        else:
            under_way.append(task)
    return under_way


def is_being_copied(ctx: Context, image: Image) -> bool:
    """Whether the image is a copy under way."""
    task = ctx.tx.get(CopyTask, image.id)
    return task is not None and not task.phase.settled(ctx.now)


def is_copying(ctx: Context, image: Image) -> bool:
    """Whether the image is a copy under way, or its owner has one made of it; a sharee's isn't told."""
    made_of_it = ctx.tx.find(CopyTask, source=image.id, owner=image.owner)
    return is_being_copied(ctx, image) or any(not task.phase.settled(ctx.now) for task in made_of_it)


def check_regions(ctx: Context, destination: str) -> None:
    """Refuse a copy from the call's region to another, or within one, where they lack it."""
    if not (ctx.has(Feature.COPIES) and ctx.has(Feature.COPIES, destination)):
        raise errors.REGION_WITHOUT_COPIES()
    if destination == ctx.region:
        if not ctx.has(Feature.COPIES_WITHIN):
            raise errors.COPY_WITHIN_REGION()
        return
    if not ctx.has(Feature.COPIES_FROM):
        raise errors.COPY_FROM_REGION()
    if not ctx.has(Feature.COPIES_TO, destination):
        raise errors.COPY_TO_REGION(destination)
    if not ctx.has(Feature.FOREIGN_DATA, destination):
        raise errors.COPY_NOT_COMPLIANT()


class CancelCopyImage(Request):
    """Call off a copy of an image that isn't done; the copy is deleted."""

    region_id: RegionId
    image_id: Annotated[str, param("The copy, in its own region.", example="m-bp1exampleexample")]


@ECS.operation(
    errors=(
        errors.IMAGE_NOT_FOUND,
        errors.CANCEL_NO_COPY,
        errors.CANCEL_NOT_COPYING,
        errors.CANCEL_SHARED,
    ),
)
def cancel_copy_image(ctx: Context, request: CancelCopyImage) -> Empty:
    """Of an unfinished copy nothing stays, its snapshots neither; one that waits behind it moves up.

    A copy that is shared already has to be unshared first, as it would before it is deleted.
    Source: CancelCopyImage (2025).
    """
    image = ctx.images.get(request.image_id, ctx.region, to=Action.DELETE)
    if not image.copied_from:
        raise errors.CANCEL_NO_COPY()
    if image.phase.at(ctx.now) not in (CREATING, WAITING):
        raise errors.CANCEL_NOT_COPYING()
    if ctx.images.is_shared(image):
        raise errors.CANCEL_SHARED()
    ctx.images.forget(image)
    for id in sorted(image.snapshots):
        if snapshot := ctx.tx.get(Snapshot, id):
            ctx.tx.delete(snapshot)
    if task := ctx.tx.get(CopyTask, image.id):
        ctx.tx.delete(task)
    for moved in moved_up(tasks_in(ctx, ctx.region), ctx.limits.copies_at_once, ctx.now):
        ctx.tx.put(moved)
        if copy := ctx.tx.get(Image, moved.image):
            keep_copy(ctx.tx, copy, moved.phase)
    return Empty()
