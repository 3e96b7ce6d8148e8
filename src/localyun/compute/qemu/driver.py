"""Compute with machines, as the operations see it: what they ask for is written down as jobs.

Nothing is done before the transaction of the call is kept, nor if it isn't; `worker` does it then, and says
when it is done. Until then everything is under way.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import ClassVar

from localyun.clock import Instant
from localyun.compute.interface import DiskObject
from localyun.compute.qemu.folders import Folders
from localyun.compute.qemu.machine import Machine
from localyun.compute.qemu.qmp import Failed
from localyun.compute.qemu.system_images import SystemImages
from localyun.compute.simulated import SimulatedCompute
from localyun.model import LAYOUTS, Disk, Eip, Image, Instance, Job, Phase, Record, Snapshot, Vpc, VSwitch
from localyun.model import eips as eip
from localyun.model import images as image
from localyun.model import instances as instance
from localyun.model.addresses import LOOPBACK
from localyun.model.images import DiskMapping
from localyun.model.instances import SYSTEM
from localyun.model.jobs import File, Work, job_id
from localyun.model.record import OPEN
from localyun.store.interface import Transaction


def key_of(thing: Disk | Snapshot | DiskMapping) -> str:
    """Return the name of what something is encrypted with, nothing if it isn't."""
    return thing.kms_key if thing.encrypted else ""


@dataclass(frozen=True)
class QemuCompute:
    """Disks below a folder, and machines that run in QEMU, `most` at once."""

    folders: Folders
    system_images: SystemImages
    most: int
    networks: SimulatedCompute = field(default_factory=SimulatedCompute)
    """Carries out what isn't real."""
    woken: threading.Event = field(default_factory=threading.Event)
    """Set when there may soon be something to do."""
    progress: dict[str, int] = field(default_factory=dict)
    """How far the images are, by their ids and in percent, that are imported or exported in this process."""

    keeps_content: ClassVar[bool] = True

    def within(self, tx: Transaction) -> "Bound":
        """Return what writes jobs in a transaction."""
        return Bound(self, tx)


