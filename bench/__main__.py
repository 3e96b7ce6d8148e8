"""Measure localyun and its peers in one interleaved run: `python -m bench [--quick]`.

A full run takes about eight minutes and rewrites RESULTS.md; a quick one only shows what it measured.
"""

import argparse
import os
import shutil
import tempfile
from contextlib import ExitStack
from functools import partial
from itertools import repeat
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import disks, servers
from bench.fill import World, fill
from bench.glance import Glance, glance, set_up
from bench.growth import as_requests, page_of
from bench.measure import (
    Advance,
    Subject,
    budget,
    cold_start,
    interleaved,
    memory_under_load,
    ratio,
    run_time,
)
from bench.report import Figure, Report, filesystem_of
from bench.world import FEW, MANY, STATEMENTS, Caller, Moto, populate, user_of
from localyun.accounts import Credentials
from localyun.store.postgresql import PostgresqlStore
from localyun.store.sqlite import SqliteStore
from tests.store.postgres import programs
from tests.store.postgres import server as postgresql_server

OUT = Path(__file__).parent / "out"

HTTP, READ, WRITE = "raw HTTP", "DescribeImageSharePermission", "ModifyImageSharePermission"
PAGE = "DescribeImages, 50 of 100"
NUMBERS = {1: "one process", 2: "two processes"}
LARGE = 100_000
LARGE_PAGE, SMALL_PAGE = (f"DescribeImages, 50 of {sees:,} in a large world" for sees in (LARGE, FEW))


