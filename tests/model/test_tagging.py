"""What tags a resource has after some were put on it or taken off."""

import pytest

from localyun.model import Tag
from localyun.model.tagging import tagged, untagged
from localyun.spec import errors
from localyun.spec.faults import ApiError

HAVE = (Tag("a", "1"), Tag("b", "2"))


def test_a_key_that_is_there_keeps_its_place() -> None:
    """Its value is the new one, and the others stay."""
    more = (Tag("c"), Tag("a", "new"))

    assert tagged(HAVE, more, limit=3, quota=errors.TAG_QUOTA) == (Tag("a", "new"), Tag("b", "2"), Tag("c"))


def test_the_limit_counts_keys_and_not_calls() -> None:
    """Changing a value is always possible; one key too many isn't."""
    assert tagged(HAVE, HAVE, limit=2, quota=errors.TAG_QUOTA) == HAVE
    with pytest.raises(ApiError, match=errors.TAG_QUOTA.code):
        tagged(HAVE, [Tag("c")], limit=2, quota=errors.TAG_QUOTA)


def test_tags_are_taken_off_by_key_or_all_at_once() -> None:
    """A key that isn't there takes nothing off."""
    assert untagged(HAVE, ["a", "z"]) == (Tag("b", "2"),)
    assert untagged(HAVE, []) == HAVE
    assert untagged(HAVE, None) == ()
