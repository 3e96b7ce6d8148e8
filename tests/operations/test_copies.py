"""Copies of images under way: the queue of a region, calling one off, and where none can be made."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model.images import DiskMapping
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.keys import a_key
from tests.operations.made import a_custom_image, a_snapshot, an_image, images_seen
from tests.people import Person, Refusal, World

THERE = "cn-beijing"


def states(person: Person, images: list[str], region: str = THERE) -> list[tuple[str, str]]:
    """Status and progress of images, in the order given."""
    listed = person.call(
        "DescribeImages", RegionId=region, ImageId=",".join(images), Status="ALL", PageSize=100
    )["Images"]["Image"]
    found = {image["ImageId"]: (image["Status"], image["Progress"]) for image in listed}
    return [found[image] for image in images]


def copies(person: Person, count: int) -> list[str]:
    """Have as many images copied to another region at once."""
    sources = [an_image(person, f"m-bp1source{number}") for number in range(count)]
    return [
        person.call("CopyImage", ImageId=source, DestinationRegionId=THERE)["ImageId"] for source in sources
    ]


@pytest.mark.simulated
def test_the_sixth_copy_waits_until_one_is_done(world: World, alice: Person) -> None:
    """Then it takes its own time; each status is what the clock says."""
    made = copies(alice, 7)

    at_first = states(alice, made)
    world.later(0.8)
    first_done = states(alice, made)
    world.later(0.8)

    assert at_first == [("Creating", "0%")] * 5 + [("Waiting", "0%")] * 2
    assert first_done == [("Available", "100%")] * 5 + [("Creating", "0%")] * 2
    assert states(alice, made) == [("Available", "100%")] * 7


def test_each_region_has_a_queue_of_its_own(alice: Person, bob: Person) -> None:
    """And each account."""
    copies(alice, 5)

    elsewhere = alice.call("CopyImage", ImageId="m-bp1source0", DestinationRegionId="cn-shanghai")["ImageId"]
    bobs = bob.call("CopyImage", ImageId=an_image(bob, "m-bp1bobs"), DestinationRegionId=THERE)["ImageId"]

    assert states(alice, [elsewhere], "cn-shanghai") == [("Creating", "0%")]
    assert states(bob, [bobs]) == [("Creating", "0%")]


@pytest.mark.simulated
def test_the_snapshots_of_a_copy_are_done_with_it(world: World, alice: Person) -> None:
    """Those of one that waits are under way until it is."""
    made = copies(alice, 6)

    world.later(0.8)

    listed = alice.call("DescribeSnapshots", RegionId=THERE)["Snapshots"]["Snapshot"]
    found = {snapshot["SnapshotName"]: snapshot["Status"] for snapshot in listed}
    assert [found[f"SnapshotForImage-{image}"] for image in made] == ["accomplished"] * 5 + ["progressing"]


def test_how_many_are_made_at_once_is_a_limit(make_world: Callable[..., World]) -> None:
    """Which the operator changes."""
    carol = make_world(limits=Limits(copies_at_once=1)).person("carol")

    made = copies(carol, 2)

    assert states(carol, made) == [("Creating", "0%"), ("Waiting", "0%")]


# --- CancelCopyImage --------------------------------------------------------------------------------------


def test_a_copy_that_is_called_off_is_gone(alice: Person) -> None:
    """With its snapshots; its source is free, and can be copied anew."""
    (copy,) = copies(alice, 1)

    alice.call("CancelCopyImage", ImageId=copy, RegionId=THERE)

    assert images_seen(alice, RegionId=THERE, Status="ALL") == []
    assert alice.call("DescribeSnapshots", RegionId=THERE)["TotalCount"] == 0
    alice.call("CopyImage", ImageId="m-bp1source0", DestinationRegionId=THERE)


def test_a_copy_that_waits_moves_up(world: World, alice: Person) -> None:
    """When one before it is called off, waiting or not."""
    made = copies(alice, 7)

    alice.call("CancelCopyImage", ImageId=made[5], RegionId=THERE)
    alice.call("CancelCopyImage", ImageId=made[0], RegionId=THERE)

    assert states(alice, made[1:5] + made[6:]) == [("Creating", "0%")] * 5


def test_what_cannot_be_called_off(world: World, alice: Person, bob: Person) -> None:
    """An image that is no copy, a copy that is done, one that is shared, one that isn't one's own."""
    image = a_custom_image(alice)
    copy = alice.call("CopyImage", ImageId=image, DestinationRegionId=THERE)["ImageId"]
    alice.call("ModifyImageSharePermission", ImageId=copy, RegionId=THERE, AddAccount=[bob.id])

    shared = alice.refused("CancelCopyImage", ImageId=copy, RegionId=THERE)
    received = bob.refused("CancelCopyImage", ImageId=copy, RegionId=THERE)
    no_copy = alice.refused("CancelCopyImage", ImageId=image)
    world.later()

    assert shared == Refusal(400, "CancelNotSupported", "The specified image coping can not be cancelled.")
    assert received == Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")
    assert no_copy == Refusal(
        400, "ImageCreatedNotFromCopy", "The specified image is not the target image of a copy action."
    )
    assert alice.refused("CancelCopyImage", ImageId=copy, RegionId=THERE) == Refusal(
        400, "IncorrectImageStatus", "The specified snapshot is not coping."
    )
    assert alice.refused("CancelCopyImage", ImageId=copy, RegionId="cn-nowhere") == Refusal(
        404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."
    )


def test_a_sharees_copy_does_not_hold_up_the_owner(alice: Person, bob: Person) -> None:
    """The owner isn't told of it; the copy goes on."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    copy = bob.call("CopyImage", ImageId=image)["ImageId"]
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    alice.call("DeleteImage", ImageId=image)

    assert states(bob, [copy], bob.region) == [("Creating", "0%")]