def main() -> None:
    """Measure, show, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds; RESULTS.md stays")
    quick = parser.parse_args().quick
    OUT.mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=OUT))
    console = Console()
    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("starting", total=None)
            run = Run(directory, rounds=2 if quick else 5, seconds=0.5 if quick else 1.2)
            report = run.report(lambda what: progress.update(task, description=what))
    finally:
        shutil.rmtree(directory)
    report.print(console)
    if not quick:
        report.write()


def _make(data: Path, images: int) -> Credentials:
    store = SqliteStore(data)
    credentials = populate(store, images)
    store.close()
    return credentials


class Run:
    """One run of all measurements, on worlds in a directory of its own."""

    def __init__(self, directory: Path, rounds: int, seconds: float) -> None:
        """Make the worlds, with the same account in each."""
        self._filesystem = filesystem_of(directory)
        self._others, _, _ = os.getloadavg()
        self._rounds, self._seconds = rounds, seconds
        self._few, self._many = directory / "few", directory / "many"
        self._large, self._glance = directory / "large", directory / "glance"
        _make(self._many, MANY)
        store = SqliteStore(self._large)
        fill(store, World(LARGE, (FEW, LARGE)))
        store.close()
        set_up(self._glance, LARGE)
        credentials = _make(self._few, FEW)
        self._v3, self._v1 = Caller(credentials, 3), Caller(credentials, 1)
        self._user = Caller(user_of(credentials), 3)

    def report(self, advance: Advance) -> Report:
        """Measure everything, saying what is next."""
        advance("cold starts")
        starts = self._starts()
        figures, cpu = self._loads(advance)
        advance("memory, and another start")
        figures += [*starts, self._restart()]
        figures.append(self._memory())
        advance("disks")
        figures += disks.figures(self._few.with_name("disks"), self._rounds * 2)
        budgets = {}
        for what, call in (
            (READ, self._v3.describe_share_permission),
            (WRITE, self._v3.modify_share_permission),
        ):
            advance(f"stages of {what}")
            budgets[what] = budget(self._few, call, self._seconds, total=cpu[what], http=cpu[HTTP])
        return Report(figures, cpu, budgets, self._filesystem, self._others)

    def _loads(self, advance: Advance) -> tuple[list[Figure], dict[str, float]]:
        v3, v1 = self._v3, self._v1
        with ExitStack() as running:
            raw, ours, ephemeral, one_commit, unauthorized, peer, large, other_peer, two = (
                running.enter_context(start()).ready()
                for start in (
                    partial(servers.variant, "raw"),
                    partial(servers.localyun, self._few),
                    partial(servers.variant, "ephemeral", "--images", str(FEW)),
                    partial(servers.variant, "one-commit", "--data", str(self._few)),
                    partial(servers.variant, "unauthorized", "--data", str(self._few)),
                    servers.moto,
                    partial(servers.localyun, self._large),
                    partial(glance, self._glance),
                    partial(servers.localyun, self._few, "--workers", "2"),
                )
            )
            postgresql = [
                (workers, running.enter_context(servers.localyun_on(url, "--workers", str(workers))).ready())
                for url in self._postgresql()
                for workers in (1, 2)
            ]
            moto = Moto(peer.port, FEW)
            constant = Subject.of(HTTP, raw, v3.one_request_again)
            read = Subject.of(READ, ours, v3.describe_share_permission)
            read_v1 = Subject.of(f"{READ}, V1", ours, v1.describe_share_permission)
            read_e = Subject.of(f"{READ}, ephemeral", ephemeral, v3.describe_share_permission)
            read_user = Subject.of(f"{READ}, a user", ours, self._user.describe_share_permission)
            read_open = Subject.of(
                f"{READ}, without authorization", unauthorized, v3.describe_share_permission
            )
            write = Subject.of(WRITE, ours, v3.modify_share_permission)
            write_v1 = Subject.of(f"{WRITE}, V1", ours, v1.modify_share_permission)
            write_e = Subject.of(f"{WRITE}, ephemeral", ephemeral, v3.modify_share_permission)
            write_1 = Subject.of(f"{WRITE}, one commit a call", one_commit, v3.modify_share_permission)
            page = Subject.of(PAGE, ours, v3.describe_images)
            moto_read = Subject.of("moto, DescribeImageAttribute", peer, moto.describe_share_permission)
            moto_write = Subject.of("moto, ModifyImageAttribute", peer, moto.modify_share_permission)
            moto_page = Subject.of("moto, DescribeImages, 100", peer, moto.describe_images)
            openstack = Glance()
            glance_read = Subject.of("Glance, members", other_peer, openstack.describe_share_permission)
            glance_write = Subject.of(
                "Glance, members changed", other_peer, openstack.modify_share_permission
            )
            glance_page = Subject.of(f"Glance, 50 of {LARGE:,}", other_peer, openstack.describe_images)
            pages = [
                Subject.of(name, large, as_requests(partial(page_of, sees, repeat(1))))
                for name, sees in ((LARGE_PAGE, LARGE), (SMALL_PAGE, FEW))
            ]
            many = [
                Subject.of(f"{what}, {where}", server, call)
                for where, server in (
                    (NUMBERS[2], two),
                    *((f"PostgreSQL, {NUMBERS[n]}", one) for n, one in postgresql),
                )
                for what, call in ((READ, v3.describe_share_permission), (WRITE, v3.modify_share_permission))
            ]
            reads, writes = (read, read_v1), (write, write_v1)
            ours_and_variants = (*reads, read_e, read_user, read_open, *writes, write_e, write_1, page)
            peers = (moto_read, moto_write, moto_page, glance_read, glance_write, glance_page)
            everything = (constant, *ours_and_variants, *pages, *many, *peers)
            interleaved(everything, self._rounds, self._seconds, advance)
        figures = [
            *(Figure(f"{s.name}: by moto's", s.times(moto_read), at_least=20) for s in reads),
            *(
                Figure(f"{s.name}: of raw HTTP", s.times(constant), at_least=0.18, percent=True)
                for s in reads
            ),
            *(Figure(f"{s.name}: moto's processor time by its own", s.spares(moto_read)) for s in reads),
            Figure(f"{READ}: by ephemeral", read.times(read_e)),
            Figure(f"{READ}: processor time by unauthorized", read_open.spares(read), at_most=1.15),
            Figure(
                f"{READ}, a user with {STATEMENTS} statements: processor time by unauthorized",
                read_open.spares(read_user),
                at_most=1.25,
            ),
            *(Figure(f"{s.name}, durable: by moto's", s.times(moto_write), at_least=15) for s in writes),
            *(Figure(f"{s.name}: moto's processor time by its own", s.spares(moto_write)) for s in writes),
            Figure(f"{WRITE}, durable: by one commit a call", write.times(write_1), at_least=1.3),
            Figure(f"{WRITE}, durable: by ephemeral", write.times(write_e)),
            Figure(f"{PAGE}: by moto's, 100 of 100", page.times(moto_page)),
            Figure(f"{READ}: by Glance's members", read.times(glance_read)),
            Figure(f"{WRITE}, durable: by Glance's", write.times(glance_write)),
            Figure(f"{LARGE_PAGE}: by Glance's", pages[0].times(glance_page), at_least=20),
            Figure(f"{LARGE_PAGE}: processor time by 50 of {FEW}", pages[1].spares(pages[0]), at_most=1.5),
            *(
                Figure(f"{s.name}: by one process on SQLite", s.times(read if READ in s.name else write))
                for s in many
            ),
            *(Figure(f"{s.name}: p99 by p50", s.tail(), at_most=5) for s in (*reads, *writes, page)),
        ]
        return figures, {subject.name: subject.cpu() for subject in everything}

    def _postgresql(self) -> list[str]:
        """Return the URL of a database with the same world, if PostgreSQL is installed."""
        if programs() is None:
            return []
        url = postgresql_server().new_database()
        store = PostgresqlStore(url)
        populate(store, FEW)
        store.close()
        return [url]

    def _starts(self) -> list[Figure]:
        moto_request = Moto.any_request()
        return [
            Figure(
                "cold start to the first answered call: by moto's",
                ratio(
                    lambda: cold_start(lambda: servers.localyun(self._few), self._v3.any_request),
                    lambda: cold_start(servers.moto, lambda: moto_request),
                    self._rounds,
                ),
                at_most=1 / 3,
            ),
            Figure(
                "localyun --help: by importing typer",
                ratio(
                    lambda: run_time(servers.LOCALYUN, "--help"),
                    lambda: run_time(servers.PYTHON, "-c", "import typer"),
                    self._rounds * 2,
                ),
                at_most=1.5,
            ),
        ]

    def _restart(self) -> Figure:
        fresh = self._few.with_name("fresh")
        _make(fresh, FEW)
        used, unused = (
            partial(cold_start, partial(servers.localyun, data), self._v3.any_request)
            for data in (self._few, fresh)
        )
        return Figure("a start after all these calls: by a cold one", ratio(used, unused, self._rounds))

    def _memory(self) -> Figure:
        with servers.localyun(self._many) as ours, servers.moto() as peer:
            ours.ready()
            peer.ready()
            moto = Moto(peer.port, MANY)
            held = memory_under_load(ours, self._v3, self._seconds)
            return Figure(
                f"memory after load, {MANY:,} images: by moto's",
                held / memory_under_load(peer, moto, self._seconds),
                at_most=0.5,
            )


if __name__ == "__main__":
    main()
