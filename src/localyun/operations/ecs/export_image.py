"""ExportImage: a custom image into object storage."""

import re
from typing import Annotated

from localyun.clock import DAY
from localyun.compute.interface import DiskObject
from localyun.model import ExportedObject, Image, Phase
from localyun.model.access import Action, Relation
from localyun.model.images import AVAILABLE
from localyun.model.tasks import EXPORT, FAILED, Step, Task
from localyun.model.transfers import (
    EXPORT_FORMATS,
    PREFIX,
    REGIONS_WITH_FORMATS,
    check_exportable,
    object_name,
)
from localyun.objects.interface import ARCHIVES, Bucket
from localyun.operations.common import DryRun, RegionId
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.tasks import (
    FINDING_A_BUCKET,
    begin,
    check_may_transfer,
    check_role,
    is_exporting,
    usable_bucket,
)
from localyun.spec import errors
from localyun.spec.declare import Answer, Request, param
from localyun.spec.support import Support

IMAGE_ID = re.compile(r"[A-Za-z0-9._-]+")
WEEK = 7 * DAY
FAILURE = errors.EXPORT_FAILED
DEFAULT_ROLE = "AliyunECSImageExportDefaultRole"


class ExportImage(Request):
    """Copy a custom image into object storage."""

    region_id: Annotated[RegionId, param("The image's region.", missing=errors.NO_REGION_ID)]
    image_id: Annotated[str, param("One's own custom image.", example="m-bp1exampleexample")]
    oss_bucket: Annotated[str, param("A bucket in the image's region.", example="my-images")]
    oss_prefix: Annotated[
        str | None, param("What the objects' names begin with, 1 to 30 letters and digits.")
    ] = None
    image_format: Annotated[str, param("raw, vhd, qcow2, vmdk or vdi; only raw in most regions.")] = "raw"
    role_name: Annotated[
        str | None, param("The role that ECS takes on to write; AliyunECSImageExportDefaultRole.")
    ] = None
    dry_run: DryRun = False


class Exporting(Answer):
    """The id of the task that exports the image."""

    task_id: str
    region_id: str


@ECS.operation(
    errors=(
        errors.NEW_NAME_RESERVED,
        errors.OSS_PREFIX_MALFORMED,
        errors.IMAGE_FORMAT_MALFORMED,
        errors.REGION_WITHOUT_TRANSFER,
        errors.FORMAT_OF_REGION,
        errors.EXPORT_NOT_LISTED,
        errors.NO_OSS_ROLE,
        errors.IMAGE_NOT_FOUND,
        errors.IMAGE_NAMED_NOT_FOUND,
        errors.EXPORT_CATEGORY,
        errors.EXPORT_STATUS,
        errors.EXPORT_ENCRYPTED,
        errors.EXPORT_LICENSE,
        errors.EXPORT_DISKS,
        errors.EXPORT_SIZE,
        errors.REPLACE_BY_SEVERAL_DISKS,
        *FINDING_A_BUCKET,
        errors.EXPORT_TO_ARCHIVE,
        errors.OSS_OBJECT_ARCHIVED,
        errors.IMAGE_BEING_EXPORTED,
        errors.EXPORTS_AT_ONCE,
        errors.EXPORTS_PER_WEEK,
    ),
    unknown_region=errors.REGION_ID_NOT_FOUND,
    support=Support.PARTIAL,
    gaps="Where no disks are kept, no bytes are written: only ImportImage finds what was exported.",
)
def export_image(ctx: Context, request: ExportImage) -> Exporting:
    """Only one's own image that isn't the community's is exported; each disk becomes an object.

    Source: ExportImage (2025) and "Export a custom image" (2025).
    """
    if not IMAGE_ID.fullmatch(request.image_id):
        raise errors.NEW_NAME_RESERVED()
    if request.oss_prefix is not None and not PREFIX.fullmatch(request.oss_prefix):
        raise errors.OSS_PREFIX_MALFORMED()
    wanted = request.image_format.lower()
    if wanted not in EXPORT_FORMATS:
        raise errors.IMAGE_FORMAT_MALFORMED()
    check_may_transfer(ctx, errors.EXPORT_NOT_LISTED)
    if wanted != "raw" and ctx.region not in REGIONS_WITH_FORMATS:
        raise errors.FORMAT_OF_REGION()
    check_role(ctx, request.role_name, DEFAULT_ROLE)
    image = _exportable(ctx, request.image_id)
    check_exportable(image, wanted)
    bucket = usable_bucket(ctx, request.oss_bucket)
    names = [object_name(image, disk, wanted, request.oss_prefix) for disk in image.disks]
    _check_writable(bucket, names)
    if is_exporting(ctx, image):
        raise errors.IMAGE_BEING_EXPORTED()
    _check_quotas(ctx)
    steps = tuple(Step({"OSSBucket": request.oss_bucket, "OSSObject": name}) for name in names)
    objects = [DiskObject(request.oss_bucket, name, wanted) for name in names]
    phase = ctx.outcome(ctx.compute.export_image(image, objects, ctx.now), FAILED)
    if phase.after == FAILED:
        steps = tuple(step.failed(FAILURE.code, FAILURE.message) for step in steps)
        return _begun(ctx, image, steps, phase)
    for disk, name in zip(image.disks, names, strict=True):
        ctx.tx.put(
            ExportedObject(
                bucket=request.oss_bucket,
                name=name,
                format=wanted.upper(),
                size=disk.size,
                image=image.id,
                since=phase.ends_at,
            )
        )
    return _begun(ctx, image, steps, phase)


def _begun(ctx: Context, image: Image, steps: tuple[Step, ...], phase: Phase) -> Exporting:
    return Exporting(task_id=begin(ctx, EXPORT, image.id, steps, phase).id, region_id=ctx.region)


def _exportable(ctx: Context, id: str) -> Image:
    """Return one's own image that is available, or refuse.

    That one's own image is in another region is no secret, and is worded otherwise.
    """
    image, verdict = ctx.images.judge(id, ctx.region, to=Action.EXPORT)
    if image is None or verdict.relation is Relation.NONE:
        raise errors.IMAGE_NAMED_NOT_FOUND(id) if _is_mine_elsewhere(ctx, id) else errors.IMAGE_NOT_FOUND()
    if not verdict.allowed or image.public:
        raise errors.EXPORT_CATEGORY()
    if image.phase.at(ctx.now) != AVAILABLE:
        raise errors.EXPORT_STATUS()
    return image


def _is_mine_elsewhere(ctx: Context, id: str) -> bool:
    image = ctx.tx.get(Image, id)
    return image is not None and ctx.images.judge(id, image.region, to=Action.EXPORT)[1].allowed


def _check_writable(bucket: Bucket, names: list[str]) -> None:
    if bucket.storage_class in ARCHIVES:
        raise errors.EXPORT_TO_ARCHIVE()
    if any(bucket.is_archived(name) for name in names):
        raise errors.OSS_OBJECT_ARCHIVED()


def _check_quotas(ctx: Context) -> None:
    exports = [task for task in ctx.mine(Task) if task.action == EXPORT and task.created_at > ctx.now - WEEK]
    if sum(not task.phase.settled(ctx.now) for task in exports) >= ctx.limits.exports_at_once:
        raise errors.EXPORTS_AT_ONCE(f"Only {ctx.limits.exports_at_once} images are exported at once.")
    if len(exports) >= ctx.limits.exports_per_week:
        raise errors.EXPORTS_PER_WEEK(f"Only {ctx.limits.exports_per_week} images are exported in a week.")
