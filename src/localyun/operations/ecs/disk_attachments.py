"""Attaching a disk to an instance, and taking it away again."""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from localyun import catalogue
from localyun.model import Disk, Instance, SharedAttachment
from localyun.model.access import Action
from localyun.model.disks import free_devices
from localyun.model.encryption import Cipher, KeyRows
from localyun.model.image_rules import DATA_DEVICES, SYSTEM_DEVICE
from localyun.model.instances import (
    ATTACHING,
    DATA,
    DETACHING,
    DISK_AVAILABLE,
    DISK_CREATING,
    IN_USE,
    RUNNING,
    STOPPED,
    SYSTEM,
)
from localyun.model.launching import is_password
from localyun.model.payment import POST_PAID
from localyun.model.standing import Condition, Feature
from localyun.operations.context import Context
from localyun.operations.ecs.disk_life import check_paid, detach, shared_by, sharing
from localyun.operations.ecs.disks import DiskId
from localyun.operations.ecs.encryption import check_readable
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param

InstanceId = Annotated[str, param("One's own instance, in the disk's zone.", missing=errors.ATTACHING_EMPTY)]
AttachedId = Annotated[DiskId, param("One's own disk.", missing=errors.ATTACHING_EMPTY)]


class AttachDisk(Request):
    """Attach a disk to an instance."""

    instance_id: InstanceId
    disk_id: AttachedId
    device: Annotated[str | None, param("`/dev/xvdb` to `/dev/xvdz`; the next free one by default.")] = None
    delete_with_instance: Annotated[bool, param("Whether the disk goes when the instance goes.")] = False
    bootable: Annotated[bool, param("As the system disk: of the instance that it was detached from.")] = False
    password: Annotated[str | None, param("With Bootable; checked, never kept.")] = None
    key_pair_name: Annotated[str | None, param("With Bootable; kept and shown, not for Windows.")] = None
    force: Annotated[bool, param("Take a regional disk away from an instance in another zone.")] = False


ATTACH_HELD_BACK = {
    Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST,
    Condition.LOCKED: errors.INSTANCE_LOCKED,
    Condition.ARREARS: errors.INSTANCE_IN_ARREARS,
    Condition.EXPIRED: errors.INSTANCE_IN_ARREARS,
    Condition.DISKS_EXPIRED: errors.DISK_IN_ARREARS,
}
ATTACH_KEY = KeyRows(
    errors.ATTACH_KEY_NOT_FOUND, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED, errors.KEY_UNTAGGED
)
ATTACH_STATUS = {
    DISK_CREATING: errors.ATTACH_DISK_CREATING,
    DETACHING: errors.INSTANCE_DISK_STATUS,
    ATTACHING: errors.ATTACH_DISK_IN_USE,
    IN_USE: errors.ATTACH_DISK_IN_USE,
}
"""What is said of a disk that can't be attached in its status; that it isn't supported, of any other."""


