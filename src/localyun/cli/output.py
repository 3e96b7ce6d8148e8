"""What commands print: sentences with click, tables and JSON with rich; readable when piped."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from localyun.accounts import Credentials

Step = Callable[[str, float | None], None]
"""Told what is being done, and how much of it is: 0 to 1, or None when nobody knows."""

WIDE = 200
"""How many columns there are where nobody looks: enough for any table."""


def fail(sentence: str) -> NoReturn:
    """End with exit code 1 and a sentence that says what is wrong and the way out."""
    typer.echo(f"localyun: {sentence}", err=True)
    raise typer.Exit(1)


def say(text: str, **style: Any) -> None:
    """Print text, styled on a terminal."""
    typer.secho(text, **style)


def console() -> "Console":
    """Return a rich console for standard output that takes texts as they are."""
    from rich.console import Console

    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDE)


def print_json(text: str) -> None:
    """Print JSON as it is, or indented and coloured on a terminal."""
    if sys.stdout.isatty():
        console().print_json(text)
    else:
        typer.echo(text)


def print_as_json(value: Any) -> None:
    """Print a value of ours as JSON."""
    import msgspec

    print_json(msgspec.json.encode(value).decode())


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table without lines; no cell loses anything on a narrow terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)


def print_accounts(accounts: "Sequence[Credentials]") -> None:
    """Print accounts with their keys; their site too, unless all are of one."""
    rows = [[one.name, one.id, one.access_key_id, one.access_key_secret, one.site] for one in accounts]
    columns = 5 if len({one.site for one in accounts}) > 1 else 4
    headings = ["account", "id", "access key id", "access key secret", "site"]
    print_table(headings[:columns], (row[:columns] for row in rows))


@contextmanager
def progress(what: str) -> Iterator[Step]:
    """Show how far the work is, on a terminal; nobody else is told."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    shown = Console(stderr=True)
    with Progress(
        *columns, TimeRemainingColumn(), console=shown, transient=True, disable=not shown.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)

        def step(now: str, done: float | None) -> None:
            bar.update(task, description=now, completed=done or 0, total=None if done is None else 1)

        yield step
