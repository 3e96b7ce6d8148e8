"""The network interfaces of instances, as Terraform reads them."""

from typing import Any

from tests.operations.made_instances import run, seen
from tests.operations.test_security_group_members import in_a_vpc
from tests.people import Person


def interfaces(person: Person, **parameters: Any) -> list[dict[str, Any]]:
    """Return what DescribeNetworkInterfaces lists."""
    answer = person.call("DescribeNetworkInterfaces", **parameters)
    shown: list[dict[str, Any]] = answer["NetworkInterfaceSets"]["NetworkInterfaceSet"]
    return shown


def test_an_instance_in_a_vpc_has_one(alice: Person, mallory: Person) -> None:
    """Shown as DescribeInstances shows it; a classic instance has none, and others' aren't listed."""
    instance, group, _ = in_a_vpc(alice)
    run(alice)
    in_a_vpc(mallory)

    (shown,) = interfaces(alice)

    among = seen(alice, instance)
    (same,) = among["NetworkInterfaces"]["NetworkInterface"]
    assert shown["NetworkInterfaceId"] == same["NetworkInterfaceId"]
    assert (shown["InstanceId"], shown["Type"], shown["Status"]) == (instance, "Primary", "InUse")
    assert (shown["MacAddress"], shown["OwnerId"]) == (same["MacAddress"], alice.id)
    assert shown["VpcId"] == among["VpcAttributes"]["VpcId"]
    assert shown["SecurityGroupIds"]["SecurityGroupId"] == [group]
    assert shown["PrivateIpSets"]["PrivateIpSet"] == [
        {"PrivateIpAddress": shown["PrivateIpAddress"], "Primary": True, "AssociatedPublicIp": {}}
    ]


def test_interfaces_are_found_by_what_they_are(alice: Person) -> None:
    """And what none has finds none."""
    instance, group, other = in_a_vpc(alice)
    (shown,) = interfaces(alice)

    for found in (
        {"InstanceId": instance},
        {"NetworkInterfaceId": [shown["NetworkInterfaceId"]]},
        {"VpcId": shown["VpcId"], "VSwitchId": shown["VSwitchId"]},
        {"PrimaryIpAddress": shown["PrivateIpAddress"]},
        {"PrivateIpAddress": [shown["PrivateIpAddress"]]},
        {"SecurityGroupId": group, "Status": "InUse", "Type": "Primary", "ServiceManaged": False},
        {"MaxResults": 10},
    ):
        assert interfaces(alice, **found) == [shown]
    for nothing in (
        {"InstanceId": "i-none"},
        {"NetworkInterfaceId": ["eni-none"]},
        {"VpcId": "vpc-none"},
        {"VSwitchId": "vsw-none"},
        {"SecurityGroupId": other},
        {"PrimaryIpAddress": "10.9.9.9"},
        {"PrivateIpAddress": ["10.9.9.9"]},
        {"Ipv6Address": ["::1"]},
        {"NetworkInterfaceName": "eth0"},
        {"ResourceGroupId": "rg-1"},
        {"Tag": [{"Key": "k"}]},
        {"Type": "Secondary"},
        {"Status": "Available"},
        {"ServiceManaged": True},
        {"RegionId": "cn-beijing"},
        {"PageNumber": 2},
    ):
        assert interfaces(alice, **nothing) == []
