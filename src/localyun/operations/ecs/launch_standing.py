"""What keeps an account from making instances, and what a region or a zone lacks for them.

The operator sets both: nothing that a call does leads there.
"""

from collections.abc import Mapping, Sequence

from localyun.model import Disk
from localyun.model.instances import SYSTEM
from localyun.model.standing import Condition, Lack
from localyun.operations.context import Context
from localyun.operations.ecs.launch_fields import Launch
from localyun.operations.ecs.launch_found import Found
from localyun.operations.ecs.launch_rows import Rows
from localyun.operations.ecs.stock import has_category, has_level, stock_left
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

Refusals = Mapping[Condition, ErrorSpec]

OF_BOTH: Refusals = {
    Condition.INVALID: errors.ACCOUNT_INVALID,
    Condition.UNIDENTIFIED: errors.NOT_IDENTIFIED,
    Condition.UNVERIFIED: errors.CARD_NOT_VERIFIED,
    Condition.TEST_ONLY: errors.TEST_ACCOUNT,
    Condition.RESELLER: errors.RESELLER_USER,
    Condition.OFFICIAL_ONLY: errors.OFFICIAL_GOODS_ONLY,
    Condition.NO_PAYMENT: errors.NO_PAYMENT_METHOD,
    Condition.WRONG_PAYMENT: errors.PAY_METHOD_INVALID,
    Condition.RESTRICTED_PAYMENT: errors.PAYMENT_RESTRICTED,
}

OF_RUN: Refusals = {
    **OF_BOTH,
    Condition.ARREARS: errors.LAUNCH_ARREARS_RUN,
    Condition.RISKY: errors.RISK_CONTROL,
    Condition.RESELLER_BANNED: errors.RESELLER_FORBIDDEN,
    Condition.NO_CREDIT: errors.AGENT_CREDIT_TOO_LOW,
    Condition.NO_COUPONS: errors.COUPONS_USED_UP,
    Condition.UNPAID: errors.UNPAID_ORDER,
}

OF_CREATE: Refusals = {
    **OF_BOTH,
    Condition.ARREARS: errors.COPY_ARREARS,
    Condition.NO_TERMS: errors.PAYMENT_POLICY,
}

POST_PAID: Refusals = {Condition.LOW_BALANCE: errors.NO_BALANCE}
PRE_PAID: Refusals = {
    Condition.LOW_BALANCE: errors.INSUFFICIENT_BALANCE,
    Condition.NO_PRICES: errors.NO_PRICE_PERMISSION,
}
WITH_USER_DATA: Refusals = {Condition.NO_USER_DATA: errors.USER_DATA_FORBIDDEN}
SPOT: Refusals = {
    Condition.NO_SPOT_UID: errors.NO_SPOT_FOR_UID,
    Condition.NO_SPOT_PARAMETERS: errors.SPOT_NOT_AUTHORIZED,
}
SPOT_OF_RUN: Refusals = {**SPOT, Condition.NO_SPOT: errors.NO_SPOT_FOR_ACCOUNT}


def held(of_account: Refusals, of_spot: Refusals) -> tuple[ErrorSpec, ...]:
    """Return what `check_account` raises."""
    return tuple(
        row
        for refusals in (of_account, POST_PAID, PRE_PAID, WITH_USER_DATA, of_spot)
        for row in refusals.values()
    )


def check_account(ctx: Context, request: Launch, of_account: Refusals, of_spot: Refusals) -> None:
    """Raise one of `held(…)` when the account is held back from what it asks for."""
    ctx.check_standing(of_account)
    ctx.check_standing(PRE_PAID if request.instance_charge_type == "PrePaid" else POST_PAID)
    if request.user_data:
        ctx.check_standing(WITH_USER_DATA)
    if request.is_spot:
        ctx.check_standing(of_spot)


