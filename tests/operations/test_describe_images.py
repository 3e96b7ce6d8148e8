"""DescribeImages: whose images are listed, in which order, narrowed by what, and what is shown of each."""

from typing import Any

import pytest

from localyun import catalogue
from localyun.clock import MINUTE
from localyun.model import Phase, Tag
from localyun.model.images import DiskMapping
from tests.operations.made import a_custom_image, an_image, an_instance, images_seen
from tests.people import Person, Refusal, World

SYSTEM_IMAGES = [image.id for image in catalogue.system_images()]


def shared(alice: Person, bob: Person, id: str = "m-bp1made", **fields: Any) -> str:
    """Make an image of alice's and share it with bob."""
    image = an_image(alice, id, **fields)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    return image


def the_image(person: Person, image: str = "m-bp1made", **parameters: Any) -> dict[str, Any]:
    """An image as a person sees it."""
    (found,) = person.call("DescribeImages", ImageId=image, **parameters)["Images"]["Image"]
    return dict(found)


# --- Whose, and in which order --------------------------------------------------------------------------


def test_the_provider_has_images_for_everybody(mallory: Person) -> None:
    """They are public, and are all that somebody sees who has nothing and was given nothing."""
    answer = mallory.call("DescribeImages", PageSize=100)

    assert [image["ImageId"] for image in answer["Images"]["Image"]] == SYSTEM_IMAGES
    assert {(image["ImageOwnerAlias"], image["IsPublic"]) for image in answer["Images"]["Image"]} == {
        ("system", True)
    }
    assert (answer["TotalCount"], answer["RegionId"]) == (len(SYSTEM_IMAGES), "cn-hangzhou")


def test_own_images_come_first_then_shared_then_the_providers(
    world: World, alice: Person, bob: Person
) -> None:
    """One's own by age, the newest first; shared ones by share, the last first."""
    for number in (1, 2):
        an_image(bob, f"m-bp1bobs{number}")
        world.later()
    for id in ("m-bp1first", "m-bp1last"):
        an_image(alice, id)
    for id in ("m-bp1last", "m-bp1first"):
        alice.call("ModifyImageSharePermission", ImageId=id, AddAccount=[bob.id])
        world.later()

    listed = bob.call("DescribeImages", PageSize=100)["Images"]["Image"]

    assert [image["ImageId"] for image in listed] == [
        "m-bp1bobs2",
        "m-bp1bobs1",
        "m-bp1first",
        "m-bp1last",
        *SYSTEM_IMAGES,
    ]


def test_an_alias_picks_whose_images_are_listed(alice: Person, bob: Person) -> None:
    """There is one on the Marketplace, and nothing published by the community."""
    given, own = shared(alice, bob), an_image(bob, "m-bp1bobs")

    assert images_seen(bob, ImageOwnerAlias="self") == [own]
    assert images_seen(bob, ImageOwnerAlias="others") == [given]
    assert images_seen(bob, ImageOwnerAlias="system") == SYSTEM_IMAGES
    assert images_seen(bob, ImageOwnerAlias="marketplace") == ["m-bp1lampexample000001"]
    assert images_seen(bob, ImageOwnerAlias="others", IsPublic=True) == []


def test_a_shared_image_is_listed_for_the_sharee_alone(alice: Person, bob: Person, mallory: Person) -> None:
    """And no longer when it is taken back."""
    image = shared(alice, bob)

    assert images_seen(bob) == [image]
    assert images_seen(mallory) == []
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    assert images_seen(bob) == []


def test_an_image_is_listed_in_its_region_only(alice: Person, bob: Person) -> None:
    """For its owner as for those it is shared with."""
    shared(alice, bob)

    assert images_seen(alice, RegionId="cn-beijing") == []
    assert images_seen(bob, RegionId="cn-beijing") == []


def test_ids_pick_images_and_keep_quiet_about_the_others(alice: Person, bob: Person) -> None:
    """In the order of the ids; unknown and invisible ones are left out, twice is once."""
    image, own = shared(alice, bob), an_image(bob, "m-bp1bobs")
    an_image(alice, "m-bp1hidden")
    system = SYSTEM_IMAGES[0]

    answer = bob.call("DescribeImages", ImageId=f"{system},m-bp1none,{image},m-bp1hidden,{own},{image}")

    assert [found["ImageId"] for found in answer["Images"]["Image"]] == [system, image, own]
    assert answer["TotalCount"] == 3
    assert images_seen(bob, ImageId=f"{image},{own}", ImageOwnerAlias="self") == [own]
    assert images_seen(bob, ImageId="m-bp1hidden") == []


