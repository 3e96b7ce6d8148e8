"""The newest image of a family, and the instance types that an image runs on."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from localyun.model import Phase
from localyun.model.limits import Limits
from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.made import ARM_IMAGE, SYSTEM_IMAGE, an_image, an_instance
from tests.people import Person, Refusal, World


def newest(person: Person, family: str = "web") -> dict[str, Any]:
    """What is answered of a family."""
    found = person.call("DescribeImageFromFamily", ImageFamily=family)["Image"]
    return dict(found)


def test_the_newest_available_image_of_a_family_is_shown(world: World, alice: Person) -> None:
    """As DescribeImages shows it; one that isn't available doesn't count."""
    an_image(alice, "m-bp1old", family="web")
    world.later()
    an_image(alice, "m-bp1new", family="web")
    world.later()
    an_image(alice, "m-bp1bad", family="web", phase=Phase("Deprecated"))
    an_image(alice, "m-bp1other", family="db")

    shown = newest(alice)

    (described,) = alice.call("DescribeImages", ImageId="m-bp1new")["Images"]["Image"]
    (disk,) = described.pop("DiskDeviceMappings")["DiskDeviceMapping"]
    (own_disk,) = shown.pop("DiskDeviceMappings")["DiskDeviceMapping"]
    assert shown == {name: described[name] for name in shown}
    assert own_disk == {name: disk[name] for name in own_disk}
    assert (shown["ImageId"], shown["ImageOwnerAlias"], own_disk["Size"]) == ("m-bp1new", "self", "40")


def test_a_family_without_image_is_answered_by_an_empty_one(alice: Person) -> None:
    """So is a family whose images are all being made, and no family."""
    an_image(alice, family="web", phase=Phase("Available", "Creating", 10**15))

    assert newest(alice) == {}
    assert newest(alice, "nothing") == {}


def test_what_others_have_is_in_no_family_of_ones_own(alice: Person, bob: Person) -> None:
    """Not an image that is received, not the community's, not a hidden one."""
    accounts.change(alice.world.app.store, 0, alice.id, agreed=True, invited=True)
    an_image(alice, "m-bp1shared", family="web")
    an_image(alice, "m-bp1public", family="web")
    an_image(alice, "m-bp1hidden", family="web")
    alice.call("ModifyImageSharePermission", ImageId="m-bp1shared", AddAccount=[bob.id])
    alice.call("ModifyImageSharePermission", ImageId="m-bp1public", IsPublic=True)
    alice.call("ModifyImageSharePermission", ImageId="m-bp1hidden", LaunchPermission="HIDDEN")

    assert newest(bob) == {}
    assert newest(alice) != {}


def test_the_providers_families_are_everybodys(alice: Person) -> None:
    """By the names that DescribeImages gives."""
    shown = newest(alice, "acs:ubuntu_24_04_x64")

    assert (shown["ImageId"], shown["ImageOwnerAlias"]) == (SYSTEM_IMAGE, "system")


def test_what_is_refused_of_a_family(alice: Person) -> None:
    """An unknown region, a family that isn't named, an account that is held back."""
    nowhere = alice.refused("DescribeImageFromFamily", ImageFamily="web", RegionId="cn-nowhere")
    unnamed = alice.refused("DescribeImageFromFamily")
    hold(alice, Condition.NOT_AUTHORIZED)

    assert nowhere == Refusal(404, "InvalidRegionId.NotFound", "The RegionId provided does not exist.")
    assert unnamed.code == "MissingParameter"
    assert alice.refused("DescribeImageFromFamily", ImageFamily="web") == Refusal(
        403, "InvalidUser.Unauthorized", "The user is not authorized."
    )


def test_a_family_has_so_many_images_and_a_region_so_many_families(make_world: Callable[..., World]) -> None:
    """A new image and a changed one are counted alike."""
    world = make_world(limits=Limits(images_per_family=2, image_families_per_region=1))
    carol = world.person("carol")
    an_image(carol, "m-bp1one", family="web")
    an_image(carol, "m-bp1two")
    instance = an_instance(carol)

    another_family = carol.refused("CreateImage", InstanceId=instance, ImageFamily="db")
    changed_family = carol.refused("ModifyImageAttribute", ImageId="m-bp1two", ImageFamily="db")
    carol.call("ModifyImageAttribute", ImageId="m-bp1two", ImageFamily="web")
    carol.call("ModifyImageAttribute", ImageId="m-bp1two", ImageFamily="web", Description="The same.")
    third = carol.refused("CreateImage", InstanceId=instance, ImageFamily="web")
    an_image(carol, "m-bp1three")

    assert another_family == Refusal(
        400, "ImageFamilyQuotaExceed", "The number of image families exceeds the limit in the region."
    )
    assert changed_family == Refusal(
        400, "ImageFamilyQuotaFull", "The specified region has exceeded max number of image family."
    )
    assert third == Refusal(
        400,
        "ImageQuotaExceed.ImageFamily",
        "The specified image family exceeds the maximum number of images for one image family.",
    )
    assert carol.refused("ModifyImageAttribute", ImageId="m-bp1three", ImageFamily="web") == Refusal(
        400,
        "ImageQuotaFull.ImageFamily",
        "The specified image family has exceeded max number of images for one image family.",
    )


