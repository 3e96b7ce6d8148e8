"""Changing, copying and deleting images, as owner, sharee and others see it."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model import Phase, Tag
from localyun.model.limits import Limits
from tests.operations.made import ARM_IMAGE, SYSTEM_IMAGE, a_custom_image, an_image, an_instance, images_seen
from tests.people import Person, Refusal, World

NOT_FOUND = Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")
THERE = "cn-beijing"


def share(owner: Person, image: str, *others: Person, **parameters: Any) -> None:
    """Share an image."""
    owner.call(
        "ModifyImageSharePermission", ImageId=image, AddAccount=[other.id for other in others], **parameters
    )


def the_image(person: Person, image: str, **parameters: Any) -> dict[str, Any]:
    """An image as a person sees it, whatever its status."""
    (found,) = person.call("DescribeImages", ImageId=image, Status="ALL", **parameters)["Images"]["Image"]
    return dict(found)


# --- ModifyImageAttribute -------------------------------------------------------------------------------


def test_what_is_said_of_an_image_changes(alice: Person) -> None:
    """All that may be changed, at once."""
    image = an_image(alice, tags=(Tag("team", "web"),))
    before = the_image(alice, image)

    alice.call(
        "ModifyImageAttribute",
        ImageId=image,
        ImageName="web-2",
        ImageFamily="web",
        Description="The web server.",
        BootMode="UEFI",
        LicenseType="BYOL",
        Features={"NvmeSupport": "unsupported", "ImdsSupport": "v2"},
    )

    assert the_image(alice, image) == {
        **before,
        "ImageName": "web-2",
        "ImageFamily": "web",
        "Description": "The web server.",
        "BootMode": "UEFI",
        "LicenseType": "BYOL",
        "Features": {"NvmeSupport": "unsupported", "ImdsSupport": "v2"},
    }


def test_what_is_not_given_stays(alice: Person) -> None:
    """An image keeps its own name when that is given."""
    image = an_image(alice, name="web", family="web", description="The web server.")
    before = the_image(alice, image)

    alice.call("ModifyImageAttribute", ImageId=image, ImageName="web")

    assert the_image(alice, image) == before


def test_an_image_is_deprecated_and_back(alice: Person) -> None:
    """A deprecated one is usable, and isn't listed unless its status is named."""
    image = an_image(alice)

    alice.call("ModifyImageAttribute", ImageId=image, Status="Deprecated")
    deprecated, listed = the_image(alice, image), images_seen(alice)
    alice.call("ModifyImageAttribute", ImageId=image, Status="Available")

    assert (deprecated["Status"], deprecated["Usable"], deprecated["Progress"]) == (
        "Deprecated",
        True,
        "100%",
    )
    assert listed == []
    assert images_seen(alice) == [image]


