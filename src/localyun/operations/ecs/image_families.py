"""The newest image of a family, and the instance types that an image runs on."""

from typing import Annotated, Literal

from localyun import catalogue
from localyun.model.access import Action
from localyun.model.image_rules import runs_on, suits
from localyun.model.standing import Condition
from localyun.operations.common import RegionId, Tags
from localyun.operations.context import Context
from localyun.operations.ecs.image_views import image_view
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Group, Request, Unset, View, param


class DescribeImageFromFamily(Request):
    """Show the newest available image of a family, one's own or the provider's."""

    region_id: RegionId
    image_family: Annotated[str, param("The exact family.", example="web")]


class FamilyDisk(View):
    """A disk of an image."""

    type: str
    snapshot_id: str
    size: str
    device: str
    format: str
    import_oss_bucket: str | Unset = UNSET
    import_oss_object: str | Unset = UNSET


class FamilyDisks(View):
    """The disks of an image, the system disk first."""

    disk_device_mapping: list[FamilyDisk]


class FamilyImage(View):
    """An image; nothing is said of it where the family has none."""

    creation_time: str | Unset = UNSET
    status: str | Unset = UNSET
    image_family: str | Unset = UNSET
    progress: str | Unset = UNSET
    is_copied: bool | Unset = UNSET
    is_support_io_optimized: bool | Unset = UNSET
    image_owner_alias: str | Unset = UNSET
    is_support_cloudinit: bool | Unset = UNSET
    image_version: str | Unset = UNSET
    usage: str | Unset = UNSET
    is_self_shared: str | Unset = UNSET
    description: str | Unset = UNSET
    size: int | Unset = UNSET
    platform: str | Unset = UNSET
    image_name: str | Unset = UNSET
    os_name: str | Unset = UNSET
    image_id: str | Unset = UNSET
    os_type: str | Unset = UNSET
    is_subscribed: bool | Unset = UNSET
    product_code: str | Unset = UNSET
    architecture: str | Unset = UNSET
    disk_device_mappings: FamilyDisks | Unset = UNSET
    tags: Tags | Unset = UNSET


class ImageFromFamily(Answer):
    """The newest image of a family."""

    image: FamilyImage


@ECS.operation(
    errors=(errors.FAMILY_NOT_AUTHORIZED,), changes=False, unknown_region=errors.FAMILY_REGION_NOT_FOUND
)
def describe_image_from_family(ctx: Context, request: DescribeImageFromFamily) -> ImageFromFamily:
    """A family without an available image is answered by an empty image, not refused.

    What others share, publish or hide is in no family of one's own. What is shown of an image is part of
    what DescribeImages shows. Source: DescribeImageFromFamily (2025).
    """
    ctx.check_standing({Condition.NOT_AUTHORIZED: errors.FAMILY_NOT_AUTHORIZED})
    found = ctx.images.newest_of_family(request.image_family, ctx.region, ctx.now)
    if found is None:
        return ImageFromFamily(image=FamilyImage())
    view = image_view(ctx, *found)
    shown = {name: getattr(view, name) for name in FamilyImage.__struct_fields__}
    shown["disk_device_mappings"] = FamilyDisks(
        disk_device_mapping=[
            FamilyDisk(**{name: getattr(disk, name) for name in FamilyDisk.__struct_fields__})
            for disk in view.disk_device_mappings.disk_device_mapping
        ]
    )
    return ImageFromFamily(image=FamilyImage(**shown))


class TypeFilterItem(Group):
    """A filter: `Filter.N.Key` and `Filter.N.Value`."""

    key: Annotated[str | None, param("InstanceType or Usage.")] = None
    value: Annotated[str | None, param("An instance type, or instance or none.")] = None


class DescribeImageSupportInstanceTypes(Request):
    """List the instance types that can start from an image."""

    region_id: RegionId
    image_id: Annotated[str | None, param("The image.", example="m-bp1exampleexample")] = None
    action_type: Annotated[
        Literal["CreateEcs", "ChangeOS"] | None,
        param("What it is for: one with data disks can't replace a system disk (ChangeOS)."),
    ] = None
    filter: Annotated[
        tuple[TypeFilterItem, ...],
        param("InstanceType narrows the answer to one type, Usage is instance or none; others are ignored."),
    ] = ()


class SupportedInstanceType(View):
    """An instance type. Memory is in GiB."""

    instance_type_id: str
    instance_type_family: str
    cpu_core_count: int
    memory_size: float


class SupportedInstanceTypes(View):
    """The instance types."""

    instance_type: list[SupportedInstanceType]


class ImageInstanceTypes(Answer):
    """The instance types that can start from an image."""

    image_id: str
    region_id: str
    instance_types: SupportedInstanceTypes


@ECS.operation(
    errors=(errors.INSTANCE_TYPE_NOT_FOUND, errors.SNAPSHOTS_USAGE, errors.IMAGE_NAMED_NOT_FOUND),
    changes=False,
    malformed=errors.IMAGES_PARAMETER,
)
def describe_image_support_instance_types(
    ctx: Context, request: DescribeImageSupportInstanceTypes
) -> ImageInstanceTypes:
    """Processor and boot mode decide, as they do when instances are run. ImageId is needed, though optional.

    Source: DescribeImageSupportInstanceTypes (2025).
    """
    if request.image_id is None:
        raise errors.MISSING_PARAMETER("ImageId")
    wanted = _types_asked_for(request.filter)
    image = ctx.images.get(
        request.image_id, ctx.region, to=Action.DESCRIBE, missing=errors.IMAGE_NAMED_NOT_FOUND
    )
    return ImageInstanceTypes(
        image_id=image.id,
        region_id=ctx.region,
        instance_types=SupportedInstanceTypes(
            instance_type=[
                SupportedInstanceType(
                    instance_type_id=machine.id,
                    instance_type_family=machine.family,
                    cpu_core_count=machine.cpu_core_count,
                    memory_size=machine.memory_size,
                )
                for machine in catalogue.instance_types()
                if wanted in (None, machine.id)
                and suits(image, request.action_type)
                and runs_on(
                    image, cpu_architecture=machine.cpu_architecture, boot_modes=machine.supported_boot_modes
                )
            ]
        ),
    )


def _types_asked_for(filters: tuple[TypeFilterItem, ...]) -> str | None:
    """Return the instance type that is asked for, or refuse one that there isn't, and an unknown usage."""
    asked = {item.key: item.value or "" for item in filters}
    wanted = asked.get("InstanceType")
    if wanted is not None and catalogue.instance_type(wanted) is None:
        raise errors.INSTANCE_TYPE_NOT_FOUND()
    if asked.get("Usage", "none") not in ("instance", "none"):
        raise errors.SNAPSHOTS_USAGE()
    return wanted
