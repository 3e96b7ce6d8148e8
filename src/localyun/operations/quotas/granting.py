"""Deciding about applications: by an operator, or by the server that grants everything."""

import msgspec

from localyun.model import Account, QuotaApplication
from localyun.model.quotas import LARGEST, Grant, Quota, Status, quotas, with_grant
from localyun.sentences import Trouble
from localyun.store.interface import Transaction


class GrantingError(Trouble):
    """An application can't be decided about; the text says what to do."""


def grant(tx: Transaction, application: QuotaApplication, value: int | None = None) -> QuotaApplication:
    """Give what was asked for, or another value; it holds from the account's next call on."""
    approved = application.desired if value is None else value
    if not 0 <= approved <= LARGEST:
        raise GrantingError("{value} is no quota: give 0 to {largest}", value=approved, largest=LARGEST)
    account = tx.get(Account, application.account)
    if account is None:
        raise GrantingError(
            "there is no account {id} any more: refuse the application", id=application.account
        )
    more = Grant(
        limit=quota_of(application).limit,
        value=approved,
        region=application.region,
        effective_at=application.effective_at,
        expires_at=application.expires_at,
    )
    tx.put(msgspec.structs.replace(account, grants=with_grant(account.grants, more)))
    return _decided(tx, application, Status.AGREE, approved=approved)


def refuse(tx: Transaction, application: QuotaApplication, why: str = "") -> QuotaApplication:
    """Decline an application."""
    return _decided(tx, application, Status.DISAGREE, answer=why)


def waiting(tx: Transaction, id: str) -> QuotaApplication:
    """Return an application that waits for a decision. Raises `GrantingError` when there is none."""
    found = tx.get(QuotaApplication, id)
    if found is None:
        raise GrantingError(
            "there is no application {id}: `localyun quotas list` shows those there are", id=id
        )
    if found.status != Status.PROCESS:
        raise GrantingError(
            "application {id} was decided about already ({status}): let the account ask anew",
            id=id,
            status=found.status,
        )
    return found


def applications(tx: Transaction, *, decided: bool) -> list[QuotaApplication]:
    """Return the applications that wait, oldest first, and with `decided` those that don't as well."""
    if decided:
        return tx.find(QuotaApplication, order="applied_at")
    return tx.find(QuotaApplication, order="applied_at", status=Status.PROCESS.value)


def quota_of(application: QuotaApplication) -> Quota:
    """Return the quota that an application is about."""
    return quotas()[application.product, application.code]


def _decided(
    tx: Transaction, application: QuotaApplication, status: Status, **fields: object
) -> QuotaApplication:
    changed = msgspec.structs.replace(application, status=status.value, **fields)
    tx.put(changed)
    return changed
