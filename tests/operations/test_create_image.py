"""CreateImage: of an instance, of snapshots by disk, of one snapshot."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model import Phase
from localyun.model.limits import Limits
from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.keys import a_key
from tests.operations.made import (
    ARM_IMAGE,
    SYSTEM_IMAGE,
    a_custom_image,
    a_disk,
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


NAME = (
    "Image names must be between 2 and 128 characters long, using either English or Chinese characters. "
    "The name must start with a letter or a Chinese character, and can include numbers, colons, underscores "
    "and hyphens."
)


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"ImageName": "1web"}, Refusal(400, "InvalidImageName.Malformed", NAME)),
        (
            {"ImageFamily": "acs:web"},
            Refusal(
                400, "InvalidImageFamily.Malformed", "The format of the specified image family is invalid."
            ),
        ),
        (
            {"Description": "http://web"},
            Refusal(400, "InvalidDescription.Malformed", "The specified description is wrongly formed."),
        ),
        (
            {"Platform": "DOS"},
            Refusal(400, "InvalidPlatform.Malformed", "The specified Platform is wrongly formed."),
        ),
        (
            {"Architecture": "mips"},
            Refusal(400, "InvalidArchitecture.Malformed", "The specified Architecture is wrongly formed."),
        ),
        (
            {"BootMode": "PXE"},
            Refusal(
                400,
                "InvalidBootMode.Malformed",
                "The specified parameter BootMode is invalid. "
                "Valid options are BIOS, UEFI, and UEFI-Preferred.",
            ),
        ),
        (
            {"Features": {"ImdsSupport": "v3"}},
            Refusal(
                400,
                "InvalidParameter.FeaturesImdsSupport",
                "The specified parameter Features.ImdsSupport is not supported.",
            ),
        ),
        (
            {"Tag": [{"Key": "aliyun"}]},
            Refusal(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
        ),
        (
            {"Tag": [{"Key": "k", "Value": "https://web"}]},
            Refusal(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
        ),
        (
            {"Tag": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]},
            Refusal(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
        ),
        (
            {"Tag": [{"Key": f"k{number}"} for number in range(21)]},
            Refusal(403, "QuotaExceed.Tags", "A resource has at most 20 tags."),
        ),
        (
            {"ImageName": "acs:web"},
            Refusal(400, "InvalidImageName.Malformed", "The specified Image name is wrongly formed."),
        ),
        (
            {"ImageVersion": "one and a half"},
            Refusal(400, "InvalidImageVersion.Malformed", "The specified ImageVersion is wrongly formed."),
        ),
        (
            {"DetectionStrategy": "Thorough"},
            Refusal(
                400,
                "InvalidDetectionStrategy.Malformed",
                "The specified value for parameter DetectionStrategy is not supported. Please refer to the "
                "documentation for accepted values.",
            ),
        ),
        (
            {"ResourceGroupId": "web"},
            Refusal(
                404,
                "InvalidResourceGroup.NotFound",
                "The ResourceGroup provided does not exist in our records.",
            ),
        ),
        (
            {"InstanceId": "web"},
            Refusal(404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist."),
        ),
        (
            {"InstanceId": "i-none"},
            Refusal(404, "InvalidInstanceId.NotFound", "The specified instance i-none does not exist."),
        ),
        (
            {"InstanceId": None},
            Refusal(
                400,
                "MissingParameter",
                "The input parameter SnapshotId or InstanceId or DiskDeviceMapping that is mandatory for "
                "processing this request is not supplied.",
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_call_is_said(
    alice: Person, parameters: dict[str, Any], refusal: Refusal
) -> None:
    """Shapes, then existence."""
    instance = an_instance(alice)

    assert alice.refused("CreateImage", **{"InstanceId": instance, **parameters}) == refusal


def test_anothers_instance_and_snapshot_look_missing(alice: Person, bob: Person) -> None:
    """So do one's own in another region."""
    instance, snapshot = an_instance(alice), a_snapshot(alice)

    assert bob.refused("CreateImage", InstanceId=instance).code == "InvalidInstanceId.NotFound"
    assert bob.refused("CreateImage", SnapshotId=snapshot) == Refusal(
        404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist."
    )
    elsewhere = alice.refused("CreateImage", InstanceId=instance, RegionId="cn-beijing")
    assert elsewhere.code == "InvalidInstanceId.NotFound"


