"""The operations on real disks: what is in the files is what the records say."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from localyun.compute.qemu import folders as files
from localyun.compute.qemu.execution import Unanswered
from localyun.compute.qemu.qcow2 import chain
from localyun.model import Job
from localyun.model.instances import PENDING
from tests.compute.worlds import RealDisks, with_real_disks
from tests.operations.made import SYSTEM_IMAGE
from tests.operations.made_instances import disks, run
from tests.people import REGION, Person, Refusal, World

pytestmark = pytest.mark.skipif(not shutil.which("qemu-img"), reason="qemu-img is missing: qemu-utils has it")

OTHER = "cn-beijing"


@pytest.fixture
def real(world: World, tmp_path: Path) -> RealDisks:
    """A world's real disks."""
    return world.real or with_real_disks(world, tmp_path / "here")


def stop(person: Person, instance: str) -> None:
    """Stop an instance."""
    person.call("StopInstance", InstanceId=instance)
    person.world.later()


def system_disk(person: Person, instance: str) -> str:
    """The id of an instance's system disk."""
    return str(disks(person, instance)[0]["DiskId"])


def fill(path: Path, byte: int) -> None:
    """Fill the first 64 KiB of a disk with a byte."""
    subprocess.run(["qemu-io", "-c", f"write -P {byte} 0 64k", path], check=True, capture_output=True)


def holds(path: Path, byte: int) -> bool:
    """Whether that is what is there."""
    command = ["qemu-io", "-r", "-U", "-c", f"read -P {byte} 0 64k", path]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "read 65536" in said and "verification failed" not in said


def status(person: Person, kind: str, id: str) -> str:
    """The status that is shown of an image, an instance or a disk."""
    body = person.call(
        f"Describe{kind}s", **{f"{kind}Id" if kind == "Image" else f"{kind}Ids": ids(kind, id)}
    )
    (found,) = body[f"{kind}s"][kind]
    return str(found["Status"])


def ids(kind: str, id: str) -> str:
    """How an operation is told an id."""
    return id if kind == "Image" else f'["{id}"]'


def shared_image(world: World, real: RealDisks, alice: Person, bob: Person, byte: int) -> str:
    """An image with a byte on its disk that alice shares with bob."""
    instance = run(alice)
    fill(real.folders.disk(REGION, system_disk(alice, instance)), byte)
    image = str(alice.call("CreateImage", InstanceId=instance)["ImageId"])
    world.later()
    alice.call("ModifyImageSharePermission", ImageId=image, **{"AddAccount.1": bob.id})
    return image


def test_a_sharee_writes_and_goes_back_to_the_image(
    world: World, real: RealDisks, alice: Person, bob: Person
) -> None:
    """While it may use the image; when it may not, what it has stays, and so does the image's file."""
    image = shared_image(world, real, alice, bob, 1)
    instance = run(bob, ImageId=image)
    disk = real.folders.disk(REGION, system_disk(bob, instance))
    seen = holds(disk, 1)
    fill(disk, 2)
    stop(bob, instance)
    bob.call("ReInitDisk", DiskId=disk.stem)
    during = status(bob, "Disk", disk.stem)
    world.later()

    assert (seen, during, holds(disk, 1)) == (True, "ReIniting", True)
    fill(disk, 3)
    alice.call("ModifyImageSharePermission", ImageId=image, **{"RemoveAccount.1": bob.id})
    assert bob.refused("ReInitDisk", DiskId=disk.stem).code == "SharedImageDeleted"
    world.later()
    assert holds(disk, 3)


def test_the_file_of_a_deleted_image_goes_with_the_last_disk(
    world: World, real: RealDisks, alice: Person, bob: Person
) -> None:
    """Not before: the disk lies on it."""
    image = shared_image(world, real, alice, bob, 1)
    instance = run(bob, ImageId=image)
    disk, file = (
        real.folders.disk(REGION, system_disk(bob, instance)),
        real.folders.image(REGION, image, "/dev/xvda"),
    )
    alice.call("ModifyImageSharePermission", ImageId=image, **{"RemoveAccount.1": bob.id})
    alice.call("DeleteImage", ImageId=image, Force=True)
    for snapshot in alice.call("DescribeSnapshots")["Snapshots"]["Snapshot"]:
        alice.call("DeleteSnapshot", SnapshotId=snapshot["SnapshotId"], Force=True)
    real.worker.collect()

    assert chain(disk)[:2] == (disk, file)
    assert holds(disk, 1)
    bob.call("DeleteInstance", InstanceId=instance, Force=True)
    world.later()
    real.worker.collect()
    assert not disk.exists()
    assert not file.exists()


