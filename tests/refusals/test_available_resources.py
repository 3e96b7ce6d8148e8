"""What DescribeAvailableResource refuses, and its neighbours."""

from typing import Any

import pytest

from tests.people import Person, Refusal


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "InvalidRegionId.MalFormed", "The specified parameter RegionId is not valid.")),
        ({"RegionId": "cn-nowhere"}, (404, "Invalid.RegionId", "The specified RegionId does not exist.")),
        ({"DestinationResource": None}, (400, "Invalid.Param", "The input parameter DestinationResource that is mandatory for processing this request is not supplied.")),
        ({"DestinationResource": "Moon"}, (404, "Invalid.DestinationResource", "The specified DestinationResource is not valid.")),
        ({"InstanceChargeType": "Free"}, (400, "Invalid.InstanceChargeType", "The specified InstanceChargeType is not valid.")),
        ({"SpotStrategy": "Cheap"}, (404, "Invalid.SpotStrategy", "The specified SpotStrategy is not valid.")),
        ({"IoOptimized": "very"}, (404, "Invalid.IoOptimized", "The specified IoOptimized is not valid.")),
        ({"NetworkCategory": "token-ring"}, (404, "Invalid.NetworkCategory", "The specified NetworkCategory is not valid.")),
        ({"ResourceType": "cloud"}, (404, "Invalid.ResourceType", "The ResourceType provided does not exist in our records.")),
        ({"Scope": "World"}, (403, "InvalidParameter.Scope", "The specified parameter Scope is invalid.")),
        ({"InstanceType": "ecs.g7.large", "Cores": 2}, (403, "InvalidParam.TypeAndCpuMem.Conflict", "The specified 'InstanceType' and 'Cores','Memory' are not blank at the same time.")),
        ({"InstanceType": "ecs.g7.large", "Memory": 8}, (403, "InvalidParam.TypeAndCpuMem.Conflict", "The specified 'InstanceType' and 'Cores','Memory' are not blank at the same time.")),
        ({"DestinationResource": "Zone", "Cores": 2}, (403, "InvalidParam.Cores", "The specified parameter 'Cores' should be empty.")),
        ({"DestinationResource": "DataDisk", "Memory": 2}, (403, "InvalidParam.Memory", "The specified parameter 'Memory' should be empty.")),
        ({"DedicatedHostId": "dh-1"}, (403, "InvalidDedicatedHostId.NotFound", "The specified DedicatedHostId does not exist.")),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_question(
    alice: Person, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Whatever would be found."""
    asked = {"DestinationResource": "InstanceType", **parameters}

    assert alice.refused("DescribeAvailableResource", **asked) == Refusal(*refusal)


def test_attributes_and_families_are_of_a_region(alice: Person) -> None:
    """Each words it in its own way."""
    assert alice.refused("DescribeAccountAttributes", RegionId=None) == Refusal(
        403, "Invalid.Parameter", "The required parameter regionId must be not null."
    )
    assert alice.refused("DescribeInstanceTypeFamilies", RegionId="cn-nowhere") == Refusal(
        404, "InvalidRegionId.NotFound", "The RegionId provided does not exist in our records."
    )


def test_the_question_is_not_for_another_owner(alice: Person) -> None:
    """Not even by one's own id: the parameter is gone."""
    asked = {"DestinationResource": "Zone", "ResourceOwnerId": alice.id}

    assert alice.refused("DescribeAvailableResource", **asked) == Refusal(
        403,
        "InvalidParameter.ResourceOwnerId",
        "The specified parameter ResourceOwnerId is not available anymore.",
    )
