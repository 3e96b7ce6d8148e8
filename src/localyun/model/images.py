"""What an image is, and who it is shared with."""

import msgspec

from localyun.clock import Instant
from localyun.model.record import Phase, Record, Resource, stored

AVAILABLE, CREATING, WAITING = "Available", "Creating", "Waiting"
UNAVAILABLE, CREATE_FAILED, DEPRECATED = "UnAvailable", "CreateFailed", "Deprecated"
STATUSES = (CREATING, WAITING, AVAILABLE, UNAVAILABLE, CREATE_FAILED, DEPRECATED)

PROVIDER = "system"
"""Stands where an account id would, on the images that the provider publishes."""
MARKETPLACE = "marketplace"
"""Stands there on the images that are for sale."""


class DiskMapping(msgspec.Struct, frozen=True):
    """One disk of an image, and the snapshot that it is made from. `size` is in GiB."""

    device: str
    size: int
    kind: str = "system"
    snapshot: str = ""
    encrypted: bool = False
    kms_key: str = ""
    format: str = ""
    """Of the file that it was imported from."""
    encrypt_algorithm: str = ""


@stored(
    "image",
    key=("id",),
    indexes=(
        ("owner", "region", "created_at", "id"),
        ("owner", "region", "name"),
        ("owner", "region", "family", "created_at", "id"),
        ("public", "region", "created_at", "id"),
        ("owner", "region", "status", "created_at", "id"),
        ("owner", "region", "ends_at"),
    ),
    counted=(("owner", "region", "status"),),
)
class Image(Resource, frozen=True):
    """An image: the disks that an instance starts from. `size` is its system disk's, in GiB."""

    phase: Phase
    size: int
    disks: tuple[DiskMapping, ...] = ()
    family: str = ""
    version: str = ""
    platform: str = "Others Linux"
    os_name: str = ""
    os_name_en: str = ""
    os_type: str = "linux"
    architecture: str = "x86_64"
    boot_mode: str = "BIOS"
    copied_from: str = ""
    supports_cloudinit: bool = True
    supports_io_optimized: bool = True
    nvme_support: str = "supported"
    imds_support: str = "v1"
    license_type: str = "Auto"
    product_code: str = ""
    """What it was sold as, or the image that it goes back to."""
    supplier: str = ""
    checked: bool = False
    """Whether its owner has it checked once it is made."""
    public: bool = False
    """Whether its owner gives it to the community."""
    hidden: bool = False
    """Whether its owner gives it to whoever names it."""

    @property
    def status(self) -> str:
        """The status that it has once what happens to it is over."""
        return self.phase.after

    @property
    def ends_at(self) -> Instant:
        """When that is."""
        return self.phase.ends_at

    @property
    def encrypted(self) -> bool:
        """Whether a disk of it is encrypted."""
        return any(disk.encrypted for disk in self.disks)

    @property
    def snapshots(self) -> frozenset[str]:
        """The snapshots that its disks are made from."""
        return frozenset(disk.snapshot for disk in self.disks if disk.snapshot)

    @property
    def is_for_sale(self) -> bool:
        """Whether it is one of the Marketplace's."""
        return self.owner == MARKETPLACE

    @property
    def is_published(self) -> bool:
        """Whether the provider made it, for everybody."""
        return self.owner == PROVIDER


EVERYBODY = "all"
"""Stands where an account id would, in the share with the group of all accounts."""


@stored(
    "share",
    key=("image", "account"),
    indexes=(
        ("image", "since", "account"),
        ("account", "region", "since"),
        ("account", "region", "listed", "since", "image"),
        ("account", "region", "ends_at"),
    ),
    counted=(("account", "region", "listed"),),
)
class Share(Record, frozen=True):
    """That an image may be used by an account which doesn't own it, or by every account."""

    image: str
    account: str
    region: str
    since: Instant
    by: str = ""
    """The resource name of whoever made it; empty for shares from before that was kept."""
    listed: bool = True
    """Whether the account sees the image among others' if nothing else is asked for, from `ends_at` on."""
    ends_at: Instant = 0

    def of(self, image: Image) -> "Share":
        """Return the share as it is once its image is as given."""
        listed = image.status == AVAILABLE and not image.public
        return msgspec.structs.replace(self, listed=listed, ends_at=image.ends_at)


@stored("backing", key=("snapshot", "image"))
class Backing(Record, frozen=True):
    """That an image needs a snapshot: what `Image.snapshots` says, found from the other end."""

    snapshot: str
    image: str
