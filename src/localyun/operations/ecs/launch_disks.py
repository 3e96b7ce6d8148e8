"""The disks that are made with an instance."""

from collections.abc import Collection

from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import DiskCategory
from localyun.model import Disk, Image, Phase, Snapshot
from localyun.model.access import RECEIVED, Relation
from localyun.model.disks import (
    DEFAULT_SYSTEM_SIZE,
    data_disk_size,
    free_devices,
    performance_level,
    system_disk_size,
)
from localyun.model.encryption import Cipher, Wish, check_wish, refusals
from localyun.model.image_rules import DATA_DEVICES, SYSTEM_DEVICE
from localyun.model.images import DiskMapping
from localyun.model.instances import ACCOMPLISHED, DATA, FAILED, IN_USE, SYSTEM
from localyun.model.launching import is_instance_name
from localyun.model.standing import Feature
from localyun.operations.common import is_description
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import check_place, encrypted, encrypted_data_disk
from localyun.operations.ecs.launch_fields import DataDisk, Launch, NewDisk, SystemDisk
from localyun.operations.ecs.launch_found import Found
from localyun.operations.ecs.launch_rows import Rows
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

DEFAULT_CATEGORY = "cloud_efficiency"


def malformed(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `check_shapes` raises."""
    return (
        rows.disk_name_malformed,
        rows.disk_description_malformed,
        errors.SYSTEM_DISK_SIZE_MALFORMED,
        rows.system_size_invalid,
        errors.ENCRYPTED_ILLEGAL,
        rows.system_category,
        errors.DATA_DISK_CATEGORY,
        errors.DATA_DEVICE_MALFORMED,
        errors.DATA_DISK_SIZE_NOT_SUPPORTED,
        errors.EPHEMERAL_KEPT,
        rows.encryption.key_declined,
        rows.encryption.key_unencrypted,
        rows.encryption.algorithm_unencrypted,
        rows.encryption.algorithm_unknown,
    )


def unfit(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return what `planned` raises."""
    return (
        errors.SYSTEM_DISK_LESS_THAN_MIN,
        errors.SYSTEM_DISK_LESS_THAN_IMAGE,
        rows.system_too_large,
        errors.ATTACH_TYPE_CATEGORY,
        errors.DISKS_TOO_MANY,
        errors.DISKS_OF_TYPE,
        errors.DATA_DEVICE_IN_USE,
        errors.CATEGORY_NOT_FOR_TYPE,
        errors.DATA_DISK_OF_SYSTEM_SNAPSHOT,
        rows.snapshot_too_large,
        errors.DATA_DISK_SIZE_NOT_SUPPORTED,
        errors.DISK_LESS_THAN_SNAPSHOT,
        errors.PERFORMANCE_LEVEL_MALFORMED,
        errors.PERFORMANCE_LEVEL_NOT_MATCH,
        *refusals(rows.encryption),
        rows.zone_without_sharing,
        rows.region_without_sharing,
        rows.community_encrypted,
        errors.RECEIVED_ENCRYPTED,
        *rows.places,
        errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT,
    )


def check_shapes(request: Launch, rows: Rows) -> None:
    """Raise one of `malformed(rows)` unless what is said of each disk is well-formed."""
    disks: tuple[NewDisk, ...] = (request.system_disk, *request.data_disk)
    if not all(disk.disk_name is None or is_instance_name(disk.disk_name) for disk in disks):
        raise rows.disk_name_malformed()
    if not all(disk.description is None or is_description(disk.description) for disk in disks):
        raise rows.disk_description_malformed()
    for disk in disks:
        _ = disk.gib
        check_wish(disk.wish, rows.encryption)
    if (request.system_disk.gib or 0) < 0:
        raise rows.system_size_invalid.naming("The specified parameter SystemDisk.Size is invalid.")
    _category(request.system_disk, rows.system_category)
    for disk in request.data_disk:
        category = _category(disk, errors.DATA_DISK_CATEGORY)
        if category.ephemeral and not disk.delete_with_instance:
            raise errors.EPHEMERAL_KEPT()
        if disk.device is not None and disk.device not in DATA_DEVICES:
            raise errors.DATA_DEVICE_MALFORMED()


def _category(disk: NewDisk, unknown: ErrorSpec) -> DiskCategory:
    """Return the category of a disk. A regional one has no zone, and so is never made with an instance."""
    category = catalogue.disk_category(disk.category or DEFAULT_CATEGORY)
    if category is None or category.regional or (isinstance(disk, SystemDisk) and not category.for_system):
        raise unknown()
    return category


def snapshots_of(ctx: Context, request: Launch) -> dict[str, Snapshot]:
    """Return the caller's snapshots that the data disks are to be made from, by id."""
    return {
        disk.snapshot_id: ctx.own(Snapshot, disk.snapshot_id, errors.DATA_DISK_SNAPSHOT_NOT_FOUND)
        for disk in request.data_disk
        if disk.snapshot_id
    }


def check_states(ctx: Context, snapshots: Collection[Snapshot], rows: Rows) -> None:
    """Raise `InvalidSnapshotId.NotReady`, or the word on a failed one, unless all are complete."""
    if any(snapshot.phase.at(ctx.now) == FAILED for snapshot in snapshots):
        raise rows.snapshot_failed()
    if any(snapshot.phase.at(ctx.now) != ACCOMPLISHED for snapshot in snapshots):
        raise errors.DATA_DISK_SNAPSHOT_NOT_READY()


def planned(
    ctx: Context,
    request: Launch,
    found: Found,
    rows: Rows,
) -> list[Disk]:
    """Return the disks of each new instance, as yet without id and instance, or raise one of `unfit(rows)`.

    First the system disk, then those that the image brings along, then those of the call.
    """
    received = found.relation in RECEIVED
    blank = Disk(
        id="",
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        zone=found.zone,
        kind=DATA,
        category="",
        size=0,
        phase=Phase(IN_USE),
        attached_at=ctx.now,
        charge_type=request.instance_charge_type,
    )
    system = _system_disk(ctx, request.system_disk, found, blank, rows)
    brought = [
        _brought_along(
            mapping, system, encrypted(ctx, Wish(), mapping, rows.encryption, inherits=not received)
        )
        for mapping in found.image.disks
        if mapping.kind == DATA
    ]
    data_disks = len(brought) + len(request.data_disk)
    if data_disks > ctx.limits.data_disks_per_instance:
        raise errors.DISKS_TOO_MANY()
    if 1 + data_disks > found.machine.disk_quantity:
        raise errors.DISKS_OF_TYPE()
    taken = [disk.device for disk in brought]
    taken += [asked.device for asked in request.data_disk if asked.device]
    if len(set(taken)) < len(taken):
        raise errors.DATA_DEVICE_IN_USE()
    free = free_devices(taken)
    return [
        system,
        *brought,
        *(
            _data_disk(ctx, asked, found, asked.device or next(free), blank, rows)
            for asked in request.data_disk
        ),
    ]


def _system_disk(ctx: Context, asked: SystemDisk, found: Found, blank: Disk, rows: Rows) -> Disk:
    image, category = found.image, _category(asked, rows.system_category)
    if not category.fits(found.machine.family):
        raise errors.ATTACH_TYPE_CATEGORY()
    size = system_disk_size(
        asked.gib,
        default=DEFAULT_SYSTEM_SIZE,
        image=image.size,
        smallest=category.system.minimum,
        largest=category.system.maximum,
        too_large=rows.system_too_large,
    )
    source = system_mapping(image)
    received = found.relation in RECEIVED
    cipher = encrypted(ctx, asked.wish, source, rows.encryption, inherits=not received)
    if received and source.encrypted:
        if not ctx.has(Feature.SHARED_ENCRYPTION, blank.zone):
            raise rows.zone_without_sharing()
        if not ctx.has(Feature.SHARED_ENCRYPTION):
            raise rows.region_without_sharing()
    if cipher.encrypted and not source.encrypted:
        if received:
            raise (rows.community_encrypted if image.public else errors.RECEIVED_ENCRYPTED)()
        check_place(ctx, blank.zone, found.machine.family, rows.places)
    if cipher.encrypted and not category.encryption:
        raise errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT()
    disk = replace(
        blank,
        kind=SYSTEM,
        device=SYSTEM_DEVICE,
        category=category.id,
        size=size,
        performance_level=performance_level(asked.performance_level, size, category.performance_levels),
        image=image.id,
        image_relation=found.relation,
        bursting=asked.bursts,
        provisioned_iops=asked.iops,
        name=asked.disk_name or "",
        description=asked.description or "",
    )
    return cipher.on(disk)


def system_mapping(image: Image) -> DiskMapping:
    """Return what an image's system disk is made from."""
    whole = DiskMapping(device=SYSTEM_DEVICE, size=image.size)
    return next((mapping for mapping in image.disks if mapping.kind == SYSTEM), whole)


def _brought_along(mapping: DiskMapping, system: Disk, cipher: Cipher) -> Disk:
    """A data disk of the image, of the system disk's category.

    Only the image's owner is told the snapshot: a sharee's disk must not keep the owner from deleting it.
    """
    disk = replace(
        system,
        bursting=False,
        provisioned_iops=None,
        kind=DATA,
        device=mapping.device,
        size=mapping.size,
        snapshot=mapping.snapshot if system.image_relation == Relation.OWNER else "",
        name="",
        description="",
    )
    return cipher.on(disk)


def _data_disk(ctx: Context, asked: DataDisk, found: Found, device: str, blank: Disk, rows: Rows) -> Disk:
    snapshot = found.snapshots.get(asked.snapshot_id or "")
    if snapshot and snapshot.disk_kind == SYSTEM:
        raise errors.DATA_DISK_OF_SYSTEM_SNAPSHOT()
    category = _category(asked, errors.DATA_DISK_CATEGORY)
    if not category.fits(found.machine.family):
        raise errors.CATEGORY_NOT_FOR_TYPE()
    if snapshot and snapshot.size > category.data.maximum:
        raise rows.snapshot_too_large()
    size = data_disk_size(
        asked.gib,
        snapshot=snapshot.size if snapshot else 0,
        smallest=category.data.minimum,
        largest=category.data.maximum,
    )
    cipher = encrypted_data_disk(
        ctx,
        asked.wish,
        snapshot,
        rows.encryption,
        rows.places,
        category=category,
        zone=blank.zone,
        family=found.machine.family,
    )
    disk = replace(
        blank,
        device=device,
        category=category.id,
        size=size,
        performance_level=performance_level(asked.performance_level, size, category.performance_levels),
        snapshot=snapshot.id if snapshot else "",
        delete_with_instance=asked.delete_with_instance,
        bursting=asked.bursts,
        provisioned_iops=asked.iops,
        name=asked.disk_name or "",
        description=asked.description or "",
    )
    return cipher.on(disk)
