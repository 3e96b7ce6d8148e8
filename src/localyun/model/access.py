"""The one place that decides who may do what with whose things, and says why."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from localyun.model.accounts import Account
from localyun.model.images import Image
from localyun.model.quotas import QuotaApplication
from localyun.model.record import Resource


class Action(StrEnum):
    """What somebody may want of an image."""

    DESCRIBE = "describe"
    RUN = "run an instance from"
    REPLACE = "replace a system disk with"
    REINIT = "re-initialize a disk from"
    COPY = "copy"
    SHARE = "share"
    MODIFY = "modify"
    DELETE = "delete"
    EXPORT = "export"


USING = frozenset({Action.DESCRIBE, Action.RUN, Action.REPLACE, Action.REINIT, Action.COPY})
"""What a share grants, and what everybody may do with the provider's images and the community's."""


class Relation(StrEnum):
    """What an account is to an image."""

    OWNER = "owner"
    SHAREE = "sharee"
    COMMUNITY = "community"
    GUEST = "guest"
    PUBLIC = "public"
    MARKETPLACE = "marketplace"
    NONE = "none"


RECEIVED = frozenset({Relation.SHAREE, Relation.COMMUNITY, Relation.GUEST})
"""What an account is to an image that another account lets it use, and can take back."""

WHOSE = {
    Relation.PUBLIC: "the provider's, for everybody",
    Relation.MARKETPLACE: "one of the Marketplace's, for everybody",
    Relation.COMMUNITY: "a community image, for everybody",
    Relation.SHAREE: "shared with the account",
    Relation.GUEST: "shared in a hidden way, with whoever names it",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it may, and why. A refused one learns only that the image doesn't exist."""

    allowed: bool
    relation: Relation
    reason: str


def relation(account: str, image: Image, *, shared: bool) -> Relation:
    """What `account` is to `image`; `shared` says whether a share with that account or with all exists.

    It is one thing at a time: while an image is the community's, it is so to those it was shared with, too.
    """
    if account == image.owner:
        return Relation.OWNER
    if image.is_published:
        return Relation.PUBLIC
    if image.is_for_sale:
        return Relation.MARKETPLACE
    if image.public:
        return Relation.COMMUNITY
    if shared:
        return Relation.SHAREE
    return Relation.GUEST if image.hidden else Relation.NONE


def may(account: str, action: Action, image: Image | None, *, shared: bool) -> Verdict:
    """Decide whether `account` may do `action` with `image`, which is None when there is none.

    Source: ModifyImageSharePermission, "Share a custom image" and "Use shared images" (2025): only the owner
    shares, changes, exports or deletes; a sharee sees the image, runs from it, replaces disks, copies it.
    """
    if image is None:
        return Verdict(False, Relation.NONE, "there is no such image in this region")
    bond = relation(account, image, shared=shared)
    if bond is Relation.OWNER:
        return Verdict(True, bond, "the account owns the image")
    if bond is Relation.NONE:
        return Verdict(False, bond, "the image belongs to another account and isn't shared with this one")
    if action in USING:
        return Verdict(True, bond, f"the image is {WHOSE[bond]}")
    return Verdict(False, bond, f"the image is {WHOSE[bond]}, but only its owner may {action} it")


def owns(account: str, resource: Resource) -> bool:
    """Whether something that isn't an image belongs to the account: nobody else may touch or see it."""
    return account == resource.owner


def is_named(account: Account, name: str, has_user: Callable[[str], bool]) -> bool:
    """Whether `name` is the account, or a user of it: an id, a name, or a login name such as `ci@alice`.

    A login name ends in the account's name, its id, or one of these before `.onaliyun.com`.
    """
    if name in (account.id, account.name, f"{account.name}@{account.site}"):
        return True
    user, at, place = name.partition("@")
    whose = place.removesuffix(".onaliyun.com")
    return (not at or whose in (account.id, account.name)) and has_user(user)


def is_of(account: str, record: QuotaApplication) -> bool:
    """Whether an application was made by the account."""
    return account == record.account
