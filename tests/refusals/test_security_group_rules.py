"""What rules of security groups are refused with: added and taken back, in both directions and both wordings."""

from typing import Any, NamedTuple

import pytest

from localyun.model.limits import Limits
from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.networks import a_security_group, a_vpc
from tests.people import Person, Refusal

Row = tuple[int, str, str]

ADDING_IN, ADDING_OUT = "AuthorizeSecurityGroup", "AuthorizeSecurityGroupEgress"
TAKING_IN, TAKING_OUT = "RevokeSecurityGroup", "RevokeSecurityGroupEgress"
ADDING, TAKING = (ADDING_IN, ADDING_OUT), (TAKING_IN, TAKING_OUT)
ALL = (*ADDING, *TAKING)
INCOMING, OUTGOING = (ADDING_IN, TAKING_IN), (ADDING_OUT, TAKING_OUT)
P = "Permissions.1"


def rule(action: str, **changes: Any) -> dict[str, Any]:
    """Return a rule on SSH from or to a block, with changes; `peer` and `own` stand for its two ends."""
    peer, own = ("Source", "Dest") if action in INCOMING else ("Dest", "Source")
    words = {"IpProtocol": "tcp", "PortRange": "22/22", "{peer}CidrIp": "10.0.0.0/8", **changes}
    return {name.format(peer=peer, own=own): value for name, value in words.items()}


def malformed(name: str) -> Row:
    """The row that most parameters of the newer wording have."""
    return 400, f"InvalidParam.{name}", f"The specified parameter {P}.{name} is not valid."


MANY_PORTS = f"The specified parameter {P}.PortRange is not valid. It should be two integers less than 65535 in ?/? format."
NO_PROTOCOL = "must be specified with case insensitive TCP, UDP, ICMP, GRE or All."
NO_SOURCE = f"One of the parameters SourceCidrIp, Ipv6SourceCidrIp, SourceGroupId or SourcePrefixListId in {P} must be specified."
NO_DEST = f"One of the parameters DestCidrIp, Ipv6DestCidrIp, DestGroupId or DestPrefixListId in {P} must be specified."
OLD_NO_SOURCE = "The input parameter SourceGroupId or SourceCidrIp cannot be both blank."
OLD_NO_DEST = "The input parameter DestGroupId or DestCidrIp cannot be both blank."
NO_PORT_LIST: Row = (400, "InvalidPortRangeListId.NotFound", "The specified port range list was not found.")
ONLY_V4: Row = (
    400,
    "InvalidParam.Ipv4ProtocolConflictWithIpv6Address",
    "IPv6 address cannot be specified for IPv4-specific protocol.",
)
ONLY_V6: Row = (
    400,
    "InvalidParam.Ipv6ProtocolConflictWithIpv4Address",
    "IPv4 address cannot be specified for IPv6-specific protocol.",
)
SOURCE_TWICE: Row = (
    400,
    "InvalidParam.SourceIp",
    f"The Parameters SourceCidrIp and Ipv6SourceCidrIp in {P} cannot be set at the same time.",
)
DEST_TWICE: Row = (
    400,
    "InvalidParam.DestIp",
    f"The Parameters DestCidrIp and Ipv6DestCidrIp in {P} cannot be set at the same time.",
)
EGRESS_SOURCE: Row = (400, "InvalidParam.SourceCidrIp", "The specified param SourceCidrIp is not valid.")
OLD_SOURCE: Row = (400, "InvalidSourceCidrIp.Malformed", "The specified parameter SourceCidrIp is not valid.")
OLD_DEST: Row = (400, "InvalidDestCidrIp.Malformed", "The specified parameter DestCidrIp is not valid.")
OLD_IPV6: Row = (400, "InvalidParameter.Ipv6CidrIp", "The specified Ipv6CidrIp is not valid.")
OLD_PRIORITY: Row = (400, "InvalidPriority.Malformed", "The parameter Priority is invalid.")
PORTS_MISMATCH: Row = (
    400,
    "OperationDenied",
    "The specified IpProtocol does not exist or IpProtocol and PortRange do not match.",
)
TAKEN_PORTS: Row = (400, "InvalidIpPortRange.Malformed", "The specified parameter PortRange is not valid.")
LONG = "d" * 513


