"""What runs the instances is told of everything that happens to a disk, and of nothing that is refused."""

from typing import Any

import pytest

from localyun.compute.simulated import SimulatedCompute
from tests.operations.made_disks import ANOTHER_ZONE, ZONE, attached, detached, new_disk, snapshot_of
from tests.operations.made_instances import UBUNTU, disks, run, stopped, system_disk
from tests.people import Person, World

pytestmark = pytest.mark.simulated


class Recorder(SimulatedCompute):
    """Simulated compute that notes what it is asked to do with which disk or instance."""

    def __init__(self) -> None:
        """Begin with nothing noted."""
        super().__init__()
        self.asked: list[tuple[str, str]] = []

    def __getattribute__(self, name: str) -> Any:
        """Note a call as it is made."""
        found = super().__getattribute__(name)
        if name.startswith("_") or name in ("within", "has_contents", "machines_left") or not callable(found):
            return found

        def noted(subject: Any, *others: Any, **named: Any) -> Any:
            self.asked.append((name, subject.id))
            return found(subject, *others, **named)

        return noted


def told(compute: Recorder, subject: str) -> list[str]:
    """What was asked for a disk or an instance, in order."""
    return [what for what, about in compute.asked if about == subject]


@pytest.fixture
def compute(world: World) -> Recorder:
    """The recorder, in place of what the world would run on."""
    recorder = Recorder()
    world.app.__dict__["compute"] = recorder
    return recorder


def test_each_step_of_a_disk_is_carried_out(world: World, alice: Person, compute: Recorder) -> None:
    """From when it is made to when it is gone."""
    instance, disk = run(alice), new_disk(alice)
    attached(alice, instance, disk)
    alice.call("ResizeDisk", DiskId=disk, NewSize=30)
    world.later()
    snapshot = snapshot_of(alice, disk)
    alice.call("StopInstance", InstanceId=instance)
    world.later()
    for action, parameters in (("ReInitDisk", {}), ("ResetDisk", {"SnapshotId": snapshot})):
        alice.call(action, DiskId=disk, **parameters)
        world.later()
    detached(alice, instance, disk)
    alice.call("DeleteDisk", DiskId=disk)

    assert told(compute, disk) == [
        "create_disk",
        "attach_disk",
        "resize_disk",
        "reinit_disk",
        "reset_disk",
        "detach_disk",
        "delete_disk",
    ]


def test_an_instance_takes_some_disks_along_and_lets_go_of_others(alice: Person, compute: Recorder) -> None:
    """Before it is gone itself."""
    instance = stopped(alice, DataDisk=[{"Size": 20, "DeleteWithInstance": "false"}])
    system, data = (disk["DiskId"] for disk in disks(alice, instance))
    compute.asked.clear()

    alice.call("DeleteInstance", InstanceId=instance)

    assert compute.asked[-1] == ("delete_instance", instance)
    assert (told(compute, system), told(compute, data)) == (["delete_disk"], ["detach_disk"])


def test_a_system_disk_is_put_in_the_place_of_another(alice: Person, compute: Recorder) -> None:
    """In one step, which is told of both."""
    instance = stopped(alice)
    old = system_disk(alice, instance)["DiskId"]

    alice.call("ReplaceSystemDisk", InstanceId=instance, ImageId=UBUNTU)

    assert told(compute, old) == ["replace_disk"]


def test_a_disk_that_is_taken_by_force_is_detached_first(alice: Person, compute: Recorder) -> None:
    """From the instance that has it."""
    here, there = run(alice, ZoneId=ZONE), run(alice, ZoneId=ANOTHER_ZONE)
    disk = new_disk(alice, DiskCategory="cloud_regional_disk_auto", ZoneId=None)
    attached(alice, here, disk)

    attached(alice, there, disk, Force="true")

    assert told(compute, disk) == ["create_disk", "attach_disk", "detach_disk", "attach_disk"]


def test_nothing_is_carried_out_that_is_refused(alice: Person, compute: Recorder) -> None:
    """However late it is."""
    instance = stopped(alice, DataDisk=[{"Size": 20}] * 16)
    subscribed = {"InstanceChargeType": "PrePaid", "Period": 1, "PeriodUnit": "Month"}
    full = run(alice, DataDisk=[{"Size": 20}] * 16, **subscribed)
    disk = new_disk(alice)
    compute.asked.clear()

    for action, parameters in (
        ("AttachDisk", {"InstanceId": instance, "DiskId": disk}),
        ("DetachDisk", {"InstanceId": instance, "DiskId": disk}),
        ("ResizeDisk", {"DiskId": disk, "NewSize": 20}),
        ("CreateDisk", {"InstanceId": full, "DiskCategory": "cloud_essd", "Size": 20}),
        ("CreateDisk", {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 20, "KMSKeyId": "none"}),
    ):
        alice.refused(action, **parameters)

    assert compute.asked == []
