"""The rules of security groups: added, taken back, listed."""

from typing import Any

import pytest

from tests.operations.networks import a_security_group, a_vpc
from tests.people import Person, Refusal

NOT_FOUND = Refusal(404, "InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist.")
NO_RULE = Refusal(400, "InvalidSecurityGroupRule.RuleNotExist", "The specified rule does not exist.")
SSH = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "0.0.0.0/0"}
ANYWHERE = {"IpProtocol": "all", "PortRange": "-1/-1", "DestCidrIp": "0.0.0.0/0"}


@pytest.fixture
def group(alice: Person) -> str:
    """A security group of alice's in a VPC."""
    return a_security_group(alice, VpcId=a_vpc(alice), SecurityGroupName="web")


def rules(person: Person, group: str, **filters: Any) -> list[dict[str, Any]]:
    """Return the rules of a security group, the newest first."""
    answer = person.call("DescribeSecurityGroupAttribute", SecurityGroupId=group, **filters)
    found: list[dict[str, Any]] = answer["Permissions"]["Permission"]
    return found


def test_rules_are_added_by_the_older_parameters(alice: Person, group: str) -> None:
    """As Packer and Terraform do; Packer's NicType isn't a VPC's, and no matter."""
    alice.call("AuthorizeSecurityGroupEgress", SecurityGroupId=group, NicType="internet", **ANYWHERE)
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, NicType="internet", Description="ssh", **SSH)

    incoming, outgoing = rules(alice, group)

    assert incoming["SecurityGroupRuleId"].startswith("sgr-bp1")
    assert {name: value for name, value in incoming.items() if value and name != "SecurityGroupRuleId"} == {
        "Direction": "ingress",
        "IpProtocol": "TCP",
        "PortRange": "22/22",
        "SourceCidrIp": "0.0.0.0/0",
        "Policy": "Accept",
        "Priority": "1",
        "NicType": "intranet",
        "Description": "ssh",
        "CreateTime": "2026-03-01T08:01:00Z",
    }
    assert (outgoing["Direction"], outgoing["IpProtocol"]) == ("egress", "ALL")
    assert (outgoing["DestCidrIp"], outgoing["SourceCidrIp"]) == ("0.0.0.0/0", "")


def test_rules_are_added_many_at_once(alice: Person, group: str) -> None:
    """With all that a rule can say."""
    full = {
        "IpProtocol": "UDP",
        "PortRange": "53/53",
        "SourcePortRange": "1/1024",
        "Ipv6SourceCidrIp": "2001:db8::/32",
        "Ipv6DestCidrIp": "2001:db8:1::/48",
        "Policy": "drop",
        "Priority": "7",
    }
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[SSH, full])

    newest, _ = rules(alice, group)

    assert (newest["Ipv6SourceCidrIp"], newest["Ipv6DestCidrIp"]) == ("2001:db8::/32", "2001:db8:1::/48")
    assert (newest["SourceCidrIp"], newest["DestCidrIp"]) == ("", "")
    assert (newest["SourcePortRange"], newest["Policy"], newest["Priority"]) == ("1/1024", "Drop", "7")


def test_a_rule_may_name_another_group(alice: Person, group: str) -> None:
    """It is shown with its name, and counted."""
    peer = a_security_group(alice, VpcId=_vpc_of(alice, group), SecurityGroupName="db")
    permission = {"IpProtocol": "tcp", "PortRange": "5432/5432"}

    alice.call(
        "AuthorizeSecurityGroup", SecurityGroupId=peer, Permissions=[{**permission, "SourceGroupId": group}]
    )
    alice.call(
        "AuthorizeSecurityGroupEgress",
        SecurityGroupId=group,
        Permissions=[{**permission, "DestGroupId": peer}],
    )

    (incoming,), (outgoing,) = rules(alice, peer), rules(alice, group)
    assert (incoming["SourceGroupId"], incoming["SourceGroupName"]) == (group, "web")
    assert (outgoing["DestGroupId"], outgoing["DestGroupName"]) == (peer, "db")
    described = alice.call("DescribeSecurityGroups", SecurityGroupId=peer)["SecurityGroups"]["SecurityGroup"]
    assert (described[0]["RuleCount"], described[0]["GroupToGroupRuleCount"]) == (1, 1)


