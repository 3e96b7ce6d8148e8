"""Which instances are in a security group: put in, and taken out, one by one."""

from typing import Annotated

from msgspec.structs import replace

from localyun.model import Instance, SecurityGroup
from localyun.model.instances import PENDING, RUNNING, STOPPED
from localyun.model.networks import ENTERPRISE
from localyun.model.standing import Condition
from localyun.operations.common import RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.security_groups import BY_ANOTHER, SecurityGroupId, members_of
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param

HELD_BACK = {Condition.LOCKED: errors.INSTANCE_LOCKED_FOR_SECURITY}

TOO_MANY_GROUPS = "The network interface is in as many security groups as it may be in."

NamedInstance = Annotated[str | None, param("One's own instance, running or stopped.")]
Interface = Annotated[str | None, param("Instead, an instance's network interface; needs RegionId.")]


class JoinSecurityGroup(Request):
    """Put an instance into a security group."""

    security_group_id: SecurityGroupId
    instance_id: NamedInstance = None
    network_interface_id: Interface = None
    region_id: RegionId | None = None


class LeaveSecurityGroup(Request):
    """Take an instance out of a security group."""

    security_group_id: SecurityGroupId
    instance_id: NamedInstance = None
    network_interface_id: Interface = None
    region_id: RegionId | None = None


NAMED_WRONGLY = (
    errors.INTERFACE_AND_INSTANCE,
    errors.MEMBER_ID_MALFORMED,
    errors.MEMBER_INTERFACE_MALFORMED,
    errors.MEMBER_NO_REGION,
    *HELD_BACK.values(),
    errors.SECURITY_GROUP_MANAGED,
    errors.INSTANCE_NOT_FOUND,
    errors.MEMBER_INTERFACE_NOT_FOUND,
    errors.SECURITY_GROUP_NOT_FOUND,
)
"""What `_named` raises."""


@ECS.operation(
    errors=(
        *NAMED_WRONGLY,
        errors.INSTANCE_IS_BEING_CREATED,
        errors.INTERFACE_IS_BEING_CREATED,
        errors.INSTANCE_STATUS,
        errors.MEMBER_ALREADY,
        errors.MEMBER_OF_OTHER_VPC,
        errors.INTERFACE_OF_OTHER_VPC,
        errors.MEMBER_OF_OTHER_KIND,
        errors.GROUPS_OF_MEMBER,
        errors.GROUPS_OF_INTERFACE,
        errors.CREATE_GROUP_MEMBERS,
        errors.ENTERPRISE_GROUP_MEMBERS,
        errors.RULES_PER_INTERFACE,
    )
)
def join_security_group(ctx: Context, request: JoinSecurityGroup) -> Empty:
    """Of the same network, of one kind with the groups that it is in already, and within the quotas.

    Source: JoinSecurityGroup (2025).
    """
    by_interface = request.network_interface_id is not None
    instance, group = _named(ctx, request)
    status = instance.phase.at(ctx.now)
    if status == PENDING:
        if by_interface:
            raise errors.INTERFACE_IS_BEING_CREATED("The instance of the network interface is being created")
        raise errors.INSTANCE_IS_BEING_CREATED()
    if status not in (RUNNING, STOPPED):
        raise errors.INSTANCE_STATUS()
    if group.id in instance.security_groups:
        raise errors.MEMBER_ALREADY()
    if group.vpc != instance.vpc:
        if by_interface:
            raise errors.INTERFACE_OF_OTHER_VPC("The network interface is in another VPC.")
        raise errors.MEMBER_OF_OTHER_VPC()
    _check_room(ctx, instance, group, by_interface=by_interface)
    ctx.tx.put(replace(instance, security_groups=(*instance.security_groups, group.id)))
    return Empty()


