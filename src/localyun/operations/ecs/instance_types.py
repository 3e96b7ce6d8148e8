"""The instance types, found by what they have."""

from collections.abc import Collection, Iterator
from typing import Annotated

import msgspec

from localyun import catalogue
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, NotEmulated, Request, Unset, View, param

Count = Annotated[int | None, param("This many.")]
Amount = Annotated[float | None, param("This much.")]
One = Annotated[str | None, param("Only types with this.")]
Several = Annotated[tuple[str, ...], param("Only types with one of these, up to 10.", max_length=10)]


class DescribeInstanceTypes(Request):
    """List instance types and what they have."""

    instance_type_family: One = None
    instance_types: Several = ()
    minimum_cpu_core_count: Count = None
    maximum_cpu_core_count: Count = None
    minimum_memory_size: Amount = None
    maximum_memory_size: Amount = None
    minimum_gpu_amount: Count = None
    maximum_gpu_amount: Count = None
    gpu_spec: One = None
    instance_category: One = None
    cpu_architecture: One = None
    minimum_cpu_speed_frequency: Amount = None
    maximum_cpu_speed_frequency: Amount = None
    minimum_cpu_turbo_frequency: Amount = None
    maximum_cpu_turbo_frequency: Amount = None
    physical_processor_model: One = None
    instance_family_level: One = None
    minimum_instance_pps_rx: Count = None
    minimum_instance_pps_tx: Count = None
    minimum_instance_bandwidth_rx: Count = None
    minimum_instance_bandwidth_tx: Count = None
    minimum_primary_eni_queue_number: Count = None
    minimum_secondary_eni_queue_number: Count = None
    minimum_eni_quantity: Count = None
    minimum_queue_pair_number: NotEmulated[int] = None
    minimum_eri_quantity: NotEmulated[int] = None
    minimum_eni_private_ip_address_quantity: Count = None
    minimum_eni_ipv6_address_quantity: Count = None
    minimum_local_storage_amount: NotEmulated[int] = None
    minimum_local_storage_capacity: NotEmulated[int] = None
    minimum_disk_quantity: Count = None
    local_storage_category: NotEmulated[str] = None
    nvme_support: One = None
    minimum_baseline_credit: Count = None
    minimum_initial_credit: Count = None
    instance_type_families: Several = ()
    gpu_specs: Several = msgspec.field(name="GpuSpecs", default=())
    instance_categories: Several = ()
    cpu_architectures: Several = ()
    physical_processor_models: Several = ()
    local_storage_categories: NotEmulated[tuple[str, ...]] = ()
    max_results: Annotated[int, param("Entries a page, 1 to 1600.", ge=1, le=1600)] = 1600
    next_token: Annotated[str | None, param("Where the page before ended.", max_length=50)] = None
    additional_attributes: NotEmulated[tuple[str, ...]] = ()


class NetworkCardInfo(View):
    """A network card."""

    network_card_index: int | Unset = UNSET


class NetworkCards(View):
    """Network cards."""

    network_card_info: list[NetworkCardInfo] | Unset = UNSET


class SupportedBootModes(View):
    """How an instance may boot."""

    supported_boot_mode: list[str]


class EnhancedNetwork(View):
    """What the network interfaces can do."""

    sriov_support: bool | Unset = UNSET
    vf_queue_number_per_eni: int | Unset = UNSET
    rss_support: bool | Unset = UNSET
    express_support: bool | Unset = UNSET


class SupportedTopologyTypes(View):
    """How the cores may be laid out."""

    supported_topology_type: list[str] | Unset = UNSET


class CpuOptions(View):
    """What can be chosen of the processor."""

    supported_topology_types: SupportedTopologyTypes | Unset = UNSET
    threads_per_core: int | Unset = UNSET
    core: int | Unset = UNSET
    core_factor: int | Unset = UNSET
    hyper_threading_adjustable: bool | Unset = UNSET
    nested_virtualization_support: str | Unset = UNSET


class Clock(View):
    """What the clock can do."""

    ptp_support: str | Unset = UNSET


class Attribute(View):
    """A further attribute."""

    name: str | Unset = UNSET
    value: str | Unset = UNSET


