"""Tasks: what goes on for a while after the call that began it is answered."""

from msgspec import Struct
from msgspec.structs import replace

from localyun.clock import Instant
from localyun.model.record import Phase, Record, Resource, stored

PROCESSING, FINISHED, FAILED = "Processing", "Finished", "Failed"

IMPORT, EXPORT = "ImportImage", "ExportImage"
"""What a task does: there are no others."""

CANCELED = "TaskCanceled"
"""The error of a canceled task's steps; what the provider says there isn't published."""


class Step(Struct, frozen=True):
    """One disk's part in a task, and why it fails, if it does; `about` says of what it is."""

    about: dict[str, str]
    error: str = ""
    reason: str = ""

    def failed(self, error: str, reason: str) -> "Step":
        """The step, failing."""
        return replace(self, error=error, reason=reason)


@stored("task", key=("id",), indexes=(("owner", "region", "created_at", "id"), ("resource", "created_at")))
class Task(Resource, frozen=True):
    """What one call began. `action` is that call's, `resource` the image that it makes or reads."""

    action: str
    resource: str
    phase: Phase
    steps: tuple[Step, ...] = ()

    def canceled(self, now: Instant) -> "Task":
        """The task, stopped at an instant."""
        steps = (step.failed(CANCELED, "The task was canceled.") for step in self.steps)
        return replace(self, phase=Phase(FAILED, ends_at=now), steps=tuple(steps))


@stored("exported_object", key=("bucket", "name"), indexes=(("image",),))
class ExportedObject(Record, frozen=True):
    """That the disk of an image, of `size` GiB, lies in an object, from an instant on."""

    bucket: str
    name: str
    format: str
    size: int
    image: str
    since: Instant
