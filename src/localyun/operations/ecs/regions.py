"""Regions, and the zones of each."""

from typing import Annotated, Literal

import msgspec

from localyun import catalogue
from localyun.operations.common import RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, View, param
from localyun.spec.support import Support

AcceptLanguage = Annotated[
    Literal["zh-CN", "zh_TW", "en-US", "ja", "fr", "de", "ko"],
    param("The language of the names.", malformed=errors.ACCEPT_LANGUAGE_NOT_FOUND),
]
ONLY_TWO_LANGUAGES = "Names are in Chinese for zh-CN and zh_TW, in English for every other language."


def _in_chinese(language: str) -> bool:
    return language.startswith("zh")


class DescribeRegions(Request):
    """List the regions."""

    instance_charge_type: Annotated[
        Literal["PrePaid", "PostPaid"],
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.REGIONS_CHARGE_TYPE),
    ] = "PostPaid"
    resource_type: Annotated[
        Literal["instance", "disk", "reservedinstance", "scu"],
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.REGIONS_RESOURCE_TYPE),
    ] = "instance"
    accept_language: AcceptLanguage = "zh-CN"


class RegionView(View):
    """A region."""

    status: str
    region_endpoint: str
    local_name: str
    region_id: str


class Regions(View):
    """All regions."""

    region: list[RegionView]


class DescribedRegions(Answer):
    """All regions."""

    regions: Regions


@ECS.operation(changes=False, gaps=ONLY_TWO_LANGUAGES, support=Support.PARTIAL)
def describe_regions(ctx: Context, request: DescribeRegions) -> DescribedRegions:
    """All accounts see all regions."""
    chinese = _in_chinese(request.accept_language)
    return DescribedRegions(
        regions=Regions(
            region=[
                RegionView(
                    status="available",
                    region_endpoint=region.endpoint,
                    local_name=region.local_name if chinese else region.local_name_en,
                    region_id=region.id,
                )
                for region in catalogue.regions()
            ]
        )
    )


class DescribeZones(Request):
    """List the zones of a region, and what can be had in them."""

    region_id: RegionId
    verbose: Annotated[bool, param("Whether to say what can be had in a zone.")] = True
    instance_charge_type: Annotated[
        Literal["PrePaid", "Prepaid", "PostPaid"],
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.INSTANCES_CHARGE_TYPE),
    ] = "PostPaid"
    spot_strategy: Annotated[
        Literal["NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"],
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.ZONES_SPOT_STRATEGY),
    ] = "NoSpot"
    accept_language: AcceptLanguage = "zh-CN"


class SystemDiskCategories(View):
    """Categories of disk."""

    supported_system_disk_category: list[str] = msgspec.field(name="supportedSystemDiskCategory")


class DataDiskCategories(View):
    """Categories of disk."""

    supported_data_disk_category: list[str] = msgspec.field(name="supportedDataDiskCategory")


class InstanceGenerations(View):
    """Generations of instance types."""

    supported_instance_generation: list[str] = msgspec.field(name="supportedInstanceGeneration")


class InstanceTypes(View):
    """Ids of instance types."""

    supported_instance_type: list[str] = msgspec.field(name="supportedInstanceType")


class InstanceTypeFamilies(View):
    """Families of instance types."""

    supported_instance_type_family: list[str] = msgspec.field(name="supportedInstanceTypeFamily")


class NetworkTypes(View):
    """Kinds of network."""

    supported_network_category: list[str] = msgspec.field(name="supportedNetworkCategory")


class ResourcesInfo(View):
    """What goes together in an instance."""

    io_optimized: bool
    system_disk_categories: SystemDiskCategories
    instance_generations: InstanceGenerations
    data_disk_categories: DataDiskCategories
    instance_types: InstanceTypes
    instance_type_families: InstanceTypeFamilies
    network_types: NetworkTypes


class AvailableResources(View):
    """What goes together in an instance."""

    resources_info: list[ResourcesInfo]


class AvailableResourceCreation(View):
    """Kinds of resources that can be made."""

    resource_types: list[str]


class DedicatedHostGenerations(View):
    """Generations of dedicated hosts."""

    dedicated_host_generation: list[str]


class AvailableInstanceTypes(View):
    """Ids of instance types."""

    instance_types: list[str]


class AvailableDiskCategories(View):
    """Categories of disk."""

    disk_categories: list[str]


class AvailableDedicatedHostTypes(View):
    """Types of dedicated hosts."""

    dedicated_host_type: list[str]


class AvailableVolumeCategories(View):
    """Categories of shared storage."""

    volume_categories: list[str]


class ZoneView(View):
    """A zone."""

    zone_id: str
    zone_type: str
    local_name: str
    available_resources: AvailableResources | Unset = UNSET
    available_resource_creation: AvailableResourceCreation | Unset = UNSET
    dedicated_host_generations: DedicatedHostGenerations | Unset = UNSET
    available_instance_types: AvailableInstanceTypes | Unset = UNSET
    available_disk_categories: AvailableDiskCategories | Unset = UNSET
    available_dedicated_host_types: AvailableDedicatedHostTypes | Unset = UNSET
    available_volume_categories: AvailableVolumeCategories | Unset = UNSET


class Zones(View):
    """The zones of a region."""

    zone: list[ZoneView]


class DescribedZones(Answer):
    """The zones of a region."""

    zones: Zones


@ECS.operation(changes=False, gaps=ONLY_TWO_LANGUAGES, support=Support.PARTIAL)
def describe_zones(ctx: Context, request: DescribeZones) -> DescribedZones:
    """Everything in the catalogue can be had in every zone."""
    zones = (zone for region in catalogue.regions() if region.id == ctx.region for zone in region.zones)
    return DescribedZones(zones=Zones(zone=[_zone_view(zone, request) for zone in zones]))


def _zone_view(zone: catalogue.Zone, request: DescribeZones) -> ZoneView:
    local_name = zone.local_name if _in_chinese(request.accept_language) else zone.local_name_en
    view = ZoneView(zone_id=zone.id, zone_type="AvailabilityZone", local_name=local_name)
    if not request.verbose:
        return view
    disks = [category.id for category in catalogue.disk_categories()]
    system_disks = [category.id for category in catalogue.disk_categories() if category.for_system]
    machines = catalogue.instance_types()
    types = [machine.id for machine in machines]
    view.available_resources = AvailableResources(
        resources_info=[
            ResourcesInfo(
                io_optimized=True,
                system_disk_categories=SystemDiskCategories(supported_system_disk_category=system_disks),
                instance_generations=InstanceGenerations(
                    supported_instance_generation=list(dict.fromkeys(m.generation for m in machines))
                ),
                data_disk_categories=DataDiskCategories(supported_data_disk_category=disks),
                instance_types=InstanceTypes(supported_instance_type=types),
                instance_type_families=InstanceTypeFamilies(
                    supported_instance_type_family=list(dict.fromkeys(m.family for m in machines))
                ),
                network_types=NetworkTypes(supported_network_category=["vpc", "classic"]),
            )
        ]
    )
    view.available_resource_creation = AvailableResourceCreation(
        resource_types=["VSwitch", "IoOptimized", "Instance", "Disk"]
    )
    view.dedicated_host_generations = DedicatedHostGenerations(dedicated_host_generation=[])
    view.available_instance_types = AvailableInstanceTypes(instance_types=types)
    view.available_disk_categories = AvailableDiskCategories(disk_categories=disks)
    view.available_dedicated_host_types = AvailableDedicatedHostTypes(dedicated_host_type=[])
    view.available_volume_categories = AvailableVolumeCategories(volume_categories=[])
    return view