class Bound:
    """The driver in one transaction."""

    internet: IPv4Network = LOOPBACK

    def __init__(self, driver: QemuCompute, tx: Transaction) -> None:
        """Write jobs into this transaction."""
        self._driver = driver
        self._folders = driver.folders
        self._tx = tx

    def has_contents(self, image_: Image) -> bool:
        """Custom images have; system images if the operator gave them; those for sale never."""
        if not (image_.is_published or image_.is_for_sale):
            return True
        there = self._driver.system_images.has(image_.region, image_.id)
        if not there:
            self._driver.system_images.say_what_is_missing(image_.id)
        return there

    def machines_left(self) -> int:
        """Those that are to run count, whatever they do at the moment."""
        running = sum(one.phase.after == instance.RUNNING for one in self._tx.find(Instance))
        return max(0, self._driver.most - running)

    def progress(self, id: str) -> int:
        """As the worker tells, which may be another process."""
        return self._driver.progress.get(id, 0)

    def create_image(self, image_: Image, now: Instant) -> Phase:
        """Link its snapshots, which don't change; a disk without one is empty."""
        files = [
            File(
                target=self._name(self._folders.image(image_.region, image_.id, disk.device)),
                source=self._snapshot(image_.region, disk.snapshot),
                size=disk.size,
            )
            for disk in image_.disks
        ]
        linked = [file for file in files if file.source]
        self._job(Work.MAKE, now, image_, files=[file for file in files if not file.source])
        self._job(Work.LINK, now, image_, files=linked, touches=image_.snapshots)
        return Phase(image.AVAILABLE, image.CREATING, OPEN)

    def copy_image(self, source: Image, image_: Image, now: Instant) -> Phase:
        """Copy its disks, which become those of the copy's snapshots, too."""
        there = {disk.device: disk for disk in source.disks}
        files = [
            File(
                target=self._name(self._folders.image(image_.region, image_.id, disk.device)),
                key=key_of(disk),
                source=self._name(self._folders.image(source.region, source.id, disk.device)),
                source_key=key_of(there[disk.device]),
                snapshot=self._snapshot(image_.region, disk.snapshot),
            )
            for disk in image_.disks
        ]
        self._job(Work.COPY, now, image_, files=files, touches=image_.snapshots)
        return Phase(image.AVAILABLE, image.CREATING, OPEN)

    def import_image(self, image_: Image, objects: Sequence[DiskObject], now: Instant) -> Phase:
        """Creating, until its objects are read."""
        self._job(Work.IMPORT, now, image_, files=self._objects(image_, objects))
        return Phase(image.AVAILABLE, image.CREATING, OPEN)

    def export_image(self, image_: Image, objects: Sequence[DiskObject], now: Instant) -> Phase:
        """Available all the time; being written until its objects are."""
        self._job(Work.EXPORT, now, image_, files=self._objects(image_, objects))
        return Phase(image.AVAILABLE, image.AVAILABLE, OPEN)

    def create_instance(self, instance_: Instance, disks: Sequence[Disk], now: Instant) -> Phase:
        """Pending, until all its disks are made."""
        files = [self._made(disk) for disk in disks]
        self._job(Work.MAKE, now, instance_, files=files, touches={disk.id for disk in disks})
        return Phase(instance.STOPPED, instance.PENDING, OPEN)

    def start_instance(self, instance_: Instance, now: Instant) -> Phase:
        """Starting, until the machine runs."""
        self._job(Work.START, now, instance_, instance_id=instance_.id)
        return Phase(instance.RUNNING, instance.STARTING, OPEN)

    def stop_instance(self, instance_: Instance, now: Instant, *, force: bool) -> Phase:
        """Stopping, until the machine is off: by its power button, or at once."""
        work = Work.KILL if force else Work.STOP
        self._job(work, now, instance_, instance_id=instance_.id)
        return Phase(instance.STOPPED, instance.STOPPING, OPEN)

    def reboot_instance(self, instance_: Instance, now: Instant, *, force: bool) -> Phase:
        """Starting, until the machine runs again."""
        if not force:
            self._job(Work.STOP, now, instance_, instance_id=instance_.id)
        self._job(Work.REBOOT, now, instance_, instance_id=instance_.id)
        return Phase(instance.RUNNING, instance.STARTING, OPEN)

    def delete_instance(self, instance_: Instance, now: Instant) -> None:
        """The machine goes, with all that it remembers."""
        self._job(Work.DELETE, now, None, instance_id=instance_.id)

    def create_disk(self, disk: Disk, now: Instant) -> Phase:
        """Creating, until it is made of its snapshot, or empty."""
        self._job(Work.MAKE, now, disk, files=[self._made(disk)])
        return Phase(instance.DISK_AVAILABLE, instance.DISK_CREATING, OPEN)

    def attach_disk(self, disk: Disk, instance_: Instance, device: str, now: Instant) -> Phase:
        """Attaching, until the machine has it, if it runs."""
        self._job(
            Work.ATTACH, now, disk, files=[self._file(disk)], instance_id=instance_.id, touches={instance_.id}
        )
        return Phase(instance.IN_USE, instance.ATTACHING, OPEN)

    def detach_disk(self, disk: Disk, instance_: Instance, now: Instant) -> Phase:
        """Detaching, until the machine has let go of it."""
        self._job(
            Work.DETACH, now, disk, files=[self._file(disk)], instance_id=instance_.id, touches={instance_.id}
        )
        return Phase(instance.DISK_AVAILABLE, instance.DETACHING, OPEN)

    def replace_disk(self, old: Disk, new: Disk, now: Instant) -> Phase:
        """In_use, as the other was: it is made before anything else is done to it."""
        self.delete_disk(old, now)
        if self._tx.get(Disk, new.id) is None:
            self._job(Work.MAKE, now, new, files=[self._made(new)], touches={new.instance})
        return Phase(instance.IN_USE)

    def resize_disk(self, disk: Disk, size: int, now: Instant) -> Phase:
        """All the time what it is."""
        file = File(target=self._disk(disk), size=size, key=key_of(disk))
        self._job(Work.GROW, now, disk, files=[file], instance_id=disk.instance)
        status = disk.phase.at(now)
        return Phase(status, status, OPEN)

    def delete_disk(self, disk: Disk, now: Instant) -> None:
        """What its snapshots hold stays."""
        self._job(Work.REMOVE, now, None, files=[self._file(disk)], touches={disk.id, disk.instance})

    def reinit_disk(self, disk: Disk, now: Instant) -> Phase:
        """ReIniting, until its layer is thrown away."""
        self._job(Work.MAKE, now, disk, files=[self._made(disk)], touches={disk.instance})
        return Phase(instance.IN_USE, instance.REINITING, OPEN)

    def reset_disk(self, disk: Disk, snapshot: Snapshot, now: Instant) -> Phase:
        """ReIniting, until it lies on the snapshot."""
        file = File(
            target=self._disk(disk),
            size=disk.size,
            key=key_of(disk),
            source=self._snapshot(snapshot.region, snapshot.id),
            source_key=key_of(snapshot),
        )
        self._job(Work.MAKE, now, disk, files=[file], touches={disk.instance})
        return Phase(disk.phase.at(now), instance.REINITING, OPEN)

    def create_snapshot(self, snapshot: Snapshot, now: Instant) -> Phase:
        """Progressing, until what is on the disk is kept, or the other snapshot copied."""
        target = self._snapshot(snapshot.region, snapshot.id)
        if snapshot.source:
            there = self._tx.get(Snapshot, snapshot.source)
            file = File(
                target=target,
                key=key_of(snapshot),
                source=self._snapshot(snapshot.source_region, snapshot.source),
                source_key=key_of(there) if there else "",
            )
            self._job(Work.COPY, now, snapshot, files=[file])
        else:
            disk = self._tx.get(Disk, snapshot.disk)
            place = disk.instance if disk else ""
            source = self._name(self._folders.disk(snapshot.region, snapshot.disk))
            file = File(target=target, source=source, key=key_of(snapshot))
            self._job(
                Work.FREEZE,
                now,
                snapshot,
                files=[file],
                instance_id=place,
                touches={snapshot.disk, place},
            )
        return Phase(instance.ACCOMPLISHED, instance.PROGRESSING, OPEN)

    def console_output(self, instance_: Instance) -> bytes:
        """What was written on its serial console, also before it was last started."""
        return Machine(self._folders.machines / instance_.id).console()

    def screenshot(self, instance_: Instance) -> bytes:
        """What its graphics card shows at this moment."""
        try:
            return Machine(self._folders.machines / instance_.id).screenshot()
        except (Failed, OSError):
            return b""

    def create_vpc(self, vpc: Vpc, now: Instant) -> Phase:
        """Networks are records: each machine has one of its own."""
        return self._driver.networks.create_vpc(vpc, now)

    def create_vswitch(self, vswitch: VSwitch, now: Instant) -> Phase:
        """So are their subnets."""
        return self._driver.networks.create_vswitch(vswitch, now)

    def associate_eip(self, eip_: Eip, instance_: Instance, now: Instant) -> Phase:
        """Associating, until it leads to the machine, if that runs."""
        self._job(Work.FORWARD, now, eip_, instance_id=instance_.id)
        return Phase(eip.INUSE, eip.ASSOCIATING, OPEN)

    def unassociate_eip(self, eip_: Eip, instance_: Instance, now: Instant) -> Phase:
        """Unassociating, until it leads nowhere."""
        self._job(Work.FORWARD, now, eip_, instance_id=instance_.id)
        return Phase(eip.AVAILABLE, eip.UNASSOCIATING, OPEN)

    def _job(
        self,
        work: Work,
        now: Instant,
        subject: Image | Instance | Disk | Snapshot | Eip | None,
        *,
        files: Sequence[File] = (),
        instance_id: str = "",
        touches: set[str] | frozenset[str] = frozenset(),
    ) -> None:
        """Write a job, unless it is about no file and no instance."""
        if not (files or instance_id):
            return
        last = self._tx.find(Job, order="id", descending=True, limit=1)
        number = int(last[0].id) + 1 if last else 1
        ids = {*touches, instance_id, subject.id if subject else ""} - {""}
        self._tx.put(
            Job(
                id=job_id(number),
                work=work,
                touches=frozenset(ids),
                asked_at=now,
                files=tuple(files),
                instance=instance_id,
                kind=LAYOUTS[type(subject)].table if subject else "",
                subject=subject.id if subject else "",
            )
        )
        self._driver.woken.set()

    def _objects(self, image_: Image, objects: Sequence[DiskObject]) -> list[File]:
        """Say which disk of an image is in which object."""
        return [
            File(
                target=self._name(self._folders.image(image_.region, image_.id, disk.device)),
                size=disk.size,
                key=key_of(disk),
                bucket=file.bucket,
                name=file.name,
                format=file.format,
            )
            for disk, file in zip(image_.disks, objects, strict=True)
        ]

    def _made(self, disk: Disk) -> File:
        """Say how a disk is made: of its image, its snapshot, or empty."""
        file = self._file(disk)
        image_ = self._tx.get(Image, disk.image) if disk.image else None
        mapping = next((one for one in image_.disks if one.device == disk.device), None) if image_ else None
        if disk.image and (disk.kind == SYSTEM or (mapping and mapping.snapshot == disk.snapshot)):
            source = self._folders.image(disk.region, disk.image, disk.device)
            source_key = key_of(mapping) if mapping else ""
        elif disk.snapshot:
            source = self._folders.snapshot(disk.region, disk.snapshot)
            snapshot = self._tx.get(Snapshot, disk.snapshot)
            source_key = key_of(snapshot) if snapshot else ""
        else:
            return file
        return File(
            target=file.target,
            size=file.size,
            key=file.key,
            source=self._name(source),
            source_key=source_key,
        )

    def _file(self, disk: Disk) -> File:
        return File(target=self._disk(disk), size=disk.size, key=key_of(disk))

    def _disk(self, disk: Disk) -> str:
        return self._name(self._folders.disk(disk.region, disk.id))

    def _snapshot(self, region: str, id: str) -> str:
        return self._name(self._folders.snapshot(region, id)) if id else ""

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._folders.root))


KINDS: dict[str, type[Record]] = {
    LAYOUTS[kind].table: kind for kind in (Image, Instance, Disk, Snapshot, Eip)
}
"""Whose status a job changes, by its table."""
