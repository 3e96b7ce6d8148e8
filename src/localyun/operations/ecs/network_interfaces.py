"""The network interfaces: each instance in a VPC has one, its primary."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from localyun.model import Eip, Instance
from localyun.model.instances import PENDING
from localyun.operations.common import (
    PageNumber,
    PlainTagItem,
    RegionId,
    ResourceGroupId,
    Tags,
    tags_view,
)
from localyun.operations.context import Context
from localyun.operations.ecs.instance_views import (
    Ipv4PrefixSets,
    Ipv6PrefixSets,
    Ipv6Sets,
    SecurityGroupIds,
)
from localyun.operations.ecs.product import ECS
from localyun.operations.listing import page_by_number_or_token
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, View, param
from localyun.spec.support import Support
from localyun.wire import times

One = Annotated[str | None, param("Only those with this.")]


class DescribeNetworkInterfaces(Request):
    """List network interfaces."""

    region_id: Annotated[RegionId, param("The region.", missing=errors.REGION_PARAMETER_MALFORMED)]
    tag: Annotated[
        tuple[PlainTagItem, ...], param("Tags, which no network interface has.", max_length=20)
    ] = ()
    resource_group_id: ResourceGroupId = None
    vswitch_id: One = None
    vpc_id: One = None
    primary_ip_address: One = None
    security_group_id: One = None
    network_interface_name: Annotated[str | None, param("A name, which none has.")] = None
    type: Annotated[Literal["Primary", "Secondary"] | None, param("Only those of this type.")] = None
    instance_id: Annotated[str | None, param("Only those of this instance.")] = None
    service_managed: Annotated[
        bool | None, param("Only the provider's own, of which there are none, or only the others.")
    ] = None
    status: Annotated[
        Literal["Available", "Attaching", "InUse", "Detaching", "Deleting"] | None,
        param("Only those with this status."),
    ] = None
    page_number: PageNumber = 1
    page_size: Annotated[int, param("Entries a page, 1 to 1000.", ge=1, le=1000)] = 10
    next_token: Annotated[str | None, param("Where the page before ended.")] = None
    max_results: Annotated[
        int | None, param("Entries a page when paged by token, 10 to 500.", ge=10, le=500)
    ] = None
    private_ip_address: Annotated[
        tuple[str, ...], param("Only those with one of these addresses.", max_length=100)
    ] = ()
    network_interface_id: Annotated[tuple[str, ...], param("Only these.", max_length=1000)] = ()
    ipv6_address: Annotated[tuple[str, ...], param("Addresses, which none has.", max_length=1000)] = ()


class AssociatedPublicIp(View):
    """The elastic address; empty without one."""

    public_ip_address: str | Unset = UNSET
    allocation_id: str | Unset = UNSET


class InterfaceAddress(View):
    """A private address."""

    private_ip_address: str
    primary: bool
    associated_public_ip: AssociatedPublicIp
    private_dns_name: str | Unset = UNSET


class InterfaceAddresses(View):
    """The private addresses."""

    private_ip_set: list[InterfaceAddress]


class Attachment(View):
    """What it is attached to, if it is a secondary one."""

    device_index: int | Unset = UNSET
    instance_id: str | Unset = UNSET
    trunk_network_interface_id: str | Unset = UNSET
    network_card_index: int | Unset = UNSET


class NetworkInterfaceSet(View):
    """A network interface."""

    creation_time: str
    vpc_id: str
    status: str
    mac_address: str
    network_interface_id: str
    instance_id: str
    owner_id: str
    vswitch_id: str
    resource_group_id: str
    zone_id: str
    private_ip_address: str
    private_ip_sets: InterfaceAddresses
    security_group_ids: SecurityGroupIds
    associated_public_ip: AssociatedPublicIp
    tags: Tags
    type: str = "Primary"
    network_interface_traffic_mode: str = "Standard"
    network_interface_name: str = ""
    queue_pair_number: int | Unset = UNSET
    service_id: int | Unset = msgspec.field(name="ServiceID", default=UNSET)
    service_managed: bool = False
    description: str = ""
    queue_number: int | Unset = UNSET
    ipv6_sets: Ipv6Sets = msgspec.field(default_factory=Ipv6Sets)
    ipv4_prefix_sets: Ipv4PrefixSets = msgspec.field(default_factory=Ipv4PrefixSets)
    ipv6_prefix_sets: Ipv6PrefixSets = msgspec.field(default_factory=Ipv6PrefixSets)
    attachment: Attachment = msgspec.field(default_factory=Attachment)
    delete_on_release: bool = True
    source_dest_check: bool = False


class NetworkInterfaceSets(View):
    """A page of network interfaces."""

    network_interface_set: list[NetworkInterfaceSet]


class NetworkInterfaceList(Answer):
    """The network interfaces asked for, the newest first."""

    next_token: str
    page_size: int
    page_number: int
    total_count: int
    network_interface_sets: NetworkInterfaceSets


@ECS.operation(
    errors=(errors.INTERFACES_INSTANCE_ID,),
    changes=False,
    support=Support.PARTIAL,
    gaps="There are primary interfaces only, which come and go with their instances.",
)
def describe_network_interfaces(ctx: Context, request: DescribeNetworkInterfaces) -> NetworkInterfaceList:
    """What isn't there makes an empty list. Terraform reads an instance's interface by this.

    Source: DescribeNetworkInterfaces (2025).
    """
    if request.instance_id is not None and not request.instance_id.startswith("i-"):
        raise errors.INTERFACES_INSTANCE_ID("The specified parameter InstanceId is not valid.")
    wanted = _asked_for(ctx, request)
    found = [instance for instance in ctx.mine(Instance) if instance.network_interface and wanted(instance)]
    shown, next_token = page_by_number_or_token(
        found,
        request.page_number,
        request.page_size,
        token=request.next_token,
        most=request.max_results,
        malformed=errors.INVALID_PARAMETER("NextToken"),
    )
    return NetworkInterfaceList(
        next_token=next_token,
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        network_interface_sets=NetworkInterfaceSets(
            network_interface_set=[_view(ctx, instance) for instance in shown]
        ),
    )


def _asked_for(ctx: Context, request: DescribeNetworkInterfaces) -> Callable[[Instance], bool]:
    """Return a test of an instance for having the interface that is asked for.

    What no interface has, such as a name, finds none.
    """
    nowhere = request.network_interface_name or request.ipv6_address or request.tag or request.service_managed
    return lambda instance: (
        not nowhere
        and request.type in (None, "Primary")
        and request.instance_id in (None, instance.id)
        and request.vpc_id in (None, instance.vpc)
        and request.vswitch_id in (None, instance.vswitch)
        and request.resource_group_id in (None, instance.resource_group)
        and request.status in (None, _status(ctx, instance))
        and request.primary_ip_address in (None, instance.private_ip)
        and (request.security_group_id is None or request.security_group_id in instance.security_groups)
        and (not request.private_ip_address or instance.private_ip in request.private_ip_address)
        and (not request.network_interface_id or instance.network_interface in request.network_interface_id)
    )


def _status(ctx: Context, instance: Instance) -> str:
    return "Attaching" if instance.phase.at(ctx.now) == PENDING else "InUse"


def _view(ctx: Context, instance: Instance) -> NetworkInterfaceSet:
    elastic = AssociatedPublicIp()
    for eip in ctx.tx.find(Eip, instance=instance.id):
        elastic = AssociatedPublicIp(public_ip_address=eip.ip_address, allocation_id=eip.id)
    return NetworkInterfaceSet(
        creation_time=times.seconds(instance.created_at),
        vpc_id=instance.vpc,
        status=_status(ctx, instance),
        mac_address=instance.mac_address,
        network_interface_id=instance.network_interface,
        instance_id=instance.id,
        owner_id=instance.owner,
        vswitch_id=instance.vswitch,
        resource_group_id=instance.resource_group,
        zone_id=instance.zone,
        private_ip_address=instance.private_ip,
        private_ip_sets=InterfaceAddresses(
            private_ip_set=[
                InterfaceAddress(
                    private_ip_address=instance.private_ip, primary=True, associated_public_ip=elastic
                )
            ]
        ),
        security_group_ids=SecurityGroupIds(security_group_id=list(instance.security_groups)),
        associated_public_ip=elastic,
        tags=tags_view(()),
    )
