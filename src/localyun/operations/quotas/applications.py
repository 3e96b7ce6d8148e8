"""Asking for more than a quota, and learning what became of it."""

from typing import Annotated

from localyun.clock import Instant
from localyun.model import QuotaApplication, access
from localyun.model.quotas import LARGEST, Quota, Status
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
from localyun.operations.quotas.granting import grant, quota_of
from localyun.operations.quotas.product import QUOTAS
from localyun.operations.quotas.product_quotas import (
    COMMON,
    Category,
    DimensionsItem,
    Period,
    ProductCode,
    QuotaActionCode,
    arn,
    moment,
    named,
    region_of,
    value_of,
)
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Request, Unset, View, param
from localyun.wire import times

CATEGORIES = ("CommonQuota", "FlowControl", "WhiteListLabel")

Dimensions5 = Annotated[
    tuple[DimensionsItem, ...], param("A quota's region, as regionId; all regions without.", max_length=5)
]


class CreateQuotaApplication(Request):
    """Ask for more than a quota."""

    product_code: ProductCode
    quota_action_code: QuotaActionCode
    desire_value: Annotated[
        float, param("How much, more than there is.", malformed=errors.QUOTA_DESIRED_MALFORMED)
    ]
    reason: Annotated[str, param("What for.")]
    notice_type: Annotated[
        int, param("How to be told of the answer, 0 to 3; kept and shown.", malformed=errors.QUOTA_NOTICE)
    ] = 0
    dimensions: Dimensions5 = ()
    quota_category: Category = COMMON
    audit_mode: Accepted[str] = "Async"
    env_language: Accepted[str] = None
    expire_time: Annotated[str | None, param("When it is to end, as `yyyy-MM-ddTHH:mm:ssZ`.")] = None
    effective_time: Annotated[str | None, param("When it is to begin.")] = None


class ApplicationView(View):
    """An application and what became of it."""

    application_id: str
    apply_time: str
    desire_value: int
    dimension: dict[str, str]
    notice_type: int
    product_code: str
    quota_action_code: str
    quota_arn: str
    quota_description: str
    quota_name: str
    quota_unit: str
    reason: str
    status: str
    approve_value: float | Unset = UNSET
    audit_reason: str | Unset = UNSET
    effective_time: str | Unset = UNSET
    expire_time: str | Unset = UNSET


class CreateQuotaApplicationAnswer(Answer):
    """The application, and what became of it if that was decided at once."""

    application_id: str
    apply_time: str
    desire_value: int
    dimension: dict[str, str]
    notice_type: int
    product_code: str
    quota_action_code: str
    quota_arn: str
    quota_description: str
    quota_name: str
    quota_unit: str
    reason: str
    status: str
    approve_value: float | Unset = UNSET
    audit_reason: str | Unset = UNSET
    effective_time: str | Unset = UNSET
    expire_time: str | Unset = UNSET


@QUOTAS.operation(
    errors=(
        errors.QUOTA_NOTICE,
        errors.QUOTA_DESIRED_MALFORMED,
        errors.QUOTA_NOT_FOUND,
        errors.QUOTA_NOT_ADJUSTABLE,
        errors.QUOTA_TIME,
        errors.QUOTA_DESIRED_ILLEGAL,
        errors.QUOTA_IN_PROCESS,
    )
)
def create_quota_application(ctx: Context, request: CreateQuotaApplication) -> CreateQuotaApplicationAnswer:
    """An operator decides, or the server at once if it was started so; one waits at a time for a quota."""
    if request.notice_type not in range(4):
        raise errors.QUOTA_NOTICE()
    if request.desire_value != request.desire_value // 1 or request.desire_value < 0:
        raise errors.QUOTA_DESIRED_MALFORMED()
    if request.quota_category not in (None, COMMON):
        raise errors.QUOTA_NOT_FOUND()
    quota, region = named(request.product_code, request.quota_action_code), region_of(request.dimensions)
    if not quota.adjustable:
        raise errors.QUOTA_NOT_ADJUSTABLE()
    effective_at, expires_at = period(ctx, request)
    if not value_of(ctx, quota, region) < request.desire_value <= LARGEST:
        raise errors.QUOTA_DESIRED_ILLEGAL()
    asked = ctx.tx.find(QuotaApplication, account=ctx.account)
    wanted = (quota.product, quota.code, region, Status.PROCESS)
    if any((one.product, one.code, one.region, one.status) == wanted for one in asked):
        raise errors.QUOTA_IN_PROCESS()
    application = QuotaApplication(
        id=ctx.world.ids.serial_number(),
        account=ctx.account,
        status=Status.PROCESS.value,
        applied_at=ctx.now,
        product=quota.product,
        code=quota.code,
        desired=int(request.desire_value),
        reason=request.reason,
        region=region,
        notice=request.notice_type,
        effective_at=effective_at,
        expires_at=expires_at,
    )
    ctx.tx.put(application)
    if ctx.world.grant_quotas:
        application = grant(ctx.tx, application)
    shown = view(ctx, application)
    return CreateQuotaApplicationAnswer(
        **{name: getattr(shown, name) for name in ApplicationView.__struct_fields__}
    )


