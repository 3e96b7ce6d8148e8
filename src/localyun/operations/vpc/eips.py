"""Elastic addresses: kept by an account, and put on one of its instances."""

from typing import Annotated, Literal

from msgspec import field
from msgspec.structs import replace

from localyun.model import Eip, Instance, access
from localyun.model.addresses import INTERNET, address_from_id
from localyun.model.eips import AVAILABLE, BANDWIDTHS, ECS_INSTANCE, INUSE
from localyun.model.instances import RUNNING, STOPPED
from localyun.model.standing import Condition
from localyun.operations.common import (
    ClientToken,
    DryRun,
    FilterItem,
    PageNumber,
    PageSize,
    RegionId,
    ResourceGroupId,
    has_tags,
    new_tags,
    page,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.vpc.common import (
    Description,
    Name,
    NewTags,
    Tags,
    WantedTags,
    check_words,
    tags_view,
)
from localyun.operations.vpc.product import VPC
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Empty, NotEmulated, Request, Unset, View, param
from localyun.spec.support import Support
from localyun.wire import times

AllocationId = Annotated[str, param("The elastic address.", example="eip-bp1exampleexample")]
Isp = Annotated[str, param("The kind of line: BGP or BGP_PRO.")]

NO_TRADE = "Nothing is paid for, so there is no stock, no order and no purchase by the month."


class AllocateEipAddress(Request):
    """Get an elastic address."""

    region_id: RegionId
    bandwidth: Annotated[str, param("In Mbit/s, 1 to 500.")] = "5"
    period: NotEmulated[int] = None
    isp: Isp = field(name="ISP", default="BGP")
    activity_id: NotEmulated[int] = None
    netmode: Accepted[str] = "public"
    auto_pay: NotEmulated[bool] = None
    pricing_cycle: NotEmulated[str] = None
    instance_charge_type: NotEmulated[str] = "PostPaid"
    internet_charge_type: Annotated[
        Literal["PayByBandwidth", "PayByTraffic"],
        param("PayByBandwidth or PayByTraffic.", malformed=errors.EIP_CHARGE_TYPE),
    ] = "PayByBandwidth"
    resource_group_id: ResourceGroupId = None
    client_token: ClientToken = None
    name: Name = None
    description: Description = None
    security_protection_types: NotEmulated[tuple[str, ...]] = ()
    public_ip_address_pool_id: NotEmulated[str] = None
    zone: NotEmulated[str] = None
    ip_address: NotEmulated[str] = None
    instance_id: NotEmulated[str] = None
    tag: NewTags = ()


class AllocatedEip(Answer, kw_only=True):
    """The new elastic address."""

    order_id: int | Unset = UNSET
    resource_group_id: str
    eip_address: str
    allocation_id: str


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.EIP_TO_ALLOCATE_REGION,
    errors=(
        errors.EIP_BALANCE,
        errors.EIP_BANDWIDTH,
        errors.EIP_ISP,
        errors.EIP_NAME_MALFORMED,
        errors.EIP_DESCRIPTION_MALFORMED,
        errors.INVALID_PARAMETER,
        errors.EIP_QUOTA,
    ),
    support=Support.PARTIAL,
    gaps=NO_TRADE,
)
def allocate_eip_address(ctx: Context, request: AllocateEipAddress) -> AllocatedEip:
    """The address is of a network that is nobody's. Source: AllocateEipAddress (2025)."""
    ctx.check_standing({Condition.ARREARS: errors.EIP_BALANCE})
    bandwidth = _bandwidth(request.bandwidth)
    if bandwidth is None:
        raise errors.EIP_BANDWIDTH()
    if request.isp not in ("BGP", "BGP_PRO"):
        raise errors.EIP_ISP("isp")
    check_words(
        request.name, errors.EIP_NAME_MALFORMED, request.description, errors.EIP_DESCRIPTION_MALFORMED
    )
    tags = new_tags(
        request.tag,
        bad_key=errors.INVALID_PARAMETER,
        bad_value=errors.INVALID_PARAMETER,
        twice=errors.INVALID_PARAMETER,
    )
    if ctx.tx.count(Eip, owner=ctx.account, region=ctx.region) >= ctx.limits.eips_per_region:
        raise errors.EIP_QUOTA()
    id = ctx.new_id("eip")
    eip = Eip(
        id=id,
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.name or "",
        description=request.description or "",
        resource_group=request.resource_group_id or "",
        tags=tags,
        ip_address=address_from_id(INTERNET, id),
        isp=request.isp,
        bandwidth=bandwidth,
        internet_charge_type=request.internet_charge_type,
    )
    ctx.tx.put(eip)
    return AllocatedEip(
        resource_group_id=eip.resource_group, eip_address=eip.ip_address, allocation_id=eip.id
    )


