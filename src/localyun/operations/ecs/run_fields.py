"""What RunInstances takes beyond what CreateInstance takes, group by group."""

from typing import Annotated, Literal

import msgspec

from localyun.operations.ecs.launch_fields import NONE_HERE, DataDisk, EncryptAlgorithm, KeyId, SystemDisk
from localyun.spec import errors
from localyun.spec.declare import Accepted, Group, NotEmulated, param
from localyun.spec.support import Support

OF_SOME_TYPES = Support.PARTIAL
"""How far features are emulated that basic types lack: those refuse as the provider does, others by name."""

Encrypted = Annotated[str | None, param("`true` or `false`; by default as what it is made of.")]
ProvisionedIops = Annotated[
    int | None, param("Of a cloud_auto disk, beside its baseline; checked, kept and shown.")
]
BurstingEnabled = Annotated[
    bool | None, param("Whether a cloud_auto disk may burst; checked, kept and shown.")
]
AutoSnapshotPolicyId = Annotated[
    str | None, param("An automatic snapshot policy: there are none.", support=NONE_HERE)
]


class RunSystemDisk(SystemDisk):
    """The disk that the instance starts from."""

    size: Annotated[
        str | None, param("GiB, the image's size at least; by default 40 or the image's size. 0 is absent.")
    ] = None
    auto_snapshot_policy_id: AutoSnapshotPolicyId = None
    provisioned_iops: ProvisionedIops = msgspec.field(name="ProvisionedIops", default=None)
    bursting_enabled: BurstingEnabled = None
    encrypted: Encrypted = None
    kms_key_id: KeyId = None
    encrypt_algorithm: EncryptAlgorithm = None


class RunDataDisk(DataDisk):
    """A further disk."""

    auto_snapshot_policy_id: AutoSnapshotPolicyId = None
    provisioned_iops: ProvisionedIops = msgspec.field(name="ProvisionedIops", default=None)
    bursting_enabled: BurstingEnabled = None
    encrypted: Encrypted = None


class ProcessorOptions(Group):
    """How many processor cores and threads are seen."""

    core: Annotated[
        int | None,
        param("Cores, those of the type at most; checked.", support=OF_SOME_TYPES, malformed=errors.CPU_CORE),
    ] = None
    threads_per_core: Annotated[
        int | None, param("1 or 2; checked.", support=OF_SOME_TYPES, malformed=errors.CPU_THREADS)
    ] = None
    topology_type: Annotated[
        Literal["ContinuousCoreToHTMapping", "DiscreteCoreToHTMapping"] | None,
        param("How threads are laid out.", support=OF_SOME_TYPES, malformed=errors.CPU_TOPOLOGY),
    ] = None
    turbo_mode: Annotated[
        Literal["SINGLE CORE MAX", "ALL CORE MAX"] | None,
        param("Which cores may run faster.", support=OF_SOME_TYPES, malformed=errors.CPU_TURBO),
    ] = None
    enable_visst: Annotated[bool, param("Whether it has VISST.", support=OF_SOME_TYPES)] = msgspec.field(
        name="EnableVISST", default=False
    )
    enable_vrdt: Annotated[bool, param("Whether it has VRDT.", support=OF_SOME_TYPES)] = msgspec.field(
        name="EnableVRDT", default=False
    )
    nested_virtualization: NotEmulated[str] = None


class CpuOptions(ProcessorOptions):
    """How many processor cores and threads are seen, and on how many nodes."""

    numa: Annotated[
        Literal["1", "2", "4"] | None,
        param("Nodes, of bare metal types.", support=OF_SOME_TYPES, malformed=errors.CPU_NUMA),
    ] = None


class SecurityOptions(Group):
    """Trusted and confidential computing."""

    trusted_system_mode: Annotated[
        Literal["vTPM"] | None,
        param("A trusted system.", support=OF_SOME_TYPES, malformed=errors.TRUSTED_MODE),
    ] = None
    confidential_computing_mode: Annotated[
        Literal["Enclave", "TDX"] | None,
        param("A confidential one.", support=OF_SOME_TYPES, malformed=errors.CONFIDENTIAL_MODE),
    ] = None
    enable_secure_boot: NotEmulated[bool] = False


class SchedulerOptions(Group):
    """Dedicated hosts to choose among: there are none."""

    dedicated_host_cluster_id: Annotated[
        str | None, param("A cluster of dedicated hosts.", support=NONE_HERE)
    ] = None