def test_a_shared_image_must_be_unshared_before_it_is_deprecated(alice: Person, bob: Person) -> None:
    """And a deprecated one can't be shared."""
    image = an_image(alice)
    share(alice, image, bob)

    too_early = alice.refused("ModifyImageAttribute", ImageId=image, Status="Deprecated")
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    alice.call("ModifyImageAttribute", ImageId=image, Status="Deprecated")

    assert too_early == Refusal(
        403,
        "ImageUseShared",
        "The specified image has been shared to others, please remove shared accounts first.",
    )
    shared = alice.refused("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    assert shared.code == "OperationDenied.InvalidImageStatus"


def test_other_changes_of_status_are_refused(alice: Person) -> None:
    """What is so already can't become so."""
    available, deprecated = an_image(alice), an_image(alice, "m-bp1old", phase=Phase("Deprecated"))

    assert alice.refused("ModifyImageAttribute", ImageId=available, Status="Available") == Refusal(
        403, "ImageStatus.NotDeprecated", "The specified image status is not deprecated."
    )
    assert alice.refused("ModifyImageAttribute", ImageId=deprecated, Status="Deprecated") == Refusal(
        403, "ImageStatus.NotAvailable", "The specified image status is not available."
    )
    gone = alice.refused("ModifyImageAttribute", ImageId=available, Status="Gone")
    assert gone == Refusal(400, "InvalidParameter", 'The specified parameter "Status" is not valid.')


def test_an_image_that_is_being_made_does_not_change(world: World, alice: Person) -> None:
    """Until it is available."""
    image = alice.call("CreateImage", InstanceId=an_instance(alice))["ImageId"]

    too_early = alice.refused("ModifyImageAttribute", ImageId=image, Description="The web server.")
    world.later()

    assert too_early == Refusal(
        403,
        "InvalidStatus.ImageIsCreating",
        "The operation cannot be performed because the image is creating. Please wait until the creation is "
        "complete and try again.",
    )
    alice.call("ModifyImageAttribute", ImageId=image, Description="The web server.")


def test_only_the_owner_changes_an_image(alice: Person, bob: Person, mallory: Person) -> None:
    """For anybody else it doesn't exist, nor does the provider's."""
    image = an_image(alice)
    share(alice, image, bob)

    assert bob.refused("ModifyImageAttribute", ImageId=image, Description="Mine.") == NOT_FOUND
    assert mallory.refused("ModifyImageAttribute", ImageId=image, Description="Mine.") == NOT_FOUND
    assert alice.refused("ModifyImageAttribute", ImageId=SYSTEM_IMAGE, Description="Mine.") == NOT_FOUND
    assert alice.refused("ModifyImageAttribute", ImageId=image, RegionId=THERE) == NOT_FOUND


def test_the_boot_mode_is_fixed_while_the_owner_has_instances(alice: Person, bob: Person) -> None:
    """A sharee's don't count; the same mode again is no change."""
    image = an_image(alice)
    share(alice, image, bob)
    an_instance(bob, "i-bp1bobs", image=image)
    alice.call("ModifyImageAttribute", ImageId=image, BootMode="UEFI")
    an_instance(alice, image=image)

    alice.call("ModifyImageAttribute", ImageId=image, BootMode="UEFI")

    assert alice.refused("ModifyImageAttribute", ImageId=image, BootMode="BIOS") == Refusal(
        403,
        "OperationDeined.ImageUsingByInstance",
        "The boot mode of the image cannot be modified because it has associated instances.",
    )


def test_the_metadata_service_does_not_go_back(alice: Person) -> None:
    """From v2 to v1."""
    image = an_image(alice, imds_support="v2")

    refusal = alice.refused("ModifyImageAttribute", ImageId=image, Features={"ImdsSupport": "v1"})

    assert refusal == Refusal(
        403,
        "InvalidOperation.FeaturesImdsSupportNotMatch",
        "The specified parameter Features.ImdsSupport can not be set to v1 from v2.",
    )


def test_a_name_in_use_is_refused(alice: Person, bob: Person) -> None:
    """In one's own region and account."""
    an_image(alice, "m-bp1web", name="web")
    an_image(bob, "m-bp1bobs", name="bobs")
    image = an_image(alice)

    alice.call("ModifyImageAttribute", ImageId=image, ImageName="bobs")

    assert alice.refused("ModifyImageAttribute", ImageId=image, ImageName="web") == Refusal(
        400, "InvalidImageName.Duplicated", "The specified Image name has already bean used."
    )


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        ({"ImageName": "aliyun-web"}, "InvalidImageName.Malformed", "Image names must be between 2 and 128"),
        (
            {"ImageFamily": "w"},
            "InvalidImageFamily.Malformed",
            'The specified parameter "ImageFamily" is malformed.',
        ),
        (
            {"Description": "w"},
            "InvalidDescription.Malformed",
            "The specified description is wrongly formed.",
        ),
        (
            {"BootMode": "PXE"},
            "InvalidBootMode.NotSupport",
            "The specified parameter BootMode is not supported.",
        ),
        (
            {"LicenseType": "GPL"},
            "InvalidLicenseType.NotSupported",
            "The specified parameter LicenseType is not supported.",
        ),
        (
            {"Features": {"ImdsSupport": "v3"}},
            "InvalidParameter.FeaturesImdsSupport",
            "The specified parameter Features.ImdsSupport is not supported.",
        ),
        (
            {"Features": {"NvmeSupport": "maybe"}},
            "InvalidParameter",
            'The specified parameter "Features.NvmeSupport" is not valid.',
        ),
    ],
)
def test_malformed_values_are_refused(
    alice: Person, parameters: dict[str, Any], code: str, message: str
) -> None:
    """Before the image is looked for."""
    refusal = alice.refused("ModifyImageAttribute", ImageId="m-none", **parameters)

    assert (refusal.status, refusal.code) == (400, code)
    assert refusal.message.startswith(message)


