"""Instances made through the API, for tests of what is done with them."""

from typing import Any

from tests.operations.networks import a_security_group, a_vpc, a_vswitch
from tests.people import Person

UBUNTU = "ubuntu_24_04_x64_20G_alibase_20250916.vhd"
UBUNTU_ARM = "ubuntu_24_04_arm64_20G_alibase_20251126.vhd"
WINDOWS = "win2022_21H2_x64_dtc_en-us_40G_alibase_20250817.vhd"
TYPE = "ecs.g7.large"
ARM_TYPE = "ecs.g8y.large"


def asked(**parameters: Any) -> dict[str, Any]:
    """Return what a call that makes instances says, with what the test adds or takes away."""
    return {"ImageId": UBUNTU, "InstanceType": TYPE, **parameters}


def run(person: Person, **parameters: Any) -> str:
    """Run one instance and wait until it is running."""
    (instance,) = person.call("RunInstances", **asked(**parameters))["InstanceIdSets"]["InstanceIdSet"]
    person.world.later()
    return str(instance)


def stopped(person: Person, **parameters: Any) -> str:
    """Run one instance, stop it, and wait until it is stopped."""
    instance = run(person, **parameters)
    person.call("StopInstance", InstanceId=instance)
    person.world.later()
    return instance


def seen(person: Person, instance: str) -> dict[str, Any]:
    """Return what DescribeInstances says of an instance."""
    answer = person.call("DescribeInstances", InstanceIds=f'["{instance}"]')
    (found,) = answer["Instances"]["Instance"]
    return dict(found)


def status(person: Person, instance: str) -> str:
    """Return an instance's status."""
    return str(seen(person, instance)["Status"])


def disks(person: Person, instance: str) -> list[dict[str, Any]]:
    """Return what DescribeDisks says of an instance's disks, by their device."""
    answer = person.call("DescribeDisks", InstanceId=instance, PageSize=50)
    return sorted(answer["Disks"]["Disk"], key=lambda disk: str(disk["Device"]))


def system_disk(person: Person, instance: str) -> dict[str, Any]:
    """Return what DescribeDisks says of an instance's system disk."""
    return disks(person, instance)[0]


def image_of(person: Person, instance: str, **parameters: Any) -> str:
    """Make an image of an instance and wait until it is available."""
    image = person.call("CreateImage", InstanceId=instance, **parameters)["ImageId"]
    person.world.later()
    return str(image)


def shared_image(owner: Person, sharee: Person, **parameters: Any) -> str:
    """Make an image of a new instance of the owner's, and share it."""
    image = image_of(owner, run(owner, **parameters))
    owner.call("ModifyImageSharePermission", ImageId=image, AddAccount=[sharee.id])
    return image


def network(person: Person, block: str = "10.0.0.0/24") -> tuple[str, str]:
    """Make a VPC with a vSwitch of this block and a security group; return the latter two's ids."""
    vpc = a_vpc(person, CidrBlock="10.0.0.0/8")
    return a_vswitch(person, vpc, block), a_security_group(person, VpcId=vpc)
