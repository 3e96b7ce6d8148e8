"""Disks as files, beside `qemu-img` doing the same by hand: processor time per GiB."""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.report import Figure
from localyun.compute.qemu.conversion import convert, export
from localyun.compute.qemu.disks import DiskStore
from localyun.compute.qemu.folders import Folders

GIB = 1 << 30
REGION = "cn-hangzhou"
Work = Callable[[], None]


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    """Measure with a disk of 1 GiB that is full of data; nothing where there is no `qemu-img`."""
    if shutil.which("qemu-img") is None:
        return
    folder.mkdir()
    raw, disk, made = folder / "disk.raw", folder / "disk.qcow2", folder / "made"
    with raw.open("wb") as file:
        for _ in range(GIB >> 20):
            file.write(os.urandom(1 << 20))
    _by_hand(raw, "raw", disk, "qcow2")
    store = DiskStore(Folders(folder / "ours"), lambda key: b"")
    ours = store.folders.disk(REGION, "d-1")
    copied = store.folders.disk(REGION, "d-2")
    store.copy(disk, ours)

    def freeze() -> None:
        store.freeze(ours, store.folders.disk(REGION, f"s-{len(list(ours.parent.iterdir()))}"))

    by_hand = "processor time by qemu-img's"
    plain: dict[str, Work] = {
        "RAW": lambda: _by_hand(raw, "raw", made, "qcow2"),
        "QCOW2": lambda: _by_hand(disk, "qcow2", made, "qcow2"),
        "VHD": lambda: _by_hand(disk, "qcow2", made, "vpc"),
    }
    measured: dict[str, tuple[Work, Work]] = {
        "import of 1 GiB, RAW": (lambda: _done(convert(raw, "RAW", made)), plain["RAW"]),
        "import of 1 GiB, QCOW2": (lambda: _done(convert(disk, "QCOW2", made)), plain["QCOW2"]),
        "export of 1 GiB, VHD": (lambda: _done(export(disk, "vhd", made)), plain["VHD"]),
        "copy of an image of 1 GiB": (lambda: store.copy(disk, copied), plain["QCOW2"]),
        "image of a disk of 1 GiB": (freeze, plain["QCOW2"]),
    }
    for what, (work, peer) in measured.items():
        yield Figure(f"{what}: {by_hand}", _ratio(work, peer, rounds), at_most=1.10)
    shutil.rmtree(folder)


def _ratio(one: Work, other: Work, rounds: int) -> float:
    """How many times as much processor time one takes as the other: the least of rounds, in turn.

    A virtual machine's first use of its memory costs several times the work, and hits one of them at random.
    """
    ones, others = zip(*((_cpu(one), _cpu(other)) for _ in range(rounds)), strict=True)
    return min(ones) / min(others)


def _cpu(work: Work) -> float:
    """The processor time of some work, its programs' included, in seconds."""
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _by_hand(source: Path, from_format: str, target: Path, to_format: str) -> None:
    """As anybody careful would: to a file aside, onto the medium, and in place of the other."""
    aside = target.with_name("aside")
    command = ("qemu-img", "convert", "-f", from_format, "-O", to_format, str(source), str(aside))
    subprocess.run(command, check=True)
    opened = os.open(aside, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
    aside.rename(target)


def _done(_: object) -> None:
    """Take no notice of what was made."""
