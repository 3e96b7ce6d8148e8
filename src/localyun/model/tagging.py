"""What tags a resource has after some were put on it or taken off."""

from collections.abc import Collection, Sequence

from localyun.model.record import Tag
from localyun.spec.faults import ErrorSpec


def tagged(have: Sequence[Tag], more: Sequence[Tag], *, limit: int, quota: ErrorSpec) -> tuple[Tag, ...]:
    """Return the tags with more put on; one whose key is there has its value replaced, in its place.

    Raises `quota` if there would be more than `limit`. Source: TagResources (2025).
    """
    tags = {tag.key: tag for tag in (*have, *more)}
    if len(tags) > limit:
        raise quota()
    return tuple(tags.values())


def untagged(have: Sequence[Tag], keys: Collection[str] | None) -> tuple[Tag, ...]:
    """Return the tags without those that have one of the keys, or none of them for None."""
    return () if keys is None else tuple(tag for tag in have if tag.key not in keys)
