"""Sharing an image, as its owner, the sharee and others see it."""

from collections.abc import Callable

import pytest

from localyun.model import Image, Phase
from localyun.model.images import DEPRECATED
from localyun.model.limits import Limits
from tests.people import REGION, Person, Refusal, World

SHARE, LIST = "ModifyImageSharePermission", "DescribeImageSharePermission"
NOT_THERE = Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")


def an_image(owner: Person, id: str = "m-bp1test", *, status: str = "Available") -> str:
    """Put an image into the world, past the API."""
    with owner.world.app.store.writing(0) as tx:
        tx.put(
            Image(
                id=id,
                region=REGION,
                owner=owner.id,
                name=id,
                created_at=0,
                phase=Phase(status),
                size=20,
            )
        )
    return id


def an_image_made(owner: Person, **system_disk: str) -> str:
    """Run an instance and make an image of it, by the API alone; the image is still Creating."""
    run = owner.call(
        "RunInstances",
        ImageId="ubuntu_22_04_x64_20G_alibase_20250113.vhd",
        InstanceType="ecs.g6.large",
        SystemDisk=system_disk or None,
    )
    owner.world.later()
    image: str = owner.call("CreateImage", InstanceId=run["InstanceIdSets"]["InstanceIdSet"][0])["ImageId"]
    return image


def sharees(owner: Person, image: str) -> list[str]:
    """The accounts that have an image, as the owner is told."""
    answer = owner.call(LIST, ImageId=image, PageSize=100)
    return [account["AliyunId"] for account in answer["Accounts"]["Account"]]


def unknown(account: str) -> Refusal:
    """What is said of an account that doesn't exist."""
    return Refusal(
        404,
        "InvalidAccount.NotFound",
        f'The specified account {account} in parameter "AddAccount.n" or "RemoveAccount.n" does not exist.',
    )


ILL_FORMED = Refusal(
    404,
    "InvalidAccount.NotFound",
    'The specified parameter "AddAccount.n" or "RemoveAccount.n" does not exist.',
)


def test_a_share_is_listed_until_it_is_taken_back(alice: Person, bob: Person) -> None:
    """The owner sees with whom the image is shared."""
    image = an_image(alice)

    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])
    shared = sharees(alice, image)
    alice.call(SHARE, ImageId=image, RemoveAccount=[bob.id])

    assert shared == [bob.id]
    assert sharees(alice, image) == []


def test_the_answer_says_nothing_but_its_request_id(alice: Person, bob: Person) -> None:
    """As documented."""
    answer = alice.call(SHARE, ImageId=an_image(alice), AddAccount=[bob.id])

    assert list(answer) == ["RequestId"]


def test_the_list_has_every_documented_element(world: World, alice: Person, bob: Person) -> None:
    """Accounts as strings, times to the second, the page's figures as numbers."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    answer = alice.call(LIST, ImageId=image)

    assert answer == {
        "RequestId": answer["RequestId"],
        "RegionId": REGION,
        "ImageId": image,
        "PageNumber": 1,
        "PageSize": 10,
        "TotalCount": 1,
        "ShareGroups": {"ShareGroup": []},
        "Accounts": {"Account": [{"AliyunId": bob.id, "SharedTime": "2026-03-01T08:00:00Z"}]},
    }


def test_accounts_are_listed_page_by_page_first_shared_first(world: World, alice: Person) -> None:
    """Pages follow one another; beyond the last there is an empty one."""
    image = an_image(alice)
    friends = [world.person(f"friend{n}") for n in range(5)]
    for friend in friends:
        alice.call(SHARE, ImageId=image, AddAccount=[friend.id])
        world.later(1)

    pages = [alice.call(LIST, ImageId=image, PageNumber=n, PageSize=2) for n in (1, 2, 3, 4)]

    listed = [[a["AliyunId"] for a in page["Accounts"]["Account"]] for page in pages]
    ids = [friend.id for friend in friends]
    assert listed == [ids[0:2], ids[2:4], ids[4:5], []]
    assert [page["TotalCount"] for page in pages] == [5, 5, 5, 5]


@pytest.mark.parametrize(
    "wrong", [{"PageSize": 0}, {"PageSize": 101}, {"PageNumber": 0}, {"PageSize": "ten"}]
)
def test_a_page_out_of_range_is_refused(alice: Person, wrong: dict[str, object]) -> None:
    """Page numbers begin at 1, a page has 1 to 100 entries."""
    name = next(iter(wrong))

    refusal = alice.refused(LIST, ImageId=an_image(alice), **wrong)

    assert refusal == Refusal(400, "InvalidParameter", f'The specified parameter "{name}" is not valid.')


def test_missing_parameters_of_the_list_have_their_odd_texts(alice: Person) -> None:
    """The provider's own spacing, letter for letter."""
    no_region = alice.refused(LIST, RegionId=None, ImageId="m-bp1test")
    no_image = alice.refused(LIST)

    rest = "that is mandatory for processing this request is not supplied."
    assert no_region == Refusal(400, "MissingParameter", f'The input parameter  "RegionId "{rest}')
    assert no_image == Refusal(400, "MissingParameter", f'The input parameter "ImageId "{rest}')


