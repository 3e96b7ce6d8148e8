"""What is on a disk: a system disk replaced by that of another image, a disk put back to what it was."""

from typing import Annotated

import msgspec
from msgspec.structs import replace

from localyun import catalogue
from localyun.model import Disk, Image, Instance, Phase, Snapshot
from localyun.model.access import RECEIVED, Action, Relation
from localyun.model.disks import cannot_be_reset, system_disk_size
from localyun.model.encryption import Cipher, CipherRows, KeyRows, Wish, check_wish, refusals
from localyun.model.image_rules import is_usable, runs_on
from localyun.model.instances import DATA, IN_USE, PROGRESSING, STOPPED, SYSTEM
from localyun.model.launching import check_password
from localyun.model.standing import Feature
from localyun.operations.common import ClientToken
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import check_readable, encrypted
from localyun.operations.ecs.instances import InstanceId, starting
from localyun.operations.ecs.launch_disks import system_mapping
from localyun.operations.ecs.launch_fields import Arn, EncryptAlgorithm, KeyId
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, Empty, Group, NotEmulated, Request, param
from localyun.spec.support import Support

REPLACE_KEY = KeyRows(errors.KEY_NOT_THERE, errors.KEY_NOT_ACTIVE, errors.KMS_UNAUTHORIZED)
REPLACE = CipherRows(
    key_unencrypted=errors.KEY_OF_UNENCRYPTED,
    key_declined=errors.KEY_OF_UNENCRYPTED,
    algorithm_unencrypted=errors.ALGORITHM_OF_UNENCRYPTED,
    algorithm_unknown=errors.ALGORITHM_NOT_VALID,
    algorithm_of_region=errors.ALGORITHM_OF_REGION,
    key=REPLACE_KEY,
    key_asymmetric=errors.KEY_ASYMMETRIC,
    key_policy=errors.KMS_UNAUTHORIZED,
    source=REPLACE_KEY,
    declined=errors.ENCRYPTED_NOT_MATCH_SNAPSHOT,
    declined_by_default=errors.ENCRYPTED_BY_DEFAULT,
    not_open=errors.KMS_TO_BE_OPENED,
    not_open_for_key=errors.KMS_TO_BE_OPENED,
)
REINIT_KEY = KeyRows(errors.KEY_NOT_ENABLED, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED)
"""There is no row for a key that is gone: it can't be enabled any more."""

Password = Annotated[str | None, param("8 to 30 characters of three kinds; checked, never kept.")]
KeyPairName = Annotated[str | None, param("Kept and shown; not for Windows.")]


class NewSystemDisk(Group):
    """The new system disk."""

    size: Annotated[
        int | None, param("GiB; the image's size and the old disk's at least, and by default. 0 is absent.")
    ] = None


class ReplaceSystemDisk(Request):
    """Replace the system disk of a stopped instance by one made of another image, or of the same."""

    instance_id: InstanceId
    image_id: Annotated[str | None, param("The image; one's own, shared with one, or the provider's.")] = None
    system_disk: NewSystemDisk = msgspec.field(default_factory=NewSystemDisk)
    client_token: ClientToken = None
    use_additional_service: Accepted[bool] = None
    password: Password = None
    password_inherit: Annotated[bool, param("Keep the image's password; excludes Password.")] = False
    key_pair_name: KeyPairName = None
    disk_id: Annotated[
        str | None, param("A disk to take instead; refused, but for saying so.", support=Support.PARTIAL)
    ] = None
    platform: NotEmulated[str] = None
    architecture: NotEmulated[str] = None
    security_enhancement_strategy: Accepted[str] = "Deactive"
    encrypted: Annotated[bool | None, param("Whether it is encrypted; by default as the image.")] = None
    kms_key_id: KeyId = None
    encrypt_algorithm: EncryptAlgorithm = None
    arn: tuple[Arn, ...] = ()


class ReplacedSystemDisk(Answer):
    """The new system disk."""

    disk_id: str


