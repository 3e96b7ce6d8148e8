"""What is kept of one instance: changed, and shown."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec.structs import replace

from localyun import catalogue
from localyun.model import Instance, SecurityGroup
from localyun.model.instances import STARTING, STOPPED
from localyun.model.launching import check_password, check_user_data, is_host_name, is_instance_name
from localyun.operations.common import is_description
from localyun.operations.context import Context
from localyun.operations.ecs.instance_views import NEVER, Addresses, SecurityGroupIds, eip_view
from localyun.operations.ecs.instances import InstanceId
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import (
    UNSET,
    Answer,
    Empty,
    Group,
    NotEmulated,
    Request,
    Unset,
    View,
    param,
)
from localyun.spec.support import Support
from localyun.wire import times


class RemoteConnectionOptions(Group):
    """How the instance is connected to in a browser."""

    password: NotEmulated[str] = None
    type: NotEmulated[str] = None


class CpuOptions(Group):
    """The processor's cores and threads."""

    core: NotEmulated[int] = None
    threads_per_core: NotEmulated[int] = None
    topology_type: NotEmulated[str] = None
    turbo_mode: NotEmulated[str] = None
    nested_virtualization: NotEmulated[str] = None
    enable_visst: NotEmulated[bool] = msgspec.field(name="EnableVISST", default=None)
    enable_vrdt: NotEmulated[bool] = msgspec.field(name="EnableVRDT", default=None)


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
    recyclable: NotEmulated[bool] = None
    credit_specification: NotEmulated[str] = None
    deletion_protection: Annotated[bool | None, param("Whether it can't be deleted.")] = None
    network_interface_queue_number: NotEmulated[int] = None
    security_group_ids: Annotated[
        tuple[str, ...], param("One's own, of the instance's VPC; they take the place of those it is in.")
    ] = ()
    remote_connection_options: RemoteConnectionOptions | None = None
    enable_jumbo_frame: NotEmulated[bool] = None
    cpu_options: CpuOptions | None = None
    private_dns_name_options: PrivateDnsNameOptions | None = None
    enable_network_encryption: NotEmulated[bool] = None


