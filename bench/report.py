"""What the measurements come to: figures beside those to reach, as a table and as a page."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.servers import PEERS

TIMES = "\N{MULTIPLICATION SIGN}"
PAGE = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True)
class Figure:
    """A measured ratio, and what it is to reach: at least, or at most, or nothing in particular."""

    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    percent: bool = False

    @property
    def measured(self) -> str:
        """The value as it is read."""
        return self._written(self.value)

    @property
    def reach(self) -> str:
        """The bound as it is read; empty when there is none."""
        if self.at_least is not None:
            return f"≥ {self._written(self.at_least)}"
        return f"≤ {self._written(self.at_most)}" if self.at_most is not None else ""

    @property
    def mark(self) -> str:
        """Whether the value is within the bound; empty when there is none."""
        if not self.reach:
            return ""
        low, high = self.at_least or 0, self.at_most or float("inf")
        return "✓" if low <= self.value <= high else "✗"

    def _written(self, value: float) -> str:
        return f"{value:.1%}" if self.percent else f"{value:.3g} {TIMES}"


Budget = Mapping[str, float]
Row = Sequence[str]


@dataclass(frozen=True)
class Report:
    """All that one run measured."""

    figures: Sequence[Figure]
    cpu: Mapping[str, float]
    """The server's processor time per call, in µs, by what was measured."""
    budgets: Mapping[str, Budget]
    """Of each call: its stages' processor time, in µs."""
    filesystem: str
    others: float
    """The load average when the run began: how much else the machine had to do."""

    def tables(self) -> list[tuple[str, Row, list[Row]]]:
        """Each table: its title, its columns, its rows."""
        figures: list[Row] = [(f.what, f.measured, f.reach, f.mark) for f in self.figures]
        cpu: list[Row] = [(what, f"{value:,.0f}") for what, value in self.cpu.items()]
        budgets: list[tuple[str, Row, list[Row]]] = [
            (
                f"Where the processor time goes: {call}",
                ("stage", "µs", "share"),
                [(stage, f"{own:.1f}", f"{own / sum(budget.values()):.0%}") for stage, own in budget.items()],
            )
            for call, budget in self.budgets.items()
        ]
        return [
            ("Figures", ("what", "measured", "reach", ""), figures),
            ("Server processor time per call", ("what", "µs"), cpu),
            *budgets,
        ]

    def print(self, console: Console) -> None:
        """Show it in the terminal."""
        for title, columns, rows in self.tables():
            table = Table(title=title, title_justify="left")
            for number, column in enumerate(columns):
                table.add_column(column, justify="left" if number == 0 else "right")
            for row in rows:
                table.add_row(*row, style="red" if row[-1] == "✗" else "")
            console.print(table)

    def write(self) -> None:
        """Put it in place of the last published run."""
        machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, {self.filesystem}"
        ours = ("uvicorn", "uvloop", "httptools", "msgspec", "localyun")
        versions = ", ".join(
            [
                f"Python {platform.python_version()}",
                f"SQLite {sqlite3.sqlite_version}",
                *(f"{name} {version(name)}" for name in ours),
                *(f"{name} {_peers_version(name)}" for name in ("moto", "werkzeug", "glance", "waitress")),
            ]
        )
        lines = [
            "# Results",
            "",
            "`make bench` measured this and wrote this page; a run of your own says more about your machine.",
            "",
            f"- {datetime.now(UTC):%Y-%m-%d}, {machine}",
            f"- {versions}",
            f"- Load average when it began: {self.others:.1f}. Where others work, throughput tells little; "
            "processor time still does.",
            *(f"- {line}" for line in CONDITIONS),
        ]
        for title, columns, rows in self.tables():
            bars = ("---", *("---:" for _ in columns[1:]))
            lines += ["", f"## {title}", "", *(f"| {' | '.join(row)} |" for row in (columns, bars, *rows))]
        PAGE.write_text("\n".join([*lines, ""]))


CONDITIONS = (
    "Everything on loopback, one process a server, 16 connections, in rounds that take turns in rotated "
    "order; a ratio is the median of the rounds' ratios, a processor time the median of the rounds.",
    "Every call of localyun's is properly signed, with a nonce of its own, and was signed before the clock "
    "started. moto checks no signature.",
    "The raw server is the same uvicorn, uvloop and httptools: it reads the very same signed requests and "
    "answers each with the same half kilobyte of JSON.",
    "moto is as shipped: a thread a connection, closed after each answer, nothing kept on disk. Images that "
    "it would begin with are left out.",
    "Glance is as shipped, served by waitress, one thread, on SQLite, without a keystone: whoever calls says "
    "who he is. Its members stand for shares, and one that takes or declines an image for a change.",
    "PostgreSQL is the tests' own server on a socket, with fsync; its own processor time isn't counted.",
    "The image asked about is shared with five accounts; changes share an image with a sixth, and stop it.",
    "Disks are of 1 GiB of data. By hand means `qemu-img convert` into a file aside, fsync and rename, as we "
    "do; the ratio is that of the least processor times of the rounds. An image of a disk is a layer of it.",
    "In the budgets the time of a stage is its own, without the stages that it calls. HTTP is what the raw "
    "server takes; the stages' shares of the rest were measured in a server that times them.",
)


def filesystem_of(directory: Path) -> str:
    """The kind of file system that a directory is on. Raises RuntimeError for one that isn't on a disk."""
    kind = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(directory)], check=True, capture_output=True, text=True
    ).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        raise RuntimeError(f"{directory} is in memory ({kind}), where nothing is durable")
    return kind


def _peers_version(name: str) -> str:
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return subprocess.run(
        [PEERS / "python", "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()
