"""What the operator of a server sets so that programs can be tested against it: conditions, limits."""

from collections.abc import Callable

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.made import an_image
from tests.people import Person, Refusal, World


def test_an_account_that_is_held_back_is_refused_until_it_is_let_go(alice: Person) -> None:
    """A new list of conditions takes the place of the old one."""
    hold(alice, Condition.NOT_AUTHORIZED, Condition.NO_COMMUNITY)
    image = an_image(alice)

    groups = alice.refused("ModifyImageShareGroupPermission", ImageId=image, AddGroup=["all"])
    public = alice.refused("DescribeImages", IsPublic=True, ImageOwnerAlias="others")
    hold(alice)

    assert groups == Refusal(400, "Forbbiden", "User not authorized to operate on the specified resource.")
    assert public == Refusal(
        403, "CurrentAccount.NotSupportPublicImage", "Public image is not supported for current account."
    )
    alice.call("ModifyImageShareGroupPermission", ImageId=image, AddGroup=["all"])
    alice.call("DescribeImages", IsPublic=True, ImageOwnerAlias="others")


def test_other_accounts_are_not_held_back(alice: Person, bob: Person) -> None:
    """A condition is the account's own."""
    hold(alice, Condition.NOT_AUTHORIZED)

    bob.call("ModifyImageShareGroupPermission", ImageId=an_image(bob), AddGroup=["all"])


def test_the_number_of_shared_images_is_limited(make_world: Callable[..., World]) -> None:
    """By `--limits shared_images_per_account`; what is shared already can be shared further."""
    world = make_world(limits=Limits(shared_images_per_account=1))
    alice, bob, carol = (Person(world, one) for one in accounts.listed(world.app.store, 0))
    first, second = an_image(alice, "m-bp1first"), an_image(alice, "m-bp1second")
    alice.call("ModifyImageSharePermission", ImageId=first, AddAccount=[bob.id])

    refused = alice.refused("ModifyImageSharePermission", ImageId=second, AddAccount=[bob.id])
    alice.call("ModifyImageSharePermission", ImageId=first, AddAccount=[carol.id])
    alice.call("ModifyImageSharePermission", ImageId=first, RemoveAccount=[bob.id, carol.id])

    assert refused == Refusal(403, "QuotaExceed.ShareImage", "The shared Image Quota exceeds.")
    alice.call("ModifyImageSharePermission", ImageId=second, AddAccount=[bob.id])
