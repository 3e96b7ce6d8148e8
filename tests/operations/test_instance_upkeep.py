"""What Terraform always asks of an instance, and what there is to say."""

from tests.operations.made_instances import run
from tests.people import Person, Refusal


def test_nothing_special_happens_in_maintenance(alice: Person, bob: Person) -> None:
    """The usual action, at any time, without notice; another's instance is left out."""
    mine, theirs = run(alice), run(bob)

    answer = alice.call("DescribeInstanceMaintenanceAttributes", InstanceId=[mine, theirs])
    (found,) = answer["MaintenanceAttributes"]["MaintenanceAttribute"]

    assert found == {
        "InstanceId": mine,
        "NotifyOnMaintenance": False,
        "ActionOnMaintenance": {
            "Value": "AutoRecover",
            "DefaultValue": "AutoRecover",
            "SupportedValues": {"SupportedValue": ["AutoRecover", "AutoRedeploy", "Stop"]},
        },
        "MaintenanceWindows": {"MaintenanceWindow": []},
    }


def test_an_instance_is_in_no_private_pool(alice: Person, bob: Person) -> None:
    """Another's instance is left out."""
    mine, theirs = run(alice), run(bob)

    answer = alice.call("DescribeInstanceAttachmentAttributes", InstanceIds=f'["{mine}","{theirs}"]')

    assert answer["Instances"]["Instance"] == [
        {"InstanceId": mine, "PrivatePoolOptionsId": "", "PrivatePoolOptionsMatchCriteria": "None"}
    ]


def test_ids_that_are_no_list_are_refused(alice: Person) -> None:
    """InstanceIds is a JSON array."""
    assert alice.refused("DescribeInstanceAttachmentAttributes", InstanceIds="i-1") == Refusal(
        400, "InvalidParameter", 'The specified parameter "InstanceIds" is not valid.'
    )
