"""Giving a role to instances, so that what runs in them may do what the role may."""

from typing import Annotated

from msgspec.structs import replace

from localyun.model import Instance
from localyun.operations.common import RegionId, id_list
from localyun.operations.context import Context
from localyun.operations.ecs.launch_fields import PASS_ROLE
from localyun.operations.ecs.product import ECS
from localyun.operations.tasks import ECS_SERVICE
from localyun.spec import errors
from localyun.spec.declare import Answer, NotEmulated, Request, View, param


class AttachInstanceRamRole(Request):
    """Give a role to instances."""

    region_id: RegionId
    ram_role_name: Annotated[str, param("The role; it trusts the service ecs.aliyuncs.com.")]
    instance_ids: Annotated[str, param("A JSON array of one's own instances in a VPC.")]
    policy: NotEmulated[str] = None


class AttachInstanceRamRoleResult(View):
    """What became of an instance."""

    code: str
    message: str
    instance_id: str
    success: bool


class AttachInstanceRamRoleResults(View):
    """What became of each instance."""

    attach_instance_ram_role_result: list[AttachInstanceRamRoleResult]


class RoleResults(Answer):
    """What became of each instance."""

    ram_role_name: str
    total_count: int
    fail_count: int
    attach_instance_ram_role_results: AttachInstanceRamRoleResults


@ECS.operation(
    errors=(
        errors.PASS_ROLE_FORBIDDEN,
        errors.RAM_ROLE_INSTANCE_IDS,
        errors.LAUNCH_ROLE_NOT_FOUND,
        errors.INSTANCE_ROLE_NOT_TRUSTING,
        errors.ROLE_INSTANCE_NOT_FOUND,
        errors.RAM_ROLE_OF_CLASSIC,
    ),
    dependent=(PASS_ROLE,),
)
def attach_instance_ram_role(ctx: Context, request: AttachInstanceRamRole) -> RoleResults:
    """All of the instances or none; the role takes the place of any other.

    Source: AttachInstanceRamRole (2025).
    """
    ids = id_list(request.instance_ids, errors.RAM_ROLE_INSTANCE_IDS)
    if not ids:
        raise errors.RAM_ROLE_INSTANCE_IDS()
    if ctx.identities.role(request.ram_role_name) is None:
        raise errors.LAUNCH_ROLE_NOT_FOUND()
    if not ctx.service_may_assume(ctx.account, request.ram_role_name, ECS_SERVICE):
        raise errors.INSTANCE_ROLE_NOT_TRUSTING()
    instances = [ctx.own(Instance, id, errors.ROLE_INSTANCE_NOT_FOUND) for id in dict.fromkeys(ids)]
    if not all(instance.vpc for instance in instances):
        raise errors.RAM_ROLE_OF_CLASSIC()
    for instance in instances:
        ctx.tx.put(replace(instance, ram_role=request.ram_role_name))
    return RoleResults(
        ram_role_name=request.ram_role_name,
        total_count=len(instances),
        fail_count=0,
        attach_instance_ram_role_results=AttachInstanceRamRoleResults(
            attach_instance_ram_role_result=[
                AttachInstanceRamRoleResult(
                    code="200", message="success", instance_id=instance.id, success=True
                )
                for instance in instances
            ]
        ),
    )
