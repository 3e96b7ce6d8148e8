"""What RunInstances and CreateInstance are both given: the new instance, its disks, its network."""

from typing import Annotated, Literal

import msgspec

from localyun.model.encryption import Wish
from localyun.operations.common import DryRun, PlainTagItem, RegionId, ResourceGroupId
from localyun.spec import errors
from localyun.spec.declare import Accepted, Dependent, Group, NotEmulated, Request, param

PASS_ROLE = Dependent(
    "ram:PassRole", "ram_role_name", "acs:ram::{account}:role/{name}", errors.PASS_ROLE_FORBIDDEN
)
"""Whoever gives a role to an instance hands its rights on."""

KeyId = Annotated[
    str | None,
    param("The key to encrypt with, by id or alias; ECS's own by default. Needs Encrypted."),
]
EncryptAlgorithm = Annotated[
    str | None, param("aes-256 or sm4-128; aes-256 or its source's by default. Needs Encrypted.")
]


class NewDisk(Group):
    """A disk that is made with its instance. Size and encryption are added, in types that differ, by each."""

    category: Annotated[str | None, param("A category of disk; cloud_efficiency by default.")] = None
    disk_name: Annotated[str | None, param("2 to 128 characters, a letter first.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    performance_level: Annotated[str | None, param("PL0 to PL3, of a cloud_essd disk; PL1 by default.")] = (
        None
    )
    storage_cluster_id: NotEmulated[str] = None

    @property
    def gib(self) -> int | None:
        """The size that was asked for.

        Raises `InvalidSystemDiskSize.ValueNotSupported` if it isn't a number.
        """
        asked = getattr(self, "size", None)
        try:
            return None if asked is None else int(asked)
        except ValueError:
            raise errors.SYSTEM_DISK_SIZE_MALFORMED(
                "The specified parameter SystemDisk.Size is invalid."
            ) from None

    @property
    def encryption(self) -> bool | None:
        """Whether encryption was asked for, or declined; None if nothing was said.

        Raises `InvalidParameter.EncryptedIllegal` for a text that is neither `true` nor `false`.
        """
        asked = getattr(self, "encrypted", None)
        if asked is None or isinstance(asked, bool):
            return asked
        if asked.lower() not in ("true", "false"):
            raise errors.ENCRYPTED_ILLEGAL("The specified parameter Encrypted is not valid.")
        return bool(asked.lower() == "true")

    @property
    def wish(self) -> Wish:
        """What is said of its encryption. Raises what `encryption` does."""
        return Wish(
            self.encryption, getattr(self, "kms_key_id", None), getattr(self, "encrypt_algorithm", None)
        )


class SystemDisk(NewDisk):
    """The disk that the instance starts from, made of the image."""


class DataDisk(NewDisk):
    """A further disk, empty or made of a snapshot."""

    size: Annotated[int | None, param("GiB; its snapshot's by default.")] = None
    snapshot_id: Annotated[str | None, param("One's own snapshot of a data disk.")] = None
    device: Annotated[str | None, param("`/dev/xvdb` to `/dev/xvdz`; the next free one by default.")] = None
    delete_with_instance: Annotated[bool, param("Whether it goes when its instance goes.")] = True
    kms_key_id: KeyId = None
    encrypt_algorithm: EncryptAlgorithm = None


class HibernationOptions(Group):
    """Whether the instance can hibernate."""

    configured: NotEmulated[bool] = False


class PrivatePoolOptions(Group):
    """Reserved capacity to draw on."""

    match_criteria: NotEmulated[str] = "None"
    id: NotEmulated[str] = None


class Arn(Group):
    """A role to assume for another account."""

    role_type: NotEmulated[str] = None
    rolearn: NotEmulated[str] = None
    assume_role_for: NotEmulated[int] = None


class Launch(Request):
    """Make instances of an image."""

    region_id: RegionId
    image_id: Annotated[str | None, param("The image; one's own, shared with one, or the provider's.")] = None
    image_family: Annotated[
        str | None, param("A family of one's own images or of the provider's: its newest available one.")
    ] = None
    instance_type: Annotated[str | None, param("As DescribeInstanceTypes lists it.")] = None
    security_group_id: Annotated[str | None, param("One's own, in the vSwitch's VPC.")] = None
    vswitch_id: Annotated[
        str | None, param("One's own; without it the instance is of the classic network.")
    ] = None
    instance_name: Annotated[str | None, param("2 to 128 characters; the instance's id by default.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    internet_charge_type: Annotated[
        Literal["PayByTraffic", "PayByBandwidth"],
        param("Kept and shown.", malformed=errors.INTERNET_CHARGE_TYPE),
    ] = "PayByTraffic"
    internet_max_bandwidth_in: Annotated[
        int | None, param("Mbit/s from the internet, 1 to 200; kept and shown.")
    ] = None
    internet_max_bandwidth_out: Annotated[int, param("Mbit/s to the internet, up to 100.")] = 0
    host_name: Annotated[str | None, param("The name inside; made of the instance's id by default.")] = None
    password: Annotated[str | None, param("8 to 30 characters of three kinds; checked, never kept.")] = None
    password_inherit: Annotated[bool, param("Keep the image's password; excludes Password.")] = False
    zone_id: Annotated[str | None, param("The vSwitch's zone, else the region's first, by default.")] = None
    system_disk: SystemDisk = msgspec.field(default_factory=SystemDisk)
    data_disk: tuple[DataDisk, ...] = ()
    private_ip_address: Annotated[str | None, param("A free one of the vSwitch's; by default the next.")] = (
        None
    )
    io_optimized: Accepted[str] = None
    user_data: Annotated[str | None, param("For the first start, in Base64; up to 32 KiB; kept.")] = None
    key_pair_name: Annotated[str | None, param("Kept and shown; not for Windows.")] = None
    ram_role_name: Annotated[
        str | None, param("A role; a user needs ram:PassRole on it. Kept and shown.")
    ] = None
    instance_charge_type: NotEmulated[str] = "PostPaid"
    period: Accepted[int] = None
    period_unit: Accepted[str] = "Month"
    auto_renew: Accepted[bool] = None
    auto_renew_period: Accepted[int] = None
    spot_strategy: NotEmulated[str] = "NoSpot"
    spot_duration: Accepted[int] = 1
    spot_price_limit: Accepted[float] = None
    spot_interruption_behavior: Accepted[str] = "Terminate"
    security_enhancement_strategy: Accepted[str] = None
    client_token: Annotated[
        str | None,
        param(
            "Makes a repeated call have the answer of the first; up to 64 ASCII characters.",
            max_length=64,
            malformed=errors.LAUNCH_TOKEN_MALFORMED,
        ),
    ] = None
    dry_run: DryRun = False
    resource_group_id: ResourceGroupId = None
    tag: Annotated[tuple[PlainTagItem, ...], param("Up to 20.")] = ()
    deletion_protection: Annotated[bool | None, param("Whether DeleteInstance is refused.")] = None
    credit_specification: Accepted[str] = None
    hpc_cluster_id: NotEmulated[str] = None
    dedicated_host_id: NotEmulated[str] = None
    managed_host_id: NotEmulated[str] = None
    deployment_set_id: NotEmulated[str] = None
    deployment_set_group_no: NotEmulated[int] = None
    hibernation_options: HibernationOptions | None = None
    affinity: NotEmulated[str] = "default"
    tenancy: NotEmulated[str] = "default"
    storage_set_id: NotEmulated[str] = None
    storage_set_partition_number: NotEmulated[int] = None
    http_endpoint: Annotated[
        Literal["enabled", "disabled"], param("Kept and shown.", malformed=errors.HTTP_ENDPOINT)
    ] = "enabled"
    http_tokens: Annotated[
        Literal["optional", "required"], param("Kept and shown.", malformed=errors.HTTP_TOKENS)
    ] = "optional"
    http_put_response_hop_limit: Annotated[
        int, param("1 to 64; kept and shown.", malformed=errors.HTTP_HOP_LIMIT)
    ] = 1
    private_pool_options: PrivatePoolOptions | None = None
    arn: tuple[Arn, ...] = ()
