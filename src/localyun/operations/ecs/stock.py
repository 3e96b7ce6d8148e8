"""How many instances of a type a zone has left, as the operator set it."""

from localyun.model import Instance
from localyun.model.standing import Lack
from localyun.operations.context import Context


def stock_left(ctx: Context, zone: str, instance_type: str) -> int | None:
    """Return how many more of a type there may be in a zone, for all accounts together; None: any number."""
    stock = ctx.shortage(Lack.STOCK, zone, instance_type)
    if stock is None:
        return None
    taken = sum(1 for one in ctx.tx.find(Instance) if (one.zone, one.instance_type) == (zone, instance_type))
    return max(0, int(stock.number) - taken)
