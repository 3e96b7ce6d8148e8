"""Compute with machines, put together: a driver, and who does what it writes down."""

import hmac
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import ClassVar

from localyun import catalogue
from localyun.clock import Clock
from localyun.compute.qemu.disks import DiskStore
from localyun.compute.qemu.driver import QemuCompute
from localyun.compute.qemu.execution import Execution
from localyun.compute.qemu.folders import Folders
from localyun.compute.qemu.machine import Machine
from localyun.compute.qemu.machines import RealMachines
from localyun.compute.qemu.system_images import SystemImages
from localyun.compute.qemu.worker import Settle, Worker
from localyun.compute.simulated import SimulatedCompute
from localyun.files import settled
from localyun.model.standing import Feature
from localyun.objects.interface import Objects
from localyun.store.interface import Store

GIVEN = "system"
"""The folder of system images, unless another one is named."""


@dataclass(frozen=True, kw_only=True)
class Real:
    """What `--compute qemu` runs on."""

    driver: QemuCompute
    machines: RealMachines
    worker: Worker
    without: ClassVar[frozenset[tuple[Feature, str]]] = frozenset(
        (Feature.MULTI_ATTACH, place)
        for region in catalogue.regions()
        for place in (region.id, *(zone.id for zone in region.zones))
    )
    """What no place has: a file is one machine's at a time."""


def assemble(
    root: Path,
    *,
    store: Store,
    clock: Clock,
    objects: Objects,
    settle: Settle,
    system_images: Path | None = None,
    most: int = 0,
    time_scale: float = 1.0,
) -> Real:
    """Put together what keeps its files below `root` and runs `most` machines at once; 0 is what fits."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folders, secrets = Folders(root), Secrets(root / "secret")
    given = SystemImages(system_images or root / GIVEN, folders)
    driver = QemuCompute(folders, given, most or fitting(), SimulatedCompute(time_scale))
    disks = DiskStore(folders, secrets.of)
    machines = RealMachines(folders, secrets.of, store, clock)
    execution = Execution(disks, given, machines, objects)
    worker = Worker(driver, disks, execution, store, clock, settle, machines.look_after)
    return Real(driver=driver, machines=machines, worker=worker)


class Secrets:
    """What encrypts disks: of each KMS key, by its name, another one, and of each installation."""

    def __init__(self, path: Path) -> None:
        """Keep the installation's own in a file that only its owner can read."""
        self._path = path

    def of(self, key: str) -> bytes:
        """Return what encrypts with a key."""
        return hmac.digest(self._own(), key.encode(), "sha256").hex().encode()

    def _own(self) -> bytes:
        if not self._path.exists():
            new = self._path.with_name(f"{self._path.name}.new")
            new.unlink(missing_ok=True)
            new.touch(0o600, exist_ok=False)
            new.write_bytes(token_bytes(32))
            settled(new, self._path)
        return self._path.read_bytes()


def fitting() -> int:
    """How many machines fit on this one: two for each processor, as long as each has 2 GiB of memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(2 * (os.cpu_count() or 1), memory >> 31))


def remove_all(root: Path) -> int:
    """Pull the plug of every machine below a folder, and remove all disks; return how many there were.

    System images stay, as does the lock of a server that goes on.
    """
    machines = list(Machine.all(Folders(root).machines))
    for machine in machines:
        machine.remove()
    for left in root.iterdir() if root.is_dir() else ():
        if left.is_dir() and left.name != GIVEN:
            shutil.rmtree(left)
    return len(machines)
