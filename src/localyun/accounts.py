"""Making and removing accounts: on first boot, and when somebody asks."""

from collections.abc import Iterable

import msgspec

from localyun.clock import Instant
from localyun.ids import Ids
from localyun.model import AccessKey, Account, Attachment, KeyUse, Policy, Role, Session, User
from localyun.model.accounts import SITES, is_account_id
from localyun.model.standing import Condition
from localyun.sentences import Trouble
from localyun.store.interface import Store, Transaction

FIRST = ("alice", "bob", "mallory")
"""The accounts of an empty database."""


class AccountError(Trouble):
    """An account can't be made or found; the text says what to do."""


class Credentials(msgspec.Struct, frozen=True):
    """An account, with the key that signs its calls."""

    id: str
    name: str
    site: str
    access_key_id: str
    access_key_secret: str


def make_first_accounts(store: Store, ids: Ids, now: Instant) -> bool:
    """Make the first accounts if there are none; whether it made any."""
    with store.writing(now) as tx:
        if tx.count(Account):
            return False
        for name in FIRST:
            _create(tx, ids, now, name)
        return True


def listed(store: Store, now: Instant) -> list[Credentials]:
    """Every account, in the order in which they were made, with its first key."""
    with store.reading(now) as tx:
        accounts = sorted(tx.find(Account), key=lambda account: account.created_at)
        return [_with_key(tx, account) for account in accounts]


def create(
    store: Store, ids: Ids, now: Instant, name: str, *, id: str = "", site: str = SITES[0]
) -> Credentials:
    """Make an account and a key for it. Raises `AccountError` when it can't be."""
    if not name.strip():
        raise AccountError("an account needs a name: give one")
    if site not in SITES:
        raise AccountError("there is no site {site!r}: it is {sites}", site=site, sites=" or ".join(SITES))
    if id and not is_account_id(id):
        raise AccountError("{id!r} is no account id: it has 1 to 20 digits", id=id)
    with store.writing(now) as tx:
        if id and tx.get(Account, id):
            raise AccountError("there is an account {id} already: choose another id, or leave it out", id=id)
        if tx.find(Account, name=name):
            raise AccountError("there is an account named {name!r} already: choose another name", name=name)
        return _with_key(tx, _create(tx, ids, now, name, id=id, site=site))


def delete(store: Store, now: Instant, name_or_id: str) -> Account:
    """Forget an account and whoever acts for it; what it owns stays.

    Raises `AccountError` when there is none.
    """
    with store.writing(now) as tx:
        account = find(tx, name_or_id)
        for key in tx.find(AccessKey, account=account.id):
            tx.delete(KeyUse(access_key=key.id))
        for kind in (AccessKey, Session, User, Role, Policy, Attachment):
            for record in tx.find(kind, account=account.id):
                tx.delete(record)
        tx.delete(account)
        return account


def change(store: Store, now: Instant, name_or_id: str, **fields: bool) -> Account:
    """Change these fields of an account. Raises `AccountError` when there is none."""
    with store.writing(now) as tx:
        changed = msgspec.structs.replace(find(tx, name_or_id), **fields)
        tx.put(changed)
        return changed


def hold(store: Store, now: Instant, name_or_id: str, conditions: Iterable[Condition]) -> Account:
    """Hold an account back by these conditions and no others. Raises `AccountError` when there is none."""
    with store.writing(now) as tx:
        held = msgspec.structs.replace(find(tx, name_or_id), conditions=frozenset(conditions))
        tx.put(held)
        return held


def find(tx: Transaction, name_or_id: str) -> Account:
    """Return the account with this id, or else this name. Raises `AccountError` when there is none."""
    account = tx.get(Account, name_or_id)
    if account is None:
        account = next(iter(tx.find(Account, name=name_or_id)), None)
    if account is None:
        raise AccountError(
            "there is no account {name!r}: `localyun accounts list` shows those there are", name=name_or_id
        )
    return account


def id_of(tx: Transaction, name_or_id: str) -> str:
    """Return an account's id; an id that isn't registered is taken as it is, for it may have shares.

    Raises `AccountError` when there is no account of this name.
    """
    return name_or_id if is_account_id(name_or_id) else find(tx, name_or_id).id


def credentials(tx: Transaction, name_or_id: str) -> Credentials:
    """Return an account with its first key. Raises `AccountError` when there is none."""
    return _with_key(tx, find(tx, name_or_id))


def _create(
    tx: Transaction, ids: Ids, now: Instant, name: str, *, id: str = "", site: str = SITES[0]
) -> Account:
    account = Account(id=id or ids.account(), name=name, site=site, created_at=now + tx.count(Account))
    key_id, secret = ids.access_key()
    tx.put(account)
    tx.put(AccessKey(id=key_id, account=account.id, secret=secret, created_at=now))
    return account


def _with_key(tx: Transaction, account: Account) -> Credentials:
    keys = tx.find(AccessKey, order="created_at", account=account.id, user="")
    key = keys[0] if keys else AccessKey(id="", account=account.id, secret="")
    return Credentials(account.id, account.name, account.site, key.id, key.secret)
