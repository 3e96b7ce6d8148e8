"""A large world, written straight into an empty store: `python -m bench.fill DIRECTORY --images 1000000`.

The records are the same that calls would have made, and so are their rows; only the calls are left out.
Indexes are built once all rows are there. The same seed gives the same world.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from localyun.model import LAYOUTS, AccessKey, Account, Image, Phase, Record, Share
from localyun.model.images import AVAILABLE
from localyun.store import tables
from localyun.store.dialects import SQLITE
from localyun.store.sql import label, row
from localyun.store.sqlite import SqliteStore

REGION = "cn-hangzhou"
IMAGES_PER_ACCOUNT = 10
SHARES_PER_IMAGE = 10
LEAST_ACCOUNTS = 16
AT_ONCE = 10_000
"""How many rows are written by one statement."""
SLOT = 0
"""The slot in which everything is counted here."""


@dataclass(frozen=True)
class World:
    """What there is: so many images, each shared with others; viewers see so many besides."""

    images: int
    viewers: tuple[int, ...] = ()
    seed: int = 7

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return max(LEAST_ACCOUNTS, self.images // IMAGES_PER_ACCOUNT)

    def images_of(self, number: int) -> range:
        """The numbers of an account's images."""
        return range(number, self.images, self.accounts)


def account_id(number: int) -> str:
    """The id of an account."""
    return f"10{number:014}"


def viewer_id(sees: int) -> str:
    """The id of the account that sees so many images."""
    return f"20{sees:014}"


def image_id(number: int) -> str:
    """The id of an image."""
    return f"m-bp1{number:017}"


def key_of(account: str) -> AccessKey:
    """The key that signs an account's calls."""
    return AccessKey(id=f"LTAI5t{account}", account=account, secret=f"secret-of-{account}")


def records(world: World) -> Iterator[Record]:
    """Every record of a world, in the order of their keys where there are many."""
    chance = random.Random(world.seed)
    for account in (*map(account_id, range(world.accounts)), *map(viewer_id, world.viewers)):
        yield Account(id=account, name=account)
        yield key_of(account)
    for number in range(world.images):
        image = Image(
            id=image_id(number),
            region=REGION,
            owner=account_id(number % world.accounts),
            name=f"image-{number}",
            created_at=number,
            phase=Phase(AVAILABLE),
            size=20,
        )
        yield image
        first, step = chance.randrange(world.accounts), 1 + chance.randrange(world.accounts // 11 or 1)
        others = {(first + nth * step) % world.accounts for nth in range(SHARES_PER_IMAGE)}
        grantees = [*map(account_id, others - {number % world.accounts})]
        grantees += [viewer_id(sees) for sees in world.viewers if number < sees]
        for since, grantee in enumerate(sorted(grantees)):
            yield Share(image=image.id, account=grantee, region=REGION, since=number + since).of(image)


def fill(store: SqliteStore, world: World) -> Counter[str]:
    """Write a world into an empty store, and return how many records of each table it has."""
    connection = store._state.connection
    written: Counter[str] = Counter()
    tally: Counter[str] = Counter()
    kinds = (Account, AccessKey, Image, Share)
    indexes = [
        statement for kind in kinds for statement in tables.definition(tables.TABLES[kind], SQLITE)[1:]
    ]
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -1000000")
    connection.execute("BEGIN IMMEDIATE")
    for kind in kinds:
        for index in tables.TABLES[kind].indexes:
            connection.execute(f"DROP INDEX {index.name}")
    coming = records(world)
    while some := [*islice(coming, AT_ONCE)]:
        for kind in kinds:
            rows = [one for one in some if type(one) is kind]
            _write(connection, kind, rows)
            written[LAYOUTS[kind].table] += len(rows)
            for names in LAYOUTS[kind].counted:
                tally.update(_labels(kind, names, rows))
    add = tables.add_to_tally(SQLITE)
    connection.executemany(
        add.sql, (add.values({"counted": what, "slot": SLOT, "n": n}) for what, n in tally.items())
    )
    for statement in indexes:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA cache_size = -2000")
    connection.execute("PRAGMA synchronous = FULL")
    return written


def _write(connection: object, kind: type[Record], rows: Iterable[Record]) -> None:
    put = tables.insert(SQLITE, tables.TABLES[kind])
    encode = msgspec.json.Encoder().encode
    connection.executemany(put.sql, [put.values(row(one, encode(one))) for one in rows])  # type: ignore[attr-defined]


def _labels(kind: type[Record], names: tuple[str, ...], rows: Iterable[Record]) -> Iterator[str]:
    return (label(kind, names, [getattr(one, name) for name in names]) for one in rows)


def main() -> None:
    """Fill a directory, and say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    viewers = tuple(n for n in (100, 1_000, 10_000, 100_000) if n <= given.images)
    started_at = time.monotonic()
    store = SqliteStore(given.directory)
    written = fill(store, World(given.images, viewers, given.seed))
    store.close()
    size = sum(file.stat().st_size for file in given.directory.iterdir())
    print(f"{dict(written)}, {size / 1e9:.2f} GB, in {time.monotonic() - started_at:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
