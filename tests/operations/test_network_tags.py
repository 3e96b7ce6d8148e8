"""Tags on VPCs, vSwitches and elastic addresses."""

from typing import Any

from tests.operations.networks import a_vpc, a_vswitch
from tests.people import VPC, Person, Refusal

K = {"Key": "k", "Value": "v"}
NOT_FOUND = Refusal(400, "InvalidInstanceIds.NotFound", "The instanceIds are not found")


def call(person: Person, action: str, **parameters: Any) -> dict[str, Any]:
    """Call an operation of VPC's."""
    return person.call(action, version=VPC, **parameters)


def found(person: Person, **parameters: Any) -> list[tuple[str, str, str]]:
    """Return what each tag is on that ListTagResources lists."""
    listed = call(person, "ListTagResources", **parameters)["TagResources"]["TagResource"]
    return [(one["ResourceId"], one["TagKey"], one["TagValue"]) for one in listed]


def test_networks_are_tagged_and_untagged(alice: Person) -> None:
    """All kinds; the tags are shown where the network is described."""
    vpc = a_vpc(alice)
    vswitch = a_vswitch(alice, vpc, "172.16.0.0/24")
    eip = call(alice, "AllocateEipAddress")["AllocationId"]
    for type_, id in (("VPC", vpc), ("VSWITCH", vswitch), ("EIP", eip)):
        asked = {"ResourceType": type_, "ResourceId": [id]}
        call(alice, "TagResources", **asked, Tag=[K, {"Key": "more"}])
        assert found(alice, **asked) == [(id, "k", "v"), (id, "more", "")]
        call(alice, "UnTagResources", **asked, TagKey=["more", "none"])
        assert found(alice, ResourceType=type_, Tag=[K]) == [(id, "k", "v")]
    (shown,) = call(alice, "DescribeVpcs", VpcId=vpc)["Vpcs"]["Vpc"]
    call(alice, "UnTagResources", ResourceType="VPC", ResourceId=[vpc], All=True)

    assert shown["Tags"]["Tag"] == [{"Key": "k", "Value": "v"}]
    assert found(alice, ResourceType="VPC", ResourceId=[vpc]) == []


def test_tags_of_networks_are_paged(alice: Person) -> None:
    """By MaxResults and NextToken."""
    vpc = a_vpc(alice, Tag=[{"Key": f"k{number}"} for number in range(3)])
    asked = {"ResourceType": "VPC", "ResourceId": [vpc], "MaxResults": 2}

    first = call(alice, "ListTagResources", **asked)
    second = call(alice, "ListTagResources", **asked, NextToken=first["NextToken"])

    assert [len(page["TagResources"]["TagResource"]) for page in (first, second)] == [2, 1]
    assert alice.refused("ListTagResources", version=VPC, **asked, NextToken="x") == Refusal(
        400, "InvalidParameter", 'The specified parameter "NextToken" is not valid.'
    )


def test_anothers_network_looks_as_if_it_were_not_there(alice: Person, mallory: Person) -> None:
    """To tag it, to untag it and to list its tags."""
    asked = {"ResourceType": "VPC", "ResourceId": [a_vpc(alice)]}

    for action, more in (
        ("TagResources", {"Tag": [K]}),
        ("UnTagResources", {"All": True}),
        ("ListTagResources", {}),
    ):
        assert mallory.refused(action, version=VPC, **asked, **more) == NOT_FOUND


def test_a_network_has_so_many_tags(alice: Person) -> None:
    """Twenty, over all calls."""
    vpc = a_vpc(alice, Tag=[{"Key": f"k{number}"} for number in range(20)])

    assert alice.refused(
        "TagResources", version=VPC, ResourceType="VPC", ResourceId=[vpc], Tag=[K]
    ) == Refusal(400, "QuotaExceeded.TagNum", "Custom Tags quota exceeded")
