"""VPCs: private networks of a region."""

from typing import Annotated

import msgspec

from localyun.model import Phase, SecurityGroup, Vpc, VSwitch, cidr
from localyun.model.networks import AVAILABLE
from localyun.operations.common import (
    ClientToken,
    DryRun,
    PageNumber,
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
    IsDefault,
    Name,
    NewTags,
    OwnerId,
    SmallPageSize,
    Tags,
    VSwitchIds,
    WantedTags,
    check_words,
    listed_ids,
    of_owner,
    tags_view,
)
from localyun.operations.vpc.product import VPC
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Empty, NotEmulated, Request, Unset, View, param
from localyun.wire import times

DEFAULT_BLOCK = "172.16.0.0/12"

VpcId = Annotated[str, param("The VPC.", example="vpc-bp1exampleexample")]


class CreateVpc(Request):
    """Create a VPC, with a router and a route table."""

    region_id: RegionId
    cidr_block: Annotated[str, param("Its addresses; a mask of 8 to 28 bits.", example="10.0.0.0/8")] = (
        DEFAULT_BLOCK
    )
    ipv6_cidr_block: NotEmulated[str] = None
    vpc_name: Name = None
    enable_ipv6: NotEmulated[bool] = False
    description: Description = None
    resource_group_id: ResourceGroupId = None
    tag: NewTags = ()
    dry_run: DryRun = False
    user_cidr: Annotated[str | None, param("Up to 3 blocks to route by its table, joined by commas.")] = None
    client_token: ClientToken = None
    ipv6_isp: NotEmulated[str] = "BGP"
    ipv4_ipam_pool_id: NotEmulated[str] = None
    ipv4_cidr_mask: NotEmulated[int] = None
    enable_dns_hostname: NotEmulated[bool] = False
    ipv6_ipam_pool_id: NotEmulated[str] = None
    ipv6_cidr_mask: NotEmulated[int] = None


class CreatedVpc(Answer):
    """The new VPC and what came with it."""

    vpc_id: str
    vrouter_id: str
    route_table_id: str
    resource_group_id: str


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.CREATE_VPC_REGION,
    errors=(
        errors.VPC_NAME_MALFORMED,
        errors.VPC_DESCRIPTION_MALFORMED,
        errors.INVALID_PARAMETER,
        errors.VPC_CIDR_INVALID,
        errors.VPC_CIDR_MASK,
        errors.USER_CIDR_ILLEGAL,
        errors.USER_CIDR_QUOTA,
        errors.USER_CIDR_RESERVED,
        errors.VPC_QUOTA,
    ),
)
def create_vpc(ctx: Context, request: CreateVpc) -> CreatedVpc:
    """VPCs may overlap one another. Pending at first."""
    check_words(
        request.vpc_name,
        errors.VPC_NAME_MALFORMED,
        request.description,
        errors.VPC_DESCRIPTION_MALFORMED,
    )
    tags = new_tags(
        request.tag,
        bad_key=errors.INVALID_PARAMETER,
        bad_value=errors.INVALID_PARAMETER,
        twice=errors.INVALID_PARAMETER,
    )
    cidr.check_vpc(request.cidr_block)
    user_cidrs = cidr.user_cidrs(request.user_cidr) if request.user_cidr else ()
    if ctx.tx.count(Vpc, owner=ctx.account, region=ctx.region) >= ctx.limits.vpcs_per_region:
        raise errors.VPC_QUOTA()
    vpc = Vpc(
        id=ctx.new_id("vpc"),
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.vpc_name or "",
        description=request.description or "",
        resource_group=request.resource_group_id or "",
        tags=tags,
        cidr_block=request.cidr_block,
        phase=Phase(AVAILABLE),
        vrouter=ctx.new_id("vrt"),
        route_table=ctx.new_id("vtb"),
        user_cidrs=user_cidrs,
    )
    ctx.tx.put(msgspec.structs.replace(vpc, phase=ctx.compute.create_vpc(vpc, ctx.now)))
    return CreatedVpc(
        vpc_id=vpc.id,
        vrouter_id=vpc.vrouter,
        route_table_id=vpc.route_table,
        resource_group_id=vpc.resource_group,
    )


class DescribeVpcs(Request):
    """List VPCs."""

    region_id: RegionId
    vpc_id: Annotated[str | None, param("Only these: up to 20 ids, joined by commas.")] = None
    vpc_name: Annotated[str | None, param("Only those of this name.")] = None
    is_default: IsDefault = None
    dry_run: DryRun = False
    resource_group_id: ResourceGroupId = None
    page_number: PageNumber = 1
    page_size: SmallPageSize = 10
    vpc_owner_id: OwnerId = None
    dhcp_options_set_id: NotEmulated[str] = None
    enable_ipv6: NotEmulated[bool] = False
    tag: WantedTags = ()


class Ipv6CidrBlock(View):
    """A block of IPv6 addresses."""

    ipv6_isp: str | Unset = UNSET
    ipv6_cidr_block: str | Unset = UNSET


class Ipv6CidrBlocks(View):
    """The blocks of IPv6 addresses."""

    ipv6_cidr_block: list[Ipv6CidrBlock]


