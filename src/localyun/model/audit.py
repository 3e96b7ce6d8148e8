"""The audit trail: who changed what, and who was refused what. Secrets never come into it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

from localyun.clock import DAY, Instant
from localyun.model.record import Record, stored

KEPT: Instant = 90 * DAY
"""How long an entry is kept. Source: LookupEvents (2025), which goes back 90 days."""

LONGEST = 512
"""How much of a parameter's name and value is kept."""
MOST = 200
"""How many parameters are looked at: the trail isn't filled by one call."""

_SECRET = re.compile(
    r"password|secret|token|signature|userdata|keymaterial|privatekey|credential", re.IGNORECASE
)
_OF_THE_GATEWAY = frozenset(
    {"Action", "Version", "Format", "AccessKeyId", "Timestamp", "SignatureMethod", "SignatureVersion"}
)
HIDDEN = "***"


@stored("audit", key=("at", "id"), indexes=(("account", "at"),))
class AuditEntry(Record, frozen=True):
    """One call: who made it, on what, and how it ended. `id` is its request id.

    Entries lie in the order of their making: to add one touches the ends of what is there, and little else.
    """

    id: str
    at: Instant
    account: str
    """Whose trail it is in: the account that called, or whose key was named without being proven."""
    access_key: str
    service: str
    action: str
    version: str
    user: str = ""
    session: str = ""
    """The resource name of whoever took a role on."""
    address: str = ""
    agent: str = ""
    region: str = ""
    image: str = ""
    """The image that it was about or that it made, if any."""
    reads: bool = False
    code: str = ""
    """The error's code; empty for success."""
    message: str = ""
    because: str = ""
    """Which statement of which policy decided, of a call that policies refused."""
    parameters: Mapping[str, str] = {}

    @property
    def who(self) -> str:
        """The resource name of whoever called."""
        if self.session:
            return self.session
        return f"acs:ram::{self.account}:" + (f"user/{self.user}" if self.user else "root")


def without_secrets(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return a call's own parameters, cut where they are long, hidden where they might be secret."""
    return {
        name[:LONGEST]: HIDDEN if _is_secret(name) else value[:LONGEST]
        for name, value in islice(parameters.items(), MOST)
        if name not in _OF_THE_GATEWAY
    }


@lru_cache(1024)
def _is_secret(name: str) -> bool:
    return name not in _KNOWN_TO_BE_NONE and _SECRET.search(name) is not None


_KNOWN_TO_BE_NONE = frozenset({"ClientToken", "NextToken"})
