"""What RunInstances and CreateInstance are both given: the new instance, its disks, its network."""

from typing import Annotated, Literal

import msgspec

from localyun.model.encryption import Wish
from localyun.operations.common import DryRun, PlainTagItem, RegionId, ResourceGroupId
from localyun.spec import errors
from localyun.spec.declare import Accepted, Dependent, Group, NotEmulated, Request, param
from localyun.spec.support import Support

PASS_ROLE = Dependent(
    "ram:PassRole", "ram_role_name", "acs:ram::{account}:role/{name}", errors.PASS_ROLE_FORBIDDEN
)
"""Whoever gives a role to an instance hands its rights on."""

NONE_HERE = Support.PARTIAL
"""How far ids are emulated of things that can't be made here: each is refused as one that isn't found."""

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
    storage_cluster_id: Annotated[
        str | None, param("A dedicated cluster of disks: there are none.", support=NONE_HERE)
    ] = None

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

    @property
    def bursts(self) -> bool:
        """Whether it may burst."""
        return bool(getattr(self, "bursting_enabled", None))

    @property
    def iops(self) -> int | None:
        """How many IOPS are provisioned beside those that come with its size."""
        return getattr(self, "provisioned_iops", None)


class SystemDisk(NewDisk):
    """The disk that the instance starts from, made of the image."""


class DataDisk(NewDisk):
    """A further disk, empty or made of a snapshot."""

    size: Annotated[
        int | None, param("GiB; its snapshot's by default.", malformed=errors.DATA_DISK_SIZE_NOT_SUPPORTED)
    ] = None
    snapshot_id: Annotated[str | None, param("One's own snapshot of a data disk.")] = None
    device: Annotated[str | None, param("`/dev/xvdb` to `/dev/xvdz`; the next free one by default.")] = None
    delete_with_instance: Annotated[bool, param("Whether it goes when its instance goes.")] = True
    kms_key_id: KeyId = None
    encrypt_algorithm: EncryptAlgorithm = None


class HibernationOptions(Group):
    """Whether the instance can hibernate."""

    configured: Annotated[
        bool,
        param("Checked, kept and shown: an encrypted image, and room for the memory.", support=NONE_HERE),
    ] = False


class PrivatePoolOptions(Group):
    """Reserved capacity to draw on: there is none."""

    match_criteria: Annotated[
        Literal["Open", "Target", "None"],
        param("Target names a pool, and there are none.", support=NONE_HERE, malformed=errors.POOL_CRITERIA),
    ] = "None"
    id: Annotated[str | None, param("A pool; with MatchCriteria=Target.", support=NONE_HERE)] = None


class Arn(Group):
    """A role to assume for another account."""

    role_type: NotEmulated[str] = None
    rolearn: NotEmulated[str] = None
    assume_role_for: NotEmulated[int] = None


class ArnOfNobody(Arn):
    """A role to assume for another account: there is none that may be."""

    role_type: Annotated[str | None, param("What kind of role.", support=NONE_HERE)] = None
    rolearn: Annotated[str | None, param("The role's resource name.", support=NONE_HERE)] = None
    assume_role_for: Annotated[int | None, param("The other account.", support=NONE_HERE)] = None


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
    io_optimized: Annotated[
        Literal["optimized", "none"] | None, param("All types are: `none` is refused.")
    ] = None
    user_data: Annotated[str | None, param("For the first start, in Base64; up to 32 KiB; kept.")] = None
    key_pair_name: Annotated[str | None, param("One's own key pair; not for Windows.")] = None
    ram_role_name: Annotated[
        str | None, param("One's own role that trusts ecs.aliyuncs.com; a user needs ram:PassRole on it.")
    ] = None
    instance_charge_type: Annotated[
        Literal["PostPaid", "PrePaid"],
        param(
            "Kept and shown, nothing is charged; PrePaid takes a Period.",
            malformed=errors.INSTANCES_CHARGE_TYPE,
        ),
    ] = "PostPaid"
    period: Annotated[
        int | None,
        param("For PrePaid: 1 to 9, 12, 24 … 60 months, 1 to 4 weeks.", malformed=errors.PERIOD_INVALID),
    ] = None
    period_unit: Annotated[Literal["Week", "Month"], param("Of Period and AutoRenewPeriod.")] = "Month"
    auto_renew: Annotated[bool, param("For PrePaid; checked, no order ends here.")] = False
    auto_renew_period: Annotated[int | None, param("By how much; 1 by default.")] = None
    spot_strategy: Annotated[
        Literal["NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"],
        param("Kept and shown; no instance is taken back.", malformed=errors.ZONES_SPOT_STRATEGY),
    ] = "NoSpot"
    spot_duration: Annotated[
        int, param("Hours of safety, 0 to 6; kept and shown.", malformed=errors.SPOT_DURATION)
    ] = 1
    spot_price_limit: Annotated[
        float | None,
        param("Per hour, for SpotWithPriceLimit; kept and shown.", malformed=errors.SPOT_PRICE),
    ] = None
    spot_interruption_behavior: Annotated[
        Literal["Terminate", "Stop"], param("Kept and shown.", malformed=errors.SPOT_BEHAVIOR)
    ] = "Terminate"
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
    deletion_protection: Annotated[
        bool | None, param("Whether DeleteInstance is refused; for PostPaid, not spot.")
    ] = None
    credit_specification: Annotated[
        Literal["Standard", "Unlimited"] | None,
        param("Of a burstable type; kept and shown.", malformed=errors.CREDIT_SPECIFICATION),
    ] = None
    hpc_cluster_id: Annotated[
        str | None, param("A cluster of super computers: there are none.", support=NONE_HERE)
    ] = None
    dedicated_host_id: Annotated[
        str | None, param("A dedicated host: there are none.", support=NONE_HERE)
    ] = None
    managed_host_id: NotEmulated[str] = None
    deployment_set_id: Annotated[
        str | None, param("A deployment set: there are none.", support=NONE_HERE)
    ] = None
    deployment_set_group_no: NotEmulated[int] = None
    hibernation_options: HibernationOptions | None = None
    affinity: Annotated[
        Literal["default", "host"],
        param("`host` needs one, and there are none.", support=NONE_HERE, malformed=errors.AFFINITY_INVALID),
    ] = "default"
    tenancy: Annotated[
        Literal["default", "host"],
        param("`host` needs one, and there are none.", support=NONE_HERE, malformed=errors.TENANCY_INVALID),
    ] = "default"
    storage_set_id: Annotated[str | None, param("A storage set: there are none.", support=NONE_HERE)] = None
    storage_set_partition_number: Annotated[
        int | None,
        param("Of a storage set.", support=NONE_HERE, malformed=errors.STORAGE_SET_PARTITION),
    ] = None
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
    arn: tuple[ArnOfNobody, ...] = ()

    @property
    def is_spot(self) -> bool:
        """Whether spot instances are asked for."""
        return self.spot_strategy != "NoSpot"
