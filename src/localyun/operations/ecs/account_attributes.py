"""What an account may have in a region, and what it has."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Annotated

from localyun import catalogue
from localyun.model import Disk, Instance
from localyun.operations.common import RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, View, param
from localyun.spec.support import Support


class DescribeAccountAttributes(Request):
    """Show quotas, and how much of them is used."""

    region_id: Annotated[RegionId, param("The region.", missing=errors.ATTRIBUTES_NO_REGION)]
    zone_id: Annotated[str | None, param("Of what is told by zone, only this one's.")] = None
    attribute_name: Annotated[tuple[str, ...], param("Only these attributes; all by default.")] = ()


class ValueItem(View):
    """A value of an attribute."""

    value: str
    disk_category: str | Unset = UNSET
    expired_time: str | Unset = UNSET
    zone_id: str | Unset = UNSET
    instance_type: str | Unset = UNSET
    count: int | Unset = UNSET
    instance_charge_type: str | Unset = UNSET


class AttributeValues(View):
    """The values of an attribute."""

    value_item: list[ValueItem]


class AccountAttributeItem(View):
    """An attribute and its values."""

    attribute_name: str
    attribute_values: AttributeValues


class AccountAttributeItems(View):
    """Attributes."""

    account_attribute_item: list[AccountAttributeItem]


class AccountAttributes(Answer):
    """The attributes asked for."""

    account_attribute_items: AccountAttributeItems


Told = Callable[[Context, str | None], Iterable[ValueItem]]


def _networks(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    return [ValueItem(value="vpc"), ValueItem(value="classic")]


def _security_groups(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    return [ValueItem(value=str(ctx.limits.security_groups_per_region))]


def _vcpus(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    return [ValueItem(value=str(ctx.limits.vcpus_per_region))]


def _capacity(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    region = catalogue.region(ctx.region)
    return [
        ValueItem(zone_id=place.id, disk_category=category.id, value=str(ctx.limits.disk_capacity_per_zone))
        for place in (region.zones if region else ())
        if zone in (None, place.id)
        for category in catalogue.disk_categories()
    ]


def _used_vcpus(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    types = (catalogue.instance_type(instance.instance_type) for instance in ctx.mine(Instance))
    return [ValueItem(value=str(sum(one.cpu_core_count for one in types if one)))]


def _used_capacity(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    used: Counter[tuple[str, str]] = Counter()
    for disk in ctx.mine(Disk):
        used[disk.zone, disk.category] += disk.size
    return [
        ValueItem(zone_id=place, disk_category=category, value=str(size))
        for (place, category), size in sorted(used.items())
        if zone in (None, place)
    ]


def _instance_types(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    region = catalogue.region(ctx.region)
    return [
        ValueItem(zone_id=place.id, value=machine.id)
        for place in (region.zones if region else ())
        if zone in (None, place.id)
        for machine in catalogue.instance_types()
    ]


def _none(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    return [ValueItem(value="0")]


def _yes(ctx: Context, zone: str | None) -> Iterable[ValueItem]:
    return [ValueItem(value="yes")]


ATTRIBUTES: dict[str, Told] = {
    "instance-network-type": _networks,
    "max-security-groups": _security_groups,
    "max-postpaid-instance-vcpu-count": _vcpus,
    "used-postpaid-instance-vcpu-count": _used_vcpus,
    "max-postpaid-yundisk-capacity": _capacity,
    "used-postpaid-yundisk-capacity": _used_capacity,
    "max-dedicated-hosts": _none,
    "supported-postpaid-instance-types": _instance_types,
    "real-name-authentication": _yes,
}
"""Each attribute that is known here, and how its values are found."""


@ECS.operation(
    changes=False,
    support=Support.PARTIAL,
    gaps=f"Of the attributes there are {', '.join(ATTRIBUTES)}; others are left out.",
)
def describe_account_attributes(ctx: Context, request: DescribeAccountAttributes) -> AccountAttributes:
    """Counted at the moment of the call. Source: DescribeAccountAttributes (2025)."""
    return AccountAttributes(
        account_attribute_items=AccountAttributeItems(
            account_attribute_item=[
                AccountAttributeItem(
                    attribute_name=name,
                    attribute_values=AttributeValues(value_item=[*told(ctx, request.zone_id)]),
                )
                for name, told in ATTRIBUTES.items()
                if not request.attribute_name or name in request.attribute_name
            ]
        )
    )
