"""A call that is to be written as code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from localyun import catalogue
from localyun.reference import bare
from localyun.samples.clients import REGION, Aim
from localyun.spec.declare import Field, Operation


@dataclass(frozen=True, kw_only=True)
class Described:
    """An operation, its parameters as on the wire, and where and as whom it is called."""

    operation: Operation
    version: str
    parameters: Mapping[str, str]
    aim: Aim

    @property
    def action(self) -> str:
        """The operation's name."""
        return self.operation.name

    @property
    def region(self) -> str:
        """The region of the call, if there is one of that id, for a client that needs one in any case."""
        named = self.parameters.get("RegionId", REGION)
        return named if catalogue.region(named) else REGION

    @property
    def snake(self) -> str:
        """The operation's name in Python's spelling: `modify_image_share_permission`."""
        return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", self.action).lower()

    @property
    def tree(self) -> dict[str, Any]:
        """The parameters as nested values: lists as lists, numbers as numbers."""
        return _tree(self.operation.fields_by_name, self.parameters)


def _tree(fields: Mapping[str, Field], parameters: Mapping[str, str]) -> dict[str, Any]:
    firsts = dict.fromkeys(name.partition(".")[0] for name in parameters)
    return {name: _value(fields[name], name, parameters) for name in firsts if name in fields}


def _value(field: Field, name: str, parameters: Mapping[str, str]) -> Any:
    if not field.repeated:
        return _single(field, name, parameters)
    inside = _inside(name, parameters)
    numbers = sorted({int(first) for one in inside if (first := one.partition(".")[0]).isdecimal()})
    return [_single(field, str(number), inside) for number in numbers]


def _single(field: Field, name: str, parameters: Mapping[str, str]) -> Any:
    if field.group:
        return _tree({inner.name: inner for inner in field.group}, _inside(name, parameters))
    text = parameters.get(name, "")
    plain, _ = bare(field)
    kind = get_args(plain)[0] if field.repeated else plain
    if kind is int and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text.lower() == "true" if kind is bool and text.lower() in ("true", "false") else text


def _inside(name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters below a name, by what follows it."""
    return {
        key.removeprefix(f"{name}."): text for key, text in parameters.items() if key.startswith(f"{name}.")
    }