class Attributes(View):
    """Further attributes."""

    attribute: list[Attribute] | Unset = UNSET


class WeightingInfo(View):
    """A way to divide the bandwidth."""

    vpc_bandwidth: int | Unset = UNSET
    ebs_burst_bandwidth: int | Unset = UNSET
    ebs_bandwidth: int | Unset = UNSET
    vpc_burst_bandwidth: int | Unset = UNSET
    name: str | Unset = UNSET


class WeightingInfos(View):
    """Ways to divide the bandwidth."""

    weighting_info: list[WeightingInfo] | Unset = UNSET


class BandwidthWeighting(View):
    """How the bandwidth can be divided."""

    weighting_infos: WeightingInfos | Unset = UNSET


class NetworkInfo(View):
    """What can be chosen of the network."""

    bandwidth_weighting: BandwidthWeighting | Unset = UNSET


class SecurityOptions(View):
    """What can be chosen for security."""

    secure_boot_support: str | Unset = UNSET


class InstanceTypeView(View):
    """An instance type. Bandwidths are in kbit/s, memory in GiB."""

    primary_eni_queue_number: int
    memory_size: float
    instance_family_level: str
    eni_ipv6_address_quantity: int
    maximum_queue_number_per_eni: int
    instance_type_id: str
    instance_bandwidth_rx: int
    secondary_eni_queue_number: int
    gpu_spec: str
    instance_bandwidth_tx: int
    gpu_amount: int
    total_eni_queue_quantity: int
    nvme_support: str
    disk_quantity: int
    initial_credit: int
    baseline_credit: int
    eni_private_ip_address_quantity: int
    cpu_core_count: int
    instance_type_family: str
    eni_quantity: int
    cpu_speed_frequency: float
    cpu_turbo_frequency: float
    physical_processor_model: str
    instance_category: str
    cpu_architecture: str
    supported_boot_modes: SupportedBootModes
    eni_total_quantity: int | Unset = UNSET
    local_storage_category: str | Unset = UNSET
    local_storage_capacity: int | Unset = UNSET
    instance_pps_rx: int | Unset = UNSET
    queue_pair_number: int | Unset = UNSET
    eri_quantity: int | Unset = UNSET
    local_storage_amount: int | Unset = UNSET
    instance_pps_tx: int | Unset = UNSET
    eni_trunk_supported: bool | Unset = UNSET
    network_encryption_support: bool | Unset = UNSET
    gpu_memory_size: float | Unset = UNSET
    network_card_quantity: int | Unset = UNSET
    network_cards: NetworkCards | Unset = UNSET
    enhanced_network: EnhancedNetwork | Unset = UNSET
    cpu_options: CpuOptions | Unset = UNSET
    jumbo_frame_support: bool | Unset = UNSET
    clock: Clock | Unset = UNSET
    attributes: Attributes | Unset = UNSET
    network_info: NetworkInfo | Unset = UNSET
    security_options: SecurityOptions | Unset = UNSET


class InstanceTypes(View):
    """A page of instance types."""

    instance_type: list[InstanceTypeView]


class DescribedInstanceTypes(Answer):
    """A page of instance types."""

    instance_types: InstanceTypes
    next_token: str


@ECS.operation(changes=False)
def describe_instance_types(ctx: Context, request: DescribeInstanceTypes) -> DescribedInstanceTypes:
    """The same types everywhere; an id or a family that there isn't is nothing found."""
    found = [machine for machine in catalogue.instance_types() if all(_fits(machine, request))]
    types, next_token = page_from(
        request.next_token, found, request.max_results, errors.INVALID_PARAMETER("NextToken")
    )
    return DescribedInstanceTypes(
        instance_types=InstanceTypes(instance_type=[_view(machine) for machine in types]),
        next_token=next_token,
    )


