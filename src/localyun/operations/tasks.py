"""Beginning tasks, and finding those that are under way."""

from localyun.model import ExportedObject, Image, Phase
from localyun.model.disk_files import GIB, DiskFile
from localyun.model.standing import Condition, Feature
from localyun.model.tasks import EXPORT, FAILED, FINISHED, IMPORT, PROCESSING, Step, Task
from localyun.objects.interface import Bucket
from localyun.operations.context import Context
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

ECS_SERVICE = "ecs.aliyuncs.com"

FINDING_A_BUCKET = (
    errors.OSS_BUCKET_NOT_FOUND,
    errors.OSS_BUCKET_ELSEWHERE,
    errors.OSS_NOT_AUTHORIZED,
    errors.OSS_ENCRYPTED,
)
"""What `usable_bucket` can raise."""


def begin(ctx: Context, action: str, resource: str, steps: tuple[Step, ...], image: Phase) -> Task:
    """Keep and return a task that is over when an image's change is; it fails if one of its steps does."""
    outcome = FAILED if any(step.error for step in steps) else FINISHED
    task = Task(
        id=ctx.new_id("t"),
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        action=action,
        resource=resource,
        phase=Phase(outcome, PROCESSING, image.ends_at),
        steps=steps,
    )
    ctx.tx.put(task)
    return task


def under_way(ctx: Context, image: Image, action: str) -> Task | None:
    """The task that imports or exports an image now, if there is one."""
    tasks = ctx.tx.find(Task, resource=image.id)
    return next((t for t in tasks if t.action == action and not t.phase.settled(ctx.now)), None)


def is_importing(ctx: Context, image: Image) -> bool:
    """Whether an image is being imported."""
    return under_way(ctx, image, IMPORT) is not None


def is_exporting(ctx: Context, image: Image) -> bool:
    """Whether an image is being exported."""
    return under_way(ctx, image, EXPORT) is not None


def check_may_transfer(ctx: Context, not_listed: ErrorSpec, *, arrears: ErrorSpec | None = None) -> None:
    """Refuse a region or an account that the operator lets neither import nor export."""
    if not ctx.has(Feature.IMAGE_TRANSFER):
        raise errors.REGION_WITHOUT_TRANSFER()
    ctx.check_standing(
        {Condition.NO_TRANSFER: not_listed, **({Condition.ARREARS: arrears} if arrears else {})}
    )


def check_role(ctx: Context, named: str | None, default: str) -> None:
    """Refuse a role on which ECS can't act for the caller; the default one needn't be there.

    Raises `NoSetRoletoECSServiceAcount`.
    """
    role = named or default
    if named is None and ctx.identities.role(role) is None:
        return
    if not ctx.service_may_assume(ctx.account, role, ECS_SERVICE):
        raise errors.NO_OSS_ROLE()


def usable_bucket(ctx: Context, name: str) -> Bucket:
    """Return a bucket of the call's region that the caller may use, or raise one of `FINDING_A_BUCKET`."""
    bucket = ctx.world.objects.bucket(name)
    if bucket is None:
        raise errors.OSS_BUCKET_NOT_FOUND()
    if bucket.region not in ("", ctx.region):
        raise errors.OSS_BUCKET_ELSEWHERE(f"it is in the region {bucket.region}")
    if bucket.accounts is not None and ctx.account not in bucket.accounts:
        raise errors.OSS_NOT_AUTHORIZED()
    if bucket.encrypted:
        raise errors.OSS_ENCRYPTED()
    return bucket


def file_in(ctx: Context, bucket: str, name: str) -> DiskFile | None:
    """Return what is known of an object, if only that an image was exported to it; None if there is none."""
    found = ctx.world.objects.file(bucket, name)
    exported = ctx.tx.get(ExportedObject, bucket, name)
    if found in (None, DiskFile()) and exported is not None and ctx.now >= exported.since:
        return DiskFile(kind=exported.format, disk_size=exported.size * GIB)
    return found
