"""The provider's operations and ours in one form, so that they can be compared."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

from localyun.reference import bare, flat_name, kind, on_the_wire, paths
from localyun.spec.declare import Field, Operation

FACTS = Path(__file__).parent / "facts"

SAME = {"Long": "Integer", "Double": "Float"}
"""What is the same thing in JSON, and so in our declarations."""


class Said(NamedTuple):
    """What is said of one parameter, by the provider or by us; None where nothing is said."""

    kind: str
    required: bool
    minimum: int | None = None
    maximum: int | None = None
    default: str | None = None
    most: int | None = None
    """Of a list, how many items count."""


@cache
def product(code: str) -> dict[str, Any]:
    """Return what is published of a product's operations, and what only an SDK tells of some."""
    files = sorted((FACTS / "operations").glob(f"{code}*.json"), reverse=True)
    return {name: facts for file in files for name, facts in json.loads(file.read_text()).items()}


def published(operation: Operation) -> dict[str, Any]:
    """Return what is published of an operation."""
    found: dict[str, Any] = product(operation.product)[operation.name]
    return found


def errors_of(facts: Mapping[str, Any]) -> set[tuple[int, str, str]]:
    """Return the published error rows: status, code, message."""
    return {(row["http"], row["code"], row["message"]) for row in facts["errors"]}


@cache
def common_errors(product: str = "") -> set[tuple[int, str, str]]:
    """Return the error rows that any call can meet, and those published for a product as a whole."""
    published = json.loads((FACTS / "common-errors.json").read_text())
    return errors_of(published) | errors_of(published.get(product, {"errors": []}))


def published_parameters(operation: Operation) -> dict[str, Said]:
    """Return what is published of each parameter, by its flat name (`Tag.N.Key`); lists stand as `Tag.N`."""
    return dict(_published(published(operation)["parameters"], ""))


def _published(parameters: list[dict[str, Any]], prefix: str) -> Iterator[tuple[str, Said]]:
    for facts in parameters:
        type_ = SAME.get(facts["type"], facts["type"])
        # Some lists are published item by item: `Filter.1.Key`, `Filter.2.Key`.
        name = prefix + re.sub(r"\.\d+(?=\.|$)", ".N", facts["name"])
        if type_ == "RepeatList":
            name += ".N"
            item = "List" if "fields" in facts else facts.get("items", "String")
            yield name, Said(item, facts["required"], most=facts.get("maxItems"))
        elif type_ != "Struct":
            low, high = facts.get("range", (None, None)) if type_ == "Integer" else (None, None)
            yield (
                name,
                Said(
                    type_,
                    facts["required"],
                    minimum=facts.get("minimum", low),
                    maximum=facts.get("maximum", high),
                    default=_text(facts.get("default")),
                ),
            )
        if ".N." in name.removeprefix(prefix):
            yield name[: name.rindex(".N.") + 2], Said("List", False)
        yield from _published(facts.get("fields", []), f"{name}.")


def declared_parameters(operation: Operation) -> dict[str, Said]:
    """Return what we declare of each parameter, by its flat name."""
    found = ((flat_name(path), path[-1]) for path in paths(operation.fields))
    return {name: _declared(field) for name, field in found if field.repeated or not field.group}


def _declared(field: Field) -> Said:
    plain, bounds = bare(field)
    if field.repeated:
        item = "List" if field.group else kind(get_args(plain)[0])
        return Said(item, field.required, most=field.about.first or bounds.get("max_length"))
    return Said(
        kind(plain),
        field.required,
        minimum=bounds.get("ge"),
        maximum=bounds.get("le"),
        default=_text(field.default),
    )


def _text(default: Any) -> str | None:
    """A default as it would stand on the wire."""
    return None if default is None else on_the_wire(default)


def unnumbered(name: str) -> str:
    """Return a flat name without the places of its numbers (`Tag.N.Key` is `Tag.Key`)."""
    return ".".join(part for part in name.split(".") if part != "N")


def published_answer(operation: Operation) -> dict[str, str]:
    """Return the type of each element of the answer, by its path; `[]` stands for a list's items."""
    return dict(_published_tree(published(operation)["response"], ""))


def _published_tree(tree: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict) and [*tree] == ["*"]:
        yield path, "Object"
    elif isinstance(tree, dict):
        for name, inner in tree.items():
            yield from _published_tree(inner, f"{path}.{name}" if path else name)
    elif isinstance(tree, list):
        yield from _published_tree(tree[0], f"{path}[]")
    else:
        yield path, SAME.get(tree, tree)