class Wrong(NamedTuple):
    """A mistake in a rule, and what each of some operations answers, in the newer wording and in the older."""

    actions: tuple[str, ...]
    changes: dict[str, Any]
    newer: Row
    older: Row


def both(actions: tuple[str, ...], changes: dict[str, Any], row: Row) -> Wrong:
    """A mistake that is worded the same either way."""
    return Wrong(actions, changes, row, row)


WRONG = [
    both(ADDING, {"IpProtocol": "sctp"}, (400, "InvalidIpProtocol.ValueNotSupported", f"The parameter {P}.IpProtocol {NO_PROTOCOL}")),
    both(TAKING, {"IpProtocol": "sctp"}, (400, "InvalidIpProtocol.ValueNotSupported", f"The parameter IpProtocol {NO_PROTOCOL}")),
    both(ALL, {"PortRange": None}, (400, "InvalidPortRange.Malformed", "The specified parameter PortRange must set.")),
    Wrong(ADDING, {"PortRange": "22"}, (400, "InvalidParam.PortRange", MANY_PORTS), (400, "InvalidIpProtocol.Malformed", "The specified parameter PortRange is not valid.")),
    Wrong(TAKING, {"PortRange": "22"}, (400, "InvalidParam.PortRange", MANY_PORTS), TAKEN_PORTS),
    both(ADDING, {"IpProtocol": "all"}, PORTS_MISMATCH),
    both(TAKING, {"IpProtocol": "all"}, TAKEN_PORTS),
    both(ALL, {"SourcePortRange": "x"}, (400, "InvalidSourcePortRange.Malformed", "The specified parameter SourcePortRange is not valid.")),
    both(ADDING, {"Policy": "allow"}, (400, "InvalidPolicy.Malformed", "The specified parameter Policy is not valid.")),
    both(TAKING, {"Policy": "allow"}, (400, "InvalidPolicy.Malformed", f"The specified parameter {P}.Policy is not valid.")),
    Wrong(ALL, {"Priority": "0"}, (400, "InvalidPriority.ValueNotSupported", f"The specified parameter {P}.Priority is invalid."), OLD_PRIORITY),
    both(ADDING, {"NicType": "x"}, (400, "InvalidNicType.ValueNotSupported", "The specified NicType does not exist.")),
    both(TAKING, {"NicType": "x"}, (400, "InvalidNicType.ValueNotSupported", f"The specified parameter {P}.NicType is not valid.")),
    Wrong((ADDING_IN,), {"{peer}CidrIp": None}, (400, "MissingParameter.Source", NO_SOURCE), (403, "MissingParameter", OLD_NO_SOURCE)),
    Wrong((ADDING_OUT,), {"{peer}CidrIp": None}, (400, "MissingParameter.Dest", NO_DEST), (403, "MissingParameter", OLD_NO_DEST)),
    Wrong((TAKING_IN,), {"{peer}CidrIp": None}, (400, "MissingParameter.Source", NO_SOURCE), (400, "MissingParameter", OLD_NO_SOURCE)),
    Wrong((TAKING_OUT,), {"{peer}CidrIp": None}, (400, "MissingParameter.Dest", NO_DEST), (400, "MissingParameter", OLD_NO_DEST)),
    Wrong(INCOMING, {"SourceCidrIp": "x"}, malformed("SourceCidrIp"), OLD_SOURCE),
    both((ADDING_OUT,), {"SourceCidrIp": "x"}, EGRESS_SOURCE),
    both((TAKING_OUT,), {"SourceCidrIp": "x"}, malformed("SourceCidrIp")),
    Wrong(ALL, {"DestCidrIp": "x"}, malformed("DestCidrIp"), OLD_DEST),
    Wrong(ALL, {"{peer}CidrIp": None, "Ipv6{peer}CidrIp": "::/0", "Ipv6SourceCidrIp": "x"}, malformed("Ipv6SourceCidrIp"), OLD_IPV6),
    Wrong(ALL, {"{peer}CidrIp": None, "Ipv6{peer}CidrIp": "::/0", "Ipv6DestCidrIp": "x"}, malformed("Ipv6DestCidrIp"), OLD_IPV6),
    both(ALL, {"SourceCidrIp": "10.0.0.0/8", "Ipv6SourceCidrIp": "::/0"}, SOURCE_TWICE),
    both(ALL, {"DestCidrIp": "10.0.0.0/8", "Ipv6DestCidrIp": "::/0"}, DEST_TWICE),
    both(ADDING, {"Ipv6{own}CidrIp": "::/0"}, (400, "InvalidParameter.Conflict", "IPv6 and IPv4 addresses cannot exist at the same time.")),
    both(TAKING, {"Ipv6{own}CidrIp": "::/0"}, OLD_IPV6),
    both(ALL, {"{peer}CidrIp": None, "Ipv6{peer}CidrIp": "::/0", "IpProtocol": "icmp", "PortRange": "-1/-1"}, ONLY_V4),
    both(ALL, {"IpProtocol": "icmpv6", "PortRange": "-1/-1"}, ONLY_V6),
    both(ADDING, {"{own}CidrIp": "10.0.0.0/8"}, (400, "InvalidParamter.Conflict", "The specified SourceCidrIp should be different from the DestCidrIp.")),
    both(ADDING, {"Description": LONG}, (400, "InvalidSecurityGroupDiscription.Malformed", f"The specified security group rule description parameter {P}.Description is not valid.")),
    both(TAKING, {"Description": LONG}, (400, "InvalidSecurityGroupDiscription.Malformed", "The specified security group rule description is not valid.")),
    both(ALL, {"{peer}PrefixListId": "pl-1"}, (404, "InvalidPrefixListId.NotFound", "The specified prefix list was not found.")),
    Wrong((ADDING_IN,), {"{peer}CidrIp": None, "SourceGroupId": "sg-none"}, (404, "InvalidSourceGroupId.NotFound", "The SourceGroupId provided does not exist in our records."), (400, "InvalidSourceGroup.NotFound", "Specified source security group does not exist.")),
    Wrong((ADDING_OUT,), {"{peer}CidrIp": None, "DestGroupId": "sg-none"}, (404, "InvalidDestGroupId.NotFound", "The DestGroupId provided does not exist in our records."), (400, "InvalidDestGroup.NotFound", "Specified destination security group does not exist.")),
    both((TAKING_IN,), {"{peer}CidrIp": None, "SourceGroupId": "sg-none"}, (404, "InvalidSourceGroupId.NotFound", "The SourceGroupId provided does not exist in our records.")),
    both((TAKING_OUT,), {"{peer}CidrIp": None, "DestGroupId": "sg-none"}, (404, "InvalidDestGroupId.NotFound", "The DestGroupId provided does not exist in our records.")),
]  # fmt: skip


