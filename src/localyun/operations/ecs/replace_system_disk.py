"""ReplaceSystemDisk: the system disk of an instance replaced by that of an image, or by a data disk."""

from typing import Annotated, get_args

import msgspec
from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import InstanceType
from localyun.model import Disk, Image, Instance, Phase
from localyun.model.access import RECEIVED, Action, Relation
from localyun.model.disks import FIXED_SYSTEMS, system_disk_size
from localyun.model.encryption import CipherRows, KeyRows, Wish, check_wish, refusals
from localyun.model.image_rules import SYSTEM_DEVICE, is_usable, runs_on
from localyun.model.instances import (
    ATTACHING,
    DATA,
    DISK_AVAILABLE,
    IN_USE,
    PENDING,
    STOPPED,
    SYSTEM,
)
from localyun.model.launching import check_password, default_host_name, is_host_name
from localyun.model.standing import Condition, Feature
from localyun.operations.common import ClientToken
from localyun.operations.context import Context
from localyun.operations.ecs import disk_quotas
from localyun.operations.ecs.disk_life import being_snapshot, check_paid
from localyun.operations.ecs.disk_login import KeyPairName, Password, check_key_pair
from localyun.operations.ecs.encryption import encrypted
from localyun.operations.ecs.instances import InstanceId
from localyun.operations.ecs.launch_disks import system_mapping
from localyun.operations.ecs.launch_fields import Arn, EncryptAlgorithm, KeyId
from localyun.operations.ecs.new_images import Platform
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, Group, Request, param

REPLACE_KEY = KeyRows(errors.KEY_NOT_THERE, errors.KEY_NOT_ACTIVE, errors.KMS_UNAUTHORIZED)
REPLACE = CipherRows(
    key_unencrypted=errors.KEY_OF_UNENCRYPTED,
    key_declined=errors.KEY_OF_UNENCRYPTED,
    algorithm_unencrypted=errors.ALGORITHM_OF_UNENCRYPTED,
    algorithm_unknown=errors.ALGORITHM_NOT_VALID,
    algorithm_of_region=errors.ALGORITHM_OF_REGION,
    key=REPLACE_KEY,
    key_asymmetric=errors.KEY_ASYMMETRIC,
    key_policy=errors.KEY_UNAUTHORIZED,
    source=REPLACE_KEY,
    declined=errors.ENCRYPTED_NOT_MATCH_SNAPSHOT,
    declined_by_default=errors.ENCRYPTED_BY_DEFAULT,
    not_open=errors.KMS_TO_BE_OPENED,
    not_open_for_key=errors.KMS_TO_BE_OPENED,
)

HELD_BACK = {
    Condition.LOCKED: errors.INSTANCE_LOCKED,
    Condition.ARREARS: errors.INSTANCE_IN_ARREARS,
    Condition.EXPIRED: errors.INSTANCE_IN_ARREARS,
    Condition.UNPAID: errors.REPLACE_UNPAID,
    Condition.OFFICIAL_ONLY: errors.OFFICIAL_GOODS_ONLY,
}
ARCHITECTURES = ("i386", "x86_64", "arm64")
LEAST_FOR_WINDOWS = 1.0
"""What Windows starts with, in GiB of memory."""


class NewSystemDisk(Group):
    """The new system disk."""

    size: Annotated[
        int | None,
        param(
            "GiB; the image's size and the old disk's at least, and by default. 0 is absent.",
            malformed=errors.REPLACE_SIZE_MALFORMED,
        ),
    ] = None


class ReplaceSystemDisk(Request):
    """Replace the system disk of a stopped instance by one made of another image, or of the same."""

    instance_id: InstanceId
    image_id: Annotated[str | None, param("The image; one's own, shared with one, or the provider's.")] = None
    system_disk: NewSystemDisk = msgspec.field(default_factory=NewSystemDisk)
    client_token: ClientToken = None
    use_additional_service: Accepted[bool] = None
    password: Password = None
    password_inherit: Annotated[bool, param("Keep the image's password; excludes Password.")] = False
    key_pair_name: KeyPairName = None
    disk_id: Annotated[
        str | None, param("One's own data disk, attached to nothing, that becomes the system disk.")
    ] = None
    platform: Annotated[str | None, param("With DiskId: the system on it, such as Ubuntu.")] = None
    architecture: Annotated[str | None, param("With DiskId: x86_64, i386 or arm64.")] = None
    security_enhancement_strategy: Accepted[str] = "Deactive"
    encrypted: Annotated[bool | None, param("Whether it is encrypted; by default as the image.")] = None
    kms_key_id: KeyId = None
    encrypt_algorithm: EncryptAlgorithm = None
    arn: tuple[Arn, ...] = ()


