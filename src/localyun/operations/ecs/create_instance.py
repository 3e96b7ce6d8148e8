"""CreateInstance: one instance that isn't started."""

from typing import Annotated

import msgspec

from localyun.operations.common import TagItem
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import LAUNCH, PlaceRows
from localyun.operations.ecs.launch_disks import DiskRows
from localyun.operations.ecs.launch_fields import PASS_ROLE, DataDisk, Launch, SystemDisk
from localyun.operations.ecs.launching import Rows, launch, refusals
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, NotEmulated, Unset, param
from localyun.spec.support import Support

ROWS = Rows(
    no_image=errors.MISSING_PARAMETER,
    image_not_valid=errors.CREATE_IMAGE_NOT_VALID,
    wrong_image=errors.IMAGE_AND_INSTANCE_TYPE,
    security_group_not_found=errors.SECURITY_GROUP_NOT_FOUND,
    private_ip_malformed=errors.CREATE_PRIVATE_IP_MALFORMED,
    private_ip_taken=errors.CREATE_PRIVATE_IP_TAKEN,
    user_data_malformed=errors.CREATE_USER_DATA_MALFORMED,
    bandwidth_in=errors.CREATE_BANDWIDTH_IN,
    bandwidth_out=errors.CREATE_BANDWIDTH_OUT,
    tags=errors.CREATE_TAGS,
    disks=DiskRows(
        name_malformed=errors.CREATE_DISK_NAME_MALFORMED,
        description_malformed=errors.CREATE_DISK_DESCRIPTION_MALFORMED,
        system_category=errors.CREATE_SYSTEM_DISK_CATEGORY,
        system_too_large=errors.SYSTEM_DISK_MORE_THAN_MAX,
        encryption=LAUNCH._replace(key_declined=errors.ENCRYPTED_ILLEGAL, received_algorithm=None),
        places=PlaceRows(
            zone=errors.ALGORITHM_OF_REGION,
            region=errors.ALGORITHM_OF_REGION,
            category=errors.CATEGORY_UNENCRYPTED,
            category_of_snapshot=errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT,
        ),
        community_encrypted=errors.RECEIVED_ENCRYPTED,
        # It takes no key for the system disk, so that it says so before it comes to zones.
        zone_without_sharing=errors.OWN_KEY_FOR_IMAGE,
        region_without_sharing=errors.OWN_KEY_FOR_IMAGE,
    ),
)


class CreateSystemDisk(SystemDisk):
    """The disk that the instance starts from."""

    size: Annotated[
        int | None, param("GiB, the image's size at least; by default 40 or the image's size. 0 is absent.")
    ] = None


class CreateDataDisk(DataDisk):
    """A further disk."""

    encrypted: Annotated[bool | None, param("Whether it is encrypted; by default as its snapshot.")] = None


class CreateInstance(Launch, kw_only=True):
    """Make one instance of an image, without starting it."""

    instance_type: Annotated[str, param("As DescribeInstanceTypes lists it.")]
    system_disk: CreateSystemDisk = msgspec.field(default_factory=CreateSystemDisk)
    data_disk: tuple[CreateDataDisk, ...] = ()
    tag: Annotated[tuple[TagItem, ...], param("Up to 20.")] = ()
    use_additional_service: Accepted[bool] = None
    cluster_id: NotEmulated[str] = None
    vlan_id: NotEmulated[str] = None
    inner_ip_address: NotEmulated[str] = None
    node_controller_id: NotEmulated[str] = None


class CreatedInstance(Answer):
    """The new instance, which is still being made."""

    instance_id: str
    order_id: str | Unset = UNSET
    trade_price: float | Unset = UNSET


@ECS.operation(
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
    dependent=(PASS_ROLE,),
    errors=(errors.PASS_ROLE_FORBIDDEN, *refusals(ROWS)),
    support=Support.PARTIAL,
    gaps="Without VSwitchId the instance is of the classic network, where the provider makes a default VPC. "
    "There is no stock to run out of, no purchase by the month and no spot price.",
)
def create_instance(ctx: Context, request: CreateInstance) -> CreatedInstance:
    """The instance is Pending, then Stopped. Source: CreateInstance (2025)."""
    groups = (request.security_group_id,) if request.security_group_id else ()
    (instance,) = launch(ctx, request, ROWS, security_groups=groups, start=False)
    return CreatedInstance(instance_id=instance.id)