def period(ctx: Context, request: CreateQuotaApplication) -> tuple[Instant, Instant]:
    """Return when it is to begin and to end, 0 where nothing is said; or raise the row on times."""
    effective_at = instant(request.effective_time, "EffectiveTime")
    expires_at = instant(request.expire_time, "ExpireTime")
    if expires_at and expires_at < max(ctx.now, effective_at):
        raise errors.QUOTA_TIME()
    return effective_at, expires_at


def instant(text: str | None, name: str) -> Instant:
    """Read a time, 0 if there is none; raise `InvalidParameter` for what is none."""
    try:
        return times.parse(text) if text else 0
    except ValueError:
        raise errors.INVALID_PARAMETER(name) from None


class ListQuotaApplications(Request):
    """List the account's applications."""

    next_token: Annotated[str | None, param("Where to go on, as the page before said.")] = None
    max_results: Annotated[int, param("Entries a page, 1 to 200.", ge=1, le=200)] = 20
    product_code: Annotated[str | None, param("Only those about this product.")] = None
    quota_action_code: Annotated[str | None, param("Only those about this quota.")] = None
    status: Annotated[str | None, param("Process, Agree, Disagree or Cancel.")] = None
    key_word: Annotated[str | None, param("Only those about quotas with this in their name.")] = None
    dimensions: Dimensions5 = ()
    quota_category: Category = None


class ListedApplication(View):
    """An application in the list."""

    application_id: str
    apply_time: str
    desire_value: float
    dimension: dict[str, str]
    notice_type: int
    product_code: str
    quota_action_code: str
    quota_arn: str
    quota_category: str
    quota_description: str
    quota_name: str
    quota_unit: str
    reason: str
    status: str
    approve_value: float | Unset = UNSET
    audit_reason: str | Unset = UNSET
    comment: str | Unset = UNSET
    effective_time: str | Unset = UNSET
    expire_time: str | Unset = UNSET
    period: Period | Unset = UNSET


class QuotaApplications(Answer):
    """A page of the applications."""

    max_results: int
    quota_applications: list[ListedApplication]
    total_count: int
    next_token: str | Unset = UNSET


@QUOTAS.operation(errors=(errors.QUOTA_STATUS,), changes=False)
def list_quota_applications(ctx: Context, request: ListQuotaApplications) -> QuotaApplications:
    """The newest comes first."""
    if request.status is not None and request.status not in list(Status):
        raise errors.QUOTA_STATUS()
    region = region_of(request.dimensions)
    found = [
        one
        for one in ctx.tx.find(QuotaApplication, account=ctx.account, order="applied_at", descending=True)
        if request.product_code in (None, one.product)
        and request.quota_action_code in (None, one.code)
        and request.status in (None, one.status)
        and (not region or one.region == region)
        and (request.key_word or "").lower() in quota_of(one).name.lower()
        and request.quota_category in (None, COMMON)
    ]
    shown, token = page_from(
        request.next_token, found, request.max_results, errors.INVALID_PARAMETER("NextToken")
    )
    return QuotaApplications(
        max_results=request.max_results,
        quota_applications=[
            ListedApplication(
                **{name: getattr(found, name) for name in ApplicationView.__struct_fields__},
                quota_category=COMMON,
            )
            for found in (view(ctx, one) for one in shown)
        ],
        total_count=len(found),
        next_token=token or UNSET,
    )


class GetQuotaApplication(Request):
    """Show an application."""

    application_id: Annotated[str | None, param("The application.")] = None


class WholeApplication(ApplicationView):
    """An application, as GetQuotaApplication shows it."""

    quota_category: str = COMMON


class GetQuotaApplicationAnswer(Answer):
    """An application."""

    quota_application: WholeApplication


@QUOTAS.operation(errors=(errors.QUOTA_APPLICATION_NOT_FOUND,), changes=False)
def get_quota_application(ctx: Context, request: GetQuotaApplication) -> GetQuotaApplicationAnswer:
    """Another account's looks as if it weren't there."""
    found = ctx.tx.get(QuotaApplication, request.application_id or "")
    if found is None or not access.is_of(ctx.account, found):
        raise errors.QUOTA_APPLICATION_NOT_FOUND()
    shown = view(ctx, found)
    return GetQuotaApplicationAnswer(
        quota_application=WholeApplication(
            **{name: getattr(shown, name) for name in ApplicationView.__struct_fields__}
        )
    )


def view(ctx: Context, application: QuotaApplication) -> ApplicationView:
    """Show an application."""
    quota: Quota = quota_of(application)
    return ApplicationView(
        application_id=application.id,
        apply_time=times.seconds(application.applied_at),
        desire_value=application.desired,
        dimension={"regionId": application.region} if application.region else {},
        notice_type=application.notice,
        product_code=quota.product,
        quota_action_code=quota.code,
        quota_arn=arn(ctx, quota, application.region),
        quota_description=quota.name,
        quota_name=quota.name,
        quota_unit="AMOUNT",
        reason=application.reason,
        status=application.status,
        approve_value=UNSET if application.approved is None else float(application.approved),
        audit_reason=application.answer or UNSET,
        effective_time=moment(application.effective_at),
        expire_time=moment(application.expires_at),
    )
