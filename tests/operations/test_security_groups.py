"""Security groups, as their owner and as others see them."""

from typing import Any

import pytest

from tests.operations.made import an_instance
from tests.operations.networks import a_security_group, a_vpc
from tests.people import VPC, Person, Refusal

NOT_FOUND = Refusal(404, "InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist.")
GONE = Refusal(404, "InvalidSecurityGroup.NotFound", "The specified security group is not found.")
NO_VPC = Refusal(404, "InvalidVpcId.NotFound", "Specified VPC does not exist.")


def listed(person: Person, **filters: Any) -> list[dict[str, Any]]:
    """Return the security groups that a person sees."""
    answer = person.call("DescribeSecurityGroups", **filters)
    groups: list[dict[str, Any]] = answer["SecurityGroups"]["SecurityGroup"]
    return groups


def ids(person: Person, **filters: Any) -> list[str]:
    """Return the ids of the security groups that a person sees."""
    return [group["SecurityGroupId"] for group in listed(person, **filters)]


def test_a_new_group_is_there_at_once(alice: Person) -> None:
    """In a VPC, and without rules."""
    vpc = a_vpc(alice)
    group = a_security_group(
        alice,
        VpcId=vpc,
        SecurityGroupName="web",
        Description="for tests",
        ResourceGroupId="rg-1",
        Tag=[{"Key": "env", "Value": "test"}],
    )

    (view,) = listed(alice)

    assert group.startswith("sg-bp1")
    assert view == {
        "SecurityGroupId": group,
        "SecurityGroupName": "web",
        "Description": "for tests",
        "SecurityGroupType": "normal",
        "VpcId": vpc,
        "CreationTime": "2026-03-01T08:01:00Z",
        "ResourceGroupId": "rg-1",
        "ServiceManaged": False,
        "RuleCount": 0,
        "GroupToGroupRuleCount": 0,
        "Tags": {"Tag": [{"TagKey": "env", "TagValue": "test"}]},
    }


