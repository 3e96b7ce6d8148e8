"""Sessions: a role taken on for a while, with a temporary key of its own."""

import hmac
import re
from base64 import b64decode, b64encode

from localyun.clock import DAY, Instant
from localyun.model.record import Record, stored

KEPT: Instant = 30 * DAY
"""How long a session is remembered after its end, so that its key is called expired and not unknown."""

_TOKEN = re.compile(r"CAIS[A-Za-z0-9+/]+={0,2}")


@stored("sts_session", key=("id",), indexes=(("expires_at",), ("account",)))
class Session(Record, frozen=True):
    """A role that somebody took on; `id` is the temporary key's, and begins with `STS.`."""

    id: str
    secret: str
    token: str
    account: str
    role: str
    role_id: str
    name: str
    expires_at: Instant
    policy: str = ""
    """What narrows the role's policies further; empty where nothing does."""

    @property
    def arn(self) -> str:
        """The resource name of whoever acts in it."""
        return f"acs:ram::{self.account}:assumed-role/{self.role}/{self.name}"

    @property
    def role_arn(self) -> str:
        """The resource name of its role."""
        return role_arn(self.account, self.role)

    @property
    def principal(self) -> str:
        """The id of whoever acts in it."""
        return f"{self.role_id}:{self.name}"

    def has_token(self, token: str) -> bool:
        """Whether it was given out with this token."""
        return hmac.compare_digest(self.token.encode(), token.encode())

    def __repr__(self) -> str:
        """Show everything but the secrets."""
        return f"Session(id={self.id!r}, arn={self.arn!r}, expires_at={self.expires_at})"


def role_arn(account: str, name: str) -> str:
    """Return the resource name of a role."""
    return f"acs:ram::{account}:role/{name.lower()}"


def token_for(key_id: str, random: str) -> str:
    """Return a security token; it says for which key it is."""
    return "CAIS" + b64encode(f"{key_id} {random}".encode()).decode()


def key_of(token: str) -> str | None:
    """Return the id of the key for which a token says it is; None for what is no token."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        key, _, random = b64decode(token[4:], validate=True).decode("ascii").partition(" ")
    except ValueError:
        return None
    return key if random else None