@pytest.mark.parametrize("status", ["Pending", "Starting", "Stopping"])
def test_an_instance_in_between_is_refused(alice: Person, status: str) -> None:
    """It has to be running or stopped."""
    instance = an_instance(alice, status=status)

    assert alice.refused("CreateImage", InstanceId=instance) == Refusal(
        400,
        "IncorrectInstanceStatus",
        "The current status of the instance does not support this operation.",
    )


def test_an_instance_without_system_disk_is_refused(alice: Person) -> None:
    """There is nothing to start from."""
    instance = an_instance(alice)
    a_disk(alice, "d-bp1made-0", number=1, instance=instance)

    assert alice.refused("CreateImage", InstanceId=instance) == Refusal(
        400, "InvalidInstance.NotFoundSystemDisk", "The specified instance does not have system disk."
    )


def test_an_instance_whose_disk_is_being_reset_is_refused(alice: Person) -> None:
    """Its disk has to be in use."""
    instance = an_instance(alice)
    a_disk(alice, "d-bp1made-0", instance=instance, phase=Phase("ReIniting"))

    assert alice.refused("CreateImage", InstanceId=instance) == Refusal(
        403, "IncorrectDiskStatus", "The current disk status does not support this operation."
    )


def test_two_images_of_an_instance_are_made_one_after_the_other(world: World, alice: Person) -> None:
    """While its snapshots are being made, there can't be more."""
    instance = an_instance(alice)
    alice.call("CreateImage", InstanceId=instance)

    too_early = alice.refused("CreateImage", InstanceId=instance)
    world.later()

    assert too_early == Refusal(
        403, "IncorrectDiskStatus.CreatingSnapshot", "A previous snapshot creation is in process."
    )
    alice.call("CreateImage", InstanceId=instance)


def test_a_snapshot_that_is_not_ready_is_refused(alice: Person) -> None:
    """It has to be accomplished."""
    snapshot = a_snapshot(alice, phase=Phase("progressing"))

    assert alice.refused("CreateImage", SnapshotId=snapshot) == Refusal(
        403,
        "InvalidSnapshotId.NotReady",
        "The current status of the DiskDeviceMapping.n.SnapshotId or SnapshotId does not support this "
        "operation.",
    )


def test_a_data_disks_snapshot_makes_no_image(alice: Person) -> None:
    """Nor as a system disk: that is for chosen accounts."""
    snapshot = a_snapshot(alice, kind="data")

    assert alice.refused("CreateImage", SnapshotId=snapshot) == Refusal(
        403, "OperationDenied", "The specified snapshot is not from system disk."
    )
    as_system_disk = [{"SnapshotId": snapshot, "DiskType": "system"}]
    assert alice.refused("CreateImage", DiskDeviceMapping=as_system_disk) == Refusal(
        403,
        "UserNotInTheWhiteList",
        "The user is not in the white list of create image by data disk snapshot.",
    )