def test_a_shares_owner_picks_among_shared_images(alice: Person, bob: Person, mallory: Person) -> None:
    """Only together with the alias `others`."""
    image = shared(alice, bob)
    shared(mallory, bob, "m-bp1evil")

    assert images_seen(bob, ImageOwnerAlias="others", ImageOwnerId=alice.id) == [image]
    assert bob.refused("DescribeImages", ImageOwnerId=alice.id) == Refusal(
        400,
        "InvalidOperation.ImageOwnerIdUnsupported",
        'The parameter "ImageOwnerId" is not supported in this context, it is only valid when querying '
        "shared images or community images.",
    )


def test_pages_are_cut_from_the_whole_list(alice: Person) -> None:
    """Ten to a page unless said otherwise; beyond the end there is nothing."""
    for number in range(12):
        an_image(alice, f"m-bp1made{number:02}", created_at=number)

    first = alice.call("DescribeImages", ImageOwnerAlias="self")
    second = alice.call("DescribeImages", ImageOwnerAlias="self", PageNumber=2)
    third = alice.call("DescribeImages", ImageOwnerAlias="self", PageNumber=3, PageSize=5)
    beyond = alice.call("DescribeImages", ImageOwnerAlias="self", PageNumber=9)

    pages = [[image["ImageId"][-2:] for image in page["Images"]["Image"]] for page in (first, second, third)]
    assert pages == [[f"{n:02}" for n in range(11, 1, -1)], ["01", "00"], ["01", "00"]]
    assert (first["PageNumber"], first["PageSize"], first["TotalCount"]) == (1, 10, 12)
    assert (beyond["Images"]["Image"], beyond["TotalCount"]) == ([], 12)


# --- What is shown --------------------------------------------------------------------------------------


def test_an_image_is_shown_as_clients_need_it(alice: Person) -> None:
    """Every field of the right type."""
    image = an_image(
        alice,
        name="web",
        description="The web server.",
        family="web",
        version="7",
        resource_group="rg-1",
        tags=(Tag("team", "web"),),
        platform="Debian",
        os_name="Debian  12 64位",
        os_name_en="Debian  12 64 bit",
        disks=(DiskMapping(device="/dev/xvda", size=40, snapshot="s-bp1made", encrypted=True),),
    )

    assert the_image(alice, image) == {
        "CreationTime": "2026-03-01T08:00:00Z",
        "Status": "Available",
        "ImageFamily": "web",
        "Progress": "100%",
        "IsCopied": False,
        "IsSupportIoOptimized": True,
        "ImageOwnerAlias": "self",
        "IsSupportCloudinit": True,
        "ImageVersion": "7",
        "Usage": "none",
        "IsSelfShared": "",
        "Description": "The web server.",
        "Size": 40,
        "ResourceGroupId": "rg-1",
        "Platform": "Debian",
        "OSNameEn": "Debian  12 64 bit",
        "ImageName": "web",
        "OSName": "Debian  12 64位",
        "ImageId": image,
        "OSType": "linux",
        "IsSubscribed": False,
        "ProductCode": "",
        "Architecture": "x86_64",
        "BootMode": "BIOS",
        "DiskDeviceMappings": {
            "DiskDeviceMapping": [
                {
                    "Type": "system",
                    "Progress": "100%",
                    "SnapshotId": "s-bp1made",
                    "Device": "/dev/xvda",
                    "Size": "40",
                    "Format": "",
                    "Encrypted": True,
                }
            ]
        },
        "Tags": {"Tag": [{"TagKey": "team", "TagValue": "web"}]},
        "IsPublic": False,
        "LoginAsNonRootSupported": False,
        "Features": {"NvmeSupport": "supported", "ImdsSupport": "v1"},
        "LicenseType": "Auto",
        "Usable": True,
    }


def test_only_the_owner_learns_that_an_image_is_shared(alice: Person, bob: Person) -> None:
    """The sharee learns whose it is; both lose that when it is taken back."""
    shared(alice, bob)

    owners, sharees = the_image(alice), the_image(bob)

    assert (owners["IsSelfShared"], owners["ImageOwnerAlias"]) == ("true", "self")
    assert "ImageOwnerId" not in owners
    assert (sharees["IsSelfShared"], sharees["ImageOwnerAlias"]) == ("", "others")
    assert (sharees["ImageOwnerId"], sharees["IsPublic"]) == (int(alice.id), False)
    alice.call("ModifyImageSharePermission", ImageId="m-bp1made", RemoveAccount=[bob.id])
    assert the_image(alice)["IsSelfShared"] == ""


