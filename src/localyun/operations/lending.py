"""The key behind an encrypted image, and whether its owner lends it: without it nobody can use the image."""

from typing import NamedTuple

from localyun.clock import Instant
from localyun.model import Image, Key, access
from localyun.model.encryption import SHARE_ROLE, ecs_of, system_cipher
from localyun.operations.identities import may_assume
from localyun.store.interface import Transaction

GONE = "gone"


class Behind(NamedTuple):
    """The key behind an image, its state, and whether it can be used for an account."""

    key: str
    state: str
    lent: bool

    def __str__(self) -> str:
        """Say so in words."""
        loan = "" if self.lent else " and isn't lent to the account"
        return f"encrypted with the key {self.key}, which is {self.state}{loan}"


def is_lent(tx: Transaction, owner: str, account: str) -> bool:
    """Whether the keys of an image's owner are lent to an account: a role trusts the ECS of that account."""
    return may_assume(tx, owner, SHARE_ROLE, "Service", (ecs_of(account),), lambda name: None)


def key_behind(tx: Transaction, image: Image, account: str, now: Instant) -> Behind | None:
    """Return the key of an image's system disk, and whether an account may use it; None for a plain one.

    The owner needs no loan.
    """
    cipher = system_cipher(image)
    if not cipher.encrypted:
        return None
    key = tx.get(Key, cipher.kms_key)
    state = key.state_at(now) if key else None
    lent = access.owns(account, image) or is_lent(tx, image.owner, account)
    return Behind(cipher.kms_key, state or GONE, lent)