def test_only_the_owner_shares_and_lists(alice: Person, bob: Person, mallory: Person) -> None:
    """Neither a sharee nor a stranger learns that there is an image to share on."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    for outsider in (bob, mallory):
        assert outsider.refused(SHARE, ImageId=image, AddAccount=[mallory.id]) == NOT_THERE
        assert outsider.refused(LIST, ImageId=image) == Refusal(
            404, "InvalidImageId.NotFound", f"The specified image {image} does not exist."
        )
    assert sharees(alice, image) == [bob.id]


def test_an_image_cannot_be_shared_with_its_owner(alice: Person) -> None:
    """Oneself is refused in either list, misspelling and all."""
    image = an_image(alice)
    yourself = Refusal(404, "InvalidAccount.Forbbiden", "The specified Account does not yourself.")

    assert alice.refused(SHARE, ImageId=image, AddAccount=[alice.id]) == yourself
    assert alice.refused(SHARE, ImageId=image, RemoveAccount=[alice.id]) == yourself


@pytest.mark.parametrize(
    ("account", "refused"),
    [
        ("123456789012", unknown("123456789012")),
        ("not-a-number", ILL_FORMED),
        ("1" * 21, ILL_FORMED),
    ],
)
def test_unknown_and_ill_formed_accounts_are_refused(
    alice: Person, bob: Person, account: str, refused: Refusal
) -> None:
    """One wrong account undoes the whole call."""
    image = an_image(alice)

    refusal = alice.refused(SHARE, ImageId=image, AddAccount=[bob.id, account])

    assert refusal == refused
    assert sharees(alice, image) == []


def test_unknown_accounts_can_be_accepted(make_world: Callable[..., World]) -> None:
    """A server may be told to share with any well-formed id, as if it existed."""
    world = make_world(accept_unknown_accounts=True)
    alice = world.person("another alice")
    image = an_image(alice)

    alice.call(SHARE, ImageId=image, AddAccount=["123456789012"])

    assert sharees(alice, image) == ["123456789012"]
    assert alice.refused(SHARE, ImageId=image, AddAccount=["twelve"]) == ILL_FORMED


def test_of_eleven_accounts_the_first_ten_count(world: World, alice: Person) -> None:
    """Items numbered above ten are ignored, whatever they say."""
    image = an_image(alice)
    friends = [world.person(f"friend{n}").id for n in range(10)]

    alice.call(SHARE, ImageId=image, AddAccount=[*friends, "nobody"])

    assert sorted(sharees(alice, image)) == sorted(friends)


def test_the_fifty_first_account_is_refused_and_nothing_of_that_call_applied(
    world: World, alice: Person
) -> None:
    """Forty-nine have it; a call that adds two is refused as a whole, one that swaps isn't."""
    image = an_image(alice)
    friends = [world.person(f"friend{n}").id for n in range(51)]
    for start in range(0, 49, 10):
        alice.call(SHARE, ImageId=image, AddAccount=friends[start : min(start + 10, 49)])

    refusal = alice.refused(SHARE, ImageId=image, AddAccount=friends[49:51])
    before = len(sharees(alice, image))
    alice.call(SHARE, ImageId=image, AddAccount=friends[49:51], RemoveAccount=friends[:1])

    assert refusal == Refusal(403, "QuotaExceed.ShareImageUser", "The shared Image user Quota exceeds.")
    assert (before, len(sharees(alice, image))) == (49, 50)


def test_an_account_in_both_lists_ends_up_without(alice: Person, bob: Person) -> None:
    """Removal wins."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    alice.call(SHARE, ImageId=image, AddAccount=[bob.id], RemoveAccount=[bob.id])

    assert sharees(alice, image) == []


def test_sharing_again_keeps_the_first_time(world: World, alice: Person, bob: Person) -> None:
    """Adding an account that has the image changes nothing."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])
    first = alice.call(LIST, ImageId=image)["Accounts"]

    world.later()
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    assert alice.call(LIST, ImageId=image)["Accounts"] == first