class NetworkInterface(Group):
    """A network interface of the instance; only the primary one is emulated."""

    vswitch_id: Annotated[str | None, param("Of the primary one, instead of VSwitchId.")] = None
    network_interface_name: Annotated[
        str | None, param("2 to 128 characters; checked.", support=Support.PARTIAL)
    ] = None
    description: Annotated[str | None, param("2 to 256 characters; checked.", support=Support.PARTIAL)] = None
    security_group_id: Annotated[str | None, param("Of the primary one, instead of SecurityGroupId.")] = None
    primary_ip_address: Annotated[str | None, param("Of the primary one, instead of PrivateIpAddress.")] = (
        None
    )
    queue_number: Annotated[
        int | None,
        param("Those of the type at most; checked.", support=Support.PARTIAL),
    ] = None
    security_group_ids: Annotated[
        tuple[str, ...], param("Of the primary one, instead of SecurityGroupIds.")
    ] = ()
    network_interface_traffic_mode: Annotated[
        Literal["Standard", "HighPerformance"],
        param("No type here has HighPerformance.", malformed=errors.INTERFACE_TRAFFIC_MODE),
    ] = "Standard"
    queue_pair_number: Annotated[
        int | None,
        param("Of HighPerformance.", support=Support.PARTIAL, malformed=errors.INTERFACE_QUEUE_PAIRS_INVALID),
    ] = None
    instance_type: Annotated[
        Literal["Primary", "Secondary"],
        param("Secondary is refused by name.", support=Support.PARTIAL, malformed=errors.INTERFACE_TYPE),
    ] = "Secondary"
    ipv6_address_count: Annotated[int | None, param("No vSwitch here has IPv6.", support=Support.PARTIAL)] = (
        None
    )
    ipv6_address: Annotated[tuple[str, ...], param("No vSwitch here has IPv6.", support=Support.PARTIAL)] = ()
    network_card_index: Annotated[
        int | None,
        param(
            "0: another is for invited accounts.",
            support=Support.PARTIAL,
            malformed=errors.INTERFACE_CARD_INVALID,
        ),
    ] = None
    delete_on_release: NotEmulated[bool] = True
    network_interface_id: Annotated[
        str | None, param("One that there is: there are none that aren't attached.", support=NONE_HERE)
    ] = None
    rx_queue_size: Annotated[
        int | None, param("For invited accounts, and none here is.", support=Support.PARTIAL)
    ] = None
    tx_queue_size: Annotated[
        int | None, param("For invited accounts, and none here is.", support=Support.PARTIAL)
    ] = None
    source_dest_check: NotEmulated[bool] = False
    secondary_private_ip_address_count: Annotated[
        int | None,
        param(
            "Further private addresses; refused by name.",
            support=Support.PARTIAL,
            malformed=errors.INTERFACE_IPV4_COUNT,
        ),
    ] = None


class ImageOptions(Group):
    """How to log in."""

    login_as_non_root: Annotated[
        bool, param("As another user than root: no image here has one.", support=OF_SOME_TYPES)
    ] = False


class NetworkOptions(Group):
    """What the network can do beyond the usual."""

    enable_jumbo_frame: Accepted[bool] = True
    enable_network_encryption: Annotated[
        bool, param("Whether traffic in a VPC is encrypted.", support=OF_SOME_TYPES)
    ] = False
    bandwidth_weighting: Annotated[
        Literal["Default", "Vpc-L1", "Vpc-L2", "Ebs-L1", "Ebs-L2"] | None,
        param("More for the network or for disks.", support=OF_SOME_TYPES, malformed=errors.WEIGHTING),
    ] = None


class PrivateDnsNameOptions(Group):
    """Names that are resolved inside the VPC."""

    enable_instance_id_dns_a_record: NotEmulated[bool] = False
    enable_instance_id_dns_aaaa_record: NotEmulated[bool] = False
    enable_ip_dns_a_record: NotEmulated[bool] = False
    enable_ip_dns_ptr_record: NotEmulated[bool] = False
    hostname_type: NotEmulated[str] = "Custom"


class ClockOptions(Group):
    """The precise clock."""

    ptp_status: Annotated[
        Literal["enabled", "disabled"] | None,
        param("Whether there is one.", support=OF_SOME_TYPES, malformed=errors.PTP_STATUS),
    ] = None