def test_usage_is_about_the_callers_own_instances(alice: Person, bob: Person) -> None:
    """A sharee's aren't revealed to the owner, nor the owner's to a sharee."""
    image = shared(alice, bob)
    an_instance(bob, image=image)

    assert (the_image(alice)["Usage"], the_image(bob)["Usage"]) == ("none", "instance")
    assert images_seen(bob, Usage="instance") == [image]
    assert images_seen(bob, Usage="none") == []
    assert images_seen(alice, Usage="none") == [image]


# --- Narrowed by ----------------------------------------------------------------------------------------


def test_status_is_available_unless_named(alice: Person) -> None:
    """Several are separated by commas; ALL is each."""
    an_image(alice)
    for status in ("Creating", "Deprecated", "CreateFailed"):
        an_image(alice, f"m-bp1{status.lower()}", phase=Phase(status))

    assert images_seen(alice) == ["m-bp1made"]
    assert set(images_seen(alice, Status="Creating,Deprecated")) == {"m-bp1deprecated", "m-bp1creating"}
    assert len(images_seen(alice, Status="ALL")) == 4
    assert images_seen(alice, ImageId="m-bp1creating") == []
    assert images_seen(alice, ImageId="m-bp1creating", Status="ALL") == ["m-bp1creating"]


def test_usable_images_are_available_or_deprecated(alice: Person) -> None:
    """Asked of all statuses."""
    an_image(alice, phase=Phase("Deprecated"))
    an_image(alice, "m-bp1creating", phase=Phase("Creating"))

    assert images_seen(alice, Status="ALL", Usable=True) == ["m-bp1made"]
    assert images_seen(alice, Status="ALL", Usable=False) == ["m-bp1creating"]


def test_a_name_is_exact_unless_it_has_a_star(alice: Person) -> None:
    """So that whoever looks whether a name is free isn't told of another."""
    an_image(alice, "m-bp1a", name="web")
    an_image(alice, "m-bp1b", name="web-1")

    assert images_seen(alice, ImageName="web") == ["m-bp1a"]
    assert set(images_seen(alice, ImageName="web*")) == {"m-bp1b", "m-bp1a"}
    assert images_seen(alice, ImageName="*-1") == ["m-bp1b"]
    assert images_seen(alice, ImageName="we") == []


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"family": "web"}, {"ImageFamily": "web"}),
        ({"os_type": "windows"}, {"OSType": "windows"}),
        ({"architecture": "arm64"}, {"Architecture": "arm64"}),
        ({"supports_io_optimized": False}, {"IsSupportIoOptimized": False}),
        ({"supports_cloudinit": False}, {"IsSupportCloudinit": False}),
        ({"resource_group": "rg-1"}, {"ResourceGroupId": "rg-1"}),
        ({"tags": (Tag("team", "web"),)}, {"Tag": [{"Key": "team", "Value": "web"}]}),
        ({"tags": (Tag("team", "web"),)}, {"Tag": [{"Key": "team"}]}),
        ({"disks": (DiskMapping("/dev/xvda", 40, snapshot="s-1"),)}, {"SnapshotId": "s-1"}),
        ({"architecture": "arm64", "boot_mode": "UEFI"}, {"InstanceType": "ecs.g8y.small"}),
        ({"created_at": 0}, {"Filter": [{"Key": "CreationEndTime", "Value": "2020-01-01T00:00Z"}]}),
        (
            {"created_at": 4_000_000_000_000},
            {"Filter": [{"Key": "CreationStartTime", "Value": "2030-01-01T00:00Z"}]},
        ),
    ],
)
def test_a_condition_picks_the_images_that_meet_it(
    alice: Person, fields: dict[str, Any], asked: dict[str, Any]
) -> None:
    """One by one; another image that differs in this alone isn't listed."""
    an_image(alice, "m-bp1other")
    an_image(alice, "m-bp1meets", **fields)

    assert images_seen(alice, ImageOwnerAlias="self", **asked) == ["m-bp1meets"]


def test_conditions_are_met_together(alice: Person) -> None:
    """All of them."""
    an_image(alice, "m-bp1a", family="web", tags=(Tag("a"), Tag("b")))
    an_image(alice, "m-bp1b", family="web", tags=(Tag("a"),))

    assert images_seen(alice, ImageFamily="web", Tag=[{"Key": "a"}, {"Key": "b"}]) == ["m-bp1a"]


