"""The rules of sharing an image, as plain functions: values in, the outcome or the refusal out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from localyun.model.accounts import is_account_id
from localyun.spec import errors


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call changes: the accounts that gain the image and those that lose it, in the call's order."""

    gain: tuple[str, ...]
    lose: tuple[str, ...]


def plan_sharing(
    owner: str,
    *,
    shared_with: Collection[str],
    add: Collection[str],
    remove: Collection[str],
    exists: Callable[[str], bool],
    limit: int,
) -> Plan:
    """Say what a call changes, or refuse all of it.

    An account in both lists ends up without the image; the limit counts the outcome. Adding one that has it
    and removing one that hasn't are no errors. Source: ModifyImageSharePermission (2025).

    Raises `InvalidAccount.NotFound`, `InvalidAccount.Forbbiden`, `QuotaExceed.ShareImageUser`.
    """
    for account in (*add, *remove):
        if not is_account_id(account):
            raise errors.ACCOUNT_NOT_FOUND(account)
        if account == owner:
            raise errors.SHARED_WITH_SELF()
        if account not in shared_with and not exists(account):
            raise errors.ACCOUNT_NOT_FOUND(account)
    leaving = set(remove)
    gain = tuple(a for a in dict.fromkeys(add) if a not in leaving and a not in shared_with)
    lose = tuple(a for a in dict.fromkeys(remove) if a in shared_with)
    if gain and len(shared_with) + len(gain) - len(lose) > limit:
        raise errors.SHARE_QUOTA()
    return Plan(gain, lose)
