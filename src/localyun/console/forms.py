"""From an operation's declaration to a form, filled with what was given and with what exists."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, get_args, get_origin

from localyun import catalogue
from localyun.console.words import Language
from localyun.model import LAYOUTS, Account, Resource
from localyun.model.access import Relation
from localyun.operations.images import Images
from localyun.reference import bare, flat_name, on_the_wire, outermost, support_of
from localyun.spec.declare import Field, Operation
from localyun.spec.support import Support
from localyun.store.interface import Transaction

MOST_SUGGESTED = 200

Kind = Literal["text", "number", "choice", "group", "list"]


class Input(NamedTuple):
    """A field of a form, or a frame around some."""

    name: str
    """As on the wire, with numbers: `Tag.1.Key`."""
    kind: Kind
    about: str
    example: str
    hint: str
    """Bounds and default, in the reference's words."""
    required: bool
    value: str
    options: tuple[str, ...]
    source: str
    """Which existing values are suggested; empty for none."""
    inside: "tuple[Input, ...]"


class Value(NamedTuple):
    """Something that exists and can be given."""

    value: str
    label: str


def inputs(operation: Operation, given: Mapping[str, str], level: Support) -> list[Input]:
    """Return the inputs of an operation's own parameters that are emulated, or that are only accepted.

    `level` is `FULL` or `ACCEPTED`. The required ones come first.
    """
    wanted = (Support.FULL, Support.PARTIAL) if level is Support.FULL else (level,)
    built = (_built((field,), "", given, wanted) for field in operation.own_fields)
    return sorted(filter(None, built), key=lambda one: not one.required)


def refused(operation: Operation) -> list[str]:
    """Return the names of the parameters that are refused by name."""
    return [flat_name(path) for path in outermost(operation, Support.NONE)]


def parameters(operation: Operation, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what of a form's fields is a parameter of the operation, and not empty."""
    known = operation.fields_by_name
    return {name: value for name, value in pairs if value and name.partition(".")[0] in known}


def _built(
    path: tuple[Field, ...], prefix: str, given: Mapping[str, str], levels: tuple[Support, ...]
) -> Input | None:
    field = path[-1]
    name = prefix + field.name
    if field.repeated:
        items = [
            item
            for number in range(1, _count(name, given) + 1)
            if (item := _item(path, f"{name}.{number}", given, levels))
        ]
        if not items:
            return None
        return Input(
            name, "list", field.about.description, "", _hint(field), field.required, "", (), "", tuple(items)
        )
    return _item(path, name, given, levels)


def _item(
    path: tuple[Field, ...], name: str, given: Mapping[str, str], levels: tuple[Support, ...]
) -> Input | None:
    field = path[-1]
    if field.group:
        inside = tuple(
            filter(None, (_built((*path, inner), f"{name}.", given, levels) for inner in field.group))
        )
        return (
            Input(name, "group", field.about.description, "", "", field.required, "", (), "", inside)
            if inside
            else None
        )
    if support_of(path) not in levels:
        return None
    about = field.about
    kind, options = _kind(field)
    return Input(
        name,
        kind,
        about.description,
        about.example,
        _hint(field),
        field.required and not field.repeated,
        given.get(name, ""),
        options,
        source_of(field.name),
        (),
    )


def _count(name: str, given: Mapping[str, str]) -> int:
    """How many items of a list are given; one is shown at least."""
    numbers = (key.removeprefix(f"{name}.").partition(".")[0] for key in given if key.startswith(f"{name}."))
    return max((int(number) for number in numbers if number.isdecimal() and len(number) < 4), default=1)


def _kind(field: Field) -> tuple[Kind, tuple[str, ...]]:
    plain, _ = bare(field)
    item = get_args(plain)[0] if field.repeated else plain
    if get_origin(item) is Literal:
        return "choice", tuple(str(value) for value in get_args(item))
    if item is bool:
        return "choice", ("true", "false")
    return ("number" if item in (int, float) else "text"), ()


def _hint(field: Field) -> str:
    _, bounds = bare(field)
    said = []
    if "ge" in bounds or "le" in bounds:
        said.append(f"{bounds.get('ge', '…')} … {bounds.get('le', '…')}")
    if "max_length" in bounds:
        said.append(f"≤ {bounds['max_length']}")
    if field.default not in (None, ()):
        said.append(f"= {on_the_wire(field.default)}")
    return ", ".join(said)


# --- What exists ---

_KINDS = {
    layout.table.replace("_", ""): kind for kind, layout in LAYOUTS.items() if issubclass(kind, Resource)
}


def source_of(name: str) -> str:
    """Return which of the existing things a parameter of this name means; empty when none is known."""
    lower = name.lower()
    if lower.endswith("regionid"):
        return "region"
    if lower.endswith("zoneid"):
        return "zone"
    if lower.endswith(("account", "ownerid")):
        return "account"
    if lower == "instancetype":
        return "type"
    return next(
        (kind for kind in _KINDS if lower.removesuffix("s").endswith(f"{kind}id") and lower.endswith("id")),
        "",
    )


def sources(found: Iterable[Input]) -> Iterator[str]:
    """Yield the sources that inputs name, those inside others too."""
    for one in found:
        if one.source:
            yield one.source
        yield from sources(one.inside)


def existing(
    tx: Transaction, source: str, account: str, region: str, language: Language = "en"
) -> list[Value]:
    """Return what an account can give there, in a region; places by their names in a language."""
    name = "local_name" if language == "zh" else "local_name_en"
    match source:
        case "region":
            return [Value(one.id, getattr(one, name)) for one in catalogue.regions()]
        case "zone":
            place = catalogue.region(region)
            return [Value(one.id, getattr(one, name)) for one in (place.zones if place else ())]
        case "type":
            return [Value(one.id, "") for one in catalogue.instance_types()][:MOST_SUGGESTED]
        case "account":
            return [Value(one.id, one.name) for one in tx.find(Account, limit=MOST_SUGGESTED)]
        case "image":
            relations = (Relation.OWNER, Relation.SHAREE, Relation.PUBLIC)
            seen = Images(tx, account).visible(region, relations)
            return [Value(one.id, f"{one.name or one.os_name_en} · {bond}") for one, bond in seen][
                :MOST_SUGGESTED
            ]
    found = tx.find(
        _KINDS[source],
        owner=account,
        region=region,
        order="created_at",
        descending=True,
        limit=MOST_SUGGESTED,
    )
    return [Value(one.id, one.name) for one in found]