def test_a_rule_that_is_there_is_not_added_again(alice: Person, group: str) -> None:
    """And that is no error; another priority is another rule."""
    for added in (SSH, SSH, {**SSH, "Priority": "2"}):
        alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, **added)

    assert [rule["Priority"] for rule in rules(alice, group)] == ["2", "1"]


def test_a_rule_cannot_name_its_own_group(alice: Person, group: str) -> None:
    """The two directions say it differently."""
    both = {"SecurityGroupId": group, "IpProtocol": "tcp", "PortRange": "1/2"}

    incoming = alice.refused("AuthorizeSecurityGroup", SourceGroupId=group, **both)
    outgoing = alice.refused("AuthorizeSecurityGroupEgress", DestGroupId=group, **both)

    assert incoming == Refusal(
        403,
        "InvalidParamter.Conflict",
        "The specified SecurityGroupId should be different from the SourceGroupId.",
    )
    assert outgoing == Refusal(
        403,
        "InvalidSecurityGroup.IsSame",
        "The authorized SecurityGroupId should be different from the DestGroupId.",
    )


def test_a_rule_names_groups_of_its_own_vpc_only(alice: Person, group: str) -> None:
    """Each direction words it in its own way."""
    elsewhere = a_security_group(alice, VpcId=a_vpc(alice))
    both = {"SecurityGroupId": group, "IpProtocol": "tcp", "PortRange": "1/2"}

    incoming = alice.refused("AuthorizeSecurityGroup", SourceGroupId=elsewhere, **both)
    outgoing = alice.refused("AuthorizeSecurityGroupEgress", DestGroupId=elsewhere, **both)

    assert incoming == Refusal(
        400,
        "InvalidSourceGroupId.Mismatch",
        "Specified security group and source group are not in the same VPC.",
    )
    assert outgoing == Refusal(
        400,
        "InvalidDestGroupId.Mismatch",
        "Specified security group and destination group are not in the same VPC.",
    )


def test_enterprise_groups_neither_drop_nor_name_groups_nor_are_named(alice: Person, group: str) -> None:
    """Only blocks, only accepted."""
    vpc = _vpc_of(alice, group)
    enterprise = a_security_group(alice, VpcId=vpc, SecurityGroupType="enterprise")
    to_group = {"IpProtocol": "tcp", "PortRange": "1/2"}
    not_allowed = Refusal(
        400,
        "InvalidGroupParameter.OperationDenied",
        "The attributes Policy, SourceGroupId, DestGroupId of enterprise level security groups"
        " are not allowed to be set or modified.",
    )

    alice.call("AuthorizeSecurityGroup", SecurityGroupId=enterprise, Policy="accept", **SSH)
    dropping = alice.refused("AuthorizeSecurityGroup", SecurityGroupId=enterprise, Policy="drop", **SSH)
    naming = alice.refused(
        "AuthorizeSecurityGroup", SecurityGroupId=enterprise, SourceGroupId=group, **to_group
    )
    named = alice.refused(
        "AuthorizeSecurityGroup", SecurityGroupId=group, SourceGroupId=enterprise, **to_group
    )

    assert (dropping, naming) == (not_allowed, not_allowed)
    assert named == Refusal(
        400,
        "InvalidGroupAuthParameter.OperationDenied",
        "The security group can not authorize to enterprise level security group.",
    )


def test_a_group_has_200_rules_at_most(alice: Person, group: str) -> None:
    """A call that would make it more adds none."""
    for part in (range(1, 101), range(101, 200)):
        ports = [{**SSH, "PortRange": f"{port}/{port}"} for port in part]
        alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=ports)

    more = [{**SSH, "PortRange": f"{port}/{port}"} for port in (200, 201)]
    refusal = alice.refused("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=more)

    assert refusal == Refusal(
        403, "AuthorizationLimitExceed", "The limit of authorization records in the security group reaches."
    )
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=more[:1])
    assert len(rules(alice, group)) == 200


