"""Changing, copying and deleting images."""

from typing import Annotated, Any, Literal

import msgspec

from localyun import catalogue
from localyun.model import Image, Instance, Phase, Snapshot
from localyun.model.access import Action, Relation
from localyun.model.encryption import Cipher, Wish, check_wish, refusals
from localyun.model.image_rules import can_boot, check_status_change, is_image_id, like
from localyun.model.images import AVAILABLE, CREATING, WAITING, DiskMapping
from localyun.model.instances import ACCOMPLISHED
from localyun.model.standing import Condition
from localyun.operations.common import (
    ClientToken,
    DryRun,
    PlainTagItem,
    RegionId,
    ResourceGroupId,
    check_resource_group,
    is_description,
    is_name,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.create_image import BootMode, MadeImage, check_family, check_name
from localyun.operations.ecs.encryption import COPY, copied_disks
from localyun.operations.ecs.image_copies import (
    begin_copy,
    check_regions,
    is_being_copied,
    is_copying,
    tasks_in,
)
from localyun.operations.ecs.launch_fields import EncryptAlgorithm, KeyId
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.snapshots import begin_snapshot, has_snapshots
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


class CopyImage(Request):
    """Copy an image to another region, or within its own."""

    region_id: RegionId
    image_id: Annotated[str, param("An image that is one's own or shared.", example="m-bp1exampleexample")]
    destination_image_name: Annotated[str | None, param("2 to 128 characters, unique there.")] = None
    destination_description: Annotated[str | None, param("2 to 256 characters.")] = None
    destination_region_id: Annotated[str | None, param("Where the copy is made; its own region.")] = None
    encrypted: Annotated[
        bool | None, param("Whether the copy is encrypted; has to be said for a copy of an encrypted image.")
    ] = None
    kms_key_id: KeyId = None
    encrypt_algorithm: EncryptAlgorithm = None
    resource_group_id: ResourceGroupId = None
    tag: Annotated[tuple[PlainTagItem, ...], param("Up to 20 tags.", max_length=20)] = ()
    dry_run: DryRun = False
    client_token: ClientToken = None


@ECS.operation(
    errors=(
        errors.COPY_TO_REGION_NOT_FOUND,
        errors.COPY_NAME_RESERVED,
        errors.IMAGE_NAME_MALFORMED,
        errors.COPY_DESCRIPTION_MALFORMED,
        errors.INVALID_PARAMETER,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.COPY_ARREARS,
        errors.COPY_NOT_AUTHORIZED,
        errors.REGION_WITHOUT_COPIES,
        errors.COPY_FROM_REGION,
        errors.COPY_TO_REGION,
        errors.COPY_NOT_COMPLIANT,
        errors.IMAGE_NAMED_NOT_FOUND,
        errors.IMAGE_NOT_FOUND,
        errors.COPY_COMMUNITY,
        errors.COPY_OF_COPY,
        errors.COPY_STATUS,
        errors.COPY_SHARED_ELSEWHERE,
        errors.COPY_TWICE,
        errors.COPY_ENCRYPTED_ELSEWHERE,
        *refusals(COPY),
        errors.COPY_KMS_UNAUTHORIZED,
        errors.COPY_TOO_LARGE,
        errors.COPY_NAME_TAKEN,
        errors.COPY_QUOTA,
        errors.SNAPSHOT_QUOTA,
    ),
    unknown_region=errors.COPY_FROM_REGION_NOT_FOUND,
)
def copy_image(ctx: Context, request: CopyImage) -> MadeImage:
    """What isn't one's own is copied within its region only. The copy is the caller's, tags and family apart.

    Five copies are made in a region at once, further ones wait. A copy without name is called by its id,
    which is our choice. Source: CopyImage (2025).
    """
    region = request.destination_region_id or ctx.region
    if catalogue.region(region) is None:
        raise errors.COPY_TO_REGION_NOT_FOUND()
    name, description = request.destination_image_name, request.destination_description
    check_name(name, reserved=errors.COPY_NAME_RESERVED)
    if description is not None and not is_description(description):
        raise errors.COPY_DESCRIPTION_MALFORMED()
    malformed = errors.INVALID_PARAMETER
    tags = new_tags(request.tag, bad_key=malformed, bad_value=malformed, twice=malformed)
    wish = Wish(request.encrypted, request.kms_key_id, request.encrypt_algorithm)
    check_wish(wish, COPY)
    check_resource_group(request.resource_group_id)
    ctx.check_standing(
        {Condition.ARREARS: errors.COPY_ARREARS, Condition.NOT_AUTHORIZED: errors.COPY_NOT_AUTHORIZED}
    )
    check_regions(ctx, region)
    source, verdict = ctx.images.judge(request.image_id, ctx.region, to=Action.COPY)
    if source is None or not verdict.allowed:
        raise (
            errors.IMAGE_NOT_FOUND()
            if is_image_id(request.image_id)
            else errors.IMAGE_NAMED_NOT_FOUND(request.image_id)
        )
    if source.public:
        raise errors.COPY_COMMUNITY()
    if source.phase.at(ctx.now) != AVAILABLE:
        raise errors.COPY_OF_COPY() if is_being_copied(ctx, source) else errors.COPY_STATUS()
    if verdict.relation is not Relation.OWNER and region != ctx.region:
        raise errors.COPY_SHARED_ELSEWHERE()
    if any(task.source == source.id for task in tasks_in(ctx, region)):
        raise errors.COPY_TWICE()
    disks = copied_disks(ctx, source, wish, region)
    if sum(disk.size for disk in source.disks) > ctx.limits.copied_image_size:
        raise errors.COPY_TOO_LARGE()
    if name and ctx.images.name_taken(name, region):
        raise errors.COPY_NAME_TAKEN()
    if ctx.images.count(region) >= ctx.limits.images_per_account:
        raise errors.COPY_QUOTA(str(ctx.limits.images_per_account))
    most = ctx.limits.snapshots_per_region - len(source.disks)
    if has_snapshots(ctx, most + 1, owner=ctx.account, region=region):
        raise errors.SNAPSHOT_QUOTA()
    id = ctx.new_id("m", region)
    copy = msgspec.structs.replace(
        like(source),
        id=id,
        region=region,
        owner=ctx.account,
        created_at=ctx.now,
        name=name or id,
        description=description or "",
        resource_group=request.resource_group_id or "",
        tags=tags,
        size=source.size,
        disks=tuple(_copied_disk(ctx, disk, image=id, region=region) for disk in disks),
        version=source.version,
        copied_from=source.id,
    )
    begin_copy(ctx, source, copy)
    return MadeImage(image_id=id)


def _copied_disk(ctx: Context, disk: DiskMapping, *, image: str, region: str) -> DiskMapping:
    """A disk of a copy, on a snapshot of its own, which stays when the copy is deleted."""
    snapshot = begin_snapshot(
        ctx,
        Snapshot(
            id=ctx.new_id("s", region),
            region=region,
            owner=ctx.account,
            created_at=ctx.now,
            name=f"SnapshotForImage-{image}",
            phase=Phase(ACCOMPLISHED),
            size=disk.size,
            disk_kind=disk.kind,
            image=image,
            **msgspec.structs.asdict(Cipher.of(disk)),
        ),
    )
    return msgspec.structs.replace(disk, snapshot=snapshot.id)


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