@ECS.operation(
    errors=(
        errors.PASSWORD_AND_INHERIT,
        errors.PASSWORD_MALFORMED,
        errors.REPLACE_NOTHING,
        errors.REPLACE_TWO_WAYS,
        errors.UNSUPPORTED_PARAMETER,
        errors.INSTANCE_NOT_FOUND,
        errors.IMAGE_NOT_FOUND,
        errors.REPLACE_WITHOUT_SYSTEM_DISK,
        errors.INSTANCE_STATUS,
        errors.DISK_STATUS,
        errors.DISK_BEING_SNAPSHOT,
        errors.REPLACE_IMAGE_NOT_VALID,
        errors.INSTANCE_TYPE_OF_ARCHITECTURE,
        errors.REPLACE_BY_SEVERAL_DISKS,
        errors.KEY_PAIR_OF_WINDOWS,
        errors.SYSTEM_DISK_LESS_THAN_MIN,
        errors.SYSTEM_DISK_LESS_THAN_IMAGE,
        errors.SYSTEM_DISK_MORE_THAN_MAX,
        *refusals(REPLACE),
        errors.REPLACE_ZONE_WITHOUT_ENCRYPTION,
        errors.REPLACE_REGION_WITHOUT_ENCRYPTION,
        errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT,
    ),
    support=Support.PARTIAL,
    gaps="A disk can't be made the system disk by DiskId.",
)
def replace_system_disk(ctx: Context, request: ReplaceSystemDisk) -> ReplacedSystemDisk:
    """The new disk has an id of its own and takes the old one's place, which is gone for good.

    Source: ReplaceSystemDisk (2025).
    """
    check_password(request.password, inherited=request.password_inherit)
    wish = Wish(request.encrypted, request.kms_key_id, request.encrypt_algorithm)
    check_wish(wish, REPLACE)
    if request.disk_id and request.image_id:
        raise errors.REPLACE_TWO_WAYS()
    if request.disk_id:
        raise errors.UNSUPPORTED_PARAMETER("DiskId")
    if request.image_id is None:
        raise errors.REPLACE_NOTHING()
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    image, verdict = ctx.images.judge(request.image_id, instance.region, to=Action.REPLACE)
    if image is None or not verdict.allowed:
        raise errors.IMAGE_NOT_FOUND()
    old = next(iter(ctx.tx.find(Disk, instance=instance.id, kind=SYSTEM)), None)
    if old is None:
        raise errors.REPLACE_WITHOUT_SYSTEM_DISK()
    _check_stopped(ctx, instance, old)
    _check_fits(ctx, instance, image)
    _check_key_pair(request.key_pair_name, image.os_type)
    new = _made_of(ctx, image, verdict.relation, old, request, wish)
    ctx.tx.delete(old)
    ctx.tx.put(new)
    ctx.tx.put(
        replace(
            instance,
            image=image.id,
            os_name=image.os_name,
            os_name_en=image.os_name_en,
            os_type=image.os_type,
            key_pair=request.key_pair_name or instance.key_pair,
        )
    )
    return ReplacedSystemDisk(disk_id=new.id)


def _check_stopped(ctx: Context, instance: Instance, disk: Disk) -> None:
    """Check that nobody uses the disk: not the instance, not something that still happens to it."""
    if instance.phase.at(ctx.now) != STOPPED:
        raise errors.INSTANCE_STATUS()
    if disk.phase.at(ctx.now) != IN_USE:
        raise errors.DISK_STATUS()
    if any(snapshot.phase.at(ctx.now) == PROGRESSING for snapshot in ctx.tx.find(Snapshot, disk=disk.id)):
        raise errors.DISK_BEING_SNAPSHOT()


def _check_fits(ctx: Context, instance: Instance, image: Image) -> None:
    if not is_usable(image.phase.at(ctx.now)):
        raise errors.REPLACE_IMAGE_NOT_VALID()
    machine = catalogue.instance_type(instance.instance_type)
    if machine and not runs_on(
        image, cpu_architecture=machine.cpu_architecture, boot_modes=machine.supported_boot_modes
    ):
        raise errors.INSTANCE_TYPE_OF_ARCHITECTURE()
    if any(mapping.kind == DATA for mapping in image.disks):
        raise errors.REPLACE_BY_SEVERAL_DISKS()


def _check_key_pair(name: str | None, os_type: str) -> None:
    if name and os_type == "windows":
        raise errors.KEY_PAIR_OF_WINDOWS()


