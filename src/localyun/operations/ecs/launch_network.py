"""The network of new instances: vSwitch, security groups, private addresses."""

from collections.abc import Sequence
from ipaddress import IPv4Address
from itertools import islice

from localyun.model import Instance, SecurityGroup
from localyun.model.addresses import free_addresses, usable
from localyun.operations.context import Context
from localyun.operations.ecs.launch_fields import Launch
from localyun.operations.ecs.launch_found import Found
from localyun.operations.ecs.launch_rows import Rows
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

UNFIT: tuple[ErrorSpec, ...] = (
    errors.NO_VSWITCH_ID,
    errors.ZONE_NOT_MATCH,
    errors.CLASSIC_GROUP_IN_VPC,
    errors.SECURITY_GROUP_AND_VSWITCH,
)
"""What `check_network` raises."""

UNLIKE: tuple[ErrorSpec, ...] = (
    errors.GROUPS_PER_INSTANCE,
    errors.RUN_GROUP_OF_ENTERPRISE_AND_NORMAL,
    errors.GROUPS_OF_TWO_NETWORKS,
    errors.GROUPS_OF_TWO_VPCS,
    errors.RULES_PER_INTERFACE,
)
"""What `check_groups` raises."""


def no_address(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `private_addresses` raises."""
    return (
        rows.private_ip_malformed,
        rows.private_ip_outside,
        rows.private_ip_taken,
        errors.PRIVATE_IPS_USED_UP,
    )


def security_groups(ctx: Context, ids: Sequence[str], rows: Rows) -> tuple[SecurityGroup, ...]:
    """Return the caller's security groups with these ids, or raise the operation's word on a missing one."""
    return tuple(
        ctx.own(
            SecurityGroup,
            id,
            rows.security_group_not_found if id.startswith("sg-") else rows.security_group_malformed,
        )
        for id in ids
    )


def check_network(ctx: Context, request: Launch, found: Found) -> None:
    """Raise one of `UNFIT` unless zone, vSwitch and security groups go together."""
    groups, vswitch = found.security_groups, found.vswitch
    if vswitch is None and (request.private_ip_address or any(group.vpc for group in groups)):
        raise errors.NO_VSWITCH_ID()
    if vswitch and found.zone != vswitch.zone:
        raise errors.ZONE_NOT_MATCH(
            "The specified ZoneId and the zone of the specified VSwitchId do not match."
        )
    vpcs = {group.vpc for group in groups}
    if vswitch and "" in vpcs:
        raise errors.CLASSIC_GROUP_IN_VPC("The network types of security group and instance differ.")
    if vpcs and vpcs != {found.vpc}:
        raise errors.SECURITY_GROUP_AND_VSWITCH()


def check_groups(ctx: Context, groups: Sequence[SecurityGroup]) -> None:
    """Raise one of `UNLIKE` unless an instance can be in all of these security groups at once."""
    if len(groups) > ctx.limits.security_groups_per_instance:
        raise errors.GROUPS_PER_INSTANCE("The number of security groups of an instance is exceeded.")
    if len({group.kind for group in groups}) > 1:
        raise errors.RUN_GROUP_OF_ENTERPRISE_AND_NORMAL()
    vpcs = {group.vpc for group in groups}
    if len(vpcs) > 1:
        if "" in vpcs:
            raise errors.GROUPS_OF_TWO_NETWORKS("The security groups are not of the same network type.")
        raise errors.GROUPS_OF_TWO_VPCS("The security groups are not in the same VPC.")
    if sum(len(group.rules) for group in groups) > ctx.limits.rules_per_interface:
        raise errors.RULES_PER_INTERFACE("The number of rules per network interface is exceeded.")


def private_addresses(
    ctx: Context, request: Launch, found: Found, rows: Rows, amount: int, at_least: int
) -> list[str]:
    """The private addresses of the instances, lowest first; empty texts where there is no vSwitch."""
    if found.vswitch is None:
        return [""] * amount
    taken = {instance.private_ip for instance in ctx.tx.find(Instance, vswitch=found.vswitch.id)}
    if request.private_ip_address is None:
        free = list(islice(free_addresses(found.vswitch.cidr_block, taken), amount))
        if len(free) < at_least:
            raise errors.PRIVATE_IPS_USED_UP()
        return free
    try:
        address = IPv4Address(request.private_ip_address)
    except ValueError:
        raise rows.private_ip_malformed.naming(request.private_ip_address) from None
    if int(address) not in usable(found.vswitch.cidr_block):
        raise rows.private_ip_outside.naming(str(address))
    if str(address) in taken:
        raise rows.private_ip_taken.naming(str(address))
    return [str(address)]
