"""Where everything stands on the map of shares: four columns, and what is too much for one is folded."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from math import log2

MOST_ROWS = 24
"""How many nodes a column has; the lightest are folded into one."""
ROW, TOP, WIDTH = 38, 44, 190
COLUMNS = (10, 280, 550, 820)
"""Where the columns begin: owners, images, those it is shared with, instances."""

Key = tuple[str, str]
"""What a node is: its kind, and its id or that of its cluster."""


@dataclass(frozen=True)
class Bond:
    """Something that leads from one thing to another: owns, is shared with, became."""

    start: Key
    end: Key
    since: int = 0
    by: str = ""
    weight: int = 1


@dataclass
class Node:
    """A thing on the map, or several that are drawn as one."""

    key: Key
    column: int
    members: list[Key]
    y: float = 0

    @property
    def x(self) -> int:
        """Where it begins."""
        return COLUMNS[self.column]

    @property
    def folded(self) -> bool:
        """Whether it stands for several."""
        return len(self.members) > 1


@dataclass
class Line:
    """What leads from one node to another."""

    start: Node
    end: Node
    bonds: list[Bond] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The curve, in SVG's words."""
        x1, x2 = self.start.x + WIDTH, self.end.x
        y1, y2, middle = self.start.y, self.end.y, (x1 + x2) / 2
        return f"M{x1} {y1:.1f}C{middle:.0f} {y1:.1f} {middle:.0f} {y2:.1f} {x2} {y2:.1f}"

    @property
    def width(self) -> float:
        """Thicker for more."""
        return round(1.5 + log2(len(self.bonds)), 1)


@dataclass(frozen=True)
class Map:
    """What is drawn."""

    nodes: list[Node]
    lines: list[Line]
    height: int


def laid_out(columns: Sequence[Collection[Key]], bonds: Sequence[Bond], *, kept: Collection[Key] = ()) -> Map:
    """Place the things of each column, folding what is too much; those in `kept` stand by themselves."""
    drawn: dict[Key, Node] = {}
    placed: list[list[Node]] = []
    for number, things in enumerate(columns):
        nodes = _folded(number, things, bonds, drawn, kept)
        drawn |= {member: node for node in nodes for member in node.members}
        placed.append(nodes)
    lines: dict[tuple[Key, Key], Line] = {}
    for bond in bonds:
        if bond.start in drawn and bond.end in drawn:
            start, end = drawn[bond.start], drawn[bond.end]
            lines.setdefault((start.key, end.key), Line(start, end)).bonds.append(bond)
    tallest = max((len(nodes) for nodes in placed), default=0)
    for nodes in placed:
        _stack(nodes, lines.values(), tallest)
    return Map(
        [node for nodes in placed for node in nodes], list(lines.values()), TOP + ROW * max(tallest, 1)
    )


def _folded(
    column: int, things: Collection[Key], bonds: Iterable[Bond], drawn: dict[Key, Node], kept: Collection[Key]
) -> list[Node]:
    """Make a column's nodes. If there are too many, those that hang on the same things become one first."""
    if len(things) <= MOST_ROWS:
        return [Node(thing, column, [thing]) for thing in things]
    hangs: dict[Key, set[Key]] = {thing: set() for thing in things}
    weight: Counter[Key] = Counter()
    for bond in bonds:
        if bond.end in hangs:
            hangs[bond.end] |= {drawn[bond.start].key} if bond.start in drawn else set()
        for end in (bond.start, bond.end):
            weight[end] += bond.weight
    alone = {thing for thing in things if thing in kept or not hangs[thing]}
    alike = _grouped(things, lambda thing: thing if thing in alone else frozenset(hangs[thing]))
    alike.sort(key=lambda group: (group[0] not in kept, -sum(weight[thing] for thing in group), group))
    if len(alike) > MOST_ROWS:
        rest = [thing for group in alike[MOST_ROWS - 1 :] for thing in group]
        alike = [*alike[: MOST_ROWS - 1], rest]
    return [Node(group[0], column, group) for group in alike]


def _grouped(things: Iterable[Key], by: Callable[[Key], Hashable]) -> list[list[Key]]:
    groups: dict[Hashable, list[Key]] = {}
    for thing in things:
        groups.setdefault(by(thing), []).append(thing)
    return list(groups.values())


def _stack(nodes: list[Node], lines: Iterable[Line], tallest: int) -> None:
    """Put a column's nodes one below the other, each near to what leads to it, a large fold last."""
    before = {id(node): [line.start.y for line in lines if line.end is node] for node in nodes}

    def near(node: Node) -> tuple[bool, float]:
        found = before[id(node)]
        return len(node.members) > MOST_ROWS, sum(found) / len(found) if found else 0

    nodes.sort(key=near)
    first = TOP + ROW * (tallest - len(nodes)) / 2
    for place, node in enumerate(nodes):
        node.y = first + ROW * place + ROW / 2
