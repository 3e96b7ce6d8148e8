"""What can be had where: families of instance types, and what goes with what in each zone."""

from collections.abc import Iterable
from typing import Annotated, Literal

from localyun import catalogue
from localyun.catalogue import DiskCategory, InstanceType, SizeRange
from localyun.model.standing import Lack
from localyun.operations.common import RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.stock import has_category, stock_left
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, View, param
from localyun.spec.support import Support

AVAILABLE, WITH_STOCK = "Available", "WithStock"
SOLD_OUT, WITHOUT_STOCK = "SoldOut", "WithoutStock"


class DescribeInstanceTypeFamilies(Request):
    """List the families of instance types."""

    region_id: RegionId
    generation: Annotated[str | None, param("Only those of this generation, ecs-1 to ecs-6.")] = None


class InstanceTypeFamily(View):
    """A family of instance types."""

    generation: str
    instance_type_family_id: str


class InstanceTypeFamilies(View):
    """Families of instance types."""

    instance_type_family: list[InstanceTypeFamily]


class InstanceTypeFamilyList(Answer):
    """The families asked for."""

    instance_type_families: InstanceTypeFamilies


@ECS.operation(changes=False, unknown_region=errors.LAUNCH_REGION_NOT_FOUND)
def describe_instance_type_families(
    ctx: Context, request: DescribeInstanceTypeFamilies
) -> InstanceTypeFamilyList:
    """The same in every region. Source: DescribeInstanceTypeFamilies (2025)."""
    families = dict.fromkeys((machine.family, machine.generation) for machine in catalogue.instance_types())
    return InstanceTypeFamilyList(
        instance_type_families=InstanceTypeFamilies(
            instance_type_family=[
                InstanceTypeFamily(generation=generation, instance_type_family_id=family)
                for family, generation in families
                if request.generation in (None, generation)
            ]
        )
    )


class DescribeAvailableResource(Request):
    """List what can be had in the zones of a region."""

    region_id: Annotated[RegionId, param("The region.", missing=errors.REGION_PARAMETER_MALFORMED)]
    destination_resource: Annotated[
        Literal["Zone", "IoOptimized", "InstanceType", "Network", "ddh", "SystemDisk", "DataDisk"],
        param(
            "What is asked for; the other parameters narrow it.",
            missing=errors.AVAILABLE_NO_DESTINATION,
            malformed=errors.AVAILABLE_DESTINATION,
        ),
    ]
    instance_charge_type: Annotated[
        Literal["PrePaid", "PostPaid"] | None,
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.AVAILABLE_CHARGE_TYPE),
    ] = None
    spot_strategy: Annotated[
        Literal["NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"] | None,
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.AVAILABLE_SPOT_STRATEGY),
    ] = None
    spot_duration: Annotated[
        int | None, param("Makes no difference.", support=Support.ACCEPTED, ge=0, le=6)
    ] = None
    zone_id: Annotated[str | None, param("Only this zone.")] = None
    io_optimized: Annotated[
        Literal["none", "optimized"] | None,
        param("Every instance is optimized.", malformed=errors.AVAILABLE_IO_OPTIMIZED),
    ] = None
    dedicated_host_id: Annotated[str | None, param("A dedicated host; there are none.")] = None
    instance_type: Annotated[str | None, param("What goes with this instance type.")] = None
    system_disk_category: Annotated[str | None, param("What goes with system disks of this category.")] = None
    data_disk_category: Annotated[str | None, param("What goes with data disks of this category.")] = None
    network_category: Annotated[
        Literal["vpc", "classic", "Vpc", "Classic"] | None,
        param("What goes with this kind of network.", malformed=errors.AVAILABLE_NETWORK),
    ] = None
    cores: Annotated[int | None, param("Only instance types with so many vCPUs.")] = None
    memory: Annotated[float | None, param("Only instance types with so much memory, in GiB.")] = None
    resource_type: Annotated[
        Literal["instance", "disk", "reservedinstance", "ddh"],
        param("What it is for.", malformed=errors.AVAILABLE_RESOURCE_TYPE),
    ] = "instance"
    scope: Annotated[
        Literal["Region", "Zone"] | None,
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.AVAILABLE_SCOPE),
    ] = None


class SupportedResource(View):
    """Something that can be had."""

    value: str
    status: str = AVAILABLE
    max: int | Unset = UNSET
    unit: str | Unset = UNSET
    status_category: str = WITH_STOCK
    min: int | Unset = UNSET


class SupportedResources(View):
    """What can be had."""

    supported_resource: list[SupportedResource]


class AvailableResource(View):
    """What can be had of one kind."""

    type: str
    supported_resources: SupportedResources


class AvailableResources(View):
    """What can be had."""

    available_resource: list[AvailableResource]


class AvailableZone(View):
    """A zone, and what can be had in it."""

    zone_id: str
    region_id: str
    available_resources: AvailableResources
    status: str = AVAILABLE
    status_category: str = WITH_STOCK


class AvailableZones(View):
    """Zones."""

    available_zone: list[AvailableZone]


