"""The rules of making, changing and choosing an image, as plain functions."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from localyun.clock import Instant
from localyun.model.images import AVAILABLE, DEPRECATED, DiskMapping, Image
from localyun.model.instances import DATA, STOPPED, SYSTEM, Disk, Instance, Snapshot
from localyun.model.record import Phase
from localyun.spec import errors

SYSTEM_DEVICE = "/dev/xvda"
DATA_DEVICES = tuple(f"/dev/xvd{letter}" for letter in ascii_lowercase[1:])
SMALLEST, LARGEST = 20, 32_768
"""What an empty disk of an image may measure, in GiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDisk:
    """A disk that a new image shall have, as somebody asks for it."""

    snapshot: Snapshot | None = None
    kind: str | None = None
    device: str | None = None
    size: int | None = None


def plan_disks(wanted: Sequence[WantedDisk]) -> tuple[DiskMapping, ...]:
    """Say what disks an image gets, the system disk first, or refuse.

    Exactly one is made from the snapshot of a system disk and is `/dev/xvda`; the others have device names
    of their own from `/dev/xvdb` on. A disk without snapshot is empty. Source: CreateImage (2025).

    Raises `InvalidParameter.AllEmpty`, `InvalidSystemSnapshot.Missing`, `InvalidParameter.DiskType`,
    `InvalidDiskType.ValueNotSupported`, `UserNotInTheWhiteList`, `OperationDenied`,
    `InvalidDevice.Malformed`, `InvalidDevice.InUse`, `InvalidSize.ValueNotSupported`.
    """
    if not any(disk.snapshot for disk in wanted):
        raise errors.MAPPINGS_EMPTY("The parameters DiskDeviceMapping.n.SnapshotId are all empty.")
    kinds = [_kind(disk) for disk in wanted]
    if SYSTEM not in kinds:
        raise errors.IMAGE_WITHOUT_SYSTEM_DISK()
    if kinds.count(SYSTEM) > 1:
        raise errors.IMAGE_OF_TWO_SYSTEM_DISKS()
    devices = _devices(wanted, kinds)
    planned = [
        mapping(disk.snapshot, kind=kind, device=device, size=_size(disk))
        for disk, kind, device in zip(wanted, kinds, devices, strict=True)
    ]
    return tuple(sorted(planned, key=lambda disk: (disk.kind != SYSTEM, disk.device)))


def mapping(source: Snapshot | None, *, kind: str, device: str, size: int) -> DiskMapping:
    """Return a disk made from a snapshot, encrypted as that is, or an empty one."""
    if source is None:
        return DiskMapping(device=device, size=size, kind=kind)
    return DiskMapping(
        device=device,
        size=size,
        kind=kind,
        snapshot=source.id,
        encrypted=source.encrypted,
        kms_key=source.kms_key,
        encrypt_algorithm=source.encrypt_algorithm,
    )


def _kind(disk: WantedDisk) -> str:
    if disk.kind not in (None, SYSTEM, DATA):
        raise errors.DISK_TYPE_NOT_SUPPORTED()
    if disk.snapshot is None:
        if disk.kind == SYSTEM:
            raise errors.SYSTEM_SNAPSHOT_MISSING("The system disk of the image needs a snapshot.")
        return DATA
    if disk.kind == SYSTEM and disk.snapshot.disk_kind == DATA:
        raise (
            errors.IMAGE_OF_KEPT_DATA_SNAPSHOT
            if disk.snapshot.encrypted
            else errors.DATA_SNAPSHOT_AS_SYSTEM_DISK
        )()
    return disk.kind or disk.snapshot.disk_kind


def _devices(wanted: Sequence[WantedDisk], kinds: Sequence[str]) -> list[str]:
    for disk, kind in zip(wanted, kinds, strict=True):
        if disk.device and disk.device not in ((SYSTEM_DEVICE,) if kind == SYSTEM else DATA_DEVICES):
            raise errors.DEVICE_MALFORMED()
    named = [disk.device for disk in wanted if disk.device]
    if len(named) > len(set(named)):
        raise errors.DEVICE_IN_USE()
    free = (device for device in DATA_DEVICES if device not in named)
    return [
        disk.device or (SYSTEM_DEVICE if kind == SYSTEM else next(free))
        for disk, kind in zip(wanted, kinds, strict=True)
    ]


def _size(disk: WantedDisk) -> int:
    smallest = SMALLEST if disk.snapshot is None else disk.snapshot.size
    size = smallest if disk.size is None else disk.size
    if not smallest <= size <= LARGEST:
        raise errors.MAPPED_SIZE()
    return size


