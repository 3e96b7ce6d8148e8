"""DescribeInstances and DescribeInstanceStatus: one's instances in a region."""

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from localyun import catalogue
from localyun.model import Eip, Instance
from localyun.operations.common import (
    DryRun,
    FilterItem,
    PageNumber,
    PageSize,
    RegionId,
    ResourceGroupId,
    TagItem,
    created_within,
    fuzzy,
    having,
    id_list,
    page,
    tags_asked_for,
)
from localyun.operations.context import Context
from localyun.operations.ecs.instance_views import InstanceView, instance_view
from localyun.operations.ecs.product import ECS
from localyun.operations.listing import chosen, page_by_number_or_token
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, NotEmulated, Request, View, param

MOST_IDS = 100

JsonArray = Annotated[str | None, param("A JSON array of up to 100.", example='["i-bp1exampleexample"]')]


class DescribeInstances(Request):
    """List one's instances, newest first."""

    region_id: RegionId
    vpc_id: Annotated[str | None, param("The VPC.")] = None
    vswitch_id: Annotated[str | None, param("The vSwitch.")] = None
    zone_id: Annotated[str | None, param("The zone.")] = None
    instance_network_type: Annotated[
        Literal["classic", "vpc"] | None,
        param("The kind of network.", malformed=errors.INSTANCES_NETWORK_TYPE),
    ] = None
    security_group_id: Annotated[str | None, param("A security group that they are in.")] = None
    instance_ids: JsonArray = None
    page_number: PageNumber = 1
    page_size: PageSize = 10
    next_token: Annotated[str | None, param("Where the page before ended.")] = None
    max_results: Annotated[int | None, param("Entries a page, when paging by NextToken.", ge=1, le=100)] = (
        None
    )
    inner_ip_addresses: JsonArray = None
    private_ip_addresses: JsonArray = None
    public_ip_addresses: JsonArray = None
    eip_addresses: JsonArray = None
    instance_charge_type: Annotated[
        Literal["PostPaid", "PrePaid"] | None,
        param("How it is paid for.", malformed=errors.INSTANCES_CHARGE_TYPE),
    ] = None
    internet_charge_type: Annotated[
        Literal["PayByBandwidth", "PayByTraffic"] | None,
        param("How traffic is paid for.", malformed=errors.INSTANCES_INTERNET_CHARGE_TYPE),
    ] = None
    instance_name: Annotated[str | None, param("The exact name, or a pattern in which * is anything.")] = None
    image_id: Annotated[str | None, param("The image.")] = None
    status: Annotated[
        Literal["Pending", "Running", "Starting", "Stopping", "Stopped"] | None,
        param("The status.", malformed=errors.STATUS_NOT_FOUND),
    ] = None
    lock_reason: Annotated[
        Literal["financial", "security", "recycling", "dedicatedhostfinancial", "refunded"] | None,
        param("Why they are locked; here, none ever is.", malformed=errors.INSTANCES_LOCK_REASON),
    ] = None
    filter: Annotated[
        tuple[FilterItem, ...], param("CreationStartTime and CreationEndTime (yyyy-MM-ddTHH:mmZ).")
    ] = ()
    device_available: Annotated[bool | None, param("Whether disks can be attached; here, always.")] = None
    io_optimized: Annotated[bool | None, param("Whether they are I/O optimized; here, always.")] = None
    need_sale_cycle: Accepted[bool] = None
    instance_type: Annotated[str | None, param("The instance type.")] = None
    instance_type_family: Annotated[str | None, param("The instance type's family.")] = None
    key_pair_name: Annotated[str | None, param("The key pair.")] = None
    resource_group_id: ResourceGroupId = None
    hpc_cluster_id: NotEmulated[str] = None
    rdma_ip_addresses: NotEmulated[str] = None
    dry_run: DryRun = False
    http_endpoint: Accepted[str] = "enabled"
    http_tokens: Accepted[str] = "optional"
    http_put_response_hop_limit: Accepted[int] = None
    ipv6_address: NotEmulated[tuple[str, ...]] = ()
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags, all of which they have.")] = ()
    additional_attributes: Accepted[tuple[str, ...]] = ()


class Instances(View):
    """A page of instances."""

    instance: list[InstanceView]


class InstanceList(Answer):
    """The instances asked for."""

    page_number: int
    page_size: int
    total_count: int
    next_token: str
    instances: Instances


@ECS.operation(
    errors=(
        errors.TAG_COUNT,
        errors.TAG_MISMATCH,
        errors.INSTANCES_FILTER_KEY,
        errors.INSTANCES_FILTER_VALUE,
        errors.INVALID_PARAMETER,
    ),
    changes=False,
)
def describe_instances(ctx: Context, request: DescribeInstances) -> InstanceList:
    """An id that isn't the caller's is left out. Source: DescribeInstances (2025)."""
    conditions = list(_conditions(ctx, request))
    ids = _texts(request.instance_ids, "InstanceIds")
    found = [
        instance for instance in chosen(ctx, Instance, ids) if all(fits(instance) for fits in conditions)
    ]
    shown, next_token = page_by_number_or_token(
        found,
        request.page_number,
        request.page_size,
        token=request.next_token,
        most=request.max_results,
        malformed=errors.INVALID_PARAMETER("NextToken"),
    )
    return InstanceList(
        page_number=request.page_number,
        page_size=request.max_results or request.page_size,
        total_count=len(found),
        next_token=next_token,
        instances=Instances(instance=[instance_view(ctx, instance) for instance in shown]),
    )