@pytest.fixture
def group(alice: Person) -> str:
    """A security group of alice's in a VPC."""
    return a_security_group(alice, VpcId=a_vpc(alice))


def vpc_of(person: Person, group: str) -> str:
    """Return the VPC of a security group."""
    return str(person.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)["VpcId"])


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: f"{one.newer[1]}-{one.actions[0]}")
def test_what_is_wrong_with_a_rule(alice: Person, group: str, wrong: Wrong) -> None:
    """It is said in the words of the parameters that the call uses, and no rule is added."""
    for action in wrong.actions:
        words = rule(action, **wrong.changes)

        newer = alice.refused(action, SecurityGroupId=group, Permissions=[words])
        older = alice.refused(action, SecurityGroupId=group, **words)

        assert (newer, older) == (Refusal(*wrong.newer), Refusal(*wrong.older))
    shown = alice.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)
    assert shown["Permissions"]["Permission"] == []


@pytest.mark.parametrize("action", ALL)
def test_what_is_wrong_with_a_list_of_ports(alice: Person, group: str, action: str) -> None:
    """There are none, and they are for TCP and UDP."""
    lists = {"PortRange": None, "PortRangeListId": "prl-1"}

    assert alice.refused(action, SecurityGroupId=group, Permissions=[rule(action, **lists)]) == Refusal(
        *NO_PORT_LIST
    )
    icmp = rule(action, **lists, IpProtocol="icmp")
    assert alice.refused(action, SecurityGroupId=group, Permissions=[icmp]) == Refusal(
        400,
        "InvalidParam.ProtocolNotSupportPortRangeList",
        "The specified protocol does not support the port range list.",
    )


