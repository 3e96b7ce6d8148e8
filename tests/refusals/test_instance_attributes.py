"""What ModifyInstanceAttribute refuses, and its neighbours."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from localyun.config import Settings
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Shortage
from tests.operations.held import hold
from tests.operations.made_instances import asked, network, run, seen, stopped
from tests.operations.networks import a_security_group
from tests.operations.test_security_group_members import in_a_vpc
from tests.people import Person, Refusal, World

BASIC, BURSTABLE, ARM = "ecs.e-c1m2.large", "ecs.t6-c1m2.large", "ecs.g8y.large"
DATA = base64.b64encode(b"#!/bin/sh\n").decode()
NAME = {"InstanceName": "web"}


def modify(person: Person, instance: str, **parameters: Any) -> Refusal:
    """Ask for a change that is refused."""
    return person.refused("ModifyInstanceAttribute", InstanceId=instance, **parameters)


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RemoteConnectionOptions": {"Password": "abc"}}, (400, "InvalidRemoteConnectionOptions.Password", "The remote connection password is invalid.")),
        ({"RemoteConnectionOptions": {"Type": "rdp"}}, (400, "InvalidRemoteConnectionOptions.Type", "The remote connection type is invalid.")),
        ({"CreditSpecification": "Endless"}, (400, "InvalidParameter.CreditSpecification", "The specified CreditSpecification is not supported in this region.")),
        ({"NetworkInterfaceQueueNumber": 0}, (403, "InvalidParameter.InvalidEniQueueNumber", "NetworkInterfaceQueueNumber is -1, or 1 at least.")),
        ({"DeletionProtection": "perhaps"}, (400, "InvalidParameter", "The specified parameter is not valid.")),
        ({"CpuOptions": {"TopologyType": "Ring"}}, (400, "InvalidParameter.CpuOptionsTopologyType", "The specified parameter CpuOptions.TopologyType: CpuOptions.TopologyType is not valid.")),
        ({"CpuOptions": {"TurboMode": "ON"}}, (400, "InvalidParameter.CpuOptionsTurboMode", "The specified parameter TurboMode is not valid.")),
        ({"CpuOptions": {"Core": "many"}}, (403, "InvalidParameter.CpuOptionsCore", "The specified parameter CpuOptions.Core is not valid.")),
    ],
)  # fmt: skip
def test_a_value_is_malformed(
    alice: Person, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Whether there is such an instance doesn't matter then."""
    assert modify(alice, "i-none", **parameters) == Refusal(*refusal)


