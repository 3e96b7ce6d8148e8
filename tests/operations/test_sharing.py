"""Sharing an image, as the owner, the sharee and others see it."""

from localyun.model import Image, Phase
from tests.people import REGION, Person, Refusal, World


def an_image(world: World, owner: Person, id: str = "m-bp1test") -> str:
    """Put an image into the world, past the API."""
    with world.app.store.writing(0) as tx:
        tx.put(
            Image(
                id=id, region=REGION, owner=owner.id, name=id, created_at=0, phase=Phase("Available"), size=20
            )
        )
    return id


def test_an_image_cannot_be_shared_with_its_owner(world: World, alice: Person) -> None:
    """Oneself is refused, misspelling and all."""
    image = an_image(world, alice)

    refusal = alice.refused("ModifyImageSharePermission", ImageId=image, AddAccount=[alice.id])

    assert refusal == Refusal(404, "InvalidAccount.Forbbiden", "The specified Account does not yourself.")


def test_a_share_is_listed_until_it_is_taken_back(world: World, alice: Person, bob: Person) -> None:
    """The owner sees with whom the image is shared."""
    image = an_image(world, alice)

    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    shared = alice.call("DescribeImageSharePermission", ImageId=image)["Accounts"]["Account"]
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    left = alice.call("DescribeImageSharePermission", ImageId=image)["Accounts"]["Account"]

    assert [account["AliyunId"] for account in shared] == [bob.id]
    assert left == []
