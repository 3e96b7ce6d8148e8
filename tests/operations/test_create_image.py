"""CreateImage: of an instance, of snapshots by disk, of one snapshot."""

from typing import Any

import pytest

from tests.operations.keys import a_key
from tests.operations.made import (
    a_custom_image,
    a_snapshot,
    an_image,
    an_instance,
    images_seen,
)
from tests.operations.made_instances import image_of, run, system_disk
from tests.people import Person, Refusal, World


def described(person: Person, image: str) -> dict[str, Any]:
    """An image as a person sees it, whatever its status."""
    (found,) = person.call("DescribeImages", ImageId=image, Status="ALL")["Images"]["Image"]
    return dict(found)


def disks_of(person: Person, image: str) -> list[tuple[str, str, str, str]]:
    """Kind, device, size and snapshot of an image's disks."""
    return [
        (disk["Type"], disk["Device"], disk["Size"], disk["SnapshotId"])
        for disk in described(person, image)["DiskDeviceMappings"]["DiskDeviceMapping"]
    ]


def test_an_image_of_an_instance_has_a_snapshot_of_each_disk(world: World, alice: Person) -> None:
    """They are the caller's, are being made, and stand in the image's disks."""
    instance = an_instance(alice, data_disks=2)

    image = alice.call("CreateImage", InstanceId=instance)["ImageId"]
    snapshots = alice.call("DescribeSnapshots")["Snapshots"]["Snapshot"]

    by_disk = {snapshot["SourceDiskId"]: snapshot["SnapshotId"] for snapshot in snapshots}
    assert disks_of(alice, image) == [
        ("system", "/dev/xvda", "40", by_disk["d-bp1made-0"]),
        ("data", "/dev/xvdb", "100", by_disk["d-bp1made-1"]),
        ("data", "/dev/xvdc", "100", by_disk["d-bp1made-2"]),
    ]
    assert {(s["Status"], s["Usage"], s["SnapshotName"]) for s in snapshots} == {
        ("progressing", "image", f"SnapshotForImage-{image}")
    }


@pytest.mark.simulated
def test_an_image_is_creating_and_then_available(world: World, alice: Person) -> None:
    """Until then it is listed only by those who name the status, and isn't usable."""
    image = alice.call("CreateImage", InstanceId=an_instance(alice))["ImageId"]

    listed_at_once = images_seen(alice)
    world.later(0.3)
    half_way = described(alice, image)
    world.later()
    done = described(alice, image)

    assert listed_at_once == []
    assert (half_way["Status"], half_way["Progress"], half_way["Usable"]) == ("Creating", "50%", False)
    assert (done["Status"], done["Progress"], done["Usable"]) == ("Available", "100%", True)
    assert images_seen(alice) == [image]


def test_an_image_says_what_its_instance_runs(alice: Person) -> None:
    """System, processor and boot mode are those of the image that the instance was made from."""
    image = a_custom_image(alice, Platform="CentOS", Architecture="i386")

    seen = described(alice, image)

    assert (seen["Platform"], seen["OSName"], seen["OSNameEn"], seen["OSType"]) == (
        "Ubuntu",
        "Ubuntu  24.04 64位",
        "Ubuntu  24.04 64 bit",
        "linux",
    )
    assert (seen["Architecture"], seen["BootMode"], seen["Size"]) == ("x86_64", "BIOS", 40)
    assert (seen["ImageOwnerAlias"], seen["IsCopied"], seen["IsPublic"]) == ("self", False, False)


def test_an_image_of_an_orphaned_instance_says_what_is_known(alice: Person) -> None:
    """When the instance's image is gone, the instance and its type tell."""
    instance = an_instance(alice, image="m-gone", instance_type="ecs.g8y.large", os_type="linux")

    image = alice.call("CreateImage", InstanceId=instance, Platform="Debian")["ImageId"]

    seen = described(alice, image)
    assert (seen["Platform"], seen["OSNameEn"]) == ("Debian", "Ubuntu  24.04 64 bit")
    assert (seen["Architecture"], seen["BootMode"]) == ("arm64", "UEFI")


def test_an_image_has_what_it_was_asked_to_have(alice: Person) -> None:
    """Name, family, version, description, group, tags, boot mode and metadata service."""
    image = a_custom_image(
        alice,
        ImageName="web-1",
        ImageFamily="web",
        ImageVersion="7",
        Description="The web server.",
        ResourceGroupId="rg-1",
        BootMode="UEFI-Preferred",
        Features={"ImdsSupport": "v2"},
        Tag=[{"Key": "team", "Value": "web"}, {"key": "old", "value": "spelling"}],
    )

    seen = described(alice, image)

    assert (seen["ImageName"], seen["ImageFamily"], seen["ImageVersion"]) == ("web-1", "web", "7")
    assert (seen["Description"], seen["ResourceGroupId"]) == ("The web server.", "rg-1")
    assert (seen["BootMode"], seen["Features"]["ImdsSupport"]) == ("UEFI-Preferred", "v2")
    assert seen["Tags"]["Tag"] == [
        {"TagKey": "team", "TagValue": "web"},
        {"TagKey": "old", "TagValue": "spelling"},
    ]


def test_an_image_without_name_is_called_by_its_id(alice: Person) -> None:
    """So that every image has a name of its own."""
    image = a_custom_image(alice)

    assert described(alice, image)["ImageName"] == image


