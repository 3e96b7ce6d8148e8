"""What putting instances into security groups, taking them out, and giving them roles is refused with."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model.limits import Limits
from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.made_instances import asked, network, run, seen
from tests.operations.networks import a_security_group, a_vpc
from tests.operations.ram.made import a_user, statement, trusting
from tests.operations.test_security_group_members import in_a_vpc
from tests.people import RAM, Person, Refusal, World

BOTH = pytest.mark.parametrize("action", ["JoinSecurityGroup", "LeaveSecurityGroup"])


def interface_of(person: Person, instance: str) -> str:
    """Return the id of an instance's network interface."""
    (interface,) = seen(person, instance)["NetworkInterfaces"]["NetworkInterface"]
    return str(interface["NetworkInterfaceId"])


@BOTH
@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"InstanceId": "web"}, (400, "InvalidInstanceId.Malformed", 'The specified parameter "InstanceId" is not valid.')),
        ({"InstanceId": "i-none"}, (404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.")),
        ({}, (400, "MissingParameter", 'The input parameter "InstanceId" that is mandatory for processing this request is not supplied.')),
        ({"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}, (403, "InvalidParam.EniIdAndInstanceId.Conflict", "InstanceId and NetworkInterfaceId exclude each other.")),
        ({"NetworkInterfaceId": "i-1"}, (403, "InvalidParam.Malformed", "NetworkInterfaceId isn't the id of a network interface.")),
        ({"NetworkInterfaceId": "eni-1"}, (404, "InvalidEniId.NotFound", "The network interface doesn't exist.")),
        ({"NetworkInterfaceId": "eni-1", "RegionId": None}, (400, "MissingParameter.RegionId", "The specified RegionId should not be null.")),
    ],
)  # fmt: skip
def test_the_member_is_named_wrongly(
    alice: Person, action: str, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """By neither of the two ways, by both, or by something else."""
    assert alice.refused(action, SecurityGroupId="sg-1", **parameters) == Refusal(*refusal)


@BOTH
def test_the_group_is_not_there(alice: Person, action: str) -> None:
    """The instance is looked for first."""
    assert alice.refused(action, InstanceId=run(alice), SecurityGroupId="sg-none") == Refusal(
        404, "InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist."
    )


@BOTH
def test_an_account_that_is_held_back(alice: Person, action: str) -> None:
    """Its instances are locked, or another product manages them."""
    given = {"InstanceId": run(alice), "SecurityGroupId": a_security_group(alice)}

    hold(alice, Condition.LOCKED)
    assert alice.refused(action, **given) == Refusal(
        403,
        "InstanceLockedForSecurity",
        "The specified operation is denied as your instance is locked for security reasons.",
    )
    hold(alice, Condition.MANAGED)
    assert alice.refused(action, **given) == Refusal(
        403,
        "InvalidOperation.ResourceManagedByCloudProduct",
        "The security group is managed by another product.",
    )


def test_an_instance_in_between_stays_where_it_is(alice: Person) -> None:
    """Being made, by either name, and starting."""
    vswitch, group = network(alice)
    vpc = alice.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)["VpcId"]
    other = a_security_group(alice, VpcId=vpc)
    instance = alice.call("CreateInstance", **asked(VSwitchId=vswitch, SecurityGroupId=group))["InstanceId"]

    assert alice.refused("JoinSecurityGroup", InstanceId=instance, SecurityGroupId=other) == Refusal(
        403, "Forbidden.InstanceIsBeingCreated", "The specified instance is being created."
    )
    by_interface = {"NetworkInterfaceId": interface_of(alice, instance)}
    assert alice.refused("JoinSecurityGroup", SecurityGroupId=other, **by_interface) == Refusal(
        400,
        "InvalidStatus.EniOrInstanceIsBeingCreated",
        "The instance of the network interface is being created.",
    )
    alice.world.later()
    alice.call("StartInstance", InstanceId=instance)
    for action in ("JoinSecurityGroup", "LeaveSecurityGroup"):
        assert alice.refused(action, InstanceId=instance, SecurityGroupId=other) == Refusal(
            403,
            "IncorrectInstanceStatus",
            "The current status of the resource does not support this operation.",
        )


def test_what_keeps_an_instance_from_joining(alice: Person) -> None:
    """It is a member already, of another VPC, or of a group of another kind."""
    instance, group, _ = in_a_vpc(alice)
    vpc = seen(alice, instance)["VpcAttributes"]["VpcId"]
    elsewhere = a_security_group(alice, VpcId=a_vpc(alice))
    enterprise = a_security_group(alice, VpcId=vpc, SecurityGroupType="enterprise")

    def refused(to: str, **named: str) -> Refusal:
        return alice.refused("JoinSecurityGroup", SecurityGroupId=to, **(named or {"InstanceId": instance}))

    assert refused(group) == Refusal(
        403,
        "InvalidInstanceId.AlreadyExists",
        "The specified instance already exists in the specified security group.",
    )
    assert refused(elsewhere) == Refusal(
        400, "InvalidInstanceId.Mismatch", "Specified instance and security group are not in the same VPC."
    )
    assert refused(elsewhere, NetworkInterfaceId=interface_of(alice, instance)) == Refusal(
        403, "InvalidOperation.VpcMismatch", "The network interface is in another VPC."
    )
    assert refused(enterprise) == Refusal(
        400,
        "InvalidOperation.MultiGroupType",
        "The specified instance can't join different types of security group.",
    )


@pytest.mark.parametrize(
    ("limits", "kind", "by_interface", "refusal"),
    [
        ({"security_groups_per_instance": 1}, "normal", False, (400, "InstanceSecurityGroupLimitExceeded", "Exceeding the allowed amount of security groups that an instance can be in.")),
        ({"security_groups_per_instance": 1}, "normal", True, (403, "InstanceSecurityGroupLimitExceeded", "The network interface is in as many security groups as it may be in.")),
        ({"instances_per_security_group": 1}, "normal", False, (403, "SecurityGroupInstanceLimitExceeded", "The maximum number of instances in a security group is exceeded.")),
        ({"instances_per_enterprise_group": 0}, "enterprise", False, (403, "InvalidOperation.NetworkInterfaceCountExceeded", "The maximum number of NetworkInterface in a enterprise level security group is exceeded.")),
        ({"rules_per_interface": 0}, "normal", False, (403, "AclLimitExceed", "The number of rules per network interface is exceeded.")),
    ],
)  # fmt: skip
def test_there_is_no_room_for_one_more(
    make_world: Callable[..., World],
    limits: dict[str, int],
    kind: str,
    by_interface: bool,
    refusal: tuple[int, str, str],
) -> None:
    """In the group, on the instance, or among the rules that hold for it."""
    owner = make_world(limits=Limits(**limits)).person("owner")
    vswitch, group = network(owner)
    vpc = owner.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)["VpcId"]
    mine, full = (a_security_group(owner, VpcId=vpc, SecurityGroupType=kind) for _ in range(2))
    if kind == "enterprise":
        instance = run(owner, VSwitchId=vswitch)
    else:
        run(owner, VSwitchId=vswitch, SecurityGroupId=full)
        instance = run(owner, VSwitchId=vswitch, SecurityGroupId=mine)
    owner.call(
        "AuthorizeSecurityGroup",
        SecurityGroupId=full,
        IpProtocol="tcp",
        PortRange="1/1",
        SourceCidrIp="10.0.0.0/8",
    )
    named = (
        {"NetworkInterfaceId": interface_of(owner, instance)} if by_interface else {"InstanceId": instance}
    )

    assert owner.refused("JoinSecurityGroup", SecurityGroupId=full, **named) == Refusal(*refusal)


def test_what_keeps_an_instance_from_leaving(alice: Person) -> None:
    """It isn't in the group, or in no other."""
    instance, group, other = in_a_vpc(alice)
    interface = interface_of(alice, instance)

    def refused(of: str, **named: str) -> Refusal:
        return alice.refused("LeaveSecurityGroup", SecurityGroupId=of, **named)

    assert refused(other, InstanceId=instance) == Refusal(
        403, "InstanceNotInSecurityGroup", "The instance not in the group."
    )
    assert refused(other, NetworkInterfaceId=interface) == Refusal(
        400, "InvalidSecurityGroupAssociation.NotFound", "The network interface isn't in the security group."
    )
    assert refused(group, InstanceId=instance) == Refusal(
        403,
        "InstanceLastSecurityGroup",
        "The specified security group is the last security group for the instance.",
    )
    assert refused(group, NetworkInterfaceId=interface) == Refusal(
        403, "InvalidOperation.AtLeastInOneGroup", "The network interface is in no other security group."
    )


def test_what_keeps_a_role_from_instances(alice: Person, mallory: Person) -> None:
    """The list, the role, whom it trusts, the instances, and who gives it to them."""
    alice.call(
        "CreateRole",
        version=RAM,
        RoleName="people",
        AssumeRolePolicyDocument=trusting(f"acs:ram::{alice.id}:root"),
    )
    service = trusting().replace('{"RAM": []}', '{"Service": ["ecs.aliyuncs.com"]}')
    alice.call("CreateRole", version=RAM, RoleName="builder", AssumeRolePolicyDocument=service)
    classic, theirs = run(alice), run(mallory)

    def refused(role: str, ids: str, who: Person = alice) -> Refusal:
        return who.refused("AttachInstanceRamRole", RamRoleName=role, InstanceIds=ids)

    for ids in ("i-1", "[]"):
        assert refused("builder", ids) == Refusal(
            400, "InvalidInstanceIds.Malformed", "The specified instanceIds are not valid."
        )
    assert refused("none", '["i-1"]') == Refusal(
        404, "InvalidRamRole.NotFound", "The specified RAMRoleName does not exist."
    )
    assert refused("people", '["i-1"]') == Refusal(
        404,
        "InvalidRamRole.NotEcsRole",
        "The specified ram role is not authorized for ecs, please check your role policy.",
    )
    assert refused("builder", f'["{theirs}"]') == Refusal(
        404, "InvalidInstanceId.NotFound", "The specified instanceId does not exist."
    )
    assert refused("builder", f'["{classic}"]') == Refusal(
        403,
        "InvalidNetworkType.MismatchRamRole",
        "Ram role cannot be applied to instances of Classic network type.",
    )
    user = a_user(alice, "ci", statement("ecs:*"))
    assert refused("builder", f'["{classic}"]', user) == Refusal(
        403, "InvalidUser.PassRoleForbidden", "The RAM user does not have the privilege to pass a RAM role."
    )