def _texts(array: str | None, name: str) -> list[str] | None:
    texts = id_list(array, errors.INVALID_PARAMETER, name)
    if texts is not None and len(texts) > MOST_IDS:
        raise errors.INVALID_PARAMETER(name)
    return texts


def _conditions(ctx: Context, request: DescribeInstances) -> Iterator[Callable[[Instance], bool]]:
    """Yield a test for each filter of the call."""
    yield having(
        vpc=request.vpc_id,
        vswitch=request.vswitch_id,
        zone=request.zone_id,
        charge_type=request.instance_charge_type,
        internet_charge_type=request.internet_charge_type,
        image=request.image_id,
        instance_type=request.instance_type,
        key_pair=request.key_pair_name,
        resource_group=request.resource_group_id,
    )
    if request.tag:
        yield tags_asked_for(request.tag)
    if request.filter:
        yield created_within(
            request.filter, unknown=errors.INSTANCES_FILTER_KEY, malformed=errors.INSTANCES_FILTER_VALUE
        )
    if request.instance_name is not None:
        named = fuzzy(request.instance_name)
        yield lambda instance: named(instance.name)
    if request.status is not None:
        yield lambda instance: instance.phase.at(ctx.now) == request.status
    if request.security_group_id is not None:
        yield lambda instance: request.security_group_id in instance.security_groups
    if request.instance_type_family is not None:
        yield lambda instance: _family(instance) == request.instance_type_family
    if request.instance_network_type is not None:
        yield lambda instance: bool(instance.vpc) == (request.instance_network_type == "vpc")
    yield from _address_conditions(ctx, request)
    if request.lock_reason is not None:
        yield lambda instance: False
    if request.device_available is False or request.io_optimized is False:
        yield lambda instance: False


def _address_conditions(ctx: Context, request: DescribeInstances) -> Iterator[Callable[[Instance], bool]]:
    """Yield a test for each kind of address that the call asks for."""
    if (inner := _texts(request.inner_ip_addresses, "InnerIpAddresses")) is not None:
        yield lambda instance: not instance.vpc and instance.private_ip in inner
    if (private := _texts(request.private_ip_addresses, "PrivateIpAddresses")) is not None:
        yield lambda instance: bool(instance.vpc) and instance.private_ip in private
    if (public := _texts(request.public_ip_addresses, "PublicIpAddresses")) is not None:
        yield lambda instance: instance.public_ip in public
    if (elastic := _texts(request.eip_addresses, "EipAddresses")) is not None:
        having_one = {eip.instance for eip in ctx.mine(Eip) if eip.ip_address in elastic}
        yield lambda instance: instance.id in having_one


def _family(instance: Instance) -> str:
    machine = catalogue.instance_type(instance.instance_type)
    return machine.family if machine else ""


class DescribeInstanceStatus(Request):
    """List the status of one's instances, newest first."""

    region_id: RegionId
    zone_id: Annotated[str | None, param("The zone.")] = None
    cluster_id: NotEmulated[str] = None
    page_number: PageNumber = 1
    page_size: Annotated[int, param("Entries a page, 1 to 50.", ge=1, le=50)] = 10
    instance_id: Annotated[
        tuple[str, ...], param("Up to 100 instances.", malformed=errors.INSTANCE_IDS_MALFORMED)
    ] = ()


class InstanceStatus(View):
    """An instance's status."""

    instance_id: str
    status: str


class InstanceStatuses(View):
    """A page of statuses."""

    instance_status: list[InstanceStatus]


class InstanceStatusList(Answer):
    """The statuses asked for."""

    page_number: int
    page_size: int
    total_count: int
    instance_statuses: InstanceStatuses


@ECS.operation(errors=(errors.INSTANCE_IDS_TOO_MANY, errors.ZONE_NOT_FOUND), changes=False)
def describe_instance_status(ctx: Context, request: DescribeInstanceStatus) -> InstanceStatusList:
    """An id that isn't the caller's is left out. Source: DescribeInstanceStatus (2025)."""
    if len(request.instance_id) > MOST_IDS:
        raise errors.INSTANCE_IDS_TOO_MANY()
    zone = catalogue.zone(request.zone_id) if request.zone_id else None
    if request.zone_id and (zone is None or zone.region != ctx.region):
        raise errors.ZONE_NOT_FOUND()
    found = [
        instance
        for instance in chosen(ctx, Instance, request.instance_id or None)
        if zone is None or instance.zone == zone.id
    ]
    return InstanceStatusList(
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(found),
        instance_statuses=InstanceStatuses(
            instance_status=[
                InstanceStatus(instance_id=instance.id, status=instance.phase.at(ctx.now))
                for instance in page(found, request.page_number, request.page_size)
            ]
        ),
    )
