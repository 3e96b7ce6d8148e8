"""What happens to an instance in maintenance, and which private pool it is in: asked by Terraform, always."""

from typing import Annotated

from localyun.model import Instance
from localyun.operations.common import PageNumber, PageSize, RegionId, id_list, page
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.listing import chosen
from localyun.spec import errors
from localyun.spec.declare import Answer, Request, View, param
from localyun.spec.support import Support

ACTIONS = ("AutoRecover", "AutoRedeploy", "Stop")
"""What can be done with an instance whose host needs maintenance, the usual one first."""


class DescribeInstanceMaintenanceAttributes(Request):
    """Say what happens to instances in maintenance."""

    region_id: RegionId
    instance_id: Annotated[tuple[str, ...], param("Only these.")] = ()
    page_number: PageNumber = 1
    page_size: PageSize = 10


class SupportedValues(View):
    """What can be chosen."""

    supported_value: list[str]


class ActionOnMaintenance(View):
    """What is done with an instance."""

    value: str
    default_value: str
    supported_values: SupportedValues


class MaintenanceWindow(View):
    """When maintenance may take place."""

    start_time: str
    end_time: str


class MaintenanceWindows(View):
    """When maintenance may take place; at any time if there are none."""

    maintenance_window: list[MaintenanceWindow]


class MaintenanceAttribute(View):
    """What happens to an instance in maintenance."""

    instance_id: str
    notify_on_maintenance: bool
    action_on_maintenance: ActionOnMaintenance
    maintenance_windows: MaintenanceWindows


class MaintenanceAttributes(View):
    """A page of instances."""

    maintenance_attribute: list[MaintenanceAttribute]


class MaintenanceAttributeList(Answer):
    """What happens to instances in maintenance."""

    page_size: int
    page_number: int
    total_count: int
    maintenance_attributes: MaintenanceAttributes


@ECS.operation(
    changes=False,
    support=Support.PARTIAL,
    gaps="No host ever needs maintenance, so what an instance starts with can't be changed.",
)
def describe_instance_maintenance_attributes(
    ctx: Context, request: DescribeInstanceMaintenanceAttributes
) -> MaintenanceAttributeList:
    """An instance that isn't the caller's is left out. Source: the SDK's model (2026)."""
    found = chosen(ctx, Instance, request.instance_id or None)
    action = ActionOnMaintenance(
        value=ACTIONS[0],
        default_value=ACTIONS[0],
        supported_values=SupportedValues(supported_value=list(ACTIONS)),
    )
    return MaintenanceAttributeList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        maintenance_attributes=MaintenanceAttributes(
            maintenance_attribute=[
                MaintenanceAttribute(
                    instance_id=instance.id,
                    notify_on_maintenance=False,
                    action_on_maintenance=action,
                    maintenance_windows=MaintenanceWindows(maintenance_window=[]),
                )
                for instance in page(found, request.page_number, request.page_size)
            ]
        ),
    )


class DescribeInstanceAttachmentAttributes(Request):
    """Say which private pools instances are in."""

    region_id: RegionId
    instance_ids: Annotated[str, param("A JSON array of ids.", example='["i-bp1exampleexample"]')]
    page_number: PageNumber = 1
    page_size: PageSize = 10


class PrivatePoolOfInstance(View):
    """Which private pool an instance is in: none."""

    instance_id: str
    private_pool_options_id: str = ""
    private_pool_options_match_criteria: str = "None"


class PrivatePoolsOfInstances(View):
    """A page of instances."""

    instance: list[PrivatePoolOfInstance]


class AttachmentAttributeList(Answer):
    """Which private pools instances are in."""

    page_size: int
    page_number: int
    total_count: int
    instances: PrivatePoolsOfInstances


@ECS.operation(
    changes=False,
    errors=(errors.INVALID_PARAMETER,),
    support=Support.PARTIAL,
    gaps="There are no private pools for an instance to be in.",
)
def describe_instance_attachment_attributes(
    ctx: Context, request: DescribeInstanceAttachmentAttributes
) -> AttachmentAttributeList:
    """An instance that isn't the caller's is left out. Source: the SDK's model (2026)."""
    found = chosen(ctx, Instance, id_list(request.instance_ids, errors.INVALID_PARAMETER, "InstanceIds"))
    return AttachmentAttributeList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        instances=PrivatePoolsOfInstances(
            instance=[
                PrivatePoolOfInstance(instance_id=instance.id)
                for instance in page(found, request.page_number, request.page_size)
            ]
        ),
    )
