"""The rules of importing images from object storage and of exporting them to it, as plain functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from localyun.model.disk_files import FORMATS, NO_DISKS, RAW, format_of
from localyun.model.image_rules import DATA_DEVICES, SYSTEM_DEVICE
from localyun.model.images import DiskMapping, Image
from localyun.model.instances import DATA, SYSTEM
from localyun.spec import errors

SMALLEST_SYSTEM_DISK = 20
LARGEST_DISK = 2048
"""In GiB. Source: ImportImage (2025)."""

BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9]{1,30}")
LONGEST_OBJECT_NAME = 1023
"""In bytes, as object storage has it."""

EXPORT_FORMATS = ("raw", "vhd", "qcow2", "vmdk", "vdi")
MOST_DATA_DISKS = 4
LARGEST_DATA_DISK = 500
"""What can be exported, in GiB. Source: "Export a custom image" (2025)."""

REGIONS_WITH_FORMATS = frozenset(
    {
        "ap-south-1",
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-5",
        "eu-central-1",
        "eu-west-1",
        "me-east-1",
        "us-east-1",
        "us-west-1",
    }
)
"""Where an image can be exported in other formats than RAW. Source: ExportImage (2024)."""

WITHOUT_PROVIDERS_LICENSE = frozenset({"Kylin", "UOS", "Windows Server 2003"})
"""Platforms that run on a license of one's own only; which ones do isn't published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedImport:
    """A disk that an imported image shall have, as somebody asks for it."""

    bucket: str | None = None
    object: str | None = None
    format: str | None = None
    device: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """A disk that an imported image gets. Without `size` it has that of what is imported."""

    bucket: str
    object: str
    format: str
    device: str
    size: int | None

    @property
    def kind(self) -> str:
        """Whether it is the system disk."""
        return SYSTEM if self.device == SYSTEM_DEVICE else DATA


def plan_import(wanted: Sequence[WantedImport]) -> tuple[PlannedImport, ...]:
    """Say what is imported as which disk, the system disk first, or refuse what can't be meant.

    The system disk is the one on `/dev/xvda`, else the first that names no device.

    Raises `MissingParameter.DiskDeviceMapping`, `InvalidOSSBucket.Malformed`, `InvalidOSSObject.Malformed`,
    `UnsupportedSuffix.OSSObject`, `InvalidImageFormat.Malformed`, `InvalidParameter.Malformed`,
    `InvalidImageSize`, `InvalidDataDiskSize`.
    """
    if not wanted:
        raise errors.IMPORT_OF_NOTHING()
    devices = _devices([disk.device for disk in wanted])
    planned = [_planned(disk, device) for disk, device in zip(wanted, devices, strict=True)]
    return tuple(sorted(planned, key=lambda disk: disk.device))


def _planned(disk: WantedImport, device: str) -> PlannedImport:
    bucket, name = disk.bucket or "", disk.object or ""
    check_bucket_name(bucket)
    if not _is_object_name(name):
        raise errors.OSS_OBJECT_MALFORMED()
    if name.rpartition(".")[2].lower() in NO_DISKS:
        raise errors.OSS_SUFFIX()
    stated = format_of(name) if disk.format is None else disk.format.upper()
    if stated not in FORMATS:
        raise errors.IMAGE_FORMAT_MALFORMED()
    if disk.size is not None and not 1 <= disk.size <= LARGEST_DISK:
        if device != SYSTEM_DEVICE:
            raise errors.IMPORTED_DATA_DISK_SIZE()
        raise errors.IMPORTED_SIZE(f"DiskImageSize of the system disk is 1 to {LARGEST_DISK} GiB.")
    return PlannedImport(bucket, name, stated, device, disk.size)


def check_bucket_name(name: str) -> None:
    """Refuse what can't name a bucket: 3 to 63 of a-z, 0-9 and hyphens, none at either end."""
    if not BUCKET.fullmatch(name):
        raise errors.OSS_BUCKET_MALFORMED()


def _is_object_name(name: str) -> bool:
    return 1 <= len(name.encode()) <= LONGEST_OBJECT_NAME and not name.startswith(("/", "\\"))


def _devices(wanted: Sequence[str | None]) -> list[str]:
    named = [device for device in wanted if device]
    allowed = {SYSTEM_DEVICE, *DATA_DEVICES}
    if not allowed.issuperset(named) or len(named) > len(set(named)):
        raise errors.IMPORTED_DEVICE()
    free = [device for device in (SYSTEM_DEVICE, *DATA_DEVICES) if device not in named]
    devices = [device or free.pop(0) for device in wanted]
    if SYSTEM_DEVICE not in devices:
        raise errors.IMPORTED_DEVICE()
    return devices


def runs_on_architecture(platform: str, architecture: str) -> bool:
    """Whether a platform exists for an architecture: Windows isn't for Arm, nor what is 64 bit for i386."""
    if architecture == "arm64":
        return not platform.startswith("Windows") and platform != "FreeBSD"
    return architecture != "i386" or platform not in ("Aliyun", "Anolis", "AlmaLinux", "Rocky Linux")


def check_license(platform: str, license_type: str) -> None:
    """Refuse a license that the provider hasn't for a platform. Raises `InvalidLicenseType.BYOLOnly`."""
    if license_type == "Aliyun" and platform in WITHOUT_PROVIDERS_LICENSE:
        raise errors.LICENSE_OF_ONES_OWN()


def check_exportable(image: Image, wanted_format: str) -> None:
    """Refuse an image whose disks can't be exported.

    Raises `ImageNotSupported`, `InvalidImageLicense.NotSupported`, `InvalidImage.DiskAmountOrSize`,
    `OperationDenied`.
    """
    if image.encrypted:
        raise errors.EXPORT_ENCRYPTED()
    if image.os_type == "windows" and image.license_type == "Aliyun":
        raise errors.EXPORT_LICENSE("The license of the image is the provider's, which isn't exported.")
    data_disks = [disk for disk in image.disks if disk.kind == DATA]
    if len(data_disks) > MOST_DATA_DISKS:
        raise errors.EXPORT_DISKS(f"The image has more than {MOST_DATA_DISKS} data disks.")
    if any(disk.size > LARGEST_DATA_DISK for disk in data_disks):
        raise errors.EXPORT_SIZE()
    if wanted_format != "raw" and any(disk.snapshot for disk in data_disks):
        raise errors.REPLACE_BY_SEVERAL_DISKS()


def object_name(image: Image, disk: DiskMapping, wanted_format: str, prefix: str | None) -> str:
    """The name of the object that a disk of an image is exported to.

    Of a system disk in RAW, it is the one that the provider's Terraform provider deletes.
    """
    what = "system" if disk.kind == SYSTEM else f"data_{disk.device.removeprefix('/dev/')}"
    suffix = "raw.tar.gz" if wanted_format == RAW.lower() else wanted_format
    return "_".join((*((prefix,) if prefix else ()), image.id, f"{what}.{suffix}"))
