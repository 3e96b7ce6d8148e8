"""Routers and their routes: a VPC has one router, with one route table whose entries come by themselves."""

from typing import Annotated

import msgspec

from localyun.model import Vpc, VSwitch
from localyun.operations.common import PageNumber, RegionId, ResourceGroupId, page
from localyun.operations.context import Context
from localyun.operations.vpc.common import SmallPageSize, VSwitchIds
from localyun.operations.vpc.product import VPC
from localyun.operations.vpc.vpcs import vswitch_ids
from localyun.spec import errors
from localyun.spec.declare import Answer, Request, View, param
from localyun.spec.support import Support
from localyun.wire import times

SERVICES = "100.64.0.0/10"
"""Where the provider's own services are reached, from each network."""

TYPES = ("Custom", "System", "BGP", "CEN")

VRouterId = Annotated[str | None, param("Only this router.")]


class DescribeVRouters(Request):
    """List routers."""

    region_id: RegionId
    vrouter_id: VRouterId = None
    page_number: PageNumber = 1
    page_size: SmallPageSize = 10


class RouteTableIds(View):
    """The route tables of a router."""

    route_table_id: list[str]


class VRouterView(View):
    """A router."""

    vpc_id: str
    creation_time: str
    vrouter_id: str
    description: str
    vrouter_name: str
    region_id: str
    route_table_ids: RouteTableIds


class VRouters(View):
    """A page of routers."""

    vrouter: list[VRouterView]


class DescribedVRouters(Answer):
    """A page of routers."""

    page_size: int
    page_number: int
    total_count: int
    vrouters: VRouters = msgspec.field(name="VRouters")


@VPC.operation(changes=False)
def describe_vrouters(ctx: Context, request: DescribeVRouters) -> DescribedVRouters:
    """One for each of the caller's VPCs, newest first. Source: DescribeVRouters (2025)."""
    found = [vpc for vpc in ctx.mine(Vpc) if request.vrouter_id in (None, vpc.vrouter)]
    return DescribedVRouters(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        vrouters=VRouters(
            vrouter=[
                VRouterView(
                    vpc_id=vpc.id,
                    creation_time=times.seconds(vpc.created_at),
                    vrouter_id=vpc.vrouter,
                    description="",
                    vrouter_name="",
                    region_id=vpc.region,
                    route_table_ids=RouteTableIds(route_table_id=[vpc.route_table]),
                )
                for vpc in page(found, request.page_number, request.page_size)
            ]
        ),
    )


class DescribeRouteTables(Request):
    """List route tables with their entries."""

    region_id: RegionId | None = None
    vrouter_id: VRouterId = None
    route_table_id: Annotated[str | None, param("Only this one.")] = None
    router_type: Annotated[str | None, param("VRouter, or VBR, of which there are none.")] = None
    router_id: VRouterId = None
    type: Annotated[str | None, param("Only entries of this type: System; there are no others.")] = None
    route_table_name: Annotated[str | None, param("Only those of this name; VPCs' own have none.")] = None
    resource_group_id: ResourceGroupId = None
    page_number: PageNumber = 1
    page_size: SmallPageSize = 10


class NextHop(View):
    """Where an entry leads, as one of several ways."""

    next_hop_id: str
    weight: int
    next_hop_type: str
    enabled: int


class NextHops(View):
    """The ways of an entry; those that come by themselves have none."""

    next_hop: list[NextHop]


class RouteEntryView(View):
    """A route."""

    type: str
    status: str
    next_hop_type: str
    route_entry_name: str
    route_entry_id: str
    instance_id: str
    route_table_id: str
    description: str
    destination_cidr_block: str
    next_hops: NextHops


class RouteEntrys(View):
    """Routes."""

    route_entry: list[RouteEntryView]


class RouteTableView(View):
    """A route table."""

    creation_time: str
    status: str
    vrouter_id: str
    route_table_type: str
    resource_group_id: str
    route_table_id: str
    route_entrys: RouteEntrys
    vswitch_ids: VSwitchIds


class RouteTableViews(View):
    """A page of route tables."""

    route_table: list[RouteTableView]


class DescribedRouteTables(Answer):
    """A page of route tables."""

    page_size: int
    page_number: int
    total_count: int
    route_tables: RouteTableViews


@VPC.operation(
    errors=(errors.ROUTER_NOT_FOUND, errors.ROUTER_OF_TABLES_NOT_FOUND, errors.ROUTE_TYPE_ILLEGAL),
    changes=False,
    support=Support.PARTIAL,
    gaps="There are no route tables but those made with the VPCs.",
)
def describe_route_tables(ctx: Context, request: DescribeRouteTables) -> DescribedRouteTables:
    """A router that is named must be there. Source: DescribeRouteTables (2025)."""
    if request.type not in (None, *TYPES):
        raise errors.ROUTE_TYPE_ILLEGAL()
    vpcs = ctx.mine(Vpc)
    routers = {vpc.vrouter for vpc in vpcs}
    if request.vrouter_id is not None and request.vrouter_id not in routers:
        raise errors.ROUTER_NOT_FOUND()
    if request.router_type != "VBR" and request.router_id is not None and request.router_id not in routers:
        raise errors.ROUTER_OF_TABLES_NOT_FOUND()
    found = [
        vpc
        for vpc in vpcs
        if request.vrouter_id in (None, vpc.vrouter)
        and request.router_id in (None, vpc.vrouter)
        and request.router_type in (None, "VRouter")
        and request.route_table_id in (None, vpc.route_table)
        and request.resource_group_id in (None, vpc.resource_group)
        and not request.route_table_name
    ]
    return DescribedRouteTables(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        route_tables=RouteTableViews(
            route_table=[
                RouteTableView(
                    creation_time=times.seconds(vpc.created_at),
                    status=vpc.phase.at(ctx.now),
                    vrouter_id=vpc.vrouter,
                    route_table_type="System",
                    resource_group_id=vpc.resource_group,
                    route_table_id=vpc.route_table,
                    route_entrys=RouteEntrys(
                        route_entry=_entries(ctx, vpc) if request.type in (None, "System") else []
                    ),
                    vswitch_ids=vswitch_ids(ctx, vpc),
                )
                for vpc in page(found, request.page_number, request.page_size)
            ]
        ),
    )


def _entries(ctx: Context, vpc: Vpc) -> list[RouteEntryView]:
    """Return the routes that come by themselves: to each vSwitch, and to the provider's services."""
    blocks = [vswitch.cidr_block for vswitch in ctx.tx.find(VSwitch, vpc=vpc.id)]
    return [
        RouteEntryView(
            type="System",
            status="Available",
            next_hop_type="service" if block == SERVICES else "local",
            route_entry_name="",
            route_entry_id="",
            instance_id="",
            route_table_id=vpc.route_table,
            description="",
            destination_cidr_block=block,
            next_hops=NextHops(next_hop=[]),
        )
        for block in (*blocks, SERVICES)
    ]
