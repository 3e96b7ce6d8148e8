"""What is shown of an instance."""

import msgspec

from localyun import catalogue
from localyun.model import Eip, Instance
from localyun.model.payment import NO_SPOT
from localyun.operations.common import Tags, tags_view
from localyun.operations.context import Context
from localyun.spec.declare import UNSET, Unset, View
from localyun.wire import times

NEVER = "2099-12-31T15:59Z"
"""When an instance expires that is paid for as it is used."""


class Addresses(View):
    """Addresses of one kind."""

    ip_address: list[str]


class EipAddress(View):
    """The elastic address; empty texts if there is none."""

    allocation_id: str = ""
    ip_address: str = ""
    internet_charge_type: str = ""
    bandwidth: int | Unset = UNSET
    is_support_unassociate: bool | Unset = UNSET


class VpcAttributes(View):
    """Where in which VPC the instance is; empty texts for the classic network."""

    private_ip_address: Addresses
    vpc_id: str
    vswitch_id: str
    nat_ip_address: str = ""


class PrivateIpSet(View):
    """A private address of a network interface."""

    private_ip_address: str
    primary: bool
    private_dns_name: str | Unset = UNSET


class PrivateIpSets(View):
    """The private addresses of a network interface."""

    private_ip_set: list[PrivateIpSet]


class Ipv6Set(View):
    """An IPv6 address."""

    ipv6_address: str
    primary: bool


class Ipv6Sets(View):
    """IPv6 addresses."""

    ipv6_set: list[Ipv6Set] = msgspec.field(default_factory=list)


class Ipv6PrefixSet(View):
    """An IPv6 prefix."""

    ipv6_prefix: str


class Ipv6PrefixSets(View):
    """IPv6 prefixes."""

    ipv6_prefix_set: list[Ipv6PrefixSet] = msgspec.field(default_factory=list)


class Ipv4PrefixSet(View):
    """An IPv4 prefix."""

    ipv4_prefix: str


class Ipv4PrefixSets(View):
    """IPv4 prefixes."""

    ipv4_prefix_set: list[Ipv4PrefixSet] = msgspec.field(default_factory=list)


class NetworkInterface(View):
    """A network interface of the instance."""

    network_interface_id: str
    primary_ip_address: str
    mac_address: str
    private_ip_sets: PrivateIpSets
    type: str = "Primary"
    ipv6_sets: Ipv6Sets = msgspec.field(default_factory=Ipv6Sets)
    ipv6_prefix_sets: Ipv6PrefixSets = msgspec.field(default_factory=Ipv6PrefixSets)
    ipv4_prefix_sets: Ipv4PrefixSets = msgspec.field(default_factory=Ipv4PrefixSets)


class NetworkInterfaces(View):
    """The network interfaces; none in the classic network."""

    network_interface: list[NetworkInterface]


class SecurityGroupIds(View):
    """The security groups that the instance is in."""

    security_group_id: list[str]


class LockReason(View):
    """Why the instance is locked."""

    lock_reason: str
    lock_msg: str


class OperationLocks(View):
    """Why the instance is locked; nothing ever locks one here."""

    lock_reason: list[LockReason] = msgspec.field(default_factory=list)


class MetadataOptions(View):
    """How the metadata service is reached from inside."""

    http_endpoint: str
    http_tokens: str
    http_put_response_hop_limit: int
    instance_metadata_tags: str | Unset = UNSET


class HibernationOptions(View):
    """Whether the instance can hibernate."""

    configured: bool = False


class DedicatedHostAttribute(View):
    """The dedicated host; there is none."""

    dedicated_host_id: str = ""
    dedicated_host_name: str = ""
    dedicated_host_cluster_id: str = ""


class DedicatedInstanceAttribute(View):
    """How the instance is bound to a dedicated host; it isn't."""

    tenancy: str = ""
    affinity: str = ""


class EcsCapacityReservationAttr(View):
    """The reserved capacity that is used; there is none."""

    capacity_reservation_id: str = ""
    capacity_reservation_preference: str = ""


class ImageOptions(View):
    """What the image can do."""

    login_as_non_root: bool | Unset = UNSET
    current_os_nvme_supported: bool | Unset = msgspec.field(name="CurrentOSNVMeSupported", default=UNSET)


