"""What is kept of one instance."""

import msgspec

from localyun import catalogue
from localyun.model import Instance
from localyun.operations.context import Context
from localyun.operations.ecs.instance_views import NEVER, Addresses, SecurityGroupIds, eip_view
from localyun.operations.ecs.instances import InstanceId
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import (
    UNSET,
    Answer,
    Request,
    Unset,
    View,
)
from localyun.wire import times


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
        enable_jumbo_frame=UNSET if instance.jumbo_frame is None else instance.jumbo_frame,
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
