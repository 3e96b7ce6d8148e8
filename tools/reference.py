"""Write docs/reference anew: what the declarations say, and how much of it the tests show."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup, TyperOption

from localyun.cli import app
from localyun.operations import OPERATIONS
from localyun.reference import Command, Evidence, Setting, pages
from localyun.spec.declare import Operation
from tests.evidence import published, reasons, recorded

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"


def written() -> dict[str, str]:
    """Return what the reference has to say today, by the name of the file."""
    return pages(OPERATIONS, dict(commands(typer.main.get_group(app))), evidence, reasons())


def commands(group: TyperGroup, name: str = "") -> Iterator[tuple[str, Command]]:
    """Yield each command of the command line by its name, as its own help tells it."""
    for inner, command in group.commands.items():
        full = f"{name} {inner}".strip()
        if not isinstance(command, TyperGroup) or command.invoke_without_command:
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
        if isinstance(command, TyperGroup):
            yield from commands(command, full)


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
    """Count the published error rows of an operation, and those that the suite provokes."""
    rows = published(operation)
    return Evidence(published=len(rows), provoked=len(recorded().intersection(rows)))


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