def test_a_call_that_names_no_account_succeeds(alice: Person) -> None:
    """Packer makes such calls."""
    alice.call(SHARE, ImageId=an_image(alice))


def test_a_deprecated_image_is_not_shared(world: World, alice: Person, bob: Person) -> None:
    """It has to be made available again first."""
    image = an_image_made(alice)
    world.later()
    alice.call("ModifyImageAttribute", ImageId=image, Status=DEPRECATED)

    refusal = alice.refused(SHARE, ImageId=image, AddAccount=[bob.id])

    assert refusal == Refusal(
        403,
        "OperationDenied.InvalidImageStatus",
        "The specified image cannot be shared when it is deprecated.",
    )


def test_an_image_that_is_being_made_can_be_shared(alice: Person, bob: Person) -> None:
    """Packer shares copies at once."""
    image = an_image_made(alice)

    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    assert alice.call("DescribeImages", ImageId=image, Status="Creating")["TotalCount"] == 1
    assert sharees(alice, image) == [bob.id]


def test_an_image_that_waits_can_be_shared(alice: Person, bob: Person) -> None:
    """As one that is being made; nothing makes an image wait here yet."""
    image = an_image(alice, status="Waiting")

    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    assert sharees(alice, image) == [bob.id]


def test_any_group_but_all_is_malformed(alice: Person) -> None:
    """The seed's answer to the undocumented group parameters."""
    image = an_image(alice)
    malformed = Refusal(400, "InvalidGroup.Malformed", "The specified Group is wrongly formed.")

    assert alice.refused(SHARE, ImageId=image, AddGroup=["everybody"]) == malformed
    assert alice.refused(SHARE, ImageId=image, RemoveGroup=["ALL"]) == malformed


def test_the_number_of_shared_images_is_limited(make_world: Callable[..., World]) -> None:
    """A quota like any other; an image that is shared already may be shared on."""
    world = make_world(limits=Limits(shared_images_per_account=1))
    alice, bob, carol = (world.person(f"{name} of this world") for name in ("alice", "bob", "carol"))
    first, second = an_image(alice, "m-bp1first"), an_image(alice, "m-bp1second")
    alice.call(SHARE, ImageId=first, AddAccount=[bob.id])

    refusal = alice.refused(SHARE, ImageId=second, AddAccount=[bob.id])
    alice.call(SHARE, ImageId=first, AddAccount=[carol.id])

    assert refusal == Refusal(403, "QuotaExceed.ShareImage", "The shared Image Quota exceeds.")


def test_a_dry_run_checks_everything_and_changes_nothing(alice: Person, bob: Person) -> None:
    """Success is an error of its own; a fault is the fault's."""
    image = an_image(alice)

    dry = alice.refused(SHARE, ImageId=image, AddAccount=[bob.id], DryRun=True)
    faulty = alice.refused(SHARE, ImageId=image, AddAccount=[alice.id], DryRun=True)

    assert dry == Refusal(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
    assert faulty.code == "InvalidAccount.Forbbiden"
    assert sharees(alice, image) == []


def test_a_default_that_is_spelled_out_is_no_request(alice: Person, bob: Person) -> None:
    """`IsPublic=false` asks for nothing."""
    image = an_image(alice)

    alice.call(SHARE, ImageId=image, AddAccount=[bob.id], IsPublic="False")

    assert sharees(alice, image) == [bob.id]


def test_what_is_no_image_id_is_named(alice: Person) -> None:
    """Nobody learns anything from it: no custom image has such an id."""
    assert alice.refused(SHARE, ImageId="web", AddAccount=["1"]) == Refusal(
        404, "InvalidImageId.NotFound", "The specified image web does not exist."
    )


@pytest.mark.parametrize(
    "action", [SHARE, "ModifyImageShareGroupPermission", "ModifyImageAttribute", "CopyImage"]
)
def test_a_region_has_to_be_named(alice: Person, action: str) -> None:
    """By every operation on an image."""
    assert alice.refused(action, ImageId="m-bp1web", RegionId=None) == Refusal(
        400,
        "MissingParameter",
        'The input parameter "RegionId" that is mandatory for processing this request is not supplied.',
    )
