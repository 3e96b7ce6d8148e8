"""Bad calls of every operation and their exact refusals, generated from the declarations."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args, get_origin

from localyun.reference import Path, bare, malformed, missing, paths
from localyun.spec import errors
from localyun.spec.declare import Field, Operation
from localyun.spec.faults import ApiError
from localyun.spec.support import Support
from tests.people import Refusal


class BadCall(NamedTuple):
    """A call that is wrong in one way, and what it has to be answered."""

    operation: Operation
    what: str
    given: dict[str, Any]
    refusal: Refusal

    def __str__(self) -> str:
        return f"{self.operation.name}: {self.what}"


def bad_calls(operation: Operation) -> Iterator[BadCall]:
    """Yield every call of an operation that is wrong in one way that its declaration tells."""
    for path in paths(operation.fields):
        name = ".".join(field.name for field in path)
        if path[-1].required and (len(path) == 1 or len(path[-2].group) > 1):
            refusal = missing(path[-1]).naming(_numbered(path))
            yield _call(operation, f"without {name}", _placed(path, None), refusal)
        for what, value in _malformed(path[-1]):
            refusal = malformed(operation, path).naming(_numbered(path))
            yield _call(operation, f"{name} {what}", _placed(path, value), refusal)
        if path[-1].about.support is Support.NONE:
            yield _call(
                operation,
                f"{name} not emulated",
                _placed(path, _unlike_the_default(path[-1])),
                errors.UNSUPPORTED_PARAMETER(_numbered(path)),
            )


def _call(operation: Operation, what: str, given: dict[str, Any], error: ApiError) -> BadCall:
    """Make a call that is right, but for what is given."""
    right = {field.name: _right(field) for field in operation.fields if field.required}
    refusal = Refusal(error.status, error.code, error.message)
    return BadCall(operation, what, {"RegionId": None, **right, **given}, refusal)


def _placed(path: Path, value: Any) -> dict[str, Any]:
    """Put the value of an inner parameter into its groups, beside what these require.

    A group in which nothing is given can't be sent: what lacks something has something else.
    """
    for outer, inner in zip(path[-2::-1], path[:0:-1], strict=True):
        other = next((field for field in outer.group if field != inner), None)
        beside = {other.name: _right(other)} if other and value is None else {}
        value = {**beside, **_right_group(outer), inner.name: value}
        value = [value] if outer.repeated else value
    return {path[0].name: value}


def _right(field: Field) -> Any:
    """Return a value that fits a parameter."""
    if field.repeated:
        return [_some_of_group(field) if field.group else _right_scalar(get_args(bare(field)[0])[0], {})]
    return _right_group(field) if field.group else _right_scalar(*bare(field))


def _right_group(group: Field) -> dict[str, Any]:
    return {field.name: _right(field) for field in group.group if field.required}


def _some_of_group(group: Field) -> dict[str, Any]:
    """Return what a group requires, or its first parameter: an empty one can't be sent."""
    return _right_group(group) or {group.group[0].name: _right(group.group[0])}


def _right_scalar(plain: Any, bounds: dict[str, int]) -> str:
    if get_origin(plain) is Literal:
        return str(get_args(plain)[0])
    return {str: "x", bool: "true", int: str(bounds.get("ge", bounds.get("le", 1))), float: "1.5"}[plain]


def _malformed(field: Field) -> Iterator[tuple[str, Any]]:
    """Yield values that don't fit a parameter, each with what is wrong."""
    plain, bounds = bare(field)
    if field.repeated:
        yield "a scalar, not a list", "x"
        yield "not numbered from 1", {"0": _right(field)[0]}
        if "max_length" in bounds:
            yield f"of more than {bounds['max_length']}", _right(field) * (bounds["max_length"] + 1)
        if not field.group:
            wrong = _malformed_scalar(get_args(plain)[0], {})
            yield from ((f"with an item {what}", [value]) for what, value in wrong)
    elif field.group:
        yield "a scalar, not a group", "x"
    else:
        yield "a list, not a scalar", ["x"]
        yield from _malformed_scalar(plain, bounds)


def _malformed_scalar(plain: Any, bounds: dict[str, int]) -> Iterator[tuple[str, str]]:
    if plain in (int, float):
        yield "not a number", "x"
    if plain is bool:
        yield "neither true nor false", "maybe"
    if get_origin(plain) is Literal:
        yield "none of its values", "no such value"
    if "ge" in bounds:
        yield f"below {bounds['ge']}", str(bounds["ge"] - 1)
    if "le" in bounds:
        yield f"above {bounds['le']}", str(bounds["le"] + 1)
    if "max_length" in bounds:
        yield f"longer than {bounds['max_length']}", "x" * (bounds["max_length"] + 1)


def _unlike_the_default(field: Field) -> Any:
    """Return a value that fits a parameter and isn't its default."""
    plain, _ = bare(field)
    if field.group:
        return [_some_of_group(field)] if field.repeated else _some_of_group(field)
    if field.default is True:
        return "false"
    if isinstance(field.default, int | float) and field.default is not False:
        return str(field.default + 1)
    if get_origin(plain) is Literal:
        return next(value for value in get_args(plain) if value != field.default)
    return _right(field)


def _numbered(path: Path) -> str:
    """Return a parameter's name as it stands on the wire; whatever we send is the first of its list."""
    *outer, last = path
    return ".".join([*(f"{field.name}.1" if field.repeated else field.name for field in outer), last.name])
