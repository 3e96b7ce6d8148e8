"""The reference, written from the declarations: what operations take, answer, refuse, and how real it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from msgspec import inspect

from localyun.spec import errors, explanations
from localyun.spec.declare import Answer, Field, Operation, Registry
from localyun.spec.faults import ErrorSpec
from localyun.spec.support import Support

GENERATED = "<!-- Written by `make docs` from the declarations in src/localyun; don't edit. -->\n\n"

TITLES = {
    "ecs": "Elastic Compute Service",
    "vpc": "Virtual Private Cloud",
    "kms": "Key Management Service",
    "location": "Location",
    "sts": "Security Token Service",
    "ram": "Resource Access Management",
    "quotas": "Quota Center",
    "actiontrail": "ActionTrail",
}

Path = tuple[Field, ...]
"""A parameter, with the groups around it first."""


def paths(fields: Iterable[Field], around: Path = ()) -> Iterator[Path]:
    """Yield each parameter and, after it, those inside it."""
    for field in fields:
        yield (*around, field)
        yield from paths(field.group, (*around, field))


def flat_name(path: Path) -> str:
    """Return the name of a parameter on the wire, with `N` in the place of numbers (`Tag.N.Key`)."""
    return ".".join(f"{field.name}.N" if field.repeated else field.name for field in path)


def bare(field: Field) -> tuple[Any, dict[str, int]]:
    """Return a field's type without its bounds, and the bounds by the names that msgspec gives them."""
    if get_origin(field.type) is not Annotated:
        return field.type, {}
    plain, *metas = get_args(field.type)
    said = ((name, getattr(meta, name)) for meta in metas for name in ("ge", "le", "max_length"))
    return plain, {name: value for name, value in said if value is not None}


def kind(plain: Any) -> str:
    """Return the provider's word for one of our types."""
    if get_origin(plain) is Literal:
        return "String"
    return {str: "String", int: "Integer", bool: "Boolean", float: "Float"}[plain]


def on_the_wire(value: object) -> str:
    """Return a scalar as a client sends it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def elements(answer: type[Answer]) -> dict[str, str]:
    """Return the type of each element of an answer, by its path; `[]` stands for a list's items."""
    return dict(_elements(inspect.type_info(answer), ""))


def _elements(shape: inspect.Type, path: str) -> Iterator[tuple[str, str]]:
    match shape:
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from _elements(field.type, f"{path}.{field.encode_name}".removeprefix("."))
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            yield from _elements(item, f"{path}[]")
        case inspect.Metadata(type=inner):
            yield from _elements(inner, path)
        case inspect.DictType():
            yield path, "Object"
        case inspect.IntType():
            yield path, "Integer"
        case inspect.BoolType():
            yield path, "Boolean"
        case inspect.FloatType():
            yield path, "Float"
        case inspect.StrType() | inspect.LiteralType():
            yield path, "String"
        case _:
            raise TypeError(f"{path}: an answer can't hold {shape}")


def raised(operation: Operation) -> tuple[ErrorSpec, ...]:
    """Return every row that an operation's declaration names, in the order of checking."""
    fields = [path[-1].about for path in paths(operation.fields)]
    rows = (
        *(about.missing for about in fields),
        *(about.malformed for about in fields),
        operation.malformed,
        operation.unknown_region,
        operation.denied,
        *(also.denied for also in operation.dependent),
        *operation.errors,
        operation.token_reused,
    )
    return tuple(dict.fromkeys(row for row in rows if row))


def malformed(operation: Operation, path: Path) -> ErrorSpec:
    """Return the row that answers a malformed parameter: the one declared nearest to it."""
    nearest = (*(field.about.malformed for field in reversed(path)), operation.malformed)
    return next(filter(None, nearest), errors.INVALID_PARAMETER)


def missing(field: Field) -> ErrorSpec:
    """Return the row that answers the absence of a required parameter."""
    return field.about.missing or errors.MISSING_PARAMETER


class Setting(NamedTuple):
    """What a command takes: an option, and the environment variable that says the same, or an argument."""

    typed: str
    environment: str
    default: str
    words: str


class Command(NamedTuple):
    """A command of the command line."""

    usage: str
    words: str
    settings: tuple[Setting, ...]


class Evidence(NamedTuple):
    """How many error rows an operation is published with, and how many of them the tests provoke."""

    published: int
    provoked: int


def pages(
    registry: Registry,
    commands: Mapping[str, Command],
    evidence: Callable[[Operation], Evidence],
    reasons: Mapping[str, int],
) -> dict[str, str]:
    """Return the text of each page of the reference, by the name of its file; commands are given by name."""
    products: dict[str, list[Operation]] = {}
    for operation in registry.operations:
        products.setdefault(operation.product, []).append(operation)
    written = {f"{code}.md": product_page(code, found) for code, found in products.items()}
    written["errors.md"] = errors_page(registry)
    written["settings.md"] = settings_page(commands["serve"])
    written["cli.md"] = cli_page(commands)
    written["coverage.md"] = coverage_page(products, evidence, reasons)
    written["README.md"] = index_page(products)
    return {name: GENERATED + text for name, text in written.items()}


