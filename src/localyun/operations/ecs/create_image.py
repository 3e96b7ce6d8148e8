"""CreateImage: an image of an instance, of several snapshots, or of one."""

from typing import Annotated, Literal, NamedTuple

import msgspec

from localyun import catalogue
from localyun.model import Disk, Image, Instance, Phase, Snapshot
from localyun.model.access import Action
from localyun.model.encryption import Cipher, KeyRows
from localyun.model.image_rules import (
    SYSTEM_DEVICE,
    WantedDisk,
    can_boot,
    default_boot_mode,
    in_order,
    is_too_old,
    is_version,
    like,
    mapping,
    needs_restart,
    plan_disks,
)
from localyun.model.images import AVAILABLE, DEPRECATED, DiskMapping
from localyun.model.instances import ACCOMPLISHED, FAILED, FLASH, RUNNING, STOPPED, SYSTEM
from localyun.model.standing import Condition
from localyun.operations.common import (
    ClientToken,
    DryRun,
    RegionId,
    ResourceGroupId,
    TagItem,
    check_resource_group,
    is_description,
    is_name,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import check_disks_readable, check_readable
from localyun.operations.ecs.new_images import (
    MOST_DISKS,
    BootMode,
    MadeImage,
    Platform,
    check_family,
    check_name,
)
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.snapshots import TAKING, is_ephemeral, is_under_way, take_snapshot
from localyun.spec import errors
from localyun.spec.declare import Group, NotEmulated, Request, param

IMAGE_KEY = KeyRows(
    errors.IMAGE_OF_LOST_SNAPSHOT, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED, errors.KEY_UNTAGGED
)


class DiskDeviceMappingItem(Group):
    """A disk that the image shall have."""

    snapshot_id: Annotated[str | None, param("What it is made from; an empty data disk without.")] = None
    size: Annotated[int | None, param("In GiB, at least the snapshot's.")] = None
    device: Annotated[str | None, param("/dev/xvda for the system disk, else /dev/xvdb to /dev/xvdz.")] = None
    disk_type: Annotated[str | None, param("system or data; as the snapshot's disk by default.")] = None


class NewImageFeatures(Group):
    """What the image can do."""

    imds_support: Annotated[str | None, param("v1, or v2 for the hardened metadata service only.")] = None


class SecureBootOptions(Group):
    """How the image starts securely."""

    secure_boot_support: NotEmulated[str] = None


class CreateImage(Request):
    """Make a custom image of an instance or of snapshots."""

    region_id: RegionId
    snapshot_id: Annotated[str | None, param("The snapshot of a system disk.")] = None
    instance_id: Annotated[
        str | None, param("A running or stopped instance, each disk of which is kept.")
    ] = None
    image_name: Annotated[str | None, param("2 to 128 characters, unique in the region.")] = None
    image_family: Annotated[str | None, param("2 to 128 characters.")] = None
    image_version: Annotated[str | None, param("Up to 40 letters, digits, dots, dashes and underscores.")] = (
        None
    )
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    platform: Annotated[
        Platform | None,
        param("The system, where the snapshot doesn't tell.", malformed=errors.PLATFORM_MALFORMED),
    ] = None
    boot_mode: Annotated[
        BootMode | None, param("How it boots; as its source does.", malformed=errors.BOOT_MODE_MALFORMED)
    ] = None
    architecture: Annotated[
        Literal["i386", "x86_64", "arm64"],
        param("The processor, where the snapshot doesn't tell.", malformed=errors.ARCHITECTURE_MALFORMED),
    ] = "x86_64"
    client_token: ClientToken = None
    resource_group_id: ResourceGroupId = None
    disk_device_mapping: Annotated[
        tuple[DiskDeviceMappingItem, ...], param("The disks, one by one.", max_length=MOST_DISKS)
    ] = ()
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags.")] = ()
    detection_strategy: Annotated[
        Literal["Standard"] | None,
        param("Have the image checked; nothing is ever found.", malformed=errors.DETECTION_STRATEGY),
    ] = None
    features: Annotated[NewImageFeatures | None, param("What the image can do.")] = None
    secure_boot_options: Annotated[SecureBootOptions | None, param("How it starts securely.")] = None
    dry_run: DryRun = False


STANDING = {
    Condition.ABNORMAL: errors.ACCOUNT_ABNORMAL,
    Condition.ARREARS: errors.NO_BALANCE,
    Condition.DEREGISTERED: errors.ENTERPRISE_DEREGISTERED,
    Condition.NO_SNAPSHOTS: errors.NO_SNAPSHOT_SERVICE,
}
"""Who makes no image."""


class _Source(NamedTuple):
    """What an image is made of: its disks, and an image that says what system is on them."""

    system: Image
    disks: tuple[DiskMapping, ...]


@ECS.operation(
    errors=(
        errors.IMAGE_OF_NOTHING,
        errors.NEW_NAME_RESERVED,
        errors.IMAGE_NAME_MALFORMED,
        errors.IMAGE_FAMILY_MALFORMED,
        errors.IMAGE_VERSION_MALFORMED,
        errors.IMAGE_DESCRIPTION_MALFORMED,
        errors.IMDS_SUPPORT,
        errors.CREATE_TAGS,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.RESOURCE_GROUP_NOT_FOUND,
        *STANDING.values(),
        errors.INSTANCE_NOT_FOUND,
        errors.IMAGE_INSTANCE_NOT_FOUND,
        errors.IMAGE_INSTANCE_LOCKED,
        errors.IMAGE_INSTANCE_STATUS,
        errors.INSTANCE_WITHOUT_SYSTEM_DISK,
        errors.IMAGE_OF_EPHEMERAL_DISK,
        errors.IMAGE_DISK_NEVER_ATTACHED,
        errors.INSTANCE_NEEDS_RESTART,
        errors.IMAGE_DISK_INVALID,
        errors.SNAPSHOTS_UNFINISHED,
        *IMAGE_KEY,
        *TAKING,
        errors.IMAGE_SNAPSHOT_NOT_FOUND,
        errors.IMAGE_SNAPSHOT_FAILED,
        errors.IMAGE_COPY_NOT_READY,
        errors.IMAGE_SNAPSHOT_NOT_READY,
        errors.IMAGE_OF_OLD_SNAPSHOT,
        errors.IMAGE_OF_FLASH_SNAPSHOT,
        errors.MAPPED_FLASH_SNAPSHOT,
        errors.MAPPINGS_EMPTY,
        errors.SYSTEM_SNAPSHOT_MISSING,
        errors.DISK_TYPE_NOT_SUPPORTED,
        errors.IMAGE_OF_KEPT_DATA_SNAPSHOT,
        errors.DATA_SNAPSHOT_AS_SYSTEM_DISK,
        errors.IMAGE_WITHOUT_SYSTEM_DISK,
        errors.IMAGE_OF_TWO_SYSTEM_DISKS,
        errors.DEVICE_MALFORMED,
        errors.DEVICE_IN_USE,
        errors.MAPPED_SIZE,
        errors.IMAGE_OF_DATA_SNAPSHOT,
        errors.BOOT_MODE_OF_ARCHITECTURE,
        errors.NEW_NAME_TAKEN,
        errors.IMAGE_NAME_TAKEN,
        errors.IMAGE_QUOTA,
        errors.FAMILY_IMAGES_QUOTA,
        errors.FAMILIES_QUOTA,
    ),
    token_reused=errors.CREATE_IMAGE_TOKEN_REUSED,
)
def create_image(ctx: Context, request: CreateImage) -> MadeImage:
    """An instance goes before mappings, mappings before a snapshot; an instance's disks get a snapshot each.

    `Platform` and `Architecture` count where nothing is known of the system on the disk. An image without
    name is called by its id, which is our choice. Source: CreateImage (2025).
    """
    if not (request.instance_id or request.disk_device_mapping or request.snapshot_id):
        raise errors.IMAGE_OF_NOTHING()
    _check_words(request)
    if len(request.tag) > ctx.limits.tags_per_resource:
        raise errors.CREATE_TAGS(f"A resource has at most {ctx.limits.tags_per_resource} tags.")
    tags = new_tags(request.tag)
    check_resource_group(request.resource_group_id)
    ctx.check_standing(STANDING)
    id = ctx.new_id("m")
    if request.instance_id:
        source = _of_instance(ctx, request, request.instance_id, image=id)
    elif request.disk_device_mapping:
        source = _of_mappings(ctx, request)
    else:
        source = _of_snapshot(ctx, request, request.snapshot_id or "")
    boot_mode = request.boot_mode or source.system.boot_mode
    if not can_boot(source.system.architecture, boot_mode):
        raise errors.BOOT_MODE_OF_ARCHITECTURE()
    if request.image_name and (other := ctx.images.named(request.image_name, ctx.region)):
        raise (errors.NEW_NAME_TAKEN if other.phase.at(ctx.now) == DEPRECATED else errors.IMAGE_NAME_TAKEN)()
    if ctx.images.count(ctx.region) >= ctx.limits.images_per_account:
        raise errors.IMAGE_QUOTA()
    check_family(ctx, request.image_family, images=errors.FAMILY_IMAGES_QUOTA, families=errors.FAMILIES_QUOTA)
    image = msgspec.structs.replace(
        source.system,
        id=id,
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.image_name or id,
        description=request.description or "",
        resource_group=request.resource_group_id or "",
        tags=tags,
        size=source.disks[0].size,
        disks=source.disks,
        family=request.image_family or "",
        version=request.image_version or "",
        boot_mode=boot_mode,
        imds_support=(request.features and request.features.imds_support) or source.system.imds_support,
        checked=request.detection_strategy is not None,
    )
    phase = ctx.image_outcome(ctx.compute.create_image(image, ctx.now))
    ctx.images.keep(msgspec.structs.replace(image, phase=phase))
    return MadeImage(image_id=id)


def _check_words(request: CreateImage) -> None:
    check_name(request.image_name, reserved=errors.NEW_NAME_RESERVED)
    if request.image_family is not None and not is_name(request.image_family):
        raise errors.IMAGE_FAMILY_MALFORMED()
    if request.image_version is not None and not is_version(request.image_version):
        raise errors.IMAGE_VERSION_MALFORMED()
    if request.description is not None and not is_description(request.description):
        raise errors.IMAGE_DESCRIPTION_MALFORMED()
    if request.features is not None and request.features.imds_support not in (None, "v1", "v2"):
        raise errors.IMDS_SUPPORT()


def _of_instance(ctx: Context, request: CreateImage, id: str, *, image: str) -> _Source:
    if not id.startswith("i-"):
        raise errors.INSTANCE_NOT_FOUND()
    instance = ctx.own(Instance, id, errors.IMAGE_INSTANCE_NOT_FOUND, id)
    ctx.check_standing({Condition.LOCKED: errors.IMAGE_INSTANCE_LOCKED})
    status = instance.phase.at(ctx.now)
    if status not in (RUNNING, STOPPED):
        raise errors.IMAGE_INSTANCE_STATUS()
    disks = in_order(ctx.tx.find(Disk, instance=instance.id))
    if not disks or disks[0].kind != SYSTEM:
        raise errors.INSTANCE_WITHOUT_SYSTEM_DISK()
    if any(is_ephemeral(disk.category) for disk in disks):
        raise errors.IMAGE_OF_EPHEMERAL_DISK()
    if not instance.was_started:
        raise errors.IMAGE_DISK_NEVER_ATTACHED()
    if needs_restart(instance, status, disks):
        raise errors.INSTANCE_NEEDS_RESTART()
    if needs_restart(instance, status, disks, SYSTEM):
        raise errors.IMAGE_DISK_INVALID()
    if is_under_way(ctx, ctx.limits.snapshots_under_way, owner=ctx.account, region=ctx.region):
        raise errors.SNAPSHOTS_UNFINISHED()
    check_disks_readable(ctx, disks, IMAGE_KEY)
    system = _system_of(ctx, instance.image)
    if system is None:
        kind = catalogue.instance_type(instance.instance_type)
        arm = kind is not None and kind.cpu_architecture == "ARM"
        system = msgspec.structs.replace(
            _unknown_system(request.platform, "arm64" if arm else "x86_64"),
            os_name=instance.os_name,
            os_name_en=instance.os_name_en,
            os_type=instance.os_type,
        )
    taken = [(disk, take_snapshot(ctx, disk, name=f"SnapshotForImage-{image}")) for disk in disks]
    return _Source(
        system,
        tuple(
            mapping(snapshot, kind=disk.kind, device=disk.device, size=disk.size) for disk, snapshot in taken
        ),
    )


def _of_mappings(ctx: Context, request: CreateImage) -> _Source:
    items = request.disk_device_mapping
    snapshots = [_ready(ctx, item.snapshot_id) if item.snapshot_id else None for item in items]
    if any(snapshot and snapshot.category == FLASH for snapshot in snapshots):
        raise errors.MAPPED_FLASH_SNAPSHOT("A local snapshot makes no image.")
    disks = plan_disks(
        [
            WantedDisk(snapshot=snapshot, kind=item.disk_type, device=item.device, size=item.size)
            for item, snapshot in zip(items, snapshots, strict=True)
        ]
    )
    first = next(snapshot for snapshot in snapshots if snapshot and snapshot.id == disks[0].snapshot)
    return _Source(_system_on(ctx, request, first), disks)


def _of_snapshot(ctx: Context, request: CreateImage, id: str) -> _Source:
    snapshot = _ready(ctx, id)
    if snapshot.category == FLASH:
        raise errors.IMAGE_OF_FLASH_SNAPSHOT()
    if snapshot.disk_kind != SYSTEM:
        raise errors.IMAGE_OF_DATA_SNAPSHOT()
    disk = mapping(snapshot, kind=SYSTEM, device=SYSTEM_DEVICE, size=snapshot.size)
    return _Source(_system_on(ctx, request, snapshot), (disk,))


def _ready(ctx: Context, id: str) -> Snapshot:
    snapshot = ctx.own(Snapshot, id, errors.IMAGE_SNAPSHOT_NOT_FOUND)
    status = snapshot.phase.at(ctx.now)
    if status == FAILED:
        raise errors.IMAGE_SNAPSHOT_FAILED()
    if status != ACCOMPLISHED:
        raise errors.IMAGE_COPY_NOT_READY() if snapshot.source else errors.IMAGE_SNAPSHOT_NOT_READY()
    if is_too_old(snapshot):
        raise errors.IMAGE_OF_OLD_SNAPSHOT()
    check_readable(ctx, Cipher.of(snapshot), IMAGE_KEY)
    return snapshot


def _system_on(ctx: Context, request: CreateImage, snapshot: Snapshot) -> Image:
    """The system on a snapshot. Its metadata service is v1 unless asked for, unlike an instance's."""
    system = _system_of(ctx, snapshot.image) or _unknown_system(request.platform, request.architecture)
    return msgspec.structs.replace(system, imds_support="v1")


def _system_of(ctx: Context, image: str) -> Image | None:
    """What the image that a disk was made from says of its system, if the image is there still.

    It doesn't matter whether the account may use it: what it says of the system, the disk says too.
    """
    found, _ = ctx.images.judge(image, ctx.region, to=Action.DESCRIBE)
    return like(found) if found else None


def _unknown_system(platform: str | None, architecture: str) -> Image:
    """An image of which only that much is known."""
    return Image(
        id="",
        region="",
        owner="",
        created_at=0,
        phase=Phase(AVAILABLE),
        size=0,
        platform=platform or "Others Linux",
        os_type="windows" if (platform or "").startswith("Windows") else "linux",
        architecture=architecture,
        boot_mode=default_boot_mode(architecture),
    )
