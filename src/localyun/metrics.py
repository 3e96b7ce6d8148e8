"""What a server counts of the calls that it answers, as Prometheus reads it.

Each process counts for itself. Those that serve together keep their counts in a folder, once a second, so
that whichever of them is asked tells the sum of all, of those that are gone as well.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import msgspec

from localyun import __version__
from localyun.files import PART

Bounds = tuple[float, ...]
SECONDS: Bounds = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
CALLS: Bounds = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
"""Upper bounds: of how long calls took, and of how many were answered together."""
OTHERS = "others"
"""Every operation that isn't emulated: callers can't make us count whatever names they invent."""


class Histogram(msgspec.Struct):
    """How many values there were below each bound, above all of them, and their sum."""

    counts: list[int]
    total: float = 0.0

    def add(self, value: float, bounds: Bounds) -> None:
        """Count a value."""
        self.counts[bisect_left(bounds, value)] += 1
        self.total += value

    def merge(self, other: "Histogram") -> None:
        """Count what another counted."""
        self.counts = [mine + more for mine, more in zip(self.counts, other.counts, strict=True)]
        self.total += other.total


def _empty(bounds: Bounds) -> Histogram:
    return Histogram([0] * (len(bounds) + 1))


class Counts(msgspec.Struct):
    """What was counted since the start."""

    seconds: dict[str, Histogram] = {}
    """How long calls took, by operation."""
    refusals: dict[str, dict[str, int]] = {}
    """How many were refused, by operation and code."""
    groups: Histogram = msgspec.field(default_factory=lambda: _empty(CALLS))
    """How many calls were answered in one transaction."""

    def call(self, operation: str, code: str, seconds: float) -> None:
        """Count a call, and its refusal if it has a code."""
        self._seconds_of(operation).add(seconds, SECONDS)
        if code:
            self._refused(operation, code, 1)

    def group(self, calls: int) -> None:
        """Count calls that were answered in one transaction."""
        self.groups.add(calls, CALLS)

    def merge(self, other: "Counts") -> None:
        """Count what another process counted."""
        self.groups.merge(other.groups)
        for operation, histogram in other.seconds.items():
            self._seconds_of(operation).merge(histogram)
        for operation, codes in other.refusals.items():
            for code, times in codes.items():
                self._refused(operation, code, times)

    def _seconds_of(self, operation: str) -> Histogram:
        if operation not in self.seconds:
            self.seconds[operation] = _empty(SECONDS)
        return self.seconds[operation]

    def _refused(self, operation: str, code: str, times: int) -> None:
        codes = self.refusals.setdefault(operation, {})
        codes[code] = codes.get(code, 0) + times


class Metrics:
    """The counts of this process and of those that serve beside it."""

    def __init__(self, folder: Path | None) -> None:
        """Count; with a folder, for all processes that keep their counts there."""
        self._folder = folder
        self._kept = b""
        self.counts = Counts()

    def keep(self) -> None:
        """Let the other processes see what this one has counted since they saw it."""
        if self._folder is None or (counted := msgspec.json.encode(self.counts)) == self._kept:
            return
        mine = self._folder / f"{os.getpid()}.json"
        unfinished = mine.with_suffix(PART)
        unfinished.write_bytes(counted)
        unfinished.replace(mine)
        self._kept = counted

    def text(self) -> str:
        """Write down what all processes have counted, in Prometheus's text format 0.0.4."""
        return "".join(f"{line}\n" for line in _lines(self._of_all()))

    def _of_all(self) -> Counts:
        if self._folder is None:
            return self.counts
        self.keep()
        together = Counts()
        for path in self._folder.glob("*.json"):
            together.merge(msgspec.json.decode(path.read_bytes(), type=Counts))
        return together


def _lines(counts: Counts) -> Iterator[str]:
    yield from _head("localyun_build_info", "gauge", "The version that runs.")
    yield f'localyun_build_info{{version="{__version__}"}} 1'
    name = "localyun_call_seconds"
    yield from _head(name, "histogram", "How long calls took, from their last byte until they were durable.")
    for operation, histogram in sorted(counts.seconds.items()):
        yield from _histogram(name, f'operation="{operation}"', histogram, SECONDS)
    name = "localyun_refusals_total"
    yield from _head(name, "counter", "Calls that were refused.")
    for operation, codes in sorted(counts.refusals.items()):
        for code, times in sorted(codes.items()):
            yield f'{name}{{operation="{operation}",code="{code}"}} {times}'
    name = "localyun_group_calls"
    yield from _head(name, "histogram", "How many calls were answered in one transaction.")
    yield from _histogram(name, "", counts.groups, CALLS)


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"


def _histogram(name: str, labels: str, histogram: Histogram, bounds: Bounds) -> Iterator[str]:
    begun = f"{labels}," if labels else ""
    for bound, count in zip((*bounds, "+Inf"), accumulate(histogram.counts), strict=True):
        yield f'{name}_bucket{{{begun}le="{bound}"}} {count}'
    braced = f"{{{labels}}}" if labels else ""
    yield f"{name}_sum{braced} {histogram.total:.6f}"
    yield f"{name}_count{braced} {sum(histogram.counts)}"
