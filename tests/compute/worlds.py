"""Worlds with real disks: what was asked for is done when the time is turned, in the same process."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localyun import catalogue
from localyun.compute.qemu import tool
from localyun.compute.qemu.disks import DiskStore
from localyun.compute.qemu.driver import QemuCompute, key_of
from localyun.compute.qemu.execution import Execution, Unanswered
from localyun.compute.qemu.folders import Folders
from localyun.compute.qemu.system_images import SystemImages
from localyun.compute.qemu.worker import Worker
from localyun.model import Disk, Image, Record, Snapshot
from localyun.model.disk_files import GIB
from localyun.model.images import DiskMapping
from tests.people import World


@dataclass
class PaperMachines:
    """Machines of which it is only written down what was done to them."""

    running: set[str] = field(default_factory=set)
    told: list[tuple[Any, ...]] = field(default_factory=list)
    silent: bool = False
    """Whether no machine says which layers it writes to."""

    def is_running(self, instance: str) -> bool:
        """Whether it was started last."""
        return instance in self.running

    def start(self, instance: str) -> None:
        """Write it down."""
        self.running.add(instance)
        self.told.append(("start", instance))

    def shut_down(self, instance: str) -> None:
        """Write it down."""
        self.running.discard(instance)
        self.told.append(("shut down", instance))

    def kill(self, instance: str) -> None:
        """Write it down."""
        self.running.discard(instance)
        self.told.append(("kill", instance))

    def remove(self, instance: str) -> None:
        """Write it down."""
        self.running.discard(instance)
        self.told.append(("remove", instance))

    def attach(self, instance: str, disk: str, path: Path, key: str) -> None:
        """Write it down."""
        self.told.append(("attach", instance, disk))

    def detach(self, instance: str, disk: str) -> None:
        """Write it down."""
        self.told.append(("detach", instance, disk))

    def grow(self, instance: str, disk: str, size: int) -> None:
        """Write it down."""
        self.told.append(("grow", instance, disk, size))

    def write_to(self, instance: str, layers: dict[str, tuple[Path, str]]) -> None:
        """Write it down."""
        self.told.append(("write to", instance, sorted(layers)))
        if self.silent:
            raise Unanswered(instance)

    def forward(self, instance: str) -> None:
        """Write it down."""
        self.told.append(("forward", instance))


@dataclass
class RealDisks:
    """What a world keeps on disk."""

    folders: Folders
    machines: PaperMachines
    worker: Worker
    disks: DiskStore

    def catch_up(self) -> None:
        """Do what was asked for."""
        self.worker.drain()

    def fill(self, records: Iterable[Record]) -> None:
        """Give records that were put into the world past the API something to stand for."""
        for record in records:
            if isinstance(record, Disk):
                self._make(self.folders.disk(record.region, record.id), record)
            elif isinstance(record, Snapshot):
                self._make(self.folders.snapshot(record.region, record.id), record)
            elif isinstance(record, Image):
                for disk in record.disks:
                    self._make(self.folders.image(record.region, record.id, disk.device), disk)

    def _make(self, path: Path, thing: Disk | Snapshot | DiskMapping) -> None:
        if not path.exists():
            self.disks.make(path, thing.size * GIB, key=key_of(thing))


def blank(source: Path, file_format: str, target: Path) -> None:
    """Stand for reading a system image's file: take it as it is."""
    target.write_bytes(source.read_bytes())


def give_system_images(folder: Path) -> None:
    """Put a small file where each system image is looked for."""
    folder.mkdir(parents=True)
    first = folder / "first"
    tool.run("create", "-q", "-f", "qcow2", str(first), "1M")
    for image in catalogue.system_images():
        (folder / f"{image.id}.qcow2").hardlink_to(first)
    first.unlink()


def with_real_disks(world: World, root: Path, most: int = 1000) -> RealDisks:
    """Return the disks of a world, made for it now."""
    give_system_images(root / "given")
    folders = Folders(root / "compute")
    system_images = SystemImages(root / "given", folders, blank)
    driver = QemuCompute(folders, system_images, most)
    disks = DiskStore(folders, lambda key: key.encode())
    machines = PaperMachines()
    settle = world.app.settled
    worker = Worker(
        driver,
        disks,
        Execution(disks, system_images, machines, world.app.objects),
        world.app.store,
        world.clock,
        settle,
    )
    world.app.__dict__["compute"] = driver
    world.real = RealDisks(folders, machines, worker, disks)
    return world.real
