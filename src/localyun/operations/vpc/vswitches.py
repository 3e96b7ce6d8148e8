"""vSwitches: the subnets of a VPC, each in one zone."""

from typing import Annotated

import msgspec

from localyun import catalogue
from localyun.model import Instance, Phase, Vpc, VSwitch, addresses, cidr
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
    WantedTags,
    check_words,
    everywhere,
    listed_ids,
    of_owner,
    tags_view,
)
from localyun.operations.vpc.product import VPC
from localyun.operations.vpc.vpcs import VpcId
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, NotEmulated, Request, View, param
from localyun.wire import times

VSwitchId = Annotated[str, param("The vSwitch.", example="vsw-bp1exampleexample")]


class CreateVSwitch(Request):
    """Create a vSwitch in a VPC."""

    zone_id: Annotated[str, param("The zone, of the VPC's region.", example="cn-hangzhou-h")]
    cidr_block: Annotated[
        str, param("Its addresses, among the VPC's; a mask of 16 to 29 bits.", example="10.0.0.0/24")
    ]
    vpc_id: VpcId
    tag: NewTags = ()
    region_id: RegionId | None = None
    ipv6_cidr_block: NotEmulated[int] = None
    vswitch_name: Name = None
    description: Description = None
    client_token: ClientToken = None
    vpc_ipv6_cidr_block: NotEmulated[str] = None
    cidr_mask: NotEmulated[int] = None
    ipv6_cidr_mask: NotEmulated[int] = None


class CreatedVSwitch(Answer):
    """The new vSwitch."""

    vswitch_id: str


@VPC.operation(
    also=ECS.versions,
    errors=(
        errors.VSWITCH_NAME_MALFORMED,
        errors.VSWITCH_DESCRIPTION_MALFORMED,
        errors.INVALID_PARAMETER,
        errors.VPC_NOT_FOUND,
        errors.VSWITCH_ZONE,
        errors.VPC_STATUS,
        errors.CIDR_MALFORMED,
        errors.VSWITCH_CIDR_MASK,
        errors.VSWITCH_CIDR_OUTSIDE,
        errors.VSWITCH_CIDR_OVERLAPPED,
        errors.VSWITCH_QUOTA,
    ),
)
def create_vswitch(ctx: Context, request: CreateVSwitch) -> CreatedVSwitch:
    """It takes its place in the VPC at once, while it is still Pending."""
    check_words(
        request.vswitch_name,
        errors.VSWITCH_NAME_MALFORMED,
        request.description,
        errors.VSWITCH_DESCRIPTION_MALFORMED,
    )
    tags = new_tags(
        request.tag,
        bad_key=errors.INVALID_PARAMETER,
        bad_value=errors.INVALID_PARAMETER,
        twice=errors.INVALID_PARAMETER,
    )
    vpc = ctx.own(Vpc, request.vpc_id, errors.VPC_NOT_FOUND)
    zone = catalogue.zone(request.zone_id)
    if zone is None or zone.region != vpc.region:
        raise errors.VSWITCH_ZONE()
    if not vpc.phase.settled(ctx.now):
        raise errors.VPC_STATUS()
    siblings = ctx.tx.find(VSwitch, vpc=vpc.id)
    cidr.check_vswitch(
        request.cidr_block, vpc=vpc.cidr_block, siblings=(sibling.cidr_block for sibling in siblings)
    )
    if len(siblings) >= ctx.limits.vswitches_per_vpc:
        raise errors.VSWITCH_QUOTA()
    vswitch = VSwitch(
        id=ctx.new_id("vsw", vpc.region),
        region=vpc.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.vswitch_name or "",
        description=request.description or "",
        resource_group=vpc.resource_group,
        tags=tags,
        zone=zone.id,
        vpc=vpc.id,
        cidr_block=request.cidr_block,
        phase=Phase(AVAILABLE),
    )
    ctx.tx.put(msgspec.structs.replace(vswitch, phase=ctx.compute.create_vswitch(vswitch, ctx.now)))
    return CreatedVSwitch(vswitch_id=vswitch.id)


class DescribeVSwitches(Request):
    """List vSwitches."""

    vpc_id: Annotated[str | None, param("Only those in these: up to 20 ids, joined by commas.")] = None
    vswitch_id: Annotated[str | None, param("Only these: up to 20 ids, joined by commas.")] = None
    zone_id: Annotated[str | None, param("Only those in this zone.")] = None
    region_id: RegionId | None = None
    vswitch_name: Annotated[str | None, param("Only those of this name.")] = None
    dry_run: DryRun = False
    is_default: IsDefault = None
    route_table_id: Annotated[str | None, param("Only those with this route table.")] = None
    resource_group_id: ResourceGroupId = None
    page_number: PageNumber = 1
    page_size: SmallPageSize = 10
    vswitch_owner_id: OwnerId = None
    enable_ipv6: NotEmulated[bool] = False
    tag: WantedTags = ()