@ECS.operation(
    unknown_region=errors.REGION_MALFORMED,
    errors=(
        errors.ATTACH_DEVICE_MALFORMED,
        errors.ATTACH_NO_LOGIN,
        *dict.fromkeys(ATTACH_HELD_BACK.values()),
        errors.INSTANCE_NOT_FOUND,
        errors.DISK_NOT_FOUND,
        errors.ATTACH_SHARED_BY_FORCE,
        errors.ATTACH_FORCE_REGION,
        errors.ATTACH_FORCE_CATEGORY,
        errors.ATTACH_FORCE_PREPAID,
        errors.ATTACH_SHARED_AS_SYSTEM,
        errors.SHARED_OUTLIVES_INSTANCES,
        errors.ATTACH_SHARED_NVME,
        errors.ATTACH_SHARED_TYPE,
        errors.ATTACH_SHARED_QUOTA,
        errors.ATTACH_INSTANCE_STATUS,
        errors.ATTACH_FORCE_ZONE,
        *ATTACH_STATUS.values(),
        errors.ATTACH_DISK_REINITING,
        errors.ATTACH_NOT_BOOTABLE,
        errors.ATTACH_NOT_ORIGIN,
        errors.ATTACH_KEY_PAIR_OF_WINDOWS,
        errors.ATTACH_TYPE_NVME,
        errors.DISK_NOT_PORTABLE,
        errors.EPHEMERAL_GOES_WITH_INSTANCE,
        errors.ATTACH_ZONES,
        errors.ATTACH_TYPE_CATEGORY,
        errors.ATTACH_TYPE_PL0,
        errors.ATTACH_HOT,
        errors.DATA_DEVICE_IN_USE,
        errors.ATTACH_PARALLEL,
        errors.ATTACH_DISKS_TOO_MANY,
        *ATTACH_KEY,
    ),
)
def attach_disk(ctx: Context, request: AttachDisk) -> Empty:
    """Attaching, then In_use. A system disk goes back to the instance that it is from, which is stopped.

    Source: AttachDisk (2025).
    """
    if request.device is not None and request.device not in DATA_DEVICES:
        raise errors.ATTACH_DEVICE_MALFORMED()
    if request.bootable and not (request.password or request.key_pair_name):
        raise errors.ATTACH_NO_LOGIN()
    if request.password and not is_password(request.password):
        raise errors.INVALID_PARAMETER("Password")
    ctx.check_standing(ATTACH_HELD_BACK)
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    check_paid(ctx, instance)
    if request.force:
        _check_force(ctx, disk)
    if disk.multi_attach:
        _check_shared(ctx, disk, instance, request)
    if instance.phase.at(ctx.now) not in ((STOPPED,) if request.bootable else (RUNNING, STOPPED)):
        raise errors.ATTACH_INSTANCE_STATUS()
    _check_free(ctx, disk, instance, force=request.force)
    _check_kind(ctx, disk, instance, request)
    if disk.zone and disk.zone != instance.zone:
        raise errors.ATTACH_ZONES()
    _check_type(ctx, disk, instance)
    check_readable(ctx, Cipher.of(disk), ATTACH_KEY)
    device = _device(ctx, instance, request)
    if request.force and (current := ctx.tx.get(Instance, disk.instance)):
        ctx.compute.detach_disk(disk, current, ctx.now)
    disk = replace(
        disk,
        instance="" if disk.multi_attach else instance.id,
        device="" if disk.multi_attach else device,
        attached_at=ctx.now,
        detached_from="",
        delete_with_instance=request.delete_with_instance,
    )
    ctx.tx.put(replace(disk, phase=ctx.compute.attach_disk(disk, instance, device, ctx.now)))
    if disk.multi_attach:
        ctx.tx.put(SharedAttachment(disk=disk.id, instance=instance.id, device=device, attached_at=ctx.now))
    if request.bootable:
        ctx.tx.put(replace(instance, key_pair=request.key_pair_name or instance.key_pair))
    return Empty()


def _check_shared(ctx: Context, disk: Disk, instance: Instance, request: AttachDisk) -> None:
    """Check what is asked for of a disk that several instances share, which takes NVMe."""
    if request.bootable:
        raise errors.ATTACH_SHARED_AS_SYSTEM()
    if request.delete_with_instance:
        raise errors.SHARED_OUTLIVES_INSTANCES()
    machine = catalogue.instance_type(instance.instance_type)
    if machine is None or machine.nvme_support == "unsupported":
        raise errors.ATTACH_SHARED_NVME()
    if not ctx.has(Feature.MULTI_ATTACH, machine.family):
        raise errors.ATTACH_SHARED_TYPE()
    shared = sharing(ctx, disk)
    if any(one.instance == instance.id for one in shared):
        raise errors.ATTACH_DISK_IN_USE()
    if len(shared) >= ctx.limits.instances_per_disk:
        raise errors.ATTACH_SHARED_QUOTA()


