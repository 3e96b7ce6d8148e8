"""Encrypting what is made, with keys that are found, and using what is encrypted."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from localyun.catalogue import DiskCategory
from localyun.model import Disk, Image, Snapshot, access
from localyun.model.encryption import (
    SM4,
    Cipher,
    CipherRows,
    KeyRows,
    Wish,
    check_encrypts,
    check_usable,
    new_cipher,
)
from localyun.model.images import DiskMapping
from localyun.model.standing import Condition, Feature
from localyun.operations.context import Context
from localyun.operations.lending import is_lent
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


class PlaceRows(NamedTuple):
    """The errors on where a disk is, and of which category, which can't be encrypted there."""

    zone: ErrorSpec
    region: ErrorSpec
    category: ErrorSpec
    """An empty disk of the category can't be encrypted."""
    category_of_snapshot: ErrorSpec
    instance_type: ErrorSpec = errors.ALGORITHM_OF_REGION
    """Instances of the type can't use what was plain."""


LAUNCH_KEY = KeyRows(errors.KEY_NOT_FOUND, errors.KEY_NOT_ACTIVE, errors.KMS_UNAUTHORIZED)

LAUNCH = CipherRows(
    key_unencrypted=errors.KEY_WITHOUT_ENCRYPTED,
    key_declined=errors.KEY_AND_DECLINED,
    algorithm_unencrypted=errors.ALGORITHM_WITHOUT_ENCRYPTED,
    algorithm_unknown=errors.ALGORITHM_UNKNOWN,
    algorithm_of_region=errors.ALGORITHM_OF_REGION,
    key=LAUNCH_KEY,
    key_asymmetric=errors.KEY_NOT_SYMMETRIC,
    key_policy=errors.KEY_UNAUTHORIZED,
    source=LAUNCH_KEY,
    declined=errors.ENCRYPTED_NOT_MATCH_SNAPSHOT,
    declined_by_default=errors.ENCRYPTED_BY_DEFAULT,
    not_open=errors.KMS_NOT_OPEN,
    not_open_for_key=errors.KMS_NOT_OPEN_FOR_KEY,
    own_key=errors.OWN_KEY_FOR_IMAGE,
    other_key=errors.KEY_NOT_OF_SNAPSHOT,
    other_algorithm=errors.ALGORITHM_NOT_OF_SNAPSHOT,
    received_algorithm=errors.ALGORITHM_CHANGED,
)
"""How RunInstances, CreateInstance and CreateDisk word what is wrong with encryption."""

COPY = CipherRows(
    key_unencrypted=errors.KEY_WITHOUT_ENCRYPTED,
    key_declined=errors.KEY_AND_DECLINED,
    algorithm_unencrypted=errors.ALGORITHM_WITHOUT_ENCRYPTED,
    algorithm_unknown=errors.ALGORITHM_UNKNOWN,
    algorithm_of_region=errors.ALGORITHM_OF_REGION,
    key=KeyRows(errors.KEY_NOT_FOUND, errors.KEY_NOT_ACTIVE, errors.KMS_UNAUTHORIZED),
    key_asymmetric=errors.KEY_NOT_FOUND,
    key_policy=errors.KEY_UNAUTHORIZED,
    source=KeyRows(errors.COPY_KEY_GONE, errors.KEY_NOT_ACTIVE, errors.KMS_UNAUTHORIZED),
    declined=errors.COPY_ENCRYPTED,
    declined_by_default=errors.COPY_DEFAULT_ENCRYPTION,
    not_open=errors.COPY_KMS_NOT_OPEN,
    not_open_for_key=errors.COPY_KMS_NOT_OPEN,
)
"""How CopyImage does."""