@pytest.mark.parametrize(
    ("mappings", "refusal"),
    [
        (
            [{"Size": 20}],
            Refusal(
                400,
                "InvalidParameter.AllEmpty",
                "The parameters DiskDeviceMapping.n.SnapshotId are all empty.",
            ),
        ),
        (
            [{"SnapshotId": "s-bp1data"}],
            Refusal(
                400,
                "OperationDenied",
                "The specified parameter DiskDeviceMapping.n.SnapshotId does not contain system disk "
                "snapshot.",
            ),
        ),
        (
            [{"SnapshotId": "s-bp1data"}, {"DiskType": "system"}],
            Refusal(403, "InvalidSystemSnapshot.Missing", "The system disk of the image needs a snapshot."),
        ),
        (
            [{"SnapshotId": "s-bp1flash"}],
            Refusal(403, "OperationDenied.InvalidSnapshotCategory", "A local snapshot makes no image."),
        ),
        (
            [{"SnapshotId": "s-bp1made"}] * 2,
            Refusal(
                400,
                "OperationDenied",
                "The specified parameter DiskDeviceMapping.n.SnapshotId contains two or more system disk "
                "snapshots.",
            ),
        ),
        (
            [{"SnapshotId": "s-bp1made", "DiskType": "floppy"}],
            Refusal(400, "InvalidDiskType.ValueNotSupported", "The specified disk type is not supported."),
        ),
        (
            [{"SnapshotId": "s-bp1made", "Device": "/dev/sda"}],
            Refusal(
                400,
                "InvalidDevice.Malformed",
                "The specified parameter DiskDeviceMapping.n.Device is not valid.",
            ),
        ),
        (
            [{"SnapshotId": "s-bp1made"}, *[{"Device": "/dev/xvdb"}] * 2],
            Refusal(
                400,
                "InvalidDevice.InUse",
                "The specified parameter DiskDeviceMapping.n.Device has been occupied.",
            ),
        ),
        (
            [{"SnapshotId": "s-bp1made", "Size": 39}],
            Refusal(
                400,
                "InvalidSize.ValueNotSupported",
                "The specified parameter DiskDeviceMapping.n.Size beyond the permitted range.",
            ),
        ),
        (
            [{"SnapshotId": "s-bp1made"}, *[{"Size": 20}] * 17],
            Refusal(400, "InvalidParameter", 'The specified parameter "DiskDeviceMapping" is not valid.'),
        ),
    ],
)
def test_wrong_disks_are_refused(alice: Person, mappings: list[dict[str, Any]], refusal: Refusal) -> None:
    """The rules are tested by themselves; here, that they are asked."""
    a_snapshot(alice)
    a_snapshot(alice, "s-bp1data", kind="data")
    a_snapshot(alice, "s-bp1flash", category="flash")

    assert alice.refused("CreateImage", DiskDeviceMapping=mappings) == refusal


def test_arm_needs_uefi(alice: Person) -> None:
    """Whether that is said of the image or of what it is made of."""
    instance = an_instance(alice, image=ARM_IMAGE, instance_type="ecs.g8y.large")

    assert alice.refused("CreateImage", InstanceId=instance, BootMode="BIOS") == Refusal(
        400,
        "InvalidBootMode.NotSupport",
        "The specified parameter BootMode is not supported for current image architecture.",
    )
    alice.call("CreateImage", InstanceId=instance, BootMode="UEFI")


def test_a_name_is_used_once_in_a_region(world: World, alice: Person, bob: Person) -> None:
    """By one account; others and other regions have theirs."""
    a_custom_image(alice, ImageName="web")

    again = alice.refused("CreateImage", InstanceId="i-bp1made", ImageName="web")

    assert again == Refusal(
        400, "InvalidImageName.Duplicated", "The specified Image name has already bean used."
    )
    bob.call("CreateImage", InstanceId=an_instance(bob, "i-bp1bobs"), ImageName="web")


def test_images_have_a_quota(make_world: Callable[..., World]) -> None:
    """Per region; what was refused left nothing behind."""
    carol = make_world(limits=Limits(images_per_account=1)).person("carol")
    a_custom_image(carol)

    refusal = carol.refused("CreateImage", InstanceId="i-bp1made")

    assert refusal == Refusal(403, "QuotaExceed.Image", "The Image Quota exceeds.")
    assert carol.call("DescribeSnapshots")["TotalCount"] == 1


def test_snapshots_of_a_disk_have_a_quota(make_world: Callable[..., World]) -> None:
    """An image's count too."""
    carol = make_world(limits=Limits(snapshots_per_disk=1)).person("carol")
    a_custom_image(carol)

    assert carol.refused("CreateImage", InstanceId="i-bp1made") == Refusal(
        403, "QuotaExceed.Snapshot", "The snapshot quota exceeds."
    )


