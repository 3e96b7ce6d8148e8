"""Write docs/reference anew: what the declarations say, and how much of it the tests show."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup, TyperOption

from localyun.cli import app
from localyun.operations import OPERATIONS
from localyun.reference import Command, Evidence, Setting, malformed, missing, pages, paths, raised
from localyun.spec import errors
from localyun.spec.declare import Operation
from localyun.spec.faults import ErrorSpec

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
FACTS = ROOT / "tests" / "conformance" / "facts" / "operations"


def written() -> dict[str, str]:
    """Return what the reference has to say today, by the name of the file."""
    return pages(OPERATIONS, dict(commands(typer.main.get_group(app))), evidence)


def commands(group: TyperGroup, name: str = "") -> Iterator[tuple[str, Command]]:
    """Yield each command of the command line by its name, as its own help tells it."""
    for inner, command in group.commands.items():
        full = f"{name} {inner}".strip()
        if isinstance(command, TyperGroup):
            yield from commands(command, full)
        else:
            usage = command.collect_usage_pieces(command.context_class(command))
            settings = (setting(param) for param in command.params if param.name != "help")
            yield (
                full,
                Command(
                    usage=" ".join(("localyun", full, *usage)),
                    words=inspect.cleandoc(command.help or ""),
                    settings=tuple(settings),
                ),
            )


def setting(param: Any) -> Setting:
    """Describe what a command takes; a default that its help hides stays hidden."""
    shown = param.default if param.show_default is True else param.show_default or ""
    return Setting(
        typed=param.opts[0] if isinstance(param, TyperOption) else param.metavar or param.name.upper(),
        environment=str(param.envvar or ""),
        default="off" if shown is False else "" if shown is None else str(shown),
        words=param.help or "",
    )


def evidence(operation: Operation) -> Evidence:
    """Count the published error rows of an operation, those that we declare, those that a test shows.

    A test shows a row when one and the same test function names the operation, the code and, where the
    operation has other rows of that code, the message.
    """
    facts = json.loads((FACTS / f"{operation.product}.json").read_text())[operation.name]
    rows = (*raised(operation), errors.MISSING_PARAMETER, errors.INVALID_PARAMETER, errors.REGION_NOT_FOUND)
    published = {(row["http"], row["code"], row["message"]) for row in facts["errors"]}
    declared = {row for row in rows if any(fits(row, *one) for one in published)}
    # Of every operation, tests make a call without each required parameter, and malformed ones.
    generated = {missing(field) for field in operation.fields if field.required}
    generated |= {malformed(operation, path) for path in paths(operation.fields)}
    shown = {row for row in declared if row in generated or is_shown(row, operation, rows)}
    return Evidence(
        published=len(published),
        declared=sum(any(fits(row, *one) for row in declared) for one in published),
        shown=sum(any(fits(row, *one) for row in shown) for one in published),
    )


def fits(row: ErrorSpec, status: int, code: str, message: str) -> bool:
    """Whether a row of ours is a published one; where ours has a `%s`, that may be filled in."""
    return row.status == status and pattern(row.code).fullmatch(code) is not None and is_text(row, message)


def is_text(row: ErrorSpec, message: str) -> bool:
    """Whether this is the row's message, filled in or not."""
    return pattern(row.message).fullmatch(message) is not None


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Return what matches a text, with anything in the place of each `%s`."""
    return re.compile(".*".join(map(re.escape, text.split("%s"))), re.DOTALL)


def is_shown(row: ErrorSpec, operation: Operation, rows: tuple[ErrorSpec, ...]) -> bool:
    """Whether a test names the operation and is answered with this row."""
    alone = sum(other.code == row.code for other in set(rows)) == 1
    return any(
        operation.name in texts and row.code in texts and (alone or any(is_text(row, text) for text in texts))
        for texts in tests()
    )


@cache
def tests() -> tuple[frozenset[str], ...]:
    """Return the texts that each test function names; a row of the catalogue stands for its own."""
    return tuple(
        frozenset(texts(node))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def texts(function: ast.FunctionDef) -> Iterator[str]:
    """Yield every text in a function, and the code and message of the rows that it names."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Attribute) and isinstance(
            row := getattr(errors, node.attr, None), ErrorSpec
        ):
            yield row.code
            yield row.message


def main() -> None:
    """Write every page, and remove those that nothing is written for any more."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    found = written()
    for stale in set(REFERENCE.glob("*.md")) - {REFERENCE / name for name in found}:
        stale.unlink()
    for name, text in found.items():
        (REFERENCE / name).write_text(text)


if __name__ == "__main__":
    main()
