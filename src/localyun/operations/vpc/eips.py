"""Elastic addresses: kept by an account, and put on one of its instances."""

from typing import Annotated, Literal

from msgspec import field
from msgspec.structs import replace

from localyun.model import Eip, Instance, access
from localyun.model.addresses import address_from_id
from localyun.model.eips import AVAILABLE, BANDWIDTHS, ECS_INSTANCE, INUSE
from localyun.model.instances import RUNNING, STOPPED
from localyun.model.standing import Condition
from localyun.operations.common import (
    ClientToken,
    RegionId,
    ResourceGroupId,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.vpc.common import (
    Description,
    Name,
    NewTags,
    check_words,
)
from localyun.operations.vpc.product import VPC
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Empty, NotEmulated, Request, Unset, param
from localyun.spec.support import Support

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
        ip_address=address_from_id(ctx.compute.internet, id),
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
