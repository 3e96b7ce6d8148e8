"""ResizeDisk: a disk that grows, used or not."""

from typing import Annotated, Literal

from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import DiskCategory
from localyun.model import Disk, Instance
from localyun.model.access import Action
from localyun.model.disks import FIXED_SYSTEMS, can_grow_online, check_new_size, is_being_resized
from localyun.model.encryption import Cipher, KeyRows
from localyun.model.instances import DATA, DISK_AVAILABLE, DISK_CREATING, IN_USE, RUNNING, STOPPED, SYSTEM
from localyun.model.standing import Condition, Feature
from localyun.operations.common import ClientToken
from localyun.operations.context import Context
from localyun.operations.ecs import disk_quotas
from localyun.operations.ecs.disk_attachments import family
from localyun.operations.ecs.disk_life import being_snapshot, check_paid
from localyun.operations.ecs.encryption import check_readable
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, param

HELD_BACK = {
    Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST,
    Condition.LOCKED: errors.INSTANCE_LOCKED,
    Condition.ABNORMAL: errors.ACCOUNT_ABNORMAL,
    Condition.NO_PRICES: errors.NO_PRICE_PERMISSION,
    Condition.UNVERIFIED: errors.CARD_NOT_VERIFIED,
    Condition.EXPIRED: errors.INSTANCE_IN_ARREARS,
    Condition.DISKS_EXPIRED: errors.DISK_IN_ARREARS,
}
RESIZE_KEY = KeyRows(
    errors.KEY_NOT_ENABLED, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED, errors.KEY_UNTAGGED
)
"""There is no row for a key that is gone: it can't be enabled any more."""


class ResizeDisk(Request):
    """Make a disk larger; what is on it stays as it is."""

    disk_id: Annotated[str, param("One's own disk.", missing=errors.DISK_INCOMPLETE)]
    new_size: Annotated[
        int,
        param(
            "GiB, more than before.",
            ge=1,
            le=131072,
            missing=errors.DISK_INCOMPLETE,
            malformed=errors.DATA_DISK_SIZE_NOT_SUPPORTED,
        ),
    ]
    type: Annotated[
        Literal["offline", "online"],
        param(
            "online: while the instance runs, which sees it at once. offline: after a restart.",
            malformed=errors.RESIZE_TYPE,
        ),
    ] = "offline"
    client_token: ClientToken = None


class ResizedDisk(Answer):
    """Nothing is ordered, so that there is no order."""

    order_id: str | Unset = UNSET


@ECS.operation(
    unknown_region=errors.REGION_MALFORMED,
    errors=(
        *HELD_BACK.values(),
        errors.DISK_NOT_FOUND,
        errors.RESIZE_DETACHED_SYSTEM_DISK,
        errors.RESIZE_KIND,
        errors.RESIZE_SHARED_ONLINE,
        errors.DISK_OPERATION_CONFLICT,
        errors.DISK_STATUS,
        errors.RESIZE_DISK_STATUS,
        errors.RESIZE_ONLINE_NOT_RUNNING,
        errors.INSTANCE_STATUS,
        errors.DISK_BEING_SNAPSHOT,
        *RESIZE_KEY[1:],
        errors.RESIZE_ONLINE_REGION,
        errors.RESIZE_ONLINE_TYPE,
        errors.RESIZE_ONLINE_CATEGORY,
        errors.RESIZE_ONLINE_SIZE,
        errors.RESIZE_TOO_SMALL,
        errors.RESIZE_SAME_SIZE,
        errors.RESIZE_TOO_LARGE,
        errors.RESIZE_SYSTEM_DISK_TOO_LARGE,
        errors.RESIZE_IMAGE,
        errors.DISK_QUOTA_CAPACITY,
        errors.DISK_QUOTA_ZONE_CAPACITY,
    ),
)
def resize_disk(ctx: Context, request: ResizeDisk) -> ResizedDisk:
    """The new size is shown at once. Source: ResizeDisk (2025)."""
    ctx.check_standing(HELD_BACK)
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    ctx.check_standing(
        {Condition.ARREARS: errors.INSTANCE_IN_ARREARS if disk.instance else errors.DISK_IN_ARREARS}
    )
    if disk.kind == SYSTEM and not disk.instance:
        raise errors.RESIZE_DETACHED_SYSTEM_DISK()
    category = catalogue.disk_category(disk.category)
    if category is None or category.ephemeral:
        raise errors.RESIZE_KIND()
    if disk.multi_attach and request.type == "online":
        raise errors.RESIZE_SHARED_ONLINE()
    instance = ctx.tx.get(Instance, disk.instance)
    if instance:
        check_paid(ctx, instance)
    _check_states(ctx, disk, instance, online=request.type == "online")
    check_readable(ctx, Cipher.of(disk), RESIZE_KEY)
    if request.type == "online" and instance:
        _check_online(ctx, disk, instance, category, request.new_size)
    system = disk.kind == SYSTEM
    check_new_size(
        request.new_size,
        old=disk.size,
        largest=(category.system if system else category.data).maximum,
        too_large=errors.RESIZE_SYSTEM_DISK_TOO_LARGE if system else errors.RESIZE_TOO_LARGE,
    )
    if system and _keeps_its_size(ctx, disk):
        raise errors.RESIZE_IMAGE()
    if disk.kind == DATA:
        more = request.new_size - disk.size
        disk_quotas.check_growth(ctx, disk, more)
    phase = ctx.compute.resize_disk(disk, request.new_size, ctx.now)
    ctx.tx.put(replace(disk, size=request.new_size, phase=phase))
    return ResizedDisk()


def _check_states(ctx: Context, disk: Disk, instance: Instance | None, *, online: bool) -> None:
    if is_being_resized(disk, ctx.now):
        raise errors.DISK_OPERATION_CONFLICT()
    status = disk.phase.at(ctx.now)
    if status == DISK_CREATING:
        raise errors.DISK_STATUS()
    if status not in (IN_USE, DISK_AVAILABLE):
        raise errors.RESIZE_DISK_STATUS()
    if online and (instance is None or instance.phase.at(ctx.now) != RUNNING):
        raise errors.RESIZE_ONLINE_NOT_RUNNING()
    if instance and instance.phase.at(ctx.now) not in (RUNNING, STOPPED):
        raise errors.INSTANCE_STATUS()
    if being_snapshot(ctx, disk):
        raise errors.DISK_BEING_SNAPSHOT()


def _check_online(ctx: Context, disk: Disk, instance: Instance, category: DiskCategory, size: int) -> None:
    if not ctx.has(Feature.RESIZE_ONLINE, disk.region):
        raise errors.RESIZE_ONLINE_REGION()
    if not ctx.has(Feature.RESIZE_ONLINE, family(instance)):
        raise errors.RESIZE_ONLINE_TYPE()
    if not category.resize_online:
        raise errors.RESIZE_ONLINE_CATEGORY()
    if not can_grow_online(disk.size, size):
        raise errors.RESIZE_ONLINE_SIZE()


def _keeps_its_size(ctx: Context, disk: Disk) -> bool:
    image, _ = ctx.images.judge(disk.image, disk.region, to=Action.DESCRIBE)
    return image is not None and image.platform in FIXED_SYSTEMS
