"""Disks made through the API by themselves, for tests of what is done with them."""

from typing import Any

from tests.people import REGION, Person

ZONE, ANOTHER_ZONE = f"{REGION}-b", f"{REGION}-h"
"""The zone in which instances are made if nothing is said, and another."""


def new_disk(person: Person, **parameters: Any) -> str:
    """Make a disk of 20 GiB of cloud_essd, or as the test says, and wait until it is available."""
    asked = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 20, **parameters}
    disk = person.call("CreateDisk", **asked)["DiskId"]
    person.world.later()
    return str(disk)


def attached(person: Person, instance: str, disk: str, **parameters: Any) -> str:
    """Attach a disk and wait until it is in use."""
    person.call("AttachDisk", InstanceId=instance, DiskId=disk, **parameters)
    person.world.later()
    return disk


def detached(person: Person, instance: str, disk: str, **parameters: Any) -> str:
    """Detach a disk and wait until it is available."""
    person.call("DetachDisk", InstanceId=instance, DiskId=disk, **parameters)
    person.world.later()
    return disk


def snapshot_of(person: Person, disk: str, **parameters: Any) -> str:
    """Take a snapshot of a disk and wait until it is complete."""
    snapshot = person.call("CreateSnapshot", DiskId=disk, **parameters)["SnapshotId"]
    person.world.later()
    return str(snapshot)


def shown(person: Person, disk: str) -> dict[str, Any]:
    """Return what DescribeDisks says of a disk."""
    (found,) = person.call("DescribeDisks", DiskIds=f'["{disk}"]')["Disks"]["Disk"]
    return dict(found)


def disk_status(person: Person, disk: str) -> str:
    """Return a disk's status."""
    return str(shown(person, disk)["Status"])
