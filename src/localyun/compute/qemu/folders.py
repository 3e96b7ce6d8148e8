"""Where the files of real disks lie, and writing them so that a crash leaves all of one or nothing."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from localyun.files import PART, settled, synced
from localyun.model.images import DiskMapping

SUFFIX = ".qcow2"
RESERVE = 256 << 20
"""How many bytes stay free on the disk, whatever is written."""


class NoSpace(Exception):
    """There is too little space left for what is to be written."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The folder of all that is real: disks by region, system images, machines."""

    root: Path

    @property
    def machines(self) -> Path:
        """A folder for each machine that runs or ran."""
        return self.root / "machines"

    def disk(self, region: str, id: str) -> Path:
        """What a disk is written to."""
        return self.root / region / "disks" / f"{id}{SUFFIX}"

    def snapshot(self, region: str, id: str) -> Path:
        """What a snapshot has kept."""
        return self.root / region / "snapshots" / f"{id}{SUFFIX}"

    def image(self, region: str, id: str, device: str) -> Path:
        """One disk of an image, such as `/dev/xvda`."""
        return self.root / region / "images" / f"{id}-{device.rpartition('/')[2]}{SUFFIX}"

    def images(self, region: str, id: str, disks: tuple[DiskMapping, ...]) -> tuple[Path, ...]:
        """All disks of an image."""
        return tuple(self.image(region, id, disk.device) for disk in disks)

    def all(self) -> Iterator[Path]:
        """Every file of a disk, a snapshot or an image, also what is left of unfinished ones."""
        for kind in ("disks", "snapshots", "images"):
            yield from self.root.glob(f"*/{kind}/*")

    def tidy(self) -> list[Path]:
        """Remove what was being written when a server ended; return what that was."""
        left = [path for path in self.all() if path.name.endswith(PART)]
        for path in left:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return left


def check_space(folder: Path, size: int) -> None:
    """Refuse to write so many bytes into a folder unless they, and a reserve, are free."""
    free = shutil.disk_usage(folder).free
    if free < size + RESERVE:
        raise NoSpace(f"{size >> 20} MiB are needed in {folder}, {max(0, free - RESERVE) >> 20} are free")


@contextmanager
def written(target: Path, size: int = 0) -> Iterator[Path]:
    """Give a name to write a file under, which becomes `target` at the end, all of it or not at all.

    Raises `NoSpace` before, if it hasn't `size` bytes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    check_space(target.parent, size)
    part = target.with_name(target.name + PART)
    try:
        yield part
        settled(part, target)
    finally:
        part.unlink(missing_ok=True)


def linked(source: Path, target: Path) -> None:
    """Give a file a second name, for good; it may have it already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.link(source, target)
        synced(target.parent)