def test_a_copy_lies_in_the_other_region_and_needs_nothing_of_this_one(
    world: World, real: RealDisks, alice: Person, bob: Person
) -> None:
    """Creating until it is there."""
    image = shared_image(world, real, alice, bob, 7)
    copy = alice.call("CopyImage", ImageId=image, DestinationRegionId=OTHER)["ImageId"]
    alice.region = OTHER
    before = alice.call("DescribeImages", ImageId=copy, Status="Creating")["Images"]["Image"][0]
    world.later()
    shutil.rmtree(real.folders.root / REGION)

    assert (before["Status"], before["Progress"]) == ("Creating", "0%")
    assert status(alice, "Image", copy) == "Available"
    assert holds(real.folders.image(OTHER, copy, "/dev/xvda"), 7)


def test_the_disks_of_a_running_instance_are_kept_at_one_moment(
    world: World, real: RealDisks, alice: Person
) -> None:
    """The machine writes to new layers of all of them from then on."""
    instance = run(alice, **{"DataDisk.1.Size": 20, "DataDisk.2.Size": 20})
    alice.call("CreateImage", InstanceId=instance)
    world.later()

    (told,) = [what for what in real.machines.told if what[0] == "write to"]
    assert (told[1], len(told[2])) == (instance, 3)


@pytest.mark.parametrize("goes_on", [True, False], ids=["it answers again", "it is gone"])
def test_a_layer_that_a_silent_machine_may_be_writing_to_is_kept(
    world: World, real: RealDisks, alice: Person, goes_on: bool
) -> None:
    """The image isn't made until the machine says where it writes, or nobody writes any more."""
    instance = run(alice)
    disk = real.folders.disk(REGION, system_disk(alice, instance))
    image = alice.call("CreateImage", InstanceId=instance)["ImageId"]
    real.machines.silent = True
    with pytest.raises(Unanswered):
        real.worker.drain()
    (overlay,) = disk.parent.glob(f"{disk.stem}+*")
    fill(overlay, 7)
    removed = real.worker.collect()
    waiting = alice.call("DescribeImages", ImageId=image, Status="Creating")["TotalCount"]
    real.machines.silent = False
    if not goes_on:
        real.machines.kill(instance)
    world.later()

    assert (removed, waiting) == ([], 1)
    assert status(alice, "Image", image) == "Available"
    assert not overlay.exists()
    assert holds(disk, 7)


def test_what_a_refused_call_asked_for_is_not_done(world: World, real: RealDisks, alice: Person) -> None:
    """Nothing is left of a try, nor is anything written down."""
    before = sorted(real.folders.all())
    refusal = alice.refused(
        "RunInstances", ImageId=SYSTEM_IMAGE, InstanceType="ecs.g7.large", ZoneId=f"{REGION}-h", DryRun=True
    )
    with world.app.store.reading(0) as tx:
        jobs = tx.count(Job)
    world.later()

    assert refusal.code == "DryRunOperation"
    assert jobs == 0
    assert sorted(real.folders.all()) == before


def test_what_a_server_left_undone_is_done_by_the_next(world: World, real: RealDisks, alice: Person) -> None:
    """A call that was answered isn't forgotten: its job is in the database."""
    body = alice.call("RunInstances", ImageId=SYSTEM_IMAGE, InstanceType="ecs.g7.large", ZoneId=f"{REGION}-h")
    (instance,) = body["InstanceIdSets"]["InstanceIdSet"]
    after_the_call = status(alice, "Instance", instance)
    real.worker.recover()
    real.worker.drain()

    assert after_the_call == "Starting"
    assert status(alice, "Instance", instance) == "Running"
    assert instance in real.machines.running