def encrypted(
    ctx: Context,
    wish: Wish,
    source: Disk | Snapshot | DiskMapping | None,
    rows: CipherRows,
    *,
    inherits: bool = True,
    region: str = "",
) -> Cipher:
    """Say how something is encrypted that the caller makes from `source`, with a key that is fit for it.

    `inherits` is whether it is encrypted as `source` if nothing is said. What is there has to be readable, so
    that its key counts too, whosever it is. ECS's own key, which is used when none is named, is made when it
    is first needed. Raises one of `encryption.refusals(rows)`.
    """
    region = region or ctx.region
    there = Cipher.of(source)
    named = wish.key
    if named:
        ctx.check_standing({Condition.NO_KMS: rows.not_open_for_key})
        found = ctx.keys.named(named, region)
        check_usable(found, named, ctx.now, rows.key)
        wish = Wish(wish.encrypted, found.id if found else None, wish.algorithm)
    if there.encrypted:
        check_readable(ctx, there, rows.source)
    cipher = new_cipher(
        wish, there, inherits=inherits, by_default=ctx.is_in(Condition.ENCRYPTED_DISKS), rows=rows
    )
    if not cipher.encrypted:
        return cipher
    ctx.check_standing({Condition.NO_KMS: rows.not_open})
    if named:
        _check_access(ctx, rows.key)
    if cipher.encrypt_algorithm == SM4 and not ctx.has(Feature.SM4, region):
        raise rows.algorithm_of_region()
    key = ctx.keys.there(cipher.kms_key) if cipher.kms_key else ctx.keys.services(region)
    if key is None:
        raise rows.key.missing()
    check_encrypts(key, rows)
    ctx.check_standing({Condition.FAILING: rows.data_key})
    return replace(cipher, kms_key=key.id)


def encrypted_data_disk(
    ctx: Context,
    wish: Wish,
    snapshot: Snapshot | None,
    rows: CipherRows,
    places: PlaceRows,
    *,
    category: DiskCategory,
    zone: str,
    family: str = "",
) -> Cipher:
    """Say how a new data disk is encrypted, or refuse.

    Raises one of `refusals(rows)`, or of `places`.
    """
    cipher = encrypted(ctx, wish, snapshot, rows)
    if snapshot and cipher.encrypted and not snapshot.encrypted:
        check_place(ctx, zone, family, places)
    if cipher.encrypted and not category.encryption:
        refusal = places.category_of_snapshot if snapshot else places.category
        raise refusal.naming(f"The disk category {category.id} does not support encryption.")
    return cipher


def check_place(ctx: Context, zone: str, family: str, places: PlaceRows) -> None:
    """Refuse to encrypt what was plain where that can't be done, or for a family of instance types."""
    if family and not ctx.has(Feature.SNAPSHOT_ENCRYPTION, family):
        raise places.instance_type()
    if zone and not ctx.has(Feature.SNAPSHOT_ENCRYPTION, zone):
        raise places.zone()
    if not ctx.has(Feature.SNAPSHOT_ENCRYPTION):
        raise places.region()


def check_readable(ctx: Context, cipher: Cipher, rows: KeyRows) -> None:
    """Refuse to use what is encrypted with a key that is gone, not enabled, or closed to ECS.

    Another account's key, behind an image that it shares, has to be lent to the caller today.
    """
    if not cipher.encrypted:
        return
    key = ctx.keys.there(cipher.kms_key)
    check_usable(key, cipher.kms_key, ctx.now, rows)
    if key is None or key.is_services:
        return
    if not access.owns(ctx.account, key):
        if not is_lent(ctx.tx, key.owner, ctx.account):
            raise rows.unauthorized()
        return
    _check_access(ctx, rows)


def check_disks_readable(ctx: Context, disks: Iterable[Disk], rows: KeyRows) -> None:
    """Refuse to use disks of which one can't be decrypted."""
    for disk in disks:
        check_readable(ctx, Cipher.of(disk), rows)


def is_services(ctx: Context, disk: Disk) -> bool:
    """Whether a disk is encrypted with ECS's own key."""
    key = ctx.keys.there(disk.kms_key)
    return key is not None and key.is_services


def _check_access(ctx: Context, rows: KeyRows) -> None:
    """Refuse to use one of the caller's keys while ECS may not."""
    ctx.check_standing({Condition.NO_KMS_ACCESS: rows.unauthorized, Condition.UNTAGGED_KEYS: rows.untagged})


def copied_disks(ctx: Context, image: Image, wish: Wish, region: str) -> tuple[DiskMapping, ...]:
    """Return the disks of a copy of an image, encrypted anew or not at all.

    Raises one of `refusals(COPY)`, `OperationDenied.EncryptSnapshotAcrossRegion` and
    `OperationDenied.KmsServiceUnauthorized`.
    """
    if wish.encrypted and not image.encrypted and region != image.region:
        raise errors.COPY_ENCRYPTED_ELSEWHERE()
    disks = tuple(
        encrypted(ctx, wish, disk, COPY, inherits=False, region=region).on(disk) for disk in image.disks
    )
    if any(disk.encrypted for disk in disks) and not wish.key:
        ctx.check_standing({Condition.NO_KMS_ACCESS: errors.COPY_KMS_UNAUTHORIZED})
    return disks