def test_without_a_vpc_a_group_is_of_the_classic_network(alice: Person) -> None:
    """As Libcloud makes them, and Packer for the classic network."""
    group = a_security_group(alice)

    assert ids(alice, NetworkType="classic") == [group]
    assert ids(alice, NetworkType="vpc") == []


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"SecurityGroupName": "1st"},
            Refusal(
                400,
                "InvalidSecurityGroupName.Malformed",
                "The specified parameter SecurityGroupName is not valid.",
            ),
        ),
        (
            {"Description": "d"},
            Refusal(
                400,
                "InvalidSecurityGroupDiscription.Malformed",
                "Specified security group description is not valid.",
            ),
        ),
        (
            {"Tag": [{"Key": "acs:x"}]},
            Refusal(400, "InvalidTagKey.Malformed", "Specified tag key is not valid."),
        ),
        (
            {"Tag": [{"Key": "k", "Value": "http://v"}]},
            Refusal(400, "InvalidTagValue.Malformed", "Specified tag value is not valid."),
        ),
        (
            {"Tag": [{"Key": "k"}, {"Key": "k"}]},
            Refusal(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
        ),
        (
            {"SecurityGroupType": "special"},
            Refusal(400, "InvalidParams.GroupType", "The specified security group type is not valid."),
        ),
        (
            {"SecurityGroupType": "enterprise"},
            Refusal(
                400,
                "InvalidParams.VpcIdGroupType",
                "Only VPC instance supports enterprise level security group.",
            ),
        ),
        ({"VpcId": "vpc-none"}, NO_VPC),
        (
            {"RegionId": "cn-atlantis"},
            Refusal(404, "InvalidRegionId.NotFound", "The specified region does not exist."),
        ),
    ],
)
def test_what_is_wrong_with_a_new_group_is_said(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """And there is none afterwards."""
    assert alice.refused("CreateSecurityGroup", **parameters) == expected
    assert listed(alice) == []


def test_a_pending_vpc_takes_no_groups(alice: Person) -> None:
    """Clients wait for Available."""
    vpc = alice.call("CreateVpc", version=VPC)["VpcId"]

    refusal = alice.refused("CreateSecurityGroup", VpcId=vpc)

    assert refusal == Refusal(
        400, "IncorrectVpcStatus", "Current VPC status does not support this operation."
    )


def test_there_are_a_hundred_groups_a_region_at_most(alice: Person, bob: Person) -> None:
    """Other accounts have their own hundred."""
    for _ in range(100):
        a_security_group(alice)

    refusal = alice.refused("CreateSecurityGroup")

    assert refusal == Refusal(
        403, "QuotaExceed.SecurityGroup", "The maximum number of security groups is reached."
    )
    a_security_group(bob)


def test_groups_are_found_by_what_they_are(alice: Person) -> None:
    """Filters narrow, and what isn't there is nothing found."""
    vpc = a_vpc(alice)
    one = a_security_group(alice, SecurityGroupName="web-1", Tag=[{"Key": "n", "Value": "1"}])
    alice.world.later()
    two = a_security_group(
        alice, VpcId=vpc, SecurityGroupName="web-2", SecurityGroupType="enterprise", ResourceGroupId="rg-1"
    )

    assert ids(alice) == [two, one]
    assert ids(alice, SecurityGroupIds=f'["{one}", "sg-none"]') == [one]
    assert ids(alice, SecurityGroupId=two) == [two]
    assert ids(alice, VpcId=vpc) == [two]
    assert ids(alice, SecurityGroupType="normal") == [one]
    assert ids(alice, NetworkType="vpc") == [two]
    assert ids(alice, SecurityGroupName="web-1") == [one]
    assert ids(alice, SecurityGroupName="web*") == []
    assert ids(alice, SecurityGroupName="web*", FuzzyQuery="true") == [two, one]
    assert ids(alice, ResourceGroupId="rg-1") == [two]
    assert ids(alice, Tag=[{"key": "n", "value": "1"}]) == [one]
    assert ids(alice, ServiceManaged="true") == []
    assert ids(alice, RegionId="cn-beijing") == []


def test_groups_come_page_by_page(alice: Person) -> None:
    """By number or by token; the total counts all of them."""
    for number in range(3):
        a_security_group(alice, SecurityGroupName=f"group-{number}")
        alice.world.later()

    numbered = alice.call("DescribeSecurityGroups", PageNumber=2, PageSize=2)
    first = alice.call("DescribeSecurityGroups", MaxResults=2)
    second = alice.call("DescribeSecurityGroups", MaxResults=2, NextToken=first["NextToken"])

    def names(answer: dict[str, Any]) -> list[str]:
        return [group["SecurityGroupName"] for group in answer["SecurityGroups"]["SecurityGroup"]]

    assert names(numbered) == ["group-0"]
    assert (numbered["TotalCount"], numbered["PageNumber"], numbered["PageSize"]) == (3, 2, 2)
    assert names(first) + names(second) == ["group-2", "group-1", "group-0"]
    assert second["NextToken"] == ""


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"SecurityGroupIds": "sg-1"},
            Refusal(
                400,
                "InvalidSecurityGroupId.Malformed",
                "The specified parameter SecurityGroupId is not valid.",
            ),
        ),
        (
            {"NextToken": "x"},
            Refusal(400, "InValidParameter.NextToken", "The parameter NextToken is invalid."),
        ),
        (
            {"SecurityGroupType": "special"},
            Refusal(
                400,
                "InvalidParameter.SecurityGroupType",
                "The specified SecurityGroupType is not valid.".replace(" ", "\N{NO-BREAK SPACE}"),
            ),
        ),
        (
            {"RegionId": None},
            Refusal(
                400,
                "MissingParameter.RegionId",
                "The input parameter RegionId that is mandatory for processing this request is not supplied.",
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_question_is_said(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """Each has a row of its own."""
    assert alice.refused("DescribeSecurityGroups", **parameters) == expected


def test_a_group_says_how_many_instances_are_in_it(alice: Person) -> None:
    """When that is asked."""
    group = a_security_group(alice)
    an_instance(alice, security_groups=(group,))

    (view,) = listed(alice, IsQueryEcsCount="true")

    assert view["EcsCount"] == 1


def test_a_group_is_its_owners_alone(alice: Person, bob: Person) -> None:
    """To others it doesn't exist, whatever they do with it; nor does the VPC that it would be in."""
    group = a_security_group(alice)
    vpc = a_vpc(alice)

    assert ids(bob, SecurityGroupIds=f'["{group}"]') == []
    assert bob.refused("ModifySecurityGroupAttribute", SecurityGroupId=group, Description="mine") == NOT_FOUND
    assert (
        bob.refused("ModifySecurityGroupPolicy", SecurityGroupId=group, InnerAccessPolicy="drop") == NOT_FOUND
    )
    assert bob.refused("DescribeSecurityGroupAttribute", SecurityGroupId=group) == NOT_FOUND
    assert bob.refused("DeleteSecurityGroup", SecurityGroupId=group) == GONE
    assert bob.refused("CreateSecurityGroup", VpcId=vpc) == NO_VPC
    assert ids(alice) == [group]


def test_a_group_changes_its_name(alice: Person) -> None:
    """What isn't given stays."""
    group = a_security_group(alice, SecurityGroupName="old", Description="as it was")

    alice.call("ModifySecurityGroupAttribute", SecurityGroupId=group, SecurityGroupName="new")

    (view,) = listed(alice)
    assert (view["SecurityGroupName"], view["Description"]) == ("new", "as it was")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"SecurityGroupName": "http://x"},
            Refusal(400, "InvalidSecurityGroupName.Malformed", "Specified security group name is not valid."),
        ),
        (
            {"Description": "https://x"},
            Refusal(
                400,
                "InvalidSecurityGroupDiscription.Malformed",
                "Specified security group description is not valid.",
            ),
        ),
        ({"SecurityGroupId": "sg-none"}, NOT_FOUND),
    ],
)
def test_what_is_wrong_with_a_change_is_said(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """In the operation's own words."""
    given = {"SecurityGroupId": a_security_group(alice), **parameters}

    assert alice.refused("ModifySecurityGroupAttribute", **given) == expected


def test_a_group_may_keep_its_instances_apart(alice: Person) -> None:
    """Accept is how a normal group begins, Drop an enterprise one."""
    group = a_security_group(alice)
    enterprise = a_security_group(alice, VpcId=a_vpc(alice), SecurityGroupType="enterprise")

    def policy(group: str) -> str:
        answer = alice.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)
        found: str = answer["InnerAccessPolicy"]
        return found

    before = policy(group)
    alice.call("ModifySecurityGroupPolicy", SecurityGroupId=group, InnerAccessPolicy="drop")

    assert (before, policy(group), policy(enterprise)) == ("Accept", "Drop", "Drop")
    assert alice.refused(
        "ModifySecurityGroupPolicy", SecurityGroupId=enterprise, InnerAccessPolicy="Accept"
    ) == Refusal(
        404,
        "InvalidParameter.InnerAccessPolicy",
        "The InnerAccessPolicy attribute of enterprise level security group can't be modified.",
    )


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"InnerAccessPolicy": "maybe"},
            Refusal(
                400,
                "InvalidPolicy.Malformed",
                "The Policy is invalid. Only 'Accept' and 'Drop' are supported. Ignore case.",
            ),
        ),
        (
            {"RegionId": None},
            Refusal(400, "MissingParamter.RegionId", "The RegionId should not be null."),
        ),
    ],
)
def test_what_is_wrong_with_a_policy_is_said(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """In the operation's own words."""
    given = {"SecurityGroupId": a_security_group(alice), "InnerAccessPolicy": "Drop", **parameters}

    assert alice.refused("ModifySecurityGroupPolicy", **given) == expected


def test_a_deleted_group_is_gone(alice: Person) -> None:
    """In another region it never was."""
    group = a_security_group(alice)

    elsewhere = alice.refused("DeleteSecurityGroup", SecurityGroupId=group, RegionId="cn-beijing")
    alice.call("DeleteSecurityGroup", SecurityGroupId=group)

    assert elsewhere == GONE
    assert listed(alice) == []
    assert alice.refused("DeleteSecurityGroup", SecurityGroupId=group) == GONE


def test_a_group_is_not_deleted_while_an_instance_is_in_it(alice: Person) -> None:
    """Packer and Terraform try again on this code."""
    group = a_security_group(alice)
    an_instance(alice, security_groups=("sg-other", group))

    refusal = alice.refused("DeleteSecurityGroup", SecurityGroupId=group)

    assert refusal == Refusal(
        403, "DependencyViolation", "There is still instance(s) in the specified security group."
    )
    assert ids(alice) == [group]


def test_a_group_is_not_deleted_while_a_rule_of_another_names_it(alice: Person) -> None:
    """First the rule, then the group."""
    group, other = a_security_group(alice), a_security_group(alice)
    rule = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceGroupId": group}
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=other, Permissions=[rule])

    refusal = alice.refused("DeleteSecurityGroup", SecurityGroupId=group)
    alice.call("RevokeSecurityGroup", SecurityGroupId=other, Permissions=[rule])

    assert refusal == Refusal(
        403, "DependencyViolation", "The specified security group has been authorized in another one."
    )
    alice.call("DeleteSecurityGroup", SecurityGroupId=group)


def test_deleting_needs_a_region(alice: Person) -> None:
    """In the operation's own words."""
    refusal = alice.refused("DeleteSecurityGroup", SecurityGroupId="sg-1", RegionId=None)

    assert refusal == Refusal(
        400, "MissingParameter.RegionId", 'The parameter "RegionId" should not be null.'
    )