def _check_force(ctx: Context, disk: Disk) -> None:
    if disk.multi_attach:
        raise errors.ATTACH_SHARED_BY_FORCE()
    if not ctx.has(Feature.FORCE_ATTACH, disk.region):
        raise errors.ATTACH_FORCE_REGION()
    category = catalogue.disk_category(disk.category)
    if category is None or not category.regional:
        raise errors.ATTACH_FORCE_CATEGORY()
    if disk.charge_type != POST_PAID:
        raise errors.ATTACH_FORCE_PREPAID()


def _check_free(ctx: Context, disk: Disk, instance: Instance, *, force: bool) -> None:
    """Check that a disk is attached to nothing, or can be taken away from where it is."""
    status = disk.phase.at(ctx.now)
    if status == IN_USE and force:
        current = ctx.tx.get(Instance, disk.instance)
        if current is not None and current.zone == instance.zone:
            raise errors.ATTACH_FORCE_ZONE()
    elif status != DISK_AVAILABLE and not (status == IN_USE and disk.multi_attach):
        raise ATTACH_STATUS.get(status, errors.ATTACH_DISK_REINITING)()


def _check_kind(ctx: Context, disk: Disk, instance: Instance, request: AttachDisk) -> None:
    """Check that what is asked for goes with the kind of disk."""
    if request.bootable and disk.kind != SYSTEM:
        raise errors.ATTACH_NOT_BOOTABLE()
    if request.bootable and disk.detached_from != instance.id:
        raise errors.ATTACH_NOT_ORIGIN()
    if request.bootable and request.key_pair_name and instance.os_type == "windows":
        raise errors.ATTACH_KEY_PAIR_OF_WINDOWS()
    if request.bootable and _lacks_nvme(ctx, disk, instance):
        raise errors.ATTACH_TYPE_NVME()
    if disk.kind == SYSTEM and not request.bootable:
        raise errors.DISK_NOT_PORTABLE()
    category = catalogue.disk_category(disk.category)
    if category and category.ephemeral and not request.delete_with_instance:
        raise errors.EPHEMERAL_GOES_WITH_INSTANCE()


def _lacks_nvme(ctx: Context, disk: Disk, instance: Instance) -> bool:
    """Whether the instance's type starts by NVMe only, which the disk's image can't do."""
    machine = catalogue.instance_type(instance.instance_type)
    image, _ = ctx.images.judge(disk.image, disk.region, to=Action.DESCRIBE)
    required = machine is not None and machine.nvme_support == "required"
    return required and image is not None and image.nvme_support == "unsupported"


def family(instance: Instance) -> str:
    """The family of an instance's type, from which the operator can take features."""
    machine = catalogue.instance_type(instance.instance_type)
    return machine.family if machine else ""


def _check_type(ctx: Context, disk: Disk, instance: Instance) -> None:
    place = family(instance)
    category = catalogue.disk_category(disk.category)
    if not ctx.has(Feature(disk.category), place) or not (category and category.fits(place)):
        raise errors.ATTACH_TYPE_CATEGORY()
    if disk.performance_level == "PL0" and not ctx.has(Feature.PL0, place):
        raise errors.ATTACH_TYPE_PL0()
    if instance.phase.at(ctx.now) == RUNNING and not ctx.has(Feature.HOT_PLUG, place):
        raise errors.ATTACH_HOT()


def _device(ctx: Context, instance: Instance, request: AttachDisk) -> str:
    """Return the place for a disk on an instance that has room for it."""
    disks: Sequence[Disk] = ctx.tx.find(Disk, instance=instance.id)
    device = SYSTEM_DEVICE if request.bootable else request.device
    shared = shared_by(ctx, instance.id)
    taken = {disk.device for disk in disks} | {attached.device for attached in shared}
    if device in taken:
        raise errors.DATA_DEVICE_IN_USE()
    if sum(disk.phase.at(ctx.now) == ATTACHING for disk in disks) >= ctx.limits.disks_attaching_at_once:
        raise errors.ATTACH_PARALLEL()
    if device == SYSTEM_DEVICE:
        return device
    if len(shared) + sum(disk.kind == DATA for disk in disks) >= ctx.limits.data_disks_per_instance:
        raise errors.ATTACH_DISKS_TOO_MANY()
    return device or next(free_devices(taken))


