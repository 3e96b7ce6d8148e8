"""What CreateImage is refused for, the check of an image, and images that fail."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model import Phase
from localyun.model.limits import Limits
from localyun.model.standing import Condition
from tests.operations.held import hold
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
from tests.operations.test_create_image import described
from tests.people import Person, Refusal, World

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


def test_what_a_spoiled_account_makes_is_unavailable(world: World, alice: Person, bob: Person) -> None:
    """Image and copy are Creating, then UnAvailable: found as such, of use to nobody, and deletable."""
    source = an_image(alice)
    hold(alice, Condition.SPOILED)
    image = alice.call("CreateImage", InstanceId=an_instance(alice))["ImageId"]
    copy = alice.call("CopyImage", ImageId=source)["ImageId"]
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])

    at_first = [described(alice, one)["Status"] for one in (image, copy)]
    world.later()

    assert at_first == ["Creating", "Creating"]
    assert sorted(images_seen(alice, Status="UnAvailable")) == sorted([image, copy])
    for person in (alice, bob):
        assert person.refused("RunInstances", ImageId=image, InstanceType="ecs.g7.large") == Refusal(
            403, "OperationDenied.ImageNotValid", "The specified Image is disabled or is deleted."
        )
    assert alice.refused("CopyImage", ImageId=image, DestinationRegionId="cn-beijing") == Refusal(
        400, "IncorrectImageStatus", "The image not available."
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
