"""RunInstances: one or several instances, started."""

from typing import Annotated

import msgspec

from localyun.model.launching import numbered_names
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import LAUNCH, PlaceRows
from localyun.operations.ecs.launch_disks import DiskRows
from localyun.operations.ecs.launch_fields import (
    PASS_ROLE,
    DataDisk,
    EncryptAlgorithm,
    KeyId,
    Launch,
    SystemDisk,
)
from localyun.operations.ecs.launching import Rows, launch, refusals
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Group, NotEmulated, Unset, View, param
from localyun.spec.support import Support

MOST_INSTANCES = 100

ROWS = Rows(
    no_image=errors.NO_IMAGE_ID,
    image_not_valid=errors.RUN_IMAGE_NOT_VALID,
    wrong_image=errors.INSTANCE_TYPE_OF_ARCHITECTURE,
    security_group_not_found=errors.RUN_SECURITY_GROUP_NOT_FOUND,
    private_ip_malformed=errors.RUN_PRIVATE_IP_MALFORMED,
    private_ip_taken=errors.RUN_PRIVATE_IP_TAKEN,
    user_data_malformed=errors.RUN_USER_DATA_MALFORMED,
    bandwidth_in=errors.RUN_BANDWIDTH_IN,
    bandwidth_out=errors.RUN_BANDWIDTH_OUT,
    tags=errors.RUN_TAGS,
    disks=DiskRows(
        name_malformed=errors.RUN_DISK_NAME_MALFORMED,
        description_malformed=errors.RUN_DISK_DESCRIPTION_MALFORMED,
        system_category=errors.RUN_SYSTEM_DISK_CATEGORY,
        system_too_large=errors.RUN_SYSTEM_DISK_MORE_THAN_MAX,
        encryption=LAUNCH,
        places=PlaceRows(
            zone=errors.ZONE_WITHOUT_SNAPSHOT_ENCRYPTION,
            region=errors.REGION_WITHOUT_SNAPSHOT_ENCRYPTION,
            category=errors.CATEGORY_UNENCRYPTED,
            category_of_snapshot=errors.CATEGORY_OF_SNAPSHOT_ENCRYPTION,
        ),
        community_encrypted=errors.COMMUNITY_ENCRYPTED,
        zone_without_sharing=errors.ZONE_WITHOUT_SHARED_ENCRYPTION,
        region_without_sharing=errors.REGION_WITHOUT_SHARED_ENCRYPTION,
    ),
)

Encrypted = Annotated[str | None, param("`true` or `false`; by default as what it is made of.")]


class RunSystemDisk(SystemDisk):
    """The disk that the instance starts from."""

    size: Annotated[
        str | None, param("GiB, the image's size at least; by default 40 or the image's size. 0 is absent.")
    ] = None
    auto_snapshot_policy_id: NotEmulated[str] = None
    provisioned_iops: NotEmulated[int] = msgspec.field(name="ProvisionedIops", default=None)
    bursting_enabled: NotEmulated[bool] = None
    encrypted: Encrypted = None
    kms_key_id: KeyId = None
    encrypt_algorithm: EncryptAlgorithm = None


class RunDataDisk(DataDisk):
    """A further disk."""

    auto_snapshot_policy_id: NotEmulated[str] = None
    provisioned_iops: NotEmulated[int] = msgspec.field(name="ProvisionedIops", default=None)
    bursting_enabled: NotEmulated[bool] = None
    encrypted: Encrypted = None


class CpuOptions(Group):
    """How many processor cores and threads are seen."""

    core: NotEmulated[int] = None
    threads_per_core: NotEmulated[int] = None
    numa: NotEmulated[str] = None
    topology_type: NotEmulated[str] = None
    turbo_mode: NotEmulated[str] = None
    enable_visst: NotEmulated[bool] = msgspec.field(name="EnableVISST", default=False)
    enable_vrdt: NotEmulated[bool] = msgspec.field(name="EnableVRDT", default=False)
    nested_virtualization: NotEmulated[str] = None


class SecurityOptions(Group):
    """Trusted and confidential computing."""

    trusted_system_mode: NotEmulated[str] = None
    confidential_computing_mode: NotEmulated[str] = None
    enable_secure_boot: NotEmulated[bool] = False


class SchedulerOptions(Group):
    """Dedicated hosts to choose among."""

    dedicated_host_cluster_id: NotEmulated[str] = None


class NetworkInterface(Group):
    """A network interface to attach."""

    vswitch_id: NotEmulated[str] = None
    network_interface_name: NotEmulated[str] = None
    description: NotEmulated[str] = None
    security_group_id: NotEmulated[str] = None
    primary_ip_address: NotEmulated[str] = None
    queue_number: NotEmulated[int] = None
    security_group_ids: NotEmulated[tuple[str, ...]] = ()
    network_interface_traffic_mode: NotEmulated[str] = None
    queue_pair_number: NotEmulated[int] = None
    instance_type: NotEmulated[str] = None
    ipv6_address_count: NotEmulated[int] = None
    ipv6_address: NotEmulated[tuple[str, ...]] = ()
    network_card_index: NotEmulated[int] = None
    delete_on_release: NotEmulated[bool] = None
    network_interface_id: NotEmulated[str] = None
    rx_queue_size: NotEmulated[int] = None
    tx_queue_size: NotEmulated[int] = None
    source_dest_check: NotEmulated[bool] = None
    secondary_private_ip_address_count: NotEmulated[int] = None