class AvailableResourceList(Answer):
    """The zones where what is asked for can be had."""

    available_zones: AvailableZones


@ECS.operation(
    errors=(
        errors.AVAILABLE_OWNER,
        errors.AVAILABLE_TYPE_AND_CORES,
        errors.AVAILABLE_CORES,
        errors.AVAILABLE_MEMORY,
        errors.AVAILABLE_DEDICATED_HOST,
        errors.AVAILABLE_NO_REGIONS,
    ),
    changes=False,
    unknown_region=errors.AVAILABLE_REGION_NOT_FOUND,
    support=Support.PARTIAL,
    gaps="Everything in the catalogue can be had in every zone, unless the operator says that it is lacking.",
)
def describe_available_resource(ctx: Context, request: DescribeAvailableResource) -> AvailableResourceList:
    """Zones where there is nothing of what is asked for are left out.

    Terraform chooses zones and instance types by this. Source: DescribeAvailableResource (2025).
    """
    if request.resource_owner_id is not None:
        raise errors.AVAILABLE_OWNER()
    if request.instance_type and (request.cores is not None or request.memory is not None):
        raise errors.AVAILABLE_TYPE_AND_CORES()
    if request.destination_resource != "InstanceType" and request.cores is not None:
        raise errors.AVAILABLE_CORES()
    if request.destination_resource != "InstanceType" and request.memory is not None:
        raise errors.AVAILABLE_MEMORY()
    if request.dedicated_host_id:
        raise errors.AVAILABLE_DEDICATED_HOST()
    if ctx.shortage(Lack.REGION):
        raise errors.AVAILABLE_NO_REGIONS()
    region = catalogue.region(ctx.region)
    zones = [zone for zone in region.zones if request.zone_id in (None, zone.id)] if region else []
    views = (_zone_view(ctx, zone, request) for zone in zones)
    return AvailableResourceList(
        available_zones=AvailableZones(available_zone=[view for view in views if view is not None])
    )


def _zone_view(
    ctx: Context, zone: catalogue.Zone, request: DescribeAvailableResource
) -> AvailableZone | None:
    """Show what a zone has of what is asked for; None if it has nothing of that."""
    if not (supported := _supported(ctx, zone, request)):
        return None
    closed = any(ctx.shortage(lack, zone.id) for lack in (Lack.SALE, Lack.RESOURCES))
    resource = AvailableResource(
        type=request.destination_resource,
        supported_resources=SupportedResources(supported_resource=supported),
    )
    return AvailableZone(
        zone_id=zone.id,
        region_id=zone.region,
        available_resources=AvailableResources(available_resource=[resource]),
        status=SOLD_OUT if closed else AVAILABLE,
        status_category=WITHOUT_STOCK if closed else WITH_STOCK,
    )


def _supported(
    ctx: Context, zone: catalogue.Zone, request: DescribeAvailableResource
) -> list[SupportedResource]:
    """Return what a zone has of what is asked for, and nothing if it doesn't go with the rest."""
    machines = [
        machine
        for machine in catalogue.instance_types()
        if _fits(machine, request) and not ctx.shortage(Lack.TYPE, zone.id, machine.id)
    ]
    system, data = (
        [one for one in _categories(asked) if has_category(ctx, zone.id, one.id)]
        for asked in (request.system_disk_category, request.data_disk_category)
    )
    for_instances = request.resource_type == "instance" and machines and request.io_optimized != "none"
    if not (system and data and (for_instances or request.resource_type == "disk")):
        return []
    offers = {
        "Zone": _values([zone.id]),
        "IoOptimized": _values(["optimized"]),
        "InstanceType": [_of_type(ctx, zone, machine) for machine in machines],
        "Network": _values(
            [request.network_category.lower()] if request.network_category else ["vpc", "classic"]
        ),
        "SystemDisk": [_disks(one, one.system) for one in system],
        "DataDisk": [_disks(one, one.data) for one in data],
    }
    return offers.get(request.destination_resource, [])


def _of_type(ctx: Context, zone: catalogue.Zone, machine: InstanceType) -> SupportedResource:
    if stock_left(ctx, zone.id, machine.id) == 0:
        return SupportedResource(value=machine.id, status=SOLD_OUT, status_category=WITHOUT_STOCK)
    return SupportedResource(value=machine.id)


def _fits(machine: InstanceType, request: DescribeAvailableResource) -> bool:
    return (
        request.instance_type in (None, machine.id)
        and request.cores in (None, machine.cpu_core_count)
        and request.memory in (None, machine.memory_size)
    )


def _categories(asked: str | None) -> list[DiskCategory]:
    return [category for category in catalogue.disk_categories() if asked in (None, category.id)]


def _values(values: Iterable[str]) -> list[SupportedResource]:
    return [SupportedResource(value=value) for value in values]


def _disks(category: DiskCategory, sizes: SizeRange) -> SupportedResource:
    return SupportedResource(value=category.id, min=sizes.minimum, max=sizes.maximum, unit="GiB")
