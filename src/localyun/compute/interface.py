"""What the operations ask of whatever runs the instances."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Protocol

from msgspec import Struct

from localyun.clock import Instant
from localyun.model import Disk, Eip, Image, Instance, Phase, Snapshot, Vpc, VSwitch
from localyun.store.interface import Transaction


class Driver(Protocol):
    """Whatever runs the instances."""

    @property
    def keeps_content(self) -> bool:
        """Whether there is anything on disks and in images."""

    def within(self, tx: Transaction) -> "Compute":
        """Return what carries out what a call decides: if the call's transaction is kept, and after that."""


class DiskObject(Struct, frozen=True):
    """The object that a disk is imported from or exported to, and in which format."""

    bucket: str
    name: str
    format: str
    """RAW, VHD, QCOW2 or VMDK; in small letters also VDI, when it is exported."""


class Compute(Protocol):
    """Carries out what was decided. Each answer is the status that the thing has from now on."""

    def has_contents(self, image: Image) -> bool:
        """Whether what is in an image is there, so that disks can be made of it."""

    def machines_left(self) -> int | None:
        """Return how many more instances can run; None if any number can."""

    @property
    def internet(self) -> IPv4Network:
        """Where the addresses lie that stand for those of the internet."""

    def progress(self, id: str) -> int:
        """How far something is whose end isn't known, in percent, as far as that is known here."""

    def create_image(self, image: Image, now: Instant) -> Phase:
        """Make an image of its snapshots."""

    def copy_image(self, source: Image, image: Image, now: Instant) -> Phase:
        """Make an image of another, maybe in another region."""

    def import_image(self, image: Image, objects: Sequence[DiskObject], now: Instant) -> Phase:
        """Make an image of what lies in object storage, an object for each of its disks."""

    def export_image(self, image: Image, objects: Sequence[DiskObject], now: Instant) -> Phase:
        """Write an image into object storage, an object for each of its disks."""

    def create_instance(self, instance: Instance, disks: Sequence[Disk], now: Instant) -> Phase:
        """Make an instance that isn't started, and its disks, each of its image or snapshot, or empty."""

    def start_instance(self, instance: Instance, now: Instant) -> Phase:
        """Start an instance."""

    def stop_instance(self, instance: Instance, now: Instant, *, force: bool) -> Phase:
        """Stop an instance; `force` pulls the plug."""

    def reboot_instance(self, instance: Instance, now: Instant, *, force: bool) -> Phase:
        """Stop an instance and start it again."""

    def delete_instance(self, instance: Instance, now: Instant) -> None:
        """Forget an instance, running or not; its disks are detached or deleted by calls of their own."""

    def create_disk(self, disk: Disk, now: Instant) -> Phase:
        """Make a disk that is attached to nothing."""

    def attach_disk(self, disk: Disk, instance: Instance, device: str, now: Instant) -> Phase:
        """Attach a disk to an instance, running or not; others may have it already if it is a shared one."""

    def detach_disk(self, disk: Disk, instance: Instance, now: Instant) -> Phase:
        """Take a disk away from an instance, running or not."""

    def replace_disk(self, old: Disk, new: Disk, now: Instant) -> Phase:
        """Put a disk in another's place, which is gone then: one made of its image, or one that was there."""

    def resize_disk(self, disk: Disk, size: int, now: Instant) -> Phase:
        """Make a disk larger, which keeps the status that it has."""

    def delete_disk(self, disk: Disk, now: Instant) -> None:
        """Forget a disk and what is on it; also one that goes with its instance."""

    def reinit_disk(self, disk: Disk, now: Instant) -> Phase:
        """Put a disk back to what it was made from."""

    def reset_disk(self, disk: Disk, snapshot: Snapshot, now: Instant) -> Phase:
        """Put a disk back to a snapshot of it. The disk is attached to nothing, or keeps its instance."""

    def create_snapshot(self, snapshot: Snapshot, now: Instant) -> Phase:
        """Keep what is on a disk now."""

    def console_output(self, instance: Instance) -> bytes | None:
        """Return the last that an instance's console printed; None if nothing runs in any instance."""

    def screenshot(self, instance: Instance) -> bytes | None:
        """Return what an instance's screen shows, as PNG.

        Empty if its machine is off or doesn't answer; None if nothing runs in any instance.
        """

    def create_vpc(self, vpc: Vpc, now: Instant) -> Phase:
        """Make a network."""

    def create_vswitch(self, vswitch: VSwitch, now: Instant) -> Phase:
        """Make a subnet of a network."""

    def associate_eip(self, eip: Eip, instance: Instance, now: Instant) -> Phase:
        """Lead an address in the internet to an instance, running or not."""

    def unassociate_eip(self, eip: Eip, instance: Instance, now: Instant) -> Phase:
        """Lead an address nowhere again; also when its instance is deleted."""
