"""The rules of sharing an image, as plain functions: values in, the outcome or the refusal out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from localyun.model.accounts import is_account_id
from localyun.spec import errors


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call changes: who gains the image and who loses it, in the call's order."""

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

    Raises `InvalidAccount.NotFound`, worded for an id that is none and for one that nobody has,
    `InvalidAccount.Forbbiden`, `QuotaExceed.ShareImageUser`.
    """
    for account in (*add, *remove):
        if not is_account_id(account):
            raise errors.ACCOUNT_MALFORMED()
        if account == owner:
            raise errors.SHARED_WITH_SELF()
        if account not in shared_with and not exists(account):
            raise errors.ACCOUNT_NOT_FOUND(account)
    plan = changes(shared_with, add, remove)
    if plan.gain and len(shared_with) + len(plan.gain) - len(plan.lose) > limit:
        raise errors.SHARE_QUOTA()
    return plan


def changes(shared_with: Collection[str], add: Collection[str], remove: Collection[str]) -> Plan:
    """Say what two lists change; who is in both ends up without the image."""
    leaving = set(remove)
    return Plan(
        gain=tuple(one for one in dict.fromkeys(add) if one not in leaving and one not in shared_with),
        lose=tuple(one for one in dict.fromkeys(remove) if one in shared_with),
    )


def contains_any(text: str, words: Collection[str]) -> bool:
    """Whether a text contains one of these words, in capitals or not, also inside of another word."""
    folded = text.casefold()
    return any(word.casefold() in folded for word in words)
