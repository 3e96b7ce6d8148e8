"""The measurements: load in interleaved rounds, cold starts, memory, and stages."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import servers
from bench.load import ask, put_under_load
from bench.servers import Server
from bench.world import CONNECTIONS, Caller, Moto, Requests

Advance = Callable[[str], None]
"""Tells whoever watches what is done next."""


@dataclass(frozen=True)
class Sample:
    """One stretch of load on one server, with one kind of call."""

    rate: float
    cpu: float
    """The server's processor time per call, in µs."""
    p50: float
    p99: float


@dataclass
class Subject:
    """A server with one kind of call: what it saw in each round."""

    name: str
    server: Server
    requests: list[Requests]
    """What makes each connection's requests."""
    samples: list[Sample]

    @classmethod
    def of(cls, name: str, server: Server, call: Callable[[int], Requests]) -> "Subject":
        """Prepare a call on each connection."""
        return cls(name, server, [call(connection) for connection in range(CONNECTIONS)], [])

    def run(self, seconds: float) -> None:
        """Sign as many calls as will be needed, then send them."""
        rate = self.samples[-1].rate if self.samples else 1_000
        count = int(rate * seconds * 1.3 / CONNECTIONS) + 1
        connections = [make(count) for make in self.requests]
        before = self.server.cpu()
        load = put_under_load(self.server.port, connections, seconds)
        cpu = (self.server.cpu() - before) / load.calls
        self.samples.append(Sample(load.rate, cpu, load.quantile(0.50), load.quantile(0.99)))

    def cpu(self) -> float:
        """The processor time per call, in µs: the median of the rounds."""
        return median(sample.cpu for sample in self.samples)

    def tail(self) -> float:
        """How much longer a slow call takes than a middling one: p99 by p50, the median of the rounds."""
        return median(sample.p99 / sample.p50 for sample in self.samples)

    def times(self, other: "Subject") -> float:
        """How many times as many calls are answered as by another: the median of the rounds."""
        return median(a.rate / b.rate for a, b in zip(self.samples, other.samples, strict=True))

    def spares(self, other: "Subject") -> float:
        """How many times as much processor time another takes for a call: the median of the rounds."""
        return median(b.cpu / a.cpu for a, b in zip(self.samples, other.samples, strict=True))


def interleaved(subjects: Sequence[Subject], rounds: int, seconds: float, advance: Advance) -> None:
    """Load every subject once a round, each round in another order, after a short one to warm up."""
    for subject in subjects:
        advance(f"warming up: {subject.name}")
        subject.run(seconds / 4)
        subject.samples[:] = subject.samples[-1:]
    for number in range(rounds):
        first = number * len(subjects) // rounds
        for subject in (*subjects[first:], *subjects[:first]):
            advance(f"round {number + 1} of {rounds}: {subject.name}")
            subject.run(seconds)
    for subject in subjects:
        del subject.samples[0]


def cold_start(start: Callable[[], Server], request: Callable[[], bytes]) -> float:
    """How long it takes from starting a server to its first answer, in seconds."""
    started_at = time.perf_counter()
    with start() as server:
        server.until(lambda: ask(server.port, request()))
        return time.perf_counter() - started_at


def run_time(*command: str) -> float:
    """How long a command runs, in seconds."""
    started_at = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return time.perf_counter() - started_at


def ratio(one: Callable[[], float], other: Callable[[], float], rounds: int) -> float:
    """How many times as long one thing takes as another: the median of rounds, in turn."""
    return median(one() / other() for _ in range(rounds))


def memory_under_load(server: Server, caller: Caller | Moto, seconds: float) -> int:
    """What a server holds of the machine's memory after reads and writes, in KiB."""
    for call in (caller.describe_share_permission, caller.modify_share_permission):
        subject = Subject.of(server.name, server, call)
        subject.run(seconds / 4)
        subject.run(seconds)
    return server.memory()


def budget(
    data: Path, call: Callable[[int], Requests], seconds: float, *, total: float, http: float
) -> dict[str, float]:
    """Where the processor time of a call goes, in µs: HTTP, and each stage's own, the largest first.

    Timing slows the server down: of its stages only the proportions are taken.
    """
    with servers.variant("staged", "--data", str(data)) as server:
        subject = Subject.of(server.name, server.ready(), call)
        subject.run(seconds)
        subject.run(seconds)
        stages: dict[str, tuple[int, float]] = json.loads(server.stop())
    in_all = sum(own for _, own in stages.values())
    shares = {stage: own / in_all for stage, (_, own) in stages.items()}
    taken = {"HTTP": http} | {stage: (total - http) * share for stage, share in shares.items()}
    return dict(sorted(taken.items(), key=lambda item: -item[1]))
