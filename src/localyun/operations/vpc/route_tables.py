"""Route tables: every VPC has one, made with it."""

from typing import Annotated

from localyun.model import Vpc
from localyun.operations.common import PageNumber, PageSize, PlainTagItem, RegionId, ResourceGroupId, page
from localyun.operations.context import Context
from localyun.operations.vpc.common import Tags, VSwitchIds, tags_view
from localyun.operations.vpc.product import VPC
from localyun.operations.vpc.vpcs import vswitch_ids
from localyun.spec.declare import Answer, Request, View, param
from localyun.spec.support import Support
from localyun.wire import times


class DescribeRouteTableList(Request):
    """List route tables."""

    region_id: RegionId
    router_type: Annotated[str, param("VRouter, or VBR, of which there are none.")] = "VRouter"
    router_id: Annotated[str | None, param("Only those of this router.")] = None
    vpc_id: Annotated[str | None, param("Only those of this VPC.")] = None
    route_table_id: Annotated[str | None, param("Only this one.")] = None
    route_table_name: Annotated[str | None, param("Only those of this name; VPCs' own have none.")] = None
    page_number: PageNumber = 1
    page_size: PageSize = 10
    resource_group_id: ResourceGroupId = None
    tag: Annotated[tuple[PlainTagItem, ...], param("Only those with these tags.", max_length=21)] = ()
    route_table_type: Annotated[str | None, param("System, or Custom, of which there are none.")] = None


class GatewayIds(View):
    """The gateways that a route table is bound to."""

    gateway_ids: list[str]


class RouteTableView(View):
    """A route table."""

    vpc_id: str
    creation_time: str
    status: str
    router_id: str
    associate_type: str
    route_table_id: str
    owner_id: int
    description: str
    route_table_type: str
    resource_group_id: str
    router_type: str
    route_table_name: str
    tags: Tags
    vswitch_ids: VSwitchIds
    gateway_ids: GatewayIds
    route_propagation_enable: bool


class RouterTableList(View):
    """A page of route tables."""

    router_table_list_type: list[RouteTableView]


class RouteTables(Answer):
    """A page of route tables, and that all went well: Terraform reads `Code`."""

    code: str
    message: str
    success: bool
    page_size: int
    page_number: int
    total_count: int
    router_table_list: RouterTableList


@VPC.operation(
    changes=False, support=Support.PARTIAL, gaps="There are no route tables but those made with the VPCs."
)
def describe_route_table_list(ctx: Context, request: DescribeRouteTableList) -> RouteTables:
    """One for each of the caller's VPCs, newest first; none of them has a name or tags."""
    found = [
        vpc
        for vpc in ctx.mine(Vpc)
        if request.router_type == "VRouter"
        and request.router_id in (None, vpc.vrouter)
        and request.vpc_id in (None, vpc.id)
        and request.route_table_id in (None, vpc.route_table)
        and request.route_table_type in (None, "System")
        and request.resource_group_id in (None, vpc.resource_group)
        and not request.route_table_name
        and not request.tag
    ]
    return RouteTables(
        code="200",
        message="success",
        success=True,
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        router_table_list=RouterTableList(
            router_table_list_type=[
                RouteTableView(
                    vpc_id=vpc.id,
                    creation_time=times.seconds(vpc.created_at),
                    status=vpc.phase.at(ctx.now),
                    router_id=vpc.vrouter,
                    associate_type="VSwitch",
                    route_table_id=vpc.route_table,
                    owner_id=int(vpc.owner),
                    description="",
                    route_table_type="System",
                    resource_group_id=vpc.resource_group,
                    router_type="VRouter",
                    route_table_name="",
                    tags=tags_view(()),
                    vswitch_ids=vswitch_ids(ctx, vpc),
                    gateway_ids=GatewayIds(gateway_ids=[]),
                    route_propagation_enable=True,
                )
                for vpc in page(found, request.page_number, request.page_size)
            ]
        ),
    )
