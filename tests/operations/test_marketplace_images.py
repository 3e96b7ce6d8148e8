"""Images of the Marketplace, and what goes back to one: who sees it, copies it, shares it."""

import pytest

from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.made import an_instance, images_seen
from tests.people import Person, Refusal, World

FOR_SALE = "m-bp1lampexample000001"


def of_the_marketplace(person: Person) -> str:
    """Make an image of an instance that was made from one of the Marketplace."""
    image: str = person.call("CreateImage", InstanceId=an_instance(person, image=FOR_SALE))["ImageId"]
    person.world.later()
    return image


def test_images_for_sale_are_listed_where_they_are_asked_for(alice: Person) -> None:
    """By their alias or by id, in the regions in which they are published."""
    (shown,) = alice.call("DescribeImages", ImageOwnerAlias="marketplace")["Images"]["Image"]

    assert (shown["ImageId"], shown["ProductCode"], shown["SupplierName"], shown["IsSubscribed"]) == (
        FOR_SALE,
        "cmjj00000001",
        "Example Software",
        True,
    )
    assert images_seen(alice, ImageId=FOR_SALE) == [FOR_SALE]
    assert images_seen(alice) == []
    assert images_seen(alice, ImageOwnerAlias="marketplace", RegionId="cn-beijing") == []
    assert images_seen(alice, ImageOwnerAlias="others", ImageId=FOR_SALE) == []


def test_nobody_changes_shares_or_deletes_an_image_that_is_for_sale(alice: Person) -> None:
    """As little as the provider's own."""
    missing = Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")

    assert alice.refused("ModifyImageAttribute", ImageId=FOR_SALE, Description="Mine.") == missing
    assert alice.refused("ModifyImageSharePermission", ImageId=FOR_SALE, AddAccount=["1"]) == missing
    assert alice.refused("DeleteImage", ImageId=FOR_SALE) == missing


def test_what_goes_back_to_it_says_so(alice: Person) -> None:
    """An image of an instance, and a copy of that."""
    image = of_the_marketplace(alice)
    copy = alice.call("CopyImage", ImageId=image)["ImageId"]

    listed = alice.call("DescribeImages", ImageOwnerAlias="self", Status="ALL")["Images"]["Image"]

    codes = {one["ImageId"]: (one["ProductCode"], "SupplierName" in one) for one in listed}
    assert codes == {image: ("cmjj00000001", False), copy: ("cmjj00000001", False)}


def test_it_is_copied_to_where_its_origin_is_published(alice: Person) -> None:
    """By accounts that may use the Marketplace."""
    image = of_the_marketplace(alice)

    unpublished = alice.refused("CopyImage", ImageId=image, DestinationRegionId="cn-beijing")
    alice.call("CopyImage", ImageId=image, DestinationRegionId="cn-shanghai")
    hold(alice, Condition.NOT_SUBSCRIBED)

    assert unpublished == Refusal(
        403,
        "OperationDenied.NotPublished",
        "The operation is denied because corresponding marketplace image is not published in destination "
        "region.",
    )
    assert alice.refused("CopyImage", ImageId=image) == Refusal(
        403,
        "OperationDenied.NotAuthorized",
        "The operation is denied because corresponding marketplace image is not authorized to current user.",
    )
    (shown,) = alice.call("DescribeImages", ImageOwnerAlias="marketplace")["Images"]["Image"]
    assert shown["IsSubscribed"] is False


@pytest.mark.parametrize("site", ["alibabacloud.com", "aliyun.com"])
def test_it_is_shared_within_its_site_only(world: World, site: str) -> None:
    """Other images are shared with accounts of either site."""
    owner = world.person("owner", site=site)
    near = world.person("near", site=site)
    far = world.person("far", site="aliyun.com" if site == "alibabacloud.com" else "alibabacloud.com")
    sold = of_the_marketplace(owner)
    own = owner.call("CreateImage", InstanceId=an_instance(owner, "i-bp1own"))["ImageId"]

    refused = owner.refused("ModifyImageSharePermission", ImageId=sold, AddAccount=[near.id, far.id])
    owner.call("ModifyImageSharePermission", ImageId=sold, AddAccount=[near.id])
    owner.call("ModifyImageSharePermission", ImageId=own, AddAccount=[near.id, far.id])

    assert refused == Refusal(
        403, "InvalidImageId.BidMismatch", f"Cannot share the image with users {far.id} of other sites."
    )