class AdditionalInfo(View):
    """Where the instance runs."""

    enable_high_density_mode: bool | Unset = UNSET
    managed_host_id: str | Unset = UNSET
    node_serial_number: str | Unset = UNSET


class CpuOptions(View):
    """The processor's cores and threads."""

    core_count: int | Unset = UNSET
    threads_per_core: int | Unset = UNSET
    numa: str | Unset = UNSET
    topology_type: str | Unset = UNSET
    turbo_mode: str | Unset = UNSET
    enable_visst: bool | Unset = msgspec.field(name="EnableVISST", default=UNSET)
    enable_vrdt: bool | Unset = msgspec.field(name="EnableVRDT", default=UNSET)
    nested_virtualization: str | Unset = UNSET


class PrivateDnsNameOptions(View):
    """Names that are resolved inside the VPC."""

    hostname_type: str | Unset = UNSET
    enable_instance_id_dns_a_record: bool | Unset = UNSET
    enable_instance_id_dns_aaaa_record: bool | Unset = UNSET
    enable_ip_dns_a_record: bool | Unset = UNSET
    enable_ip_dns_ptr_record: bool | Unset = UNSET


class ClockOptions(View):
    """The precise clock."""

    ptp_status: str | Unset = UNSET


class SecurityOptions(View):
    """Trusted computing."""

    enable_secure_boot: bool | Unset = UNSET


class InstanceView(View):
    """An instance."""

    instance_id: str
    instance_name: str
    description: str
    region_id: str
    zone_id: str
    resource_group_id: str
    status: str
    stopped_mode: str
    creation_time: str
    start_time: str
    image_id: str
    instance_type: str
    instance_type_family: str
    cpu: int
    memory: int
    gpu_amount: int
    gpu_spec: str
    os_type: str
    os_name: str
    os_name_en: str
    host_name: str
    serial_number: str
    key_pair_name: str
    instance_network_type: str
    vpc_attributes: VpcAttributes
    inner_ip_address: Addresses
    public_ip_address: Addresses
    rdma_ip_address: Addresses
    network_interfaces: NetworkInterfaces
    security_group_ids: SecurityGroupIds
    internet_charge_type: str
    internet_max_bandwidth_in: int
    internet_max_bandwidth_out: int
    deletion_protection: bool
    metadata_options: MetadataOptions
    tags: Tags
    eip_address: EipAddress = msgspec.field(default_factory=EipAddress)
    operation_locks: OperationLocks = msgspec.field(default_factory=OperationLocks)
    hibernation_options: HibernationOptions = msgspec.field(default_factory=HibernationOptions)
    dedicated_host_attribute: DedicatedHostAttribute = msgspec.field(default_factory=DedicatedHostAttribute)
    dedicated_instance_attribute: DedicatedInstanceAttribute = msgspec.field(
        default_factory=DedicatedInstanceAttribute
    )
    ecs_capacity_reservation_attr: EcsCapacityReservationAttr = msgspec.field(
        default_factory=EcsCapacityReservationAttr
    )
    device_available: bool = True
    io_optimized: bool = True
    recyclable: bool = False
    instance_charge_type: str = "PostPaid"
    expired_time: str = NEVER
    auto_release_time: str = ""
    sale_cycle: str = ""
    spot_strategy: str = "NoSpot"
    spot_price_limit: float = 0.0
    credit_specification: str = ""
    cluster_id: str = ""
    hpc_cluster_id: str = ""
    deployment_set_id: str = ""
    vlan_id: str = ""
    deployment_set_group_no: int | Unset = UNSET
    spot_duration: int | Unset = UNSET
    spot_interruption_behavior: str | Unset = UNSET
    local_storage_amount: int | Unset = UNSET
    local_storage_capacity: int | Unset = UNSET
    isp: str | Unset = msgspec.field(name="ISP", default=UNSET)
    enable_nvs: bool | Unset = msgspec.field(name="EnableNVS", default=UNSET)
    image_options: ImageOptions | Unset = UNSET
    additional_info: AdditionalInfo | Unset = UNSET
    cpu_options: CpuOptions | Unset = UNSET
    private_dns_name_options: PrivateDnsNameOptions | Unset = UNSET
    clock_options: ClockOptions | Unset = UNSET
    security_options: SecurityOptions | Unset = UNSET


