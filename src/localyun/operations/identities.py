"""The one door to users, roles and policies, and the question whether a role may be taken on."""

from collections.abc import Sequence

import msgspec

from localyun import catalogue
from localyun.clock import Instant
from localyun.model import AccessKey, Account, Attachment, Policy, Role, User, policies
from localyun.model.conditions import Facts
from localyun.model.identity import Holder, PolicyType
from localyun.store.interface import Transaction


class Identities:
    """Who acts for one account. What is kept or forgotten here holds from the next call on."""

    def __init__(self, tx: Transaction, account: str, stamp: str) -> None:
        """See the identities of an account; `stamp` marks a change of them and is never used twice."""
        self._tx = tx
        self._account = account
        self._stamp = stamp

    def user(self, name: str) -> User | None:
        """Return the user of a name, if there is one."""
        return self._tx.get(User, self._account, name)

    def users(self) -> list[User]:
        """Return all users, by name."""
        return self._tx.find(User, account=self._account)

    def role(self, name: str) -> Role | None:
        """Return the role of a name, if there is one."""
        return self._tx.get(Role, self._account, name)

    def roles(self) -> list[Role]:
        """Return all roles, by name."""
        return self._tx.find(Role, account=self._account)

    def policy(self, type_: str, name: str) -> Policy | None:
        """Return a policy of the account's own, or one of the provider's, if there is one."""
        if type_ == PolicyType.SYSTEM:
            return catalogue_policy(name)
        return self._tx.get(Policy, self._account, name)

    def policies(self) -> list[Policy]:
        """Return the account's own policies, by name."""
        return self._tx.find(Policy, account=self._account)

    def keys(self, user: str) -> list[AccessKey]:
        """Return a user's access keys, or for no name the account's own."""
        return self._tx.find(AccessKey, order="created_at", account=self._account, user=user)

    def attached(self, holder: Holder, name: str) -> list[Attachment]:
        """Return what is attached to a user or a role."""
        return self._tx.find(Attachment, account=self._account, holder=holder.value, holder_name=name)

    def attachments_of(self, type_: str, policy: str) -> list[Attachment]:
        """Return to whom of the account a policy is attached."""
        return self._tx.find(Attachment, account=self._account, policy_type=type_, policy=policy)

    def keep(self, record: User | Role | Policy | Attachment) -> None:
        """Keep a new or a changed one."""
        self._tx.put(record)
        self._mark()

    def forget(self, record: User | Role | Policy | Attachment) -> None:
        """Delete one."""
        self._tx.delete(record)
        self._mark()

    def _mark(self) -> None:
        account = self._tx.get(Account, self._account)
        if account is not None and account.identities != self._stamp:
            self._tx.put(msgspec.structs.replace(account, identities=self._stamp))


def catalogue_policy(name: str) -> Policy | None:
    """Return one of the provider's own policies, if there is one of that name."""
    found = catalogue.system_policies().get(name)
    if found is None:
        return None
    return Policy(
        account="", name=name, document=found.document, created_at=CREATED, description=found.description
    )


CREATED: Instant = 1_439_337_600_000
"""When the provider made its own policies, as it shows it: 2015-08-12."""


def may_assume(
    tx: Transaction, account: str, role: str, kind: str, names: Sequence[str], facts: Facts
) -> bool:
    """Whether a role of an account trusts a principal of a kind (`RAM`, `Service`), by one of its names."""
    found = tx.get(Role, account, role)
    return found is not None and policies.trusts(found.trust, kind, names, facts)