class SecondaryCidrBlocks(View):
    """The further blocks of addresses."""

    secondary_cidr_block: list[str]


class UserCidrs(View):
    """The blocks that are routed by the VPC's own table."""

    user_cidr: list[str]


class NatGatewayIds(View):
    """The NAT gateways."""

    nat_gateway_ids: list[str]


class RouterTableIds(View):
    """The route tables."""

    router_table_ids: list[str]


class VpcView(View):
    """A VPC."""

    creation_time: str
    status: str
    vpc_id: str
    is_default: bool
    owner_id: int
    region_id: str
    vpc_name: str
    vrouter_id: str
    cidr_block: str
    description: str
    resource_group_id: str
    ipv6_cidr_block: str
    tags: Tags
    ipv6_cidr_blocks: Ipv6CidrBlocks
    vswitch_ids: VSwitchIds
    secondary_cidr_blocks: SecondaryCidrBlocks
    user_cidrs: UserCidrs
    nat_gateway_ids: NatGatewayIds
    router_table_ids: RouterTableIds
    enabled_ipv6: bool
    dns_hostname_status: str
    dhcp_options_set_status: str | Unset = UNSET
    dhcp_options_set_id: str | Unset = UNSET
    cen_status: str | Unset = UNSET


class Vpcs(View):
    """A page of VPCs."""

    vpc: list[VpcView]


class DescribedVpcs(Answer):
    """A page of VPCs."""

    page_size: int
    page_number: int
    total_count: int
    vpcs: Vpcs


@VPC.operation(also=ECS.versions, changes=False, errors=(errors.VPC_IDS_TOO_MANY,))
def describe_vpcs(ctx: Context, request: DescribeVpcs) -> DescribedVpcs:
    """The caller's own, newest first; an id that there isn't is nothing found."""
    ids = listed_ids(request.vpc_id, errors.VPC_IDS_TOO_MANY)
    found = [
        vpc
        for vpc in ctx.mine(Vpc)
        if (ids is None or vpc.id in ids)
        and request.vpc_name in (None, vpc.name)
        and request.is_default in (None, False)
        and request.resource_group_id in (None, vpc.resource_group)
        and of_owner(request.vpc_owner_id, vpc)
        and has_tags(vpc, request.tag)
    ]
    return DescribedVpcs(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        vpcs=Vpcs(vpc=[vpc_view(ctx, vpc) for vpc in page(found, request.page_number, request.page_size)]),
    )


def vpc_view(ctx: Context, vpc: Vpc) -> VpcView:
    """Show a VPC."""
    return VpcView(
        creation_time=times.seconds(vpc.created_at),
        status=vpc.phase.at(ctx.now),
        vpc_id=vpc.id,
        is_default=False,
        owner_id=int(vpc.owner),
        region_id=vpc.region,
        vpc_name=vpc.name,
        vrouter_id=vpc.vrouter,
        cidr_block=vpc.cidr_block,
        description=vpc.description,
        resource_group_id=vpc.resource_group,
        ipv6_cidr_block="",
        tags=tags_view(vpc.tags),
        ipv6_cidr_blocks=Ipv6CidrBlocks(ipv6_cidr_block=[]),
        vswitch_ids=vswitch_ids(ctx, vpc),
        secondary_cidr_blocks=SecondaryCidrBlocks(secondary_cidr_block=[]),
        user_cidrs=UserCidrs(user_cidr=list(vpc.user_cidrs)),
        nat_gateway_ids=NatGatewayIds(nat_gateway_ids=[]),
        router_table_ids=RouterTableIds(router_table_ids=[vpc.route_table]),
        enabled_ipv6=False,
        dns_hostname_status="DISABLED",
    )


def vswitch_ids(ctx: Context, vpc: Vpc) -> VSwitchIds:
    """Show which vSwitches are in a VPC."""
    return VSwitchIds(vswitch_id=[vswitch.id for vswitch in ctx.tx.find(VSwitch, vpc=vpc.id)])


class DeleteVpc(Request):
    """Delete a VPC, with its router and its route table."""

    vpc_id: VpcId
    region_id: RegionId | None = None
    force_delete: Accepted[bool] = None
    dry_run: DryRun = False
    client_token: ClientToken = None


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.DELETE_VPC_REGION,
    errors=(
        errors.VPC_NOT_FOUND,
        errors.VPC_STATUS,
        errors.VPC_HAS_VSWITCHES,
        errors.VPC_HAS_SECURITY_GROUPS,
    ),
)
def delete_vpc(ctx: Context, request: DeleteVpc) -> Empty:
    """What is in it goes first; ForceDelete is about gateways, which there are none."""
    vpc = ctx.own(Vpc, request.vpc_id, errors.VPC_NOT_FOUND)
    if not vpc.phase.settled(ctx.now):
        raise errors.VPC_STATUS()
    if ctx.tx.count(VSwitch, vpc=vpc.id):
        raise errors.VPC_HAS_VSWITCHES()
    if ctx.tx.count(SecurityGroup, vpc=vpc.id):
        raise errors.VPC_HAS_SECURITY_GROUPS()
    ctx.tx.delete(vpc)
    return Empty()
