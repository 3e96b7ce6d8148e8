"""Disk files in and out: what strangers made becomes a qcow2 file of ours, and such a one a file for them.

`qemu-img` does it, in a sandbox, on a file that was checked first and whose format is stated, never guessed.
What is made appears whole or not at all, under its name, on the medium.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path

from localyun.compute.qemu import headers, packed
from localyun.compute.qemu.headers import Refused
from localyun.compute.qemu.qcow2 import chain, header
from localyun.compute.qemu.sandbox import Limits, TooLong, program, run
from localyun.files import PART, settled
from localyun.model.disk_files import GIB, QCOW2, RAW, SECTOR, VHD, VMDK

__all__ = ["Bounds", "Converted", "Refused", "convert", "export"]

DRIVERS = {RAW: "raw", VHD: "vpc", QCOW2: "qcow2", VMDK: "vmdk"}
"""What QEMU calls the formats that can be imported."""
WRITTEN = {"raw": "raw", "vhd": "vpc", "qcow2": "qcow2", "vmdk": "vmdk", "vdi": "vdi"}
"""And those that can be exported."""
OPTIONS = {"vpc": "force_size=on", "vmdk": "subformat=streamOptimized"}

"""What the name of a folder ends in that holds something unfinished: nobody needs it after a crash."""
SOURCE, UNPACKED, RESULT = "source", "unpacked", "result"

DATA_PER_BYTE, DATA_FOR_ALL = 100, GIB
"""How much data may come of each byte of a file, and however small that is. Zeros don't count."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a file may hold, and what reading it may take."""

    virtual_size: int = 2048 * GIB
    """The largest disk, in bytes. Source: ImportImage (2025)."""
    memory: int = GIB
    seconds: float = 3600


@dataclass(frozen=True, slots=True)
class Converted:
    """A disk file that was made."""

    virtual_size: int
    """Of the disk, in bytes."""
    file_size: int


def convert(
    source: Path,
    file_format: str,
    target: Path,
    *,
    bounds: Bounds = Bounds(),
    progress: Progress | None = None,
) -> Converted:
    """Make a qcow2 file of a RAW, VHD, QCOW2 or VMDK file, packed or not.

    `progress` is told whole percents; what it raises ends the conversion and is passed on. Raises `Refused`,
    `NotInstalled`, and OSError when the medium is full.
    """
    with _unfinished(target) as folder:
        steps = _Steps(progress)
        with source.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            most_data = DATA_PER_BYTE * size + DATA_FOR_ALL
            if packed.is_packed(file):
                source = folder / UNPACKED
                heard = steps.part(0, 50, size)
                largest = bounds.virtual_size + SECTOR
                packed.unpack(file, source, largest=largest, most_data=most_data, heard=heard)
        with source.open("rb") as file:
            disk = headers.check(file, file_format, bounds.virtual_size)
        (folder / SOURCE).symlink_to(source.resolve())
        driver = DRIVERS[file_format]
        # A VHD file tells its size twice, and QEMU would take the geometry's, which is rounded.
        options = f"driver={driver},file.driver=file,file.filename={SOURCE}"
        options += ",force_size_calc=current_size" if driver == "vpc" else ""
        room = min(disk, most_data)
        command = ("--image-opts", options, "-O", "qcow2", RESULT)
        _qemu_img(command, folder, (source,), bounds, room, steps)
        made = folder / RESULT
        with made.open("rb") as file:
            if headers.check(file, QCOW2, bounds.virtual_size) != disk:
                raise Refused("The file holds another disk than it says.")
        return _finish(made, target, disk)


def export(
    source: Path, wanted: str, target: Path, *, bounds: Bounds = Bounds(), progress: Progress | None = None
) -> Converted:
    """Make a file in another format of a qcow2 file of ours, with all that its backing files hold.

    `raw` is packed, as `.raw.tar.gz`, if the target's name says so.
    """
    layers = tuple(path.resolve() for path in chain(source))
    disk = header(source).size
    pack = target.name.endswith(".tar.gz")
    with _unfinished(target) as folder:
        steps = _Steps(progress)
        driver = WRITTEN[wanted]
        options = ("-o", OPTIONS[driver]) if driver in OPTIONS else ()
        command = ("-f", "qcow2", "-O", driver, *options, str(layers[0]), RESULT)
        _qemu_img(command, folder, layers, bounds, disk, steps, until=50 if pack else 100)
        made = folder / RESULT
        if pack:
            done = folder / UNPACKED
            packed.pack(made, target.name.removesuffix(".tar.gz"), done, steps.part(50, 100, disk))
            made = done
        return _finish(made, target, disk)


def _qemu_img(
    command: tuple[str, ...],
    folder: Path,
    readable: tuple[Path, ...],
    bounds: Bounds,
    room: int,
    steps: "_Steps",
    until: int = 100,
) -> None:
    """Run one conversion to its end, or refuse what it fails on."""
    words = (program("qemu-img", "qemu-utils"), "convert", "-p", *command)
    limits = Limits(memory=bounds.memory, seconds=bounds.seconds, file_size=room + room // 512 + (16 << 20))
    try:
        ended = run(
            words,
            folder=folder,
            readable=[path.resolve() for path in readable],
            limits=limits,
            heard=steps.spoken(until),
        )
    except TooLong as error:
        raise Refused(f"Reading the file takes longer than {bounds.seconds:g} seconds.") from error
    if ended.status == 0:
        return
    if "No space left on device" in ended.complaint:
        raise OSError(ENOSPC, os.strerror(ENOSPC), str(folder))
    if ended.wrote_too_much:
        raise Refused("The file unpacks to far more than it has.")
    if ended.took_too_long:
        raise Refused(f"Reading the file takes longer than {bounds.seconds:g} seconds.")
    last = (ended.complaint.strip().splitlines() or [f"qemu-img ended with {ended.status}"])[-1]
    raise Refused(f"The file can't be read: {last.removeprefix('qemu-img: ')}.")


class _Steps:
    """Tells how far the whole is, by how far its parts are; never less than before."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._told = progress, -1

    def tell(self, percent: int) -> None:
        """Say it, if it is news."""
        if percent > self._told and self._progress is not None:
            self._told = percent
            self._progress(percent)

    def part(self, start: int, end: int, size: int) -> Callable[[int], None]:
        """Tell of a part by how much of its size is done."""
        return lambda done: self.tell(start + (end - start) * done // max(1, size))

    def spoken(self, end: int) -> Callable[[bytes], None]:
        """Tell of a part, from where we are, by what `qemu-img -p` prints: `(12.34/100%)`."""
        tell = self.part(max(0, self._told), end, 10_000)

        def heard(output: bytes) -> None:
            percents = output.rpartition(b"(")[2].partition(b"/")
            if percents[1] and percents[0].replace(b".", b"", 1).isdigit():
                tell(round(100 * float(percents[0])))

        return heard


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A folder beside the target for what isn't finished; gone at the end."""
    folder = Path(tempfile.mkdtemp(PART, f".{target.name}.", target.parent)).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _finish(made: Path, target: Path, disk: int) -> Converted:
    """Let a file appear under its name once it is on the medium."""
    settled(made, target)
    return Converted(disk, target.stat().st_size)
