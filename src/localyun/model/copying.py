"""When copies of images begin and end: so many of an account are made in a region at once, others wait."""

from collections.abc import Sequence

from msgspec.structs import replace

from localyun.clock import Instant
from localyun.model.images import WAITING
from localyun.model.record import OPEN, Phase, Record, stored


@stored("copy_task", key=("image",), indexes=(("owner", "region", "asked_at"), ("source", "owner")))
class CopyTask(Record, frozen=True):
    """That an image is a copy under way. It is over when `phase` is; what is over may be forgotten."""

    image: str
    source: str
    owner: str
    region: str
    """Where the copy is made."""
    asked_at: Instant
    phase: Phase


def next_begin(ends: Sequence[Instant], at_once: int, now: Instant) -> Instant:
    """Return when a further copy begins, given when each of those under way ends, waiting ones too.

    It begins as soon as fewer than `at_once` of them are left. Source: CopyImage (2025): five at once.
    """
    left = sorted(end for end in ends if end > now)
    return now if len(left) < at_once else left[len(left) - at_once]


def waiting(phase: Phase, begins_at: Instant, now: Instant) -> Phase:
    """Return the phase of a copy that begins at an instant, and waits until then."""
    return phase if begins_at <= now else replace(phase, before=WAITING, begins_at=begins_at)


def moved_up(tasks: Sequence[CopyTask], at_once: int, now: Instant) -> list[CopyTask]:
    """Return those of an account's tasks in a region that begin earlier than was planned.

    One of their number was called off; each takes as long as it would have.
    """
    ends: list[Instant] = []
    moved: list[CopyTask] = []
    for task in sorted(tasks, key=lambda one: (one.asked_at, one.phase.begins_at, one.image)):
        phase = task.phase
        if phase.begins_at > now and (begins_at := next_begin(ends, at_once, now)) < phase.begins_at:
            ends_at = OPEN if phase.ends_at == OPEN else begins_at + phase.ends_at - phase.begins_at
            started = replace(phase, begins_at=0, before="", ends_at=ends_at)
            phase = waiting(started, begins_at, now)
            moved.append(replace(task, phase=phase))
        ends.append(phase.ends_at)
    return moved
