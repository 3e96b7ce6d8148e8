"""CopyImage: an image of one's own in another region, or in the same."""

from typing import Annotated

import msgspec

from localyun import catalogue
from localyun.model import Image, Phase, Snapshot, Tag
from localyun.model.access import Action, Relation
from localyun.model.encryption import Cipher, Wish, check_wish, refusals
from localyun.model.image_rules import is_too_old, like
from localyun.model.images import AVAILABLE, DiskMapping
from localyun.model.instances import ACCOMPLISHED
from localyun.model.standing import Condition, Feature
from localyun.operations.common import (
    ClientToken,
    DryRun,
    PlainTagItem,
    RegionId,
    ResourceGroupId,
    check_resource_group,
    is_description,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import COPY, copied_disks
from localyun.operations.ecs.image_copies import begin_copy, check_regions, is_being_copied, tasks_in
from localyun.operations.ecs.launch_fields import EncryptAlgorithm, KeyId
from localyun.operations.ecs.new_images import MadeImage, check_name
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.snapshots import begin_snapshot, has_snapshots, snapshots_behind
from localyun.operations.images import missing_image
from localyun.operations.tasks import is_exporting
from localyun.spec import errors
from localyun.spec.declare import Request, param


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


STANDING = {Condition.ARREARS: errors.COPY_ARREARS, Condition.NOT_AUTHORIZED: errors.COPY_NOT_AUTHORIZED}
"""Who copies no image."""


@ECS.operation(
    errors=(
        errors.COPY_TO_REGION_NOT_FOUND,
        errors.COPY_NAME_RESERVED,
        errors.IMAGE_NAME_MALFORMED,
        errors.COPY_DESCRIPTION_MALFORMED,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.INVALID_PARAMETER,
        *STANDING.values(),
        errors.REGION_WITHOUT_COPIES,
        errors.COPY_FROM_REGION,
        errors.COPY_TO_REGION,
        errors.COPY_NOT_COMPLIANT,
        errors.COPY_WITHIN_REGION,
        errors.IMAGE_NAMED_NOT_FOUND,
        errors.IMAGE_NOT_FOUND,
        errors.COPY_COMMUNITY,
        errors.COPY_OF_COPY,
        errors.COPY_STATUS,
        errors.COPY_SHARED_ELSEWHERE,
        errors.COPY_WHILE_EXPORTED,
        errors.COPY_NOT_SUBSCRIBED,
        errors.COPY_NOT_SOLD,
        errors.COPY_TOO_OLD,
        errors.COPY_TWICE,
        errors.REGION_WITHOUT_OWN_KEYS,
        errors.COPY_OWN_KEY_NOT_LISTED,
        errors.COPY_ENCRYPTED_ELSEWHERE,
        *refusals(COPY),
        errors.COPY_KMS_UNAUTHORIZED,
        errors.COPY_OF_VHD,
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
    tags = _checked_words(request)
    wish = Wish(request.encrypted, request.kms_key_id, request.encrypt_algorithm)
    check_wish(wish, COPY)
    ctx.check_standing(STANDING)
    check_regions(ctx, region)
    source = _source(ctx, request.image_id, region)
    if any(task.source == source.id for task in tasks_in(ctx, region)):
        raise errors.COPY_TWICE()
    disks = _encrypted(ctx, source, wish, region)
    _check_room(ctx, request, source, region)
    id = ctx.new_id("m", region)
    copy = msgspec.structs.replace(
        like(source),
        id=id,
        region=region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.destination_image_name or id,
        description=request.destination_description or "",
        resource_group=request.resource_group_id or "",
        tags=tags,
        size=source.size,
        disks=tuple(_copied_disk(ctx, disk, image=id, region=region) for disk in disks),
        version=source.version,
        copied_from=source.id,
    )
    begin_copy(ctx, source, copy)
    return MadeImage(image_id=id)


def _checked_words(request: CopyImage) -> tuple[Tag, ...]:
    """Refuse words that can't be the copy's, and return its tags."""
    name, description = request.destination_image_name, request.destination_description
    check_name(name, reserved=errors.COPY_NAME_RESERVED)
    if description is not None and not is_description(description):
        raise errors.COPY_DESCRIPTION_MALFORMED()
    check_resource_group(request.resource_group_id)
    malformed = errors.INVALID_PARAMETER
    return new_tags(request.tag, bad_key=malformed, bad_value=malformed, twice=malformed)


def _source(ctx: Context, id: str, region: str) -> Image:
    """Return the image that is to be copied to a region, or refuse."""
    source, verdict = ctx.images.judge(id, ctx.region, to=Action.COPY)
    if source is None or not verdict.allowed:
        raise missing_image(id)
    if source.public:
        raise errors.COPY_COMMUNITY()
    if source.phase.at(ctx.now) != AVAILABLE:
        raise errors.COPY_OF_COPY() if is_being_copied(ctx, source) else errors.COPY_STATUS()
    if verdict.relation is not Relation.OWNER and region != ctx.region:
        raise errors.COPY_SHARED_ELSEWHERE()
    if verdict.relation is Relation.OWNER and is_exporting(ctx, source):
        raise errors.COPY_WHILE_EXPORTED()
    if source.product_code:
        ctx.check_standing({Condition.NOT_SUBSCRIBED: errors.COPY_NOT_SUBSCRIBED})
    if source.product_code and not catalogue.is_sold(source.product_code, region):
        raise errors.COPY_NOT_SOLD()
    if any(is_too_old(snapshot) for snapshot in snapshots_behind(ctx, source)):
        raise errors.COPY_TOO_OLD()
    return source


def _encrypted(ctx: Context, source: Image, wish: Wish, region: str) -> tuple[DiskMapping, ...]:
    """Return the disks of the copy; a key of one's own is for those who may have one, where there are any."""
    if wish.key and not ctx.has(Feature.OWN_KEYS, region):
        raise errors.REGION_WITHOUT_OWN_KEYS()
    if wish.key:
        ctx.check_standing({Condition.NOT_LISTED: errors.COPY_OWN_KEY_NOT_LISTED})
    disks = copied_disks(ctx, source, wish, region)
    if any(disk.encrypted for disk in disks) and any(disk.format == "VHD" for disk in source.disks):
        raise errors.COPY_OF_VHD()
    return disks


def _check_room(ctx: Context, request: CopyImage, source: Image, region: str) -> None:
    """Refuse what is too large or one too many, and a name that is taken."""
    name = request.destination_image_name
    if sum(disk.size for disk in source.disks) > ctx.limits.copied_image_size:
        raise errors.COPY_TOO_LARGE()
    if name and ctx.images.name_taken(name, region):
        raise errors.COPY_NAME_TAKEN()
    if ctx.images.count(region) >= ctx.limits.images_per_account:
        raise errors.COPY_QUOTA(str(ctx.limits.images_per_account))
    most = ctx.limits.snapshots_per_region - len(source.disks)
    if has_snapshots(ctx, most + 1, owner=ctx.account, region=region):
        raise errors.SNAPSHOT_QUOTA()


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
    return msgspec.structs.replace(disk, snapshot=snapshot.id, format="")
