"""What an account may have of each thing, and how much of it there is."""

from collections.abc import Callable
from typing import Annotated

from localyun import catalogue
from localyun.clock import Instant
from localyun.model import Image, KeyPair, Policy, Role, SecurityGroup, Snapshot, User, Vpc
from localyun.model.quotas import LARGEST, Grant, Quota, granted, quotas
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
from localyun.operations.quotas.product import QUOTAS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Group, Request, Unset, View, param
from localyun.wire import times

COMMON = "CommonQuota"
ASCENDING, DESCENDING = "Ascending", "Descending"

USED: dict[str, Callable[[Context, str], int]] = {
    "images_per_account": lambda ctx, region: ctx.tx.count(Image, owner=ctx.account, region=region),
    "snapshots_per_region": lambda ctx, region: ctx.tx.count(Snapshot, owner=ctx.account, region=region),
    "key_pairs_per_region": lambda ctx, region: ctx.tx.count(KeyPair, owner=ctx.account, region=region),
    "security_groups_per_region": lambda ctx, region: ctx.tx.count(
        SecurityGroup, owner=ctx.account, region=region
    ),
    "vpcs_per_region": lambda ctx, region: ctx.tx.count(Vpc, owner=ctx.account, region=region),
    "users_per_account": lambda ctx, _: ctx.tx.count(User, account=ctx.account),
    "roles_per_account": lambda ctx, _: ctx.tx.count(Role, account=ctx.account),
    "policies_per_account": lambda ctx, _: ctx.tx.count(Policy, account=ctx.account),
}
"""How much of a limit is used, where that is one number."""


class DimensionsItem(Group):
    """What a quota is counted by."""

    key: Annotated[str | None, param("Only regionId.")] = None
    value: Annotated[str | None, param("The region.")] = None


Dimensions10 = Annotated[
    tuple[DimensionsItem, ...], param("A quota's region, as regionId; all regions without.", max_length=10)
]
ProductCode = Annotated[str, param("ecs, vpc, kms or ram.", example="ecs")]
QuotaActionCode = Annotated[str, param("The quota.", example="q_shares-per-image")]
Category = Annotated[str | None, param("CommonQuota; there are no others.")]


class ListProductQuotas(Request):
    """List a product's quotas."""

    product_code: ProductCode
    next_token: Annotated[str | None, param("Where to go on, as the page before said.")] = None
    max_results: Annotated[
        int, param("Entries a page, 1 to 100.", ge=1, le=100, malformed=errors.QUOTA_MAX_RESULTS)
    ] = 30
    quota_action_code: Annotated[str | None, param("Only this quota.")] = None
    key_word: Annotated[str | None, param("Only quotas with this in their name.")] = None
    sort_field: Annotated[str | None, param("TOTAL sorts by value, TIME and RESERVED by code.")] = None
    sort_order: Annotated[str | None, param("Ascending or Descending.")] = None
    dimensions: Dimensions10 = ()
    quota_category: Category = COMMON
    group_code: Annotated[str | None, param("A group of dimensions; there are none.")] = None


class Period(View):
    """What a quota of a rate is counted over; these are none."""

    period_unit: str | Unset = UNSET
    period_value: int | Unset = UNSET


class QuotaItem(View):
    """A part of a quota that is made up of several; these are none."""

    quota: str | Unset = UNSET
    quota_unit: str | Unset = UNSET
    type: str | Unset = UNSET
    usage: str | Unset = UNSET


class UsageMetric(View):
    """Where usage is watched; nowhere, here."""

    metric_dimensions: dict[str, str] | Unset = UNSET
    metric_name: str | Unset = UNSET
    metric_namespace: str | Unset = UNSET


class QuotaView(View):
    """A quota and how much of it is used."""

    adjustable: bool
    applicable_range: list[float]
    applicable_type: str
    consumable: bool
    dimensions: dict[str, str]
    global_quota: bool
    product_code: str
    quota_action_code: str
    quota_arn: str
    quota_category: str
    quota_description: str
    quota_items: list[QuotaItem]
    quota_name: str
    quota_type: str
    quota_unit: str
    supported_range: list[float]
    total_quota: float
    apply_reason_tips: str | Unset = UNSET
    effective_time: str | Unset = UNSET
    expire_time: str | Unset = UNSET
    period: Period | Unset = UNSET
    total_usage: float | Unset = UNSET
    unadjustable_detail: str | Unset = UNSET
    usage_metric: UsageMetric | Unset = UNSET


class ProductQuotas(Answer):
    """A page of a product's quotas."""

    max_results: int
    quotas: list[QuotaView]
    total_count: int
    next_token: str | Unset = UNSET


