"""Instance types: how much of what a virtual machine has."""

from functools import cache
from typing import Any

import msgspec

from localyun.catalogue.files import DataFile, Entry, read


class InstanceType(Entry, frozen=True, kw_only=True):
    """A size of virtual machine. The fields bear the names that DescribeInstanceTypes gives them.

    `memory_size` is in GiB; `disk_quantity` counts the system disk.
    `instance_bandwidth` (kbit/s, the base rate) and `instance_pps` (packets a second; 0: not published) hold
    for each direction, `eni_queue_number` for each network interface.
    """

    id: str
    family: str
    generation: str
    instance_category: str
    instance_family_level: str
    cpu_architecture: str
    cpu_core_count: int
    memory_size: float
    physical_processor_model: str
    cpu_speed_frequency: float
    cpu_turbo_frequency: float
    supported_boot_modes: tuple[str, ...]
    nvme_support: str
    instance_bandwidth: int
    instance_pps: int
    eni_queue_number: int
    eni_quantity: int
    eni_private_ip_address_quantity: int
    eni_ipv6_address_quantity: int
    disk_quantity: int = 17
    baseline_credit: int = 0
    initial_credit: int = 0
    gpu_amount: int = 0
    gpu_spec: str = ""

    @property
    def is_basic(self) -> bool:
        """Whether it is of a family for the beginning: none of what only newer and dearer ones have."""
        return self.instance_family_level != "EnterpriseLevel"


class _Family(Entry, frozen=True, kw_only=True):
    id: str
    common: dict[str, Any]
    types: tuple[dict[str, Any], ...]


class _InstanceTypes(DataFile, frozen=True, kw_only=True):
    families: tuple[_Family, ...]


@cache
def instance_types() -> tuple[InstanceType, ...]:
    """Every instance type, family by family, the smaller ones first."""
    return tuple(
        msgspec.convert({"family": family.id, **family.common, **own}, InstanceType)
        for family in read("instance_types.json", _InstanceTypes).families
        for own in family.types
    )


def instance_type(type_id: str) -> InstanceType | None:
    """The instance type of that id."""
    return _instance_types_by_id().get(type_id)


@cache
def _instance_types_by_id() -> dict[str, InstanceType]:
    return {entry.id: entry for entry in instance_types()}
