"""Rows of the error table as a client sees them, for tables of what is refused."""

from localyun.spec.faults import ApiError, ErrorSpec
from tests.people import Refusal


def seen(row: ErrorSpec | ApiError) -> Refusal:
    """Return a row, or one whose message was filled, as the refusal that a client sees."""
    return Refusal.of(row() if isinstance(row, ErrorSpec) else row)
