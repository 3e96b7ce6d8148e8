"""What can be had where, and what an account has of it."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model.standing import Shortage
from tests.operations.made_instances import TYPE, run
from tests.people import Person, Refusal, World


def zones(person: Person, destination: str, **parameters: Any) -> dict[str, list[dict[str, Any]]]:
    """Return what can be had in each zone."""
    answer = person.call("DescribeAvailableResource", DestinationResource=destination, **parameters)
    found = {}
    for zone in answer["AvailableZones"]["AvailableZone"]:
        assert (zone["Status"], zone["StatusCategory"]) == ("Available", "WithStock")
        resources = zone["AvailableResources"]["AvailableResource"]
        assert all(one["Type"] == destination for one in resources)
        found[zone["ZoneId"]] = [
            supported for one in resources for supported in one["SupportedResources"]["SupportedResource"]
        ]
    return found


def values(person: Person, destination: str, **parameters: Any) -> list[str]:
    """Return what can be had in one zone."""
    found = zones(person, destination, ZoneId="cn-hangzhou-h", **parameters)
    return [one["Value"] for one in found.get("cn-hangzhou-h", [])]


def test_families_are_listed_with_their_generation(alice: Person) -> None:
    """All of them, or those of one generation."""

    def families(**parameters: Any) -> dict[str, str]:
        answer = alice.call("DescribeInstanceTypeFamilies", **parameters)
        return {
            one["InstanceTypeFamilyId"]: one["Generation"]
            for one in answer["InstanceTypeFamilies"]["InstanceTypeFamily"]
        }

    assert families()["ecs.g7"] == "ecs-6"
    assert families(Generation="ecs-3") == {
        "ecs.n4": "ecs-3",
        "ecs.sn1ne": "ecs-3",
        "ecs.t5": "ecs-3",
    }
    assert families(Generation="ecs-9") == {}


def test_what_can_be_run_can_be_had(alice: Person) -> None:
    """In each zone that DescribeZones lists, as Terraform asks before it runs an instance."""
    listed = {zone["ZoneId"] for zone in alice.call("DescribeZones")["Zones"]["Zone"]}

    assert set(zones(alice, "Zone")) == set(zones(alice, "InstanceType", InstanceType=TYPE)) == listed
    assert values(alice, "InstanceType", InstanceType=TYPE) == [TYPE]
    assert zones(alice, "Zone", InstanceType="ecs.none") == zones(alice, "Zone", ZoneId="cn-nowhere-a") == {}


@pytest.mark.parametrize(
    ("destination", "parameters", "expected"),
    [
        ("InstanceType", {"Cores": 2, "Memory": 8.0, "SystemDiskCategory": "cloud_essd"}, TYPE),
        ("InstanceType", {"Cores": 3}, None),
        ("InstanceType", {"IoOptimized": "none"}, None),
        ("InstanceType", {"DataDiskCategory": "floppy"}, None),
        ("InstanceType", {"ResourceType": "ddh"}, None),
        ("IoOptimized", {}, "optimized"),
        ("Network", {}, "vpc"),
        ("Network", {"NetworkCategory": "classic"}, "classic"),
        ("Network", {"NetworkCategory": "Classic"}, "classic"),
        ("SystemDisk", {"InstanceType": TYPE}, "cloud_essd"),
        ("DataDisk", {"DataDiskCategory": "cloud_ssd"}, "cloud_ssd"),
        ("DataDisk", {"ResourceType": "disk"}, "cloud_essd"),
        ("ddh", {}, None),
    ],
)
def test_what_goes_together_is_found(
    alice: Person, destination: str, parameters: dict[str, Any], expected: str | None
) -> None:
    """What isn't there, or doesn't go with the rest, leaves no zone."""
    found = values(alice, destination, **parameters)

    assert expected in found if expected else found == []


def test_disks_are_listed_with_their_sizes(alice: Person) -> None:
    """The smallest and the largest, in GiB."""
    (system,) = zones(alice, "SystemDisk", SystemDiskCategory="cloud_essd")["cn-hangzhou-h"]

    assert system["Unit"] == "GiB"
    assert 1 <= system["Min"] < system["Max"]


def test_a_region_that_is_closed_has_nothing(make_world: Callable[..., World]) -> None:
    """As the operator says."""
    owner = make_world(shortages=(Shortage.read("region@cn-hangzhou"),)).person("owner")

    assert owner.refused("DescribeAvailableResource", DestinationResource="Zone") == Refusal(
        404, "Unavailable.Regions", "The available region does not exist."
    )


def test_attributes_count_what_an_account_has(alice: Person, mallory: Person) -> None:
    """Its vCPUs and its disks, in the region, and nobody else's."""

    def told(person: Person, name: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = person.call("DescribeAccountAttributes", AttributeName=[name], **parameters)
        (item,) = answer["AccountAttributeItems"]["AccountAttributeItem"]
        assert item["AttributeName"] == name
        shown: list[dict[str, Any]] = item["AttributeValues"]["ValueItem"]
        return shown

    for _ in range(2):
        run(alice, ZoneId="cn-hangzhou-h", SystemDisk={"Category": "cloud_essd", "Size": 50})

    used = "used-postpaid-yundisk-capacity"
    assert told(alice, "used-postpaid-instance-vcpu-count") == [{"Value": "4"}]
    assert told(mallory, "used-postpaid-instance-vcpu-count") == [{"Value": "0"}]
    assert told(alice, used) == [{"DiskCategory": "cloud_essd", "Value": "100", "ZoneId": "cn-hangzhou-h"}]
    assert told(alice, used, ZoneId="cn-hangzhou-i") == told(alice, used, RegionId="cn-beijing") == []
    assert told(alice, "max-postpaid-instance-vcpu-count") == [{"Value": "100000"}]
    assert len(told(alice, "max-postpaid-yundisk-capacity", ZoneId="cn-hangzhou-h")) > 2
    assert told(alice, "max-security-groups") == [{"Value": "100"}]
    assert {"Value": TYPE, "ZoneId": "cn-hangzhou-h"} in told(alice, "supported-postpaid-instance-types")


def test_all_attributes_are_shown_unless_some_are_named(alice: Person) -> None:
    """One that isn't known here is left out."""

    def names(**parameters: Any) -> list[str]:
        answer = alice.call("DescribeAccountAttributes", **parameters)
        return [one["AttributeName"] for one in answer["AccountAttributeItems"]["AccountAttributeItem"]]

    assert "real-name-authentication" in names()
    assert names(AttributeName=["max-dedicated-hosts", "max-axt-command-count"]) == ["max-dedicated-hosts"]
