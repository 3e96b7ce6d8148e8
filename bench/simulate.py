"""Where one database ends, and what several would carry: `python -m bench.simulate`.

Calls come at random instants, at a given rate. Each takes processor time of the databases that it needs, and
a change waits for their logs, which are flushed for all that wait at once. A rate is carried if 99 of 100
calls are answered in time. Servers of localyun aren't simulated: one adds as many as it takes. The same seed
gives the same numbers. Without options it draws `scale.svg`.
"""

import argparse
import heapq
import random
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from bench.plot import curves

PICTURE = Path(__file__).parent / "scale.svg"
PARTITIONS = (1, 2, 4, 8, 16)

Steps = Generator["tuple[Station, float] | list[Steps]", None, None]
"""What a call does, one after the other: take a station's time, or do several such things at once."""


@dataclass(frozen=True)
class Costs:
    """What was measured: processor time of the database per call, and the flush of its log, in seconds."""

    read: float = 250e-6
    """DescribeImageSharePermission."""
    page: float = 2400e-6
    """DescribeImages, fifty images."""
    change: float = 500e-6
    """ModifyImageSharePermission."""
    flush: float = 1e-3
    between: float = 0.5e-3
    """A round trip between two databases."""
    cores: int = 4
    """Of each database's machine."""


@dataclass(frozen=True)
class Load:
    """Which calls come: the rest are reads by key."""

    changes: float = 0.10
    pages: float = 0.05
    largest: float = 0.0
    """The share of all calls that one account makes."""
    seconds: float = 0.25
    """How long they come."""
    seed: int = 1
    in_time: float = 0.025
    """Within how many seconds 99 of 100 calls have to be answered."""


class Station:
    """Something that serves so many at a time, first come first served; a log serves all who wait at once."""

    def __init__(self, servers: int, *, at_once: bool = False) -> None:
        """Be idle."""
        self.free = servers
        self.at_once = at_once
        self.waiting: deque[tuple[float, Steps]] = deque()


class Database:
    """One PostgreSQL: its cores, and its log."""

    def __init__(self, costs: Costs) -> None:
        """Be idle."""
        self.costs = costs
        self.cores = Station(costs.cores)
        self.log = Station(1, at_once=True)

    def work(self, seconds: float) -> Steps:
        """Take processor time."""
        yield self.cores, seconds

    def commit(self, seconds: float) -> Steps:
        """Take processor time, and wait for the log."""
        yield self.cores, seconds
        yield self.log, self.costs.flush


class Simulation:
    """Runs calls on stations, in the order of their events."""

    def __init__(self) -> None:
        """Begin at instant 0."""
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._parents: dict[int, tuple[Steps, list[int]]] = {}
        self.ended: dict[int, float] = {}

    def at(self, instant: float, what: Callable[[], None]) -> None:
        """Let something happen at an instant."""
        heapq.heappush(self._events, (instant, next(self._number), what))

    def run(self) -> None:
        """Let everything happen."""
        while self._events:
            self.now, _, what = heapq.heappop(self._events)
            what()

    def go_on(self, call: Steps) -> None:
        """Do the next thing that a call does."""
        step = next(call, None)
        if step is None:
            self._end(call)
        elif isinstance(step, list):
            left = [len(step)]
            for part in step:
                self._parents[id(part)] = (call, left)
                self.go_on(part)
        else:
            station, seconds = step
            station.waiting.append((seconds, call))
            self._serve(station)

    def _end(self, call: Steps) -> None:
        parent, left = self._parents.pop(id(call), (None, [0]))
        if parent is None:
            self.ended[id(call)] = self.now
            return
        left[0] -= 1
        if not left[0]:
            self.go_on(parent)

    def _serve(self, station: Station) -> None:
        while station.free and station.waiting:
            station.free -= 1
            some = [station.waiting.popleft()]
            if station.at_once:
                some += station.waiting
                station.waiting.clear()
            self.at(
                self.now + max(seconds for seconds, _ in some), lambda some=some: self._served(station, some)
            )

    def _served(self, station: Station, some: Sequence[tuple[float, Steps]]) -> None:
        station.free += 1
        for _, call in some:
            self.go_on(call)
        self._serve(station)


Layout = Callable[[Sequence[Database], str, int, int], Steps]
"""What a call does, given the databases, its kind, and at which of them its owner and its grantee are."""


