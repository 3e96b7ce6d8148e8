"""ReInitDisk: a disk put back to what it was made from."""

from typing import Annotated

from msgspec.structs import replace

from localyun import catalogue
from localyun.model import Disk, Instance, Snapshot
from localyun.model.access import Action
from localyun.model.disks import cannot_be_reset
from localyun.model.encryption import Cipher, KeyRows
from localyun.model.instances import IN_USE, STOPPED, SYSTEM
from localyun.model.launching import check_password
from localyun.model.standing import Condition
from localyun.operations.context import Context
from localyun.operations.ecs.disk_life import being_snapshot, check_paid
from localyun.operations.ecs.disk_login import KeyPairName, Password, check_key_pair
from localyun.operations.ecs.encryption import check_readable
from localyun.operations.ecs.instances import starting
from localyun.operations.ecs.launch_disks import system_mapping
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Empty, Request, param

REINIT_KEY = KeyRows(
    errors.KEY_NOT_ENABLED, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED, errors.KEY_UNTAGGED
)
"""There is no row for a key that is gone: it can't be enabled any more."""

HELD_BACK = {
    Condition.NOT_LISTED: errors.NOT_ON_VOLUME_LIST,
    Condition.LOCKED: errors.INSTANCE_LOCKED,
    Condition.ARREARS: errors.INSTANCE_IN_ARREARS,
    Condition.EXPIRED: errors.INSTANCE_IN_ARREARS,
}


class ReInitDisk(Request):
    """Put a disk back to what it was made from: a system disk to its image, a data disk to its snapshot."""

    disk_id: Annotated[str, param("One's own disk, attached to a stopped instance.")]
    password: Password = None
    key_pair_name: KeyPairName = None
    auto_start_instance: Annotated[bool, param("Start the instance afterwards.")] = False
    security_enhancement_strategy: Accepted[str] = "Deactive"


@ECS.operation(
    unknown_region=errors.REGION_MALFORMED,
    errors=(
        errors.PASSWORD_MALFORMED,
        *dict.fromkeys(HELD_BACK.values()),
        errors.DISK_NOT_FOUND,
        errors.DISK_CATEGORY_UNSUPPORTED,
        errors.NOT_OF_SHARED,
        errors.DISK_STATUS,
        errors.INSTANCE_STATUS,
        errors.NOT_OF_HIBERNATING,
        errors.DISK_BEING_SNAPSHOT,
        errors.REINIT_INSTANT_ACCESS,
        errors.SHARED_IMAGE_DELETED,
        errors.REINIT_IMAGE_DELETED,
        errors.REINIT_SNAPSHOT_DELETED,
        errors.REINIT_SOURCE_DELETED,
        *REINIT_KEY[1:],
        errors.KEY_PAIR_OF_WINDOWS,
        errors.DISK_KEY_PAIR_NOT_FOUND,
    ),
)
def re_init_disk(ctx: Context, request: ReInitDisk) -> Empty:
    """The instance is stopped and was started before, and what the disk was made from is still within reach.

    Source: ReInitDisk (2025).
    """
    check_password(request.password)
    ctx.check_standing(HELD_BACK)
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    category = catalogue.disk_category(disk.category)
    if category and category.ephemeral:
        raise errors.DISK_CATEGORY_UNSUPPORTED()
    if disk.multi_attach:
        raise errors.NOT_OF_SHARED()
    if disk.phase.at(ctx.now) != IN_USE:
        raise errors.DISK_STATUS()
    instance = ctx.own(Instance, disk.instance, errors.INSTANCE_STATUS)
    check_paid(ctx, instance)
    if instance.hibernates:
        raise errors.NOT_OF_HIBERNATING()
    if not instance.was_started:
        raise errors.INSTANCE_STATUS()
    if instance.phase.at(ctx.now) != STOPPED:
        raise errors.INSTANCE_STATUS()
    if being_snapshot(ctx, disk):
        raise errors.DISK_BEING_SNAPSHOT()
    if any(snapshot.has_instant_access(ctx.now) for snapshot in ctx.tx.find(Snapshot, disk=disk.id)):
        raise errors.REINIT_INSTANT_ACCESS()
    image, verdict = ctx.images.judge(disk.image, disk.region, to=Action.REINIT)
    refusal = cannot_be_reset(
        disk,
        image_allowed=verdict.allowed,
        snapshot_exists=ctx.tx.get(Snapshot, disk.snapshot) is not None,
    )
    if refusal:
        raise refusal()
    check_readable(ctx, Cipher.of(disk), REINIT_KEY)
    if image and disk.kind == SYSTEM:
        check_readable(ctx, Cipher.of(system_mapping(image)), REINIT_KEY)
    check_key_pair(ctx, request.key_pair_name, instance.region, instance.os_type)
    disk = replace(disk, phase=ctx.compute.reinit_disk(disk, ctx.now))
    ctx.tx.put(disk)
    instance = replace(instance, key_pair=request.key_pair_name or instance.key_pair)
    if request.auto_start_instance:
        instance = starting(ctx, instance, disk.phase.next_at(ctx.now))
    ctx.tx.put(instance)
    return Empty()