def test_arm_stays_with_uefi(alice: Person) -> None:
    """Its image can't boot otherwise."""
    image = an_image(alice, architecture="arm64", boot_mode="UEFI")

    assert alice.refused("ModifyImageAttribute", ImageId=image, BootMode="BIOS") == Refusal(
        400,
        "InvalidBootMode.NotSupport",
        "The specified parameter BootMode is not supported for current image architecture.",
    )


# --- CopyImage ------------------------------------------------------------------------------------------


def test_a_copy_is_an_image_of_its_own(world: World, alice: Person) -> None:
    """In the other region, on snapshots of its own; it says what the source says, family and tags apart."""
    instance = an_instance(alice, data_disks=1)
    image = alice.call(
        "CreateImage", InstanceId=instance, ImageName="web", ImageFamily="web", Tag=[{"Key": "team"}]
    )["ImageId"]
    world.later()

    copy = alice.call(
        "CopyImage",
        ImageId=image,
        DestinationRegionId=THERE,
        DestinationImageName="web-there",
        DestinationDescription="The copy.",
        ResourceGroupId="rg-1",
        Tag=[{"Key": "copy", "Value": "yes"}],
    )["ImageId"]
    world.later()

    here, there = the_image(alice, image), the_image(alice, copy, RegionId=THERE)
    own = {
        "ImageId": copy,
        "CreationTime": "2026-03-01T08:01:00Z",
        "ImageName": "web-there",
        "Description": "The copy.",
        "ImageFamily": "",
        "ResourceGroupId": "rg-1",
        "IsCopied": True,
        "Tags": {"Tag": [{"TagKey": "copy", "TagValue": "yes"}]},
        "DiskDeviceMappings": there["DiskDeviceMappings"],
    }
    assert there == {**here, **own}
    snapshots = alice.call("DescribeSnapshots", RegionId=THERE)["Snapshots"]["Snapshot"]
    disks = there["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert {disk["SnapshotId"] for disk in disks} == {snapshot["SnapshotId"] for snapshot in snapshots}
    assert [(disk["Type"], disk["Size"]) for disk in disks] == [("system", "40"), ("data", "100")]


def test_a_copy_is_creating_and_then_available(world: World, alice: Person) -> None:
    """A copy without name is called by its id."""
    image = a_custom_image(alice)

    copy = alice.call("CopyImage", ImageId=image, DestinationRegionId=THERE)["ImageId"]
    creating = the_image(alice, copy, RegionId=THERE)
    world.later()

    assert (creating["Status"], creating["Progress"], creating["ImageName"]) == ("Creating", "0%", copy)
    assert images_seen(alice, RegionId=THERE) == [copy]


def test_a_copy_can_be_shared_while_it_is_made(alice: Person, bob: Person) -> None:
    """It has shares of its own: the source's don't go with it."""
    image = a_custom_image(alice)
    share(alice, image, bob)
    copy = alice.call("CopyImage", ImageId=image, DestinationRegionId=THERE)["ImageId"]

    before = images_seen(bob, RegionId=THERE, Status="ALL")
    share(alice, copy, bob, RegionId=THERE)

    assert before == []
    assert images_seen(bob, RegionId=THERE, Status="ALL") == [copy]


def test_a_received_image_is_copied_within_its_region_only(world: World, alice: Person, bob: Person) -> None:
    """The copy is the sharee's own: it can be copied on, and outlives the share."""
    image = a_custom_image(alice)
    share(alice, image, bob)

    elsewhere = bob.refused("CopyImage", ImageId=image, DestinationRegionId=THERE)
    copy = bob.call("CopyImage", ImageId=image, DestinationRegionId=bob.region)["ImageId"]
    world.later()
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    assert elsewhere == Refusal(
        403,
        "OperationDenied.SameRegionOnly",
        "The image shared from others can not be copied to another region directly.",
    )
    assert images_seen(bob) == [copy]
    assert the_image(bob, copy)["ImageOwnerAlias"] == "self"
    bob.call("CopyImage", ImageId=copy, DestinationRegionId=THERE)


def test_without_destination_a_copy_stays_in_its_region(world: World, alice: Person) -> None:
    """Under an id of its own."""
    image = a_custom_image(alice)
    world.later()

    copy = alice.call("CopyImage", ImageId=image)["ImageId"]
    world.later()

    assert images_seen(alice) == [copy, image]


def test_an_image_that_may_not_be_seen_is_not_copied(alice: Person, bob: Person, mallory: Person) -> None:
    """Nor one that isn't in the region that is named, nor one that was taken back."""
    image = an_image(alice)
    share(alice, image, bob)
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    assert bob.refused("CopyImage", ImageId=image) == NOT_FOUND
    assert mallory.refused("CopyImage", ImageId=image) == NOT_FOUND
    assert alice.refused("CopyImage", ImageId=image, RegionId=THERE) == NOT_FOUND
    assert alice.refused("CopyImage", ImageId="m-none") == NOT_FOUND


@pytest.mark.parametrize("status", ["Creating", "Waiting", "Deprecated", "UnAvailable", "CreateFailed"])
def test_only_an_available_image_is_copied(alice: Person, status: str) -> None:
    """A deprecated one isn't."""
    image = an_image(alice, phase=Phase(status))

    assert alice.refused("CopyImage", ImageId=image, DestinationRegionId=THERE) == Refusal(
        400, "IncorrectImageStatus", "The image not available."
    )


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        (
            {"RegionId": "cn-atlantis"},
            Refusal(400, "SourceRegion.NotFound", "The source region not found."),
        ),
        (
            {"DestinationRegionId": "cn-atlantis"},
            Refusal(400, "DestinationRegion.NotFound", "The destination region not found."),
        ),
        (
            {"DestinationDescription": "https://copy"},
            Refusal(
                400,
                "InvalidDescription.Malformed",
                "The specified destination description is wrongly formed.",
            ),
        ),
        (
            {"Tag": [{"Key": "fine"}, {"Key": "acs:copy"}]},
            Refusal(400, "InvalidParameter", 'The specified parameter "Tag.2.Key" is not valid.'),
        ),
        (
            {"Tag": [{"Key": "copy", "Value": "v" * 129}]},
            Refusal(400, "InvalidParameter", 'The specified parameter "Tag.1.Value" is not valid.'),
        ),
        (
            {"DestinationImageName": "taken"},
            Refusal(
                400,
                "InvalidImageName.Duplicated",
                "The specified image name is already in use in the target region. "
                "Please try a different one.",
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_copy_is_said(
    alice: Person, parameters: dict[str, Any], refusal: Refusal
) -> None:
    """In the words of this operation."""
    image = an_image(alice)
    an_image(alice, "m-2zetaken", name="taken", region=THERE)

    assert (
        alice.refused("CopyImage", **{"ImageId": image, "DestinationRegionId": THERE, **parameters})
        == refusal
    )


def test_a_malformed_name_of_a_copy_is_refused(alice: Person) -> None:
    """By the rule for any image's name."""
    refusal = alice.refused("CopyImage", ImageId="m-none", DestinationImageName="http://copy")

    assert (refusal.status, refusal.code) == (400, "InvalidImageName.Malformed")


def test_copies_count_against_the_quota_of_their_region(make_world: Callable[..., World]) -> None:
    """The message says what it is."""
    carol = make_world(limits=Limits(images_per_account=1)).person("carol")
    image = a_custom_image(carol)
    carol.call("CopyImage", ImageId=image, DestinationRegionId=THERE)
    carol.world.later()

    assert carol.refused("CopyImage", ImageId=image, DestinationRegionId=THERE) == Refusal(
        403, "QuotaExceed.Image", "The number of images exceeds the limit (1)."
    )


def test_a_public_image_is_copied_within_its_region(alice: Person) -> None:
    """Everybody may use it; the copy is one's own."""
    copy = alice.call("CopyImage", ImageId=ARM_IMAGE)["ImageId"]

    seen = the_image(alice, copy)
    assert (seen["ImageOwnerAlias"], seen["IsPublic"], seen["Architecture"]) == ("self", False, "arm64")


def test_a_repeated_copy_is_one(alice: Person) -> None:
    """Under one ClientToken."""
    image = a_custom_image(alice)

    copies = {
        alice.call("CopyImage", ImageId=image, DestinationRegionId=THERE, ClientToken="t")["ImageId"]
        for _ in range(2)
    }

    assert images_seen(alice, RegionId=THERE, Status="ALL") == list(copies)


# --- DeleteImage ----------------------------------------------------------------------------------------


def test_a_deleted_image_is_gone_and_its_snapshots_are_free(alice: Person) -> None:
    """At once: clients delete them next."""
    image = a_custom_image(alice)
    (snapshot,) = alice.call("DescribeSnapshots")["Snapshots"]["Snapshot"]

    held = alice.refused("DeleteSnapshot", SnapshotId=snapshot["SnapshotId"], Force=True)
    alice.call("DeleteImage", ImageId=image)
    alice.call("DeleteSnapshot", SnapshotId=snapshot["SnapshotId"])

    assert held.code == "SnapshotCreatedImage"
    assert images_seen(alice, Status="ALL") == []
    assert alice.refused("DeleteImage", ImageId=image) == NOT_FOUND


def test_a_shared_image_is_not_deleted_forced_or_not(alice: Person, bob: Person) -> None:
    """It must be unshared first."""
    image = an_image(alice)
    share(alice, image, bob)
    refusal = Refusal(
        403,
        "ImageUseShared",
        "The specified image has been shared to others. You can use the DescribeImageSharePermission API to "
        "query the users who have been shared.",
    )

    assert alice.refused("DeleteImage", ImageId=image) == refusal
    assert alice.refused("DeleteImage", ImageId=image, Force=True) == refusal
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    alice.call("DeleteImage", ImageId=image)


def test_an_image_with_instances_is_deleted_by_force(alice: Person) -> None:
    """The instances run on."""
    image = an_image(alice)
    an_instance(alice, image=image)

    assert alice.refused("DeleteImage", ImageId=image) == Refusal(
        403,
        "ImageUsingByInstance",
        "The specified image has been used to create instances. You can use the DescribeInstances API to "
        "query these instances, or you can use the force parameter to proceed.",
    )
    alice.call("DeleteImage", ImageId=image, Force=True)
    assert images_seen(alice) == []


def test_anothers_instances_do_not_hold_up_the_owner(alice: Person, bob: Person) -> None:
    """Nor are they revealed by a refusal."""
    image = an_image(alice)
    share(alice, image, bob)
    an_instance(bob, image=image)
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    alice.call("DeleteImage", ImageId=image)

    assert images_seen(alice) == []


def test_only_the_owner_deletes_an_image(alice: Person, bob: Person, mallory: Person) -> None:
    """For anybody else it doesn't exist; nobody deletes the provider's."""
    image = an_image(alice)
    share(alice, image, bob)

    assert bob.refused("DeleteImage", ImageId=image) == NOT_FOUND
    assert mallory.refused("DeleteImage", ImageId=image, Force=True) == NOT_FOUND
    assert alice.refused("DeleteImage", ImageId=SYSTEM_IMAGE, Force=True) == NOT_FOUND
    assert alice.refused("DeleteImage", ImageId=image, RegionId=THERE) == NOT_FOUND


def test_a_copy_is_not_deleted_while_it_is_made(world: World, alice: Person) -> None:
    """Nor is its source; an image of an instance that is being made is."""
    image = a_custom_image(alice)
    copy = alice.call("CopyImage", ImageId=image, DestinationRegionId=THERE)["ImageId"]
    new = alice.call("CreateImage", InstanceId="i-bp1made")["ImageId"]

    too_early = alice.refused("DeleteImage", ImageId=copy, RegionId=THERE)
    source_too_early = alice.refused("DeleteImage", ImageId=image)
    alice.call("DeleteImage", ImageId=new)
    world.later()
    alice.call("DeleteImage", ImageId=copy, RegionId=THERE)
    alice.call("DeleteImage", ImageId=image)

    assert (
        too_early
        == source_too_early
        == Refusal(
            403,
            "OperationDenied.ImageCopying",
            "The image is being copied. Please use the CancelCopyImage API.",
        )
    )
