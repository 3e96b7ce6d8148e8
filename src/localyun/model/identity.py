"""Who acts for an account: users, roles, and the policies that say what they may do."""

import re
from enum import StrEnum

from localyun.clock import Instant
from localyun.model.record import Record, Tag, stored
from localyun.model.sessions import role_arn


class PolicyType(StrEnum):
    """Whose a policy is: the provider's, the same for everybody, or an account's own."""

    SYSTEM = "System"
    CUSTOM = "Custom"


class Holder(StrEnum):
    """What a policy is attached to."""

    USER = "user"
    ROLE = "role"


@stored("ram_user", key=("account", "name"))
class User(Record, frozen=True):
    """A RAM user: somebody who acts for an account, within the policies attached to it."""

    account: str
    name: str
    id: str
    created_at: Instant
    display_name: str = ""
    mobile_phone: str = ""
    email: str = ""
    comments: str = ""

    @property
    def arn(self) -> str:
        """Its resource name."""
        return f"acs:ram::{self.account}:user/{self.name}"


@stored("ram_role", key=("account", "name"))
class Role(Record, frozen=True):
    """A RAM role: rights that others take on for a while; `trust` says who may, as it was written."""

    account: str
    name: str
    id: str
    trust: str
    created_at: Instant
    description: str = ""
    max_session_seconds: int = 3600
    tags: tuple[Tag, ...] = ()

    @property
    def arn(self) -> str:
        """Its resource name."""
        return role_arn(self.account, self.name)


@stored("ram_policy", key=("account", "name"))
class Policy(Record, frozen=True):
    """A policy of an account's own; `document` stands as it was written."""

    account: str
    name: str
    document: str
    created_at: Instant
    description: str = ""
    tags: tuple[Tag, ...] = ()


@stored(
    "ram_attachment",
    key=("account", "holder", "holder_name", "policy_type", "policy"),
    indexes=(("account", "policy_type", "policy"), ("account", "holder", "holder_name")),
)
class Attachment(Record, frozen=True):
    """That a policy holds for a user or a role."""

    account: str
    holder: str
    holder_name: str
    policy_type: str
    policy: str
    since: Instant


USER_NAME = re.compile(r"[A-Za-z0-9._@-]+")
"""A user's name. Source: CreateUser (2025)."""
POLICY_NAME = re.compile(r"[A-Za-z0-9-]+")
"""A policy's name. Source: CreatePolicy (2025)."""
ROLE_NAME = re.compile(r"[A-Za-z0-9.-]+")
"""A role's name. Source: CreateRole (2025)."""
