"""Networks made through the API, for tests of what is done with them."""

from typing import Any

from tests.people import VPC, Person

ZONE = "cn-hangzhou-h"


def a_vpc(owner: Person, **parameters: Any) -> str:
    """Create a VPC and wait for it."""
    vpc: str = owner.call("CreateVpc", version=VPC, **parameters)["VpcId"]
    owner.world.later()
    return vpc


def a_vswitch(owner: Person, vpc: str, block: str = "10.0.0.0/24", **parameters: Any) -> str:
    """Create a vSwitch in a VPC and wait for it."""
    given = {"VpcId": vpc, "CidrBlock": block, "ZoneId": ZONE, **parameters}
    vswitch: str = owner.call("CreateVSwitch", version=VPC, **given)["VSwitchId"]
    owner.world.later()
    return vswitch


def a_security_group(owner: Person, **parameters: Any) -> str:
    """Create a security group."""
    group: str = owner.call("CreateSecurityGroup", **parameters)["SecurityGroupId"]
    return group