@QUOTAS.operation(
    errors=(
        errors.QUOTA_SORT_ORDER,
        errors.QUOTA_MAX_RESULTS,
        errors.QUOTA_DIMENSION_GROUP,
    ),
    changes=False,
)
def list_product_quotas(ctx: Context, request: ListProductQuotas) -> ProductQuotas:
    """They come by code, unless they are to be sorted by value."""
    if request.sort_order not in (None, ASCENDING, DESCENDING):
        raise errors.QUOTA_SORT_ORDER()
    if request.group_code is not None:
        raise errors.QUOTA_DIMENSION_GROUP()
    region = region_of(request.dimensions)
    asked = (request.quota_action_code or "", (request.key_word or "").lower())
    fitting = [
        (quota, value_of(ctx, quota, region))
        for quota in sorted(quotas().values(), key=lambda quota: quota.code)
        if quota.product == request.product_code
        and request.quota_category in (None, COMMON)
        and asked[0] in ("", quota.code)
        and asked[1] in quota.name.lower()
    ]
    if request.sort_field == "TOTAL":
        fitting.sort(key=lambda found: found[1])
    if request.sort_order == DESCENDING:
        fitting.reverse()
    shown, token = page_from(
        request.next_token, fitting, request.max_results, errors.INVALID_PARAMETER("NextToken")
    )
    return ProductQuotas(
        max_results=request.max_results,
        quotas=[view(ctx, quota, region) for quota, _ in shown],
        total_count=len(fitting),
        next_token=token or UNSET,
    )


class GetProductQuota(Request):
    """Show a quota."""

    product_code: ProductCode
    quota_action_code: QuotaActionCode
    dimensions: Dimensions10 = ()


class ProductQuota(Answer):
    """A quota."""

    quota: QuotaView


@QUOTAS.operation(errors=(errors.QUOTA_NOT_FOUND,), changes=False)
def get_product_quota(ctx: Context, request: GetProductQuota) -> ProductQuota:
    """The value is the account's own, in the region asked about."""
    region = region_of(request.dimensions)
    return ProductQuota(quota=view(ctx, named(request.product_code, request.quota_action_code), region))


def named(product: str, code: str) -> Quota:
    """Return a quota, or raise `QUOTA.NOT.FOUND`."""
    quota = quotas().get((product, code))
    if quota is None:
        raise errors.QUOTA_NOT_FOUND()
    return quota


def region_of(items: tuple[DimensionsItem, ...]) -> str:
    """Return the region among the dimensions, or nothing; raise `InvalidParameter` for what is none."""
    found = ""
    for number, item in enumerate(items, 1):
        if item.key != "regionId":
            raise errors.INVALID_PARAMETER(f"Dimensions.{number}.Key")
        if catalogue.region(item.value or "") is None:
            raise errors.INVALID_PARAMETER(f"Dimensions.{number}.Value")
        found = item.value or ""
    return found


def value_of(ctx: Context, quota: Quota, region: str) -> int:
    """Return how much the account may have."""
    limits = granted(ctx.world.limits, ctx.caller.grants, region, ctx.now)
    value: int = getattr(limits, quota.limit)
    return value


def view(ctx: Context, quota: Quota, region: str) -> QuotaView:
    """Show a quota as it holds for the caller in a region."""
    value = value_of(ctx, quota, region)
    used = USED.get(quota.limit)
    own = grant_of(ctx, quota, region)
    return QuotaView(
        adjustable=quota.adjustable,
        applicable_range=[float(value), float(LARGEST)] if quota.adjustable else [],
        applicable_type="continuous",
        consumable=used is not None,
        dimensions={"regionId": region} if region else {},
        global_quota=quota.is_global,
        product_code=quota.product,
        quota_action_code=quota.code,
        quota_arn=arn(ctx, quota, region),
        quota_category=COMMON,
        quota_description=quota.name,
        quota_items=[],
        quota_name=quota.name,
        quota_type="normal",
        quota_unit="AMOUNT",
        supported_range=[0.0, float(LARGEST)],
        total_quota=float(value),
        total_usage=float(used(ctx, region)) if used else UNSET,
        effective_time=moment(own.effective_at) if own else UNSET,
        expire_time=moment(own.expires_at) if own else UNSET,
        unadjustable_detail=UNSET if quota.adjustable else "The limit is the same for everybody.",
    )


def grant_of(ctx: Context, quota: Quota, region: str) -> Grant | None:
    """Return the grant that holds for a quota in a region, if there is one."""
    holding = (one for one in ctx.caller.grants if one.limit == quota.limit and one.holds(region, ctx.now))
    return max(holding, key=lambda one: one.value, default=None)


def moment(instant: Instant) -> str | Unset:
    """Write an instant, if there is one."""
    return times.seconds(instant) if instant else UNSET


def arn(ctx: Context, quota: Quota, region: str) -> str:
    """Return a quota's resource name."""
    return f"acs:quotas:{region or '*'}:{ctx.account}:quota/{quota.product}/{quota.code}"
