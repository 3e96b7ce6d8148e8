"""Compute without machines: everything takes a moment, so that clients see the states in between."""

from collections.abc import Sequence

from localyun.clock import Instant
from localyun.compute.interface import DiskObject
from localyun.model import Disk, Eip, Image, Instance, Phase, Snapshot, Vpc, VSwitch
from localyun.model import eips as eip
from localyun.model import images as image
from localyun.model import instances as instance
from localyun.model import networks as network
from localyun.model.addresses import INTERNET
from localyun.store.interface import Transaction

_MILLISECONDS = {
    "create_image": 600,
    "copy_image": 800,
    "import_image": 1_500,
    "export_image": 1_500,
    "create_instance": 300,
    "start_instance": 400,
    "stop_instance": 300,
    "force_stop": 100,
    "reboot_instance": 500,
    "create_disk": 200,
    "attach_disk": 200,
    "detach_disk": 200,
    "resize_disk": 200,
    "reinit_disk": 300,
    "reset_disk": 300,
    "create_snapshot": 300,
    "create_vpc": 200,
    "create_vswitch": 200,
    "associate_eip": 200,
    "unassociate_eip": 200,
}


class SimulatedCompute:
    """Records that change their status by themselves. `time_scale` stretches or, at 0, removes every wait."""

    internet = INTERNET

    keeps_content = False

    def __init__(self, time_scale: float = 1.0) -> None:
        """Take `time_scale` times the usual moment for everything."""
        self._scale = time_scale

    def within(self, tx: Transaction) -> "SimulatedCompute":
        """Nothing is done but to records."""
        return self

    def has_contents(self, image_: Image) -> bool:
        """Nothing is in any image, and nothing is missed."""
        return True

    def machines_left(self) -> int | None:
        """No machine runs."""
        return None

    def progress(self, id: str) -> int:
        """Nothing: of everything the end is known."""
        return 0

    def create_image(self, image_: Image, now: Instant) -> Phase:
        """Creating, then Available."""
        return self._phase("create_image", image.CREATING, image.AVAILABLE, now)

    def copy_image(self, source: Image, image_: Image, now: Instant) -> Phase:
        """Creating, then Available."""
        return self._phase("copy_image", image.CREATING, image.AVAILABLE, now)

    def import_image(self, image_: Image, objects: Sequence[DiskObject], now: Instant) -> Phase:
        """Creating, then Available."""
        return self._phase("import_image", image.CREATING, image.AVAILABLE, now)

    def export_image(self, image_: Image, objects: Sequence[DiskObject], now: Instant) -> Phase:
        """Available all the time; being written until the phase ends."""
        return self._phase("export_image", image.AVAILABLE, image.AVAILABLE, now)

    def create_instance(self, instance_: Instance, disks: Sequence[Disk], now: Instant) -> Phase:
        """Pending, then Stopped."""
        return self._phase("create_instance", instance.PENDING, instance.STOPPED, now)

    def start_instance(self, instance_: Instance, now: Instant) -> Phase:
        """Starting, then Running."""
        return self._phase("start_instance", instance.STARTING, instance.RUNNING, now)

    def stop_instance(self, instance_: Instance, now: Instant, *, force: bool) -> Phase:
        """Stopping, then Stopped."""
        return self._phase(
            "force_stop" if force else "stop_instance", instance.STOPPING, instance.STOPPED, now
        )

    def reboot_instance(self, instance_: Instance, now: Instant, *, force: bool) -> Phase:
        """Starting, then Running again."""
        return self._phase("reboot_instance", instance.STARTING, instance.RUNNING, now)

    def delete_instance(self, instance_: Instance, now: Instant) -> None:
        """Nothing is left to be done."""

    def create_disk(self, disk: Disk, now: Instant) -> Phase:
        """Creating, then Available."""
        return self._phase("create_disk", instance.DISK_CREATING, instance.DISK_AVAILABLE, now)

    def attach_disk(self, disk: Disk, instance_: Instance, device: str, now: Instant) -> Phase:
        """Attaching, then In_use."""
        return self._phase("attach_disk", instance.ATTACHING, instance.IN_USE, now)

    def detach_disk(self, disk: Disk, instance_: Instance, now: Instant) -> Phase:
        """Detaching, then Available."""
        return self._phase("detach_disk", instance.DETACHING, instance.DISK_AVAILABLE, now)

    def replace_disk(self, old: Disk, new: Disk, now: Instant) -> Phase:
        """In_use, as the other was."""
        return Phase(instance.IN_USE)

    def resize_disk(self, disk: Disk, size: int, now: Instant) -> Phase:
        """All the time what it is."""
        status = disk.phase.at(now)
        return self._phase("resize_disk", status, status, now)

    def delete_disk(self, disk: Disk, now: Instant) -> None:
        """Nothing is left to be done."""

    def reinit_disk(self, disk: Disk, now: Instant) -> Phase:
        """ReIniting, then In_use again."""
        return self._phase("reinit_disk", instance.REINITING, instance.IN_USE, now)

    def reset_disk(self, disk: Disk, snapshot: Snapshot, now: Instant) -> Phase:
        """ReIniting, then what it was."""
        return self._phase("reset_disk", instance.REINITING, disk.phase.at(now), now)

    def create_snapshot(self, snapshot: Snapshot, now: Instant) -> Phase:
        """Progressing, then accomplished."""
        return self._phase("create_snapshot", instance.PROGRESSING, instance.ACCOMPLISHED, now)

    def console_output(self, instance_: Instance) -> None:
        """Nothing runs in an instance."""

    def screenshot(self, instance_: Instance) -> None:
        """Nothing has a screen."""

    def create_vpc(self, vpc: Vpc, now: Instant) -> Phase:
        """Pending, then Available."""
        return self._phase("create_vpc", network.PENDING, network.AVAILABLE, now)

    def create_vswitch(self, vswitch: VSwitch, now: Instant) -> Phase:
        """Pending, then Available."""
        return self._phase("create_vswitch", network.PENDING, network.AVAILABLE, now)

    def associate_eip(self, eip_: Eip, instance_: Instance, now: Instant) -> Phase:
        """Associating, then InUse."""
        return self._phase("associate_eip", eip.ASSOCIATING, eip.INUSE, now)

    def unassociate_eip(self, eip_: Eip, instance_: Instance, now: Instant) -> Phase:
        """Unassociating, then Available."""
        return self._phase("unassociate_eip", eip.UNASSOCIATING, eip.AVAILABLE, now)

    def _phase(self, what: str, during: str, after: str, now: Instant) -> Phase:
        return Phase(after, during, now + round(_MILLISECONDS[what] * self._scale))