@pytest.mark.parametrize("action", ALL)
def test_what_is_wrong_with_a_call_about_rules(alice: Person, group: str, action: str) -> None:
    """Its group, its wording, its rules taken together, and who makes it."""
    words = rule(action)
    classic = a_security_group(alice)

    def refused(**parameters: Any) -> Refusal:
        return alice.refused(action, **{"SecurityGroupId": group, **parameters})

    assert refused(SecurityGroupId="web", **words) == Refusal(
        400, "InvalidSecurityGroupId.Malformed", "The specified parameter SecurityGroupId is not valid."
    )
    assert refused(SecurityGroupId="sg-none", **words) == Refusal(
        404, "InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist."
    )
    assert refused(Permissions=[words], **words) == Refusal(
        400,
        "InvalidParam.Permissions",
        "The specified parameter Permissions cannot coexist with other parameters.",
    )
    assert refused(Permissions=[words, words]) == Refusal(
        400,
        "InvalidParam.DuplicatePermissions",
        "There are duplicate permissions in the specified parameter Permissions.",
    )
    prefix_list = rule(action, **{"{peer}CidrIp": None, "{peer}PrefixListId": "pl-1"})
    assert refused(SecurityGroupId=classic, Permissions=[prefix_list]) == Refusal(
        400,
        "NotSupported.ClassicNetworkPrefixList",
        "The prefix list is not supported when the network type of security group is classic.",
    )
    hold(alice, Condition.NOT_AUTHORIZED)
    assert refused(**words) == Refusal(
        401,
        "InvalidOperation.SecurityGroupNotAuthorized",
        "The specified security group is not authorized to operate.",
    )
    hold(alice, Condition.MANAGED)
    assert refused(**words) == Refusal(
        403,
        "InvalidOperation.ResourceManagedByCloudProduct",
        "The security group is managed by another product.",
    )


SAME_SOURCE = "The specified SecurityGroupId should be different from the SourceGroupId."
SAME_DEST = "The authorized SecurityGroupId should be different from the DestGroupId."


@pytest.mark.parametrize(
    ("action", "same"),
    [
        (ADDING_IN, (403, "InvalidParamter.Conflict", SAME_SOURCE)),
        (ADDING_OUT, (403, "InvalidSecurityGroup.IsSame", SAME_DEST)),
        (TAKING_IN, (400, "InvalidParamter.Conflict", SAME_SOURCE)),
        (TAKING_OUT, (403, "InvalidSecurityGroup.IsSame", SAME_DEST)),
    ],
)
def test_what_is_wrong_with_a_group_that_a_rule_names(
    alice: Person, group: str, action: str, same: Row
) -> None:
    """It is another one, of the same VPC, and neither of the two is an enterprise's."""
    elsewhere = a_security_group(alice, VpcId=a_vpc(alice))
    enterprise = a_security_group(alice, VpcId=vpc_of(alice, group), SecurityGroupType="enterprise")
    name, peer = ("Source", "source") if action in INCOMING else ("Dest", "destination")

    def refused(peer_group: str, of: str = group) -> Refusal:
        words = rule(action, **{"{peer}CidrIp": None, "{peer}GroupId": peer_group})
        return alice.refused(action, SecurityGroupId=of, **words)

    assert refused(group) == Refusal(*same)
    assert refused(elsewhere) == Refusal(
        400,
        f"Invalid{name}GroupId.Mismatch",
        f"Specified security group and {peer} group are not in the same VPC.",
    )
    assert refused(enterprise) == Refusal(
        400,
        "InvalidGroupAuthParameter.OperationDenied",
        "The security group can not authorize to enterprise level security group.",
    )
    assert refused(group, of=enterprise) == Refusal(
        400,
        "InvalidGroupParameter.OperationDenied",
        "The attributes Policy, SourceGroupId, DestGroupId of enterprise level security groups are not allowed to be set or modified.",
    )


