"""Sharing with all accounts at once: the group `all`."""

import pytest

from localyun.model.images import DiskMapping
from tests.operations.made import an_image, images_seen
from tests.people import Person, Refusal

SHARE, GROUPS, LIST = (
    "ModifyImageSharePermission",
    "ModifyImageShareGroupPermission",
    "DescribeImageSharePermission",
)

both = pytest.mark.parametrize("action", [SHARE, GROUPS])


def groups(owner: Person, image: str) -> list[str]:
    """The groups that have an image, as the owner is told."""
    listed = owner.call(LIST, ImageId=image)["ShareGroups"]["ShareGroup"]
    return [group["Group"] for group in listed]


@both
def test_all_accounts_have_what_is_shared_with_all(
    alice: Person, bob: Person, mallory: Person, action: str
) -> None:
    """Also those made later; it is one of the images that others share with one."""
    image = an_image(alice)

    alice.call(action, ImageId=image, AddGroup=["all"])
    later = mallory.world.person("later")

    assert groups(alice, image) == ["all"]
    assert images_seen(alice) == [image]
    assert images_seen(alice, ImageOwnerAlias="others") == []
    for person in (bob, mallory, later):
        assert images_seen(person) == images_seen(person, ImageOwnerAlias="others") == [image]
        person.call("RunInstances", ImageId=image, InstanceType="ecs.g6.large")
        person.call("CopyImage", ImageId=image)
    assert bob.refused("DeleteImage", ImageId=image).code == "InvalidImageId.NotFound"


@both
def test_taking_it_back_leaves_the_accounts(alice: Person, bob: Person, mallory: Person, action: str) -> None:
    """An account that has the image by itself keeps it, others lose it."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id], AddGroup=["all"])
    twice = images_seen(bob)

    alice.call(action, ImageId=image, RemoveGroup=["all"])

    assert twice == [image]
    assert groups(alice, image) == []
    assert images_seen(bob) == [image]
    assert images_seen(mallory) == []


def test_a_group_is_no_account(alice: Person, bob: Person) -> None:
    """The list of accounts and its count leave it out, and it can't be named as one."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id], AddGroup=["all"])

    answer = alice.call(LIST, ImageId=image)
    refusal = alice.refused(SHARE, ImageId=image, RemoveAccount=["all"])

    assert (answer["TotalCount"], answer["Accounts"]["Account"][0]["AliyunId"]) == (1, bob.id)
    assert refusal.code == "InvalidAccount.NotFound"


def test_who_is_added_and_removed_ends_up_without(alice: Person, bob: Person) -> None:
    """As with accounts; adding a group that has it, and removing one that hasn't, are no errors."""
    image = an_image(alice)

    alice.call(SHARE, ImageId=image, AddGroup=["all"], RemoveGroup=["all"])
    alice.call(SHARE, ImageId=image, RemoveGroup=["all"])

    assert images_seen(bob) == []


def test_what_is_shared_with_all_comes_last_shared_first(alice: Person, bob: Person, mallory: Person) -> None:
    """Among the images shared with oneself."""
    for number, to in enumerate(({"AddAccount": [bob.id]}, {"AddGroup": ["all"]}, {"AddAccount": [bob.id]})):
        alice.call(SHARE, ImageId=an_image(alice, f"m-bp1no{number}"), **to)
        alice.world.later()

    assert images_seen(bob) == ["m-bp1no2", "m-bp1no1", "m-bp1no0"]
    assert images_seen(mallory) == ["m-bp1no1"]


def test_an_image_shared_with_all_is_shared(alice: Person) -> None:
    """It says so, and can neither be deleted nor deprecated."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddGroup=["all"])

    (seen,) = alice.call("DescribeImages", ImageId=image)["Images"]["Image"]

    assert seen["IsSelfShared"] == "true"
    assert alice.refused("DeleteImage", ImageId=image, Force=True).code == "ImageUseShared"
    assert alice.refused("ModifyImageAttribute", ImageId=image, Status="Deprecated").code == "ImageUseShared"


def test_an_unknown_group_is_refused(alice: Person) -> None:
    """Each of the two operations has its own word for it."""
    image = an_image(alice)

    assert alice.refused(SHARE, ImageId=image, AddGroup=["some"]) == Refusal(
        400, "InvalidGroup.Malformed", "The specified Group is wrongly formed."
    )
    assert alice.refused(GROUPS, ImageId=image, RemoveGroup=["some"]) == Refusal(
        404,
        "InvalidGroup.Malformed",
        'The specified parameter "AddGroup.n" or "RemoveGroup.n" does not exist.',
    )


@both
def test_only_its_owner_shares_with_all(alice: Person, bob: Person, action: str) -> None:
    """For others the image isn't there."""
    refusal = bob.refused(action, ImageId=an_image(alice), AddGroup=["all"])

    assert refusal == Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")


@both
def test_an_encrypted_image_is_not_shared_with_all(alice: Person, action: str) -> None:
    """Nor with anybody."""
    image = an_image(alice, disks=(DiskMapping(device="/dev/xvda", size=40, encrypted=True),))

    assert alice.refused(action, ImageId=image, AddGroup=["all"]).code == "OperationDeined.EncryptedSnapshot"
