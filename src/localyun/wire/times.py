"""Points in time as the provider writes them."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from localyun.clock import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?Z", re.ASCII)


@lru_cache(1024)  # calls of the same second carry the same text
def parse(text: str) -> Instant:
    """Read `yyyy-MM-ddTHH:mm:ssZ` or `yyyy-MM-ddTHH:mmZ`. Raises ValueError on anything else."""
    if not (match := _SECONDS.fullmatch(text)):
        raise ValueError(f"not a time: {text!r}")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def seconds(instant: Instant) -> str:
    """Write `yyyy-MM-ddTHH:mm:ssZ`, as images, shares, disks and snapshots have it."""
    return _written(instant // 1000, "seconds")


def minutes(instant: Instant) -> str:
    """Write `yyyy-MM-ddTHH:mmZ`, as instances have it."""
    return _written(instant // 1000, "minutes")


@lru_cache(16_384)
def _written(second: int, to: str) -> str:
    # isoformat takes half as long as strftime, and lists are full of times, often the same.
    return (_EPOCH + timedelta(seconds=second)).isoformat(timespec=to).removesuffix("+00:00") + "Z"
