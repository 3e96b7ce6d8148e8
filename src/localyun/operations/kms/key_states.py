"""Disabling keys, enabling them again, and scheduling their deletion."""

from typing import Annotated

from msgspec.structs import replace

from localyun.clock import DAY
from localyun.model import Key
from localyun.model.keys import DISABLED, ENABLED, PENDING_DELETION
from localyun.operations.context import Context
from localyun.operations.kms.keys import OfKey, check_key_id
from localyun.operations.kms.product import KMS
from localyun.spec import errors
from localyun.spec.declare import Empty, param

NOT_CHANGED = (errors.PARAMETER_NOT_VALID, errors.KMS_KEY_NOT_FOUND)
"""What the three operations raise."""


class EnableKey(OfKey):
    """Enable a disabled key."""


@KMS.operation(errors=NOT_CHANGED, malformed=errors.PARAMETER_NOT_VALID)
def enable_key(ctx: Context, request: EnableKey) -> Empty:
    """One that is enabled already stays so. Source: EnableKey (2025)."""
    ctx.tx.put(replace(_own(ctx, request), state=ENABLED))
    return Empty()


class DisableKey(OfKey):
    """Disable a key: nothing that it encrypts can be used any more."""


@KMS.operation(errors=NOT_CHANGED, malformed=errors.PARAMETER_NOT_VALID)
def disable_key(ctx: Context, request: DisableKey) -> Empty:
    """One that is disabled already stays so. Source: DisableKey (2025)."""
    ctx.tx.put(replace(_own(ctx, request), state=DISABLED))
    return Empty()


class ScheduleKeyDeletion(OfKey, kw_only=True):
    """Have a key deleted after some days, in which it can't be used."""

    pending_window_in_days: Annotated[int, param("7 to 366.", ge=7, le=366)]


@KMS.operation(errors=NOT_CHANGED, malformed=errors.PARAMETER_NOT_VALID)
def schedule_key_deletion(ctx: Context, request: ScheduleKeyDeletion) -> Empty:
    """Once it is gone, so is everything that it encrypted. Source: ScheduleKeyDeletion (2025)."""
    key = _own(ctx, request)
    gone_at = ctx.now + request.pending_window_in_days * DAY
    ctx.tx.put(replace(key, state=PENDING_DELETION, deleted_at=gone_at))
    return Empty()


def _own(ctx: Context, request: OfKey) -> Key:
    """Return the caller's key whose state may change: neither ECS's own nor one that is being deleted."""
    check_key_id(request.key_id)
    key = ctx.keys.named(request.key_id, ctx.region)
    if key is None:
        raise errors.KMS_KEY_NOT_FOUND()
    if key.is_services or key.state not in (ENABLED, DISABLED):
        raise errors.PARAMETER_NOT_VALID()
    return key