def index_page(products: Iterable[str]) -> str:
    """Return the page that leads to the others."""
    return _page(
        "# Reference",
        "From here you can look up everything that a client or an operator of localyun can rely on.",
        "\n".join(
            (
                *(f"- [{TITLES.get(code, code)}]({code}.md): its operations" for code in products),
                "- [Errors](errors.md): every code, and what to do about it",
                "- [Settings](settings.md): the options of a server",
                "- [Command line](cli.md): every command and its options",
                "- [Coverage](coverage.md): how real each operation is",
            )
        ),
    )


def product_page(code: str, operations: Iterable[Operation]) -> str:
    """Return the page on a product's operations."""
    operations = sorted(operations, key=lambda operation: operation.name)
    title = TITLES.get(code, code)
    return _page(
        f"# {title}",
        f"With this page you can look up what each operation of {title} takes, answers and refuses here.\n"
        "Names are those on the wire; `N` counts from 1.\n"
        "Any call can also be refused by the [gateway](errors.md); "
        "[coverage](coverage.md) says how real each operation is.",
        "\n".join(f"- [{o.name}](#{o.name.lower()}): {o.summary}" for o in operations),
        *(_operation(operation) for operation in operations),
    )


def _operation(operation: Operation) -> str:
    told = [
        path
        for path in paths(operation.own_fields)
        if support_of(path) is not Support.NONE and not _is_frame(path[-1])
    ]
    answer = (f"{path}: {word}" for path, word in elements(operation.answer).items())
    refused = _names(path for path in outermost(operation, Support.NONE))
    return _page(
        f"## {operation.name}",
        operation.summary,
        f"Version {', '.join(operation.versions)}; {'changes' if operation.changes else 'only reads'}; "
        f"support: {operation.support}." + (f"\n{operation.gaps}" if operation.gaps else ""),
        _table(
            ("Parameter", "Type", "What it is"),
            ((f"`{flat_name(path)}`", _type(path[-1]), _words(path)) for path in told),
        ),
        f"Refused by name unless it carries its default: {refused}." if refused else "",
        "Answer:",
        "\n".join(("```text", *answer, "```")),
        _table(
            ("Status", "Code", "Message"),
            ((str(row.status), _code_link(row), _message(row)) for row in raised(operation)),
        ),
    )


def _is_frame(field: Field) -> bool:
    """Whether a field is a group that its own parameters speak for."""
    return bool(field.group) and not field.about.description


def support_of(path: Path) -> Support:
    """Return how much of a parameter is emulated: no more than of the groups around it."""
    levels = [field.about.support for field in path]
    return next((level for level in (Support.NONE, Support.ACCEPTED) if level in levels), levels[-1])


def outermost(operation: Operation, level: Support) -> Iterator[Path]:
    """Yield the parameters of a level of support, a group's name standing for all that is in it."""
    for path in paths(operation.own_fields):
        if path[-1].about.support is level and all(field.about.support is not level for field in path[:-1]):
            yield path


def _names(found: Iterable[Path]) -> str:
    return ", ".join(f"`{flat_name(path)}`" for path in found)


def _type(field: Field) -> str:
    plain, bounds = bare(field)
    item = get_args(plain)[0] if field.repeated else plain
    word = ("groups" if field.repeated else "group") if field.group else kind(item)
    if get_origin(item) is Literal:
        word += ": " + ", ".join(f"`{value}`" for value in get_args(item))
    if "ge" in bounds or "le" in bounds:
        word += f", {bounds.get('ge', '')} to {bounds['le']}" if "le" in bounds else f", from {bounds['ge']}"
    if "max_length" in bounds:
        word += f", at most {bounds['max_length']}"
    if field.required:
        return f"{word}, required"
    return word if field.default in (None, ()) else f"{word}, default `{on_the_wire(field.default)}`"


def _words(path: Path) -> str:
    about = path[-1].about
    words = [about.description] if about.description else []
    if about.example:
        words.append(f"Example: `{about.example}`.")
    if support_of(path) is Support.ACCEPTED:
        words.append("Accepted, without effect.")
    return " ".join(words)


def errors_page(registry: Registry) -> str:
    """Return the page on all errors."""
    rows: dict[str, list[ErrorSpec]] = {}
    for row in (row for row in vars(errors).values() if isinstance(row, ErrorSpec)):
        rows.setdefault(row.code, []).append(row)
    users: dict[str, list[Operation]] = {}
    for operation in registry.operations:
        for row in raised(operation):
            users.setdefault(row.code, []).append(operation)
    return _page(
        "# Errors",
        "With this page you can look up an error code: what it is answered with, which operations raise it, "
        "and what to do.\n"
        "Messages are the provider's, letter for letter; `%s` is filled in.\n"
        "An error that no operation is named for is one that any call can meet.",
        *(_error(code, rows[code], users.get(code, ())) for code in sorted(rows)),
    )