def test_an_instance_whose_disks_cannot_be_made_is_stopped(
    world: World,
    real: RealDisks,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And an image CreateFailed, a snapshot failed; whoever runs the server is told why."""
    instance = run(alice)
    disk = system_disk(alice, instance)
    monkeypatch.setattr(files, "RESERVE", 1 << 60)
    image = alice.call("CreateImage", InstanceId=instance)["ImageId"]
    world.later()
    (snapshot,) = alice.call("DescribeSnapshots", DiskId=disk)["Snapshots"]["Snapshot"]

    assert alice.call("DescribeImages", ImageId=image, Status="CreateFailed")["TotalCount"] == 1
    assert snapshot["Status"] == "failed"
    assert f"freeze of {snapshot['SnapshotId']} failed: 0 MiB are needed in" in caplog.text
    assert status(alice, "Instance", instance) != PENDING


def test_a_system_image_without_contents_is_refused(
    world: World, real: RealDisks, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Before anything is made; the log says where its file belongs."""
    given = real.folders.root.parent / "given"
    shutil.rmtree(given)

    assert alice.refused(
        "RunInstances", ImageId=SYSTEM_IMAGE, InstanceType="ecs.g7.large", ZoneId=f"{REGION}-h"
    ) == Refusal(
        403,
        "OperationDenied.ImageNotValid",
        "The specified image is not available, please check the status of the image.",
    )
    assert f"put {SYSTEM_IMAGE}.qcow2 into {given}" in caplog.text


def test_no_more_machines_run_than_the_operator_lets(
    make_world: Callable[..., World], tmp_path: Path
) -> None:
    """A further one is sold out, whether it is new or stopped; one that is stopped makes room."""
    world = make_world()
    with_real_disks(world, tmp_path / "few", most=1)
    carol = world.person("carol")
    first = run(carol)
    asked = {"ImageId": SYSTEM_IMAGE, "InstanceType": "ecs.g7.large", "ZoneId": f"{REGION}-h"}

    assert carol.refused("RunInstances", **asked) == Refusal(
        403,
        "OperationDenied.NoStock",
        "The requested resource is sold out in the specified zone; "
        "try other types of resources or other regions and zones.",
    )
    stop(carol, first)
    run(carol)
    assert carol.refused("StartInstance", InstanceId=first) == Refusal(
        403,
        "OperationDenied.NoStock",
        "The requested resource is sold out in the specified zone, "
        "try other types of resources or other regions and zones.",
    )


def test_an_image_goes_out_into_object_storage_and_comes_back(
    make_world: Callable[..., World], tmp_path: Path
) -> None:
    """What is on its disk comes along; the task is under way until it is done."""
    (tmp_path / "oss" / "bucket").mkdir(parents=True)
    world = make_world(oss=str(tmp_path / "oss"))
    real = world.real or with_real_disks(world, tmp_path / "here")
    carol = world.person("carol")
    carol.region = region = "ap-southeast-1"
    instance = run(carol)
    fill(real.folders.disk(region, system_disk(carol, instance)), 9)
    image = carol.call("CreateImage", InstanceId=instance, ImageName="mine")["ImageId"]
    world.later()
    task = carol.call("ExportImage", ImageId=image, OSSBucket="bucket", ImageFormat="qcow2")["TaskId"]
    before = task_status(carol, task)
    world.later()
    (name,) = [path.name for path in (tmp_path / "oss" / "bucket").iterdir()]
    mapping = {"OSSBucket": "bucket", "OSSObject": name, "Format": "QCOW2", "DiskImageSize": 40}
    back = carol.call(
        "ImportImage", **{f"DiskDeviceMapping.1.{key}": value for key, value in mapping.items()}
    )
    world.later()

    assert (before, task_status(carol, task)) == ("Processing", "Finished")
    assert status(carol, "Image", back["ImageId"]) == "Available"
    assert task_status(carol, back["TaskId"]) == "Finished"
    assert holds(real.folders.image(region, back["ImageId"], "/dev/xvda"), 9)


def task_status(person: Person, id: str) -> str:
    """The status of a task."""
    return str(person.call("DescribeTaskAttribute", TaskId=id)["TaskStatus"])