class DetachDisk(Request):
    """Take a disk away from an instance: a data disk, or the system disk of a stopped instance."""

    instance_id: InstanceId
    disk_id: AttachedId
    delete_with_instance: Annotated[
        bool | None, param("Whether the disk would go with an instance; as before by default.")
    ] = None


DETACH_HELD_BACK = {
    Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST,
    Condition.LOCKED: errors.INSTANCE_LOCKED,
}


@ECS.operation(
    unknown_region=errors.REGION_MALFORMED,
    errors=(
        errors.DETACH_INSTANCE_MALFORMED,
        *DETACH_HELD_BACK.values(),
        errors.INSTANCE_NOT_FOUND,
        errors.DISK_NOT_FOUND,
        errors.DETACH_DETACHING,
        errors.DETACH_ALREADY,
        errors.DETACH_ELSEWHERE,
        errors.DISK_STATUS,
        errors.SHARED_OUTLIVES_INSTANCES,
        errors.INSTANCE_STATUS,
        errors.EPHEMERAL_GOES_WITH_INSTANCE,
        errors.DETACH_EPHEMERAL,
        errors.DISK_NOT_PORTABLE,
        errors.DETACH_IMAGE_DELETED,
        errors.DETACH_HOT,
        errors.DETACH_PARALLEL,
    ),
)
def detach_disk(ctx: Context, request: DetachDisk) -> Empty:
    """Detaching, then Available. An instance without system disk can't be started.

    Source: DetachDisk (2025).
    """
    if not request.instance_id.startswith("i-"):
        raise errors.DETACH_INSTANCE_MALFORMED()
    ctx.check_standing(DETACH_HELD_BACK)
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    _check_attached(ctx, disk, instance)
    if disk.multi_attach and request.delete_with_instance:
        raise errors.SHARED_OUTLIVES_INSTANCES()
    if instance.phase.at(ctx.now) not in ((STOPPED,) if disk.kind == SYSTEM else (RUNNING, STOPPED)):
        raise errors.INSTANCE_STATUS()
    category = catalogue.disk_category(disk.category)
    if category and category.ephemeral:
        kept = request.delete_with_instance is False
        raise errors.EPHEMERAL_GOES_WITH_INSTANCE() if kept else errors.DETACH_EPHEMERAL()
    if disk.kind == DATA and not disk.portable:
        raise errors.DISK_NOT_PORTABLE()
    if disk.kind == SYSTEM and ctx.images.judge(disk.image, disk.region, to=Action.REINIT)[0] is None:
        raise errors.DETACH_IMAGE_DELETED()
    if instance.phase.at(ctx.now) == RUNNING and not ctx.has(Feature.HOT_PLUG, family(instance)):
        raise errors.DETACH_HOT()
    if _detaching(ctx, instance) >= ctx.limits.disks_detaching_at_once:
        raise errors.DETACH_PARALLEL()
    goes = disk.delete_with_instance if request.delete_with_instance is None else request.delete_with_instance
    detach(ctx, replace(disk, delete_with_instance=goes), instance)
    return Empty()


def _check_attached(ctx: Context, disk: Disk, instance: Instance) -> None:
    status = disk.phase.at(ctx.now)
    here = [disk.instance, *(shared.instance for shared in sharing(ctx, disk))]
    if instance.id not in here and disk.detached_from == instance.id:
        raise errors.DETACH_DETACHING() if status == DETACHING else errors.DETACH_ALREADY()
    if instance.id not in here:
        raise errors.DETACH_ELSEWHERE()
    if status != IN_USE:
        raise errors.DISK_STATUS()


def _detaching(ctx: Context, instance: Instance) -> int:
    """How many disks are being detached from an instance."""
    just_now = ctx.tx.find(Disk, detached_from=instance.id)
    return sum(disk.phase.at(ctx.now) == DETACHING for disk in just_now)
