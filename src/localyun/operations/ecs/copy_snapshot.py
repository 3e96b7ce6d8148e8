"""CopySnapshot: a snapshot in another region."""

from typing import Annotated

from msgspec.structs import replace

from localyun import catalogue
from localyun.model import Phase, Snapshot
from localyun.model.encryption import Cipher, CipherRows, KeyRows, Wish, check_wish, refusals
from localyun.model.instances import ACCOMPLISHED, FLASH
from localyun.model.locations import is_role, region_of_cloud_box
from localyun.model.standing import Condition, Feature
from localyun.operations.common import (
    ClientToken,
    PlainTagItem,
    RegionId,
    ResourceGroupId,
    is_description,
    new_tags,
)
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import encrypted
from localyun.operations.ecs.launch_fields import KeyId
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.snapshots import (
    CreatedSnapshot,
    begin_snapshot,
    has_snapshots,
    is_snapshot_name,
)
from localyun.spec import errors
from localyun.spec.declare import Group, Request, param
from localyun.spec.support import Support


class ArnItem(Group):
    """A role by which something is copied: checked for its shape, and of no effect."""

    role_type: Annotated[str | None, param("The kind of role.", support=Support.ACCEPTED)] = None
    rolearn: Annotated[str | None, param("The role's resource name.", example="acs:ram::1:role/copies")] = (
        None
    )
    assume_role_for: Annotated[int | None, param("For whom.", support=Support.ACCEPTED)] = None


class CopySnapshot(Request):
    """Copy a snapshot to another region."""

    region_id: RegionId
    destination_region_id: Annotated[str, param("Where the copy is made; another region.")]
    snapshot_id: Annotated[str, param("The snapshot.", example="s-bp1exampleexample")]
    destination_snapshot_name: Annotated[str, param("2 to 128 characters, not beginning with `auto`.")]
    destination_snapshot_description: Annotated[str, param("2 to 256 characters.")]
    resource_group_id: ResourceGroupId = None
    tag: Annotated[tuple[PlainTagItem, ...], param("Up to 20 tags.", max_length=20)] = ()
    retention_days: Annotated[
        int | None,
        param(
            "How many days the copy is kept, 1 to 65536.",
            ge=1,
            le=65536,
            malformed=errors.COPY_SNAPSHOT_RETENTION,
        ),
    ] = None
    encrypted: Annotated[
        bool, param("Whether the copy is encrypted; has to be said of a copy of an encrypted one.")
    ] = False
    kms_key_id: KeyId = None
    arn: Annotated[tuple[ArnItem, ...], param("Roles.", max_length=10)] = ()
    destination_storage_location_arn: Annotated[
        str | None, param("A place in a CloudBox, which nobody has here: always refused.")
    ] = None
    client_token: ClientToken = None


ENCRYPTION = CipherRows(
    key_unencrypted=errors.KEY_OF_UNENCRYPTED,
    key_declined=errors.KEY_OF_UNENCRYPTED,
    algorithm_unencrypted=errors.KEY_OF_UNENCRYPTED,
    algorithm_unknown=errors.KEY_OF_UNENCRYPTED,
    algorithm_of_region=errors.ALGORITHM_OF_REGION,
    key=KeyRows(errors.KEY_NOT_THERE, errors.KEY_NOT_ACTIVE, errors.KMS_UNAUTHORIZED),
    key_asymmetric=errors.KEY_ASYMMETRIC,
    key_policy=errors.KEY_UNAUTHORIZED,
    source=KeyRows(errors.COPY_ENCRYPTED_SNAPSHOT, errors.KEY_NOT_ACTIVE, errors.KMS_UNAUTHORIZED),
    declined=errors.SNAPSHOT_NOT_DECRYPTED,
    declined_by_default=errors.SNAPSHOT_NOT_DECRYPTED,
    not_open=errors.KMS_TO_BE_OPENED,
    not_open_for_key=errors.KMS_TO_BE_OPENED,
)
"""How CopySnapshot words what is wrong with encryption; it takes no algorithm."""

STANDING = {
    Condition.NOT_AUTHORIZED: errors.COPY_SNAPSHOT_NOT_AUTHORIZED,
    Condition.NOT_LISTED: errors.COPY_SNAPSHOT_NOT_LISTED,
    Condition.ARREARS: errors.NO_BALANCE,
    Condition.NO_SNAPSHOTS: errors.NO_SNAPSHOT_SERVICE,
}
"""Who copies no snapshot."""


