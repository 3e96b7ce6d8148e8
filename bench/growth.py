"""How calls grow with the world: `python -m bench.growth`, which `make bench-scale` runs.

Worlds of 10, 1,000, 100,000 and 1,000,000 images (10,000,000 shares, 100,000 accounts) are filled one by one,
each served by a server of its own, and called in rounds that take turns. It takes about ten minutes and 8 GB
below `bench/out`, writes GROWTH.md and two pictures beside it, and deletes the worlds.
"""

import argparse
import itertools
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from bench import servers
from bench.fill import World, account_id, fill, image_id, key_of, viewer_id
from bench.measure import Subject, interleaved
from bench.plot import curves
from bench.servers import Server
from bench.world import CONNECTIONS, Caller, Requests
from localyun.accounts import Credentials
from localyun.store.sqlite import SqliteStore

HERE = Path(__file__).parent
SIZES = (10, 1_000, 100_000, 1_000_000)
VIEWERS = (100, 1_000, 10_000, 100_000)
DEEP = "DescribeImages, the last full page of 50"
FIRST = "DescribeImages, first page of 50"
WALK = "DescribeImages, page after page of 50"
BOUND = 1.5


def caller(account: str) -> Caller:
    """Return what signs an account's calls."""
    key = key_of(account)
    return Caller(Credentials(account, account, "aliyun.com", key.id, key.secret), 3)


Curves = dict[str, list[tuple[float, float]]]


class Calls:
    """The keyed calls in one world, by the same few accounts or by all at random."""

    def __init__(self, world: World, *, at_random: bool) -> None:
        """Choose who calls."""
        self._world = world
        self._chance = random.Random(1)
        self._few = None if at_random else range(min(CONNECTIONS, world.images, world.accounts))
        self._turn = itertools.cycle(("AddAccount.1", "RemoveAccount.1"))

    def _somebody(self) -> tuple[Caller, str]:
        """Return an account that has an image, and that image."""
        world = self._world
        owners = self._few or range(min(world.images, world.accounts))
        owner = self._chance.choice(owners)
        images = world.images_of(owner)
        return caller(account_id(owner)), image_id(
            self._chance.choice(images) if not self._few else images[0]
        )

    def read_shares(self) -> bytes:
        """Ask with whom an image is shared."""
        who, image = self._somebody()
        return who.signed("DescribeImageSharePermission", ImageId=image)

    def change_shares(self) -> bytes:
        """Share an image with one more account, or stop that."""
        who, image = self._somebody()
        change = {next(self._turn): viewer_id(1)}
        return who.signed("ModifyImageSharePermission", ImageId=image, **change)

    def read_image(self) -> bytes:
        """Ask for one image."""
        who, image = self._somebody()
        return who.signed("DescribeImages", ImageId=image)

    def change_image(self) -> bytes:
        """Describe an image in other words."""
        who, image = self._somebody()
        return who.signed("ModifyImageAttribute", ImageId=image, Description=f"n{self._chance.random()}")

    def all(self) -> Mapping[str, Callable[[], bytes]]:
        """Every keyed call, by its name."""
        return {
            "DescribeImageSharePermission": self.read_shares,
            "ModifyImageSharePermission": self.change_shares,
            "DescribeImages of one image": self.read_image,
            "ModifyImageAttribute": self.change_image,
        }


def page_of(sees: int, numbers: Iterator[int]) -> bytes:
    """Ask for the next of some pages of what a viewer sees of others' images."""
    number = str(next(numbers))
    return caller(viewer_id(sees)).signed(
        "DescribeImages", PageSize="50", PageNumber=number, ImageOwnerAlias="others"
    )


def as_requests(make: Callable[[], bytes]) -> Callable[[int], Requests]:
    """Let every connection make the same kind of call."""
    return lambda connection: lambda count: [make() for _ in range(count)]


def subjects_of(world: World, server: Server) -> Iterator[tuple[str, Subject]]:
    """Yield what is measured in a world, each with the name of its curve."""
    for kind, at_random in (("", False), (", anybody's", True)):
        for name, call in Calls(world, at_random=at_random).all().items():
            yield name + kind, Subject.of(f"{name}{kind}, {world.images:,}", server, as_requests(call))


