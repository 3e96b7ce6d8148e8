"""Accounts and their keys."""

import msgspec

from localyun.clock import Instant
from localyun.model.quotas import Grant
from localyun.model.record import Record, stored
from localyun.model.sessions import Session
from localyun.model.standing import Condition

SITES = ("aliyun.com", "alibabacloud.com")
"""The provider's two sites: the Chinese and the international one."""


@stored("account", key=("id",), indexes=(("name",),))
class Account(Record, frozen=True):
    """A customer of the provider; `id` is 1 to 20 digits (ours have 16)."""

    id: str
    name: str
    site: str = SITES[0]
    created_at: Instant = 0
    agreed: bool = False
    """Whether it signed the terms of service for community images."""
    invited: bool = False
    """Whether it was invited to share images in a hidden way."""
    conditions: frozenset[Condition] = frozenset()
    """What holds it back."""
    identities: str = ""
    """Another text after each change of its users, roles and policies: what was read before is outdated."""
    grants: tuple[Grant, ...] = ()
    """What it may have more of than others."""


@stored("access_key", key=("id",), indexes=(("account", "user", "created_at"),))
class AccessKey(Record, frozen=True):
    """A pair of key id and secret with which calls are signed: the account's own, or a user's of its."""

    id: str
    account: str
    secret: str
    active: bool = True
    created_at: Instant = 0
    user: str = ""
    """The name of the user whose key it is; empty for the account's own."""

    def __repr__(self) -> str:
        """Show everything but the secret."""
        return (
            f"AccessKey(id={self.id!r}, account={self.account!r}, user={self.user!r}, active={self.active})"
        )


@stored("key_use", key=("access_key",))
class KeyUse(Record, frozen=True):
    """When an access key was last used, as far as that has been written down."""

    access_key: str
    at: Instant = 0


class Caller(msgspec.Struct, frozen=True):
    """Who makes a call, once the signature has been verified."""

    account: str
    access_key: str
    site: str = SITES[0]
    user: str = ""
    """The name of the user whose key signed it; empty for the account's own and for a role's."""
    session: Session | None = None
    """What a role was taken on for, if one was."""
    identities: str = ""
    """What marks the state of the account's users, roles and policies."""
    grants: tuple[Grant, ...] = ()
    """What the account may have more of than others."""

    @property
    def is_root(self) -> bool:
        """Whether it is the account itself, which may do everything."""
        return not self.user and self.session is None

    @property
    def arn(self) -> str:
        """The caller's resource name; a key of the account itself is its root."""
        if self.session:
            return self.session.arn
        return f"acs:ram::{self.account}:" + (f"user/{self.user}" if self.user else "root")

    @property
    def names(self) -> tuple[str, ...]:
        """What a trust policy may call it: its own name, its role's, and its account's root."""
        root = f"acs:ram::{self.account}:root"
        if self.session:
            return (self.session.arn, self.session.role_arn, root)
        return (self.arn, root)


def is_account_id(text: str) -> bool:
    """Whether `text` has the shape of an account id: 1 to 20 ASCII digits."""
    return 1 <= len(text) <= 20 and text.isascii() and text.isdigit()
