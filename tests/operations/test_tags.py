"""Tags: put on everything that can have some, taken off, found."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model.limits import Limits
from tests.operations.made_instances import UBUNTU, run, shared_image, system_disk
from tests.operations.networks import a_security_group
from tests.operations.test_key_pairs import a_key_pair
from tests.people import Person, Refusal, World

TYPES = ("instance", "image", "disk", "snapshot", "securitygroup", "keypair")
K = {"Key": "k", "Value": "v"}
NOT_FOUND = Refusal(
    404, "InvalidResourceId.NotFound", "The specified ResourceIds are not found in our records."
)
NOT_FOUND_OLD = Refusal(
    404, "InvalidResourceId.NotFound", "The specified ResourceId is not found in our records."
)
NOT_SUPPORTED = Refusal(
    403, "InvalidResourceId.NotSupported", "The specified ResourceId does not support tagging."
)
NO_SUCH_TYPE = Refusal(
    404, "InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records."
)
NO_ROOM = Refusal(
    400, "OperationDenied.QuotaExceed", "The quota of tags on resource is beyond permitted range."
)


def one_of_each(person: Person) -> dict[str, str]:
    """Make a resource of each type that can be tagged; return what each is named by."""
    instance = run(person)
    image = person.call("CreateImage", InstanceId=instance)["ImageId"]
    person.world.later()
    snapshots = person.call("DescribeSnapshots")["Snapshots"]["Snapshot"]
    return {
        "instance": instance,
        "image": str(image),
        "disk": str(system_disk(person, instance)["DiskId"]),
        "snapshot": str(snapshots[0]["SnapshotId"]),
        "securitygroup": a_security_group(person),
        "keypair": a_key_pair(person),
    }


def tags(person: Person, type_: str, id: str, **parameters: Any) -> dict[str, str]:
    """Return a resource's tags, as ListTagResources lists them."""
    answer = person.call("ListTagResources", ResourceType=type_, ResourceId=[id], **parameters)
    found = answer["TagResources"]["TagResource"]
    assert all((one["ResourceType"], one["ResourceId"]) == (type_, id) for one in found)
    return {one["TagKey"]: one["TagValue"] for one in found}


def found(person: Person, type_: str = "securitygroup", **parameters: Any) -> set[str]:
    """Return the ids of the resources whose tags ListTagResources lists."""
    answer = person.call("ListTagResources", ResourceType=type_, **parameters)
    return {one["ResourceId"] for one in answer["TagResources"]["TagResource"]}


def a_tagged_group(person: Person, **values: str) -> str:
    """Make a security group with these tags."""
    return a_security_group(person, Tag=[{"Key": key, "Value": value} for key, value in values.items()])


def test_everything_can_be_tagged_and_untagged(alice: Person) -> None:
    """By the newer operations; the tags of one resource aren't those of another."""
    made = one_of_each(alice)
    for number, (type_, id) in enumerate(made.items()):
        tag = [{"Key": "number", "Value": str(number)}, {"Key": "empty"}]
        alice.call("TagResources", ResourceType=type_, ResourceId=[id], Tag=tag)
    tagged = [tags(alice, type_, id) for type_, id in made.items()]
    for type_, id in made.items():
        alice.call("UntagResources", ResourceType=type_, ResourceId=[id], TagKey=["number", "none"])
    untagged = [tags(alice, type_, id) for type_, id in made.items()]

    assert list(made) == list(TYPES)
    assert tagged == [{"number": str(number), "empty": ""} for number in range(6)]
    assert untagged == [{"empty": ""}] * 6


def test_tags_are_shown_where_the_resource_is_described(alice: Person) -> None:
    """An image's by DescribeImages, for example."""
    image = one_of_each(alice)["image"]
    alice.call("TagResources", ResourceType="image", ResourceId=[image], Tag=[K])

    (shown,) = alice.call("DescribeImages", ImageId=image)["Images"]["Image"]

    assert shown["Tags"]["Tag"] == [{"TagKey": "k", "TagValue": "v"}]


def test_a_tag_is_replaced_and_all_are_taken_off(alice: Person) -> None:
    """Several resources at once."""
    groups = [a_tagged_group(alice, k="old", more="x") for _ in range(2)]

    alice.call("TagResources", ResourceType="securitygroup", ResourceId=groups, Tag=[K])
    replaced = [tags(alice, "securitygroup", group) for group in groups]
    alice.call("UntagResources", ResourceType="securitygroup", ResourceId=groups, All=True)

    assert replaced == [{"k": "v", "more": "x"}] * 2
    assert found(alice, ResourceId=groups) == set()


