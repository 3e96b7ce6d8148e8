"""What of a new disk can't be: by itself, where it is to be, or of its snapshot."""

from localyun import catalogue
from localyun.catalogue import DiskCategory
from localyun.model import Snapshot
from localyun.model.disks import SMALLEST_BURSTING, most_provisioned_iops, performance_level
from localyun.model.encryption import check_wish
from localyun.model.instances import ACCOMPLISHED, FAILED, SYSTEM
from localyun.model.launching import is_instance_name
from localyun.model.standing import Condition, Feature
from localyun.operations.common import is_description, new_tags
from localyun.operations.context import Context
from localyun.operations.ecs.disk_quotas import LARGEST
from localyun.operations.ecs.encryption import LAUNCH, PlaceRows
from localyun.operations.ecs.new_disk_request import CreateDisk
from localyun.spec import errors

HELD_BACK = {
    Condition.NOT_LISTED: errors.NOT_ON_DISK_LIST,
    Condition.ARREARS: errors.COPY_ARREARS,
    Condition.NOT_AUTHORIZED: errors.NEW_DISK_REGION_UNAUTHORIZED,
    Condition.LOW_BALANCE: errors.NO_BALANCE,
    Condition.RESELLER: errors.PARTNER_BALANCE_TOO_LOW,
    Condition.NO_CREDIT: errors.AGENT_BALANCE_TOO_LOW,
    Condition.NO_COUPONS: errors.COUPONS_TOO_LOW,
    Condition.WRONG_PAYMENT: errors.PAY_METHOD_INVALID,
    Condition.UNVERIFIED: errors.CARD_NOT_VERIFIED,
    Condition.RISKY: errors.DISK_RISK,
}
CIPHER = LAUNCH._replace(own_key=None, received_algorithm=None)
PLACES = PlaceRows(
    zone=errors.ZONE_WITHOUT_SNAPSHOT_ENCRYPTION,
    region=errors.REGION_WITHOUT_SNAPSHOT_ENCRYPTION,
    category=errors.NEW_DISK_UNENCRYPTED,
    category_of_snapshot=errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT,
)

MALFORMED = (
    errors.NEW_DISK_NAME,
    errors.IMAGE_DESCRIPTION_MALFORMED,
    errors.NEW_DISK_OF_NOTHING,
    errors.NEW_DISK_CATEGORY_UNKNOWN,
    errors.NEW_DISK_ADVANCED_FEATURES,
    errors.STORAGE_SET_MALFORMED,
    errors.STORAGE_SET_PARTITION,
    errors.CREATE_TAGS,
    errors.TAG_KEY_MALFORMED,
    errors.TAG_VALUE_MALFORMED,
    errors.TAG_KEY_TWICE,
    errors.NEW_DISK_ZONE_AND_INSTANCE,
    errors.STORAGE_CLUSTER_AND_SET,
    errors.STORAGE_CLUSTER_AND_INSTANCE,
    errors.NEW_DISK_ZONE_OF_REGIONAL,
    errors.STORAGE_SET_CATEGORY,
    errors.STORAGE_CLUSTER_CATEGORY,
    errors.NEW_DISK_EPHEMERAL_SNAPSHOT,
    errors.MULTI_ATTACH_AND_INSTANCE,
    errors.MULTI_ATTACH_NEVER,
    errors.MULTI_ATTACH_CATEGORY,
    errors.MULTI_ATTACH_SIZE,
    errors.BURSTING_SHARED,
    errors.NEW_DISK_IOPS_CATEGORY,
    errors.BURSTING_CATEGORY,
)
"""What `check_shapes` raises."""

ELSEWHERE = (
    errors.NEW_DISK_ZONE_CLOSED,
    errors.NEW_DISK_ZONE_SOLD_OUT,
    errors.NEW_DISK_CATEGORY_ELSEWHERE,
    errors.MULTI_ATTACH_ZONE,
)
"""What `check_place` raises."""

OF_THE_SNAPSHOT = (
    errors.NEW_DISK_SNAPSHOT_NOT_ALLOWED,
    errors.DATA_DISK_SNAPSHOT_NOT_READY,
    errors.DATA_DISK_OF_SYSTEM_SNAPSHOT,
    errors.NEW_DISK_FLASH_SNAPSHOT,
)
"""What `check_snapshot` raises."""

TOO_FAST = (
    errors.NEW_DISK_LEVEL,
    errors.NEW_DISK_LEVEL_AND_SIZE,
    errors.NEW_DISK_LEVEL_ELSEWHERE,
    errors.NEW_DISK_IOPS_LIMIT,
    errors.BURSTING_SIZE,
)
"""What `level_of`, `iops_of` and `bursts` raise."""