def like(image: Image) -> Image:
    """Return an image that says of the system on its disks what this one says, and else nothing.

    That, and no more, goes on to a copy, and to an image of an instance that was made from it.
    """
    return Image(
        id="",
        region="",
        owner="",
        created_at=0,
        phase=Phase(AVAILABLE),
        size=0,
        platform=image.platform,
        os_name=image.os_name,
        os_name_en=image.os_name_en,
        os_type=image.os_type,
        architecture=image.architecture,
        boot_mode=image.boot_mode,
        supports_cloudinit=image.supports_cloudinit,
        supports_io_optimized=image.supports_io_optimized,
        nvme_support=image.nvme_support,
        imds_support=image.imds_support,
        license_type=image.license_type,
        product_code=image.product_code,
    )


def check_status_change(now: str, wanted: str, *, shared: bool) -> None:
    """Refuse a change of status unless it is Available to Deprecated, of an unshared image, or back.

    Source: ModifyImageAttribute (2025). Raises `ImageStatus.NotAvailable`, `ImageUseShared`,
    `ImageStatus.NotDeprecated`.
    """
    if wanted == DEPRECATED:
        if now != AVAILABLE:
            raise errors.IMAGE_NOT_AVAILABLE()
        if shared:
            raise errors.DEPRECATED_WHILE_SHARED()
    elif now != DEPRECATED:
        raise errors.IMAGE_NOT_DEPRECATED()


def can_boot(architecture: str, boot_mode: str) -> bool:
    """Whether an image of this architecture may have this boot mode: Arm has UEFI only."""
    return architecture != "arm64" or boot_mode == "UEFI"


def default_boot_mode(architecture: str) -> str:
    """How an image of this architecture boots if nothing is said."""
    return "UEFI" if architecture == "arm64" else "BIOS"


def runs_on(image: Image, *, cpu_architecture: str, boot_modes: Collection[str]) -> bool:
    """Whether instances of a type with this processor and these boot modes can start from the image."""
    return runs_on_processor(image, cpu_architecture) and starts_on(image, boot_modes)


def runs_on_processor(image: Image, cpu_architecture: str) -> bool:
    """Whether the image is one for this processor."""
    return (image.architecture == "arm64") == (cpu_architecture == "ARM")


def starts_on(image: Image, boot_modes: Collection[str]) -> bool:
    """Whether the image starts in one of these boot modes."""
    return image.boot_mode == "UEFI-Preferred" or image.boot_mode in boot_modes


def is_usable(status: str) -> bool:
    """Whether instances can be made from an image in this status."""
    return status in (AVAILABLE, DEPRECATED)


def in_order(disks: Collection[Disk]) -> list[Disk]:
    """Return an instance's disks as an image lists them: the system disk first, then by device."""
    return sorted(disks, key=lambda disk: (disk.kind != SYSTEM, disk.device, disk.id))


def is_image_id(text: str) -> bool:
    """Whether a text has the shape of a custom image's id."""
    return text.startswith("m-")


def has_reserved_words(name: str) -> bool:
    """Whether a name begins or goes on with what is reserved, whatever it is otherwise."""
    return name.startswith(("acs:", "aliyun")) or "http://" in name or "https://" in name


def is_version(text: str) -> bool:
    """Whether a text may be an image's version: 1 to 40 letters, digits, `.`, `_`, `-`."""
    return VERSION.fullmatch(text) is not None


VERSION = re.compile(r"[\w.\-]{1,40}")


def needs_restart(instance: Instance, status: str, disks: Collection[Disk], kind: str = DATA) -> bool:
    """Whether the instance got a disk of this kind after it was stopped; it hasn't been started since."""
    stopped = max(instance.started_at or 0, instance.phase.ends_at)
    late = (disk for disk in disks if disk.kind == kind and (disk.attached_at or 0) > stopped)
    return status == STOPPED and any(late)


def is_too_old(snapshot: Snapshot) -> bool:
    """Whether a snapshot was made before the provider's snapshots could make images."""
    return snapshot.created_at < FIRST_OF_IMAGES


FIRST_OF_IMAGES: Instant = 1_373_846_400_000  # 2013-07-15T00:00:00Z


CHANGE_OS = "ChangeOS"
"""Stands for replacing a system disk, where somebody says what images are asked for."""


def suits(image: Image, action: str | None) -> bool:
    """Whether an image can be used for that: one with data disks can't replace a system disk."""
    return action != CHANGE_OS or all(disk.kind == SYSTEM for disk in image.disks)