class ReplacedSystemDisk(Answer):
    """The new system disk."""

    disk_id: str


@ECS.operation(
    unknown_region=errors.REPLACE_REGION,
    errors=(
        errors.REPLACE_SIZE,
        errors.PASSWORD_AND_INHERIT,
        errors.PASSWORD_MALFORMED,
        errors.REPLACE_NOTHING,
        errors.REPLACE_TWO_WAYS,
        errors.REPLACE_NO_ARCHITECTURE,
        errors.REPLACE_ARCHITECTURE,
        errors.REPLACE_NO_PLATFORM,
        errors.REPLACE_PLATFORM,
        errors.ZONE_NOT_MATCH,
        *dict.fromkeys(HELD_BACK.values()),
        errors.INSTANCE_NOT_FOUND,
        errors.NOT_OF_HIBERNATING,
        errors.IMAGE_NOT_FOUND,
        errors.REPLACE_DISK_NOT_FOUND,
        errors.REPLACE_WITHOUT_SYSTEM_DISK,
        errors.REPLACE_WHILE_CREATING,
        errors.INSTANCE_STATUS,
        errors.REPLACE_WHILE_ATTACHING,
        errors.DISK_STATUS,
        errors.DISK_BEING_SNAPSHOT,
        errors.REPLACE_IMAGE_NOT_VALID,
        errors.INSTANCE_TYPE_OF_ARCHITECTURE,
        errors.IMAGE_AND_INSTANCE_TYPE,
        errors.REPLACE_TYPE,
        errors.REPLACE_BY_SEVERAL_DISKS,
        errors.REPLACE_OTHER_SYSTEM,
        errors.REPLACE_HOST_NAME,
        errors.REPLACE_DISK_SOLD_OUT,
        errors.NOT_OF_SHARED,
        errors.REPLACE_DISK_CHARGE,
        errors.REPLACE_DISK_STATUS,
        errors.REPLACE_DISK_CATEGORY,
        errors.ATTACH_ZONES,
        errors.IMAGE_OF_KEPT_DATA_SNAPSHOT,
        errors.KEY_PAIR_OF_WINDOWS,
        errors.DISK_KEY_PAIR_NOT_FOUND,
        errors.SYSTEM_DISK_LESS_THAN_MIN,
        errors.SYSTEM_DISK_LESS_THAN_IMAGE,
        errors.SYSTEM_DISK_MORE_THAN_MAX,
        errors.REPLACE_FIXED_SIZE,
        errors.DISK_QUOTA_ZONE_CAPACITY,
        *refusals(REPLACE),
        errors.REPLACE_ZONE_WITHOUT_ENCRYPTION,
        errors.REPLACE_REGION_WITHOUT_ENCRYPTION,
        errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT,
    ),
)
def replace_system_disk(ctx: Context, request: ReplaceSystemDisk) -> ReplacedSystemDisk:
    """The new disk has an id of its own and takes the old one's place, which is gone for good.

    Source: ReplaceSystemDisk (2025).
    """
    wish = _check_shapes(request)
    ctx.check_standing(HELD_BACK)
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    check_paid(ctx, instance)
    if instance.hibernates:
        raise errors.NOT_OF_HIBERNATING()
    if request.image_id:
        new, after = _by_an_image(ctx, request, request.image_id, instance, wish)
    else:
        new, after = _by_a_disk(ctx, request, instance)
    old = _system_disk(ctx, instance)
    ctx.tx.put(replace(new, phase=ctx.compute.replace_disk(old, new, ctx.now)))
    ctx.tx.delete(old)
    ctx.tx.put(after)
    return ReplacedSystemDisk(disk_id=new.id)


def _check_shapes(request: ReplaceSystemDisk) -> Wish:
    """Check each parameter; return what is asked for of encryption."""
    if (request.system_disk.size or 0) < 0:
        raise errors.REPLACE_SIZE()
    check_password(request.password, inherited=request.password_inherit)
    wish = Wish(request.encrypted, request.kms_key_id, request.encrypt_algorithm)
    check_wish(wish, REPLACE)
    if not (request.disk_id or request.image_id):
        raise errors.REPLACE_NOTHING()
    if request.disk_id and request.image_id:
        raise errors.REPLACE_TWO_WAYS()
    if request.disk_id:
        _check_system(request)
    return wish