def measure(
    directory: Path, sizes: Sequence[int], viewers: Sequence[int], rounds: int, seconds: float
) -> tuple[Curves, Curves, list[str]]:
    """Return the curves of keyed calls and of pages, by the smallest world's, and rows on size and memory."""
    found: dict[str, list[tuple[int, Subject]]] = {}
    pages: dict[str, list[tuple[int, Subject]]] = {FIRST: [], WALK: [], DEEP: []}
    rows = []
    with ExitStack() as running:
        servers_: list[tuple[int, Server]] = []
        for images in sizes:
            world = World(images, (1, *(n for n in viewers if images == max(sizes))))
            data = directory / str(images)
            store = SqliteStore(data)
            written = fill(store, world)
            store.close()
            server = running.enter_context(servers.localyun(data)).ready()
            servers_.append((images, server))
            for name, subject in subjects_of(world, server):
                found.setdefault(name, []).append((images, subject))
            size = sum(file.stat().st_size for file in data.iterdir()) / 1e9
            rows.append([f"{images:,}", f"{written['share']:,}", f"{written['account']:,}", f"{size:.2f} GB"])
        for sees in viewers:
            last = sees // 50
            walk = itertools.cycle(range(1, last + 1))
            for name, numbers in ((FIRST, itertools.repeat(1)), (WALK, walk), (DEEP, itertools.repeat(last))):
                call = as_requests(partial(page_of, sees, numbers))
                pages[name].append((sees, Subject.of(f"{name}, {sees:,}", servers_[-1][1], call)))
        everything = [subject for line in (*found.values(), *pages.values()) for _, subject in line]
        interleaved(everything, rounds, seconds, lambda what: None)
        for row, (_, server) in zip(rows, servers_, strict=True):
            row.append(f"{server.memory() / 1024:.0f} MB")
    return _grown(found), _grown(pages), [f"| {' | '.join(row)} |" for row in rows]


def _grown(lines: Mapping[str, Sequence[tuple[int, Subject]]]) -> Curves:
    """Return each curve as times of its first point, in processor time: the medians of the rounds."""
    grown: Curves = {}
    for name, line in lines.items():
        first = line[0][1]
        grown[name] = [
            (
                float(size),
                median(a.cpu / b.cpu for a, b in zip(subject.samples, first.samples, strict=True)),
            )
            for size, subject in line
        ]
    return grown


def page(
    keyed: Mapping[str, Sequence[tuple[float, float]]],
    pages: Mapping[str, Sequence[tuple[float, float]]],
    rows: Sequence[str],
) -> str:
    """Write what was measured."""

    def table(lines: Mapping[str, Sequence[tuple[float, float]]]) -> list[str]:
        sizes = [f"{size:,.0f}" for size, _ in next(iter(lines.values()))]
        return [
            f"| | {' | '.join(sizes)} |",
            f"| --- |{' ---: |' * len(sizes)}",
            *(f"| {name} | {' | '.join(f'{y:.2f}' for _, y in line)} |" for name, line in lines.items()),
        ]

    return "\n".join(
        [
            "# How calls grow with the world",
            "",
            "`make bench-scale` measured this and wrote this page. Every number is the server's processor",
            "time for a call as a multiple of the same call's in the smallest world, the median of rounds",
            "that take turns. To reach: 1.5 at most. Jumps to a deep page aren't bound by that, they",
            "are shown as they are; page after page begins anew behind each change of a share.",
            "The calls are made by the same sixteen accounts, or, where it says *anybody's*, by one of all",
            "accounts at random for each call, so that nothing that was read before helps.",
            "",
            "## Keyed calls, by how many images there are",
            "",
            *table(keyed),
            "",
            "![Keyed calls](growth-keyed.svg)",
            "",
            "## DescribeImages, by how many images the caller sees",
            "",
            *table(pages),
            "",
            "![Pages](growth-pages.svg)",
            "",
            "## The worlds, and the server's memory after all these calls",
            "",
            "| images | shares | accounts | on disk | memory |",
            "| ---: | ---: | ---: | ---: | ---: |",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Fill, measure, write, delete."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 1,000 images; nothing is written")
    quick = parser.parse_args().quick
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=out))
    try:
        keyed, pages, rows = measure(
            directory,
            SIZES[:2] if quick else SIZES,
            VIEWERS[:2] if quick else VIEWERS,
            rounds=2 if quick else 3,
            seconds=0.3 if quick else 0.8,
        )
    finally:
        shutil.rmtree(directory)
    text = page(keyed, pages, rows)
    print(text)
    if quick:
        return
    (HERE / "GROWTH.md").write_text(text)
    for name, x, lines in (("keyed", "images", keyed), ("pages", "images that the caller sees", pages)):
        picture = curves(
            "Processor time of a call, by that in the smallest world", x, "times", lines, bound=BOUND
        )
        (HERE / f"growth-{name}.svg").write_text(picture)


if __name__ == "__main__":
    main()