def _check_room(ctx: Context, instance: Instance, group: SecurityGroup, *, by_interface: bool) -> None:
    """Refuse an instance that would be in too many or too different groups, or one too many in a group."""
    known = (ctx.tx.get(SecurityGroup, id) for id in instance.security_groups)
    groups = [group, *(one for one in known if one is not None)]
    if len({one.kind for one in groups}) > 1:
        raise errors.MEMBER_OF_OTHER_KIND()
    if len(groups) > ctx.limits.security_groups_per_instance:
        if by_interface:
            raise errors.GROUPS_OF_INTERFACE(TOO_MANY_GROUPS)
        raise errors.GROUPS_OF_MEMBER()
    members = len(members_of(ctx, group))
    if group.kind == ENTERPRISE and members >= ctx.limits.instances_per_enterprise_group:
        raise errors.ENTERPRISE_GROUP_MEMBERS()
    if group.kind != ENTERPRISE and members >= ctx.limits.instances_per_security_group:
        raise errors.CREATE_GROUP_MEMBERS()
    if sum(len(one.rules) for one in groups) > ctx.limits.rules_per_interface:
        raise errors.RULES_PER_INTERFACE("The number of rules per network interface is exceeded.")


@ECS.operation(
    errors=(
        *NAMED_WRONGLY,
        errors.INSTANCE_STATUS,
        errors.MEMBER_NOT_THERE,
        errors.INTERFACE_NOT_IN_GROUP,
        errors.LAST_GROUP,
        errors.LAST_GROUP_OF_INTERFACE,
    )
)
def leave_security_group(ctx: Context, request: LeaveSecurityGroup) -> Empty:
    """Every instance that is in a group stays in one. Source: LeaveSecurityGroup (2025)."""
    by_interface = request.network_interface_id is not None
    instance, group = _named(ctx, request)
    if instance.phase.at(ctx.now) not in (RUNNING, STOPPED):
        raise errors.INSTANCE_STATUS()
    if group.id not in instance.security_groups:
        if by_interface:
            raise errors.INTERFACE_NOT_IN_GROUP("The network interface isn't in the security group")
        raise errors.MEMBER_NOT_THERE()
    left = tuple(id for id in instance.security_groups if id != group.id)
    if not left:
        if by_interface:
            raise errors.LAST_GROUP_OF_INTERFACE("The network interface is in no other security group.")
        raise errors.LAST_GROUP()
    ctx.tx.put(replace(instance, security_groups=left))
    return Empty()


def _named(ctx: Context, request: JoinSecurityGroup | LeaveSecurityGroup) -> tuple[Instance, SecurityGroup]:
    """Return the instance and the group that a call names."""
    interface, id = request.network_interface_id, request.instance_id
    if interface and id:
        raise errors.INTERFACE_AND_INSTANCE("InstanceId and NetworkInterfaceId exclude each other.")
    if interface is None and id is None:
        raise errors.MISSING_PARAMETER("InstanceId")
    if id is not None and not id.startswith("i-"):
        raise errors.MEMBER_ID_MALFORMED()
    if interface is not None and not interface.startswith("eni-"):
        raise errors.MEMBER_INTERFACE_MALFORMED("NetworkInterfaceId isn't the id of a network interface.")
    if interface is not None and not ctx.region:
        raise errors.MEMBER_NO_REGION()
    ctx.check_standing(HELD_BACK)
    if ctx.is_in(Condition.MANAGED):
        raise errors.SECURITY_GROUP_MANAGED(BY_ANOTHER)
    if interface is None:
        instance = ctx.own(Instance, id or "", errors.INSTANCE_NOT_FOUND)
    else:
        instance = _of_interface(ctx, interface)
    return instance, ctx.own(SecurityGroup, request.security_group_id, errors.SECURITY_GROUP_NOT_FOUND)


def _of_interface(ctx: Context, interface: str) -> Instance:
    for instance in ctx.mine(Instance):
        if instance.network_interface == interface:
            return instance
    raise errors.MEMBER_INTERFACE_NOT_FOUND("The network interface doesn't exist.")