class RouteTable(View):
    """A vSwitch's route table."""

    route_table_id: str
    route_table_type: str


class VSwitchView(View):
    """A vSwitch."""

    vpc_id: str
    status: str
    creation_time: str
    is_default: bool
    available_ip_address_count: int
    network_acl_id: str
    owner_id: int
    vswitch_id: str
    cidr_block: str
    description: str
    resource_group_id: str
    zone_id: str
    ipv6_cidr_block: str
    vswitch_name: str
    share_type: str
    enabled_ipv6: bool
    tags: Tags
    route_table: RouteTable


class VSwitches(View):
    """A page of vSwitches."""

    vswitch: list[VSwitchView]


class DescribedVSwitches(Answer):
    """A page of vSwitches."""

    page_size: int
    page_number: int
    total_count: int
    vswitches: VSwitches


@VPC.operation(
    also=ECS.versions, changes=False, errors=(errors.VPC_IDS_TOO_MANY, errors.VSWITCH_IDS_TOO_MANY)
)
def describe_vswitches(ctx: Context, request: DescribeVSwitches) -> DescribedVSwitches:
    """The caller's own, newest first; an id that there isn't is nothing found."""
    vpcs = listed_ids(request.vpc_id, errors.VPC_IDS_TOO_MANY)
    ids = listed_ids(request.vswitch_id, errors.VSWITCH_IDS_TOO_MANY)
    route_tables = {vpc.id: vpc.route_table for vpc in everywhere(ctx, Vpc)}
    found = [
        vswitch
        for vswitch in everywhere(ctx, VSwitch)
        if (vpcs is None or vswitch.vpc in vpcs)
        and (ids is None or vswitch.id in ids)
        and request.zone_id in (None, vswitch.zone)
        and request.vswitch_name in (None, vswitch.name)
        and request.is_default in (None, False)
        and request.route_table_id in (None, route_tables[vswitch.vpc])
        and request.resource_group_id in (None, vswitch.resource_group)
        and of_owner(request.vswitch_owner_id, vswitch)
        and has_tags(vswitch, request.tag)
    ]
    return DescribedVSwitches(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        vswitches=VSwitches(
            vswitch=[
                vswitch_view(ctx, vswitch, route_tables[vswitch.vpc])
                for vswitch in page(found, request.page_number, request.page_size)
            ]
        ),
    )


def vswitch_view(ctx: Context, vswitch: VSwitch, route_table: str) -> VSwitchView:
    """Show a vSwitch, which has its VPC's route table."""
    taken = ctx.tx.count(Instance, vswitch=vswitch.id)
    return VSwitchView(
        vpc_id=vswitch.vpc,
        status=vswitch.phase.at(ctx.now),
        creation_time=times.seconds(vswitch.created_at),
        is_default=False,
        available_ip_address_count=len(addresses.usable(vswitch.cidr_block)) - taken,
        network_acl_id="",
        owner_id=int(vswitch.owner),
        vswitch_id=vswitch.id,
        cidr_block=vswitch.cidr_block,
        description=vswitch.description,
        resource_group_id=vswitch.resource_group,
        zone_id=vswitch.zone,
        ipv6_cidr_block="",
        vswitch_name=vswitch.name,
        share_type="",
        enabled_ipv6=False,
        tags=tags_view(vswitch.tags),
        route_table=RouteTable(route_table_id=route_table, route_table_type="System"),
    )


class DeleteVSwitch(Request):
    """Delete a vSwitch."""

    vswitch_id: VSwitchId
    region_id: RegionId | None = None
    dry_run: DryRun = False


@VPC.operation(
    also=ECS.versions,
    unknown_region=errors.DELETE_VPC_REGION,
    errors=(errors.VSWITCH_NOT_FOUND, errors.VSWITCH_STATUS, errors.VSWITCH_IN_USE),
)
def delete_vswitch(ctx: Context, request: DeleteVSwitch) -> Empty:
    """Not while there are instances in it, running or not."""
    vswitch = ctx.own(VSwitch, request.vswitch_id, errors.VSWITCH_NOT_FOUND)
    if not vswitch.phase.settled(ctx.now):
        raise errors.VSWITCH_STATUS()
    if ctx.tx.count(Instance, vswitch=vswitch.id):
        raise errors.VSWITCH_IN_USE()
    ctx.tx.delete(vswitch)
    return Empty()