def _bandwidth(text: str) -> int | None:
    """Return a bandwidth in Mbit/s, or None when it is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    return number if number in BANDWIDTHS else None


class AssociateEipAddress(Request):
    """Put an elastic address on an instance."""

    allocation_id: AllocationId
    instance_id: Annotated[str, param("The instance, in a VPC.", example="i-bp1exampleexample")]
    region_id: RegionId | None = None
    instance_type: Annotated[str, param("EcsInstance: there is nothing else to put it on.")] = ECS_INSTANCE
    instance_region_id: NotEmulated[str] = None
    private_ip_address: NotEmulated[str] = None
    mode: NotEmulated[str] = "NAT"
    vpc_id: Accepted[str | None] = None
    client_token: ClientToken = None


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.EIP_TO_ASSOCIATE_REGION,
    errors=(
        errors.EIP_INSTANCE_TYPE,
        errors.EIP_NOT_FOUND,
        errors.EIP_INSTANCE_NOT_FOUND,
        errors.EIP_OTHER_REGION,
        errors.EIP_STATUS,
        errors.EIP_OUTSIDE_VPC,
        errors.EIP_INSTANCE_STATUS,
        errors.EIP_ALREADY,
        errors.EIP_BESIDE_PUBLIC,
    ),
    support=Support.PARTIAL,
    gaps="An address is put on an instance as a whole, not on a network interface, NAT gateway or balancer.",
)
def associate_eip_address(ctx: Context, request: AssociateEipAddress) -> Empty:
    """One address an instance, none beside a public one. Source: AssociateEipAddress (2025)."""
    if request.instance_type != ECS_INSTANCE:
        raise errors.EIP_INSTANCE_TYPE()
    eip = ctx.own(Eip, request.allocation_id, errors.EIP_NOT_FOUND)
    instance = ctx.tx.get(Instance, request.instance_id)
    if instance is None or not access.owns(ctx.account, instance):
        raise errors.EIP_INSTANCE_NOT_FOUND()
    if instance.region != eip.region:
        raise errors.EIP_OTHER_REGION()
    if eip.phase.at(ctx.now) != AVAILABLE:
        raise errors.EIP_STATUS()
    if not instance.vpc:
        raise errors.EIP_OUTSIDE_VPC()
    if instance.phase.at(ctx.now) not in (RUNNING, STOPPED):
        raise errors.EIP_INSTANCE_STATUS()
    if ctx.tx.count(Eip, instance=instance.id):
        raise errors.EIP_ALREADY()
    if instance.public_ip:
        raise errors.EIP_BESIDE_PUBLIC()
    phase = ctx.compute.associate_eip(eip, instance, ctx.now)
    ctx.tx.put(replace(eip, instance=instance.id, phase=phase))
    return Empty()


class UnassociateEipAddress(Request):
    """Take an elastic address from what it is on."""

    allocation_id: AllocationId
    force: Accepted[bool] = False
    region_id: RegionId | None = None
    instance_id: Annotated[str | None, param("What it is on; only checked.")] = None
    instance_type: Annotated[str, param("EcsInstance; only checked.")] = ECS_INSTANCE
    private_ip_address: Accepted[str | None] = None
    client_token: ClientToken = None


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.EIP_REGION,
    errors=(
        errors.EIP_INSTANCE_TYPE,
        errors.EIP_NO_LONGER_FOUND,
        errors.EIP_STATUS_WITH_STOP,
        errors.EIP_BOUND_INSTANCE_NOT_FOUND,
        errors.EIP_UNBIND_INSTANCE_STATUS,
    ),
)
def unassociate_eip_address(ctx: Context, request: UnassociateEipAddress) -> Empty:
    """The address stays the account's. Source: UnassociateEipAddress (2025)."""
    if request.instance_type != ECS_INSTANCE:
        raise errors.EIP_INSTANCE_TYPE()
    eip = ctx.own(Eip, request.allocation_id, errors.EIP_NO_LONGER_FOUND)
    if eip.phase.at(ctx.now) != INUSE:
        raise errors.EIP_STATUS_WITH_STOP()
    if request.instance_id not in (None, eip.instance):
        raise errors.EIP_BOUND_INSTANCE_NOT_FOUND()
    instance = ctx.own(Instance, eip.instance, errors.EIP_BOUND_INSTANCE_NOT_FOUND)
    if instance.phase.at(ctx.now) not in (RUNNING, STOPPED):
        raise errors.EIP_UNBIND_INSTANCE_STATUS()
    phase = ctx.compute.unassociate_eip(eip, instance, ctx.now)
    ctx.tx.put(replace(eip, instance="", phase=phase))
    return Empty()


