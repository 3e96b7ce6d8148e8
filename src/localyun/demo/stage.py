"""How the story looks on a terminal: chapters, calls, and a check mark for each outcome that was right."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from localyun.demo.people import Person

COLOURS = {"alice": "cyan", "bob": "green", "mallory": "magenta"}
HEAD = 8
"""Columns for the names and the marks; what is said stands to their right."""
UNREMARKABLE = frozenset({"ZoneId", "VpcId", "VSwitchId", "SecurityGroupId", "InstanceType"})
"""Parameters that add nothing to the story."""
BESIDES = frozenset({"RequestId", "VRouterId", "RouteTableId", "ResourceGroupId"})
"""Ids in answers that nobody asks for again."""


class Unexpected(Exception):
    """An outcome is another one than the story has."""

    def __init__(self, expected: object, got: object) -> None:
        """Say both."""
        super().__init__(f"expected {expected}, got {got}")


class Stage:
    """Writes what happens. `outcomes` counts those that were as told."""

    def __init__(self, console: Console, names: Mapping[str, str]) -> None:
        """Write to this console; `names` are those of the accounts, by id."""
        self._console = console
        self._names = names
        self.outcomes = 0

    def introduce(self, server: str, people: Iterable["Person"]) -> None:
        """Say where the server is and who calls with what."""
        self._console.print(Text(server, "bold"))
        for person in people:
            self._line(
                Text(person.name, COLOURS[person.name]),
                Text(f"{person.id}, {person.sdk.package}, signature {person.sdk.signature}"),
            )

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._console.print()
        self._console.print(Text(title, "bold"))

    def call(self, who: str, action: str, parameters: Mapping[str, Any]) -> None:
        """Say who calls what, with the parameters that matter."""
        line = Text.assemble((action, "bold"))
        for name, value in shown(parameters):
            line.append(f" {name}", "dim").append(f"={value}" if value else "")
            if value in self._names:
                line.append(f" ({self._names[value]})", COLOURS[self._names[value]])
        self._line(Text(who, COLOURS[who]), line)

    def holds(self, outcome: str) -> None:
        """Say an outcome that was right."""
        self._outcome(Text(outcome))

    def refused(self, status: int, code: str, message: str) -> None:
        """Say a refusal that was right."""
        self._outcome(Text.assemble((f"{status} {code}", "yellow"), (f" {message}", "dim")))

    def expect(self, outcome: str, got: object, expected: object) -> None:
        """Say an outcome if it is right. Raises `Unexpected` if it isn't."""
        if got != expected:
            raise Unexpected(f"{expected!r} ({outcome})", repr(got))
        self.holds(outcome)

    def fails(self, error: Unexpected) -> None:
        """Say what went another way than told."""
        self._line(Text("✗", "bold red", justify="right"), Text(str(error), "red"))

    def ends(self, seconds: float) -> None:
        """Say that all went as told."""
        self.chapter(f"{self.outcomes} outcomes, each as expected, in {seconds:.0f} seconds.")

    def waiting(self, what: str) -> AbstractContextManager[Any]:
        """Show that something is waited for."""
        return self._console.status(what)

    def _outcome(self, what: Text) -> None:
        self.outcomes += 1
        self._line(Text("✓", "bold green", justify="right"), what)

    def _line(self, head: Text, text: Text) -> None:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=HEAD)
        grid.add_column(overflow="fold")
        grid.add_row(head, text)
        self._console.print(grid)


def shown(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Write parameters as they travel (`AddAccount.1`), those that matter; a long list by its ends."""
    for name, value in parameters.items():
        if name in UNREMARKABLE:
            continue
        if isinstance(value, Mapping):
            yield from shown({f"{name}.{inner}": item for inner, item in value.items()})
        elif isinstance(value, list):
            items = list(shown({f"{name}.{number}": item for number, item in enumerate(value, 1)}))
            yield from items if len(items) < 4 else (items[0], ("…", ""), items[-1])
        else:
            yield name, str(value)


def brief(answer: Mapping[str, Any]) -> str:
    """Say what is worth knowing of an answer: the ids of what was made."""
    ids = [f"{name}={value}" for name, value in answer.items() if name.endswith("Id") and name not in BESIDES]
    ids += [f"InstanceId={value}" for value in answer.get("InstanceIdSets", {}).get("InstanceIdSet", [])]
    return ", ".join(ids) or "done"
