"""Doing what jobs say, with files and machines. A job that was done already can be done again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from localyun.compute.interface import DiskObject
from localyun.compute.qemu.conversion import Progress
from localyun.compute.qemu.disks import DiskStore
from localyun.compute.qemu.folders import SUFFIX, linked
from localyun.compute.qemu.system_images import SystemImages
from localyun.compute.qemu.transfers import bring_in, take_out
from localyun.model.disk_files import GIB
from localyun.model.jobs import File, Job, Work
from localyun.objects.interface import Objects


class Unanswered(Exception):
    """A machine doesn't say what its disks are written to: what was begun can be neither ended nor undone."""


class Machines(Protocol):
    """The machines of instances, by their ids. What isn't running is told nothing."""

    def is_running(self, instance: str) -> bool:
        """Whether an instance's machine runs."""

    def start(self, instance: str) -> None:
        """Build an instance's machine and start it, unless it runs."""

    def shut_down(self, instance: str) -> None:
        """Press the power button and wait; pull the plug in the end."""

    def kill(self, instance: str) -> None:
        """Pull the plug."""

    def remove(self, instance: str) -> None:
        """Pull the plug, and forget the machine."""

    def attach(self, instance: str, disk: str, path: Path, key: str) -> None:
        """Plug in a disk, unless it is."""

    def detach(self, instance: str, disk: str) -> None:
        """Unplug a disk, if it is plugged in."""

    def grow(self, instance: str, disk: str, size: int) -> None:
        """Make a disk larger."""

    def write_to(self, instance: str, layers: dict[str, tuple[Path, str]]) -> None:
        """Let disks go on in new layers, all at the same moment, but for those that do already.

        Raises `Unanswered` if nobody knows which they are in.
        """

    def forward(self, instance: str) -> None:
        """Have what reaches the instance follow its address and its security groups."""


class Execution:
    """Does jobs."""

    def __init__(
        self, disks: DiskStore, system_images: SystemImages, machines: Machines, objects: Objects
    ) -> None:
        """Work on these files, machines and objects."""
        self._objects = objects
        self._disks = disks
        self._root = disks.folders.root
        self._system_images = system_images
        self._machines = machines

    def do(self, jobs: Sequence[Job], progress: Progress) -> None:
        """Do a job, or several that freeze disks of one instance. Raises whatever comes in the way.

        `progress` is told how far an import or export is, and ends it by what it raises.
        """
        work, instance = jobs[0].work, jobs[0].instance
        files = [file for job in jobs for file in job.files]
        if work is Work.FREEZE:
            self._freeze(files, instance)
        elif files:
            for number, file in enumerate(files):
                told = _part(number, len(files), progress)
                self._do(work, file, instance, told)
        else:
            self._drive(work, instance)

    def _do(self, work: Work, file: File, instance: str, progress: Progress) -> None:
        """Do something with one file."""
        target = self._root / file.target
        disk = target.name.removesuffix(SUFFIX)
        running = bool(instance) and self._machines.is_running(instance)
        match work:
            case Work.MAKE:
                self._disks.make(
                    target,
                    file.size * GIB,
                    key=file.key,
                    source=self._source(file),
                    source_key=file.source_key,
                )
            case Work.COPY:
                self._copy(file, target)
            case Work.IMPORT if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                largest = file.size * GIB
                bring_in(self._objects, _object(file), target, largest=largest, progress=progress)
            case Work.EXPORT:
                take_out(self._objects, target, _object(file), target.parent, progress=progress)
            case Work.LINK:
                linked(self._root / file.source, target)
            case Work.GROW if running:
                self._machines.grow(instance, disk, file.size * GIB)
            case Work.GROW:
                self._disks.grow(target, file.size * GIB, file.key)
            case Work.REMOVE:
                self._disks.remove(target)
            case Work.ATTACH if running:
                self._machines.attach(instance, disk, target, file.key)
            case Work.DETACH if running:
                self._machines.detach(instance, disk)

    def _drive(self, work: Work, instance: str) -> None:
        """Do something with an instance's machine."""
        match work:
            case Work.START:
                self._machines.start(instance)
            case Work.REBOOT:
                self._machines.kill(instance)
                self._machines.start(instance)
            case Work.STOP:
                self._machines.shut_down(instance)
            case Work.KILL:
                self._machines.kill(instance)
            case Work.DELETE:
                self._machines.remove(instance)
            case Work.FORWARD:
                self._machines.forward(instance)

    def _source(self, file: File) -> Path | None:
        """Return what a disk is made of; a system image is read when that is first asked for."""
        if not file.source:
            return None
        source = self._root / file.source
        if not source.exists():
            self._system_images.provide(source)
        return source

    def _copy(self, file: File, target: Path) -> None:
        """Copy a file unless it is there; within a region what doesn't change needs no copy."""
        source = self._root / file.source
        same = source.parent.parent == target.parent.parent and file.source_key == file.key
        if same:
            linked(source, target)
        elif not target.exists():
            self._disks.copy(source, target, key=file.key, source_key=file.source_key)
        if file.snapshot:
            linked(target, self._root / file.snapshot)

    def _freeze(self, files: Sequence[File], instance: str) -> None:
        """Keep what is on disks, all of the same moment if a machine writes to them."""
        running = bool(instance) and self._machines.is_running(instance)
        begun: list[tuple[Path, Path, Path]] = []
        layers: dict[str, tuple[Path, str]] = {}
        try:
            for file in files:
                disk, snapshot = self._root / file.source, self._root / file.target
                if overlay := self._disks.begin_freeze(disk, snapshot, file.key, at_rest=not running):
                    begun.append((disk, snapshot, overlay))
                    layers[disk.name.removesuffix(SUFFIX)] = overlay, file.key
            if running and layers:
                self._machines.write_to(instance, layers)
        except Unanswered:
            raise
        except Exception:
            for disk, snapshot, overlay in begun:
                self._disks.cancel_freeze(disk, snapshot, overlay)
            raise
        for disk, _, overlay in begun:
            self._disks.end_freeze(disk, overlay)


def _part(number: int, count: int, progress: Progress) -> Progress:
    """Tell of a whole by one of its parts."""
    return lambda percent: progress((100 * number + percent) // count)


def _object(file: File) -> DiskObject:
    return DiskObject(file.bucket, file.name, file.format)
