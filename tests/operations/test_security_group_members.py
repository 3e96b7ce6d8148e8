"""Which instances are in a security group, and with what role they run."""

import json

from tests.operations.made_instances import network, run, seen, stopped
from tests.operations.networks import a_security_group
from tests.operations.ram.made import trusting
from tests.people import RAM, Person


def in_a_vpc(person: Person) -> tuple[str, str, str]:
    """Run an instance in a VPC; return its id, the group that it is in, and another one."""
    vswitch, group = network(person)
    instance = run(person, VSwitchId=vswitch, SecurityGroupId=group)
    vpc = seen(person, instance)["VpcAttributes"]["VpcId"]
    return instance, group, a_security_group(person, VpcId=vpc)


def groups(person: Person, instance: str) -> list[str]:
    """Return the groups that an instance is in."""
    found: list[str] = seen(person, instance)["SecurityGroupIds"]["SecurityGroupId"]
    return found


def test_an_instance_joins_a_group_and_leaves_it(alice: Person) -> None:
    """By its own id, or by that of its network interface."""
    instance, first, second = in_a_vpc(alice)
    (interface,) = seen(alice, instance)["NetworkInterfaces"]["NetworkInterface"]
    by_interface = {"NetworkInterfaceId": interface["NetworkInterfaceId"]}

    alice.call("JoinSecurityGroup", InstanceId=instance, SecurityGroupId=second, RegionId=None)
    joined = groups(alice, instance)
    alice.call("LeaveSecurityGroup", InstanceId=instance, SecurityGroupId=first)
    left = groups(alice, instance)
    alice.call("JoinSecurityGroup", SecurityGroupId=first, **by_interface)
    alice.call("LeaveSecurityGroup", SecurityGroupId=second, **by_interface)

    assert joined == [first, second]
    assert left == [second]
    assert groups(alice, instance) == [first]


def test_a_classic_instance_joins_classic_groups(alice: Person) -> None:
    """Also while it is stopped."""
    instance, group = stopped(alice), a_security_group(alice)

    alice.call("JoinSecurityGroup", InstanceId=instance, SecurityGroupId=group)

    assert groups(alice, instance) == [group]


def test_instances_are_given_a_role(alice: Person) -> None:
    """One that trusts ECS; it takes the place of another."""
    document = json.loads(trusting())
    document["Statement"][0]["Principal"] = {"Service": ["ecs.aliyuncs.com"]}
    for name in ("builder", "tester"):
        alice.call("CreateRole", version=RAM, RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
    instance, *_ = in_a_vpc(alice)

    alice.call("AttachInstanceRamRole", RamRoleName="builder", InstanceIds=f'["{instance}"]')
    answer = alice.call("AttachInstanceRamRole", RamRoleName="tester", InstanceIds=f'["{instance}"]')

    assert (answer["RamRoleName"], answer["TotalCount"], answer["FailCount"]) == ("tester", 1, 0)
    assert answer["AttachInstanceRamRoleResults"]["AttachInstanceRamRoleResult"] == [
        {"Code": "200", "Message": "success", "InstanceId": instance, "Success": True}
    ]
    shown = alice.call("DescribeInstanceRamRole", InstanceIds=f'["{instance}"]')
    assert shown["InstanceRamRoleSets"]["InstanceRamRoleSet"] == [
        {"InstanceId": instance, "RamRoleName": "tester"}
    ]