@ECS.operation(
    errors=(
        errors.INSTANCE_NAME_MALFORMED,
        errors.INSTANCE_DESCRIPTION_MALFORMED,
        errors.PASSWORD_MALFORMED,
        errors.MODIFY_USER_DATA_MALFORMED,
        errors.USER_DATA_TOO_LARGE,
        errors.MODIFY_SECURITY_GROUP_TWICE,
        errors.INSTANCE_NOT_FOUND,
        errors.SECURITY_GROUP_NOT_FOUND,
        errors.INSTANCE_STATUS,
        errors.HOST_NAME_MALFORMED,
        errors.USER_DATA_OF_CLASSIC,
        errors.SECURITY_GROUPS_OF_CLASSIC,
        errors.SECURITY_GROUPS_CLASSIC,
        errors.SECURITY_GROUPS_OF_VPCS,
        errors.SECURITY_GROUPS_OF_KINDS,
    ),
    support=Support.PARTIAL,
    gaps="An instance can be in any number of security groups.",
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
    status = instance.phase.at(ctx.now)
    if request.password is not None and status == STARTING:
        raise errors.INSTANCE_STATUS()
    if request.user_data is not None and status != STOPPED:
        raise errors.INSTANCE_STATUS()
    if request.host_name is not None and not is_host_name(request.host_name, instance.os_type):
        raise errors.HOST_NAME_MALFORMED()
    if request.user_data is not None and not instance.vpc:
        raise errors.USER_DATA_OF_CLASSIC()
    _check_groups(instance, groups)
    changed = {
        "name": request.instance_name,
        "description": request.description,
        "host_name": request.host_name,
        "user_data": request.user_data,
        "deletion_protection": request.deletion_protection,
        "security_groups": request.security_group_ids or None,
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
    if len(set(request.security_group_ids)) < len(request.security_group_ids):
        raise errors.MODIFY_SECURITY_GROUP_TWICE()


def _check_groups(instance: Instance, groups: Sequence[SecurityGroup]) -> None:
    """Check that the instance can be in these groups, and in no other."""
    if not groups:
        return
    if not instance.vpc:
        raise errors.SECURITY_GROUPS_OF_CLASSIC()
    if not all(group.vpc for group in groups):
        raise errors.SECURITY_GROUPS_CLASSIC()
    if any(group.vpc != instance.vpc for group in groups):
        raise errors.SECURITY_GROUPS_OF_VPCS()
    if len({group.kind for group in groups}) > 1:
        raise errors.SECURITY_GROUPS_OF_KINDS()


class DescribeInstanceAttribute(Request):
    """Show one instance."""

    instance_id: InstanceId


class InVpc(View):
    """Where in which VPC the instance is; empty texts for the classic network."""

    vpc_id: str
    nat_ip_address: str
    vswitch_id: str
    private_ip_address: Addresses


class Eip(View):
    """The elastic address; empty texts if there is none."""

    internet_charge_type: str = ""
    ip_address: str = ""
    bandwidth: int | Unset = UNSET
    allocation_id: str = ""


class Host(View):
    """The dedicated host; there is none."""

    dedicated_host_name: str = ""
    dedicated_host_id: str = ""


class Lock(View):
    """Why the instance is locked."""

    lock_reason: str


class Locks(View):
    """Why the instance is locked; nothing ever locks one here."""

    lock_reason: list[Lock] = msgspec.field(default_factory=list)


class NetworkOptions(View):
    """What the network interface can do."""

    enable_jumbo_frame: bool | Unset = UNSET
    enable_network_encryption: bool | Unset = UNSET
    bandwidth_weighting: str | Unset = UNSET


class Security(View):
    """Trusted computing."""

    enable_secure_boot: bool | Unset = UNSET


class InstanceAttributes(Answer, kw_only=True):
    """The instance."""

    status: str
    serial_number: str
    creation_time: str
    description: str
    instance_name: str
    instance_network_type: str
    memory: int
    image_id: str
    cluster_id: str = ""
    vlan_id: str = ""
    stopped_mode: str
    host_name: str
    instance_id: str
    instance_type: str
    internet_max_bandwidth_in: int
    internet_max_bandwidth_out: int
    region_id: str
    instance_charge_type: str = "PostPaid"
    io_optimized: str = "optimized"
    cpu: int
    expired_time: str = NEVER
    zone_id: str
    internet_charge_type: str
    credit_specification: str = ""
    security_group_ids: SecurityGroupIds
    public_ip_address: Addresses
    inner_ip_address: Addresses
    vpc_attributes: InVpc
    eip_address: Eip = msgspec.field(default_factory=Eip)
    dedicated_host_attribute: Host = msgspec.field(default_factory=Host)
    operation_locks: Locks = msgspec.field(default_factory=Locks)
    enable_jumbo_frame: bool | Unset = UNSET
    enable_network_encryption: bool | Unset = UNSET
    network_options: NetworkOptions | Unset = UNSET
    security_options: Security | Unset = UNSET


@ECS.operation(errors=(errors.INSTANCE_NOT_FOUND,), changes=False)
def describe_instance_attribute(ctx: Context, request: DescribeInstanceAttribute) -> InstanceAttributes:
    """The same as DescribeInstances, of one. Source: DescribeInstanceAttribute (2025)."""
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    machine = catalogue.instance_type(instance.instance_type)
    inside = [instance.private_ip]
    elastic = eip_view(ctx, instance)
    return InstanceAttributes(
        status=instance.phase.at(ctx.now),
        serial_number=instance.serial_number,
        creation_time=times.minutes(instance.created_at),
        description=instance.description,
        instance_name=instance.name,
        instance_network_type="vpc" if instance.vpc else "classic",
        memory=round(machine.memory_size * 1024) if machine else 0,
        image_id=instance.image,
        stopped_mode=instance.stopped_mode,
        host_name=instance.host_name,
        instance_id=instance.id,
        instance_type=instance.instance_type,
        internet_max_bandwidth_in=instance.internet_max_bandwidth_in,
        internet_max_bandwidth_out=instance.internet_max_bandwidth_out,
        region_id=instance.region,
        cpu=machine.cpu_core_count if machine else 0,
        zone_id=instance.zone,
        internet_charge_type=instance.internet_charge_type,
        instance_charge_type=instance.charge_type,
        expired_time=NEVER if instance.expires_at is None else times.minutes(instance.expires_at),
        credit_specification=instance.credit_specification,
        security_group_ids=SecurityGroupIds(security_group_id=list(instance.security_groups)),
        public_ip_address=Addresses(ip_address=[instance.public_ip] if instance.public_ip else []),
        inner_ip_address=Addresses(ip_address=[] if instance.vpc else inside),
        vpc_attributes=InVpc(
            vpc_id=instance.vpc,
            nat_ip_address="",
            vswitch_id=instance.vswitch,
            private_ip_address=Addresses(ip_address=inside if instance.vpc else []),
        ),
        eip_address=Eip(
            internet_charge_type=elastic.internet_charge_type,
            ip_address=elastic.ip_address,
            bandwidth=elastic.bandwidth,
            allocation_id=elastic.allocation_id,
        ),
    )