def test_a_group_has_20_rules_that_name_groups_at_most(alice: Person, group: str) -> None:
    """Others may still be added."""
    peer = a_security_group(alice, VpcId=_vpc_of(alice, group))
    ports = [
        {"IpProtocol": "tcp", "PortRange": f"{port}/{port}", "SourceGroupId": peer} for port in range(1, 22)
    ]
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=ports[:20])

    refusal = alice.refused("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=ports[20:])

    assert refusal == Refusal(
        400,
        "AuthorizedGroupRule.LimitExceed",
        "You have reached the limit on the number of group authorization rules that you can add to a"
        " security group.When authorization object of rule is security group, the limit is 20.",
    )
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, **SSH)


def test_rules_are_revoked_by_what_they_say(alice: Person, group: str) -> None:
    """Either way of wording them, in either direction."""
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[SSH, {**SSH, "Priority": "2"}])
    alice.call("AuthorizeSecurityGroupEgress", SecurityGroupId=group, **ANYWHERE)

    alice.call("RevokeSecurityGroup", SecurityGroupId=group, Priority="1", **SSH)
    after_one = rules(alice, group, Direction="ingress")
    alice.call("RevokeSecurityGroup", SecurityGroupId=group, Permissions=[SSH])
    alice.call("RevokeSecurityGroupEgress", SecurityGroupId=group, **ANYWHERE)

    assert [rule["Priority"] for rule in after_one] == ["2"]
    assert rules(alice, group) == []


def test_rules_are_revoked_by_id(alice: Person, group: str) -> None:
    """Of their own direction only."""
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, **SSH)
    alice.call("AuthorizeSecurityGroupEgress", SecurityGroupId=group, **ANYWHERE)
    incoming, outgoing = (rules(alice, group, Direction=d)[0] for d in ("ingress", "egress"))
    by_id = {"SecurityGroupId": group, "SecurityGroupRuleId": [outgoing["SecurityGroupRuleId"]]}

    refusal = alice.refused("RevokeSecurityGroup", **by_id)
    alice.call("RevokeSecurityGroupEgress", **by_id)

    assert refusal == Refusal(
        404, "InvalidSecurityGroupRuleId.NotFound", "The specified SecurityGroupRuleId is not exists."
    )
    assert rules(alice, group) == [incoming]


@pytest.mark.parametrize("action", ["RevokeSecurityGroup", "RevokeSecurityGroupEgress"])
def test_what_is_wrong_with_revoking_is_said(alice: Person, group: str, action: str) -> None:
    """A rule that isn't there is an error, and all of the call's rules stay."""
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, **SSH)
    alice.call("AuthorizeSecurityGroupEgress", SecurityGroupId=group, **ANYWHERE)
    rule = SSH if action == "RevokeSecurityGroup" else ANYWHERE

    not_there = alice.refused(action, SecurityGroupId=group, Permissions=[rule, {**rule, "Policy": "drop"}])
    worded_twice = alice.refused(action, SecurityGroupId=group, Permissions=[rule], **rule)
    named_twice = alice.refused(action, SecurityGroupId=group, SecurityGroupRuleId=["sgr-1", "sgr-1"])
    no_group = alice.refused(action, SecurityGroupId="sg-none", **rule)

    assert not_there == NO_RULE
    assert worded_twice.code == "InvalidParam.Permissions"
    assert named_twice == Refusal(
        400,
        "InvalidParam.SecurityGroupRuleIdRepeated",
        "The specified parameter SecurityGroupRuleId is repeated.",
    )
    assert no_group == NOT_FOUND
    assert len(rules(alice, group)) == 2


