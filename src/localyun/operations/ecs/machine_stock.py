"""Whether a machine can be had for an instance that gave its own back when it was stopped."""

from localyun import catalogue
from localyun.model import Instance
from localyun.model.payment import SPOT_LIMITED
from localyun.model.standing import Lack, Shortage
from localyun.operations.context import Context
from localyun.operations.ecs.instance_refusals import RELEASING
from localyun.spec import errors


def check_machine_to_be_had(ctx: Context, instance: Instance) -> None:
    """Refuse an instance for which there is no machine, or at no such price.

    Raises `OperationDenied.SpotPriceLowerThanPublicPrice`, `QuotaExceed.ElasticQuota` and
    `OperationDenied.NoStock`.
    """
    price = _shortage(ctx, Lack.SPOT_PRICE, instance)
    if price and instance.spot_strategy == SPOT_LIMITED and instance.spot_price_limit < price.number:
        raise errors.START_SPOT_PRICE()
    if ctx.compute.machines_left() == 0:
        raise errors.START_NO_STOCK()
    if instance.stopped_mode != RELEASING:
        return
    if _processors(ctx, instance) > ctx.limits.vcpus_per_region:
        raise errors.ELASTIC_QUOTA()
    stock = _shortage(ctx, Lack.STOCK, instance)
    if stock is not None and _taken(ctx, instance) >= stock.number:
        raise errors.START_NO_STOCK()


def _shortage(ctx: Context, lack: Lack, instance: Instance) -> Shortage | None:
    """What the instance's zone or region lacks of its type; a call needn't name the region."""
    return ctx.shortage(lack, instance.zone, instance.instance_type, region=instance.region)


def _processors(ctx: Context, instance: Instance) -> int:
    """How many virtual processors the account's instances in the region have, with this one."""
    there = ctx.tx.find(Instance, owner=instance.owner, region=instance.region)
    types = (catalogue.instance_type(one.instance_type) for one in there)
    return sum(one.cpu_core_count for one in types if one)


def _taken(ctx: Context, instance: Instance) -> int:
    """How many machines of the type others have in the zone: not those that were given back."""
    return sum(
        1
        for one in ctx.tx.find(Instance)
        if (one.zone, one.instance_type) == (instance.zone, instance.instance_type)
        and one.stopped_mode != RELEASING
    )
