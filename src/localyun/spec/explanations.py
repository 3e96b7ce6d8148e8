"""Our own words on each error of the catalogue: what it comes from, and the way out."""

from typing import NamedTuple

from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


class Explanation(NamedTuple):
    """What an error comes from, and what to do about it."""

    cause: str
    way_out: str


_BY_CODE: dict[str, Explanation] = {}


def rows(code: str) -> list[ErrorSpec]:
    """Return the catalogue's rows with this code; `UnsupportedOperation.X` has its pattern's."""
    return [row for row in vars(errors).values() if isinstance(row, ErrorSpec) and _fits(row.code, code)]


def explain(code: str) -> Explanation | None:
    """Return our words on a code, or None when it isn't one of the catalogue's."""
    found = rows(code)
    return _BY_CODE.get(found[0].code) if found else None


def _fits(pattern: str, code: str) -> bool:
    start, hole, end = pattern.partition("%s")
    return code == pattern if not hole else code.startswith(start) and code.endswith(end)
