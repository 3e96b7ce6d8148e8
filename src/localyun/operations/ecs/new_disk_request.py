"""What CreateDisk is given."""

from typing import Annotated, Literal

import msgspec

from localyun.model.encryption import Wish
from localyun.operations.common import ClientToken, RegionId, ResourceGroupId, TagItem
from localyun.operations.ecs.launch_fields import Arn, EncryptAlgorithm, KeyId
from localyun.spec import errors
from localyun.spec.declare import Request, param
from localyun.spec.support import Support


class CreateDisk(Request):
    """Make a data disk, empty or of a snapshot."""

    region_id: RegionId
    zone_id: Annotated[str | None, param("The zone; a regional disk is in all of them and takes none.")] = (
        None
    )
    snapshot_id: Annotated[str | None, param("One's own snapshot of a data disk.")] = None
    disk_name: Annotated[str | None, param("2 to 128 characters, a letter first.")] = None
    size: Annotated[
        int | None,
        param("GiB; its snapshot's by default.", ge=1, le=131072, malformed=errors.NEW_DISK_SIZE),
    ] = None
    disk_category: Annotated[str, param("A category, such as cloud_essd.")] = "cloud"
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    encrypted: Annotated[bool | None, param("Whether it is encrypted; by default as the snapshot.")] = None
    client_token: ClientToken = None
    instance_id: Annotated[
        str | None,
        param("A subscription instance, for which it is made, and to which it is attached at once."),
    ] = None
    resource_group_id: ResourceGroupId = None
    kms_key_id: KeyId = None
    performance_level: Annotated[str | None, param("PL0 to PL3, of a cloud_essd disk; PL1 by default.")] = (
        None
    )
    advanced_features: Annotated[
        str | None, param("Always refused: there are none.", support=Support.PARTIAL)
    ] = None
    storage_set_id: Annotated[
        str | None, param("A storage set; nobody has one here, which is said.", support=Support.PARTIAL)
    ] = None
    encrypt_algorithm: EncryptAlgorithm = None
    storage_set_partition_number: Annotated[
        int | None,
        param(
            "Of a storage set only.",
            ge=1,
            support=Support.PARTIAL,
            malformed=errors.STORAGE_SET_PARTITION,
        ),
    ] = None
    storage_cluster_id: Annotated[
        str | None,
        param("A dedicated storage cluster; nobody has one here, which is said.", support=Support.PARTIAL),
    ] = None
    multi_attach: Annotated[
        Literal["Disabled", "Enabled"],
        param("Whether several instances can share it.", malformed=errors.MULTI_ATTACH),
    ] = "Disabled"
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags.")] = ()
    arn: tuple[Arn, ...] = ()
    provisioned_iops: Annotated[
        int | None, param("IOPS beyond those that come with the size, of a cloud_auto disk; kept.", ge=0)
    ] = msgspec.field(name="ProvisionedIops", default=None)
    bursting_enabled: Annotated[
        bool | None, param("Whether a cloud_auto disk can burst; kept and shown.")
    ] = None

    @property
    def wish(self) -> Wish:
        """What is asked for of encryption."""
        return Wish(self.encrypted, self.kms_key_id, self.encrypt_algorithm)

    @property
    def is_shared(self) -> bool:
        """Whether several instances are to share the disk."""
        return self.multi_attach == "Enabled"
