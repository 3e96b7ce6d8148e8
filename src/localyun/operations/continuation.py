"""Paging by `NextToken`: each page says where the next one begins."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import TypeVar

from localyun.spec.faults import ApiError

T = TypeVar("T")

_GIVEN = re.compile(rb"from (\d{1,9})")


def page_from(
    token: str | None, items: Sequence[T], size: int, malformed: ApiError
) -> tuple[Sequence[T], str]:
    """Return the page that `token` begins, the first without one, and the token of the page after it.

    That one is empty on the last page. Raises `malformed` for a token that wasn't given out.
    """
    start = 0 if token is None else _read(token, malformed)
    end = start + size
    return items[start:end], _written(end) if end < len(items) else ""


def _written(start: int) -> str:
    return urlsafe_b64encode(b"from %d" % start).decode()


def _read(token: str, malformed: ApiError) -> int:
    try:
        given = _GIVEN.fullmatch(urlsafe_b64decode(token))
    except ValueError:
        given = None
    if given is None:
        raise malformed
    return int(given[1])
