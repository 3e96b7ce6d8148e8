"""Where disks are, told plainly. It knows nothing of localyun."""

from dataclasses import dataclass, field

NO_INSTANCE, NO_DISK = "InvalidInstanceId.NotFound", "InvalidDiskId.NotFound"
ROOM = 2
"""How many data disks an instance takes here."""


@dataclass
class PlainDisk:
    """A data disk that lives until it is deleted, or goes with the instance that it is on."""

    zone: str
    shared: bool
    on: set[str] = field(default_factory=set)
    goes: bool = False
    last_left: str = ""


@dataclass
class PlainRack:
    """Disks, and the zones of the instances. Each act returns the code it is refused with, or nothing."""

    disks: dict[str, PlainDisk] = field(default_factory=dict)
    instances: dict[str, str] = field(default_factory=dict)

    def on(self, instance: str) -> set[str]:
        """The disks that an instance has."""
        return {id for id, disk in self.disks.items() if instance in disk.on}

    def attach(self, disk_id: str, instance: str, *, goes: bool) -> str:
        """Attach a disk: one that isn't shared to a single instance, in its own zone."""
        if instance not in self.instances:
            return NO_INSTANCE
        if (disk := self.disks.get(disk_id)) is None:
            return NO_DISK
        if code := self._refused_for_itself(disk, instance, goes=goes):
            return code
        if disk.zone != self.instances[instance]:
            return "ResourcesNotInSameZone"
        if len(self.on(instance)) == ROOM:
            return "InstanceDiskLimitExceeded"
        disk.on.add(instance)
        disk.goes, disk.last_left = goes, ""
        return ""

    def _refused_for_itself(self, disk: PlainDisk, instance: str, *, goes: bool) -> str:
        if disk.shared and goes:
            return "DeleteWithInstance.Conflict"
        taken = instance in disk.on if disk.shared else bool(disk.on)
        return "InvalidDisk.InUse" if taken else ""

    def detach(self, disk_id: str, instance: str) -> str:
        """Take a disk away from an instance that has it."""
        if instance not in self.instances:
            return NO_INSTANCE
        if (disk := self.disks.get(disk_id)) is None:
            return NO_DISK
        if instance not in disk.on:
            return "InvalidDisk.AlreadyDetached" if disk.last_left == instance else "DependencyViolation"
        disk.on.remove(instance)
        disk.last_left = instance
        return ""

    def delete(self, disk_id: str) -> str:
        """Delete a disk that no instance has."""
        if (disk := self.disks.get(disk_id)) is None:
            return NO_DISK
        if disk.on:
            return "DiskStillAttached"
        del self.disks[disk_id]
        return ""

    def delete_instance(self, instance: str) -> str:
        """Delete an instance: its disks go with it or are left."""
        if self.instances.pop(instance, None) is None:
            return NO_INSTANCE
        for id in self.on(instance):
            disk = self.disks[id]
            if disk.goes:
                del self.disks[id]
            else:
                disk.on.remove(instance)
                disk.last_left = instance
        return ""