def by_account(databases: Sequence[Database], kind: str, owner: int, grantee: int) -> Steps:
    """All of an account's in one place; the grantee's list is told afterwards, out of the owner's outbox."""
    home, costs = databases[owner], databases[owner].costs
    if kind != "change":
        yield from home.work(costs.page if kind == "page" else costs.read)
        return
    yield from home.commit(costs.change)
    if grantee != owner:
        # Nobody waits for it, but it takes the other's time; counted to the call, to be on the safe side.
        yield from databases[grantee].work(costs.change / 2)


def by_account_at_once(databases: Sequence[Database], kind: str, owner: int, grantee: int) -> Steps:
    """The same, with the grantee's list changed in one transaction of both: two phases, two flushes each."""
    home, costs = databases[owner], databases[owner].costs
    if kind != "change" or grantee == owner:
        yield from by_account(databases, kind, owner, owner)
        return
    other = databases[grantee]
    yield [home.commit(costs.change), other.commit(costs.change / 2)]
    yield Station(1), costs.between
    yield [home.commit(costs.change / 4), other.commit(costs.change / 4)]


def by_image(databases: Sequence[Database], kind: str, owner: int, grantee: int) -> Steps:
    """An image and its shares in one place; a list asks everywhere, and each gives its part of the page."""
    home, costs = databases[owner], databases[owner].costs
    if kind == "page":
        yield [each.work(costs.read + costs.page / len(databases)) for each in databases]
    elif kind == "change":
        yield from home.commit(costs.change)
    else:
        yield from home.work(costs.read)


LAYOUTS: dict[str, Layout] = {
    "by account, outbox": by_account,
    "by account, one transaction": by_account_at_once,
    "by image": by_image,
}


def slow_call(layout: Layout, partitions: int, rate: float, costs: Costs, load: Load) -> float:
    """Within how many seconds 99 of 100 calls are answered at a rate."""
    chance = random.Random(load.seed)
    databases = [Database(costs) for _ in range(partitions)]
    simulation = Simulation()
    began: dict[int, float] = {}
    calls = []
    instant = 0.0
    while (instant := instant + chance.expovariate(rate)) < load.seconds:
        drawn = chance.random()
        kind = "change" if drawn < load.changes else "page" if drawn < load.changes + load.pages else "read"
        owner = 0 if chance.random() < load.largest else chance.randrange(partitions)
        call = layout(databases, kind, owner, chance.randrange(partitions))
        calls.append(call)
        began[id(call)] = instant
        simulation.at(instant, partial(simulation.go_on, call))
    simulation.run()
    took = sorted(simulation.ended[id(call)] - began[id(call)] for call in calls)
    return took[int(len(took) * 0.99)] if took else 0.0


def carried(layout: Layout, partitions: int, costs: Costs, load: Load) -> float:
    """Return the highest rate that is carried, within some percent."""
    low, high = 0.0, 5_000.0 * partitions
    while slow_call(layout, partitions, high, costs, load) <= load.in_time:
        low, high = high, high * 2
    while high - low > 0.04 * high:
        middle = (low + high) / 2
        if slow_call(layout, partitions, middle, costs, load) <= load.in_time:
            low = middle
        else:
            high = middle
    return low


def main() -> None:
    """Simulate, show, and draw."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulate", description=__doc__)
    for name, value in vars(Costs()).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    costs = Costs(**vars(parser.parse_args()))
    load = Load()
    uneven = replace(load, largest=0.2)
    rows = [(name, layout, load) for name, layout in LAYOUTS.items()]
    rows.append(("by account, one makes a fifth", by_account, uneven))
    lines = {
        name: [(float(n), carried(layout, n, costs, asked) / 1_000) for n in PARTITIONS]
        for name, layout, asked in rows
    }
    print(f"| databases | {' | '.join(map(str, PARTITIONS))} |\n| --- |{' ---: |' * len(PARTITIONS)}")
    for name, line in lines.items():
        print(f"| {name} | {' | '.join(f'{rate:,.0f}' for _, rate in line)} |")
    if costs == Costs():
        title = "Thousand calls a second that are carried"
        PICTURE.write_text(curves(title, "databases", "1,000/s", lines))


if __name__ == "__main__":
    main()