def _made_of(
    ctx: Context, image: Image, relation: Relation, old: Disk, request: ReplaceSystemDisk, wish: Wish
) -> Disk:
    """The disk that takes the old one's place; it is no smaller, and of the same category."""
    category = catalogue.disk_category(old.category)
    disk = replace(
        old,
        id=ctx.new_id("d", old.region),
        created_at=ctx.now,
        attached_at=ctx.now,
        phase=Phase(IN_USE),
        size=system_disk_size(
            request.system_disk.size,
            default=old.size,
            image=image.size,
            smallest=old.size,
            largest=max(old.size, category.system.maximum if category else 0),
            too_large=errors.SYSTEM_DISK_MORE_THAN_MAX,
        ),
        image=image.id,
        image_relation=relation,
        snapshot="",
        serial_number=ctx.world.ids.serial_number()[:20],
    )
    source = system_mapping(image)
    received = relation in RECEIVED
    cipher = encrypted(ctx, wish, source, REPLACE, inherits=not received, region=old.region)
    if cipher.encrypted and not source.encrypted:
        if not ctx.has(Feature.SNAPSHOT_ENCRYPTION, old.zone):
            raise errors.REPLACE_ZONE_WITHOUT_ENCRYPTION()
        if not ctx.has(Feature.SNAPSHOT_ENCRYPTION, old.region):
            raise errors.REPLACE_REGION_WITHOUT_ENCRYPTION()
    if cipher.encrypted and category and not category.encryption:
        raise errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT()
    return cipher.on(disk)


class ReInitDisk(Request):
    """Put a disk back to what it was made from: a system disk to its image, a data disk to its snapshot."""

    disk_id: Annotated[str, param("One's own disk, attached to a stopped instance.")]
    password: Password = None
    key_pair_name: KeyPairName = None
    auto_start_instance: Annotated[bool, param("Start the instance afterwards.")] = False
    security_enhancement_strategy: Accepted[str] = "Deactive"


@ECS.operation(
    errors=(
        errors.PASSWORD_MALFORMED,
        errors.DISK_NOT_FOUND,
        errors.DISK_STATUS,
        errors.INSTANCE_STATUS,
        errors.DISK_BEING_SNAPSHOT,
        errors.SHARED_IMAGE_DELETED,
        errors.REINIT_IMAGE_DELETED,
        errors.REINIT_SNAPSHOT_DELETED,
        *REINIT_KEY[1:],
        errors.KEY_PAIR_OF_WINDOWS,
    ),
)
def re_init_disk(ctx: Context, request: ReInitDisk) -> Empty:
    """The instance is stopped and was started before, and what the disk was made from is still within reach.

    Source: ReInitDisk (2025).
    """
    check_password(request.password)
    disk = ctx.own(Disk, request.disk_id, errors.DISK_NOT_FOUND)
    if disk.phase.at(ctx.now) != IN_USE:
        raise errors.DISK_STATUS()
    instance = ctx.own(Instance, disk.instance, errors.INSTANCE_STATUS)
    if not instance.was_started:
        raise errors.INSTANCE_STATUS()
    _check_stopped(ctx, instance, disk)
    image, verdict = ctx.images.judge(disk.image, disk.region, to=Action.REINIT)
    refusal = cannot_be_reset(
        disk,
        image_allowed=verdict.allowed,
        snapshot_exists=ctx.tx.get(Snapshot, disk.snapshot) is not None,
    )
    if refusal:
        raise refusal()
    check_readable(ctx, Cipher.of(disk), REINIT_KEY)
    if image and disk.kind == SYSTEM:
        check_readable(ctx, Cipher.of(system_mapping(image)), REINIT_KEY)
    _check_key_pair(request.key_pair_name, instance.os_type)
    disk = replace(disk, phase=ctx.compute.reinit_disk(disk, ctx.now))
    ctx.tx.put(disk)
    instance = replace(instance, key_pair=request.key_pair_name or instance.key_pair)
    if request.auto_start_instance:
        instance = starting(ctx, instance, disk.phase.ends_at)
    ctx.tx.put(instance)
    return Empty()
