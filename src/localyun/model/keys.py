"""Keys of the key management service: what they are for, what state they are in, when they turn."""

from uuid import UUID, uuid5

import msgspec

from localyun.clock import DAY, Instant
from localyun.model.record import Record, Resource, stored

ENABLED, DISABLED, PENDING_DELETION = "Enabled", "Disabled", "PendingDeletion"
PENDING_IMPORT = "PendingImport"
ENCRYPT, SIGN = "ENCRYPT/DECRYPT", "SIGN/VERIFY"
OURS, EXTERNAL = "Aliyun_KMS", "EXTERNAL"
DEFAULT_SPEC = "Aliyun_AES_256"

USAGES = {
    "Aliyun_AES_256": (ENCRYPT,),
    "Aliyun_AES_192": (ENCRYPT,),
    "Aliyun_AES_128": (ENCRYPT,),
    "Aliyun_SM4": (ENCRYPT,),
    "RSA_2048": (ENCRYPT, SIGN),
    "RSA_3072": (ENCRYPT, SIGN),
    "EC_P256": (SIGN,),
    "EC_P256K": (SIGN,),
    "EC_SM2": (ENCRYPT, SIGN),
}
"""What keys of each kind are for. The symmetric ones, the provider's own, come first."""


def is_symmetric(spec: str) -> bool:
    """Whether one secret both encrypts and decrypts, which is what disks need, and what rotates."""
    return spec.startswith("Aliyun_")


SERVICE = "Ecs"
"""Who makes the key with which ECS encrypts unless it is told another one."""
SERVICE_ALIAS = "alias/acs/ecs"
"""What that key is called, in each account and region."""
RESERVED = "alias/acs/"


@stored("kms_key", key=("id",), indexes=(("owner", "region", "created_at"),))
class Key(Resource, frozen=True):
    """A key. `state` is what its owner last asked for; `state_at` says what it is at an instant."""

    creator: str
    state: str = ENABLED
    deleted_at: Instant | None = None
    """When it is gone for good; None unless that was asked for."""
    spec: str = DEFAULT_SPEC
    usage: str = ENCRYPT
    origin: str = OURS
    protection_level: str = "SOFTWARE"
    rotation_days: int = 0
    """How often its material is made anew; 0 is never."""
    policy: str = ""
    """Who may do what with it, as JSON; everything its account may, when empty."""

    @property
    def arn(self) -> str:
        """The key's resource name."""
        return f"acs:kms:{self.region}:{self.owner}:key/{self.id}"

    @property
    def is_services(self) -> bool:
        """Whether ECS made it for itself."""
        return self.creator == SERVICE

    def state_at(self, now: Instant) -> str | None:
        """The state at an instant; None once it is gone."""
        return None if self.deleted_at is not None and now >= self.deleted_at else self.state

    def turns(self, now: Instant) -> int:
        """How often its material was made anew."""
        return (now - self.created_at) // (self.rotation_days * DAY) if self.rotation_days else 0

    def turned_at(self, turn: int) -> Instant:
        """When its material is made anew for the nth time."""
        return self.created_at + turn * self.rotation_days * DAY

    def version(self, turn: int) -> str:
        """The id of its material after so many turns."""
        return str(uuid5(UUID(self.id), str(turn)))


@stored("kms_alias", key=("owner", "region", "name"), indexes=(("key",),))
class Alias(Record, frozen=True):
    """Another name for a key, such as `alias/backup`; one of its account's in its region."""

    owner: str
    region: str
    name: str
    key: str

    @property
    def arn(self) -> str:
        """The alias's resource name."""
        return f"acs:kms:{self.region}:{self.owner}:{self.name}"


class _Statement(msgspec.Struct, rename="pascal"):
    effect: str
    action: list[str] | str

    def names(self, action: str) -> bool:
        """Whether the statement is about an action."""
        named = [self.action] if isinstance(self.action, str) else self.action
        return not {action, "kms:*", "*"}.isdisjoint(named)


class Policy(msgspec.Struct, rename="pascal"):
    """Who may do what with a key."""

    statement: tuple[_Statement, ...]

    def allows(self, action: str) -> bool:
        """Whether an action is allowed to anybody, and denied to nobody."""
        return {one.effect for one in self.statement if one.names(action)} == {"Allow"}


def read_policy(text: str) -> Policy:
    """Read a key's policy. Raises `msgspec.DecodeError` if it isn't one."""
    return msgspec.json.decode(text, type=Policy)


TAGGING = "kms:TagResource"
"""What ECS has to be let do with a key before it encrypts with it: it marks the key."""


def lets_services_use_it(key: Key) -> bool:
    """Whether a key's policy lets ECS encrypt with it; without a policy it does."""
    return not key.policy or read_policy(key.policy).allows(TAGGING)