def test_what_is_not_emulated_is_refused_by_name(alice: Person) -> None:
    """Rather than taken and forgotten."""
    refusal = alice.refused(
        "CreateImage",
        InstanceId=an_instance(alice),
        SecureBootOptions={"SecureBootSupport": "supported"},
    )

    assert refusal.code.startswith("UnsupportedParameter.")
    assert SYSTEM_IMAGE in images_seen(alice, ImageOwnerAlias="system")


def test_an_image_is_checked_if_asked(world: World, alice: Person) -> None:
    """Once it is made; nothing is found. Of others nothing is said."""
    checked = alice.call("CreateImage", InstanceId=an_instance(alice), DetectionStrategy="Standard")[
        "ImageId"
    ]
    other = an_image(alice, "m-bp1other")

    at_first = described(alice, checked)["DetectionOptions"]
    world.later()

    assert at_first == {"Status": "Processing", "Items": {"Item": []}}
    assert described(alice, checked)["DetectionOptions"] == {"Status": "Finished", "Items": {"Item": []}}
    assert "DetectionOptions" not in described(alice, other)


def test_a_deprecated_images_name_is_in_use(alice: Person) -> None:
    """In the other wording."""
    an_image(alice, name="web", phase=Phase("Deprecated"))

    assert alice.refused("CreateImage", InstanceId=an_instance(alice), ImageName="web") == Refusal(
        400, "InvalidImageName.Duplicated", "The specified image name is already in use."
    )


def test_a_local_snapshot_makes_no_image(alice: Person) -> None:
    """One that was taken with Category=flash."""
    snapshot = a_snapshot(alice, category="flash")

    assert alice.refused("CreateImage", SnapshotId=snapshot) == Refusal(
        403,
        "InvalidSnapshotCategory.NotSupportImageCreation",
        "The specified snapshot category does not support create image.",
    )


def test_an_instance_that_never_ran_is_refused(alice: Person) -> None:
    """As CreateInstance leaves it."""
    instance = an_instance(alice, status="Stopped", started_at=None)

    assert alice.refused("CreateImage", InstanceId=instance) == Refusal(
        403,
        "IncorrectDiskStatus.NeverAttached",
        "The specified disk has never been attached to instance.",
    )


def test_a_disk_that_was_added_to_a_stopped_instance_asks_for_a_start(world: World, alice: Person) -> None:
    """A running one has it already, and a new system disk counts for nothing."""
    stopped, running = an_instance(alice, status="Stopped"), an_instance(alice, "i-bp1runs")
    world.later()
    a_disk(alice, "d-bp1late", number=1, instance=stopped)
    a_disk(alice, "d-bp1later", number=1, instance=running)

    assert alice.refused("CreateImage", InstanceId=stopped) == Refusal(
        403,
        "IncorrectInstanceStatus.NeedRestart",
        "The instance needs to be restarted after adding a disk in a shutdown status.",
    )
    alice.call("CreateImage", InstanceId=running)


HELD_BACK = [
    (
        Condition.ABNORMAL,
        Refusal(400, "AccountForbidden.CreateOrder", "Order cannot be created due to abnormal account."),
    ),
    (
        Condition.ARREARS,
        Refusal(403, "InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough balance."),
    ),
    (
        Condition.DEREGISTERED,
        Refusal(
            403,
            "AccountEnterpriseStatusInvalid",
            "Your enterprise registration is marked as revoked/deregistered in the National Enterprise "
            "Credit Information Publicity System. Account transaction features (purchase/renewal/recharge) "
            "are disabled. Please update real-name certification via Account Center. Restrictions will "
            "auto-remove after verification.",
        ),
    ),
    (
        Condition.NO_SNAPSHOTS,
        Refusal(
            403,
            "InvalidAccountStatus.SnapshotServiceUnavailable",
            "Snapshot service has not been opened yet.",
        ),
    ),
    (
        Condition.LOCKED,
        Refusal(
            400,
            "InstanceLockedForSecurity",
            "The specified operation is denied as your instance is locked for security reasons.",
        ),
    ),
]


