"""Making instances of what is for sale on the Marketplace, and of what goes back to that."""

from localyun import catalogue
from localyun.model import Image
from localyun.model.access import Relation
from localyun.model.standing import Condition, Lack
from localyun.operations.context import Context
from localyun.operations.ecs.launch_fields import Launch
from localyun.operations.ecs.launch_rows import Rows
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


def not_sold(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `check_market` raises."""
    return (
        rows.market_sale_ended,
        errors.IMAGE_REMOVED_FROM_MARKET,
        errors.IMAGE_NOT_SUBSCRIBED,
        rows.image_not_bought,
        errors.MARKET_CHARGE_TYPE,
    )


def missing_image(id: str) -> ErrorSpec:
    """Return the word on an image that isn't there: one of the Marketplace may be sold in other regions."""
    sold = any(id.endswith(image.id_tail) for image in catalogue.marketplace_images())
    return errors.MARKET_IMAGE_NOT_FOUND if sold else errors.IMAGE_NOT_FOUND


def check_market(ctx: Context, request: Launch, image: Image, relation: Relation, rows: Rows) -> None:
    """Raise one of `not_sold(rows)` unless the account may use what the image goes back to, if it does."""
    if not image.product_code:
        return
    itself = relation is Relation.MARKETPLACE
    if ctx.shortage(Lack.MARKETPLACE, thing=image.product_code):
        raise (rows.market_sale_ended if itself else errors.IMAGE_REMOVED_FROM_MARKET)()
    ctx.check_standing(
        {Condition.NOT_SUBSCRIBED: errors.IMAGE_NOT_SUBSCRIBED if itself else rows.image_not_bought}
    )
    if request.instance_charge_type == "PrePaid" and request.period_unit == "Week":
        raise errors.MARKET_CHARGE_TYPE()
