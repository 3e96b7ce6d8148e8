"""From flat parameters (`Tag.1.Key=…`) to the typed request that an operation declares."""

from collections.abc import Mapping
from typing import Any

import msgspec

from localyun.spec import errors
from localyun.spec.declare import Field, Operation, Request
from localyun.spec.support import Support

Tree = dict[str, Any]

DEEPEST = 8
"""How many dots of a name count; nothing that anybody declares has more."""


def bind(operation: Operation, parameters: Mapping[str, str]) -> Request:
    """Return the operation's request with these parameters.

    An empty value counts as absent, an unknown name is ignored (clients send their own). Checked are, in
    this order: that what is required is there, that what is there has its type and range, that nothing is
    asked for which isn't emulated.

    Raises `MissingParameter`, the operation's own error for a malformed value (else `InvalidParameter`),
    and `UnsupportedParameter.<Name>`.
    """
    given = _nested(parameters, operation.fields_by_name)
    for field in operation.fields:
        if field.required and field.name not in given:
            raise (field.about.missing or errors.MISSING_PARAMETER).naming(field.name)
    asked = [field for field in operation.fields if field.name in given]
    values = {field.attribute: _value(field, given[field.name], operation) for field in asked}
    for field in asked:
        _refuse_what_is_not_emulated(field, values[field.attribute], "")
    return operation.request(**values)


def _nested(parameters: Mapping[str, str], fields: Mapping[str, Field]) -> Tree:
    """Build the tree that the dotted names describe, of declared parameters only.

    Names that contradict each other (`Tag=…` beside `Tag.1.Key=…`) leave None, which fits no type.
    """
    tree: Tree = {}
    for name, value in parameters.items():
        first, *path = name.split(".", DEEPEST)
        if not value or first not in fields:
            continue
        *branches, leaf = (first, *path)
        branch: Any = tree
        for part in branches:
            branch = branch.setdefault(part, {}) if isinstance(branch, dict) else None
        if isinstance(branch, dict) and leaf not in branch:
            branch[leaf] = value
        else:
            tree[first] = None
    return tree


def _value(field: Field, given: Any, operation: Operation) -> Any:
    try:
        return msgspec.convert(_shaped(field, given), field.type, strict=False)
    except (msgspec.ValidationError, ValueError):
        fault = field.about.malformed or operation.malformed or errors.INVALID_PARAMETER
        raise fault.naming(field.name) from None


def _shaped(field: Field, given: Any) -> Any:
    """Turn the numbered branches of a list into a list, all the way down."""
    if field.repeated:
        if not isinstance(given, dict):
            raise ValueError("a list's items are numbered")
        numbered = sorted((_number(key), item) for key, item in given.items())
        if field.about.first is not None:
            numbered = [(n, item) for n, item in numbered if n <= field.about.first]
        return [_grouped(field, item) for _, item in numbered]
    return _grouped(field, given) if field.group else given


def _grouped(field: Field, given: Any) -> Any:
    if not field.group or not isinstance(given, dict):
        return given
    return {inner.name: _shaped(inner, given[inner.name]) for inner in field.group if inner.name in given}


def _number(key: str) -> int:
    if not (key.isascii() and key.isdigit() and key[0] != "0"):
        raise ValueError("a list's items are numbered from 1, and each number has one spelling")
    return int(key)


def _refuse_what_is_not_emulated(field: Field, value: Any, prefix: str) -> None:
    name = prefix + field.name
    if field.about.support is Support.NONE and value != field.default:
        raise errors.UNSUPPORTED_PARAMETER(name)
    if not field.refuses_inside:
        return
    for number, item in enumerate(value, 1) if field.repeated else ((None, value),):
        where = f"{name}." if number is None else f"{name}.{number}."
        for inner in field.group:
            if (inside := getattr(item, inner.attribute)) is not None:
                _refuse_what_is_not_emulated(inner, inside, where)
