"""Changing, copying and deleting images."""

from typing import Annotated, Any, Literal

import msgspec

from localyun.model import Image, Instance, Phase
from localyun.model.access import Action, Relation
from localyun.model.image_rules import can_boot, check_status_change
from localyun.model.images import CREATING, WAITING
from localyun.operations.common import (
    DryRun,
    RegionId,
    is_description,
    is_name,
)
from localyun.operations.context import Context
from localyun.operations.ecs.image_copies import (
    is_copying,
)
from localyun.operations.ecs.new_images import BootMode, check_family
from localyun.operations.ecs.product import ECS
from localyun.operations.tasks import is_exporting, is_importing
from localyun.spec import errors
from localyun.spec.declare import Empty, Group, Request, param


class ImageFeatures(Group):
    """What the image can do."""

    nvme_support: Annotated[
        Literal["supported", "unsupported"] | None, param("Whether it has a driver for NVMe disks.")
    ] = None
    imds_support: Annotated[str | None, param("v2 for the hardened metadata service; never back to v1.")] = (
        None
    )


class ModifyImageAttribute(Request):
    """Change what is said of a custom image, or deprecate it, or take that back."""

    region_id: RegionId
    image_id: Annotated[str, param("One's own custom image.", example="m-bp1exampleexample")]
    image_name: Annotated[str | None, param("2 to 128 characters, unique in the region.")] = None
    status: Annotated[Literal["Deprecated", "Available"] | None, param("The status.")] = None
    image_family: Annotated[str | None, param("2 to 128 characters.")] = None
    boot_mode: Annotated[
        BootMode | None,
        param("How it boots; fixed while there are instances.", malformed=errors.BOOT_MODE_NOT_SUPPORTED),
    ] = None
    license_type: Annotated[
        Literal["BYOL"] | None,
        param("BYOL: the system's own license.", malformed=errors.LICENSE_TYPE_NOT_SUPPORTED),
    ] = None
    description: Annotated[str | None, param("2 to 256 characters.")] = None
    features: Annotated[ImageFeatures | None, param("What the image can do.")] = None
    dry_run: DryRun = False


@ECS.operation(
    errors=(
        errors.IMAGE_NAME_MALFORMED,
        errors.MODIFY_IMAGE_FAMILY_MALFORMED,
        errors.IMAGE_DESCRIPTION_MALFORMED,
        errors.IMDS_SUPPORT,
        errors.MODIFY_COMMUNITY,
        errors.IMAGE_NOT_FOUND,
        errors.IMAGE_IS_CREATING,
        errors.IMAGE_NOT_AVAILABLE,
        errors.DEPRECATED_WHILE_SHARED,
        errors.IMAGE_NOT_DEPRECATED,
        errors.BOOT_MODE_OF_ARCHITECTURE,
        errors.BOOT_MODE_IN_USE,
        errors.IMDS_SUPPORT_BACK,
        errors.IMAGE_NAME_TAKEN,
        errors.FAMILY_IMAGES_FULL,
        errors.FAMILIES_FULL,
    ),
)
def modify_image_attribute(ctx: Context, request: ModifyImageAttribute) -> Empty:
    """What isn't given stays. A shared image must be unshared before it is deprecated.

    Source: ModifyImageAttribute (2025).
    """
    features = request.features or ImageFeatures()
    if request.image_name is not None and not is_name(request.image_name):
        raise errors.IMAGE_NAME_MALFORMED()
    if request.image_family is not None and not is_name(request.image_family):
        raise errors.MODIFY_IMAGE_FAMILY_MALFORMED()
    if request.description is not None and not is_description(request.description):
        raise errors.IMAGE_DESCRIPTION_MALFORMED()
    if features.imds_support not in (None, "v1", "v2"):
        raise errors.IMDS_SUPPORT()
    image = _modifiable(ctx, request.image_id)
    status = image.phase.at(ctx.now)
    if status in (CREATING, WAITING):
        raise errors.IMAGE_IS_CREATING()
    if request.status is not None:
        check_status_change(status, request.status, shared=ctx.images.is_shared(image))
    if request.boot_mode is not None and request.boot_mode != image.boot_mode:
        if not can_boot(image.architecture, request.boot_mode):
            raise errors.BOOT_MODE_OF_ARCHITECTURE()
        if _instances_of(ctx, image):
            raise errors.BOOT_MODE_IN_USE()
    if features.imds_support == "v1" and image.imds_support == "v2":
        raise errors.IMDS_SUPPORT_BACK()
    renamed = request.image_name not in (None, image.name)
    if renamed and ctx.images.name_taken(request.image_name or "", ctx.region):
        raise errors.IMAGE_NAME_TAKEN()
    if request.image_family != image.family:
        check_family(
            ctx, request.image_family, images=errors.FAMILY_IMAGES_FULL, families=errors.FAMILIES_FULL
        )
    changes: dict[str, Any] = {
        "name": request.image_name,
        "phase": request.status and Phase(request.status),
        "family": request.image_family,
        "boot_mode": request.boot_mode,
        "license_type": request.license_type,
        "description": request.description,
        "nvme_support": features.nvme_support,
        "imds_support": features.imds_support,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    ctx.images.keep(msgspec.structs.replace(image, **given))
    return Empty()


def _modifiable(ctx: Context, id: str) -> Image:
    """Return one's own image, or refuse; that another's community image is there, is no secret."""
    image, verdict = ctx.images.judge(id, ctx.region, to=Action.MODIFY)
    if verdict.relation is Relation.COMMUNITY:
        raise errors.MODIFY_COMMUNITY()
    if image is None or not verdict.allowed:
        raise errors.IMAGE_NOT_FOUND()
    return image


def _instances_of(ctx: Context, image: Image) -> int:
    """How many instances of an image's owner were made from it; a sharee's don't count and aren't told."""
    return ctx.tx.count(Instance, image=image.id, owner=image.owner)


class DeleteImage(Request):
    """Delete a custom image."""

    region_id: RegionId
    image_id: Annotated[str, param("One's own custom image.", example="m-bp1exampleexample")]
    force: Annotated[bool, param("Even if one has instances made from it.")] = False
    dry_run: DryRun = False


@ECS.operation(
    errors=(
        errors.IMAGE_NOT_FOUND,
        errors.IMAGE_BEING_COPIED,
        errors.IMAGE_IMPORTING,
        errors.DELETE_EXPORTING,
        errors.DELETE_COMMUNITY,
        errors.IMAGE_SHARED,
        errors.IMAGE_IN_USE,
    ),
)
def delete_image(ctx: Context, request: DeleteImage) -> Empty:
    """A shared or public image stays, forced or not, and so does one that is copied, and an unfinished copy.

    Others' instances and copies don't hold it up. Snapshots stay.

    Source: DeleteImage (2025), whose table has a row for a missing image, though its text says ignored.
    """
    image = ctx.images.get(request.image_id, ctx.region, to=Action.DELETE)
    if is_copying(ctx, image):
        raise errors.IMAGE_BEING_COPIED()
    if is_importing(ctx, image):
        raise errors.IMAGE_IMPORTING()
    if is_exporting(ctx, image):
        raise errors.DELETE_EXPORTING()
    if image.public:
        raise errors.DELETE_COMMUNITY()
    if ctx.images.is_shared(image):
        raise errors.IMAGE_SHARED()
    if _instances_of(ctx, image) and not request.force:
        raise errors.IMAGE_IN_USE()
    ctx.images.forget(image)
    return Empty()
