"""From flat parameters (`Tag.1.Key=…`) to the typed request that an operation declares."""

from collections.abc import Mapping
from typing import Any

import msgspec

from localyun.spec import errors
from localyun.spec.declare import Field, Operation, Request
from localyun.spec.faults import ApiError, ErrorSpec
from localyun.spec.support import Support

Tree = dict[str, Any]

DEEPEST = 8
"""How many dots of a name count; nothing that anybody declares has more."""


def bind(operation: Operation, parameters: Mapping[str, str]) -> Request:
    """Return the operation's request with these parameters.

    An empty value counts as absent, an unknown name is ignored (clients send their own). Checked are, in
    this order: that what is required is there, that what is there has its type and range, that nothing is
    asked for which isn't emulated. An error names a parameter as it was sent: `DataDisk.2.Size`.

    Raises `MissingParameter`, the error declared nearest to a malformed value (else `InvalidParameter`),
    and `UnsupportedParameter.<Name>`.
    """
    given = _nested(parameters, operation.fields_by_name)
    for field in operation.fields:
        if field.required and field.name not in given:
            raise _missing(field, field.name)
    malformed = operation.malformed or errors.INVALID_PARAMETER
    refused: list[str] = []
    values = {
        field.attribute: _value(field, given[field.name], field.name, malformed, refused)
        for field in operation.fields
        if field.name in given
    }
    if refused:
        raise errors.UNSUPPORTED_PARAMETER(refused[0])
    return operation.request(**values)


def _missing(field: Field, name: str) -> ApiError:
    return (field.about.missing or errors.MISSING_PARAMETER).naming(name)


def _nested(parameters: Mapping[str, str], fields: Mapping[str, Field]) -> Tree:
    """Build the tree that the dotted names describe, of declared parameters only.

    Names that contradict each other (`Tag=…` beside `Tag.1.Key=…`) leave None, which fits no type.
    """
    tree: Tree = {}
    for name, value in parameters.items():
        first, dot, _ = name.partition(".")
        if not value or first not in fields:
            continue
        if not dot and first not in tree:
            tree[first] = value
            continue
        *branches, leaf = name.split(".", DEEPEST)
        branch: Any = tree
        for part in branches:
            branch = branch.setdefault(part, {}) if isinstance(branch, dict) else None
        if isinstance(branch, dict) and leaf not in branch:
            branch[leaf] = value
        else:
            tree[first] = None
    return tree


def _value(field: Field, given: Any, name: str, malformed: ErrorSpec, refused: list[str]) -> Any:
    """Return a parameter's value; the names of what isn't emulated are added to `refused`."""
    malformed = field.about.malformed or malformed
    not_emulated = field.about.support is Support.NONE
    if not_emulated and field.group:
        refused.append(name)
    try:
        if field.repeated:
            given = _items(field, given, name, malformed, refused)
        elif field.group:
            given = _grouped(field, given, name, malformed, refused)
        value = msgspec.convert(given, field.type, strict=False)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise malformed.naming(name) from None
    if not_emulated and not field.group and value != field.default:
        refused.append(name)
    return value


def _items(field: Field, given: Any, name: str, malformed: ErrorSpec, refused: list[str]) -> list[Any]:
    """Return the items of a list in the order of their numbers."""
    if field.about.as_json and isinstance(given, str):
        numbered = [*enumerate(msgspec.json.decode(given, type=list[Any]), 1)]
    elif isinstance(given, dict):
        numbered = sorted((_number(key), item) for key, item in given.items())
    else:
        raise ValueError("a list's items are numbered")
    if field.about.first is not None:
        numbered = [(n, item) for n, item in numbered if n <= field.about.first]
    if not field.group:
        return [item for _, item in numbered]
    return [_grouped(field, item, f"{name}.{n}", malformed, refused) for n, item in numbered]


def _grouped(field: Field, given: Any, name: str, malformed: ErrorSpec, refused: list[str]) -> Any:
    if field.shape is None or not isinstance(given, dict):
        raise malformed.naming(name)
    values = {}
    for inner in field.group:
        if inner.name in given:
            where = f"{name}.{inner.name}"
            values[inner.attribute] = _value(inner, given[inner.name], where, malformed, refused)
        elif inner.required:
            raise _missing(inner, f"{name}.{inner.name}")
    return field.shape(**values)


def _number(key: str) -> int:
    if not (key.isascii() and key.isdigit() and key[0] != "0"):
        raise ValueError("a list's items are numbered from 1, and each number has one spelling")
    return int(key)