def short(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `check_place` and `check_stock` raise."""
    return (
        errors.REGION_UNAUTHORIZED,
        rows.region_forbidden,
        rows.rationed,
        errors.NOTHING_AVAILABLE,
        rows.zone_closed,
        errors.ZONE_NOT_OPEN,
        rows.zone_not_allowed,
        errors.NO_POST_PAID,
        errors.NO_PRE_PAID,
        errors.NO_CLASSIC_NETWORK,
        errors.NO_CLASSIC_IN_ZONE,
        rows.vpc_zone,
        errors.NO_PUBLIC_ADDRESSES,
        errors.PUBLIC_ADDRESSES_SOLD_OUT,
        errors.TYPE_OFFLINE,
        errors.TYPE_UNAUTHORIZED,
        rows.type_beyond,
        rows.type_or_zone,
        errors.TYPE_NOT_IN_ZONE,
        errors.NO_SPOT_DURATION_OF_TYPE,
        errors.NO_SPOT_DURATION_NOW,
        rows.no_spot_duration,
        rows.spot_price_too_low,
        errors.CATEGORY_NOT_SOLD,
        errors.SYSTEM_CATEGORY_UNAUTHORIZED,
        rows.system_category_not_in_zone,
        errors.CLOUD_SSD_NOT_IN_ZONE,
        errors.CATEGORY_NOT_IN_ZONE,
        errors.LEVEL_NOT_IN_ZONE,
        errors.SOLD_OUT,
        rows.out_of_stock,
    )


def check_place(ctx: Context, request: Launch, found: Found, rows: Rows) -> None:
    """Raise one of `short(rows)` when the region or the zone lacks what is asked of it."""
    machine, zone = found.machine.id, found.zone
    for lack, refusal in (
        (Lack.REGION, errors.REGION_UNAUTHORIZED),
        (Lack.REGION_FORBIDDEN, rows.region_forbidden),
        (Lack.RATIONED, rows.rationed),
        (Lack.RESOURCES, errors.NOTHING_AVAILABLE),
        (Lack.SALE, rows.zone_closed),
        (Lack.OPENING, errors.ZONE_NOT_OPEN),
        (Lack.PERMISSION, rows.zone_not_allowed),
        (Lack.PRE_PAID, errors.NO_PRE_PAID)
        if request.instance_charge_type == "PrePaid"
        else (Lack.POST_PAID, errors.NO_POST_PAID),
        (Lack.TYPE_ON_SALE, errors.TYPE_OFFLINE),
        (Lack.TYPE_FOR_ALL, errors.TYPE_UNAUTHORIZED),
        (Lack.TYPE_IN_RANGE, rows.type_beyond),
        (Lack.TYPE_OR_ZONE, rows.type_or_zone),
        (Lack.TYPE, errors.TYPE_NOT_IN_ZONE),
    ):
        if ctx.shortage(lack, zone, machine):
            raise refusal.naming(f"{machine} is not offered in {zone}.")
    _check_network(ctx, request, found, rows)
    if request.is_spot:
        _check_spot(ctx, request, found, rows)


def _check_network(ctx: Context, request: Launch, found: Found, rows: Rows) -> None:
    if found.vswitch is None:
        if ctx.shortage(Lack.CLASSIC_NETWORK):
            raise errors.NO_CLASSIC_NETWORK()
        if ctx.shortage(Lack.CLASSIC_NETWORK, found.zone):
            raise errors.NO_CLASSIC_IN_ZONE("The zone has no classic network.")
    elif ctx.shortage(Lack.VSWITCHES, found.zone):
        raise rows.vpc_zone()
    if request.internet_max_bandwidth_out:
        if ctx.shortage(Lack.PUBLIC_ADDRESSES, found.zone):
            raise errors.NO_PUBLIC_ADDRESSES()
        if ctx.shortage(Lack.PUBLIC_ADDRESS_STOCK, found.zone):
            raise errors.PUBLIC_ADDRESSES_SOLD_OUT()


def _check_spot(ctx: Context, request: Launch, found: Found, rows: Rows) -> None:
    machine, zone = found.machine.id, found.zone
    if request.spot_duration:
        if ctx.shortage(Lack.SPOT_DURATION_OF_TYPE, zone, machine):
            raise errors.NO_SPOT_DURATION_OF_TYPE()
        if ctx.shortage(Lack.SPOT_DURATION, zone):
            raise rows.no_spot_duration()
        if ctx.shortage(Lack.SPOT_DURATION_NOW, zone):
            raise errors.NO_SPOT_DURATION_NOW()
    price = ctx.shortage(Lack.SPOT_PRICE, zone, machine)
    if price and request.spot_price_limit is not None and request.spot_price_limit < price.number:
        raise rows.spot_price_too_low()


def check_stock(
    ctx: Context,
    found: Found,
    disks: Sequence[Disk],
    rows: Rows,
    amount: int,
    at_least: int,
    *,
    start: bool,
) -> int:
    """Return for how many instances there is room, `amount` at most; also to `start` them, if they are.

    Raises one of `short(rows)` if that is fewer than `at_least`, or when a disk isn't to be had.
    """
    zone = found.zone
    for disk in disks:
        _check_disk(ctx, disk, rows)
    stock = stock_left(ctx, zone, found.machine.id)
    machines = ctx.compute.machines_left() if start else None
    left = min(number for number in (stock, machines, amount) if number is not None)
    if left == 0:
        raise errors.SOLD_OUT()
    if left < at_least:
        raise rows.out_of_stock()
    return left


def _check_disk(ctx: Context, disk: Disk, rows: Rows) -> None:
    category, zone = disk.category, disk.zone
    if ctx.shortage(Lack.CATEGORY_ON_SALE, zone, category):
        raise errors.CATEGORY_NOT_SOLD()
    if disk.kind == SYSTEM:
        if ctx.shortage(Lack.CATEGORY_FOR_ALL, zone, category):
            raise errors.SYSTEM_CATEGORY_UNAUTHORIZED()
        if ctx.shortage(Lack.SYSTEM_CATEGORY, zone, category):
            raise rows.system_category_not_in_zone()
    if not has_category(ctx, zone, category):
        raise (errors.CLOUD_SSD_NOT_IN_ZONE if category == "cloud_ssd" else errors.CATEGORY_NOT_IN_ZONE)()
    if disk.performance_level and not has_level(ctx, zone, disk.performance_level):
        raise errors.LEVEL_NOT_IN_ZONE()
