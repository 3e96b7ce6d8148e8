"""Disks that several instances share."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Feature
from tests.operations.made_disks import (
    ANOTHER_ZONE,
    ZONE,
    attached,
    detached,
    disk_status,
    new_disk,
    shown,
    snapshot_of,
)
from tests.operations.made_instances import disks, image_of, run, stopped
from tests.people import Person, Refusal, World

NVME = {"InstanceType": "ecs.g8i.large"}
OUTLIVES = Refusal(
    403, "DeleteWithInstance.Conflict", "Multi attach disk cannot be set to DeleteWithInstance attribute."
)
NOT_OF_SHARED = Refusal(
    403, "InvalidOperation.MultiAttachDisk", "Multi attach disk does not support this operation."
)


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0])


def shared_disk(person: Person, **parameters: Any) -> str:
    """Make a disk that several instances can share."""
    return new_disk(person, MultiAttach="Enabled", **parameters)


def not_attached(person: Person, instance: str, disk: str, **parameters: Any) -> Refusal:
    """Attach a disk, in vain."""
    return person.refused("AttachDisk", InstanceId=instance, DiskId=disk, **parameters)


def test_instances_share_a_disk(world: World, alice: Person) -> None:
    """It is In_use while one of them has it, and each may have it at a place of its own."""
    one, other, disk = run(alice, **NVME), run(alice, **NVME), shared_disk(alice)
    attached(alice, one, disk)
    attached(alice, other, disk, Device="/dev/xvdf")

    both = shown(alice, disk)
    alice.call("DetachDisk", InstanceId=one, DiskId=disk)
    at_first = disk_status(alice, disk)
    world.later()
    left = shown(alice, disk)
    detached(alice, other, disk)

    assert {(m["InstanceId"], m["Device"]) for m in both["MountInstances"]["MountInstance"]} == {
        (one, "/dev/xvdb"),
        (other, "/dev/xvdf"),
    }
    assert both["Attachments"]["Attachment"] == both["MountInstances"]["MountInstance"]
    assert (both["MultiAttach"], both["InstanceId"], both["Device"]) == ("Enabled", "", "")
    assert (at_first, left["Status"]) == ("Detaching", "In_use")
    assert [m["InstanceId"] for m in left["MountInstances"]["MountInstance"]] == [other]
    assert disk_status(alice, disk) == "Available"


def test_a_shared_disk_is_listed_for_each_instance(alice: Person) -> None:
    """And among the shared ones."""
    one, other, disk = run(alice, **NVME), run(alice, **NVME), shared_disk(alice)
    alone = attached(alice, one, new_disk(alice))
    for instance in (one, other):
        attached(alice, instance, disk)

    def listed(**filters: Any) -> set[str]:
        return {d["DiskId"] for d in alice.call("DescribeDisks", DiskType="data", **filters)["Disks"]["Disk"]}

    assert listed(InstanceId=one) == {alone, disk}
    assert listed(InstanceId=other) == {disk}
    assert listed(InstanceId=other, DiskIds=f'["{alone}"]') == set()
    assert listed(MultiAttach="Enabled") == listed(EnableShared="true") == {disk}
    assert listed(MultiAttach="Disabled") == {alone}


def test_a_shared_disk_outlives_its_instances(world: World, alice: Person) -> None:
    """An instance that is deleted leaves it to the others; an image doesn't hold it."""
    one, other, disk = stopped(alice, **NVME), run(alice, **NVME), shared_disk(alice)
    for instance in (one, other):
        attached(alice, instance, disk)
    (image,) = alice.call("DescribeImages", ImageId=image_of(alice, other))["Images"]["Image"]

    alice.call("DeleteInstance", InstanceId=one)
    world.later()
    still = disk_status(alice, disk)
    alice.call("DeleteInstance", InstanceId=other, Force="true")
    world.later()

    assert len(image["DiskDeviceMappings"]["DiskDeviceMapping"]) == 1
    assert (still, disk_status(alice, disk)) == ("In_use", "Available")
    alice.call("DeleteDisk", DiskId=disk)


def test_a_shared_disk_is_put_back_while_all_its_instances_stand(world: World, alice: Person) -> None:
    """One that runs is enough to refuse it."""
    one, other, disk = run(alice, **NVME), run(alice, **NVME), shared_disk(alice)
    for instance in (one, other):
        attached(alice, instance, disk)
    snapshot = snapshot_of(alice, disk)
    alice.call("StopInstance", InstanceId=one)
    world.later()
    refusal = alice.refused("ResetDisk", DiskId=disk, SnapshotId=snapshot)
    alice.call("StopInstance", InstanceId=other)
    world.later()
    alice.call("ResetDisk", DiskId=disk, SnapshotId=snapshot)

    assert refusal.code == "IncorrectInstanceStatus"
    assert disk_status(alice, disk) == "ReIniting"


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"MultiAttach": "Maybe"}, 403, "InvalidParameter.MultiAttach",
         "The specified param MultiAttach is not valid."),
        ({"InstanceId": "i-1", "ZoneId": None}, 403, "InvalidParameter.MultiAttachAndInstanceIdConflict",
         "The parameter MultiAttach and InstanceId are conflict."),
        ({"DiskCategory": "elastic_ephemeral_disk_premium"}, 403,
         "InvalidParameter.DiskCategoryAndMultiAttachConflict",
         "The specified disk category does not support multi attach set."),
        ({"DiskCategory": "cloud_ssd"}, 403, "InvalidParameter.DiskCategoryAndMultiAttachNotMatch",
         "The specified disk category does not support multi attach enabled."),
        ({"Size": 65_537}, 400, "InvalidDiskSize.ExceedsMultiAttachLimit",
         "The specified disk size exceeds the maximum limit 65536 for enabling multi-attach."),
        ({"DiskCategory": "cloud_auto", "BurstingEnabled": "true"}, 400,
         "BurstingEnabledForMultiAttachDiskUnsupported",
         "The multi attach disk does not support bursting enabled."),
    ],
)  # fmt: skip
def test_not_every_disk_can_be_shared(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """It is of a category and a size for that, of nobody's in particular, and doesn't burst."""
    asked = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 20, "MultiAttach": "Enabled", **parameters}

    assert alice.refused("CreateDisk", **asked) == Refusal(http, code, message)


