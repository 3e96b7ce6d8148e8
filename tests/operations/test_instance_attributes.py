"""What is kept of an instance: changed and shown."""

import base64
from typing import Any

import pytest

from tests.operations.held import make_role
from tests.operations.made_instances import WINDOWS, asked, network, run, seen, status, stopped
from tests.operations.networks import a_security_group, a_vpc
from tests.people import Person, Refusal, World

WRONG_STATUS = Refusal(
    403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation."
)
NO_SUCH_INSTANCE = Refusal(404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.")
NO_SUCH_GROUP = Refusal(
    404, "InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist."
)
PASSWORD = "Correct-Horse-1"


def in_a_vpc(person: Person) -> tuple[str, str]:
    """Make a stopped instance in a VPC; return its id and the VPC's."""
    vswitch, group = network(person)
    instance = stopped(person, VSwitchId=vswitch, SecurityGroupId=group)
    return instance, str(seen(person, instance)["VpcAttributes"]["VpcId"])


# --- ModifyInstanceAttribute --------------------------------------------------------------------------------


def test_what_is_given_is_changed_and_the_rest_stays(alice: Person) -> None:
    """Name, description and host name, each by itself."""
    instance = run(alice, InstanceName="before", Description="as it was")

    alice.call("ModifyInstanceAttribute", InstanceId=instance, InstanceName="after", HostName="web-1")
    now = seen(alice, instance)

    assert (now["InstanceName"], now["HostName"], now["Description"]) == ("after", "web-1", "as it was")


def test_protection_is_put_on_and_taken_off(world: World, alice: Person) -> None:
    """An instance whose protection is taken off can be deleted again."""
    instance = stopped(alice)

    alice.call("ModifyInstanceAttribute", InstanceId=instance, DeletionProtection=True)
    refused = alice.refused("DeleteInstance", InstanceId=instance)
    alice.call("ModifyInstanceAttribute", InstanceId=instance, DeletionProtection=False)
    alice.call("DeleteInstance", InstanceId=instance)

    assert refused == Refusal(
        403,
        "InvalidOperation.DeletionProtection",
        "The operation is not allowed due to deletion protection.",
    )
    assert alice.call("DescribeInstances", InstanceIds=f'["{instance}"]')["TotalCount"] == 0


def test_user_data_is_changed_while_the_instance_is_stopped(alice: Person) -> None:
    """It is shown as it was given; a running instance keeps its own."""
    instance, _ = in_a_vpc(alice)
    data = base64.b64encode(b"#!/bin/sh\n").decode()

    alice.call("ModifyInstanceAttribute", InstanceId=instance, UserData=data)
    alice.call("StartInstance", InstanceId=instance)
    alice.world.later()

    assert alice.refused("ModifyInstanceAttribute", InstanceId=instance, UserData="YQ==") == WRONG_STATUS
    assert alice.call("DescribeUserData", InstanceId=instance)["UserData"] == data


def test_user_data_is_not_for_the_classic_network(alice: Person) -> None:
    """The message has a letter too many, as the provider's."""
    instance = stopped(alice)

    assert alice.refused("ModifyInstanceAttribute", InstanceId=instance, UserData="YQ==") == Refusal(
        400,
        "InvalidUserData.NotSupported",
        'TThe specified parameter "UserData" only support the vpc and IoOptimized Instance.',
    )


def test_a_password_waits_until_the_instance_has_started(world: World, alice: Person) -> None:
    """It is checked, and refused while the instance is Starting."""
    instance = stopped(alice)
    alice.call("StartInstance", InstanceId=instance)

    at_first = alice.refused("ModifyInstanceAttribute", InstanceId=instance, Password=PASSWORD)
    world.later()

    assert at_first == WRONG_STATUS
    assert set(alice.call("ModifyInstanceAttribute", InstanceId=instance, Password=PASSWORD)) == {"RequestId"}


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        (
            {"InstanceName": "1st"},
            Refusal(
                400, "InvalidInstanceName.Malformed", 'The specified parameter "InstanceName" is not valid.'
            ),
        ),
        (
            {"Description": "http://"},
            Refusal(
                400, "InvalidDescription.Malformed", 'The specified parameter "Description" is not valid.'
            ),
        ),
        (
            {"Password": "short"},
            Refusal(400, "InvalidPassword.Malformed", 'The specified parameter "Password" is not valid.'),
        ),
        (
            {"UserData": "not base64!"},
            Refusal(403, "InvalidUserData.Base64FormatInvalid", "The specified UserData is not valid"),
        ),
        (
            {"UserData": base64.b64encode(b"x" * 32769).decode()},
            Refusal(
                400, "InvalidUserData.SizeExceeded", 'The specified parameter "UserData" exceeds the size.'
            ),
        ),
        (
            {"SecurityGroupIds": ["sg-1", "sg-1"]},
            Refusal(
                404,
                "InvalidParameter.SecurityGroupIdRepeated",
                "The specified security group ids has repeated.",
            ),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value.code,
)
def test_a_malformed_value_is_refused_before_anything_is_looked_for(
    alice: Person, parameters: dict[str, Any], refusal: Refusal
) -> None:
    """Whether there is such an instance doesn't matter then."""
    assert alice.refused("ModifyInstanceAttribute", InstanceId="i-none", **parameters) == refusal


def test_a_host_name_fits_the_system(alice: Person) -> None:
    """Windows takes 15 characters at most."""
    instance = run(alice, ImageId=WINDOWS)

    assert alice.refused(
        "ModifyInstanceAttribute", InstanceId=instance, HostName="sixteen-letters1"
    ) == Refusal(400, "InvalidHostName.Malformed", 'The specified parameter "HostName" is not valid.')


def test_security_groups_take_the_place_of_the_old_ones(alice: Person) -> None:
    """All of them at once."""
    instance, vpc = in_a_vpc(alice)
    groups = [a_security_group(alice, VpcId=vpc) for _ in range(2)]

    alice.call("ModifyInstanceAttribute", InstanceId=instance, SecurityGroupIds=groups)

    assert seen(alice, instance)["SecurityGroupIds"]["SecurityGroupId"] == groups


def test_security_groups_are_of_the_instances_vpc_and_of_one_kind(alice: Person) -> None:
    """Neither of the classic network, nor of another VPC, nor normal and enterprise together."""
    instance, vpc = in_a_vpc(alice)
    normal = a_security_group(alice, VpcId=vpc)
    enterprise = a_security_group(alice, VpcId=vpc, SecurityGroupType="enterprise")
    elsewhere = a_security_group(alice, VpcId=a_vpc(alice, CidrBlock="172.16.0.0/12"))

    def refused(*groups: str) -> Refusal:
        return alice.refused("ModifyInstanceAttribute", InstanceId=instance, SecurityGroupIds=groups)

    assert refused(a_security_group(alice)) == Refusal(
        404,
        "InvalidSecurityGroupType.NotSupportClassic",
        "The specified SecurityGroupIds have classic group type.",
    )
    assert refused(elsewhere) == Refusal(
        404,
        "InvalidSecurityGroupVpc.NotBelongToOneVpc",
        "The specified SecurityGroupIds are belong to different vpc.",
    )
    assert refused(normal, enterprise) == Refusal(
        403,
        "EnterpriseGroupLimited.MutliGroupType",
        "The specified instance can not join multi SecurityGroup types.",
    )


def test_security_groups_of_a_classic_instance_stay(alice: Person) -> None:
    """Only those of an instance in a VPC are changed."""
    instance, group = run(alice), a_security_group(alice)

    assert alice.refused("ModifyInstanceAttribute", InstanceId=instance, SecurityGroupIds=[group]) == Refusal(
        400,
        "InvalidNetworkType.NotSupported",
        "The classic networkType does not support to modify security group",
    )


def test_anothers_security_group_looks_as_if_it_were_not_there(alice: Person, mallory: Person) -> None:
    """An instance can't be put into it."""
    instance, _ = in_a_vpc(alice)
    group = a_security_group(mallory)

    assert (
        alice.refused("ModifyInstanceAttribute", InstanceId=instance, SecurityGroupIds=[group])
        == NO_SUCH_GROUP
    )


@pytest.mark.parametrize(
    "action",
    ["ModifyInstanceAttribute", "DescribeInstanceAttribute", "DescribeUserData", "AllocatePublicIpAddress"],
)
def test_anothers_instance_looks_as_if_it_were_not_there(alice: Person, mallory: Person, action: str) -> None:
    """To change it and to see it."""
    instance = run(alice)

    assert mallory.refused(action, InstanceId=instance) == NO_SUCH_INSTANCE


# --- Showing ------------------------------------------------------------------------------------------------


def test_one_instance_is_shown_as_among_many(alice: Person) -> None:
    """What DescribeInstanceAttribute and DescribeInstances both say is the same."""
    vswitch, group = network(alice)
    for instance in (run(alice), run(alice, VSwitchId=vswitch, SecurityGroupId=group)):
        one, among = alice.call("DescribeInstanceAttribute", InstanceId=instance), seen(alice, instance)

        same = {name: value for name, value in among.items() if not isinstance(value, dict) and name in one}
        assert len(same) > 15
        assert {name: one[name] for name in same} == {**same, "IoOptimized": "optimized"}
        assert one["SecurityGroupIds"] == among["SecurityGroupIds"]
        assert one["InnerIpAddress"] == among["InnerIpAddress"]
        assert one["VpcAttributes"] == among["VpcAttributes"]


def test_no_user_data_is_an_empty_text(alice: Person) -> None:
    """The element is there all the same."""
    instance = run(alice)

    answer = alice.call("DescribeUserData", InstanceId=instance)

    assert (answer["InstanceId"], answer["UserData"], answer["RegionId"]) == (instance, "", "cn-hangzhou")


def test_roles_are_found_by_instances_or_by_themselves(alice: Person) -> None:
    """An instance that is named is shown without a role, too; a role shows those that have it."""
    vswitch, group = network(alice)
    make_role(alice, "builder", "ecs.aliyuncs.com")
    plain = run(alice, VSwitchId=vswitch, SecurityGroupId=group)
    with_role = run(alice, VSwitchId=vswitch, SecurityGroupId=group, RamRoleName="builder")

    def found(**parameters: Any) -> list[dict[str, str]]:
        answer = alice.call("DescribeInstanceRamRole", **parameters)
        shown: list[dict[str, str]] = answer["InstanceRamRoleSets"]["InstanceRamRoleSet"]
        assert answer["TotalCount"] == len(shown)
        return shown

    assert found(InstanceIds=f'["{plain}"]') == [{"RamRoleName": "", "InstanceId": plain}]
    assert found(InstanceIds=f'["{plain}"]', RamRoleName="builder") == []
    assert found(RamRoleName="other") == []
    of_builder = found(RamRoleName="builder")
    assert of_builder == [{"RamRoleName": "builder", "InstanceId": with_role}]
    both = f'["{plain}","{with_role}"]'
    assert found(InstanceIds=both, RamRoleName="builder") == of_builder
    assert {one["InstanceId"] for one in found(InstanceIds=both)} == {plain, with_role}


def test_roles_are_asked_for_of_ones_own_instances(alice: Person, mallory: Person) -> None:
    """Nothing at all, a list that isn't one, one of the classic network and another's are each told."""
    instance = run(alice)

    assert alice.refused("DescribeInstanceRamRole", InstanceIds="i-1") == Refusal(
        400, "InvalidInstanceIds.Malformed", "The specified instanceIds are not valid."
    )
    assert alice.refused("DescribeInstanceRamRole") == Refusal(
        403, "InvalidParameter.AllEmpty", "InstanceIds and RamRoleName can't both be empty."
    )
    assert alice.refused("DescribeInstanceRamRole", InstanceIds=f'["{instance}"]') == Refusal(
        403,
        "InvalidNetworkType.MismatchRamRole",
        "Ram role cannot be applied to instances of Classic network type.",
    )
    assert mallory.refused("DescribeInstanceRamRole", InstanceIds=f'["{instance}"]') == Refusal(
        404, "InvalidInstanceId.NotFound", "The specified instanceId does not exist"
    )


def test_a_console_says_that_nothing_runs(alice: Person, mallory: Person) -> None:
    """No boot log is invented; another's instance has no console."""
    instance = run(alice)

    output = alice.call("GetInstanceConsoleOutput", InstanceId=instance)["ConsoleOutput"]

    assert b"simulates" in base64.b64decode(output)
    assert mallory.refused("GetInstanceConsoleOutput", InstanceId=instance) == Refusal(
        404, "InvalidParameter", "The specified InstanceId does not exist."
    )


@pytest.mark.simulated
def test_a_simulated_instance_has_no_screen(world: World, alice: Person, mallory: Person) -> None:
    """No picture is made up; another's instance isn't there, and one that is stopped shows nothing."""
    instance = run(alice)

    assert alice.refused("GetInstanceScreenshot", InstanceId=instance, WakeUp=True) == Refusal(
        405, "NotSupported", "localyun simulates this instance: it has no screen."
    )
    assert mallory.refused("GetInstanceScreenshot", InstanceId=instance) == Refusal(
        404, "InvalidParameter", "The specified InstanceId does not exist."
    )
    alice.call("StopInstance", InstanceId=instance)
    world.later()
    assert alice.refused("GetInstanceScreenshot", InstanceId=instance) == Refusal(
        405, "IncorrectInstanceStatus", "The instance isn't running."
    )


# --- AllocatePublicIpAddress --------------------------------------------------------------------------------


def test_an_address_in_the_internet_is_given_once(world: World, alice: Person) -> None:
    """CreateInstance gives none, though it is told the bandwidth."""
    instance = alice.call("CreateInstance", **asked(InternetMaxBandwidthOut=5))["InstanceId"]
    while_pending = alice.refused("AllocatePublicIpAddress", InstanceId=instance)
    world.later()

    address = alice.call("AllocatePublicIpAddress", InstanceId=instance)["IpAddress"]

    assert while_pending == WRONG_STATUS
    assert status(alice, instance) == "Stopped"
    assert seen(alice, instance)["PublicIpAddress"]["IpAddress"] == [address]
    assert alice.refused("AllocatePublicIpAddress", InstanceId=instance) == Refusal(
        403, "AllocatedAlready", "There is an IpAddress allocated already for the specified instance."
    )


def test_an_address_without_bandwidth_is_refused(alice: Person) -> None:
    """The bandwidth is what the instance was made with."""
    instance = run(alice)

    assert alice.refused("AllocatePublicIpAddress", InstanceId=instance) == Refusal(
        400,
        "AllocateIpInvalidInstanceBandwidth",
        "OperationDenied The InternetMaxBandwidthOut of the specified instance cannot be less than 0.",
    )
