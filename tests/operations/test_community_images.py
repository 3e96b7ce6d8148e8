"""Images given to the community: who gives them, who may use them, and what can't be done with them."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from localyun.model.images import CREATING, DEPRECATED, DiskMapping
from localyun.model.record import Phase
from tests.operations.made import SYSTEM_IMAGE, an_image, an_instance, images_seen
from tests.people import REGION, Person, Refusal, World

SHARE, LIST = "ModifyImageSharePermission", "DescribeImageSharePermission"
NOT_THERE = Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")
ALREADY = Refusal(403, "Image.Public", "The specified image is public image.")
CONFLICT = Refusal(
    403, "InvalidParameter.IsPublic", "The specified parameter IsPublic is conflicted with other parameters."
)
COMMUNITY: dict[str, Any] = {"ImageOwnerAlias": "others", "IsPublic": True}


def agree(person: Person) -> None:
    """Sign the terms, as the operator's command does."""
    accounts.change(person.world.app.store, 0, person.id, agreed=True)


def a_community_image(owner: Person, id: str = "m-bp1made", **fields: Any) -> str:
    """Make an image and publish it."""
    agree(owner)
    image = an_image(owner, id, **fields)
    owner.call(SHARE, ImageId=image, IsPublic=True)
    return image


def test_everybody_may_use_a_community_image(alice: Person, mallory: Person) -> None:
    """Without a share: it is run, it replaces a system disk, and goes back to it."""
    image = a_community_image(alice)

    run = mallory.call("RunInstances", ImageId=image, InstanceType="ecs.g6.large")
    stopped = an_instance(mallory, "i-bp1other", status="Stopped")
    replaced = mallory.call("ReplaceSystemDisk", InstanceId=stopped, ImageId=image)
    mallory.world.later()
    mallory.call("ReInitDisk", DiskId=replaced["DiskId"])

    assert len(run["InstanceIdSets"]["InstanceIdSet"]) == 1


def test_community_images_are_listed_for_those_who_ask_for_them(
    alice: Person, bob: Person, mallory: Person
) -> None:
    """Newest first, in their region; nobody finds them among the images shared with one, nor by id alone."""
    first = a_community_image(alice, "m-bp1first", created_at=1)
    second = a_community_image(bob, "m-bp1second", created_at=2)
    a_community_image(alice, "m-bp1elsewhere")
    agree(alice)

    assert images_seen(mallory, **COMMUNITY) == ["m-bp1elsewhere", second, first]
    assert images_seen(mallory, **COMMUNITY, RegionId="cn-beijing") == []
    assert images_seen(mallory, **COMMUNITY, ImageId=first) == [first]
    assert images_seen(mallory, **COMMUNITY, ImageOwnerId=bob.id) == [second]
    assert images_seen(mallory) == images_seen(mallory, ImageOwnerAlias="others") == []
    assert images_seen(mallory, ImageId=first) == []


def test_a_community_image_says_so(alice: Person, mallory: Person) -> None:
    """Its owner has it among its own, others see whose it is."""
    image = a_community_image(alice)

    (owners,) = alice.call("DescribeImages", ImageOwnerAlias="self")["Images"]["Image"]
    (others,) = mallory.call("DescribeImages", **COMMUNITY)["Images"]["Image"]

    assert (owners["ImageId"], owners["ImageOwnerAlias"], owners["IsPublic"]) == (image, "self", True)
    assert (owners["IsSelfShared"], "ImageOwnerId" in owners) == ("", False)
    assert (others["ImageOwnerAlias"], others["ImageOwnerId"]) == ("others", int(alice.id))
    assert (others["IsPublic"], others["IsSelfShared"]) == (True, "")
    assert images_seen(alice, **COMMUNITY) == []


