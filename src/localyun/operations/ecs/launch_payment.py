"""How new instances are paid for."""

from localyun.clock import Instant
from localyun.model import payment
from localyun.model.payment import PRE_PAID
from localyun.operations.context import Context
from localyun.operations.ecs.launch_fields import Launch
from localyun.operations.ecs.launch_rows import Rows
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


def contradictory(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `check_payment` raises."""
    return (
        errors.INSTANCES_CHARGE_TYPE,
        errors.NO_PERIOD,
        errors.PERIOD_INVALID,
        rows.renewal,
        errors.ZONES_SPOT_STRATEGY,
        errors.SPOT_PRE_PAID,
        errors.SPOT_DURATION,
        errors.SPOT_PRICE,
        errors.SPOT_BEHAVIOR,
        rows.spot_without_zone,
        errors.SPOT_STOPPED_IN_CLASSIC,
        errors.PROTECTED_AND_NOT_POST_PAID,
    )


def check_payment(request: Launch, rows: Rows) -> None:
    """Raise one of `contradictory(rows)` unless what is said of payment makes sense."""
    pre_paid = request.instance_charge_type == PRE_PAID
    if pre_paid:
        payment.check_period(request.period, request.period_unit)
        if request.auto_renew:
            payment.check_renewal(request.auto_renew_period, request.period_unit, rows.renewal)
    if request.is_spot:
        payment.check_spot(
            request.spot_strategy, request.spot_duration, request.spot_price_limit, pre_paid=pre_paid
        )
        if not (request.zone_id or request.vswitch_id):
            raise rows.spot_without_zone()
        if request.spot_interruption_behavior == "Stop" and not request.vswitch_id:
            raise errors.SPOT_STOPPED_IN_CLASSIC()
    if request.deletion_protection and (pre_paid or request.is_spot):
        raise errors.PROTECTED_AND_NOT_POST_PAID()


def expires_at(ctx: Context, request: Launch) -> Instant | None:
    """When the order ends, None for what is paid for by use."""
    if request.instance_charge_type != PRE_PAID or request.period is None:
        return None
    return payment.expiry(ctx.now, request.period, request.period_unit)