def instance_view(ctx: Context, instance: Instance) -> InstanceView:
    """Show an instance as it is now."""
    machine = catalogue.instance_type(instance.instance_type)
    in_vpc = bool(instance.vpc)
    is_spot = instance.spot_strategy != NO_SPOT
    addresses = [instance.private_ip]
    return InstanceView(
        instance_id=instance.id,
        instance_name=instance.name,
        description=instance.description,
        region_id=instance.region,
        zone_id=instance.zone,
        resource_group_id=instance.resource_group,
        status=instance.phase.at(ctx.now),
        stopped_mode=instance.stopped_mode,
        creation_time=times.minutes(instance.created_at),
        start_time="" if instance.started_at is None else times.minutes(instance.started_at),
        image_id=instance.image,
        instance_type=instance.instance_type,
        instance_type_family=machine.family if machine else "",
        cpu=machine.cpu_core_count if machine else 0,
        memory=round(machine.memory_size * 1024) if machine else 0,
        gpu_amount=machine.gpu_amount if machine else 0,
        gpu_spec=machine.gpu_spec if machine else "",
        os_type=instance.os_type,
        os_name=instance.os_name,
        os_name_en=instance.os_name_en,
        host_name=instance.host_name,
        serial_number=instance.serial_number,
        key_pair_name=instance.key_pair,
        instance_network_type="vpc" if in_vpc else "classic",
        vpc_attributes=VpcAttributes(
            private_ip_address=Addresses(ip_address=addresses if in_vpc else []),
            vpc_id=instance.vpc,
            vswitch_id=instance.vswitch,
        ),
        inner_ip_address=Addresses(ip_address=[] if in_vpc else addresses),
        public_ip_address=Addresses(ip_address=[instance.public_ip] if instance.public_ip else []),
        rdma_ip_address=Addresses(ip_address=[]),
        network_interfaces=NetworkInterfaces(network_interface=[_interface(instance)] if in_vpc else []),
        security_group_ids=SecurityGroupIds(security_group_id=list(instance.security_groups)),
        eip_address=eip_view(ctx, instance),
        internet_charge_type=instance.internet_charge_type,
        internet_max_bandwidth_in=instance.internet_max_bandwidth_in,
        internet_max_bandwidth_out=instance.internet_max_bandwidth_out,
        deletion_protection=instance.deletion_protection,
        metadata_options=MetadataOptions(
            http_endpoint=instance.http_endpoint,
            http_tokens=instance.http_tokens,
            http_put_response_hop_limit=instance.http_put_response_hop_limit,
        ),
        tags=tags_view(instance.tags),
        hibernation_options=HibernationOptions(configured=instance.hibernates),
        instance_charge_type=instance.charge_type,
        expired_time=NEVER if instance.expires_at is None else times.minutes(instance.expires_at),
        auto_release_time="" if instance.release_at is None else times.minutes(instance.release_at),
        spot_strategy=instance.spot_strategy,
        spot_price_limit=instance.spot_price_limit,
        spot_duration=instance.spot_duration if is_spot else UNSET,
        spot_interruption_behavior=instance.spot_interruption_behavior if is_spot else UNSET,
        credit_specification=instance.credit_specification,
    )


def eip_view(ctx: Context, instance: Instance) -> EipAddress:
    """Show the elastic address that is on an instance, if one is."""
    for eip in ctx.tx.find(Eip, instance=instance.id):
        return EipAddress(
            allocation_id=eip.id,
            ip_address=eip.ip_address,
            internet_charge_type=eip.internet_charge_type,
            bandwidth=eip.bandwidth,
            is_support_unassociate=True,
        )
    return EipAddress()


def _interface(instance: Instance) -> NetworkInterface:
    address = PrivateIpSet(private_ip_address=instance.private_ip, primary=True)
    return NetworkInterface(
        network_interface_id=instance.network_interface,
        primary_ip_address=instance.private_ip,
        mac_address=instance.mac_address,
        private_ip_sets=PrivateIpSets(private_ip_set=[address]),
    )