def test_taking_it_back_leaves_the_shares_made_before(alice: Person, bob: Person, mallory: Person) -> None:
    """Everybody else loses it at once, and can't go back to it."""
    agree(alice)
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])
    alice.call(SHARE, ImageId=image, IsPublic=True)
    while_public = (images_seen(bob), images_seen(bob, **COMMUNITY))
    mallory.call("RunInstances", ImageId=image, InstanceType="ecs.g6.large")
    instance = an_instance(mallory, "i-bp1back", status="Stopped")
    disk = mallory.call("ReplaceSystemDisk", InstanceId=instance, ImageId=image)["DiskId"]
    mallory.world.later()

    alice.call(SHARE, ImageId=image, IsPublic=False)

    assert while_public == ([], [image])
    assert images_seen(bob, ImageOwnerAlias="others") == [image]
    assert images_seen(mallory, **COMMUNITY) == []
    assert mallory.refused("RunInstances", ImageId=image, InstanceType="ecs.g6.large") == NOT_THERE
    assert mallory.refused("ReInitDisk", DiskId=disk).code == "SharedImageDeleted"
    assert "InstanceIdSets" in bob.call("RunInstances", ImageId=image, InstanceType="ecs.g6.large")


def test_who_has_not_signed_cannot_publish(alice: Person) -> None:
    """The operator signs for an account."""
    image = an_image(alice)
    refusal = alice.refused(SHARE, ImageId=image, IsPublic=True)

    agree(alice)
    alice.call(SHARE, ImageId=image, IsPublic=True)

    assert refusal == Refusal(
        403,
        "PublicImageAgreement.NotSigned",
        'The current account has not signed "Community Image Terms of Service".',
    )


def test_not_every_region_has_community_images(make_world: Callable[..., World]) -> None:
    """Which ones haven't, the server's operator says."""
    world = make_world(without_community_images=frozenset({"cn-beijing"}))
    carol = world.person("carol")
    agree(carol)

    refusal = carol.refused(
        SHARE,
        ImageId=an_image(carol, region="cn-beijing"),
        RegionId="cn-beijing",
        IsPublic=True,
    )
    carol.call(SHARE, ImageId=an_image(carol, "m-bp1here"), IsPublic=True)

    assert refusal == Refusal(
        403, "CurrentRegion.NotSupportPublicImage", "Public image is not supported for current region."
    )


def test_an_image_is_published_once(alice: Person) -> None:
    """Again is refused."""
    image = a_community_image(alice)

    assert alice.refused(SHARE, ImageId=image, IsPublic=True) == ALREADY


def test_only_a_community_image_is_taken_back(alice: Person, bob: Person) -> None:
    """Where `IsPublic=false` is all that a call says; beside something else it is but the default."""
    image = an_image(alice)

    refusal = alice.refused(SHARE, ImageId=image, IsPublic=False)
    alice.call(SHARE, ImageId=image, IsPublic=False, AddAccount=[bob.id])

    assert refusal == Refusal(403, "Image.NotPublic", "The specified image is not public image.")
    assert images_seen(bob) == [image]


def test_a_call_takes_back_and_shares_at_once(alice: Person, bob: Person, mallory: Person) -> None:
    """An image that is taken back can be shared by the same call."""
    image = a_community_image(alice)

    alice.call(SHARE, ImageId=image, IsPublic=False, AddAccount=[bob.id])

    assert images_seen(bob) == [image]
    assert images_seen(mallory, **COMMUNITY) == []


@pytest.mark.parametrize("what", ["AddAccount", "RemoveAccount", "AddGroup", "RemoveGroup"])
def test_publishing_goes_with_nothing_else(alice: Person, bob: Person, what: str) -> None:
    """A call that publishes neither shares nor unshares."""
    agree(alice)
    listed = [bob.id if "Account" in what else "all"]

    refusal = alice.refused(SHARE, ImageId=an_image(alice), IsPublic=True, **{what: listed})

    assert refusal == CONFLICT


def test_a_launch_permission_goes_not_with_publishing(alice: Person) -> None:
    """Whatever it is."""
    refusal = alice.refused(SHARE, ImageId=an_image(alice), IsPublic=True, LaunchPermission="PRIVATE")

    assert refusal == CONFLICT


@pytest.mark.parametrize("status", [CREATING, DEPRECATED])
def test_only_an_available_image_is_published(alice: Person, status: str) -> None:
    """The one row about a status is answered, whichever it is."""
    agree(alice)
    image = an_image(alice, phase=Phase(status))

    refusal = alice.refused(SHARE, ImageId=image, IsPublic=True)

    assert refusal == Refusal(
        403,
        "OperationDenied.InvalidImageStatus",
        "The specified image cannot be shared when it is deprecated.",
    )


