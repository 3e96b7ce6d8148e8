"""What a handler is given: the caller, the moment, the world, and one door to every image."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from localyun import catalogue
from localyun.clock import Instant
from localyun.compute.interface import Compute, Driver
from localyun.ids import Ids
from localyun.model import Account, Backing, Caller, Disk, Phase, Resource, Snapshot, access
from localyun.model.images import CREATE_FAILED, UNAVAILABLE
from localyun.model.limits import Limits
from localyun.model.quotas import granted
from localyun.model.standing import Condition, Feature, Lack, Shortage
from localyun.objects.interface import Objects
from localyun.operations.identities import Identities, may_assume
from localyun.operations.images import Images
from localyun.operations.key_uses import KeyUses
from localyun.operations.keys import Keys
from localyun.spec.faults import ErrorSpec
from localyun.store.interface import Transaction

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is the same for every call of a server."""

    ids: Ids
    compute: Driver
    objects: Objects
    limits: Limits
    accept_unknown_accounts: bool = False
    without_community_images: frozenset[str] = frozenset()
    without: frozenset[tuple[Feature, str]] = frozenset()
    shortages: tuple[Shortage, ...] = ()
    sensitive_words: frozenset[str] = frozenset()
    grant_quotas: bool = False
    """Whether whoever asks for more of a quota gets it at once."""
    permissions: dict[tuple[str, ...], Any] = field(default_factory=dict)
    """What callers may do, as it was put together for them; `authorization` fills it."""
    key_uses: KeyUses = field(default_factory=KeyUses)


class Context(msgspec.Struct, frozen=True, dict=True, eq=False):
    """One call, as its handler sees it. `region` is the call's own, empty where it names none."""

    caller: Caller
    tx: Transaction
    now: Instant
    world: World
    request_id: str
    region: str = ""
    host: str = ""
    """The host that the client meant to call, with the port if it named one."""

    @property
    def account(self) -> str:
        """The account that calls."""
        return self.caller.account

    @cached_property
    def limits(self) -> Limits:
        """The quotas in force for the account, in the call's region."""
        grants = self.caller.grants
        return granted(self.world.limits, grants, self.region, self.now) if grants else self.world.limits

    @property
    def compute(self) -> Compute:
        """What carries out what is decided."""
        return self.world.compute.within(self.tx)

    @cached_property
    def images(self) -> Images:
        """The images, each handed out only for a stated purpose."""
        return Images(self.tx, self.account)

    @cached_property
    def keys(self) -> Keys:
        """The caller's keys."""
        return Keys(self.tx, self.account, self.now, self.world.ids)

    @cached_property
    def identities(self) -> Identities:
        """The users, roles and policies of the account."""
        return Identities(self.tx, self.account, f"{self.now} {self.request_id}")

    def service_may_assume(self, account: str, role: str, service: str) -> bool:
        """Whether a role of an account trusts a service, such as `<account>@ecs.aliyuncs.com`."""
        return may_assume(self.tx, account, role, "Service", (service,), lambda key: None)

    def new_id(self, prefix: str, region: str = "") -> str:
        """Return a fresh resource id with the mark of the call's region, or of another."""
        found = catalogue.region(region or self.region)
        return self.world.ids.resource(prefix, found.id_mark if found else "")

    def owned(self, kind: type[R], id: str) -> R | None:
        """Return the caller's record with this id, in the call's region if it names one.

        None when there is none: another's looks as if it weren't there, and so does what is gone.
        """
        record = self.tx.get(kind, id)
        if record is None or not access.owns(self.account, record) or self.is_gone(record):
            return None
        return record if self.region in ("", record.region) else None

    def own(self, kind: type[R], id: str, missing: ErrorSpec, *named: str) -> R:
        """Return what `owned` does, or raise `missing`, filled with `named`."""
        record = self.owned(kind, id)
        if record is None:
            raise missing(*named)
        return record

    def mine(self, kind: type[R]) -> list[R]:
        """Return all of the caller's records of a kind in the call's region, newest first."""
        found = self.tx.find(
            kind, owner=self.account, region=self.region, order="created_at", descending=True
        )
        return [record for record in found if not self.is_gone(record)]

    def is_gone(self, record: Resource) -> bool:
        """Whether it is a snapshot that was to be kept for so many days, and that nothing is made from."""
        if not isinstance(record, Snapshot) or not record.is_over(self.now):
            return False
        disks = self.tx.count(Disk, snapshot=record.id, owner=record.owner)
        return disks + self.tx.count(Backing, snapshot=record.id) == 0

    def account_exists(self, account: str) -> bool:
        """Whether an account may be shared with: it is registered, or unknown ones are accepted."""
        return self.world.accept_unknown_accounts or self.tx.get(Account, account) is not None

    def profile(self) -> Account | None:
        """What is known of the account that calls: what it signed, and what it was invited to."""
        return self.tx.get(Account, self.account)

    def check_standing(self, refusals: Mapping[Condition, ErrorSpec]) -> None:
        """Refuse a caller that is in one of these conditions, which the operator set."""
        profile = self.profile()
        for condition, refusal in refusals.items():
            if profile is not None and condition in profile.conditions:
                raise refusal()

    def is_in(self, condition: Condition) -> bool:
        """Whether the account that calls is in a condition which the operator set."""
        profile = self.profile()
        return profile is not None and condition in profile.conditions

    def outcome(self, phase: Phase, failed: str) -> Phase:
        """Return how something that the caller has made ends, which is `failed` if the operator says so."""
        return msgspec.structs.replace(phase, after=failed) if self.is_in(Condition.FAILING) else phase

    def image_outcome(self, phase: Phase) -> Phase:
        """Return how an image that the caller has made ends; the operator can spoil it, or let it fail."""
        if self.is_in(Condition.SPOILED):
            return msgspec.structs.replace(phase, after=UNAVAILABLE)
        return self.outcome(phase, CREATE_FAILED)

    def has(self, feature: Feature, region: str = "") -> bool:
        """Whether the call's region, or another place, has a feature that not all have."""
        return (feature, region or self.region) not in self.world.without

    def shortage(self, lack: Lack, zone: str = "", thing: str = "", *, region: str = "") -> Shortage | None:
        """What the call's region or another, or a zone of it, lacks, as the operator set it."""
        places = (region or self.region, zone)
        return next((one for one in self.world.shortages if one.holds(lack, places, thing)), None)
