"""One VPC: everything about it, and what of it can be changed."""

from typing import Annotated

import msgspec

from localyun.model import Vpc, VSwitch, cidr
from localyun.operations.common import DryRun, RegionId
from localyun.operations.context import Context
from localyun.operations.vpc.common import (
    Description,
    IsDefault,
    Name,
    Tags,
    VSwitchIds,
    check_words,
)
from localyun.operations.vpc.product import VPC
from localyun.operations.vpc.vpcs import (
    Ipv6CidrBlocks,
    SecondaryCidrBlocks,
    UserCidrs,
    VpcId,
    vpc_view,
)
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, NotEmulated, Request, Unset, View, param


class DescribeVpcAttribute(Request):
    """Describe one VPC."""

    vpc_id: VpcId
    region_id: RegionId
    dry_run: DryRun = False
    is_default: IsDefault = None


class AssociatedCen(View):
    """A Cloud Enterprise Network that the VPC is attached to."""

    cen_owner_id: int | Unset = UNSET
    cen_id: str | Unset = UNSET
    cen_status: str | Unset = UNSET


class AssociatedCens(View):
    """The Cloud Enterprise Networks that the VPC is attached to."""

    associated_cen: list[AssociatedCen]


class CloudResource(View):
    """How many of a kind are in the VPC."""

    resource_count: int
    resource_type: str


class CloudResources(View):
    """What is in the VPC."""

    cloud_resource_set_type: list[CloudResource]


class AssociatedPropagationSource(View):
    """Where routes come from."""

    source_type: str | Unset = UNSET
    source_owner_id: int | Unset = UNSET
    source_instance_id: str | Unset = UNSET
    status: str | Unset = UNSET
    route_propagated: bool | Unset = UNSET


class AssociatedPropagationSources(View):
    """Where routes come from."""

    associated_propagation_sources: list[AssociatedPropagationSource]


class DescribedVpc(Answer):
    """A VPC."""

    creation_time: str
    status: str
    vpc_id: str
    is_default: bool
    classic_link_enabled: bool
    owner_id: int
    region_id: str
    vpc_name: str
    vrouter_id: str
    cidr_block: str
    description: str
    resource_group_id: str
    ipv6_cidr_block: str
    vswitch_ids: VSwitchIds
    user_cidrs: UserCidrs
    secondary_cidr_blocks: SecondaryCidrBlocks
    associated_cens: AssociatedCens
    cloud_resources: CloudResources
    ipv6_cidr_blocks: Ipv6CidrBlocks
    tags: Tags
    associated_propagation_sources: AssociatedPropagationSources
    enabled_ipv6: bool
    dns_hostname_status: str
    dhcp_options_set_status: str | Unset = UNSET
    dhcp_options_set_id: str | Unset = UNSET
    support_ipv4_gateway: bool | Unset = UNSET
    ipv4_gateway_id: str | Unset = UNSET


@VPC.operation(changes=False, errors=(errors.VPC_NOT_FOUND,))
def describe_vpc_attribute(ctx: Context, request: DescribeVpcAttribute) -> DescribedVpc:
    """A VPC that is no default one isn't found as such."""
    vpc = ctx.own(Vpc, request.vpc_id, errors.VPC_NOT_FOUND)
    if request.is_default:
        raise errors.VPC_NOT_FOUND()
    view = msgspec.structs.asdict(vpc_view(ctx, vpc))
    inside: VSwitchIds = view["vswitch_ids"]
    return DescribedVpc(
        **{name: value for name, value in view.items() if name in DescribedVpc.__struct_fields__},
        classic_link_enabled=False,
        associated_cens=AssociatedCens(associated_cen=[]),
        cloud_resources=CloudResources(
            cloud_resource_set_type=[
                CloudResource(resource_count=1, resource_type="VRouter"),
                CloudResource(resource_count=1, resource_type="RouteTable"),
                CloudResource(resource_count=len(inside.vswitch_id), resource_type="VSwitch"),
            ]
        ),
        associated_propagation_sources=AssociatedPropagationSources(associated_propagation_sources=[]),
    )


class ModifyVpcAttribute(Request):
    """Change a VPC's name, description or addresses."""

    vpc_id: VpcId
    region_id: RegionId | None = None
    description: Description = None
    vpc_name: Name = None
    cidr_block: Annotated[str | None, param("Its new addresses; its vSwitches must lie in them.")] = None
    enable_ipv6: NotEmulated[bool] = msgspec.field(name="EnableIPv6", default=False)
    ipv6_cidr_block: NotEmulated[str] = None
    ipv6_isp: NotEmulated[str] = "BGP"
    enable_dns_hostname: NotEmulated[bool] = False


@VPC.operation(
    unknown_region=errors.MODIFY_VPC_REGION,
    errors=(
        errors.VPC_NAME_MALFORMED,
        errors.VPC_DESCRIPTION_MALFORMED,
        errors.VPC_NOT_FOUND,
        errors.VPC_STATUS,
        errors.CIDR_MALFORMED,
        errors.VPC_NEW_CIDR_TOO_NARROW,
    ),
)
def modify_vpc_attribute(ctx: Context, request: ModifyVpcAttribute) -> Empty:
    """What isn't given stays."""
    check_words(
        request.vpc_name,
        errors.VPC_NAME_MALFORMED,
        request.description,
        errors.VPC_DESCRIPTION_MALFORMED,
    )
    vpc = ctx.own(Vpc, request.vpc_id, errors.VPC_NOT_FOUND)
    if not vpc.phase.settled(ctx.now):
        raise errors.VPC_STATUS()
    if request.cidr_block:
        inside = (vswitch.cidr_block for vswitch in ctx.tx.find(VSwitch, vpc=vpc.id))
        cidr.check_changed_vpc(request.cidr_block, vswitches=inside)
    ctx.tx.put(
        msgspec.structs.replace(
            vpc,
            name=request.vpc_name or vpc.name,
            description=request.description or vpc.description,
            cidr_block=request.cidr_block or vpc.cidr_block,
        )
    )
    return Empty()