def _check_system(request: ReplaceSystemDisk) -> None:
    """Check what is said of the system on a data disk, of which nothing else tells."""
    if request.architecture is None:
        raise errors.REPLACE_NO_ARCHITECTURE()
    if request.architecture not in ARCHITECTURES:
        raise errors.REPLACE_ARCHITECTURE()
    if request.platform is None:
        raise errors.REPLACE_NO_PLATFORM()
    if request.platform not in get_args(Platform):
        raise errors.REPLACE_PLATFORM()
    if request.architecture == "arm64" and request.platform.startswith("Windows"):
        raise errors.ZONE_NOT_MATCH("The specified Architecture and Platform do not match.")


def _by_an_image(
    ctx: Context, request: ReplaceSystemDisk, id: str, instance: Instance, wish: Wish
) -> tuple[Disk, Instance]:
    """Return a disk made of an image, and the instance as it is with it."""
    image, verdict = ctx.images.judge(id, instance.region, to=Action.REPLACE)
    if image is None or not verdict.allowed:
        raise errors.IMAGE_NOT_FOUND()
    old = _system_disk(ctx, instance)
    _check_states(ctx, instance, old)
    _check_fits(ctx, instance, image)
    if not ctx.has(Feature.DISK_SALE, old.zone):
        raise errors.REPLACE_DISK_SOLD_OUT()
    check_key_pair(ctx, request.key_pair_name, instance.region, image.os_type)
    new = _made_of(ctx, image, verdict.relation, old, request, wish)
    return new, replace(
        instance,
        image=image.id,
        os_name=image.os_name,
        os_name_en=image.os_name_en,
        os_type=image.os_type,
        host_name=_host_name(instance, image.os_type),
        key_pair=request.key_pair_name or instance.key_pair,
    )


def _by_a_disk(ctx: Context, request: ReplaceSystemDisk, instance: Instance) -> tuple[Disk, Instance]:
    """Return a data disk that becomes the system disk, and the instance, which then has no image."""
    disk = ctx.own(Disk, request.disk_id or "", errors.REPLACE_DISK_NOT_FOUND)
    old = _system_disk(ctx, instance)
    _check_states(ctx, instance, old)
    if disk.multi_attach:
        raise errors.NOT_OF_SHARED()
    if disk.charge_type != instance.charge_type:
        raise errors.REPLACE_DISK_CHARGE()
    if disk.phase.at(ctx.now) != DISK_AVAILABLE:
        raise errors.REPLACE_DISK_STATUS()
    category = catalogue.disk_category(disk.category)
    if category is None or not category.for_system or disk.kind != DATA:
        raise errors.REPLACE_DISK_CATEGORY()
    if disk.zone != instance.zone:
        raise errors.ATTACH_ZONES()
    if disk.kms_key:
        raise errors.IMAGE_OF_KEPT_DATA_SNAPSHOT()
    if disk.size > category.system.maximum:
        raise errors.SYSTEM_DISK_MORE_THAN_MAX()
    machine = catalogue.instance_type(instance.instance_type)
    if machine and (request.architecture == "arm64") != (machine.cpu_architecture == "ARM"):
        raise errors.INSTANCE_TYPE_OF_ARCHITECTURE()
    platform = request.platform or ""
    os_type = "windows" if platform.startswith("Windows") else "linux"
    _check_system_of(ctx, instance, machine, os_type)
    check_key_pair(ctx, request.key_pair_name, instance.region, os_type)
    new = replace(
        disk,
        kind=SYSTEM,
        instance=instance.id,
        device=SYSTEM_DEVICE,
        attached_at=ctx.now,
        delete_with_instance=old.delete_with_instance,
        phase=Phase(IN_USE),
    )
    return new, replace(
        instance,
        image="",
        os_name=platform,
        os_name_en=platform,
        os_type=os_type,
        host_name=_host_name(instance, os_type),
        key_pair=request.key_pair_name or instance.key_pair,
    )