def test_rules_are_listed_by_direction_and_page(alice: Person, group: str) -> None:
    """The newest first; in a VPC the kind of interface is no matter."""
    ports = [{**SSH, "PortRange": f"{port}/{port}"} for port in range(1, 13)]
    alice.call("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=ports)
    alice.call("AuthorizeSecurityGroupEgress", SecurityGroupId=group, **ANYWHERE)

    first = alice.call(
        "DescribeSecurityGroupAttribute", SecurityGroupId=group, MaxResults=10, Direction="ingress"
    )
    second = rules(alice, group, MaxResults=10, Direction="ingress", NextToken=first["NextToken"])

    assert [rule["PortRange"] for rule in second] == ["2/2", "1/1"]
    assert len(rules(alice, group, NicType="internet")) == len(rules(alice, group, NicType="intranet")) == 13


def test_of_a_classic_group_the_rules_of_one_kind_of_interface_are_listed(alice: Person) -> None:
    """The outer ones, unless asked otherwise."""
    classic = a_security_group(alice)
    for nic_type in (None, "intranet"):
        alice.call("AuthorizeSecurityGroup", SecurityGroupId=classic, NicType=nic_type, **SSH)

    assert [rule["NicType"] for rule in rules(alice, classic)] == ["internet"]
    assert [rule["NicType"] for rule in rules(alice, classic, NicType="<nil>")] == ["internet"]
    assert [rule["NicType"] for rule in rules(alice, classic, NicType="intranet")] == ["intranet"]


def test_a_group_is_described_with_its_rules(alice: Person, group: str) -> None:
    """And with its snapshot policies, of which there are none, if asked."""
    answer = alice.call(
        "DescribeSecurityGroupAttribute", SecurityGroupId=group, Attribute="snapshotPolicyIds"
    )

    assert (answer["SecurityGroupId"], answer["SecurityGroupName"]) == (group, "web")
    assert (answer["InnerAccessPolicy"], answer["NextToken"]) == ("Accept", "")
    assert answer["Permissions"] == {"Permission": []}
    assert answer["SnapshotPolicyIds"] == {"SnapshotPolicyId": []}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"NicType": "x"},
            Refusal(400, "InvalidNicType.ValueNotSupported", "The specified NicType does not exist."),
        ),
        ({"Direction": "sideways"}, Refusal(400, "InvalidParamter", "Invalid Parameter.")),
        ({"NextToken": "x"}, Refusal(400, "InvalidParamter", "Invalid Parameter.")),
        (
            {"Attribute": "x"},
            Refusal(
                400,
                "InvalidParameter.AttributeNotSupported",
                "The specified value for parameter Attribute is not supported."
                " Valid values: snapshotPolicyIds.",
            ),
        ),
        (
            {"RegionId": None},
            Refusal(400, "MissingParameter.RegionId", "The parameter RegionId is missing."),
        ),
        ({"SecurityGroupId": "sg-none"}, NOT_FOUND),
    ],
)
def test_what_is_wrong_with_a_question_is_said(
    alice: Person, group: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """Each has a row of its own."""
    given = {"SecurityGroupId": group, **parameters}

    assert alice.refused("DescribeSecurityGroupAttribute", **given) == expected


def test_rules_are_their_owners_alone(alice: Person, bob: Person, group: str) -> None:
    """Others can neither touch them nor name the group in theirs."""
    theirs = a_security_group(bob)
    to_group = {"IpProtocol": "tcp", "PortRange": "1/2", "SourceGroupId": group}

    assert bob.refused("AuthorizeSecurityGroup", SecurityGroupId=group, **SSH) == NOT_FOUND
    assert bob.refused("RevokeSecurityGroup", SecurityGroupId=group, **SSH) == NOT_FOUND
    assert bob.refused("AuthorizeSecurityGroup", SecurityGroupId=theirs, Permissions=[to_group]) == Refusal(
        404, "InvalidSourceGroupId.NotFound", "The SourceGroupId provided does not exist in our records."
    )


def _vpc_of(person: Person, group: str) -> str:
    vpc: str = person.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)["VpcId"]
    return vpc