def test_an_image_of_one_snapshot(alice: Person) -> None:
    """As Libcloud makes one; it is what the snapshot's disk ran."""
    image = alice.call("CreateImage", SnapshotId=a_snapshot(alice))["ImageId"]

    assert disks_of(alice, image) == [("system", "/dev/xvda", "40", "s-bp1made")]
    assert described(alice, image)["Platform"] == "Ubuntu"


def test_of_a_snapshot_that_tells_nothing_the_caller_tells(alice: Person) -> None:
    """Platform and processor count where the snapshot's disk has no image."""
    snapshot = a_snapshot(alice, image="")

    told = described(
        alice,
        alice.call("CreateImage", SnapshotId=snapshot, Platform="Windows Server 2022", Architecture="i386")[
            "ImageId"
        ],
    )
    untold = described(alice, alice.call("CreateImage", SnapshotId=snapshot)["ImageId"])

    assert (told["Platform"], told["OSType"], told["Architecture"]) == (
        "Windows Server 2022",
        "windows",
        "i386",
    )
    assert (untold["Platform"], untold["OSType"], untold["Architecture"]) == (
        "Others Linux",
        "linux",
        "x86_64",
    )


def test_an_image_of_snapshots_by_disk(alice: Person) -> None:
    """Sizes and devices as asked for, else as they come; a disk without snapshot is empty."""
    system, data = a_snapshot(alice), a_snapshot(alice, "s-bp1data", kind="data")

    image = alice.call(
        "CreateImage",
        DiskDeviceMapping=[
            {"SnapshotId": data, "DiskType": "data", "Size": 200},
            {"SnapshotId": system},
            {"Size": 30, "Device": "/dev/xvdf"},
        ],
    )["ImageId"]

    assert disks_of(alice, image) == [
        ("system", "/dev/xvda", "40", system),
        ("data", "/dev/xvdb", "200", data),
        ("data", "/dev/xvdf", "30", ""),
    ]


def test_an_instance_goes_before_disks_and_disks_before_a_snapshot(alice: Person) -> None:
    """What has less priority isn't looked at."""
    instance, snapshot = an_instance(alice), a_snapshot(alice)

    of_instance = alice.call(
        "CreateImage",
        InstanceId=instance,
        DiskDeviceMapping=[{"SnapshotId": "s-none"}],
        SnapshotId="s-none",
    )["ImageId"]
    of_disks = alice.call(
        "CreateImage", DiskDeviceMapping=[{"SnapshotId": snapshot, "Size": 50}], SnapshotId="s-none"
    )["ImageId"]

    assert disks_of(alice, of_instance)[0][2] == "40"
    assert disks_of(alice, of_disks) == [("system", "/dev/xvda", "50", snapshot)]


def test_encryption_travels_from_disk_to_image(alice: Person) -> None:
    """Disk, snapshot, image."""
    key = a_key(alice)
    instance = run(alice, SystemDisk={"Encrypted": "true", "KMSKeyId": key})
    image = image_of(alice, instance)

    (snapshot,) = alice.call("DescribeSnapshots", Encrypted=True)["Snapshots"]["Snapshot"]
    (disk,) = described(alice, image)["DiskDeviceMappings"]["DiskDeviceMapping"]

    assert (disk["SnapshotId"], disk["Encrypted"]) == (snapshot["SnapshotId"], True)
    assert snapshot["KMSKeyId"] == system_disk(alice, instance)["KMSKeyId"] == key


def test_a_sharee_can_image_its_own_instances(world: World, alice: Person, bob: Person) -> None:
    """The new image is the sharee's own, and says what the shared one said, even once that is taken back."""
    shared = an_image(alice, platform="Anolis")
    alice.call("ModifyImageSharePermission", ImageId=shared, AddAccount=[bob.id])
    instance = an_instance(bob, image=shared)
    alice.call("ModifyImageSharePermission", ImageId=shared, RemoveAccount=[bob.id])

    image = bob.call("CreateImage", InstanceId=instance)["ImageId"]

    assert (described(bob, image)["ImageOwnerAlias"], described(bob, image)["Platform"]) == ("self", "Anolis")


def test_a_new_image_is_nobody_elses(alice: Person, bob: Person, mallory: Person) -> None:
    """Until it is shared, which may be at once."""
    image = alice.call("CreateImage", InstanceId=an_instance(alice))["ImageId"]
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])

    assert images_seen(bob, Status="ALL") == [image]
    assert images_seen(mallory, Status="ALL") == []


def test_a_repeated_call_makes_one_image(alice: Person) -> None:
    """Under one ClientToken."""
    instance = an_instance(alice)

    first = alice.call("CreateImage", InstanceId=instance, ClientToken="one")
    again = alice.call("CreateImage", InstanceId=instance, ClientToken="one")
    other = alice.refused("CreateImage", InstanceId=instance, ClientToken="one", ImageName="other")

    assert again["ImageId"] == first["ImageId"]
    assert other == Refusal(
        400,
        "IdempotenceParamNotMatch",
        "Request uses a client token in a previous request but is not identical to that request.",
    )


def test_a_dry_run_makes_nothing(alice: Person) -> None:
    """No image and no snapshot."""
    refusal = alice.refused("CreateImage", InstanceId=an_instance(alice), DryRun=True)

    assert refusal.code == "DryRunOperation"
    assert images_seen(alice, Status="ALL") == []
    assert alice.call("DescribeSnapshots")["TotalCount"] == 0
