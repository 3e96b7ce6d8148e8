"""Changing what is said of a snapshot, and how long it is kept."""

from typing import Annotated, Any

import msgspec

from localyun.model import Snapshot
from localyun.operations.common import is_description
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.snapshots import RetentionDays, is_snapshot_name
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param


class ModifySnapshotAttribute(Request):
    """Change the name, the description or the retention of a snapshot."""

    snapshot_id: Annotated[str, param("The snapshot.", example="s-bp1exampleexample")]
    snapshot_name: Annotated[str | None, param("2 to 128 characters, not beginning with `auto`.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    disable_instant_access: Annotated[
        bool,
        param("End its instant access.", malformed=errors.DISABLE_INSTANT_ACCESS_MALFORMED),
    ] = False
    retention_days: RetentionDays = None


@ECS.operation(
    errors=(
        errors.SNAPSHOT_NAME_MALFORMED,
        errors.SNAPSHOT_DESCRIPTION_MALFORMED,
        errors.NOTHING_TO_MODIFY,
        errors.IMAGE_SNAPSHOT_NOT_FOUND,
        errors.MODIFIED_SNAPSHOT_NOT_READY,
        errors.RETENTION_DAYS_DECREASED,
    ),
)
def modify_snapshot_attribute(ctx: Context, request: ModifySnapshotAttribute) -> Empty:
    """What isn't given stays; something has to be given. Days count from the beginning, and only grow.

    A snapshot that was kept for ever can be given days. Source: ModifySnapshotAttribute (2025).
    """
    if request.snapshot_name is not None and not is_snapshot_name(request.snapshot_name):
        raise errors.SNAPSHOT_NAME_MALFORMED()
    if request.description is not None and not is_description(request.description):
        raise errors.SNAPSHOT_DESCRIPTION_MALFORMED()
    changes: dict[str, Any] = {
        "name": request.snapshot_name,
        "description": request.description,
        "retention_days": request.retention_days,
        "instant_access": False if request.disable_instant_access else None,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    if not given:
        raise errors.NOTHING_TO_MODIFY()
    snapshot = ctx.own(Snapshot, request.snapshot_id, errors.IMAGE_SNAPSHOT_NOT_FOUND)
    if not snapshot.phase.settled(ctx.now):
        raise errors.MODIFIED_SNAPSHOT_NOT_READY()
    if request.retention_days is not None and request.retention_days < (snapshot.retention_days or 0):
        raise errors.RETENTION_DAYS_DECREASED()
    ctx.tx.put(msgspec.structs.replace(snapshot, **given))
    return Empty()
