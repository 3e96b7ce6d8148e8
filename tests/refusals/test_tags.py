"""What the operations on tags refuse."""

from typing import Any

import pytest

from tests.people import Person, Refusal

K = {"Key": "k", "Value": "v"}
MANY = {"ResourceType": "securitygroup", "ResourceId": ["sg-1"]}
TOO_MANY_IDS = {"ResourceId": [f"sg-{number}" for number in range(51)]}
TOO_MANY_TAGS = {"Tag": [{"Key": f"k{number}"} for number in range(21)]}
NO_REGION = {"RegionId": None}


@pytest.mark.parametrize(
    ("action", "parameters", "status", "code", "message"),
    [
        *(
            (action, {"Tag": [K], **parameters}, *refusal)
            for action in ("TagResources", "ListTagResources")
            for parameters, *refusal in (
                (TOO_MANY_IDS, 400, "NumberExceed.ResourceIds", "The ResourceIds parameter's number is exceed , Valid : 50."),
                (TOO_MANY_TAGS, 400, "NumberExceed.Tags", "The Tags parameter's number is exceed , Valid : 20."),
                ({"Tag": [K, K]}, 400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
                ({"Tag": [{"Key": "k" * 129}]}, 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
                ({"Tag": [{"Key": "k", "Value": "http://"}]}, 400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
                ({"Tag": [{"Value": "v"}]}, 400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match."),
                ({"Tag": None, "Tag.0.Key": "k"}, 400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
                ({"RegionId": "cn-nowhere"}, 404, "InvalidRegionId.NotFound", "The RegionId provided does not exist in our records."),
                (NO_REGION, 404, "MissingParameter.RegionId", "The parameter - RegionId should not be null."),
                ({"ResourceType": None}, 404, "MissingParameter.ResourceType", "The parameter - ResourceType should not be null."),
                ({"ResourceType": "cloud"}, 404, "InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records."),
                ({}, 404, "InvalidResourceId.NotFound", "The specified ResourceIds are not found in our records."),
            )
        ),
        ("TagResources", {"Tag": [K, {"Key": "K"}]}, 403, "TagKey.Duplication", "The TagKey has duplication with others, case-insensitive."),
        ("TagResources", {"Tag": [K], "ResourceId": None}, 404, "MissingParameter.ResourceIds", "The parameter - ResourceIds.N should not be null."),
        ("TagResources", {}, 404, "MissingParameter.Tags", "The parameter - Tags should not be null."),
        ("UntagResources", TOO_MANY_IDS, 400, "NumberExceed.ResourceIds", "The ResourceIds parameter's number is exceed , Valid : 50"),
        ("UntagResources", {"TagKey": [f"k{n}" for n in range(21)]}, 400, "NumberExceed.Tags", "The Tags parameter's number is exceed , Valid : 20"),
        ("UntagResources", {"TagKey": ["k"], "All": True}, 403, "Param.Conflict", "The specified all is true, but the specified TagKey.N is not empty."),
        ("UntagResources", {"TagKey": ["k", "k"]}, 400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
        ("UntagResources", {"TagKey": ["k" * 129]}, 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
        ("UntagResources", {"TagKey": ["acs:k"]}, 403, "NoPermission.Tag", "The operator is not permission for the tag."),
        ("UntagResources", {"TagKey.0": "k"}, 400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
        ("UntagResources", {}, 404, "MissingParameter.Tags", "The parameter - Tags should not be null"),
        ("UntagResources", {"ResourceId": None}, 404, "MissingParameter.ResourceIds", "The parameter - ResourceIds.N should not be null"),
        ("UntagResources", {"ResourceType": None}, 404, "MissingParameter.ResourceType", "The parameter - ResourceType should not be null"),
        ("UntagResources", NO_REGION, 404, "MissingParameter.RegionId", "The parameter - RegionId should not be null"),
        ("UntagResources", {"RegionId": "cn-nowhere"}, 404, "InvalidRegionId.NotFound", "The RegionId provided does not exist in our records."),
        ("UntagResources", {"All": True, "ResourceType": "cloud"}, 404, "InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records."),
        ("ListTagResources", {"ResourceId": None}, 403, "BothEmpty.TagsAndResources", "The specified Tags and ResourcesIds are not allow to both empty."),
        ("ListTagResources", {"Tag": [{"Key": "acs:rm:rgId", "Value": "rg-1"}, K]}, 400, "InvalidTag.NotSupported", "You can only specify Tag for either resource tag or resource group."),
        ("ListTagResources", {"Tag": [{"Key": "acs:rm:rgId"}]}, 400, "InvalidDefaultResourceGroup.NotSupported", "The specified parameter Tag is not support for default resource group."),
        ("ListTagResources", {"Tag": [K], "TagFilter": [{"TagKey": "k"}]}, 400, "InvalidTags.MalFormed", "The tags must be empty, when the tagFilters is not empty."),
        ("ListTagResources", {"TagFilter": "k"}, 403, "InvalidFilter.Malformed", "The specified Filter is not valid."),
        ("ListTagResources", {"TagFilter": [{"TagValues": ["v"]}]}, 403, "InvalidTagFilter.Malformed", "The specified TagFilter is not valid."),
        ("ListTagResources", {"TagFilter": [{"TagKey": "k", "TagValues": ["v"] * 6}]}, 403, "NumberExceed.TagValues", "The number of the specified TagValues is beyond permitted range, the max is 5."),
        ("ListTagResources", {"ResourceId": None, "Tag": [K], "NextToken": "x"}, 403, "Invalid.NextToken", "The specified NextToken is not valid."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_tags(
    alice: Person, action: str, parameters: dict[str, Any], status: int, code: str, message: str
) -> None:
    """Most rows are shared; UntagResources words some of them without a full stop."""
    assert alice.refused(action, **{**MANY, **parameters}) == Refusal(status, code, message)
