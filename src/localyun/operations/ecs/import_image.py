"""ImportImage: an image of disk files in object storage."""

from typing import Annotated, Literal

import msgspec

from localyun.compute.interface import DiskObject
from localyun.model import Image, Phase, Snapshot, Tag
from localyun.model.disk_files import RAW, check_importable, flaw, needed_gib
from localyun.model.image_rules import can_boot, default_boot_mode
from localyun.model.images import CREATE_FAILED, DiskMapping
from localyun.model.instances import ACCOMPLISHED, SYSTEM
from localyun.model.standing import Condition, Feature
from localyun.model.tasks import IMPORT, Step
from localyun.model.transfers import (
    SMALLEST_SYSTEM_DISK,
    PlannedImport,
    WantedImport,
    check_license,
    plan_import,
    runs_on_architecture,
)
from localyun.operations.common import (
    ClientToken,
    DryRun,
    PlainTagItem,
    RegionId,
    ResourceGroupId,
    check_resource_group,
    is_description,
    is_name,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.new_images import MOST_DISKS, Platform
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.snapshots import begin_snapshot
from localyun.operations.tasks import (
    FINDING_A_BUCKET,
    begin,
    check_may_transfer,
    check_role,
    file_in,
    is_importing,
    usable_bucket,
)
from localyun.spec import errors
from localyun.spec.declare import Answer, Group, Request, param
from localyun.spec.support import Support

DEFAULT_ROLE = "AliyunECSImageImportDefaultRole"
FAILURE = errors.IMPORT_FAILED


class ImportedDiskItem(Group):
    """A disk of the image, and the object that it is made from."""

    disk_im_size: Annotated[int | None, param("Older name of DiskImageSize.")] = None
    device: Annotated[str | None, param("/dev/xvda for the system disk, else /dev/xvdb to /dev/xvdz.")] = None
    oss_bucket: Annotated[str | None, param("The bucket.")] = None
    format: Annotated[str | None, param("RAW, VHD, QCOW2 or VMDK; what the object's name says.")] = None
    oss_object: Annotated[str | None, param("The object's name, without the bucket's.")] = None
    disk_image_size: Annotated[int | None, param("In GiB, 1 to 2048; what the object needs.")] = None


class ImportedFeatures(Group):
    """What the image can do."""

    nvme_support: Annotated[
        Literal["supported", "unsupported"] | None, param("Whether it has a driver for NVMe disks.")
    ] = None
    imds_support: Annotated[str, param("v1, or v2 for the hardened metadata service only.")] = "v1"


class ImportImage(Request):
    """Make a custom image of disk files in object storage."""

    region_id: Annotated[RegionId, param("The bucket's region.", missing=errors.NO_REGION_ID)]
    image_name: Annotated[str | None, param("2 to 128 characters, unique in the region.")] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    architecture: Annotated[
        Literal["i386", "x86_64", "arm64"],
        param("The processor.", malformed=errors.ARCHITECTURE_MALFORMED),
    ] = "x86_64"
    os_type: Annotated[
        Literal["windows", "linux"],
        param("The kind of system; Platform goes before it.", malformed=errors.OS_TYPE_MALFORMED),
    ] = "linux"
    platform: Annotated[
        Platform | None, param("The system; Others Linux.", malformed=errors.PLATFORM_MALFORMED)
    ] = None
    boot_mode: Annotated[
        Literal["BIOS", "UEFI"] | None,
        param("How it boots; UEFI on Arm, else BIOS.", malformed=errors.IMPORT_BOOT_MODE_MALFORMED),
    ] = None
    role_name: Annotated[
        str | None, param("The role that ECS takes on to read; AliyunECSImageImportDefaultRole.")
    ] = None
    license_type: Annotated[
        Literal["Auto", "Aliyun", "BYOL"],
        param("Whose license the system runs on.", malformed=errors.IMPORT_LICENSE_TYPE),
    ] = "Auto"
    resource_group_id: ResourceGroupId = None
    disk_device_mapping: Annotated[
        tuple[ImportedDiskItem, ...], param("The disks, one by one.", max_length=MOST_DISKS)
    ] = ()
    tag: Annotated[tuple[PlainTagItem, ...], param("Up to 20 tags.", max_length=20)] = ()
    detection_strategy: Annotated[
        Literal["Standard"] | None,
        param("Has a Linux image checked; nothing is found.", malformed=errors.IMPORT_DETECTION_STRATEGY),
    ] = None
    storage_location_arn: Annotated[str | None, param("A cloud box; there are none.")] = None
    dry_run: DryRun = False
    features: Annotated[ImportedFeatures | None, param("What the image can do.")] = None
    client_token: Annotated[
        ClientToken,
        param(
            "Makes a repeated call have the answer of the first; up to 64 ASCII characters.",
            malformed=errors.CLIENT_TOKEN_MALFORMED,
            max_length=64,
        ),
    ] = None


class ImportedImage(Answer):
    """The id of a new image, which isn't available yet, and of the task that makes it."""

    image_id: str
    task_id: str
    region_id: str


@ECS.operation(
    errors=(
        errors.NEW_NAME_RESERVED,
        errors.IMPORT_DESCRIPTION_MALFORMED,
        errors.BOOT_MODE_OF_ARCHITECTURE,
        errors.PLATFORM_OF_ARCHITECTURE,
        errors.LICENSE_OF_ONES_OWN,
        errors.CHECK_OF_WINDOWS,
        errors.IMDS_SUPPORT,
        errors.INVALID_PARAMETER,
        errors.TAG_KEYS_ALIKE,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.CLOUD_BOX_NOT_FOUND,
        errors.CLOUD_BOX_UNSUPPORTED,
        errors.IMPORT_OF_NOTHING,
        errors.OSS_BUCKET_MALFORMED,
        errors.OSS_OBJECT_MALFORMED,
        errors.OSS_SUFFIX,
        errors.IMAGE_FORMAT_MALFORMED,
        errors.IMPORTED_DEVICE,
        errors.IMPORTED_SIZE,
        errors.IMPORTED_DATA_DISK_SIZE,
        errors.REGION_WITHOUT_TRANSFER,
        errors.FORMAT_OF_REGION,
        errors.IMPORT_NOT_LISTED,
        errors.COPY_ARREARS,
        errors.NO_OSS_ROLE,
        errors.OSS_DISABLED,
        *FINDING_A_BUCKET,
        errors.OSS_FLOW_LIMIT,
        errors.OSS_OBJECT_NOT_FOUND,
        errors.OSS_OBJECT_ARCHIVED,
        errors.OSS_OBJECT_EMPTY,
        errors.OTHER_FORMAT,
        errors.VHD_BLOCK_SIZE,
        errors.VHD_SIZE,
        errors.IMAGE_IMPORTING,
        errors.IMPORT_NAME_TAKEN,
        errors.IMAGE_QUOTA,
        errors.INSTANCES_DRY_RUN,
    ),
    unknown_region=errors.REGION_ID_NOT_FOUND,
    support=Support.PARTIAL,
    gaps="Where no disks are kept, no machine boots from it. DetectionStrategy finds nothing.",
)
def import_image(ctx: Context, request: ImportImage) -> ImportedImage:
    """What a file shows at its beginning and end is refused here; what shows in reading fails the task.

    An image without name is called by its id, which is our choice. Source: ImportImage (2025).
    """
    _check_words(request)
    tags = _tags(request)
    _check_system(request)
    planned = plan_import(
        [
            WantedImport(
                bucket=item.oss_bucket,
                object=item.oss_object,
                format=item.format,
                device=item.device,
                size=item.disk_im_size if item.disk_image_size is None else item.disk_image_size,
            )
            for item in request.disk_device_mapping
        ]
    )
    check_may_transfer(ctx, errors.IMPORT_NOT_LISTED, arrears=errors.COPY_ARREARS)
    _check_formats(ctx, planned)
    check_role(ctx, request.role_name, DEFAULT_ROLE)
    ctx.check_standing({Condition.NO_OBJECT_STORAGE: errors.OSS_DISABLED})
    sizes, steps = zip(*(_read(ctx, disk) for disk in planned), strict=True)
    _check_name(ctx, request.image_name)
    if ctx.images.count(ctx.region) >= ctx.limits.images_per_account:
        raise errors.IMAGE_QUOTA()
    if request.dry_run:
        raise errors.INSTANCES_DRY_RUN()
    id = ctx.new_id("m")
    platform = request.platform or ("Others Linux" if request.os_type == "linux" else "Windows Server 2022")
    features = request.features or ImportedFeatures()
    image = Image(
        id=id,
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.image_name or id,
        description=request.description or "",
        resource_group=request.resource_group_id or "",
        tags=tags,
        phase=Phase(CREATE_FAILED),
        size=sizes[0],
        disks=tuple(
            DiskMapping(device=disk.device, kind=disk.kind, size=size, format=disk.format)
            for disk, size in zip(planned, sizes, strict=True)
        ),
        platform=platform,
        os_name=f"{platform} {_bits(request)}位",
        os_name_en=f"{platform} {_bits(request)} bit",
        os_type="windows" if platform.startswith("Windows") else "linux",
        architecture=request.architecture,
        boot_mode=request.boot_mode or default_boot_mode(request.architecture),
        supports_cloudinit=False,
        nvme_support=features.nvme_support or "unsupported",
        imds_support=features.imds_support,
        license_type=request.license_type,
        checked=request.detection_strategy is not None,
    )
    objects = [DiskObject(disk.bucket, disk.object, disk.format) for disk in planned]
    phase = ctx.image_outcome(ctx.compute.import_image(image, objects, ctx.now))
    if any(step.error for step in steps):
        phase = msgspec.structs.replace(phase, after=CREATE_FAILED)
    elif phase.after == CREATE_FAILED:
        steps = tuple(step.failed(FAILURE.code, FAILURE.message) for step in steps)
    else:
        image = msgspec.structs.replace(image, disks=tuple(_kept(ctx, image, disk) for disk in image.disks))
    image = msgspec.structs.replace(image, phase=phase)
    ctx.images.keep(image)
    task = begin(ctx, IMPORT, id, steps, phase)
    return ImportedImage(image_id=id, task_id=task.id, region_id=ctx.region)


def _check_words(request: ImportImage) -> None:
    if request.image_name is not None and not is_name(request.image_name):
        raise errors.NEW_NAME_RESERVED()
    if request.description is not None and not is_description(request.description):
        raise errors.IMPORT_DESCRIPTION_MALFORMED()
    check_resource_group(request.resource_group_id)
    if arn := request.storage_location_arn:
        raise errors.CLOUD_BOX_UNSUPPORTED() if ":cloudbox" in arn else errors.CLOUD_BOX_NOT_FOUND(arn)


def _tags(request: ImportImage) -> tuple[Tag, ...]:
    """The tags to put on the image, whose keys differ in more than letter case."""
    malformed = errors.INVALID_PARAMETER
    tags = new_tags(request.tag, bad_key=malformed, bad_value=malformed, twice=errors.TAG_KEYS_ALIKE)
    if len({tag.key.lower() for tag in tags}) < len(tags):
        raise errors.TAG_KEYS_ALIKE()
    return tags


def _check_system(request: ImportImage) -> None:
    platform = request.platform or ""
    if not can_boot(request.architecture, request.boot_mode or default_boot_mode(request.architecture)):
        raise errors.BOOT_MODE_OF_ARCHITECTURE()
    if not runs_on_architecture(platform, request.architecture):
        raise errors.PLATFORM_OF_ARCHITECTURE()
    check_license(platform, request.license_type)
    if request.detection_strategy and (platform.startswith("Windows") or request.os_type == "windows"):
        raise errors.CHECK_OF_WINDOWS()
    if request.features is not None and request.features.imds_support not in ("v1", "v2"):
        raise errors.IMDS_SUPPORT()


def _check_formats(ctx: Context, planned: tuple[PlannedImport, ...]) -> None:
    if not ctx.has(Feature.IMAGE_FORMATS) and any(disk.format != RAW for disk in planned):
        raise errors.FORMAT_OF_REGION()


def _read(ctx: Context, disk: PlannedImport) -> tuple[int, Step]:
    """Say how large a disk becomes, in GiB, and how its import will end, or refuse its object."""
    bucket = usable_bucket(ctx, disk.bucket)
    if bucket.flow_limited:
        raise errors.OSS_FLOW_LIMIT(f"The bucket {disk.bucket} is read too much; try again later.")
    file = file_in(ctx, disk.bucket, disk.object)
    if file is None:
        raise errors.OSS_OBJECT_NOT_FOUND()
    if bucket.is_archived(disk.object):
        raise errors.OSS_OBJECT_ARCHIVED()
    check_importable(file, disk.format)
    needed = needed_gib(file, disk.format)
    size = disk.size or max(needed, SMALLEST_SYSTEM_DISK if disk.kind == SYSTEM else 1)
    if size < needed:
        raise errors.IMPORTED_SIZE(f"The disk in the object {disk.object} needs {needed} GiB.")
    about = {"OSSBucket": disk.bucket, "OSSObject": disk.object, "Device": disk.device}
    why = flaw(file, disk.format)
    return size, Step(about, error=errors.OTHER_FORMAT.code if why else "", reason=why)


def _check_name(ctx: Context, name: str | None) -> None:
    """Refuse a name that an image has; that one is still being imported, is said."""
    if not name or not ctx.images.name_taken(name, ctx.region):
        return
    others = ctx.tx.find(Image, owner=ctx.account, region=ctx.region, name=name)
    if any(is_importing(ctx, image) for image in others):
        raise errors.IMAGE_IMPORTING()
    raise errors.IMPORT_NAME_TAKEN()


def _bits(request: ImportImage) -> int:
    return 32 if request.architecture == "i386" else 64


def _kept(ctx: Context, image: Image, disk: DiskMapping) -> DiskMapping:
    """A disk of an imported image, on a snapshot, which stays when the image is deleted."""
    snapshot = begin_snapshot(
        ctx,
        Snapshot(
            id=ctx.new_id("s"),
            region=image.region,
            owner=image.owner,
            created_at=ctx.now,
            name=f"SnapshotForImage-{image.id}",
            phase=Phase(ACCOMPLISHED),
            size=disk.size,
            disk_kind=disk.kind,
            image=image.id,
        ),
    )
    return msgspec.structs.replace(disk, snapshot=snapshot.id)