def test_creation_times_include_their_ends(world: World, alice: Person) -> None:
    """To the minute."""
    an_image(alice, created_at=world.clock.now() // MINUTE * MINUTE)
    at = "2026-03-01T08:00Z"

    times = [{"Key": "CreationStartTime", "Value": at}, {"Key": "CreationEndTime", "Value": at}]

    assert images_seen(alice, Filter=times) == ["m-bp1made"]


def test_what_narrows_nothing_is_taken(alice: Person) -> None:
    """Every image suits both networks, making instances and replacing disks; none expires."""
    image = a_custom_image(alice)

    network = [{"Key": "NetworkType", "Value": "classic"}]

    assert images_seen(alice, Filter=network, ActionType="ChangeOS", ShowExpired=True) == [image]


# --- Refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        (
            {"ImageOwnerAlias": "me"},
            Refusal(
                400,
                "InvalidImageOwnerAlias.ValueNotSupported",
                "The specified ImageOwnerAlias value is not supported.",
            ),
        ),
        (
            {"IsPublic": True},
            Refusal(
                400,
                "InvalidImageOwnerAlias.PublicImageUnsupported",
                "When querying images, the parameter ImageOwnerAlias should be others while specified "
                "parameter IsPublic is true.",
            ),
        ),
        ({"Status": "Available,Gone"}, Refusal(400, "InvalidParamter", "Invalid Parameter.")),
        ({"Status": "ALL,Available"}, Refusal(400, "InvalidParamter", "Invalid Parameter.")),
        ({"PageNumber": 0}, Refusal(400, "InvalidParamter", "Invalid Parameter.")),
        ({"PageSize": 101}, Refusal(400, "InvalidParamter", "Invalid Parameter.")),
        ({"ActionType": "Reboot"}, Refusal(400, "InvalidParamter", "Invalid Parameter.")),
        ({"OSType": "dos"}, Refusal(404, "InvalidOSType", "The specified OSType is not valid.")),
        (
            {"Architecture": "mips"},
            Refusal(404, "InvalidArchitecture", "The specified Architecture is not valid."),
        ),
        ({"Usage": "some"}, Refusal(404, "InvalidUsage", "The specified Usage is not valid.")),
        (
            {"InstanceType": "ecs.none"},
            Refusal(
                400,
                "InvalidInstanceType.ValueNotSupported",
                "The specified instance type ecs.none does not exist. You can use the DescribeInstanceTypes "
                "API to query the available instance types.",
            ),
        ),
        (
            {"Filter": [{"Key": "Colour", "Value": "red"}]},
            Refusal(404, "InvalidFilterKey.NotFound", "The specified Filter Key is not found."),
        ),
        (
            {"Filter": [{"Key": "CreationStartTime", "Value": "yesterday"}]},
            Refusal(404, "InvalidFilterValue", "The specified Filter Value is not valid."),
        ),
        (
            {"Filter": [{"Key": "NetworkType", "Value": "token ring"}]},
            Refusal(
                400,
                "InvalidFilterValue.NetworkType",
                "The specified networkType value in the Filter is invalid.",
            ),
        ),
        (
            {"Tag": [{"Value": "web"}]},
            Refusal(400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match."),
        ),
        (
            {"Tag": [{"Key": f"k{number}"} for number in range(21)]},
            Refusal(400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
        ),
        (
            {"DryRun": True},
            Refusal(400, "DryRunOperation", "Request validation has been passed with DryRun flag set."),
        ),
        (
            {"RegionId": "cn-atlantis"},
            Refusal(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
        ),
    ],
)
def test_what_is_wrong_with_a_call_is_said(
    alice: Person, parameters: dict[str, Any], refusal: Refusal
) -> None:
    """Some of it with a 404, as the provider does."""
    assert alice.refused("DescribeImages", **parameters) == refusal


def test_images_are_listed_by_what_they_are_for(alice: Person) -> None:
    """One with data disks makes instances, and doesn't replace a system disk."""
    system, data = (
        DiskMapping(device="/dev/xvda", size=40),
        DiskMapping(device="/dev/xvdb", size=20, kind="data"),
    )
    an_image(alice, "m-bp1one", disks=(system,))
    an_image(alice, "m-bp1two", disks=(system, data))

    assert sorted(images_seen(alice, ActionType="CreateEcs")) == ["m-bp1one", "m-bp1two"]
    assert images_seen(alice, ActionType="ChangeOS") == ["m-bp1one"]
    types = [
        alice.call("DescribeImageSupportInstanceTypes", ImageId=image, ActionType="ChangeOS")
        for image in ("m-bp1one", "m-bp1two")
    ]
    assert [bool(answer["InstanceTypes"]["InstanceType"]) for answer in types] == [True, False]
    assert alice.refused("DescribeImages", ActionType="Upgrade") == Refusal(
        400, "InvalidParamter", "Invalid Parameter."
    )