# --- DescribeImageSupportInstanceTypes --------------------------------------------------------------------


def types_of(person: Person, image: str) -> set[str]:
    """The instance types that an image runs on."""
    answer = person.call("DescribeImageSupportInstanceTypes", ImageId=image)
    return {one["InstanceTypeId"] for one in answer["InstanceTypes"]["InstanceType"]}


def test_the_processor_decides_what_an_image_runs_on(alice: Person) -> None:
    """An Arm image runs on Arm types alone, and the other way round."""
    arm, x86 = types_of(alice, ARM_IMAGE), types_of(alice, SYSTEM_IMAGE)

    assert "ecs.g8y.large" in arm
    assert "ecs.g7.large" in x86
    assert arm.isdisjoint(x86)


def test_instances_run_on_what_is_listed(alice: Person) -> None:
    """What is listed is what DescribeImages takes for the same question."""
    answer = alice.call("DescribeImageSupportInstanceTypes", ImageId=ARM_IMAGE, ActionType="ChangeOS")

    listed = {one["InstanceTypeId"] for one in answer["InstanceTypes"]["InstanceType"]}
    every = alice.call("DescribeInstanceTypes")["InstanceTypes"]["InstanceType"]
    asked = {
        one["InstanceTypeId"]
        for one in every
        if alice.call("DescribeImages", ImageId=ARM_IMAGE, InstanceType=one["InstanceTypeId"])["TotalCount"]
    }
    assert listed == asked
    assert (answer["ImageId"], answer["RegionId"]) == (ARM_IMAGE, alice.region)
    first = answer["InstanceTypes"]["InstanceType"][0]
    assert first.keys() == {"InstanceTypeId", "InstanceTypeFamily", "CpuCoreCount", "MemorySize"}


def test_whoever_sees_an_image_may_ask(alice: Person, bob: Person, mallory: Person) -> None:
    """Its owner, those it is shared with, everybody if it is the community's or hidden; nobody else."""
    accounts.change(alice.world.app.store, 0, alice.id, agreed=True, invited=True)
    shared, public, hidden = (an_image(alice, f"m-bp1{name}") for name in ("shared", "public", "hidden"))
    alice.call("ModifyImageSharePermission", ImageId=shared, AddAccount=[bob.id])
    alice.call("ModifyImageSharePermission", ImageId=public, IsPublic=True)
    alice.call("ModifyImageSharePermission", ImageId=hidden, LaunchPermission="HIDDEN")

    assert types_of(bob, shared) == types_of(mallory, public) == types_of(mallory, hidden) != set()
    assert mallory.refused("DescribeImageSupportInstanceTypes", ImageId=shared) == Refusal(
        404, "InvalidImageId.NotFound", "The specified image m-bp1shared does not exist."
    )


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        (
            {"ImageId": "m-none", "ActionType": "Upgrade"},
            Refusal(400, "InvalidParamter", "Invalid Parameter."),
        ),
        (
            {"ImageId": "m-none", "Filter": [{"Key": "InstanceType", "Value": "ecs.none"}]},
            Refusal(
                400,
                "InvalidInstanceType.ValueNotSupported",
                "The specified InstanceType does not exist or beyond the permitted range.",
            ),
        ),
        (
            {"ImageId": "m-none", "Filter": [{"Key": "Usage", "Value": "some"}]},
            Refusal(404, "InvalidUsage", "The specifed Usage is not valid."),
        ),
        (
            {},
            Refusal(
                400,
                "MissingParameter",
                'The input parameter "ImageId" that is mandatory for processing this request is not '
                "supplied.",
            ),
        ),
    ],
)
def test_what_is_wrong_with_the_question(alice: Person, parameters: dict[str, Any], refusal: Refusal) -> None:
    """An unknown purpose, type or usage, no image."""
    assert alice.refused("DescribeImageSupportInstanceTypes", **parameters) == refusal


def test_one_type_can_be_asked_for(alice: Person) -> None:
    """Whether an image runs on it; other filters narrow nothing, as documented."""
    asked = {"ImageId": ARM_IMAGE, "Filter": [{"Key": "InstanceType", "Value": "ecs.g8y.large"}]}
    not_arm = {"ImageId": ARM_IMAGE, "Filter": [{"Key": "InstanceType", "Value": "ecs.g7.large"}]}

    answers = [
        alice.call("DescribeImageSupportInstanceTypes", **parameters)["InstanceTypes"]["InstanceType"]
        for parameters in (asked, not_arm)
    ]

    assert [[one["InstanceTypeId"] for one in answer] for answer in answers] == [["ecs.g8y.large"], []]
