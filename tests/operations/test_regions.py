"""Regions, zones and instance types: the catalogue as clients see it."""

from typing import Any

import pytest

from localyun import catalogue
from tests.people import REGION, Person, Refusal

LANGUAGE_REFUSED = Refusal(
    404,
    "InvalidAcceptLanguage.NotFound",
    "Only Chinese (zh-CN), English (en-US), and Japanese (ja) are allowed.",
)


def test_regions_are_listed_with_their_endpoints(alice: Person) -> None:
    """Without a region in the call; names are Chinese unless asked otherwise."""
    regions = alice.call("DescribeRegions", RegionId=None)["Regions"]["Region"]

    assert regions == [
        {
            "RegionId": region.id,
            "LocalName": region.local_name,
            "RegionEndpoint": region.endpoint,
            "Status": "available",
        }
        for region in catalogue.regions()
    ]


def test_regions_and_zones_have_english_names(alice: Person) -> None:
    """When English is asked for."""
    regions = alice.call("DescribeRegions", AcceptLanguage="en-US")["Regions"]["Region"]
    zones = alice.call("DescribeZones", AcceptLanguage="en-US")["Zones"]["Zone"]

    assert "China (Hangzhou)" in [region["LocalName"] for region in regions]
    assert zones[0]["LocalName"].startswith("Hangzhou Zone ")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"AcceptLanguage": "xx"}, LANGUAGE_REFUSED),
        (
            {"InstanceChargeType": "Free"},
            Refusal(403, "Invalid.InstanceChargeType", "The specified instanceChargeType is not valid."),
        ),
        (
            {"ResourceType": "pony"},
            Refusal(
                404,
                "InvalidResourceType.NotFound",
                "The ResourceType provided does not exist in our records.",
            ),
        ),
    ],
)
def test_regions_are_asked_for_in_known_words(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """Each wrong value has a row of its own."""
    assert alice.refused("DescribeRegions", **parameters) == expected


def test_zones_say_what_can_be_had(alice: Person) -> None:
    """What clients look for before they choose one."""
    zones = alice.call("DescribeZones")["Zones"]["Zone"]

    region = catalogue.region(REGION)
    assert region is not None
    assert [zone["ZoneId"] for zone in zones] == [zone.id for zone in region.zones]
    zone = zones[0]
    assert zone["ZoneType"] == "AvailabilityZone"
    assert "cloud_essd" in zone["AvailableDiskCategories"]["DiskCategories"]
    assert "VSwitch" in zone["AvailableResourceCreation"]["ResourceTypes"]
    assert "ecs.g6.large" in zone["AvailableInstanceTypes"]["InstanceTypes"]
    (info,) = zone["AvailableResources"]["ResourcesInfo"]
    assert "cloud_essd" in info["SystemDiskCategories"]["supportedSystemDiskCategory"]
    assert "ecs.g6" in info["InstanceTypeFamilies"]["supportedInstanceTypeFamily"]
    assert len(set(info["InstanceGenerations"]["supportedInstanceGeneration"])) == len(
        info["InstanceGenerations"]["supportedInstanceGeneration"]
    )


def test_zones_can_be_listed_without_all_that(alice: Person) -> None:
    """Verbose=false leaves three elements."""
    zones = alice.call("DescribeZones", Verbose="false")["Zones"]["Zone"]

    assert set(zones[0]) == {"ZoneId", "ZoneType", "LocalName"}


def test_in_xml_the_lists_repeat_their_element(alice: Person) -> None:
    """As Libcloud reads them."""
    reply = alice.send("DescribeZones", Format="XML")

    body = reply.body.decode()
    assert (
        "<AvailableDiskCategories><DiskCategories>cloud_efficiency</DiskCategories><DiskCategories>" in body
    )
    assert "<AvailableResourceCreation><ResourceTypes>VSwitch</ResourceTypes><ResourceTypes>" in body


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"AcceptLanguage": "xx"}, LANGUAGE_REFUSED),
        (
            {"SpotStrategy": "x"},
            Refusal(400, "InvalidSpotStrategy", "The specified SpotStrategy is not valid."),
        ),
        (
            {"InstanceChargeType": "x"},
            Refusal(
                404,
                "InvalidInstanceChargeType.NotFound",
                "The InstanceChargeType does not exist in our records.",
            ),
        ),
        (
            {"RegionId": "cn-atlantis"},
            Refusal(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
        ),
    ],
)
def test_zones_are_asked_for_in_known_words(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """Each wrong value has a row of its own."""
    assert alice.refused("DescribeZones", **parameters) == expected


def type_ids(person: Person, **filters: Any) -> list[str]:
    """Return the ids of the instance types that pass."""
    types = person.call("DescribeInstanceTypes", RegionId=None, **filters)["InstanceTypes"]["InstanceType"]
    return [found["InstanceTypeId"] for found in types]


def test_instance_types_are_listed_with_what_they_have(alice: Person) -> None:
    """Numbers are numbers; what isn't there isn't named."""
    answer = alice.call("DescribeInstanceTypes", InstanceTypes=["ecs.g6.large"])

    (machine,) = answer["InstanceTypes"]["InstanceType"]
    assert answer["NextToken"] == ""
    assert (machine["InstanceTypeId"], machine["InstanceTypeFamily"]) == ("ecs.g6.large", "ecs.g6")
    assert (machine["CpuCoreCount"], machine["MemorySize"]) == (2, 8.0)
    assert machine["CpuArchitecture"] == "X86"
    assert machine["SupportedBootModes"]["SupportedBootMode"]
    assert "LocalStorageCapacity" not in machine


@pytest.mark.parametrize(
    "filters",
    [
        {"InstanceTypeFamily": "ecs.g6"},
        {"InstanceTypeFamilies": ["ecs.g6", "ecs.none"]},
        {"InstanceTypes": ["ecs.g6.large", "ecs.none"]},
        {"MinimumCpuCoreCount": 2, "MaximumCpuCoreCount": 2, "InstanceTypeFamily": "ecs.g6"},
        {"MinimumMemorySize": 7.5, "MaximumMemorySize": 8, "InstanceTypeFamily": "ecs.g6"},
        {"InstanceCategory": "General-purpose"},
        {"InstanceCategories": ["General-purpose"], "CpuArchitecture": "X86"},
        {"CpuArchitectures": ["X86"], "InstanceFamilyLevel": "EnterpriseLevel"},
        {"MinimumEniQuantity": 2, "MaximumGPUAmount": 0, "MinimumDiskQuantity": 1},
        {"MinimumInstanceBandwidthRx": 1, "MinimumInstanceBandwidthTx": 1, "MinimumInstancePpsRx": 1},
    ],
)
def test_filters_keep_what_fits(alice: Person, filters: dict[str, Any]) -> None:
    """A type that fits is kept, and something else isn't."""
    found = type_ids(alice, **filters)

    assert "ecs.g6.large" in found
    assert len(found) < len(catalogue.instance_types()) or "MinimumEniQuantity" in filters


@pytest.mark.parametrize(
    "filters",
    [
        {"InstanceTypeFamily": "ecs.c6"},
        {"InstanceTypes": ["ecs.g6.xlarge"]},
        {"MinimumCpuCoreCount": 3},
        {"MaximumMemorySize": 7.9},
        {"MinimumGPUAmount": 1},
        {"GPUSpec": "NVIDIA V100"},
        {"GpuSpecs": ["NVIDIA V100"]},
        {"CpuArchitecture": "ARM"},
        {"PhysicalProcessorModel": "abacus"},
        {"PhysicalProcessorModels": ["abacus"]},
        {"MinimumCpuSpeedFrequency": 99},
        {"MinimumCpuTurboFrequency": 99},
        {"MaximumCpuSpeedFrequency": 0.1},
        {"MaximumCpuTurboFrequency": 0.1},
        {"MinimumPrimaryEniQueueNumber": 999},
        {"MinimumSecondaryEniQueueNumber": 999},
        {"MinimumEniPrivateIpAddressQuantity": 999},
        {"MinimumEniIpv6AddressQuantity": 999},
        {"MinimumInstancePpsTx": 10**9},
        {"MinimumBaselineCredit": 1},
        {"MinimumInitialCredit": 1},
        {"NvmeSupport": "required"},
    ],
)
def test_filters_leave_out_what_does_not_fit(alice: Person, filters: dict[str, Any]) -> None:
    """Nothing found is no error."""
    assert "ecs.g6.large" not in type_ids(alice, **filters)


def test_instance_types_come_page_by_page(alice: Person) -> None:
    """The token of one page fetches the next, and together they are all."""
    found: list[str] = []
    token = None
    while token != "":
        answer = alice.call("DescribeInstanceTypes", MaxResults=10, NextToken=token)
        found += [machine["InstanceTypeId"] for machine in answer["InstanceTypes"]["InstanceType"]]
        token = answer["NextToken"]

    assert found == [machine.id for machine in catalogue.instance_types()]


@pytest.mark.parametrize("token", ["ecs.g6.large", "Zm9v", "####", "ZnJvbSAteA==", "é"])
def test_a_token_of_nobodys_is_refused(alice: Person, token: str) -> None:
    """Whether it is well-formed or not."""
    refusal = alice.refused("DescribeInstanceTypes", NextToken=token)

    assert refusal == Refusal(400, "InvalidParameter", 'The specified parameter "NextToken" is not valid.')
