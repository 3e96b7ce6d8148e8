"""Disks between object storage and files of ours."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localyun.compute.interface import DiskObject
from localyun.compute.qemu.conversion import Bounds, Converted, Progress, convert, export
from localyun.files import PART
from localyun.objects.interface import Heard, Objects


def bring_in(
    objects: Objects,
    file: DiskObject,
    target: Path,
    *,
    largest: int,
    progress: Progress = lambda percent: None,
) -> Converted:
    """Make a qcow2 file of an object. `largest` is the most that its disk may be, in bytes.

    `progress` may be told 0 for a while, in which the object is fetched. Raises what `convert` does, and
    `ObjectsUnavailable`.
    """
    with _scratch(target.parent) as scratch:
        source = objects.local(file.bucket, file.name, scratch, lambda done: progress(0))
        return convert(source, file.format, target, bounds=Bounds(virtual_size=largest), progress=progress)


def take_out(
    objects: Objects,
    source: Path,
    file: DiskObject,
    folder: Path,
    *,
    progress: Progress = lambda percent: None,
) -> Converted:
    """Make an object of a qcow2 file; `folder` needs room for it meanwhile.

    Raises what `export` does, and `ObjectsUnavailable`.
    """
    with _scratch(folder) as scratch:
        made = scratch / Path(file.name).name
        exported = export(source, file.format, made, progress=lambda percent: progress(percent // 2))
        objects.keep(file.bucket, file.name, made, _second_half(exported.file_size, progress))
        return exported


def _second_half(size: int, progress: Progress) -> Heard:
    return lambda done: progress(50 + 50 * done // max(1, size))


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """A folder for what is needed for a moment."""
    folder = Path(tempfile.mkdtemp(PART, ".transfer.", parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
