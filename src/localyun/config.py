"""The settings of a server. Whoever starts one hands them in; the command line reads the environment."""

from pathlib import Path
from typing import Literal

import msgspec

from localyun.model.limits import Limits
from localyun.model.standing import Feature, Shortage


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a server behaves, apart from where its state is kept."""

    accept_unknown_accounts: bool = False
    time_scale: float = 1.0
    limits: Limits = Limits()
    without_community_images: frozenset[str] = frozenset()
    """The regions in which no image can be given to the community."""
    without: frozenset[tuple[Feature, str]] = frozenset()
    """Which regions lack which features."""
    shortages: tuple[Shortage, ...] = ()
    """What regions and zones lack for new instances."""
    sensitive_words: frozenset[str] = frozenset()
    """What neither the name nor the description of an image may contain that is given to others."""
    oss: str = ""
    """Where object storage is: a folder whose folders are the buckets, or an address that speaks S3; without
    it every object exists."""
    machines: Path | None = None
    """The folder of real disks and machines; without it both are simulated."""
    system_images: Path | None = None
    """The folder of files with what is in system images; that of `machines` has one by default."""
    max_machines: int = 0
    """How many real machines run at once; 0 is as many as fit on this computer."""
    throttle: int | Literal["documented"] = 0
    """How many calls of one account to one operation in one region are let through in a second, or as many
    as are published; 0 is all."""
    grant_quotas: bool = False
    """Whether whoever asks for more of a quota gets it at once."""
    address: str = ""
    """Where the server is reached, as `http://host:port`; the links in its errors start with it."""
    certificate: Path | None = None
    """A file with the server's key and certificate; with one, HTTPS is served beside plain HTTP."""
    admin_token: str = ""
    """What other machines show to get in where all accounts' things are seen; empty lets nobody in."""
    turnable: bool = True
    """Whether the world's time can be turned; several processes couldn't do it together."""
    body_limit: int = 1024 * 1024
    """The largest body of a request, in bytes."""
    header_limit: int = 128 * 1024
    """The largest request line and headers together, in bytes."""
    metrics: Path | None = None
    """The folder in which processes that serve together keep what they count."""
    request_seconds: float = 30
    """How long a request may take to arrive, from its first byte to its last."""
    drain: float = 0
    """For how many seconds a server that is told to stop goes on, and says in its health that it will."""


def default_data_directory() -> Path:
    """The platform's user data directory for localyun."""
    import platformdirs

    return Path(platformdirs.user_data_dir("localyun", appauthor=False))