@pytest.mark.parametrize("action", ADDING)
def test_what_is_wrong_with_a_group_of_the_other_network(alice: Person, group: str, action: str) -> None:
    """Groups are both classic or both in a VPC; those of the classic network talk inside."""
    first, second = a_security_group(alice), a_security_group(alice)
    name = "Source" if action in INCOMING else "Dest"

    def refused(peer_group: str, **more: Any) -> Refusal:
        words = rule(action, **{"{peer}CidrIp": None, "{peer}GroupId": peer_group, **more})
        return alice.refused(action, SecurityGroupId=first, **words)

    assert refused(group) == Refusal(
        403,
        "InvalidNetworkType.Conflict",
        "The specified SecurityGroup network type should be same with SourceGroup network type (vpc or classic).",
    )
    assert refused(second, NicType="internet") == Refusal(
        403, f"Invalid{name}GroupId.Mismatch", "NicType is required or NicType expects intranet."
    )


@pytest.mark.parametrize(
    ("action", "adding", "mismatch"),
    [
        (TAKING_IN, ADDING_IN, "The specified NicType conflicts with the authorization record."),
        (TAKING_OUT, ADDING_OUT, "Specified nic type conflicts with the authorization record."),
    ],
)
def test_what_is_not_there_to_take_back(
    alice: Person, group: str, action: str, adding: str, mismatch: str
) -> None:
    """A rule about other interfaces, one about a group, an id, and any other rule are each told."""
    classic = a_security_group(alice)
    alice.call(adding, SecurityGroupId=classic, NicType="intranet", **rule(adding))
    peer = a_security_group(alice, VpcId=vpc_of(alice, group))
    about_group = rule(action, **{"{peer}CidrIp": None, "{peer}GroupId": peer})

    def refused(of: str, **words: Any) -> Refusal:
        return alice.refused(action, SecurityGroupId=of, **words)

    assert refused(classic, NicType="internet", **rule(action)) == Refusal(
        403, "InvalidNicType.Mismatch", mismatch
    )
    assert refused(group, **about_group) == Refusal(
        403, "InvalidGroupAuthItem.NotFound", "Specified group authorized item does not exist in our records."
    )
    assert refused(group, **rule(action)) == Refusal(
        400, "InvalidSecurityGroupRule.RuleNotExist", "The specified rule does not exist."
    )
    assert refused(group, SecurityGroupRuleId=["sgr-1"]) == Refusal(
        404, "InvalidSecurityGroupRuleId.NotFound", "The specified SecurityGroupRuleId is not exists."
    )
    assert refused(group, SecurityGroupRuleId=["22"]) == Refusal(
        400, "InvalidParam.SecurityGroupRuleId", "The specified parameter SecurityGroupRuleId is not valid."
    )
    assert refused(group, SecurityGroupRuleId=["sgr-1", "sgr-1"]) == Refusal(
        400,
        "InvalidParam.SecurityGroupRuleIdRepeated",
        "The specified parameter SecurityGroupRuleId is repeated.",
    )


@pytest.mark.parametrize("action", ADDING)
def test_a_group_has_so_many_rules(make_world: Any, action: str) -> None:
    """All of them, and those about other groups."""
    owner = make_world(limits=Limits(rules_per_security_group=1, group_rules_per_security_group=0)).person(
        "owner"
    )
    group, peer = a_security_group(owner), a_security_group(owner)
    words = rule(action)

    assert owner.refused(
        action, SecurityGroupId=group, Permissions=[words, {**words, "PortRange": "23/23"}]
    ) == Refusal(
        403, "AuthorizationLimitExceed", "The limit of authorization records in the security group reaches."
    )
    about_group = rule(action, **{"{peer}CidrIp": None, "{peer}GroupId": peer})
    assert owner.refused(action, SecurityGroupId=group, **about_group) == Refusal(
        400,
        "AuthorizedGroupRule.LimitExceed",
        "You have reached the limit on the number of group authorization rules that you can add to a security group.When authorization object of rule is security group, the limit is 20.",
    )