def _error(code: str, rows: Iterable[ErrorSpec], users: Iterable[Operation]) -> str:
    words = explanations.explain(code)
    links = (f"[{o.name}]({o.product}.md#{o.name.lower()})" for o in dict.fromkeys(users))
    raised_by = ", ".join(links)
    return _page(
        f"## {code}",
        _table(("Status", "Message"), ((str(row.status), _message(row)) for row in rows)),
        f"{words.cause}\n{words.way_out}" if words else "",
        f"Raised by {raised_by}." if raised_by else "",
    )


def settings_page(serve: Command) -> str:
    """Return the page on the settings of a server."""
    return _page(
        "# Settings",
        "With this page you can set up a server: every option of `localyun serve`, and its environment "
        "variable.\n"
        "An option that is typed wins over the environment.",
        _table(
            ("Option", "Environment", "Default", "What it does"),
            ((f"`{s.typed}`", f"`{s.environment}`", s.default, s.words) for s in serve.settings),
        ),
    )


def cli_page(commands: Mapping[str, Command]) -> str:
    """Return the page on the command line."""
    return _page(
        "# Command line",
        "With this page you can look up what each command does and takes.\n"
        "Every option is also an environment variable, `LOCALYUN_PORT` for `--port`; the option wins.",
        *(
            _page(
                f"## {name}",
                f"```text\n{command.usage}\n```",
                command.words,
                _table(
                    ("Argument or option", "Default", "What it is"),
                    ((f"`{s.typed}`", s.default, s.words) for s in command.settings),
                ),
            )
            for name, command in commands.items()
        ),
    )


def coverage_page(
    products: Mapping[str, Iterable[Operation]],
    evidence: Callable[[Operation], Evidence],
    reasons: Mapping[str, int],
) -> str:
    """Return the page on how real everything is; `reasons` says how many rows aren't provoked, and why."""
    return _page(
        "# Coverage",
        "With this page you can tell how far an operation can be relied on.\n"
        "Support is full (works as documented), partial (works, with the gaps named below), accepted (taken "
        "without effect) or none (refused by name).\n"
        "Parameters are counted as emulated, accepted and refused.\n"
        "Error rows are those that the provider publishes for the operation; provoked are those that a test "
        "was answered with, status, code and message letter for letter.\n"
        "Each of the others has [a reason](#rows-that-no-test-provokes).",
        *(
            _page(f"## {TITLES.get(code, code)}", _coverage_table(found, evidence), *map(_gaps, found))
            for code, found in products.items()
        ),
        "## Rows that no test provokes",
        _table(("Reason", "Rows"), ((reason, str(count)) for reason, count in reasons.items())),
    )


def _coverage_table(operations: Iterable[Operation], evidence: Callable[[Operation], Evidence]) -> str:
    def line(operation: Operation) -> tuple[str, ...]:
        levels = [support_of(path) for path in paths(operation.own_fields) if not path[-1].group]
        emulated = sum(level in (Support.FULL, Support.PARTIAL) for level in levels)
        counts = (emulated, levels.count(Support.ACCEPTED), levels.count(Support.NONE))
        link = f"[{operation.name}]({operation.product}.md#{operation.name.lower()})"
        rows = evidence(operation)
        errors = (*rows, rows.published - rows.provoked)
        return (link, operation.support.value, *map(str, counts), *map(str, errors))

    return _table(
        ("Operation", "Support", "Emulated", "Accepted", "Refused", "Error rows", "Provoked", "Explained"),
        map(line, sorted(operations, key=lambda operation: operation.name)),
    )


def _gaps(operation: Operation) -> str:
    levels = (Support.PARTIAL, Support.ACCEPTED, Support.NONE)
    partial, accepted, refused = (_names(outermost(operation, level)) for level in levels)
    said = (
        operation.gaps,
        f"Partial: {partial}." if partial else "",
        f"Accepted: {accepted}." if accepted else "",
        f"Refused: {refused}." if refused else "",
    )
    lines = "\n".join(filter(None, said))
    return _page(f"### {operation.name}", lines) if lines else ""


def _page(*blocks: str) -> str:
    return "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"


def _table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """Return a table, or nothing if it has no lines."""
    lines = [" | ".join(cell.replace("|", "\\|") for cell in line) for line in body]
    titles = list(head)
    frame = [" | ".join(titles), " | ".join("---" for _ in titles)]
    return "\n".join(f"| {line} |" for line in (*frame, *lines)) if lines else ""


def _code_link(row: ErrorSpec) -> str:
    return f"[{row.code}](errors.md#{anchor(row.code)})"


def _message(row: ErrorSpec) -> str:
    return f"`{row.message}`".replace("\n", "\\n")


def anchor(heading: str) -> str:
    """Return the name under which a heading is linked to."""
    kept = (c for c in heading.strip("# ").lower() if c.isalnum() or c in "-_ ")
    return "".join(kept).replace(" ", "-")