def check_shapes(ctx: Context, request: CreateDisk) -> DiskCategory:
    """Check each parameter, and those that exclude each other; return the category."""
    if request.disk_name is not None and not is_instance_name(request.disk_name):
        raise errors.NEW_DISK_NAME()
    if request.description is not None and not is_description(request.description):
        raise errors.IMAGE_DESCRIPTION_MALFORMED()
    if request.snapshot_id is None and request.size is None:
        raise errors.NEW_DISK_OF_NOTHING()
    category = catalogue.disk_category(request.disk_category)
    if category is None:
        raise errors.NEW_DISK_CATEGORY_UNKNOWN()
    check_wish(request.wish, CIPHER)
    if request.advanced_features:
        raise errors.NEW_DISK_ADVANCED_FEATURES()
    if request.storage_set_id and not request.storage_set_id.startswith("ss-"):
        raise errors.STORAGE_SET_MALFORMED()
    if request.storage_set_partition_number and not request.storage_set_id:
        raise errors.STORAGE_SET_PARTITION()
    if len(request.tag) > ctx.limits.tags_per_resource:
        raise errors.CREATE_TAGS(
            f"The maximum number of tags per resource is {ctx.limits.tags_per_resource}."
        )
    new_tags(request.tag)
    _check_together(request, category)
    return category


def _check_together(request: CreateDisk, category: DiskCategory) -> None:
    if request.zone_id and request.instance_id:
        raise errors.NEW_DISK_ZONE_AND_INSTANCE()
    if request.storage_cluster_id and request.storage_set_id:
        raise errors.STORAGE_CLUSTER_AND_SET()
    if request.storage_cluster_id and request.instance_id:
        raise errors.STORAGE_CLUSTER_AND_INSTANCE()
    if category.regional and request.zone_id:
        raise errors.NEW_DISK_ZONE_OF_REGIONAL()
    if category.regional and request.storage_set_id:
        raise errors.STORAGE_SET_CATEGORY()
    if category.regional and request.storage_cluster_id:
        raise errors.STORAGE_CLUSTER_CATEGORY()
    if category.ephemeral and request.snapshot_id:
        raise errors.NEW_DISK_EPHEMERAL_SNAPSHOT()
    if request.is_shared:
        _check_shared(request, category)
    if request.provisioned_iops is not None and not category.bursting:
        raise errors.NEW_DISK_IOPS_CATEGORY()
    if request.bursting_enabled and not category.bursting:
        raise errors.BURSTING_CATEGORY()
    if not (request.zone_id or request.instance_id or category.regional):
        raise errors.MISSING_PARAMETER("ZoneId")


def _check_shared(request: CreateDisk, category: DiskCategory) -> None:
    if request.instance_id:
        raise errors.MULTI_ATTACH_AND_INSTANCE()
    if category.regional or category.ephemeral:
        raise errors.MULTI_ATTACH_NEVER()
    if not category.multi_attach:
        raise errors.MULTI_ATTACH_CATEGORY()
    if (request.size or 0) > LARGEST:
        raise errors.MULTI_ATTACH_SIZE()
    if request.bursting_enabled:
        raise errors.BURSTING_SHARED()


def check_place(ctx: Context, place: str, category: DiskCategory, *, shared: bool) -> None:
    """Check that the place has what is asked for, which the operator can take away."""
    if not ctx.has(Feature.DISKS, place):
        raise errors.NEW_DISK_ZONE_CLOSED()
    if not ctx.has(Feature.DISK_SALE, place):
        raise errors.NEW_DISK_ZONE_SOLD_OUT()
    if not ctx.has(Feature(category.id), place):
        raise errors.NEW_DISK_CATEGORY_ELSEWHERE()
    if shared and not ctx.has(Feature.MULTI_ATTACH, place):
        raise errors.MULTI_ATTACH_ZONE()


def check_snapshot(ctx: Context, snapshot: Snapshot, category: DiskCategory) -> None:
    """Raise one of `OF_THE_SNAPSHOT` unless a disk of the category can be made of a snapshot."""
    status = snapshot.phase.at(ctx.now)
    if status == FAILED:
        raise errors.NEW_DISK_SNAPSHOT_NOT_ALLOWED()
    if status != ACCOMPLISHED:
        raise errors.DATA_DISK_SNAPSHOT_NOT_READY()
    if snapshot.disk_kind == SYSTEM:
        raise errors.DATA_DISK_OF_SYSTEM_SNAPSHOT()
    if snapshot.category == "flash" and not category.flash:
        raise errors.NEW_DISK_FLASH_SNAPSHOT()


def level_of(ctx: Context, request: CreateDisk, zone: str, category: DiskCategory, size: int) -> str:
    """Return the performance level, which not every category, size and zone has."""
    level = performance_level(
        request.performance_level,
        size,
        category.performance_levels,
        malformed=errors.NEW_DISK_LEVEL,
        not_match=errors.NEW_DISK_LEVEL_AND_SIZE,
    )
    if level == "PL0" and not ctx.has(Feature.PL0, zone):
        raise errors.NEW_DISK_LEVEL_ELSEWHERE()
    return level


def iops_of(request: CreateDisk, size: int) -> int | None:
    """Return how many IOPS are provisioned, which the size limits; None if nothing is said."""
    if (request.provisioned_iops or 0) > most_provisioned_iops(size):
        raise errors.NEW_DISK_IOPS_LIMIT()
    return request.provisioned_iops


def bursts(request: CreateDisk, size: int) -> bool:
    """Whether the disk is to burst, which a very small one can't."""
    if request.bursting_enabled and size < SMALLEST_BURSTING:
        raise errors.BURSTING_SIZE()
    return bool(request.bursting_enabled)