# --- What is refused --------------------------------------------------------------------------------------


def test_a_copy_under_way_is_not_copied_nor_is_an_image_twice(world: World, alice: Person) -> None:
    """To one region; to others it may be copied meanwhile."""
    image = a_custom_image(alice)
    copy = alice.call("CopyImage", ImageId=image, DestinationRegionId=THERE)["ImageId"]

    of_copy = alice.refused("CopyImage", ImageId=copy, RegionId=THERE)
    twice = alice.refused("CopyImage", ImageId=image, DestinationRegionId=THERE)
    alice.call("CopyImage", ImageId=image, DestinationRegionId="cn-shanghai")
    world.later()

    assert of_copy == Refusal(
        403, "OperationDenied.ImageCopying", "The image is currently being copied. Please try again later."
    )
    assert twice == Refusal(
        400,
        "OperationDenied.ImageCopyConflict",
        "The same image cannot be copied concurrently. Please wait until the last copy is completed before "
        "performing the next operation.",
    )
    alice.call("CopyImage", ImageId=image, DestinationRegionId=THERE)
    alice.call("CopyImage", ImageId=copy, RegionId=THERE)


MALFORMED: list[tuple[dict[str, Any], Refusal]] = [
    (
        {"DestinationImageName": "aliyun-web"},
        Refusal(
            400,
            "InvalidImageName.Malformed",
            "The specified destination image name is wrongly formed.",
        ),
    ),
    (
        {"DestinationImageName": "1web"},
        Refusal(
            400,
            "InvalidImageName.Malformed",
            "Image names must be between 2 and 128 characters long, using either English or Chinese "
            "characters. The name must start with a letter or a Chinese character, and can include "
            "numbers, colons, "
            "underscores and hyphens.",
        ),
    ),
    (
        {"DestinationDescription": "http://web"},
        Refusal(
            400, "InvalidDescription.Malformed", "The specified destination description is wrongly formed."
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
        {"RegionId": "cn-nowhere"},
        Refusal(400, "SourceRegion.NotFound", "The source region not found."),
    ),
    (
        {"DestinationRegionId": "cn-nowhere"},
        Refusal(400, "DestinationRegion.NotFound", "The destination region not found."),
    ),
    (
        {"ImageId": "web"},
        Refusal(404, "InvalidImageId.NotFound", "The specified image web does not exist."),
    ),
    (
        {"ImageId": "m-web"},
        Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist."),
    ),
]


@pytest.mark.parametrize(("parameters", "refusal"), MALFORMED)
def test_what_is_wrong_with_a_copy(alice: Person, parameters: dict[str, Any], refusal: Refusal) -> None:
    """Is said before anything is made."""
    image = an_image(alice)

    assert alice.refused("CopyImage", **{"ImageId": image, **parameters}) == refusal
    assert images_seen(alice, Status="ALL") == [image]


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (Condition.ARREARS, Refusal(400, "Account.Arrearage", "Your account has an outstanding payment.")),
        (
            Condition.NOT_AUTHORIZED,
            Refusal(403, "Forbbiden", "User not authorized to operate on the specified resource."),
        ),
    ],
)
def test_accounts_that_are_held_back_copy_nothing(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """Whatever the image."""
    hold(alice, condition)

    assert alice.refused("CopyImage", ImageId="m-bp1none") == refusal


@pytest.mark.parametrize(
    ("feature", "region", "refusal"),
    [
        (
            Feature.COPIES,
            THERE,
            Refusal(403, "RegionNotSupportCopy", "The region not support copy."),
        ),
        (
            Feature.COPIES_FROM,
            "cn-hangzhou",
            Refusal(
                403,
                "InvalidOperation.CopyingDataFromThisRegionUnsupported",
                "Data transfer from the current region to other regions is not supported.",
            ),
        ),
        (
            Feature.COPIES_TO,
            THERE,
            Refusal(
                403,
                "InvalidOperation.CopyingDataToThisRegionUnsupported",
                "Only Some Regions cn-beijing can copy data to this region.",
            ),
        ),
        (
            Feature.OWN_KEYS,
            THERE,
            Refusal(403, "InvalidRegion.NotSupport", "The specified region does not support byok."),
        ),
        (
            Feature.FOREIGN_DATA,
            THERE,
            Refusal(
                403,
                "OperationDenied.NonCompliantDestinationRegion",
                "The copy operation to the destination region is not in compliance with regulations.",
            ),
        ),
    ],
)
def test_regions_without_copies(
    make_world: Callable[..., World], feature: Feature, region: str, refusal: Refusal
) -> None:
    """Between other regions, and within one that only lacks copies to or from others, images are copied."""
    carol = make_world(without=frozenset({(feature, region)})).person("carol")
    image = an_image(carol)

    with_key = {"Encrypted": True, "KMSKeyId": "key-1"} if feature is Feature.OWN_KEYS else {}
    assert carol.refused("CopyImage", ImageId=image, DestinationRegionId=THERE, **with_key) == refusal
    carol.call("CopyImage", ImageId=image)


def test_a_region_may_lack_copies_within(make_world: Callable[..., World]) -> None:
    """As all did in former times."""
    carol = make_world(without=frozenset({(Feature.COPIES_WITHIN, "cn-hangzhou")})).person("carol")
    image = an_image(carol)

    assert carol.refused("CopyImage", ImageId=image) == Refusal(
        403, "IncorrectDestinationRegion", "The destination region is not equal the target region."
    )
    carol.call("CopyImage", ImageId=image, DestinationRegionId=THERE)


def test_who_names_no_key_and_gets_none(alice: Person) -> None:
    """Naming one is for those who are listed; making one can fail."""
    image = an_image(alice)
    hold(alice, Condition.NOT_LISTED)
    unlisted = alice.refused("CopyImage", ImageId=image, Encrypted=True, KMSKeyId=a_key(alice))
    hold(alice, Condition.FAILING)

    assert unlisted == Refusal(403, "UserNotInTheWhiteList", "The user is not in byok white list.")
    assert alice.refused("CopyImage", ImageId=image, Encrypted=True) == Refusal(
        403,
        "InvalidParameter.DataEncryptedKeyCreateFailed",
        "Create kms data encrypted key fail. If you need further assistance, you can contact the KMS "
        "Technical Support.",
    )


def test_images_of_old_snapshots_stay_where_they_are(world: World, alice: Person) -> None:
    """Those from before 15 July 2013, to which a test turns the time back; nor do those make images."""
    world.later(-5000 * 24 * 3600)
    old = an_image(
        alice,
        disks=(DiskMapping(device="/dev/xvda", size=40, snapshot=a_snapshot(alice)),),
    )
    world.later(5000 * 24 * 3600)

    assert alice.refused("CopyImage", ImageId=old) == Refusal(
        403,
        "InvalidSnapshot.TooOld",
        "This operation is denied because the specified snapshot is created before 2013-07-15.",
    )
    assert alice.refused("CreateImage", SnapshotId="s-bp1made") == Refusal(
        403,
        "InvalidSnapshot.TooOld",
        "This operation is denied because the specified snapshot by DiskDeviceMapping.n.SnapshotId or "
        "SnapshotId is created before 2013-07-15.",
    )


def test_large_images_and_many_snapshots_are_refused(make_world: Callable[..., World]) -> None:
    """Both are limits that the operator changes."""
    small = make_world(limits=Limits(copied_image_size=39)).person("carol")
    few = make_world(limits=Limits(snapshots_per_region=0)).person("carol")

    assert small.refused("CopyImage", ImageId=an_image(small)) == Refusal(
        403,
        "SizeExceed.Image",
        "The image exceeds the maximum size. You can use the CopySnapshot API to copy your snapshots of the "
        "image and then create a new image from them.",
    )
    assert few.refused("CopyImage", ImageId=an_image(few)) == Refusal(
        403, "QuotaExceed.Snapshot", "The snapshot quota exceeds."
    )
