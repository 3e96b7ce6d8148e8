"""Lists of the caller's own things: all of them or those asked for by id, and a page of them."""

from collections.abc import Sequence
from typing import TypeVar

from localyun.model import Resource
from localyun.operations.common import page
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
from localyun.spec.faults import ApiError

R = TypeVar("R", bound=Resource)


def chosen(ctx: Context, kind: type[R], ids: Sequence[str] | None) -> list[R]:
    """Return the caller's records with these ids in the region, or all of them for None; newest first."""
    if ids is None:
        return ctx.mine(kind)
    found = (ctx.owned(kind, id) for id in dict.fromkeys(ids))
    mine = (record for record in found if record is not None)
    return sorted(mine, key=lambda record: (-record.created_at, record.id))


def page_by_number_or_token(
    items: Sequence[R], number: int, size: int, *, token: str | None, most: int | None, malformed: ApiError
) -> tuple[Sequence[R], str]:
    """Return a page of a list and the token of the next one, which is empty unless paged by token.

    The token or `most` (MaxResults) decides, if there is one, and not the page's number and size.
    Raises `malformed` for a token that wasn't given out.
    """
    if token is None and most is None:
        return page(items, number, size), ""
    return page_from(token, items, most or size, malformed)
