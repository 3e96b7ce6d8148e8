"""The one door to keys: found by id, resource name or alias, as long as they aren't gone."""

from localyun.clock import Instant
from localyun.ids import Ids
from localyun.model import Alias, Key, access
from localyun.model.keys import SERVICE, SERVICE_ALIAS
from localyun.store.interface import Transaction


class Keys:
    """The keys of one account at one moment."""

    def __init__(self, tx: Transaction, account: str, now: Instant, ids: Ids) -> None:
        """See the keys of this transaction with the eyes of this account."""
        self._tx = tx
        self._account = account
        self._now = now
        self._ids = ids

    def named(self, name: str, region: str) -> Key | None:
        """Return the account's key of a region with this id, resource name or alias, or None."""
        name = name.removeprefix(f"acs:kms:{region}:{self._account}:").removeprefix("key/")
        if name.startswith("alias/"):
            alias = self._tx.get(Alias, self._account, region, name)
            name = alias.key if alias else ""
        key = self.there(name)
        return key if key and access.owns(self._account, key) and key.region == region else None

    def there(self, id: str) -> Key | None:
        """Return the key with this id, whosever it is, unless it is gone."""
        key = self._tx.get(Key, id)
        return None if key is None or key.state_at(self._now) is None else key

    def all(self, region: str) -> list[Key]:
        """Return the account's keys of a region, newest first."""
        found = self._tx.find(Key, owner=self._account, region=region, order="created_at", descending=True)
        return [key for key in found if key.state_at(self._now) is not None]

    def aliases(self, region: str) -> list[Alias]:
        """Return the account's aliases of a region, the newest key's first."""
        return [alias for key in self.all(region) for alias in self._tx.find(Alias, key=key.id)]

    def services(self, region: str) -> Key:
        """Return the key that ECS made for itself in a region; it makes it when it first needs it."""
        found = self.named(SERVICE_ALIAS, region)
        if found is not None:
            return found
        key = Key(
            id=self._ids.key(),
            region=region,
            owner=self._account,
            created_at=self._now,
            creator=SERVICE,
        )
        self._tx.put(key)
        self._tx.put(Alias(owner=self._account, region=region, name=SERVICE_ALIAS, key=key.id))
        return key
