"""Quotas: limits as accounts see them, and may ask to have raised."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import msgspec

from localyun.clock import Instant
from localyun.model.limits import Limits
from localyun.model.record import Record, stored

LARGEST = 1_000_000_000_000
"""What nobody is granted more than."""

_PRODUCTS = {
    "keys_per_region": "kms",
    "vpcs_per_region": "vpc",
    "vswitches_per_vpc": "vpc",
    "users_per_account": "ram",
    "keys_per_user": "ram",
    "roles_per_account": "ram",
    "policies_per_account": "ram",
    "custom_policies_per_identity": "ram",
    "system_policies_per_identity": "ram",
}
"""Whose quota a limit is; any other one is ECS's."""

_FIXED = frozenset({"keys_per_user", "tags_per_resource", "snapshots_under_way_per_disk"})
"""The limits that nobody is granted more of."""


class Status(StrEnum):
    """What became of an application."""

    PROCESS = "Process"
    AGREE = "Agree"
    DISAGREE = "Disagree"
    CANCEL = "Cancel"


class Quota(NamedTuple):
    """A limit as Quota Center shows it."""

    product: str
    code: str
    limit: str
    """The name of the limit, as the operator sets it."""
    name: str

    @property
    def adjustable(self) -> bool:
        """Whether more may be asked for."""
        return self.limit not in _FIXED

    @property
    def is_global(self) -> bool:
        """Whether it is one for all regions."""
        return self.product == "ram"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """More of a limit than others have, in one region or in all, for a time or for good."""

    limit: str
    value: int
    region: str = ""
    effective_at: Instant = 0
    expires_at: Instant = 0
    """0 is never."""

    def holds(self, region: str, now: Instant) -> bool:
        """Whether it counts in a region at an instant."""
        in_time = self.effective_at <= now and (not self.expires_at or now < self.expires_at)
        return in_time and self.region in ("", region)


@stored("quota_application", key=("id",), indexes=(("account", "applied_at"), ("status", "applied_at")))
class QuotaApplication(Record, frozen=True):
    """That an account asks for more, and what it was answered."""

    id: str
    account: str
    status: str
    applied_at: Instant
    product: str
    code: str
    desired: int
    reason: str
    region: str = ""
    notice: int = 0
    approved: int | None = None
    answer: str = ""
    effective_at: Instant = 0
    expires_at: Instant = 0


@cache
def quotas() -> dict[tuple[str, str], Quota]:
    """Every limit as a quota, by product and code."""
    found = [_quota(field.name) for field in msgspec.structs.fields(Limits)]
    return {(quota.product, quota.code): quota for quota in found}


def _quota(limit: str) -> Quota:
    words = limit.replace("_", " ")
    return Quota(_PRODUCTS.get(limit, "ecs"), f"q_{limit.replace('_', '-')}", limit, words.capitalize())


def granted(limits: Limits, grants: Iterable[Grant], region: str, now: Instant) -> Limits:
    """Return the limits that hold for somebody with these grants: the larger of what all have and these."""
    more: dict[str, Any] = {}
    for grant in grants:
        usual = more.get(grant.limit, getattr(limits, grant.limit, None))
        if usual is not None and grant.value > usual and grant.holds(region, now):
            more[grant.limit] = grant.value
    return msgspec.structs.replace(limits, **more) if more else limits


def with_grant(grants: Iterable[Grant], new: Grant) -> tuple[Grant, ...]:
    """Return the grants with a new one in place of what there was of the same limit in the same region."""
    return (*(one for one in grants if (one.limit, one.region) != (new.limit, new.region)), new)