def _fits(machine: catalogue.InstanceType, asked: DescribeInstanceTypes) -> Iterator[bool]:
    """Yield, filter by filter, whether a type passes."""
    yield _among(machine.id, None, asked.instance_types)
    yield _among(machine.family, asked.instance_type_family, asked.instance_type_families)
    yield _among(machine.gpu_spec, asked.gpu_spec, asked.gpu_specs)
    yield _among(machine.instance_category, asked.instance_category, asked.instance_categories)
    yield _among(machine.cpu_architecture, asked.cpu_architecture, asked.cpu_architectures)
    yield _among(
        machine.physical_processor_model, asked.physical_processor_model, asked.physical_processor_models
    )
    yield _among(machine.instance_family_level, asked.instance_family_level)
    yield _among(machine.nvme_support, asked.nvme_support)
    yield _within(asked.minimum_cpu_core_count, machine.cpu_core_count, asked.maximum_cpu_core_count)
    yield _within(asked.minimum_memory_size, machine.memory_size, asked.maximum_memory_size)
    yield _within(asked.minimum_gpu_amount, machine.gpu_amount, asked.maximum_gpu_amount)
    yield _within(
        asked.minimum_cpu_speed_frequency, machine.cpu_speed_frequency, asked.maximum_cpu_speed_frequency
    )
    yield _within(
        asked.minimum_cpu_turbo_frequency, machine.cpu_turbo_frequency, asked.maximum_cpu_turbo_frequency
    )
    yield _within(asked.minimum_instance_pps_rx, machine.instance_pps)
    yield _within(asked.minimum_instance_pps_tx, machine.instance_pps)
    yield _within(asked.minimum_instance_bandwidth_rx, machine.instance_bandwidth)
    yield _within(asked.minimum_instance_bandwidth_tx, machine.instance_bandwidth)
    yield _within(asked.minimum_primary_eni_queue_number, machine.eni_queue_number)
    yield _within(asked.minimum_secondary_eni_queue_number, machine.eni_queue_number)
    yield _within(asked.minimum_eni_quantity, machine.eni_quantity)
    yield _within(asked.minimum_eni_private_ip_address_quantity, machine.eni_private_ip_address_quantity)
    yield _within(asked.minimum_eni_ipv6_address_quantity, machine.eni_ipv6_address_quantity)
    yield _within(asked.minimum_disk_quantity, machine.disk_quantity)
    yield _within(asked.minimum_baseline_credit, machine.baseline_credit)
    yield _within(asked.minimum_initial_credit, machine.initial_credit)


def _among(value: str, one: str | None, several: Collection[str] = ()) -> bool:
    return one in (None, value) and (not several or value in several)


def _within(least: float | None, value: float, most: float | None = None) -> bool:
    return (least is None or least <= value) and (most is None or value <= most)


def _view(machine: catalogue.InstanceType) -> InstanceTypeView:
    return InstanceTypeView(
        primary_eni_queue_number=machine.eni_queue_number,
        memory_size=machine.memory_size,
        instance_family_level=machine.instance_family_level,
        instance_pps_rx=machine.instance_pps or UNSET,
        eni_ipv6_address_quantity=machine.eni_ipv6_address_quantity,
        maximum_queue_number_per_eni=machine.eni_queue_number,
        instance_type_id=machine.id,
        instance_bandwidth_rx=machine.instance_bandwidth,
        secondary_eni_queue_number=machine.eni_queue_number,
        gpu_spec=machine.gpu_spec,
        instance_bandwidth_tx=machine.instance_bandwidth,
        gpu_amount=machine.gpu_amount,
        total_eni_queue_quantity=machine.eni_queue_number * machine.eni_quantity,
        nvme_support=machine.nvme_support,
        disk_quantity=machine.disk_quantity,
        initial_credit=machine.initial_credit,
        baseline_credit=machine.baseline_credit,
        instance_pps_tx=machine.instance_pps or UNSET,
        eni_private_ip_address_quantity=machine.eni_private_ip_address_quantity,
        cpu_core_count=machine.cpu_core_count,
        instance_type_family=machine.family,
        eni_quantity=machine.eni_quantity,
        cpu_speed_frequency=machine.cpu_speed_frequency,
        cpu_turbo_frequency=machine.cpu_turbo_frequency,
        physical_processor_model=machine.physical_processor_model,
        instance_category=machine.instance_category,
        cpu_architecture=machine.cpu_architecture,
        supported_boot_modes=SupportedBootModes(supported_boot_mode=list(machine.supported_boot_modes)),
    )