@pytest.mark.parametrize(
    ("type_", "parameters", "refusal"),
    [
        ("", {"Recyclable": True}, (400, "ChargeTypeViolation", "Pay-As-You-Go instances do not support this operation.")),
        ("", {"CreditSpecification": "Unlimited"}, (400, "InstanceType.ValueNotSupported", "The instance type not supported.")),
        ("", {"NetworkInterfaceQueueNumber": 99}, (403, "InvalidOperation.MaxEniQueueNumberExceeded", "ecs.g7.large has 2 queues.")),
        (BASIC, {"EnableJumboFrame": True}, (400, "InvalidParam.NotSupportJumboFrame", "Not support jumbo frame.")),
        (BASIC, {"EnableNetworkEncryption": True}, (403, "InvalidOperation.InstanceTypeNotSupportNetworkEncryption", "The specified instance type does not support network encryption.")),
        ("", {"EnableNetworkEncryption": True}, (400, "UnsupportedParameter.EnableNetworkEncryption", 'localyun does not emulate the parameter "EnableNetworkEncryption".')),
        ("", {"CpuOptions": {"Core": 0}}, (403, "InvalidParameter.CpuOptionsCore", "The specified parameter CpuOptions.Core is not valid.")),
        ("", {"CpuOptions": {"Core": 99}}, (403, "InvalidParameter.CpuOptionsCore", "The specified parameter CpuOptions.Core is not valid.")),
        ("", {"CpuOptions": {"ThreadsPerCore": 3}}, (403, "InvalidParameter.CpuOptionsThreadsPerCore", "The specified parameter CpuOptions.ThreadsPerCore is not valid.")),
        (BASIC, {"CpuOptions": {"ThreadsPerCore": 1}}, (403, "InvalidInstanceType.CpuOptionsThreadsPerCoreUnsupported", "The current instance type does not support setting or modifying the CpuOptions.ThreadsPerCore parameter.")),
        (BASIC, {"CpuOptions": {"TopologyType": "DiscreteCoreToHTMapping"}}, (400, "InvalidInstanceType.NotSupportCpuOptionsTopologyType", "The specified instance type does not support CpuOptions.TopologyType: CpuOptions.TopologyType.")),
        (BASIC, {"CpuOptions": {"TurboMode": "SINGLE CORE MAX"}}, (400, "InvalidInstanceType.SingleCoreMaxModeUnsupported", 'The specified instance type does not support TurboMode: "SINGLE CORE MAX".')),
        (BASIC, {"CpuOptions": {"EnableVISST": True}}, (400, "InvalidInstanceType.EnableVISSTUnsupported", "The specified instance type does not support EnableVISST.")),
        (BASIC, {"CpuOptions": {"EnableVRDT": True}}, (400, "InvalidInstanceType.EnableVRDTUnsupported", "The specified instance type does not support EnableVRDT.")),
    ],
)  # fmt: skip
def test_an_instance_does_not_have_what_it_takes(
    alice: Person, type_: str, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Its type, or the way that it is paid for."""
    instance = stopped(alice, **({"InstanceType": type_} if type_ else {}))

    assert modify(alice, instance, **parameters) == Refusal(*refusal)


def test_an_instance_that_is_ordered_is_neither_protected_nor_recycled(alice: Person) -> None:
    """Paid for in advance, or a spot instance."""
    unprotected = Refusal(
        403,
        "InvalidChargeType.ValueNotSupported",
        "Deletion protection is only valid for postPaid instance, not for prePaid or spot instance.",
    )
    ordered = run(alice, InstanceChargeType="PrePaid", Period=1)
    spot = run(alice, SpotStrategy="SpotAsPriceGo", ZoneId="cn-hangzhou-h")

    assert modify(alice, ordered, DeletionProtection=True) == unprotected
    assert modify(alice, spot, DeletionProtection=True) == unprotected
    assert modify(alice, ordered, Recyclable=True) == Refusal(
        400, "InvalidParameter.RecycleBin", "You do not have permission to set recyclable properties."
    )


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"Password": "Correct-Horse-1"}, (403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation.")),
        ({"UserData": DATA}, (403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation.")),
        ({"RemoteConnectionOptions": {"Password": "abc123"}}, (400, "InvalidInstanceStatus.NotRunning", "The current status of the resource is invalid, you can only do this operation when instance is running.")),
        ({"CreditSpecification": "Standard"}, (400, "InvalidInstanceStatus.CreditSpecRestricted", "The current status of the resource does not support this operation.")),
        ({"EnableJumboFrame": False}, (400, "InvalidOperation.InstanceStatusNotSupport", "The instance status is not support modify mtu config.")),
        ({"CpuOptions": {"TopologyType": "DiscreteCoreToHTMapping"}}, (400, "InvalidOperation.InstanceStatusUnsupported", "The specified instance status does not support modification of cpu topology type.")),
        ({"CpuOptions": {"Core": 1}}, (400, "InvalidStatus.StoppedRequired", "The current state of the resource does not support this operation, it can only be operated in a stopped state.")),
    ],
)  # fmt: skip
def test_an_instance_that_starts_is_not_changed(
    alice: Person, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Each attribute asks for another status, and says so in its own way."""
    instance = stopped(alice)
    alice.call("StartInstance", InstanceId=instance)

    assert modify(alice, instance, **parameters) == Refusal(*refusal)


def test_security_groups_stay_while_an_instance_starts(alice: Person) -> None:
    """Those of a running or a stopped one change."""
    vswitch, group = network(alice)
    instance = stopped(alice, VSwitchId=vswitch, SecurityGroupId=group)
    alice.call("StartInstance", InstanceId=instance)

    assert modify(alice, instance, SecurityGroupIds=[group]) == Refusal(
        400, "InvalidOperation.InvalidEcsState", "The instance is neither running nor stopped."
    )


@pytest.mark.parametrize(
    ("condition", "parameters", "refusal"),
    [
        (Condition.LOCKED, NAME, (403, "InstanceLockedForSecurity", "The specified operation is denied as your instance is locked for security reasons.")),
        (Condition.NOT_AUTHORIZED, NAME, (403, "InvalidUser.Unauthorized", "The user is not authorized")),
        (Condition.MANAGED, NAME, (403, "InvalidOperation.ResourceManagedByCloudProduct", "The instance is managed by another product.")),
        (Condition.NO_USER_DATA, {"UserData": DATA}, (403, "InvalidUserData.Forbidden", 'User not authorized to input the parameter "UserData"please apply for permission "UserData"')),
        (Condition.NOT_LISTED, {"EnableNetworkEncryption": True}, (403, "InvalidOperation.UserNotSupportNetworkEncryption", "User not support network encryption.")),
    ],
)  # fmt: skip
def test_an_account_that_is_held_back(
    alice: Person, condition: Condition, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """As the operator says."""
    instance = stopped(alice)
    hold(alice, condition)

    assert modify(alice, instance, **parameters) == Refusal(*refusal)


@pytest.mark.parametrize(
    ("limits", "kind", "refusal"),
    [
        ({"security_groups_per_instance": 1}, "normal", (400, "JoinedGroupLimitExceed", "The number of security groups of an instance is exceeded.")),
        ({"instances_per_security_group": 1}, "normal", (403, "OperationDenied", "The instance amount in the specified SecurityGroup reach its limit.")),
        ({"instances_per_enterprise_group": 1}, "enterprise", (400, "InvalidOperation.EniCountExceeded", "=The maximum number of eni in a enterprise security group is exceeded.")),
        ({"rules_per_interface": 0}, "normal", (403, "AclLimitExceed", "The number of rules per network interface is exceeded.")),
    ],
)  # fmt: skip
def test_there_is_no_room_in_security_groups(
    make_world: Callable[..., World], limits: dict[str, int], kind: str, refusal: tuple[int, str, str]
) -> None:
    """In the groups, on the instance, or among the rules that hold for it."""
    owner = make_world(limits=Limits(**limits)).person("owner")
    vswitch, group = network(owner)
    vpc = owner.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)["VpcId"]
    first, second = (a_security_group(owner, VpcId=vpc, SecurityGroupType=kind) for _ in range(2))
    run(owner, VSwitchId=vswitch, SecurityGroupId=second)
    instance = run(owner, VSwitchId=vswitch, SecurityGroupId=first)
    owner.call(
        "AuthorizeSecurityGroup",
        SecurityGroupId=second,
        IpProtocol="tcp",
        PortRange="1/1",
        SourceCidrIp="10.0.0.0/8",
    )

    assert modify(owner, instance, SecurityGroupIds=[first, second]) == Refusal(*refusal)


def test_what_can_be_changed_is_changed(alice: Person) -> None:
    """The credits of a burstable type, large frames, queues; a remote connection's password is only checked."""
    instance, *_ = in_a_vpc(alice)
    burstable = run(alice, InstanceType=BURSTABLE)

    alice.call("ModifyInstanceAttribute", InstanceId=burstable, CreditSpecification="Unlimited")
    remote = {"Password": "abc123", "Type": "vnc"}
    alice.call(
        "ModifyInstanceAttribute",
        InstanceId=instance,
        EnableJumboFrame=True,
        NetworkInterfaceQueueNumber=2,
        RemoteConnectionOptions=remote,
    )

    shown = alice.call("DescribeInstanceAttribute", InstanceId=instance)
    assert seen(alice, burstable)["CreditSpecification"] == "Unlimited"
    assert shown["EnableJumboFrame"] is True
    assert "abc123" not in str(shown)


def test_an_instance_that_is_being_made_has_no_console(alice: Person) -> None:
    """Nor has a call that names none."""
    instance = alice.call("CreateInstance", **asked())["InstanceId"]

    assert alice.refused("GetInstanceConsoleOutput", InstanceId=instance) == Refusal(
        405, "IncorrectInstanceStatus", "The instance is still being made."
    )
    assert alice.refused("GetInstanceConsoleOutput").code == "MissingParameter"


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"IpAddress": "anywhere"}, (400, "InvalidIpAddress.Malformed", 'The specified parameter "IpAddress" is not valid.')),
        ({"IpAddress": "10.0.0.1"}, (403, "InvalidIpAddress.NotPublic", "The specified IP is not public address.")),
        ({"IpAddress": "8.8.8.8"}, (404, "InvalidIpAddress.NotFound", "The specified IP is not in the specified vlan.")),
        ({"IpAddress": "198.18.0.9"}, (403, "IpInUse", "The specified IP is already in use.")),
        ({"VlanId": "7"}, (404, "InvalidVlanId.NotFound", "The VlanId provided does not exist in our records.")),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_had(
    alice: Person, mallory: Person, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Whoever has it."""
    for person in (mallory, alice):
        person.call("CreateInstance", **asked(InternetMaxBandwidthOut=1))
    alice.world.later()
    theirs, mine = (
        person.call("DescribeInstances")["Instances"]["Instance"][0]["InstanceId"]
        for person in (mallory, alice)
    )
    mallory.call("AllocatePublicIpAddress", InstanceId=theirs, IpAddress="198.18.0.9")

    assert alice.refused("AllocatePublicIpAddress", InstanceId=mine, **parameters) == Refusal(*refusal)


def test_an_address_is_not_given_to_who_is_held_back(alice: Person) -> None:
    """Locked, or in debt; the two debts are one to this operation."""
    instance = alice.call("CreateInstance", **asked(InternetMaxBandwidthOut=1))["InstanceId"]
    alice.world.later()
    message = "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode)."

    hold(alice, Condition.LOCKED)
    assert alice.refused("AllocatePublicIpAddress", InstanceId=instance) == Refusal(
        403,
        "InstanceLockedForSecurity",
        "The specified operation is denied as your instance is locked for security reasons.",
    )
    for condition in (Condition.EXPIRED, Condition.ARREARS):
        hold(alice, condition)
        assert alice.refused("AllocatePublicIpAddress", InstanceId=instance) == Refusal(
            403, "InstanceExpiredOrInArrears", message
        )


def test_a_region_runs_out_of_addresses(alice: Person) -> None:
    """As the operator says when the server is started anew."""
    instance = alice.call("CreateInstance", **asked(InternetMaxBandwidthOut=1))["InstanceId"]
    alice.world.later()
    short = Settings(shortages=(Shortage.read("public-address-stock@cn-hangzhou"),))
    alice.world = World(replace(alice.world.app, settings=short), alice.world.clock)

    assert alice.refused("AllocatePublicIpAddress", InstanceId=instance) == Refusal(
        400, "InsufficientPublicIp", "Ip address not found."
    )