def test_what_a_shared_disk_cannot_do_is_refused(alice: Person) -> None:
    """To start an instance, to go with one, to grow while used, to burst, to be put back to nothing."""
    instance, plain = run(alice, **NVME), run(alice)
    standing = stopped(alice)
    disk, faster = shared_disk(alice), shared_disk(alice, DiskCategory="cloud_auto")

    assert not_attached(alice, plain, disk) == Refusal(
        403,
        "InvalidInstanceType.NvmeUnsupported",
        "The instanceType of the specified instance does not support nvme protocol.",
    )
    assert not_attached(alice, instance, disk, Bootable="true", Password="Str0ng-enough") == Refusal(
        403,
        "InvalidOperation.CanNotAttachMultiAttachDiskAsSystemDisk",
        "Multi attach disk can not be attached as system disk.",
    )
    assert not_attached(alice, instance, disk, Force="true") == Refusal(
        400,
        "InvalidParameterForce.MultiAttachDiskNotSupported",
        "The multi attach disk does not support force attach operation.",
    )
    assert not_attached(alice, instance, disk, DeleteWithInstance="true") == OUTLIVES
    attached(alice, instance, disk)
    assert not_attached(alice, instance, disk).code == "InvalidDisk.InUse"
    assert (
        alice.refused("DetachDisk", InstanceId=instance, DiskId=disk, DeleteWithInstance="true") == OUTLIVES
    )
    assert alice.refused("DeleteDisk", DiskId=disk).code == "DiskStillAttached"
    assert alice.refused("ModifyDiskAttribute", DiskId=disk, DeleteWithInstance="true") == OUTLIVES
    assert alice.refused("ResizeDisk", DiskId=disk, NewSize=30, Type="online") == Refusal(
        403,
        "InvalidOperation.MultiAttachDiskNotSupportResizeOnline",
        "Multi attach disk does not support resize online.",
    )
    assert alice.refused("ReInitDisk", DiskId=disk) == NOT_OF_SHARED
    by_disk = {"DiskId": faster, "Platform": "Debian", "Architecture": "x86_64"}
    assert alice.refused("ReplaceSystemDisk", InstanceId=standing, **by_disk) == NOT_OF_SHARED
    assert alice.refused("ModifyDiskAttribute", DiskId=faster, BurstingEnabled="true") == Refusal(
        400,
        "BurstingEnabledForMultiAttachDiskUnsupported",
        "The multi attach disk does not support bursting enabled.",
    )
    assert [one["Type"] for one in disks(alice, plain)] == ["system"]


def test_so_many_instances_share_a_disk(make_world: Callable[..., World]) -> None:
    """By `--limits`, 16 else."""
    alice = first_of(make_world(limits=Limits(instances_per_disk=1)))
    disk = shared_disk(alice)
    attached(alice, run(alice, **NVME), disk)

    assert not_attached(alice, run(alice, **NVME), disk) == Refusal(
        403, "DiskAttachedNumberExceeded", "The attaching times of the specified disk exceeded."
    )


def test_some_places_share_no_disks(make_world: Callable[..., World]) -> None:
    """By `--without multi-attach@…`, a zone or a family of instance types."""
    lacking = frozenset({(Feature.MULTI_ATTACH, ANOTHER_ZONE), (Feature.MULTI_ATTACH, "ecs.g8i")})
    alice = first_of(make_world(without=lacking))
    asked = {"DiskCategory": "cloud_essd", "Size": 20, "MultiAttach": "Enabled"}

    assert alice.refused("CreateDisk", ZoneId=ANOTHER_ZONE, **asked) == Refusal(
        403,
        "OperationDenied.ZoneNotSupportMultiAttachDisk",
        "The specified zone does support multi attach disk.",
    )
    assert not_attached(alice, run(alice, **NVME), shared_disk(alice)) == Refusal(
        403,
        "InvalidInstanceType.NotSupportMultiAttachDisk",
        "The instanceType of the specified instance does not support multi attach disk.",
    )


def test_shared_disks_are_asked_for_in_one_way(alice: Person) -> None:
    """MultiAttach and its older name don't contradict each other."""
    against = Refusal(
        403,
        "InvalidParameter.MultiAttachAndEnableSharedNotMatch",
        "The parameter MultiAttach and EnableShared are not match.",
    )

    assert alice.refused("DescribeDisks", MultiAttach="Disabled", EnableShared="true") == against
    assert alice.refused("DescribeDisks", MultiAttach="Enabled", EnableShared="false") == against
    assert alice.refused("DescribeDisks", MultiAttach="Maybe") == Refusal(
        403, "InvalidParameter.MultiAttach", "The specified param MultiAttach is not valid."
    )
