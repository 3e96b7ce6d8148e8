"""Sharing in a hidden way: with whoever names the image, by accounts that were invited to."""

from typing import Any

import pytest

from localyun import accounts
from localyun.model.images import DEPRECATED
from localyun.model.limits import Limits
from localyun.model.record import Phase
from tests.operations.made import an_image, images_seen
from tests.people import Person, Refusal

SHARE = "ModifyImageSharePermission"


@pytest.fixture
def alice(alice: Person) -> Person:
    """An account that was invited, as the operator's command does it."""
    accounts.change(alice.world.app.store, 0, alice.id, invited=True)
    return alice


def a_hidden_image(owner: Person, id: str = "m-bp1made") -> str:
    """Make an image that is shared in a hidden way."""
    image = an_image(owner, id)
    owner.call(SHARE, ImageId=image, LaunchPermission="HIDDEN")
    return image


def test_whoever_names_a_hidden_image_may_use_it(alice: Person, mallory: Person) -> None:
    """Like a shared one; nobody finds it who doesn't know its id."""
    image = a_hidden_image(alice)

    (seen,) = mallory.call("DescribeImages", ImageId=image)["Images"]["Image"]
    mallory.call("RunInstances", ImageId=image, InstanceType="ecs.g6.large")
    mallory.call("CopyImage", ImageId=image)

    assert (seen["ImageOwnerAlias"], seen["ImageOwnerId"], seen["IsPublic"]) == (
        "others",
        int(alice.id),
        False,
    )
    assert image not in images_seen(mallory)
    assert images_seen(mallory, ImageOwnerAlias="others") == []
    assert images_seen(mallory, ImageOwnerAlias="others", ImageId=image) == [image]
    assert images_seen(mallory, ImageOwnerAlias="self", ImageId=image) == []
    assert images_seen(mallory, ImageOwnerAlias="others", IsPublic=True, ImageId=image) == []
    assert mallory.refused("DeleteImage", ImageId=image).code == "InvalidImageId.NotFound"


def test_private_ends_it(alice: Person, bob: Person, mallory: Person) -> None:
    """At once, and for all but the accounts it is shared with; to end what isn't, is no error."""
    image = a_hidden_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    for _ in range(2):
        alice.call(SHARE, ImageId=image, LaunchPermission="PRIVATE")

    assert images_seen(mallory, ImageId=image) == []
    assert images_seen(bob) == [image]


def test_a_hidden_image_is_shared(alice: Person) -> None:
    """Its owner sees that, and makes it private before it is deleted or deprecated."""
    image = a_hidden_image(alice)
    (seen,) = alice.call("DescribeImages", ImageId=image)["Images"]["Image"]
    refusals = [
        alice.refused("DeleteImage", ImageId=image),
        alice.refused("ModifyImageAttribute", ImageId=image, Status="Deprecated"),
    ]

    alice.call(SHARE, ImageId=image, LaunchPermission="PRIVATE")
    alice.call("DeleteImage", ImageId=image)

    assert seen["IsSelfShared"] == "true"
    assert {(refusal.status, refusal.code) for refusal in refusals} == {(403, "ImageUseShared")}


def test_a_copy_of_a_hidden_image_is_private(alice: Person, bob: Person, mallory: Person) -> None:
    """It is its maker's alone."""
    copy = bob.call("CopyImage", ImageId=a_hidden_image(alice))["ImageId"]
    bob.world.later()

    assert images_seen(mallory, ImageId=copy) == []


@pytest.mark.parametrize(
    ("listed", "value"),
    [
        ({"AddAccount": ["1234"]}, "HIDDEN"),
        ({"RemoveAccount": ["1234"]}, "PRIVATE"),
        ({"AddGroup": ["all"]}, "HIDDEN"),
        ({"RemoveGroup": ["all"]}, "PRIVATE"),
    ],
)
def test_it_comes_alone(alice: Person, listed: dict[str, Any], value: str) -> None:
    """Neither with accounts nor with groups."""
    refusal = alice.refused(SHARE, ImageId=an_image(alice), LaunchPermission=value, **listed)

    assert refusal == Refusal(
        400,
        "UnnecessaryParameter.LaunchPermission",
        'The specified parameter "LaunchPermission" is unnecessary if paramter "AddAccounts" or '
        '"RemoveAccounts" exist.',
    )


@pytest.mark.parametrize("value", ["hidden", "hide", "PUBLIC", "HIDDEN "])
def test_there_are_two_values(alice: Person, value: str) -> None:
    """In capitals."""
    refusal = alice.refused(SHARE, ImageId=an_image(alice), LaunchPermission=value)

    assert refusal == Refusal(
        400,
        "InvalidParameter.LaunchPermission",
        'The specified parameter "LaunchPermission" is invalid.',
    )


@pytest.mark.parametrize("value", ["HIDDEN", "PRIVATE"])
def test_it_is_for_invited_accounts(bob: Person, value: str) -> None:
    """Others may send neither value."""
    refusal = bob.refused(SHARE, ImageId=an_image(bob), LaunchPermission=value)

    assert refusal == Refusal(
        400,
        "ForbiddenParameter.LaunchPermission",
        'The specified parameter "LaunchPermission" is forbidden for current account.',
    )


def test_an_image_that_may_not_be_shared_is_not_hidden(alice: Person) -> None:
    """Neither a deprecated one nor one of the community's."""
    accounts.change(alice.world.app.store, 0, alice.id, agreed=True)
    public = an_image(alice, "m-bp1public")
    alice.call(SHARE, ImageId=public, IsPublic=True)
    deprecated = an_image(alice, phase=Phase(DEPRECATED))

    codes = [
        alice.refused(SHARE, ImageId=image, LaunchPermission="HIDDEN").code for image in (deprecated, public)
    ]

    assert codes == ["OperationDenied.InvalidImageStatus", "Image.Public"]


def test_a_hidden_image_counts_as_shared(make_world: Any) -> None:
    """Among the images that an account may share."""
    world = make_world(limits=Limits(shared_images_per_account=1))
    carol = world.person("carol")
    accounts.change(world.app.store, 0, carol.id, invited=True)
    hidden = a_hidden_image(carol)
    other = an_image(carol, "m-bp1other")

    carol.call(SHARE, ImageId=hidden, AddGroup=["all"])
    refusal = carol.refused(SHARE, ImageId=other, LaunchPermission="HIDDEN")

    assert refusal == Refusal(403, "QuotaExceed.ShareImage", "The shared Image Quota exceeds.")
