"""The table of errors says each fact once."""

from collections import Counter

from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


def test_no_row_stands_twice() -> None:
    """Two names for one status, code and message would be two places to look for who raises it."""
    rows = Counter(row for row in vars(errors).values() if isinstance(row, ErrorSpec))

    assert [row for row, times in rows.items() if times > 1] == []
