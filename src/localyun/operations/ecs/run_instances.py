"""RunInstances: one or several instances, started."""

from localyun.model.launching import numbered_names
from localyun.operations.context import Context
from localyun.operations.ecs import launch_features, launch_interfaces, run_checks
from localyun.operations.ecs.launch_fields import PASS_ROLE
from localyun.operations.ecs.launch_interfaces import primary_of
from localyun.operations.ecs.launch_rows import RUN
from localyun.operations.ecs.launch_standing import OF_RUN, SPOT_OF_RUN
from localyun.operations.ecs.launching import Wording, launch, refusals
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.run_checks import (
    check_amounts,
    check_disks,
    check_found,
    check_names,
    check_network,
    check_place,
    inside,
    release_time,
    security_groups,
)
from localyun.operations.ecs.run_request import RunInstances
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Unset, View
from localyun.spec.support import Support

WORDING = Wording(RUN, OF_RUN, SPOT_OF_RUN)
WORDING_OF_INTERFACE = WORDING._replace(rows=launch_interfaces.ROWS)


class InstanceIdSets(View):
    """The new instances' ids."""

    instance_id_set: list[str]


class StartedInstances(Answer):
    """The new instances, which are starting."""

    instance_id_sets: InstanceIdSets
    order_id: str | Unset = UNSET
    trade_price: float | Unset = UNSET


@ECS.operation(
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
    dependent=(PASS_ROLE,),
    errors=(
        errors.PASS_ROLE_FORBIDDEN,
        *run_checks.WRONG,
        *launch_interfaces.WRONG,
        *refusals(WORDING),
        *refusals(WORDING_OF_INTERFACE),
        *run_checks.BEYOND_TYPE,
        *launch_features.LACKED,
        *launch_interfaces.BEYOND_TYPE,
    ),
    support=Support.PARTIAL,
    gaps="Without VSwitchId the instance is of the classic network, where the provider makes a default VPC. "
    "Nothing is charged or released by itself, and no spot instance is taken back. Dedicated hosts, sets, "
    "pools and templates can't be made, so that none is found. An image's data disks can't be changed by "
    "DataDisk.N.",
)
def run_instances(ctx: Context, request: RunInstances) -> StartedInstances:
    """All or nothing, unless MinAmount says otherwise. Source: RunInstances (2025)."""
    check_amounts(request)
    check_names(request)
    check_disks(request)
    check_place(request)
    check_network(request)
    release_at = release_time(ctx, request)
    primary = primary_of(request.network_interface)
    launched = inside(request, primary) if primary else request
    instances = launch(
        ctx,
        launched,
        WORDING_OF_INTERFACE if primary else WORDING,
        security_groups=security_groups(launched),
        amount=request.amount,
        at_least=request.min_amount or request.amount,
        numbered=lambda name: numbered_names(name, request.amount, unique_suffix=request.unique_suffix),
        host_names=request.host_names,
        further=lambda found: check_found(ctx, launched, found),
        release_at=release_at,
        start=True,
    )
    return StartedInstances(
        instance_id_sets=InstanceIdSets(instance_id_set=[instance.id for instance in instances])
    )
