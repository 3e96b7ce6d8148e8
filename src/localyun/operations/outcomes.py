"""How what took as long as it took ends: whatever waited for it learns of it."""

from msgspec.structs import replace

from localyun.clock import Instant
from localyun.model import CopyTask, Disk, ExportedObject, Image, Instance, Phase, Record, Snapshot, Task
from localyun.model import images as image
from localyun.model import instances as instance
from localyun.model import tasks as task
from localyun.model.copying import moved_up
from localyun.model.record import OPEN
from localyun.operations.images import Images
from localyun.spec import errors
from localyun.store.interface import Transaction

WHEN_FAILED = {Instance: instance.STOPPED, Snapshot: instance.FAILED, Image: image.CREATE_FAILED}
"""The status of what couldn't be done; anything else is what it would have been."""


def settle(tx: Transaction, kind: type[Record], id: str, now: Instant, at_once: int, *, failure: str) -> None:
    """Give a thing the status that it has now that it is done, unless it isn't waited for any more.

    `failure` is why it can't be done, if it can't, and `at_once` how many copies of images an account may
    have made at once in a region: others wait.
    """
    record = tx.get(kind, id)
    phase: Phase | None = getattr(record, "phase", None)
    if record is None or phase is None or phase.ends_at != OPEN:
        if isinstance(record, Image):
            _settle_export(tx, record, now, failure)
        return
    done = Phase(WHEN_FAILED.get(kind, phase.after) if failure else phase.after, ends_at=now)
    if isinstance(record, Image):
        if copy := tx.get(CopyTask, record.id):
            _settle_copy(tx, copy, record, done, at_once)
        else:
            _kept(tx, record, done)
        _settle_tasks(tx, record, now, failure)
    elif isinstance(record, Disk):
        tx.put(replace(record, phase=Phase(done.after)))
    else:
        tx.put(replace(record, phase=done))


def keep_copy(tx: Transaction, copy: Image, phase: Phase) -> Image:
    """Keep a copy with a phase, and its snapshots, which are done when it is."""
    for id in sorted(copy.snapshots):
        if snapshot := tx.get(Snapshot, id):
            after = instance.ACCOMPLISHED if phase.after == image.AVAILABLE else instance.FAILED
            tx.put(replace(snapshot, phase=Phase(after, instance.PROGRESSING, phase.ends_at)))
    return _kept(tx, copy, phase)


def _kept(tx: Transaction, made: Image, phase: Phase) -> Image:
    changed = replace(made, phase=phase)
    Images(tx, made.owner).keep(changed)
    return changed


def _settle_copy(tx: Transaction, task: CopyTask, copy: Image, done: Phase, at_once: int) -> None:
    """Keep a copy that is done and forget its task; one that waited behind it moves up."""
    keep_copy(tx, copy, done)
    tx.delete(task)
    left = tx.find(CopyTask, owner=task.owner, region=task.region)
    now = done.ends_at
    for moved in moved_up([one for one in left if not one.phase.settled(now)], at_once, now):
        tx.put(moved)
        if waiting := tx.get(Image, moved.image):
            keep_copy(tx, waiting, moved.phase)


def _settle_tasks(tx: Transaction, made: Image, now: Instant, failure: str) -> None:
    for one in tx.find(Task, resource=made.id):
        if one.phase.ends_at == OPEN:
            after, steps = one.phase.after, one.steps
            if failure:
                error = errors.EXPORT_FAILED if one.action == task.EXPORT else errors.IMPORT_FAILED
                after, steps = task.FAILED, tuple(step.failed(error.code, failure) for step in steps)
            tx.put(replace(one, phase=Phase(after, ends_at=now), steps=steps))


def _settle_export(tx: Transaction, written: Image, now: Instant, failure: str) -> None:
    """Tell that an image was exported, which hasn't changed it."""
    _settle_tasks(tx, written, now, failure)
    for one in tx.find(ExportedObject, image=written.id):
        if one.since == OPEN:
            tx.delete(one) if failure else tx.put(replace(one, since=now))
