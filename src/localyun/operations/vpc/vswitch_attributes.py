"""One vSwitch: everything about it, and what of it can be changed."""

import msgspec

from localyun.model import Vpc, VSwitch
from localyun.operations.common import DryRun, RegionId
from localyun.operations.context import Context
from localyun.operations.vpc.common import Description, Name, Tags, check_words, everywhere, tags_view
from localyun.operations.vpc.product import VPC
from localyun.operations.vpc.vswitches import RouteTable, VSwitchId, vswitch_view
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, NotEmulated, Request, Unset


class DescribeVSwitchAttributes(Request):
    """Describe one vSwitch."""

    vswitch_id: VSwitchId
    region_id: RegionId | None = None
    dry_run: DryRun = False


class DescribedVSwitch(Answer):
    """A vSwitch, or nothing but empty texts."""

    route_table: RouteTable
    tags: Tags
    vpc_id: str = ""
    status: str = ""
    creation_time: str = ""
    is_default: bool | Unset = UNSET
    available_ip_address_count: int | Unset = UNSET
    network_acl_id: str = ""
    owner_id: int | Unset = UNSET
    vswitch_id: str = ""
    cidr_block: str = ""
    description: str = ""
    resource_group_id: str = ""
    zone_id: str = ""
    ipv6_cidr_block: str = ""
    vswitch_name: str = ""
    share_type: str = ""
    enabled_ipv6: bool | Unset = UNSET


@VPC.operation(changes=False)
def describe_vswitch_attributes(ctx: Context, request: DescribeVSwitchAttributes) -> DescribedVSwitch:
    """One that isn't there is no error: from the empty texts clients learn that it is deleted."""
    route_tables = {vpc.id: vpc.route_table for vpc in everywhere(ctx, Vpc)}
    for vswitch in everywhere(ctx, VSwitch):
        if vswitch.id == request.vswitch_id:
            view = vswitch_view(ctx, vswitch, route_tables[vswitch.vpc])
            return DescribedVSwitch(**msgspec.structs.asdict(view))
    return DescribedVSwitch(
        route_table=RouteTable(route_table_id="", route_table_type=""), tags=tags_view(())
    )


class ModifyVSwitchAttribute(Request):
    """Change a vSwitch's name or description."""

    vswitch_id: VSwitchId
    vswitch_name: Name = None
    region_id: RegionId | None = None
    description: Description = None
    ipv6_cidr_block: NotEmulated[int] = None
    enable_ipv6: NotEmulated[bool] = msgspec.field(name="EnableIPv6", default=False)
    vpc_ipv6_cidr_block: NotEmulated[str] = None
    ipv6_cidr_mask: NotEmulated[int] = None


@VPC.operation(
    errors=(
        errors.VSWITCH_NAME_MALFORMED,
        errors.MODIFY_VSWITCH_DESCRIPTION,
        errors.MODIFY_VSWITCH_NOT_FOUND,
    )
)
def modify_vswitch_attribute(ctx: Context, request: ModifyVSwitchAttribute) -> Empty:
    """What isn't given stays."""
    check_words(
        request.vswitch_name,
        errors.VSWITCH_NAME_MALFORMED,
        request.description,
        errors.MODIFY_VSWITCH_DESCRIPTION,
    )
    vswitch = ctx.own(VSwitch, request.vswitch_id, errors.MODIFY_VSWITCH_NOT_FOUND)
    ctx.tx.put(
        msgspec.structs.replace(
            vswitch,
            name=request.vswitch_name or vswitch.name,
            description=request.description or vswitch.description,
        )
    )
    return Empty()
