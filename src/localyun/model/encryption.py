"""How disks, snapshots and images are encrypted: what may be asked for, and what comes of it."""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from localyun.clock import Instant
from localyun.model.images import DiskMapping, Image
from localyun.model.instances import SYSTEM, Disk, Snapshot
from localyun.model.keys import ENABLED, Key, is_symmetric, lets_services_use_it
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

AES, SM4 = "aes-256", "sm4-128"
ALGORITHMS = (AES, SM4)

R = TypeVar("R", Disk, Snapshot, DiskMapping)


class Cipher(msgspec.Struct, frozen=True, kw_only=True):
    """How something is encrypted: not at all unless said. Its fields are those of disks and snapshots.

    A new one without key is for the service's key.
    """

    encrypted: bool = False
    kms_key: str = ""
    encrypt_algorithm: str = ""

    @classmethod
    def of(cls, source: Disk | Snapshot | DiskMapping | None) -> "Cipher":
        """How a disk, a snapshot or an image's disk is encrypted; nothing isn't."""
        return PLAIN if source is None else cls(**{name: getattr(source, name) for name in FIELDS})

    def on(self, record: R) -> R:
        """Return a disk or snapshot encrypted so."""
        return msgspec.structs.replace(record, **msgspec.structs.asdict(self))


FIELDS = Cipher.__struct_fields__
PLAIN = Cipher()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is said of a new disk's, snapshot's or image's encryption; None where nothing is."""

    encrypted: bool | None = None
    key: str | None = None
    algorithm: str | None = None


class KeyRows(NamedTuple):
    """The errors on a key that isn't fit for use, as operations word them."""

    missing: ErrorSpec
    not_enabled: ErrorSpec
    unauthorized: ErrorSpec
    """The account hasn't given ECS access to its keys."""
    untagged: ErrorSpec = errors.KEY_UNAUTHORIZED
    """The tag was taken off the account's keys by which ECS knows those that it may use."""


class CipherRows(NamedTuple):
    """The errors on encryption that operations word differently."""

    key_unencrypted: ErrorSpec
    key_declined: ErrorSpec
    """A key is named, and encryption declined in the same breath."""
    algorithm_unencrypted: ErrorSpec
    algorithm_unknown: ErrorSpec
    algorithm_of_region: ErrorSpec
    key: KeyRows
    """On the key to encrypt with."""
    key_asymmetric: ErrorSpec
    key_policy: ErrorSpec
    source: KeyRows
    """On the key that what is there is encrypted with."""
    declined: ErrorSpec
    """Something encrypted can't become plain."""
    declined_by_default: ErrorSpec
    not_open: ErrorSpec
    """The account hasn't opened KMS."""
    not_open_for_key: ErrorSpec
    data_key: ErrorSpec = errors.DATA_KEY_FAILED
    """KMS made no key for the data, as the operator says."""
    own_key: ErrorSpec | None = None
    """What was received has to be encrypted with a key that is named."""
    other_key: ErrorSpec | None = None
    """What is one's own keeps its key; None where it is encrypted anew."""
    other_algorithm: ErrorSpec | None = None
    received_algorithm: ErrorSpec | None = None


def refusals(rows: CipherRows) -> tuple[ErrorSpec, ...]:
    """Return all of them, in the order in which they are checked."""
    found = (
        rows.key_declined,
        rows.key_unencrypted,
        rows.algorithm_unencrypted,
        rows.algorithm_unknown,
        *rows.key,
        *rows.source,
        rows.own_key,
        rows.declined,
        rows.other_key,
        rows.other_algorithm,
        rows.received_algorithm,
        rows.declined_by_default,
        rows.not_open_for_key,
        rows.not_open,
        rows.key_asymmetric,
        rows.key_policy,
        rows.algorithm_of_region,
        rows.data_key,
    )
    return tuple(dict.fromkeys(row for row in found if row))


def check_wish(wish: Wish, rows: CipherRows) -> None:
    """Refuse what doesn't go together: a key or an algorithm without `Encrypted=true`."""
    if not wish.encrypted and wish.key:
        refusal = rows.key_unencrypted if wish.encrypted is None else rows.key_declined
        raise refusal.naming("The specified parameter Encrypted must be true when kmsKeyId is not empty.")
    if not wish.encrypted and wish.algorithm:
        raise rows.algorithm_unencrypted()
    if wish.algorithm and wish.algorithm.lower() not in ALGORITHMS:
        raise rows.algorithm_unknown()


