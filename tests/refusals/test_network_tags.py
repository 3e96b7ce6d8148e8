"""What VPC's operations on tags refuse."""

from typing import Any

import pytest

from tests.people import VPC, Person, Refusal

K = {"Key": "k", "Value": "v"}
ONE = {"ResourceType": "VPC", "ResourceId": ["vpc-1"], "Tag": [K]}
NOT_FOUND = (400, "InvalidInstanceIds.NotFound", "The instanceIds are not found")


@pytest.mark.parametrize(
    ("actions", "parameters", "refusal"),
    [
        ("TagResources UnTagResources ListTagResources", {"ResourceId": [f"vpc-{n}" for n in range(51)]}, (400, "SizeLimitExceeded.ResourceId", "The maximum number of resource IDs is exceeded.")),
        ("TagResources UnTagResources", {"ResourceId": ["vpc-1", "vpc-1"]}, (400, "DuplicatedParam.ResourceIds", "The parameter of ResourceIds contains duplicate values.")),
        ("TagResources ListTagResources", {"Tag": [{"Key": f"k{n}"} for n in range(21)]}, (400, "SizeLimitExceeded.TagNum", "The maximum number of tags is exceeded.")),
        ("UnTagResources", {"TagKey": [f"k{n}" for n in range(21)]}, (400, "SizeLimitExceeded.TagNum", "The maximum number of tags is exceeded.")),
        ("TagResources", {"Tag": [{"Value": "v"}]}, (400, "MissingParameter.TagKey", "The input parameter TagKey that is mandatory for processing this request is not supplied.")),
        ("TagResources", {"Tag": None}, (400, "MissingParam.Tags", "You must specify the Tags parameter.")),
        ("TagResources ListTagResources", {"Tag": [{"Key": "acs:k"}]}, (400, "Forbidden.TagKeys", "The request do not allow to operate the tag keys")),
        ("UnTagResources", {"TagKey": ["aliyun"]}, (400, "Forbidden.TagKeys", "The request do not allow to operate the tag keys")),
        ("TagResources ListTagResources", {"Tag": [{"Key": "http://"}]}, (400, "InvalidTagKey", "The tag keys are not valid.")),
        ("UnTagResources", {"TagKey": ["k" * 129]}, (400, "InvalidTagKey", "The tag keys are not valid.")),
        ("TagResources ListTagResources", {"Tag": [{"Key": "k", "Value": "v" * 129}]}, (400, "InvalidTagValue", "The tag values are not valid.")),
        ("TagResources ListTagResources", {"Tag": [K, K]}, (400, "Forbidden.TagKey.Duplicated", "The specified tag key already exists.")),
        ("UnTagResources", {"TagKey": ["k", "k"]}, (400, "Forbidden.TagKey.Duplicated", "The specified tag key already exists.")),
        ("UnTagResources", {}, (400, "MissingParam", "The parameter TagKey is missing.")),
        ("TagResources ListTagResources", {"ResourceType": "NATGATEWAY"}, (400, "InvalidInstanceType.NotFound", "The instance type is not found")),
        ("UnTagResources", {"ResourceType": "NATGATEWAY", "All": True}, (400, "InvalidInstanceType.NotFound", "The instance type is not found")),
        ("TagResources ListTagResources", {}, NOT_FOUND),
        ("UnTagResources", {"TagKey": ["k"]}, NOT_FOUND),
        ("ListTagResources", {"ResourceId": None, "Tag": None}, (400, "BothEmpty.TagsAndResources", "The specified Tags and ResourcesIds are not allow to both empty.")),
        ("ListTagResources", {"ResourceType": None}, (400, "MissingParam.ResourceType", "The param of ResourceType is missing.")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(
    alice: Person, actions: str, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """In the same words by each of the three operations."""
    for action in actions.split():
        given = {**ONE, **parameters}
        if action == "UnTagResources":
            del given["Tag"]
        assert alice.refused(action, version=VPC, **given) == Refusal(*refusal)