class ImageOptions(Group):
    """How to log in."""

    login_as_non_root: NotEmulated[bool] = False


class NetworkOptions(Group):
    """What the network can do beyond the usual."""

    enable_jumbo_frame: Accepted[bool] = True
    enable_network_encryption: NotEmulated[bool] = False
    bandwidth_weighting: NotEmulated[str] = None


class PrivateDnsNameOptions(Group):
    """Names that are resolved inside the VPC."""

    enable_instance_id_dns_a_record: NotEmulated[bool] = False
    enable_instance_id_dns_aaaa_record: NotEmulated[bool] = False
    enable_ip_dns_a_record: NotEmulated[bool] = False
    enable_ip_dns_ptr_record: NotEmulated[bool] = False
    hostname_type: NotEmulated[str] = "Custom"


class ClockOptions(Group):
    """The precise clock."""

    ptp_status: NotEmulated[str] = None


class RunInstances(Launch):
    """Make one or several instances of an image, and start them."""

    amount: Annotated[int, param("How many, 1 to 100.", malformed=errors.AMOUNT_MALFORMED)] = 1
    min_amount: Annotated[
        int | None,
        param(
            "With how many to be content; Amount by default.",
            ge=1,
            le=MOST_INSTANCES,
            malformed=errors.MIN_AMOUNT_MALFORMED,
        ),
    ] = None
    security_group_ids: Annotated[tuple[str, ...], param("Instead of SecurityGroupId, for several.")] = ()
    unique_suffix: Annotated[bool, param("Add 001, 002 … to the names of several.")] = False
    system_disk: RunSystemDisk = msgspec.field(default_factory=RunSystemDisk)
    data_disk: tuple[RunDataDisk, ...] = ()
    auto_pay: Accepted[bool] = True
    auto_release_time: NotEmulated[str] = None
    launch_template_id: NotEmulated[str] = None
    launch_template_name: NotEmulated[str] = None
    launch_template_version: NotEmulated[int] = None
    host_names: NotEmulated[tuple[str, ...]] = ()
    ipv6_address_count: NotEmulated[int] = None
    ipv6_address: NotEmulated[tuple[str, ...]] = ()
    network_interface_queue_number: NotEmulated[int] = None
    network_interface: tuple[NetworkInterface, ...] = ()
    isp: NotEmulated[str] = None
    cpu_options: CpuOptions | None = None
    security_options: SecurityOptions | None = None
    scheduler_options: SchedulerOptions | None = None
    image_options: ImageOptions | None = None
    network_options: NetworkOptions | None = None
    private_dns_name_options: PrivateDnsNameOptions | None = None
    clock_options: ClockOptions | None = None


class InstanceIdSets(View):
    """The new instances' ids."""

    instance_id_set: list[str]


class StartedInstances(Answer):
    """The new instances, which are starting."""

    instance_id_sets: InstanceIdSets
    order_id: str | Unset = UNSET
    trade_price: float | Unset = UNSET


@ECS.operation(
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
    dependent=(PASS_ROLE,),
    errors=(
        errors.PASS_ROLE_FORBIDDEN,
        errors.AMOUNT_MALFORMED,
        errors.MIN_AMOUNT_MALFORMED,
        errors.SECURITY_GROUPS_TWO_WAYS,
        errors.SECURITY_GROUP_TWICE,
        errors.PRIVATE_IP_OF_SEVERAL,
        errors.NUMBERED_NAME_MALFORMED,
        errors.NO_INSTANCE_TYPE,
        errors.SYSTEM_DISK_SIZE_MALFORMED,
        errors.ENCRYPTED_ILLEGAL,
        *refusals(ROWS),
    ),
    support=Support.PARTIAL,
    gaps="Without VSwitchId the instance is of the classic network, where the provider makes a default VPC. "
    "There is no stock to run out of, no purchase by the month and no spot price. An image's data disks "
    "can't be changed by DataDisk.N.",
)
def run_instances(ctx: Context, request: RunInstances) -> StartedInstances:
    """All or nothing, unless MinAmount says otherwise. Source: RunInstances (2025)."""
    if not 1 <= request.amount <= MOST_INSTANCES:
        raise errors.AMOUNT_MALFORMED()
    if request.min_amount is not None and request.min_amount > request.amount:
        raise errors.MIN_AMOUNT_MALFORMED()
    if request.private_ip_address and request.amount > 1:
        raise errors.PRIVATE_IP_OF_SEVERAL("With PrivateIpAddress, the value of Amount must be 1.")
    if request.instance_type is None:
        raise errors.NO_INSTANCE_TYPE()
    instances = launch(
        ctx,
        request,
        ROWS,
        security_groups=_security_groups(request),
        amount=request.amount,
        at_least=request.min_amount or request.amount,
        numbered=lambda name: numbered_names(name, request.amount, unique_suffix=request.unique_suffix),
        start=True,
    )
    return StartedInstances(
        instance_id_sets=InstanceIdSets(instance_id_set=[instance.id for instance in instances])
    )


def _security_groups(request: RunInstances) -> tuple[str, ...]:
    """The ids of the security groups, given in one of the two ways."""
    single, several = request.security_group_id, request.security_group_ids
    if single and several:
        raise errors.SECURITY_GROUPS_TWO_WAYS(
            "SecurityGroupId and SecurityGroupIds cannot be specified at the same time."
        )
    if len(set(several)) < len(several):
        raise errors.SECURITY_GROUP_TWICE("The specified parameter SecurityGroupIds contains a duplicate.")
    return (single,) if single else several
