"""What the older operations on tags refuse, and JoinResourceGroup."""

from typing import Any

import pytest

from tests.people import Person, Refusal

K = {"Key": "k", "Value": "v"}
NO_SUCH_TYPE = (
    404,
    "InvalidResourceType.NotFound",
    "The ResourceType provided does not exist in our records.",
)
ONE = {"ResourceType": "securitygroup", "ResourceId": "sg-1"}
NO_SUCH_REGION = (404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
TOO_MANY = (400, "InvalidTagCount", "The specified tags are beyond the permitted range.")
TWENTY_ONE = {"Tag": [{"Key": f"k{number}"} for number in range(21)]}
BAD_KEY = (400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.")
BAD_VALUE = (400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid.")


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("AddTags", {**ONE, **TWENTY_ONE}, TOO_MANY),
        ("AddTags", {**ONE, "Tag": [{"Key": "aliyun"}]}, BAD_KEY),
        ("AddTags", {**ONE, "Tag": [{"Key": "k", "Value": "v" * 129}]}, BAD_VALUE),
        ("AddTags", {**ONE, "Tag": [{"Value": "v"}]}, (400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match.")),
        ("AddTags", {**ONE, "Tag": [K, K]}, (400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.")),
        ("AddTags", {**ONE, "Tag": [K, {"Key": "K"}]}, (403, "TagKey.Duplication", "The TagKey has duplication with others, case-insensitive.")),
        ("AddTags", {**ONE, "Tag": [K], "RegionId": "cn-nowhere"}, NO_SUCH_REGION),
        ("AddTags", {**ONE, "Tag": [K], "ResourceType": "cloud"}, NO_SUCH_TYPE),
        ("RemoveTags", {**ONE, **TWENTY_ONE}, TOO_MANY),
        ("RemoveTags", {**ONE, "Tag": [{"Value": "v"}]}, BAD_KEY),
        ("RemoveTags", {**ONE, "RegionId": "cn-nowhere"}, NO_SUCH_REGION),
        ("RemoveTags", {**ONE, "ResourceType": "cloud"}, NO_SUCH_TYPE),
        ("DescribeTags", TWENTY_ONE, TOO_MANY),
        ("DescribeTags", {"Tag": [{"Key": "acs:"}]}, (400, "InvalidTagKey.Malformed", "The parameter Tag.n.Key is illegal.")),
        ("DescribeTags", {"Tag": [{"Key": "k", "Value": "https://"}]}, (400, "InvalidTagValue.Malformed", "The parameter Tag.n.Value is illegal.")),
        ("DescribeTags", {"Category": "mine"}, (400, "Invalid.TagCategory", "The parameter Category is illegal.")),
        ("DescribeTags", {"RegionId": "cn-nowhere"}, NO_SUCH_REGION),
        ("DescribeTags", {"ResourceType": "cloud"}, NO_SUCH_TYPE),
        ("DescribeResourceByTags", TWENTY_ONE, TOO_MANY),
        ("DescribeResourceByTags", {"RegionId": "cn-nowhere"}, NO_SUCH_REGION),
        ("DescribeResourceByTags", {"ResourceType": "cloud"}, NO_SUCH_TYPE),
        ("JoinResourceGroup", {"ResourceGroupId": "rg-1"}, (403, "MissingParameter", 'The input parameter "ResourceId" that is mandatory for processing this request is not supplied.')),
        ("JoinResourceGroup", {**ONE, "ResourceGroupId": "rg-1", "ResourceType": "cloud"}, NO_SUCH_TYPE),
        ("JoinResourceGroup", {**ONE, "ResourceGroupId": "group"}, (404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records.")),
        ("JoinResourceGroup", {**ONE, "ResourceGroupId": "rg-1"}, (404, "InvalidResourceId.NotFound", "The ResourceId provided does not exist in our records.")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(
    alice: Person, action: str, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Each of these older operations words it in its own way."""
    assert alice.refused(action, **parameters) == Refusal(*refusal)