def new_cipher(wish: Wish, source: Cipher, *, inherits: bool, by_default: bool, rows: CipherRows) -> Cipher:
    """Say how something new is encrypted that is made from `source`, or refuse.

    `inherits` is whether it is encrypted as its source without anybody saying so: what one owns is, what one
    received isn't, as its key is the owner's. `by_default` is whether the account encrypts everything.
    """
    algorithm = wish.algorithm and wish.algorithm.lower()
    if not source.encrypted:
        if by_default and wish.encrypted is False:
            raise rows.declined_by_default()
        if not (wish.encrypted or by_default):
            return PLAIN
        return Cipher(encrypted=True, kms_key=wish.key or "", encrypt_algorithm=algorithm or AES)
    if rows.own_key and not inherits and not wish.key:
        raise rows.own_key()
    if not (wish.encrypted or (inherits and wish.encrypted is None)):
        raise rows.declined()
    if inherits and rows.other_key and wish.key not in (None, source.kms_key):
        raise rows.other_key()
    other_algorithm = rows.other_algorithm if inherits else rows.received_algorithm
    if other_algorithm and algorithm not in (None, source.encrypt_algorithm):
        raise other_algorithm()
    return Cipher(
        encrypted=True,
        kms_key=wish.key or (source.kms_key if inherits else ""),
        encrypt_algorithm=algorithm or source.encrypt_algorithm,
    )


def check_usable(key: Key | None, id: str, now: Instant, rows: KeyRows) -> None:
    """Refuse a key that is gone or not enabled: nothing is encrypted with it, nor decrypted."""
    if key is None or key.state_at(now) is None:
        raise rows.missing.naming(id)
    if key.state != ENABLED:
        raise rows.not_enabled()


def check_encrypts(key: Key, rows: CipherRows) -> None:
    """Refuse a key that can't encrypt disks, or whose policy doesn't let ECS."""
    if not is_symmetric(key.spec):
        raise rows.key_asymmetric()
    if not lets_services_use_it(key):
        raise rows.key_policy()


def system_cipher(image: Image) -> Cipher:
    """How an image's system disk is encrypted."""
    return Cipher.of(next((disk for disk in image.disks if disk.kind == SYSTEM), None))


SHARE_ROLE = "AliyunECSShareEncryptImageDefaultRole"
"""The RAM role by which an image's owner lends the key that it is encrypted with."""


def ecs_of(account: str) -> str:
    """Return what ECS is called when it acts for an account: whom the role has to trust."""
    return f"{account}@ecs.aliyuncs.com"


SHARE_KEY = KeyRows(errors.SHARE_ENCRYPTED_SNAPSHOT, errors.KEY_NOT_ACTIVE, errors.KEY_UNAUTHORIZED)
NOT_SHAREABLE = (
    errors.SHARE_ENCRYPTED_SNAPSHOT,
    errors.SHARE_SERVICE_KEY,
    errors.SHARE_FULL_IMAGE,
    *SHARE_KEY[1:],
    errors.SHARE_WITHOUT_ROLE,
)
"""Why an encrypted image can't be shared."""


def check_shareable(image: Image, key: Key | None) -> None:
    """Refuse to share an encrypted image whose key can't be lent; `key` is that of its system disk.

    An image is encrypted if its system disk is. One that only brings along encrypted data disks can't be
    shared, nor one whose key is gone, ECS's own key can't be lent, and a shared one has one disk.
    Source: ModifyImageSharePermission, "Share a custom image" (2025).

    Raises `OperationDeined.EncryptedSnapshot`, `InvalidOperation.ServiceKeyEncryptedImageUnsupported`,
    `OperationDeined.FullImage`.
    """
    if not image.encrypted:
        return
    if not system_cipher(image).encrypted or key is None:
        raise errors.SHARE_ENCRYPTED_SNAPSHOT()
    if key.is_services:
        raise errors.SHARE_SERVICE_KEY()
    if len(image.snapshots) > 1:
        raise errors.SHARE_FULL_IMAGE()
