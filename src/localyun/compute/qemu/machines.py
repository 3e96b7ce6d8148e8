"""The machines of instances: built of what the records say, found again by whoever looks after them."""

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from localyun import catalogue
from localyun.clock import Clock
from localyun.compute.qemu.driver import key_of
from localyun.compute.qemu.execution import Unanswered
from localyun.compute.qemu.folders import Folders
from localyun.compute.qemu.machine import Drive, Failed, Layer, Machine, MachineSpec
from localyun.compute.qemu.metadata import Metadata
from localyun.compute.qemu.network import Forward, forwards, lowest_port
from localyun.compute.qemu.qcow2 import chain
from localyun.model import Disk, Eip, Instance, Job, KeyPair, Phase, SecurityGroup, Vpc, VSwitch
from localyun.model.instances import RUNNING, STOPPED, SYSTEM
from localyun.store.interface import Store, Transaction

log = logging.getLogger("localyun")

SECONDS_TO_SHUT_DOWN = 30.0
"""How long a guest has to end by itself when its power button is pressed."""


class RealMachines:
    """Machines that run in QEMU, one for each instance that runs."""

    def __init__(
        self,
        folders: Folders,
        secret: Callable[[str], bytes],
        store: Store,
        clock: Clock,
        seconds_to_shut_down: float = SECONDS_TO_SHUT_DOWN,
    ) -> None:
        """Keep each in a folder of its own; `secret` opens disks that are encrypted with a key."""
        self._folders = folders
        self._secret = secret
        self._store = store
        self._clock = clock
        self._seconds_to_shut_down = seconds_to_shut_down
        self._forwarded: dict[str, frozenset[Forward]] = {}

    def machine(self, instance: str) -> Machine:
        """Return an instance's machine, whether there is one or not."""
        return Machine(self._folders.machines / instance)

    def is_running(self, instance: str) -> bool:
        """Whether there is a process."""
        return self.machine(instance).running

    def start(self, instance: str) -> None:
        """Build an instance's machine of its records and start it, unless it runs or the instance is gone."""
        machine = self.machine(instance)
        if machine.running:
            return
        with self._store.reading(self._clock.wall()) as tx:
            record = tx.get(Instance, instance)
            if record is None:
                return
            disks = tx.find(Disk, instance=instance)
            metadata, leading = _metadata(tx, record), _forwards(tx, record)
        kind = catalogue.instance_type(record.instance_type)
        machine.write_metadata(metadata)
        refused = machine.start(
            MachineSpec(
                id=instance,
                memory=round(1024 * (kind.memory_size if kind else 1)),
                cpus=min(kind.cpu_core_count if kind else 1, os.cpu_count() or 1),
                drives=tuple(
                    self._drive(
                        disk.id, self._folders.disk(disk.region, disk.id), key_of(disk), disk.serial_number
                    )
                    for disk in sorted(disks, key=lambda one: (one.kind != SYSTEM, one.device))
                ),
                mac=record.mac_address,
                serial_number=record.serial_number,
            ),
            leading,
        )
        self._note(instance, leading, refused)

    def shut_down(self, instance: str) -> None:
        """Press the power button, and pull the plug if that doesn't help in time."""
        self.machine(instance).shutdown(self._seconds_to_shut_down)

    def kill(self, instance: str) -> None:
        """Pull the plug."""
        self.machine(instance).kill()

    def remove(self, instance: str) -> None:
        """Pull the plug, and forget the machine."""
        self._forwarded.pop(instance, None)
        self.machine(instance).remove()

    def attach(self, instance: str, disk: str, path: Path, key: str) -> None:
        """Plug in a disk, unless it is."""
        machine = self.machine(instance)
        if disk not in machine.files():
            machine.attach(self._drive(disk, path, key, ""))

    def detach(self, instance: str, disk: str) -> None:
        """Unplug a disk, if it is plugged in; an instance that is deleted needn't agree to it."""
        machine = self.machine(instance)
        with self._store.reading(self._clock.wall()) as tx:
            gone = tx.get(Instance, instance) is None
        if gone:
            machine.kill()
        elif disk in machine.files():
            machine.detach(disk)

    def grow(self, instance: str, disk: str, size: int) -> None:
        """Make a disk larger."""
        self.machine(instance).resize(disk, size)

    def write_to(self, instance: str, layers: Mapping[str, tuple[Path, str]]) -> None:
        """Let disks go on in new layers, but for those that do already.

        Whether they do is asked of the machine, also when it didn't answer: what is written must be found.
        """
        machine = self.machine(instance)
        present = _files(machine)
        wanted = {
            disk: Layer(path, self._secret(key) if key else None)
            for disk, (path, key) in layers.items()
            if present.get(disk) != path
        }
        if not wanted:
            return
        try:
            machine.snapshot(wanted)
        except Failed:
            present = _files(machine)
            if any(present.get(disk) != layer.path for disk, layer in wanted.items()):
                raise

    def forward(self, instance: str) -> None:
        """Have what reaches the instance follow its address and its security groups."""
        machine = self.machine(instance)
        if not machine.running:
            return
        with self._store.reading(self._clock.wall()) as tx:
            record = tx.get(Instance, instance)
            if record is None:
                return
            metadata, leading = _metadata(tx, record), _forwards(tx, record)
        machine.write_metadata(metadata)
        self._note(instance, leading, machine.forward(leading))

    def look_after(self) -> None:
        """Say that instances are stopped whose machines went off by themselves; follow changed rules."""
        with self._store.reading(self._clock.wall()) as tx:
            now = self._clock.now()
            running = [one for one in tx.find(Instance) if one.phase.at(now) == RUNNING]
            leading = {one.id: _forwards(tx, one) for one in running}
        for id, wanted in leading.items():
            if not self.is_running(id):
                self._say_stopped(id)
            elif self._forwarded.get(id) != wanted:
                self.forward(id)

    def _say_stopped(self, id: str) -> None:
        with self._store.writing(self._clock.wall()) as tx:
            record = tx.get(Instance, id)
            busy = any(id in job.touches for job in tx.find(Job))
            if record and not busy and record.phase.at(self._clock.now()) == RUNNING:
                log.warning("%s went off by itself", id)
                tx.put(replace(record, phase=Phase(STOPPED, ends_at=self._clock.now())))

    def _drive(self, disk: str, path: Path, key: str, serial: str) -> Drive:
        """Say how a disk is opened: encrypted layers one by one, others follow from the first."""
        if not key:
            return Drive(disk, (Layer(path),), serial)
        return Drive(disk, tuple(Layer(layer, self._secret(key)) for layer in chain(path)), serial)

    def _note(self, instance: str, leading: frozenset[Forward], refused: frozenset[Forward]) -> None:
        self._forwarded[instance] = leading
        for one in sorted(refused):
            log.warning("port %s of %s can't be opened for %s", one.port, one.address, instance)