@pytest.mark.parametrize(("condition", "refusal"), HELD_BACK)
def test_accounts_that_are_held_back_make_no_image(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """Until the operator lets them go."""
    instance = an_instance(alice)
    hold(alice, condition)

    assert alice.refused("CreateImage", InstanceId=instance) == refusal
    hold(alice)
    alice.call("CreateImage", InstanceId=instance)


def test_what_a_failing_account_makes_fails(world: World, alice: Person) -> None:
    """Image, copy and snapshots, once their time is over; a failed snapshot makes no image."""
    source = an_image(alice)
    hold(alice, Condition.FAILING)
    image = alice.call("CreateImage", InstanceId=an_instance(alice))["ImageId"]
    copy = alice.call("CopyImage", ImageId=source)["ImageId"]

    at_first = [described(alice, one)["Status"] for one in (image, copy)]
    world.later()

    snapshots = alice.call("DescribeSnapshots")["Snapshots"]["Snapshot"]
    assert at_first == ["Creating", "Creating"]
    assert [described(alice, one)["Status"] for one in (image, copy)] == ["CreateFailed", "CreateFailed"]
    assert {snapshot["Status"] for snapshot in snapshots} == {"failed"}
    assert sorted(images_seen(alice, Status="CreateFailed")) == sorted([copy, image])
    assert alice.refused("CreateImage", SnapshotId=snapshots[0]["SnapshotId"]) == Refusal(
        403, "OperationDenied", "The specified snapshot is not allowed to create image."
    )
    alice.call("DeleteImage", ImageId=copy)


def test_snapshots_under_way_are_limited(make_world: Callable[..., World]) -> None:
    """Of an account in a region, and of a disk if it may have several at once."""
    carol = make_world(limits=Limits(snapshots_under_way=2)).person("carol")
    dave = make_world(limits=Limits(snapshots_under_way_per_disk=2)).person("dave")
    for number in range(2):
        carol.call("CreateImage", InstanceId=an_instance(carol, f"i-bp1number{number}"))
    for _ in range(2):
        dave.call("CreateImage", InstanceId=an_instance(dave))

    assert carol.refused("CreateImage", InstanceId=an_instance(carol)) == Refusal(
        403,
        "TooManySnapshot.Unfinished",
        "There are too many snapshots being created, please wait for them to be created done.",
    )
    assert dave.refused("CreateImage", InstanceId="i-bp1made") == Refusal(
        403,
        "QuotaExceed.ConcurrentSnapshotQuota",
        "The number of snapshots being created for the disk d-bp1made-0 has exceeded the concurrent quota "
        "(2). Please wait for the previous snapshots to complete before trying again.",
    )
    carol.world.later()
    carol.call("CreateImage", InstanceId="i-bp1made")


def test_a_new_system_disk_asks_for_a_start(world: World, alice: Person) -> None:
    """Nobody knows what is on it before."""
    instance = an_instance(alice, status="Stopped")
    world.later()
    alice.call("ReplaceSystemDisk", InstanceId=instance, ImageId=SYSTEM_IMAGE)
    world.later()

    assert alice.refused("CreateImage", InstanceId=instance) == Refusal(
        403,
        "IncorrectDiskStatus.Invalid",
        "Device status is invalid, please restart instance and try again.",
    )
    alice.call("StartInstance", InstanceId=instance)
    world.later()
    alice.call("CreateImage", InstanceId=instance)


def test_a_copied_snapshot_makes_an_image_once_it_is_done(world: World, alice: Person) -> None:
    """In its region."""
    copy = alice.call(
        "CopySnapshot",
        SnapshotId=a_snapshot(alice),
        DestinationRegionId="cn-beijing",
        DestinationSnapshotName="copy",
        DestinationSnapshotDescription="The copy.",
    )["SnapshotId"]

    too_early = alice.refused("CreateImage", SnapshotId=copy, RegionId="cn-beijing")
    world.later()

    assert too_early == Refusal(403, "SnapshotNotReady", "The specified snapshot is not ready.")
    alice.call("CreateImage", SnapshotId=copy, RegionId="cn-beijing")
