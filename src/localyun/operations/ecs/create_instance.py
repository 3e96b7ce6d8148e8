"""CreateInstance: one instance that isn't started."""

from ipaddress import IPv4Address
from typing import Annotated, Literal

import msgspec

from localyun.operations.common import TagItem
from localyun.operations.context import Context
from localyun.operations.ecs.launch_fields import NONE_HERE, PASS_ROLE, DataDisk, Launch, SystemDisk
from localyun.operations.ecs.launch_rows import CREATE
from localyun.operations.ecs.launch_standing import OF_CREATE, SPOT
from localyun.operations.ecs.launching import Wording, launch, refusals
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Unset, param
from localyun.spec.support import Support

WORDING = Wording(CREATE, OF_CREATE, SPOT)


class CreateSystemDisk(SystemDisk):
    """The disk that the instance starts from."""

    size: Annotated[
        int | None,
        param(
            "GiB, the image's size at least; by default 40 or the image's size. 0 is absent.",
            malformed=errors.SYSTEM_DISK_SIZE_MALFORMED,
        ),
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
    io_optimized: Annotated[
        Literal["optimized", "none"] | None,
        param("All types are: `none` is refused.", malformed=errors.CREATE_IO_OPTIMIZED),
    ] = None
    period_unit: Annotated[
        Literal["Week", "Month"],
        param("Of Period and AutoRenewPeriod.", malformed=errors.CREATE_PERIOD_UNIT),
    ] = "Month"
    auto_renew_period: Annotated[
        int | None, param("By how much; 1 by default.", malformed=errors.CREATE_RENEWAL)
    ] = None
    use_additional_service: Accepted[bool] = None
    cluster_id: Annotated[str | None, param("A cluster: there are none.", support=NONE_HERE)] = None
    vlan_id: Annotated[str | None, param("A VLAN: there are none.", support=NONE_HERE)] = None
    inner_ip_address: Annotated[
        str | None, param("An address of the classic network: none can be chosen.", support=NONE_HERE)
    ] = None
    node_controller_id: Annotated[str | None, param("For the provider's own people.", support=NONE_HERE)] = (
        None
    )


class CreatedInstance(Answer):
    """The new instance, which is still being made."""

    instance_id: str
    order_id: str | Unset = UNSET
    trade_price: float | Unset = UNSET


@ECS.operation(
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
    dependent=(PASS_ROLE,),
    errors=(
        errors.NODE_CONTROLLER_MALFORMED,
        errors.CLUSTER_NOT_FOUND,
        errors.VLAN_INVALID,
        errors.INNER_ADDRESS_MALFORMED,
        errors.INNER_ADDRESS_UNUSABLE,
        *refusals(WORDING),
    ),
    support=Support.PARTIAL,
    gaps="Without VSwitchId the instance is of the classic network, where the provider makes a default VPC. "
    "Nothing is charged, and no spot instance is taken back. Dedicated hosts, sets and pools can't be made, "
    "so that none is found.",
)
def create_instance(ctx: Context, request: CreateInstance) -> CreatedInstance:
    """The instance is Pending, then Stopped. Source: CreateInstance (2025)."""
    _check_what_is_chosen(request)
    groups = (request.security_group_id,) if request.security_group_id else ()
    (instance,) = launch(ctx, request, WORDING, security_groups=groups, start=False)
    return CreatedInstance(instance_id=instance.id)


def _check_what_is_chosen(request: CreateInstance) -> None:
    """Refuse what only the provider's own people can choose."""
    if request.node_controller_id:
        raise errors.NODE_CONTROLLER_MALFORMED()
    if request.cluster_id:
        raise errors.CLUSTER_NOT_FOUND()
    if request.vlan_id:
        raise errors.VLAN_INVALID()
    if request.inner_ip_address:
        try:
            IPv4Address(request.inner_ip_address)
        except ValueError:
            raise errors.INNER_ADDRESS_MALFORMED() from None
        raise errors.INNER_ADDRESS_UNUSABLE()
