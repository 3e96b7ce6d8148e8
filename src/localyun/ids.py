"""Identifiers and secrets: random in earnest, reproducible when a seed is given."""

import random
import string
import uuid
from secrets import SystemRandom

_ALPHABET = string.ascii_lowercase + string.digits
_RANDOM_BITS = ~(0xF000 << 64 | 0xC000 << 48)
_VERSION_4 = 0x4000 << 64 | 0x8000 << 48
"""The bits of a UUID that are random, and those that say so."""


class Ids:
    """Makes every identifier that the server gives out.

    Without a seed they come from the operating system's randomness; with one, the same calls in the same
    order give the same identifiers.
    """

    def __init__(self, seed: str | None = None) -> None:
        """Take randomness from the system, or from `seed`."""
        self._random = SystemRandom() if seed is None else random.Random(seed)  # noqa: S311

    def request_id(self) -> str:
        """An upper-case UUID, as each answer carries."""
        digits = f"{self._random.getrandbits(128) & _RANDOM_BITS | _VERSION_4:032X}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def resource(self, prefix: str, mark: str) -> str:
        """A resource id such as `m-bp1…`: prefix, the region's mark, 20 characters in all after the dash."""
        return f"{prefix}-{mark}{self._letters(20 - len(mark))}"

    def account(self) -> str:
        """An account id of 16 digits."""
        return str(self._random.randrange(10**15, 10**16))

    def identity(self) -> str:
        """A user's or a role's id, of 18 digits."""
        return str(self._random.randrange(10**17, 10**18))

    def access_key(self) -> tuple[str, str]:
        """An access key's id and its secret."""
        return f"LTAI5t{self._mixed(18)}", self._mixed(30)

    def temporary_key(self) -> tuple[str, str]:
        """A temporary access key's id and its secret."""
        return f"STS.N{self._mixed(23)}", self._mixed(44)

    def session_token(self) -> str:
        """What makes a security token one that can't be guessed."""
        return self._mixed(96)

    def token(self) -> str:
        """A bearer token for the administration interface."""
        return self._mixed(40)

    def serial_number(self) -> str:
        """An instance's serial number: a UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def key(self) -> str:
        """A key's id: a UUID."""
        return self.serial_number()

    def mac_address(self) -> str:
        """A network interface's hardware address, in the provider's own range."""
        return "00:16:3e:" + ":".join(f"{self._random.randrange(256):02x}" for _ in range(3))

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_ALPHABET, k=count))

    def _mixed(self, count: int) -> str:
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=count))