def test_an_encrypted_image_is_not_published(alice: Person) -> None:
    """Nor is it shared."""
    agree(alice)
    image = an_image(alice, disks=(DiskMapping(device="/dev/xvda", size=40, encrypted=True),))

    assert alice.refused(SHARE, ImageId=image, IsPublic=True).code == "OperationDeined.EncryptedSnapshot"


def test_a_community_image_is_not_shared(alice: Person, bob: Person) -> None:
    """With an account or all; to end a share made before is no sharing."""
    agree(alice)
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])
    alice.call(SHARE, ImageId=image, IsPublic=True)

    assert alice.refused(SHARE, ImageId=image, AddGroup=["all"]) == ALREADY
    assert alice.refused("ModifyImageShareGroupPermission", ImageId=image, AddGroup=["all"]) == ALREADY
    alice.call(SHARE, ImageId=image, RemoveAccount=[bob.id])
    assert alice.refused(SHARE, ImageId=image, AddAccount=[bob.id]) == ALREADY
    assert alice.call(LIST, ImageId=image)["TotalCount"] == 0


def test_nobody_copies_a_community_image(alice: Person, mallory: Person) -> None:
    """Its owner neither."""
    image = a_community_image(alice)
    refusal = Refusal(400, "OperationDenied.CommunityImage", "Community image does not support copy.")

    assert alice.refused("CopyImage", ImageId=image, DestinationRegionId="cn-beijing") == refusal
    assert mallory.refused("CopyImage", ImageId=image) == refusal


def test_a_community_image_is_not_deleted(alice: Person) -> None:
    """By force neither; it is taken back first."""
    image = a_community_image(alice)
    refusals = [alice.refused("DeleteImage", ImageId=image, Force=force) for force in (False, True)]

    alice.call(SHARE, ImageId=image, IsPublic=False)
    alice.call("DeleteImage", ImageId=image)

    assert refusals == 2 * [
        Refusal(403, "ImageIsPublic", "You can not delete public image, please modify it to private.")
    ]


def test_only_its_owner_changes_a_community_image(alice: Person, mallory: Person) -> None:
    """Others learn why not, since they see it; to share, delete or ask about shares, it isn't there."""
    image = a_community_image(alice)

    alice.call("ModifyImageAttribute", ImageId=image, ImageName="renamed")

    assert mallory.refused("ModifyImageAttribute", ImageId=image, ImageName="mine") == Refusal(
        403,
        "InvalidOperation.PublicImageUnsupported",
        "The community image's publisher is not the current account. Modification is not permitted.",
    )
    assert mallory.refused(SHARE, ImageId=image, IsPublic=False) == NOT_THERE
    assert mallory.refused("DeleteImage", ImageId=image) == NOT_THERE
    assert mallory.refused(LIST, ImageId=image).code == "InvalidImageId.NotFound"


def test_what_is_made_from_a_community_image_is_private(alice: Person, mallory: Person) -> None:
    """An image of an instance that runs it is its maker's alone, and can be copied and shared."""
    image = a_community_image(alice)
    made = mallory.call("CreateImage", InstanceId=an_instance(mallory, image=image))["ImageId"]
    mallory.world.later()

    mallory.call("CopyImage", ImageId=made)

    assert made not in images_seen(alice, **COMMUNITY)


def test_the_providers_images_are_not_the_communitys(alice: Person) -> None:
    """Though they are everybody's, they aren't listed among those, and nobody takes them back."""
    assert images_seen(alice, **COMMUNITY, RegionId=REGION) == []
    assert alice.refused(SHARE, ImageId=SYSTEM_IMAGE, IsPublic=False) == Refusal(
        404, "InvalidImageId.NotFound", f"The specified image {SYSTEM_IMAGE} does not exist."
    )


def test_a_dry_run_publishes_nothing(alice: Person, mallory: Person) -> None:
    """It says whether publishing would succeed."""
    agree(alice)

    dry = alice.refused(SHARE, ImageId=an_image(alice), IsPublic=True, DryRun=True)

    assert dry.code == "DryRunOperation"
    assert images_seen(mallory, **COMMUNITY) == []
