"""Where we differ from what is published, and which of that was decided."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from localyun import reference
from localyun.spec import errors
from localyun.spec.declare import Operation
from localyun.spec.faults import ErrorSpec
from tests.conformance import sdk, shapes

GATEWAY = "the gateway"
"""Stands in for an operation where any call is meant."""


class Decided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A difference that was decided; `*` in `operation` and `what` stands for anything."""

    operation: str
    what: str
    decision: str
    """The page in `docs/decisions/` that decides it."""
    named: str
    """The words with which that page names it."""

    def covers(self, operation: str, what: str) -> bool:
        """Whether this is a difference that was found."""
        return fnmatchcase(operation, self.operation) and fnmatchcase(what, self.what)


DECISIONS = Path(__file__).parents[2] / "docs" / "decisions"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    difference: list[Decided]


DECIDED = msgspec.toml.decode(
    Path(__file__).with_name("differences.toml").read_bytes(), type=_File
).difference


def undecided(operation: str, found: Iterable[str]) -> list[str]:
    """Return those of the found differences that no decision covers."""
    return [what for what in found if not any(entry.covers(operation, what) for entry in DECIDED)]


def of_parameters(operation: Operation) -> Iterator[str]:
    """Say how our parameters differ from the published ones."""
    ours, theirs = shapes.declared_parameters(operation), shapes.published_parameters(operation)
    sent = sdk.sent(operation)
    for name in (name for name in ours if name not in theirs):
        if shapes.unnumbered(name) not in sent:
            yield f"parameter {name}: ours alone"
    yield from (f"parameter {name}: not declared" for name in theirs if name not in ours)
    for name in (name for name in ours if name in theirs):
        our, their = ours[name], theirs[name]
        if our.kind != their.kind:
            yield f"parameter {name}: {our.kind}, published {their.kind}"
        if our.required != their.required:
            yield f"parameter {name}: {'required' if our.required else 'optional'}, unlike published"
        for aspect in ("minimum", "maximum", "most"):
            ours_is, theirs_is = getattr(our, aspect), getattr(their, aspect)
            if ours_is not in (None, theirs_is):
                yield f"parameter {name}: {aspect} {ours_is}, published {theirs_is}"
        if None not in (our.default, their.default) and our.default != their.default:
            yield f"parameter {name}: default {our.default}, published {their.default}"


def of_answer(operation: Operation) -> Iterator[str]:
    """Say how our answer differs from the published one."""
    ours, theirs = reference.elements(operation.answer), shapes.published_answer(operation)
    yield from (f"answer {path}: ours alone" for path in ours if path not in theirs)
    yield from (f"answer {path}: not declared" for path in theirs if path not in ours)
    for path in (path for path in ours if path in theirs):
        if ours[path] != theirs[path]:
            yield f"answer {path}: {ours[path]}, published {theirs[path]}"


def of_errors(operation: Operation) -> Iterator[str]:
    """Name the error rows that the operation declares and nobody publishes for it."""
    known = shapes.errors_of(shapes.published(operation)) | shapes.common_errors(operation.product) | OURS
    for row in reference.raised(operation):
        if (row.status, row.code, row.message) not in known:
            yield f"error {row.status} {row.code}: {row.message}"


def of_the_gateway() -> Iterator[str]:
    """Name the rows that any call can meet and nobody publishes."""
    rows = list(_rows())
    for row in rows[: rows.index(errors.UNSUPPORTED_OPERATION)]:
        if (row.status, row.code, row.message) not in shapes.common_errors():
            yield f"error {row.status} {row.code}: {row.message}"


def of_the_sdk(operation: Operation) -> Iterator[str]:
    """Name what the provider's SDKs can send or read and we don't declare."""
    parameters = {shapes.unnumbered(name) for name in shapes.declared_parameters(operation)}
    yield from (f"SDK sends {name}" for name in sorted(sdk.sent(operation) - parameters))
    elements = {path.replace("[]", "") for path in reference.elements(operation.answer)}
    yield from (f"SDK reads {path}" for path in sorted(sdk.read(operation) - elements))


OF_AN_OPERATION = (of_parameters, of_answer, of_errors, of_the_sdk)
"""All comparisons of one operation."""


def _rows() -> Iterator[ErrorSpec]:
    yield from (row for row in vars(errors).values() if isinstance(row, ErrorSpec))


_all = list(_rows())
OURS = {
    (row.status, row.code, row.message)
    for row in _all[_all.index(errors.UNSUPPORTED_OPERATION) : _all.index(errors.MALFORMED_REQUEST) + 1]
}
"""What the provider has no row for, because it doesn't refuse it: the section "Ours" of the table."""
