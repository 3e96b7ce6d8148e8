"""DescribeEipAddresses: one's elastic addresses in a region."""

from typing import Annotated, Literal

from msgspec import field

from localyun.model import Eip
from localyun.model.eips import ECS_INSTANCE
from localyun.operations.common import (
    DryRun,
    FilterItem,
    PageNumber,
    PageSize,
    RegionId,
    ResourceGroupId,
    has_tags,
    page,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.vpc.common import Tags, WantedTags, tags_view
from localyun.operations.vpc.product import VPC
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, NotEmulated, Request, Unset, View, param
from localyun.wire import times


class DescribeEipAddresses(Request):
    """List elastic addresses."""

    region_id: RegionId
    include_reservation_data: Accepted[bool] = False
    status: Annotated[str | None, param("Only those of this status.")] = None
    eip_address: Annotated[str | None, param("Only these addresses, joined by commas.")] = None
    allocation_id: Annotated[str | None, param("Only these ids, joined by commas.")] = None
    segment_instance_id: NotEmulated[str] = None
    resource_group_id: ResourceGroupId = None
    page_number: PageNumber = 1
    page_size: PageSize = 10
    isp: Annotated[str | None, param("Only those of this kind of line.")] = field(name="ISP", default=None)
    filter: NotEmulated[tuple[FilterItem, ...]] = ()
    lock_reason: Annotated[
        Literal["financial", "security"] | None,
        param("Only those that are locked: none are.", malformed=errors.EIP_LOCK_REASON),
    ] = None
    associated_instance_type: Annotated[
        Literal["EcsInstance", "SlbInstance", "Nat", "HaVip", "NetworkInterface", "IpAddress"] | None,
        param("Only those on a thing of this kind.", malformed=errors.EIP_ASSOCIATED_TYPE),
    ] = None
    associated_instance_id: Annotated[str | None, param("Only those on these, joined by commas.")] = None
    charge_type: Annotated[
        Literal["PostPaid", "PrePaid"] | None,
        param("Only those paid for in this way: all are PostPaid.", malformed=errors.EIP_PAID_HOW),
    ] = None
    dry_run: DryRun = False
    eip_name: Annotated[str | None, param("Only those of this name.")] = None
    tag: WantedTags = ()
    security_protection_enabled: NotEmulated[bool] = False
    public_ip_address_pool_id: NotEmulated[str] = None
    service_managed: NotEmulated[bool] = False


class LockReason(View):
    """Why an address is locked."""

    lock_reason: str


class OperationLocks(View):
    """Why an address is locked: it isn't."""

    lock_reason: list[LockReason]


class SecurityProtectionTypes(View):
    """How an address is protected: it isn't."""

    security_protection_type: list[str]


class EipView(View, kw_only=True):
    """An elastic address."""

    reservation_active_time: str | Unset = UNSET
    status: str
    reservation_order_type: str | Unset = UNSET
    allocation_time: str
    netmode: str = "public"
    charge_type: str = "PostPaid"
    description: str
    mode: str = "NAT"
    segment_instance_id: str = ""
    reservation_internet_charge_type: str | Unset = UNSET
    bandwidth_package_id: str = ""
    ip_address: str
    bandwidth: str
    reservation_bandwidth: str | Unset = UNSET
    eip_bandwidth: str
    name: str
    private_ip_address: str = ""
    instance_region_id: str
    deletion_protection: bool = False
    instance_id: str
    second_limited: bool = False
    instance_type: str
    hd_monitor_status: str = field(name="HDMonitorStatus", default="OFF")
    region_id: str
    bandwidth_package_bandwidth: str = ""
    service_managed: int = 0
    expired_time: str = ""
    resource_group_id: str
    allocation_id: str
    internet_charge_type: str
    business_status: str = "Normal"
    bandwidth_package_type: str = ""
    has_reservation_data: str = "false"
    isp: str = field(name="ISP")
    operation_locks: OperationLocks
    tags: Tags
    security_protection_types: SecurityProtectionTypes
    public_ip_address_pool_id: str = ""
    vpc_id: str = ""
    zone: str = ""
    biz_type: str | Unset = UNSET
    service_id: int | Unset = field(name="ServiceID", default=UNSET)


class EipViews(View):
    """A page of elastic addresses."""

    eip_address: list[EipView]


class EipList(Answer):
    """Elastic addresses."""

    page_size: int
    page_number: int
    total_count: int
    eip_addresses: EipViews


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.EIP_REGION,
    errors=(),
    changes=False,
)
def describe_eip_addresses(ctx: Context, request: DescribeEipAddresses) -> EipList:
    """Newest first. Source: DescribeEipAddresses (2025)."""
    found = [eip for eip in ctx.mine(Eip) if _is_wanted(eip, request, ctx)]
    return EipList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        eip_addresses=EipViews(
            eip_address=[_view(eip, ctx) for eip in page(found, request.page_number, request.page_size)]
        ),
    )


def _is_wanted(eip: Eip, request: DescribeEipAddresses, ctx: Context) -> bool:
    wanted = (
        (request.status, eip.phase.at(ctx.now)),
        (request.resource_group_id, eip.resource_group),
        (request.isp, eip.isp),
        (request.eip_name, eip.name),
        (request.charge_type, "PostPaid"),
        (request.lock_reason, ""),
        (request.associated_instance_type, ECS_INSTANCE if eip.instance else ""),
    )
    listed = (
        (request.eip_address, eip.ip_address),
        (request.allocation_id, eip.id),
        (request.associated_instance_id, eip.instance),
    )
    return (
        all(value in (None, is_) for value, is_ in wanted)
        and all(values is None or is_ in values.split(",") for values, is_ in listed)
        and has_tags(eip, request.tag)
    )


def _view(eip: Eip, ctx: Context) -> EipView:
    return EipView(
        status=eip.phase.at(ctx.now),
        allocation_time=times.seconds(eip.created_at),
        description=eip.description,
        ip_address=eip.ip_address,
        bandwidth=str(eip.bandwidth),
        eip_bandwidth=str(eip.bandwidth),
        name=eip.name,
        instance_region_id=eip.region if eip.instance else "",
        instance_id=eip.instance,
        instance_type=ECS_INSTANCE if eip.instance else "",
        region_id=eip.region,
        resource_group_id=eip.resource_group,
        allocation_id=eip.id,
        internet_charge_type=eip.internet_charge_type,
        isp=eip.isp,
        operation_locks=OperationLocks(lock_reason=[]),
        tags=tags_view(eip.tags),
        security_protection_types=SecurityProtectionTypes(security_protection_type=[]),
    )
