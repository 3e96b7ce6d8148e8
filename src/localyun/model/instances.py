"""Instances, their disks, and snapshots of those."""

from localyun.clock import DAY, Instant
from localyun.model.payment import POST_PAID
from localyun.model.record import Phase, Record, Resource, stored

PENDING, STARTING, RUNNING, STOPPING, STOPPED = "Pending", "Starting", "Running", "Stopping", "Stopped"
IN_USE, DISK_AVAILABLE, DISK_CREATING, REINITING = "In_use", "Available", "Creating", "ReIniting"
ATTACHING, DETACHING = "Attaching", "Detaching"
PROGRESSING, ACCOMPLISHED, FAILED = "progressing", "accomplished", "failed"
SYSTEM, DATA = "system", "data"
STANDARD, FLASH = "standard", "flash"
NOT_APPLICABLE, KEEP_CHARGING = "Not-applicable", "KeepCharging"


@stored(
    "instance",
    key=("id",),
    indexes=(("owner", "region", "created_at"), ("image",), ("vswitch",)),
)
class Instance(Resource, frozen=True):
    """A virtual machine. `image` is what its system disk was last made from."""

    zone: str
    host_name: str
    image: str
    instance_type: str
    phase: Phase
    serial_number: str
    vpc: str = ""
    vswitch: str = ""
    private_ip: str = ""
    mac_address: str = ""
    network_interface: str = ""
    public_ip: str = ""
    security_groups: tuple[str, ...] = ()
    started_at: Instant | None = None
    """When it was last started; None if it never was."""
    os_name: str = ""
    os_name_en: str = ""
    os_type: str = "linux"
    key_pair: str = ""
    user_data: str = ""
    ram_role: str = ""
    deletion_protection: bool = False
    stopped_mode: str = NOT_APPLICABLE
    http_endpoint: str = "enabled"
    http_tokens: str = "optional"
    http_put_response_hop_limit: int = 1
    internet_charge_type: str = "PayByTraffic"
    internet_max_bandwidth_in: int = 0
    internet_max_bandwidth_out: int = 0
    charge_type: str = "PostPaid"
    expires_at: Instant | None = None
    """When the order ends; None for what is paid for by use."""
    release_at: Instant | None = None
    """When it shall be released, if anybody said so."""
    spot_strategy: str = "NoSpot"
    spot_price_limit: float = 0.0
    spot_duration: int = 0
    spot_interruption_behavior: str = ""
    credit_specification: str = ""
    hibernates: bool = False
    jumbo_frame: bool | None = None
    """Whether its network interface takes large frames; None where nobody said so."""

    @property
    def was_started(self) -> bool:
        """Whether it ran at least once."""
        return self.started_at is not None


@stored(
    "disk",
    key=("id",),
    indexes=(
        ("owner", "region", "created_at"),
        ("instance", "kind"),
        ("image",),
        ("snapshot",),
        ("detached_from",),
    ),
)
class Disk(Resource, frozen=True):
    """A disk of `size` GiB. `image` and `snapshot` are what it was made from and goes back to."""

    zone: str
    kind: str
    category: str
    size: int
    phase: Phase
    image: str = ""
    image_relation: str = ""
    """What its owner was to the image when the disk was made: an `access.Relation`."""
    snapshot: str = ""
    instance: str = ""
    device: str = ""
    attached_at: Instant | None = None
    """When it was last attached; None if it never was."""
    detached_at: Instant | None = None
    detached_from: str = ""
    """The instance that it was last detached from: a system disk goes back to that one only."""
    encrypted: bool = False
    kms_key: str = ""
    encrypt_algorithm: str = ""
    performance_level: str = ""
    delete_with_instance: bool = True
    delete_auto_snapshot: bool = False
    enable_auto_snapshot: bool = True
    multi_attach: bool = False
    """Whether several instances can share it: which do, `SharedAttachment` says, and `instance` is empty."""
    bursting: bool = False
    provisioned_iops: int | None = None
    charge_type: str = POST_PAID
    expires_at: Instant | None = None
    """When it is no longer paid for; None if it is paid for as it is used."""
    serial_number: str = ""

    @property
    def portable(self) -> bool:
        """Whether it can be taken from one instance to another."""
        return self.kind == DATA and self.charge_type == POST_PAID


@stored("shared_attachment", key=("disk", "instance"), indexes=(("instance",),))
class SharedAttachment(Record, frozen=True):
    """That an instance shares a disk with others."""

    disk: str
    instance: str
    device: str
    attached_at: Instant


@stored("snapshot", key=("id",), indexes=(("owner", "region", "created_at"), ("disk",), ("source",)))
class Snapshot(Resource, frozen=True):
    """The contents of a disk at one moment. `size` is the disk's then, in GiB."""

    phase: Phase
    size: int
    disk: str = ""
    disk_kind: str = SYSTEM
    category: str = "standard"
    encrypted: bool = False
    kms_key: str = ""
    encrypt_algorithm: str = ""
    retention_days: int | None = None
    instant_access: bool = False
    """Whether it could be used at once, before it was kept for good."""
    instant_access_days: int | None = None
    """How long; as long as it is kept, if nothing is said."""
    source: str = ""
    """The snapshot that it was copied from, and the region where that is."""
    source_region: str = ""
    image: str = ""
    """The image that the disk was made from, for what it says of platform and architecture."""

    def is_over(self, now: Instant) -> bool:
        """Whether the days that it was to be kept are over."""
        return self.retention_days is not None and now >= self.created_at + self.retention_days * DAY

    def has_instant_access(self, now: Instant) -> bool:
        """Whether it can be used at once, at this instant."""
        days = self.instant_access_days
        return self.instant_access and (days is None or now < self.created_at + days * DAY)

    @property
    def link(self) -> str:
        """The id that all snapshots of a disk share, if it is of one."""
        return f"sl-{self.disk.removeprefix('d-')}" if self.disk else ""