def _files(machine: Machine) -> dict[str, Path]:
    """What each disk is written to. Raises `Unanswered` if the machine doesn't say."""
    try:
        return machine.files()
    except Failed as problem:
        raise Unanswered(
            f"{machine.folder.name} doesn't say what its disks are written to ({problem}) "
            "Kill its QEMU if that lasts."
        ) from problem


def _metadata(tx: Transaction, instance: Instance) -> Metadata:
    """What the guest can ask about itself."""
    pairs = tx.find(KeyPair, owner=instance.owner, region=instance.region, name=instance.key_pair)
    return Metadata.of(
        instance,
        public_keys=[pair.public_key for pair in pairs] if instance.key_pair else [],
        public_address=_address(tx, instance),
        vpc=tx.get(Vpc, instance.vpc),
        vswitch=tx.get(VSwitch, instance.vswitch),
    )


def _forwards(tx: Transaction, instance: Instance) -> frozenset[Forward]:
    """What leads to a machine."""
    groups = [group for id in instance.security_groups if (group := tx.get(SecurityGroup, id))]
    return forwards(groups, _address(tx, instance), instance.private_ip, lowest_port=lowest_port())


def _address(tx: Transaction, instance: Instance) -> str:
    """The address by which an instance is reached: an elastic one, or its own."""
    elastic = tx.find(Eip, instance=instance.id)
    return elastic[0].ip_address if elastic else instance.public_ip