class ReleaseEipAddress(Request):
    """Give an elastic address back."""

    allocation_id: AllocationId
    region_id: RegionId | None = None


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.EIP_REGION,
    errors=(errors.EIP_NOT_FOUND, errors.EIP_STATUS_WITH_STOP),
)
def release_eip_address(ctx: Context, request: ReleaseEipAddress) -> Empty:
    """It must be on nothing. Source: ReleaseEipAddress (2025)."""
    eip = ctx.own(Eip, request.allocation_id, errors.EIP_NOT_FOUND)
    if eip.phase.at(ctx.now) != AVAILABLE:
        raise errors.EIP_STATUS_WITH_STOP()
    ctx.tx.delete(eip)
    return Empty()


class ModifyEipAddressAttribute(Request):
    """Change an elastic address's bandwidth, name or description."""

    allocation_id: AllocationId
    bandwidth: Annotated[str | None, param("In Mbit/s, 1 to 500.")] = None
    region_id: RegionId | None = None
    name: Name = None
    description: Description = None


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.EIP_REGION,
    errors=(
        errors.EIP_NEW_BANDWIDTH,
        errors.EIP_NEW_NAME_MALFORMED,
        errors.EIP_NEW_DESCRIPTION_MALFORMED,
        errors.EIP_TO_CHANGE_NOT_FOUND,
    ),
)
def modify_eip_address_attribute(ctx: Context, request: ModifyEipAddressAttribute) -> Empty:
    """What isn't given stays. Source: ModifyEipAddressAttribute (2025)."""
    bandwidth = _bandwidth(request.bandwidth) if request.bandwidth else 0
    if bandwidth is None:
        raise errors.EIP_NEW_BANDWIDTH()
    check_words(
        request.name,
        errors.EIP_NEW_NAME_MALFORMED,
        request.description,
        errors.EIP_NEW_DESCRIPTION_MALFORMED,
    )
    eip = ctx.own(Eip, request.allocation_id, errors.EIP_TO_CHANGE_NOT_FOUND)
    ctx.tx.put(
        replace(
            eip,
            bandwidth=bandwidth or eip.bandwidth,
            name=request.name or eip.name,
            description=request.description or eip.description,
        )
    )
    return Empty()


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
