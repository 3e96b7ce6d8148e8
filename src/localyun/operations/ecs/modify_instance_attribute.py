"""Changing what is kept of one instance."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import InstanceType
from localyun.model import Instance, SecurityGroup
from localyun.model.instances import RUNNING, STARTING, STOPPED
from localyun.model.launching import (
    check_password,
    check_user_data,
    is_host_name,
    is_instance_name,
    is_remote_password,
)
from localyun.model.networks import ENTERPRISE
from localyun.model.payment import NO_SPOT, POST_PAID
from localyun.model.standing import Condition
from localyun.operations.common import is_description
from localyun.operations.context import Context
from localyun.operations.ecs.instances import InstanceId
from localyun.operations.ecs.launch_features import check_cpu
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.run_fields import ProcessorOptions
from localyun.operations.ecs.security_groups import members_of
from localyun.spec import errors
from localyun.spec.declare import Empty, Group, NotEmulated, Request, param
from localyun.spec.faults import reworded
from localyun.spec.support import Support

OF_SOME_TYPES = Support.PARTIAL
"""How far something is emulated that a basic type refuses, and localyun for every other type."""

BY_ANOTHER = "The instance is managed by another product."
IN_BETWEEN = "The instance is neither running nor stopped."


class RemoteConnectionOptions(Group):
    """How the instance is connected to in a browser."""

    password: Annotated[
        str | None, param("6 letters and digits, for a running instance; checked, never kept.")
    ] = None
    type: Annotated[
        Literal["vnc"] | None,
        param("The only way there is.", support=Support.ACCEPTED, malformed=errors.REMOTE_TYPE),
    ] = None


class PrivateDnsNameOptions(Group):
    """Names that are resolved inside the VPC."""

    enable_instance_id_dns_a_record: NotEmulated[bool] = False
    enable_instance_id_dns_aaaa_record: NotEmulated[bool] = False
    enable_ip_dns_a_record: NotEmulated[bool] = False
    enable_ip_dns_ptr_record: NotEmulated[bool] = False
    hostname_type: NotEmulated[str] = "Custom"


class ModifyInstanceAttribute(Request):
    """Change what is kept of an instance; what isn't given stays."""

    instance_id: InstanceId
    password: Annotated[str | None, param("8 to 30 characters of three kinds; checked, never kept.")] = None
    host_name: Annotated[str | None, param("2 to 64 characters; 2 to 15 for Windows.")] = None
    instance_name: Annotated[str | None, param("2 to 128 characters, a letter first.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    user_data: Annotated[str | None, param("Base64 of up to 32 KB, for a stopped instance in a VPC.")] = None
    recyclable: Annotated[
        bool | None, param("Whether it goes to a recycle bin: there is none, so that it is refused.")
    ] = None
    credit_specification: Annotated[
        Literal["Standard", "Unlimited"] | None,
        param("Of a burstable type; kept and shown.", malformed=errors.CREDIT_SPECIFICATION),
    ] = None
    deletion_protection: Annotated[
        bool | None, param("Whether it can't be deleted; for PostPaid, not spot.")
    ] = None
    network_interface_queue_number: Annotated[
        int | None, param("Queues, as many as the type has at most; -1 for those; checked.", ge=-1)
    ] = None
    security_group_ids: Annotated[
        tuple[str, ...], param("One's own, of the instance's VPC; they take the place of those it is in.")
    ] = ()
    remote_connection_options: RemoteConnectionOptions | None = None
    enable_jumbo_frame: Annotated[
        bool | None, param("Whether large frames are taken; not by basic types.")
    ] = None
    cpu_options: ProcessorOptions | None = None
    private_dns_name_options: PrivateDnsNameOptions | None = None
    enable_network_encryption: Annotated[
        bool | None, param("Whether what goes over the network is encrypted.", support=OF_SOME_TYPES)
    ] = None


HELD_BACK = {
    Condition.LOCKED: errors.INSTANCE_LOCKED_FOR_SECURITY,
    Condition.NOT_AUTHORIZED: errors.MODIFY_UNAUTHORIZED,
}


@ECS.operation(
    errors=(
        errors.INSTANCE_NAME_MALFORMED,
        errors.INSTANCE_DESCRIPTION_MALFORMED,
        errors.PASSWORD_MALFORMED,
        errors.MODIFY_USER_DATA_MALFORMED,
        errors.USER_DATA_TOO_LARGE,
        errors.REMOTE_PASSWORD,
        errors.MODIFY_SECURITY_GROUP_TWICE,
        errors.QUEUE_NUMBER_INVALID,
        errors.INSTANCE_NOT_FOUND,
        errors.SECURITY_GROUP_NOT_FOUND,
        *HELD_BACK.values(),
        errors.MODIFY_USER_DATA_FORBIDDEN,
        errors.SECURITY_GROUP_MANAGED,
        errors.INSTANCE_STATUS,
        errors.REMOTE_STATUS,
        errors.CREDIT_STATUS,
        errors.GROUPS_STATUS,
        errors.JUMBO_STATUS,
        errors.TOPOLOGY_STATUS,
        errors.CPU_STATUS,
        errors.HOST_NAME_MALFORMED,
        errors.USER_DATA_OF_CLASSIC,
        errors.RECYCLE_POST_PAID,
        errors.RECYCLE_BIN,
        errors.PROTECTED_AND_NOT_POST_PAID,
        errors.CREDIT_OF_TYPE,
        errors.QUEUES_TOO_MANY,
        errors.JUMBO_OF_TYPE,
        errors.MODIFY_ENCRYPTION_OF_USER,
        errors.ENCRYPTED_NETWORK_OF_TYPE,
        errors.CPU_CORE,
        errors.CPU_THREADS,
        errors.CPU_THREADS_OF_TYPE,
        errors.CPU_TOPOLOGY_OF_TYPE,
        errors.CPU_TURBO_OF_TYPE,
        errors.CPU_VISST_OF_TYPE,
        errors.CPU_VRDT_OF_TYPE,
        errors.SECURITY_GROUPS_OF_CLASSIC,
        errors.SECURITY_GROUPS_CLASSIC,
        errors.SECURITY_GROUPS_OF_VPCS,
        errors.SECURITY_GROUPS_OF_KINDS,
        errors.GROUPS_PER_INSTANCE,
        errors.MODIFY_GROUP_MEMBERS,
        errors.MODIFY_ENTERPRISE_GROUP_MEMBERS,
        errors.RULES_PER_INTERFACE,
    ),
    malformed=errors.PARAMETER_NOT_VALID,
)
def modify_instance_attribute(ctx: Context, request: ModifyInstanceAttribute) -> Empty:
    """A password isn't changed while the instance starts, user data only while it is stopped.

    Source: ModifyInstanceAttribute (2025).
    """
    _check_shapes(request)
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    groups = [
        ctx.own(SecurityGroup, id, errors.SECURITY_GROUP_NOT_FOUND) for id in request.security_group_ids
    ]
    _check_standing(ctx, request)
    _check_status(instance.phase.at(ctx.now), request)
    _check_instance(instance, request)
    if machine := catalogue.instance_type(instance.instance_type):
        _check_machine(ctx, machine, request)
    if groups:
        _check_groups(ctx, instance, groups)
    changed = {
        "name": request.instance_name,
        "description": request.description,
        "host_name": request.host_name,
        "user_data": request.user_data,
        "deletion_protection": request.deletion_protection,
        "security_groups": request.security_group_ids or None,
        "credit_specification": request.credit_specification,
        "jumbo_frame": request.enable_jumbo_frame,
    }
    ctx.tx.put(replace(instance, **{name: value for name, value in changed.items() if value is not None}))
    return Empty()


def _check_shapes(request: ModifyInstanceAttribute) -> None:
    if request.instance_name is not None and not is_instance_name(request.instance_name):
        raise errors.INSTANCE_NAME_MALFORMED()
    if request.description is not None and not is_description(request.description):
        raise errors.INSTANCE_DESCRIPTION_MALFORMED()
    check_password(request.password)
    check_user_data(request.user_data, malformed=errors.MODIFY_USER_DATA_MALFORMED)
    remote = request.remote_connection_options
    if remote and remote.password is not None and not is_remote_password(remote.password):
        raise errors.REMOTE_PASSWORD()
    if len(set(request.security_group_ids)) < len(request.security_group_ids):
        raise errors.MODIFY_SECURITY_GROUP_TWICE()
    if request.network_interface_queue_number == 0:
        raise errors.QUEUE_NUMBER_INVALID("NetworkInterfaceQueueNumber is -1, or 1 at least.")


def _check_standing(ctx: Context, request: ModifyInstanceAttribute) -> None:
    """Refuse a caller that the operator holds back."""
    ctx.check_standing(HELD_BACK)
    if request.user_data is not None:
        ctx.check_standing({Condition.NO_USER_DATA: errors.MODIFY_USER_DATA_FORBIDDEN})
    if ctx.is_in(Condition.MANAGED):
        raise errors.SECURITY_GROUP_MANAGED(BY_ANOTHER)


def _check_status(status: str, request: ModifyInstanceAttribute) -> None:
    """Refuse what the instance's status doesn't allow: each attribute asks for another one."""
    still = status in (RUNNING, STOPPED)
    remote = request.remote_connection_options
    cpu = request.cpu_options
    for refused, refusal in (
        (request.password is not None and status == STARTING, errors.INSTANCE_STATUS()),
        (request.user_data is not None and status != STOPPED, errors.INSTANCE_STATUS()),
        (remote is not None and remote.password and status != RUNNING, errors.REMOTE_STATUS()),
        (request.credit_specification and not still, errors.CREDIT_STATUS()),
        (
            request.security_group_ids and not still,
            errors.GROUPS_STATUS(IN_BETWEEN),
        ),
        (request.enable_jumbo_frame is not None and not still, errors.JUMBO_STATUS()),
        (cpu is not None and cpu.topology_type and status != STOPPED, errors.TOPOLOGY_STATUS()),
        (cpu is not None and status != STOPPED, errors.CPU_STATUS()),
    ):
        if refused:
            raise refusal


def _check_instance(instance: Instance, request: ModifyInstanceAttribute) -> None:
    """Refuse what doesn't go with the instance's system, network or order."""
    if request.host_name is not None and not is_host_name(request.host_name, instance.os_type):
        raise errors.HOST_NAME_MALFORMED()
    if request.user_data is not None and not instance.vpc:
        raise errors.USER_DATA_OF_CLASSIC()
    post_paid = instance.charge_type == POST_PAID
    if request.recyclable is not None:
        raise (errors.RECYCLE_POST_PAID if post_paid else errors.RECYCLE_BIN)()
    if request.deletion_protection and not (post_paid and instance.spot_strategy == NO_SPOT):
        raise errors.PROTECTED_AND_NOT_POST_PAID()


def _check_machine(ctx: Context, machine: InstanceType, request: ModifyInstanceAttribute) -> None:
    """Refuse what the instance type doesn't have."""
    if request.credit_specification and not machine.baseline_credit:
        raise errors.CREDIT_OF_TYPE()
    queues = request.network_interface_queue_number
    if queues is not None and queues > machine.eni_queue_number:
        raise errors.QUEUES_TOO_MANY(f"{machine.id} has {machine.eni_queue_number} queues.")
    if request.enable_jumbo_frame and machine.is_basic:
        raise errors.JUMBO_OF_TYPE()
    if request.enable_network_encryption:
        ctx.check_standing({Condition.NOT_LISTED: errors.MODIFY_ENCRYPTION_OF_USER})
        if machine.is_basic:
            raise errors.ENCRYPTED_NETWORK_OF_TYPE()
        raise errors.UNSUPPORTED_PARAMETER("EnableNetworkEncryption")
    if request.cpu_options:
        with reworded({errors.CPU_CORE_OF_TYPE: errors.CPU_CORE}):
            check_cpu(request.cpu_options, machine)


def _check_groups(ctx: Context, instance: Instance, groups: Sequence[SecurityGroup]) -> None:
    """Check that the instance can be in these groups, and in no other."""
    if not instance.vpc:
        raise errors.SECURITY_GROUPS_OF_CLASSIC()
    if not all(group.vpc for group in groups):
        raise errors.SECURITY_GROUPS_CLASSIC()
    if any(group.vpc != instance.vpc for group in groups):
        raise errors.SECURITY_GROUPS_OF_VPCS()
    if len({group.kind for group in groups}) > 1:
        raise errors.SECURITY_GROUPS_OF_KINDS()
    if len(groups) > ctx.limits.security_groups_per_instance:
        raise errors.GROUPS_PER_INSTANCE("The number of security groups of an instance is exceeded.")
    for group in groups:
        members = sum(one.id != instance.id for one in members_of(ctx, group))
        if group.kind == ENTERPRISE and members >= ctx.limits.instances_per_enterprise_group:
            raise errors.MODIFY_ENTERPRISE_GROUP_MEMBERS()
        if group.kind != ENTERPRISE and members >= ctx.limits.instances_per_security_group:
            raise errors.MODIFY_GROUP_MEMBERS()
    if sum(len(group.rules) for group in groups) > ctx.limits.rules_per_interface:
        raise errors.RULES_PER_INTERFACE("The number of rules per network interface is exceeded.")
