"""What the tests of faults have measured, written into `docs/reliability.md` as they end."""

import platform
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
HEAD = "| fault | rounds | calls | unanswered or 503 | violations | measured | when, and with what |"
RULE = "| --- | --: | --: | --: | --: | --- | --- |"


@dataclass(frozen=True)
class Figures:
    """One row: what was done how often, and what came of it."""

    fault: str
    rounds: int
    calls: int
    unanswered: int
    violations: int
    measured: str = ""
    versions: str = ""

    def row(self) -> str:
        """The row as it is written, with today's date."""
        versions = ", ".join(filter(None, [f"Python {platform.python_version()}", self.versions]))
        numbers = f"{self.rounds:,} | {self.calls:,} | {self.unanswered:,} | {self.violations:,}"
        when = f"{datetime.now(UTC):%Y-%m-%d}, {versions}"
        return f"| {self.fault} | {numbers} | {self.measured} | {when} |"


SQLITE = f"SQLite {sqlite3.sqlite_version}"


def put(page: str, figures: Figures) -> str:
    """Return a page with a row in its table: in place of the one for the same fault, or at the end."""
    row = figures.row()
    same = re.compile(rf"^\| {re.escape(figures.fault)} \|.*$", re.MULTILINE)
    if same.search(page):
        return same.sub(lambda _: row, page)
    head, table, tail = page.partition(f"{HEAD}\n{RULE}\n")
    assert table, "the page has lost its table"
    rows = re.match(r"(\|.*\n)*", tail)
    assert rows is not None
    return f"{head}{table}{rows[0]}{row}\n{tail[rows.end() :]}"


def write(figures: Figures) -> None:
    """Write a row into the page."""
    PAGE.write_text(put(PAGE.read_text(), figures))
