"""What DescribeNetworkInterfaces refuses."""

from typing import Any

import pytest

from tests.people import Person, Refusal


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"RegionId": None}, (400, "InvalidRegionId.MalFormed", "The specified parameter RegionId is not valid.")),
        ({"InstanceId": "web"}, (400, "InvalidInstanceID.Malformed", "The specified parameter InstanceId is not valid.")),
        ({"Status": "Lost"}, (400, "InvalidParameter", 'The specified parameter "Status" is not valid.')),
        ({"NextToken": "x"}, (400, "InvalidParameter", 'The specified parameter "NextToken" is not valid.')),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_question(
    alice: Person, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """What isn't there is no error."""
    assert alice.refused("DescribeNetworkInterfaces", **parameters) == Refusal(*refusal)