@ECS.operation(
    errors=(
        errors.COPY_SNAPSHOT_NAME,
        errors.COPY_SNAPSHOT_DESCRIPTION,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.ARNS_INVALID,
        errors.COPY_SNAPSHOT_TO_REGION,
        errors.COPY_LOCATION_MALFORMED,
        errors.COPY_LOCATION_REGION,
        errors.COPY_LOCATION,
        errors.COPY_SNAPSHOT_HERE,
        *STANDING.values(),
        errors.COPY_NOT_COMPLIANT,
        errors.COPY_SNAPSHOT_NOT_FOUND,
        errors.DATA_DISK_SNAPSHOT_NOT_READY,
        errors.COPY_FLASH_ENCRYPTED,
        errors.COPY_FLASH_SNAPSHOT,
        errors.COPY_INSTANT_SNAPSHOT,
        errors.ENCRYPTED_COPY_TWICE,
        errors.COPY_SNAPSHOT_TWICE,
        errors.REGION_WITHOUT_OWN_KEYS,
        *refusals(ENCRYPTION),
        errors.REGION_WITHOUT_ENCRYPTED_COPIES,
        errors.SNAPSHOTS_QUOTA,
    ),
    unknown_region=errors.REGION_MALFORMED,
)
def copy_snapshot(ctx: Context, request: CopySnapshot) -> CreatedSnapshot:
    """The copy is a full one, of no disk in its region, and one at a time of a disk.

    Only an encrypted copy can be made in the same region.

    Source: CopySnapshot (2025).
    """
    region = request.destination_region_id
    _check_words(request)
    tags = new_tags(request.tag)
    if any(not is_role(item.rolearn or "") for item in request.arn):
        raise errors.ARNS_INVALID()
    if catalogue.region(region) is None:
        raise errors.COPY_SNAPSHOT_TO_REGION()
    if request.destination_storage_location_arn is not None:
        _refuse_location(request.destination_storage_location_arn, region)
    wish = Wish(request.encrypted or None, request.kms_key_id)
    check_wish(wish, ENCRYPTION)
    if region == ctx.region and not request.encrypted:
        raise errors.COPY_SNAPSHOT_HERE()
    ctx.check_standing(STANDING)
    if not ctx.has(Feature.FOREIGN_DATA, region):
        raise errors.COPY_NOT_COMPLIANT()
    source = ctx.own(Snapshot, request.snapshot_id, errors.COPY_SNAPSHOT_NOT_FOUND)
    _check_source(ctx, source, region, encrypts=request.encrypted)
    cipher = _cipher(ctx, source, wish, region)
    if has_snapshots(ctx, ctx.limits.snapshots_per_region, owner=ctx.account, region=region):
        raise errors.SNAPSHOTS_QUOTA()
    copy = replace(
        source,
        id=ctx.new_id("s", region),
        region=region,
        created_at=ctx.now,
        name=request.destination_snapshot_name,
        description=request.destination_snapshot_description,
        resource_group=request.resource_group_id or "",
        tags=tags,
        phase=Phase(ACCOMPLISHED),
        disk="",
        retention_days=request.retention_days,
        instant_access=False,
        instant_access_days=None,
        source=source.id,
        source_region=source.region,
    )
    return CreatedSnapshot(snapshot_id=begin_snapshot(ctx, cipher.on(copy)).id)


def _check_words(request: CopySnapshot) -> None:
    if not is_snapshot_name(request.destination_snapshot_name):
        raise errors.COPY_SNAPSHOT_NAME()
    if not is_description(request.destination_snapshot_description):
        raise errors.COPY_SNAPSHOT_DESCRIPTION()


def _refuse_location(arn: str, region: str) -> None:
    named = region_of_cloud_box(arn)
    if named is None:
        raise errors.COPY_LOCATION_MALFORMED()
    raise errors.COPY_LOCATION() if named == region else errors.COPY_LOCATION_REGION()


def _check_source(ctx: Context, source: Snapshot, region: str, *, encrypts: bool) -> None:
    """Refuse what isn't done, what is there at once only, and a second copy of a disk to the same region."""
    if source.phase.at(ctx.now) != ACCOMPLISHED:
        raise errors.DATA_DISK_SNAPSHOT_NOT_READY()
    if source.category == FLASH:
        raise errors.COPY_FLASH_ENCRYPTED() if encrypts else errors.COPY_FLASH_SNAPSHOT()
    if source.has_instant_access(ctx.now):
        raise errors.COPY_INSTANT_SNAPSHOT()
    of_disk = ctx.tx.find(Snapshot, disk=source.disk) if source.disk else [source]
    copies = (copy for one in of_disk for copy in ctx.tx.find(Snapshot, source=one.id))
    for copy in copies:
        if copy.region == region and not copy.phase.settled(ctx.now):
            raise errors.ENCRYPTED_COPY_TWICE() if copy.encrypted else errors.COPY_SNAPSHOT_TWICE()


def _cipher(ctx: Context, source: Snapshot, wish: Wish, region: str) -> Cipher:
    """Say how the copy is encrypted: anew, with a key of its region."""
    if wish.key and not ctx.has(Feature.OWN_KEYS, region):
        raise errors.REGION_WITHOUT_OWN_KEYS()
    cipher = encrypted(ctx, wish, source, ENCRYPTION, inherits=False, region=region)
    if cipher.encrypted and not ctx.has(Feature.SNAPSHOT_ENCRYPTION, region):
        raise errors.REGION_WITHOUT_ENCRYPTED_COPIES()
    return cipher
