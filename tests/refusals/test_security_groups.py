"""What is refused of security groups themselves."""

from typing import Any

import pytest

from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.networks import a_security_group
from tests.people import Person, Refusal

MANAGED = Refusal(
    403, "InvalidOperation.ResourceManagedByCloudProduct", "The security group is managed by another product."
)


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("CreateSecurityGroup", {"Tag": [{"Key": f"k{n}"} for n in range(21)]}, (403, "QuotaExceed.Tags", "There can be 20 tags at most.")),
        ("CreateSecurityGroup", {"ResourceGroupId": "group"}, (404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records.")),
        ("DescribeSecurityGroups", {"SecurityGroupName": "1st"}, (400, "InvalidSecurityGroupName.Malformed", "The specified parameter SecurityGroupName is not valid.")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(
    alice: Person, action: str, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Each has a row of its own."""
    assert alice.refused(action, **parameters) == Refusal(*refusal)


def test_an_account_that_is_held_back(alice: Person) -> None:
    """It makes and deletes no groups while another product manages them, or while it isn't authorized."""
    group = a_security_group(alice)

    hold(alice, Condition.MANAGED)
    assert alice.refused("CreateSecurityGroup") == MANAGED
    assert alice.refused("DeleteSecurityGroup", SecurityGroupId=group) == MANAGED
    hold(alice, Condition.NOT_AUTHORIZED)
    assert alice.refused("DeleteSecurityGroup", SecurityGroupId=group) == Refusal(
        401,
        "InvalidOperation.SecurityGroupNotAuthorized",
        "The specified security group is not authorized to operate.",
    )
    hold(alice)
    alice.call("DeleteSecurityGroup", SecurityGroupId=group)
