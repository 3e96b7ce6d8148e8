"""What a zone has for new instances, as the operator set it."""

from localyun.model import Instance
from localyun.model.standing import Feature, Lack
from localyun.operations.context import Context


def stock_left(ctx: Context, zone: str, instance_type: str, *, region: str = "") -> int | None:
    """Return how many more of a type there may be in a zone, for all accounts together; None: any number."""
    stock = ctx.shortage(Lack.STOCK, zone, instance_type, region=region)
    if stock is None:
        return None
    taken = sum(1 for one in ctx.tx.find(Instance) if (one.zone, one.instance_type) == (zone, instance_type))
    return max(0, int(stock.number) - taken)


def has_category(ctx: Context, zone: str, category: str) -> bool:
    """Whether a zone has disks of a category: neither it nor its region is said to lack them."""
    feature = Feature(category)
    return ctx.has(feature, zone) and ctx.has(feature) and ctx.shortage(Lack.CATEGORY, zone, category) is None


def has_level(ctx: Context, zone: str, level: str) -> bool:
    """Whether a zone has disks of a performance level; the feature is about PL0 alone."""
    lacks = level == Feature.PL0 and not (ctx.has(Feature.PL0, zone) and ctx.has(Feature.PL0))
    return not lacks and ctx.shortage(Lack.LEVEL, zone, level) is None
