"""The older operations on tags, and resource groups."""

from typing import Any

from tests.operations.networks import a_security_group
from tests.operations.test_tags import K, a_tagged_group, one_of_each, tags
from tests.people import Person, Refusal


def used(person: Person, **parameters: Any) -> dict[tuple[str, str], dict[str, int]]:
    """Return the tags that DescribeTags lists, and on how many resources of which types each is."""
    listed = person.call("DescribeTags", **parameters)["Tags"]["Tag"]
    return {
        (one["TagKey"], one["TagValue"]): {
            type_: count for type_, count in one["ResourceTypeCount"].items() if count
        }
        for one in listed
    }


def test_everything_can_be_tagged_one_by_one(alice: Person) -> None:
    """The older spelling in lower case does as well."""
    made = one_of_each(alice)
    for type_, id in made.items():
        alice.call("AddTags", ResourceType=type_, ResourceId=id, Tag=[K, {"key": "old", "value": "x"}])
    added = [tags(alice, type_, id) for type_, id in made.items()]
    for type_, id in made.items():
        alice.call("RemoveTags", ResourceType=type_, ResourceId=id, Tag=[{"Key": "k"}])
    removed = [tags(alice, type_, id) for type_, id in made.items()]
    for type_, id in made.items():
        alice.call("RemoveTags", ResourceType=type_, ResourceId=id)

    assert added == [{"k": "v", "old": "x"}] * 6
    assert removed == [{"old": "x"}] * 6
    assert used(alice) == {}


def test_tags_in_use_are_counted(alice: Person, mallory: Person) -> None:
    """By type, of one's own; by key, then value."""
    made = one_of_each(alice)
    for type_ in ("instance", "keypair"):
        alice.call("TagResources", ResourceType=type_, ResourceId=[made[type_]], Tag=[K])
    a_tagged_group(alice, k="v", a="b")
    a_tagged_group(mallory, k="v", hers="")

    assert used(alice) == {
        ("a", "b"): {"Securitygroup": 1},
        ("k", "v"): {"Instance": 1, "KeyPair": 1, "Securitygroup": 1},
    }
    assert used(alice, ResourceType="instance") == {("k", "v"): {"Instance": 1}}
    assert used(alice, ResourceType="keypair", ResourceId=made["keypair"]) == {("k", "v"): {"KeyPair": 1}}
    assert list(used(alice, Tag=[{"Key": "a"}])) == list(used(alice, PageSize=1)) == [("a", "b")]
    assert used(alice, Tag=[{"Key": "a", "Value": "x"}]) == {}
    assert used(alice, Category="custom") == used(alice)
    assert used(alice, Category="system") == used(alice, RegionId="cn-beijing") == {}
    assert alice.call("DescribeTags", PageSize=1)["TotalCount"] == 2


def test_resources_are_listed_by_their_tags(alice: Person) -> None:
    """All of the tags asked for; without any, whatever is tagged at all."""
    made = one_of_each(alice)
    alice.call("TagResources", ResourceType="keypair", ResourceId=[made["keypair"]], Tag=[K])
    group = a_tagged_group(alice, k="v", more="")

    def listed(**parameters: Any) -> list[tuple[str, str]]:
        answer = alice.call("DescribeResourceByTags", **parameters)
        return [(one["ResourceType"], one["ResourceId"]) for one in answer["Resources"]["Resource"]]

    assert listed() == listed(Tag=[{"Key": "k"}]) == [("securitygroup", group), ("keypair", "web")]
    assert (
        listed(Tag=[K, {"Key": "more"}]) == listed(ResourceType="securitygroup") == [("securitygroup", group)]
    )
    assert listed(PageSize=1, PageNumber=2) == [("keypair", "web")]


def test_a_resource_group_is_joined_once(alice: Person) -> None:
    """It is left for the next one; the group that it is in already can't be joined."""
    group = a_security_group(alice)
    asked = {"ResourceType": "securitygroup", "ResourceId": group}

    def members(resource_group: str) -> list[str]:
        answer = alice.call("DescribeSecurityGroups", ResourceGroupId=resource_group)
        return [one["SecurityGroupId"] for one in answer["SecurityGroups"]["SecurityGroup"]]

    alice.call("JoinResourceGroup", **asked, ResourceGroupId="rg-1")
    again = alice.refused("JoinResourceGroup", **asked, ResourceGroupId="rg-1")
    first = members("rg-1")
    alice.call("JoinResourceGroup", **asked, ResourceGroupId="rg-2")

    assert again == Refusal(
        403, "InvalidResourceGroup.Duplicate", "The ResourceId provided has a ResourceGroup in our records."
    )
    assert (first, members("rg-1"), members("rg-2")) == ([group], [], [group])
