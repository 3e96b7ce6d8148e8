"""The provider's own policies: the same for every account."""

from functools import cache
from typing import Any

import msgspec

from localyun.catalogue.files import DataFile, Entry, read


class SystemPolicy(Entry, frozen=True, kw_only=True):
    """A policy that every account has from the start."""

    name: str
    description: str
    statements: list[dict[str, Any]]

    @property
    def document(self) -> str:
        """The policy as text, in the policy language."""
        return msgspec.json.encode({"Version": "1", "Statement": self.statements}).decode()


class _Policies(DataFile, frozen=True, kw_only=True):
    policies: list[SystemPolicy]


@cache
def system_policies() -> dict[str, SystemPolicy]:
    """The provider's policies, by name."""
    return {policy.name: policy for policy in read("policies.json", _Policies).policies}