def test_all_of_the_resources_are_tagged_or_none(make_world: Callable[..., World]) -> None:
    """One that would have too many tags, or isn't there, leaves the others as they were."""
    owner = make_world(limits=Limits(tags_per_resource=2)).person("owner")
    free, full = a_security_group(owner), a_tagged_group(owner, a="1", b="2")

    def refused(*ids: str) -> Refusal:
        return owner.refused("TagResources", ResourceType="securitygroup", ResourceId=ids, Tag=[K])

    assert refused(free, full) == NO_ROOM
    assert refused(free, "sg-none") == NOT_FOUND
    assert found(owner, ResourceId=[free]) == set()
    assert owner.refused("AddTags", ResourceType="securitygroup", ResourceId=full, Tag=[K]) == NO_ROOM


def test_an_image_that_is_only_received_cannot_be_tagged(alice: Person, bob: Person) -> None:
    """Nor can the provider's. One that isn't shared isn't there for others; nor do they see its tags."""
    image = shared_image(alice, bob)
    alice.call("TagResources", ResourceType="image", ResourceId=[image], Tag=[K])
    private = one_of_each(alice)["image"]

    def refused(id: str) -> list[Refusal]:
        return [
            bob.refused("TagResources", ResourceType="image", ResourceId=[id], Tag=[K]),
            bob.refused("UntagResources", ResourceType="image", ResourceId=[id], TagKey=["k"]),
            bob.refused("ListTagResources", ResourceType="image", ResourceId=[id]),
            bob.refused("AddTags", ResourceType="image", ResourceId=id, Tag=[K]),
            bob.refused("RemoveTags", ResourceType="image", ResourceId=id, Tag=[K]),
        ]

    assert refused(image) == refused(UBUNTU) == [NOT_SUPPORTED] * 5
    assert refused(private) == [NOT_FOUND] * 3 + [NOT_FOUND_OLD] * 2
    assert found(bob, "image", Tag=[K]) == set()


@pytest.mark.parametrize("type_", TYPES)
def test_anothers_resource_looks_as_if_it_were_not_there(alice: Person, mallory: Person, type_: str) -> None:
    """Whatever is to be done with its tags; so does one's own in another region."""
    id = one_of_each(alice)[type_]

    for person, region in ((mallory, "cn-hangzhou"), (alice, "cn-beijing")):
        many = {"ResourceType": type_, "ResourceId": [id], "RegionId": region}
        assert person.refused("TagResources", **many, Tag=[K]) == NOT_FOUND
        assert person.refused("UntagResources", **many, All=True) == NOT_FOUND
        assert person.refused("ListTagResources", **many) == NOT_FOUND
        single = {**many, "ResourceId": id}
        assert person.refused("AddTags", **single, Tag=[K]) == NOT_FOUND_OLD
        assert person.refused("RemoveTags", **single) == NOT_FOUND_OLD
        assert person.call("DescribeTags", **single)["TotalCount"] == 0


def test_resources_are_found_by_their_tags(alice: Person, mallory: Person) -> None:
    """By all of several, by any value, by patterns, by their resource group."""
    web = a_tagged_group(alice, role="web", env="test")
    db = a_tagged_group(alice, role="db", env="test-2")
    a_tagged_group(mallory, role="web")
    alice.call(
        "JoinResourceGroup", ResourceType="securitygroup", ResourceId=db, ResourceGroupId="rg-databases"
    )

    def by(*filters: tuple[str, list[str]]) -> set[str]:
        return found(alice, TagFilter=[{"TagKey": key, "TagValues": values} for key, values in filters])

    assert found(alice, Tag=[{"Key": "role", "Value": "web"}]) == {web}
    assert found(alice, Tag=[{"Key": "role", "Value": "web"}, {"Key": "env", "Value": "x"}]) == set()
    assert found(alice, Tag=[{"Key": "role"}]) == {web, db}
    assert found(alice, Tag=[{"Key": "role"}], ResourceId=[db]) == {db}
    assert by(("env", ["test*"])) == {web, db}
    assert by(("e*", ["test"])) == {web}
    assert by(("env", []), ("role", ["x", "db"])) == {db}
    assert found(alice, Tag=[{"Key": "acs:rm:rgId", "Value": "rg-databases"}]) == {db}


def test_tags_are_listed_fifty_at_a_time(alice: Person) -> None:
    """Where the next page begins is in the answer; on the last page it is empty."""
    many = {f"k{number:02}": "" for number in range(20)}
    groups = [a_tagged_group(alice, **many) for _ in range(3)]
    asked = {"ResourceType": "securitygroup", "ResourceId": groups}

    first = alice.call("ListTagResources", **asked)
    second = alice.call("ListTagResources", **asked, NextToken=first["NextToken"])

    assert [len(page["TagResources"]["TagResource"]) for page in (first, second)] == [50, 10]
    assert second["NextToken"] == ""