def _system_disk(ctx: Context, instance: Instance) -> Disk:
    for disk in ctx.tx.find(Disk, instance=instance.id, kind=SYSTEM):
        return disk
    raise errors.REPLACE_WITHOUT_SYSTEM_DISK()


def _check_states(ctx: Context, instance: Instance, disk: Disk) -> None:
    """Check that nobody uses the disk: not the instance, not something that still happens to it."""
    status = instance.phase.at(ctx.now)
    if status == PENDING:
        raise errors.REPLACE_WHILE_CREATING()
    if status != STOPPED:
        raise errors.INSTANCE_STATUS()
    if disk.phase.at(ctx.now) == ATTACHING:
        raise errors.REPLACE_WHILE_ATTACHING()
    if disk.phase.at(ctx.now) != IN_USE:
        raise errors.DISK_STATUS()
    if being_snapshot(ctx, disk):
        raise errors.DISK_BEING_SNAPSHOT()


def _check_fits(ctx: Context, instance: Instance, image: Image) -> None:
    if not is_usable(image.phase.at(ctx.now)) or not ctx.compute.has_contents(image):
        raise errors.REPLACE_IMAGE_NOT_VALID()
    machine = catalogue.instance_type(instance.instance_type)
    if machine and not runs_on(
        image, cpu_architecture=machine.cpu_architecture, boot_modes=machine.supported_boot_modes
    ):
        raise errors.INSTANCE_TYPE_OF_ARCHITECTURE()
    if machine and machine.nvme_support == "required" and image.nvme_support == "unsupported":
        raise errors.IMAGE_AND_INSTANCE_TYPE()
    if any(mapping.kind == DATA for mapping in image.disks):
        raise errors.REPLACE_BY_SEVERAL_DISKS()
    _check_system_of(ctx, instance, machine, image.os_type)


def _check_system_of(ctx: Context, instance: Instance, machine: InstanceType | None, os_type: str) -> None:
    """Check that an instance can have that kind of system from now on."""
    if os_type == "windows" and machine and machine.memory_size < LEAST_FOR_WINDOWS:
        raise errors.REPLACE_TYPE()
    if os_type != instance.os_type and not ctx.has(Feature.CHANGE_OF_SYSTEM, instance.region):
        raise errors.REPLACE_OTHER_SYSTEM()


def _host_name(instance: Instance, os_type: str) -> str:
    """Return an instance's name inside the new system: its own, or the default if it has that now."""
    if instance.host_name == default_host_name(instance.id, instance.os_type):
        return default_host_name(instance.id, os_type)
    if not is_host_name(instance.host_name, os_type):
        raise errors.REPLACE_HOST_NAME()
    return instance.host_name


def _made_of(
    ctx: Context, image: Image, relation: Relation, old: Disk, request: ReplaceSystemDisk, wish: Wish
) -> Disk:
    """The disk that takes the old one's place; it is no smaller, and of the same category."""
    category = catalogue.disk_category(old.category)
    disk = replace(
        old,
        id=ctx.new_id("d", old.region),
        created_at=ctx.now,
        attached_at=ctx.now,
        phase=Phase(IN_USE),
        size=system_disk_size(
            request.system_disk.size,
            default=old.size,
            image=image.size,
            smallest=old.size,
            largest=max(old.size, category.system.maximum if category else 0),
            too_large=errors.SYSTEM_DISK_MORE_THAN_MAX,
        ),
        image=image.id,
        image_relation=relation,
        snapshot="",
        serial_number=ctx.world.ids.serial_number()[:20],
    )
    if disk.size != image.size and request.system_disk.size and image.platform in FIXED_SYSTEMS:
        raise errors.REPLACE_FIXED_SIZE()
    disk_quotas.check_zone(ctx, disk, disk.size - old.size)
    source = system_mapping(image)
    received = relation in RECEIVED
    cipher = encrypted(ctx, wish, source, REPLACE, inherits=not received, region=old.region)
    if cipher.encrypted and not source.encrypted:
        if not ctx.has(Feature.SNAPSHOT_ENCRYPTION, old.zone):
            raise errors.REPLACE_ZONE_WITHOUT_ENCRYPTION()
        if not ctx.has(Feature.SNAPSHOT_ENCRYPTION, old.region):
            raise errors.REPLACE_REGION_WITHOUT_ENCRYPTION()
    if cipher.encrypted and category and not category.encryption:
        raise errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT()
    return cipher.on(disk)
