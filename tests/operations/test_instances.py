"""What becomes of instances: started, stopped, rebooted, deleted, described."""

from typing import Any

import pytest

from tests.operations.made_instances import (
    ARM_TYPE,
    UBUNTU,
    UBUNTU_ARM,
    asked,
    disks,
    image_of,
    network,
    run,
    seen,
    shared_image,
    status,
    stopped,
)
from tests.people import Person, Refusal, World

WRONG_STATUS = Refusal(
    403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation."
)
NO_SUCH_INSTANCE = Refusal(404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.")
NO_SUCH_INSTANCES = Refusal(404, "InvalidInstanceIds.NotFound", "The specified InstanceIds does not exist.")


def listed(person: Person, **filters: Any) -> list[str]:
    """Return the ids that DescribeInstances answers."""
    answer = person.call("DescribeInstances", **filters)
    return [instance["InstanceId"] for instance in answer["Instances"]["Instance"]]


def test_a_stopped_instance_is_started(world: World, alice: Person) -> None:
    """Starting, then Running."""
    instance = stopped(alice)

    alice.call("StartInstance", InstanceId=instance)
    at_first = status(alice, instance)
    world.later()

    assert (at_first, status(alice, instance)) == ("Starting", "Running")


def test_an_instance_starts_as_soon_as_it_is_made(world: World, alice: Person) -> None:
    """Libcloud starts what it created without waiting."""
    instance = alice.call("CreateInstance", **asked())["InstanceId"]

    alice.call("StartInstance", InstanceId=instance)
    at_first = status(alice, instance)
    world.later()

    assert (at_first, status(alice, instance)) == ("Starting", "Running")


@pytest.mark.parametrize("force", ["true", "false"])
def test_a_running_instance_is_stopped(world: World, alice: Person, force: str) -> None:
    """Stopping, then Stopped, by force or not."""
    vswitch, group = network(alice)
    instance = run(alice, VSwitchId=vswitch, SecurityGroupId=group)

    alice.call("StopInstance", InstanceId=instance, ForceStop=force, StoppedMode="StopCharging")
    at_first = status(alice, instance)
    world.later()

    assert (at_first, status(alice, instance)) == ("Stopping", "Stopped")
    assert seen(alice, instance)["StoppedMode"] == "StopCharging"


def test_a_running_instance_is_rebooted(world: World, alice: Person) -> None:
    """It runs again, and says since when."""
    instance = run(alice)
    before = seen(alice, instance)["StartTime"]

    alice.call("RebootInstance", InstanceId=instance)
    at_first = status(alice, instance)
    world.later()

    assert (at_first, status(alice, instance)) == ("Starting", "Running")
    assert seen(alice, instance)["StartTime"] > before


def test_what_runs_is_not_started_and_what_stands_is_not_stopped(alice: Person) -> None:
    """Each needs the other status."""
    running, standing = run(alice), stopped(alice)

    assert alice.refused("StartInstance", InstanceId=running) == WRONG_STATUS
    assert alice.refused("StopInstance", InstanceId=standing) == WRONG_STATUS
    assert alice.refused("RebootInstance", InstanceId=standing) == WRONG_STATUS


def test_nothing_is_done_while_an_instance_is_in_between(alice: Person) -> None:
    """Starting is neither running nor stopped."""
    (instance,) = alice.call("RunInstances", **asked())["InstanceIdSets"]["InstanceIdSet"]

    for action in ("StartInstance", "StopInstance", "RebootInstance"):
        assert alice.refused(action, InstanceId=instance) == WRONG_STATUS
    assert alice.refused("DeleteInstance", InstanceId=instance, Force="true") == WRONG_STATUS


def test_an_instance_whose_disk_is_being_put_back_is_not_started(alice: Person) -> None:
    """The disk has to be In_use again."""
    instance = stopped(alice)
    alice.call("ReInitDisk", DiskId=disks(alice, instance)[0]["DiskId"])

    refusal = alice.refused("StartInstance", InstanceId=instance)

    assert refusal == Refusal(403, "DiskError", "IncorrectDiskStatus.")


@pytest.mark.parametrize("action", ["StartInstance", "StopInstance", "RebootInstance", "DeleteInstance"])
def test_instances_of_others_look_missing(alice: Person, mallory: Person, action: str) -> None:
    """Another's instance and none at all are answered alike."""
    instance = run(alice)

    assert mallory.refused(action, InstanceId=instance) == NO_SUCH_INSTANCE
    assert alice.refused(action, InstanceId="i-none") == NO_SUCH_INSTANCE


def test_a_dry_run_changes_nothing(alice: Person) -> None:
    """The instance runs on."""
    instance = run(alice)

    refusal = alice.refused("StopInstance", InstanceId=instance, DryRun="true")

    assert refusal.code == "DryRunOperation"
    assert status(alice, instance) == "Running"


def test_an_instance_is_deleted_with_its_disks(world: World, alice: Person) -> None:
    """All but those that were to outlive it, which become available."""
    instance = stopped(alice, DataDisk=[{"Size": 20}, {"Size": 30, "DeleteWithInstance": "false"}])

    alice.call("DeleteInstance", InstanceId=instance)
    world.later()

    (left,) = alice.call("DescribeDisks")["Disks"]["Disk"]
    assert listed(alice) == []
    assert (left["Size"], left["Status"], left["InstanceId"]) == (30, "Available", "")
    assert left["Attachments"] == {"Attachment": []}


def test_a_running_instance_is_deleted_by_force_only(alice: Person) -> None:
    """Force is for instances that run."""
    instance = run(alice)

    assert alice.refused("DeleteInstance", InstanceId=instance) == WRONG_STATUS
    alice.call("DeleteInstance", InstanceId=instance, Force="true")

    assert listed(alice) == []


def test_an_instance_that_is_being_made_is_not_deleted(alice: Person) -> None:
    """Not even by force."""
    instance = alice.call("CreateInstance", **asked())["InstanceId"]

    refusal = alice.refused("DeleteInstance", InstanceId=instance, Force="true")

    assert refusal == Refusal(
        403,
        "IncorrectInstanceStatus.Initializing",
        "The specified instance status does not support this operation.",
    )


def test_a_protected_instance_is_not_deleted(alice: Person) -> None:
    """Alone or among others."""
    instance = stopped(alice, DeletionProtection="true")
    refusal = Refusal(
        403, "InvalidOperation.DeletionProtection", "The operation is not allowed due to deletion protection."
    )

    assert alice.refused("DeleteInstance", InstanceId=instance, Force="true") == refusal
    assert alice.refused("DeleteInstances", InstanceId=[instance], Force="true") == refusal


def test_several_instances_are_changed_at_once(world: World, alice: Person) -> None:
    """The answer says what became of each."""
    first, second = stopped(alice), stopped(alice)

    answers = [alice.call("StartInstances", InstanceId=[first, second])]
    world.later()
    answers.append(alice.call("RebootInstances", InstanceId=[first, second]))
    world.later()
    answers.append(alice.call("StopInstances", InstanceId=[first, second], ForceStop="true"))
    world.later()
    alice.call("DeleteInstances", InstanceId=[first, second])

    statuses = [
        (response["InstanceId"], response["PreviousStatus"], response["CurrentStatus"])
        for answer in answers
        for response in answer["InstanceResponses"]["InstanceResponse"]
    ]
    assert statuses == [
        (first, "Stopped", "Starting"),
        (second, "Stopped", "Starting"),
        (first, "Running", "Starting"),
        (second, "Running", "Starting"),
        (first, "Running", "Stopping"),
        (second, "Running", "Stopping"),
    ]
    assert listed(alice) == []


def test_several_instances_are_changed_together_or_not_at_all(alice: Person) -> None:
    """By default one that can't be changed keeps the other as it is."""
    running, standing = run(alice), stopped(alice)

    refusal = alice.refused("StartInstances", InstanceId=[standing, running])

    assert refusal == WRONG_STATUS
    assert status(alice, standing) == "Stopped"
    assert alice.refused("StopInstances", InstanceId=[running, standing]) == WRONG_STATUS
    assert alice.refused("RebootInstances", InstanceId=[running, standing]) == WRONG_STATUS
    assert status(alice, running) == "Running"


def test_of_several_instances_each_may_be_for_itself(alice: Person) -> None:
    """With SuccessFirst the answer has an error's code where one couldn't be changed."""
    running, standing = run(alice), stopped(alice)

    answer = alice.call("StartInstances", InstanceId=[running, standing], BatchOptimization="SuccessFirst")

    assert answer["InstanceResponses"]["InstanceResponse"] == [
        {
            "Code": "IncorrectInstanceStatus",
            "Message": WRONG_STATUS.message,
            "InstanceId": running,
            "CurrentStatus": "Running",
            "PreviousStatus": "Running",
        },
        {
            "Code": "200",
            "Message": "success",
            "InstanceId": standing,
            "CurrentStatus": "Starting",
            "PreviousStatus": "Stopped",
        },
    ]


BATCHES = pytest.mark.parametrize(
    "action", ["StartInstances", "StopInstances", "RebootInstances", "DeleteInstances"]
)


@BATCHES
def test_of_several_instances_all_are_ones_own(alice: Person, mallory: Person, action: str) -> None:
    """A single one that isn't makes the call fail, and a hundred are enough."""
    instance = run(alice)

    assert mallory.refused(action, InstanceId=[instance]) == NO_SUCH_INSTANCES
    assert alice.refused(action, InstanceId=["i-1"] * 101) == Refusal(
        403, "InvalidParameter.TooManyInstanceIds", "Instance ids cannot be more than 100."
    )


@pytest.mark.parametrize("action", ["StartInstances", "StopInstances", "RebootInstances"])
def test_no_instance_at_all_is_refused(alice: Person, action: str) -> None:
    """The list of instances is needed."""
    assert alice.refused(action) == Refusal(
        403, "InvalidInstanceId.NotFound", "InstanceId should not be null."
    )


def test_a_dry_run_on_several_instances_has_a_code_of_its_own(alice: Person) -> None:
    """DRYRUN.SUCCESS; nothing changes."""
    instance = run(alice)
    success = Refusal(400, "DRYRUN.SUCCESS", "This request is a dryrun request with successful result.")

    assert alice.refused("StartInstances", InstanceId=[stopped(alice)], DryRun="true") == success
    assert alice.refused("StopInstances", InstanceId=[instance], DryRun="true") == success
    assert alice.refused("RebootInstances", InstanceId=[instance], DryRun="true") == success
    assert alice.refused("DeleteInstances", InstanceId=[instance], Force="true", DryRun="true") == success
    assert status(alice, instance) == "Running"


def test_instances_are_deleted_together_or_not_at_all(alice: Person) -> None:
    """One that runs, or is still being made, keeps the others."""
    standing, running = stopped(alice), run(alice)
    pending = alice.call("CreateInstance", **asked())["InstanceId"]

    assert alice.refused("DeleteInstances", InstanceId=[standing, running]) == WRONG_STATUS
    assert alice.refused("DeleteInstances", InstanceId=[standing, pending]) == Refusal(
        403,
        "IncorrectInstanceStatus.Initializing",
        "The specified instance status does not support this operation.",
    )
    assert set(listed(alice)) == {standing, running, pending}


def test_a_sharees_instances_live_on_when_the_share_ends(world: World, alice: Person, bob: Person) -> None:
    """Unshared and deleted: what runs, runs on, and stops and starts as ever."""
    image = shared_image(alice, bob)
    instance = run(bob, ImageId=image)
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    alice.call("DeleteImage", ImageId=image, Force="true")

    bob.call("StopInstance", InstanceId=instance)
    world.later()
    bob.call("StartInstance", InstanceId=instance)
    world.later()

    assert (status(bob, instance), seen(bob, instance)["ImageId"]) == ("Running", image)


def test_an_account_sees_its_own_instances_in_the_calls_region(alice: Person, bob: Person) -> None:
    """Neither another's nor those of another region, asked for by id or not."""
    instance = run(alice)

    assert listed(alice) == [instance]
    assert listed(alice, RegionId="cn-beijing") == []
    assert listed(bob) == []
    assert listed(bob, InstanceIds=f'["{instance}"]') == []


def test_instances_are_found_by_what_they_are(world: World, alice: Person) -> None:
    """Each filter finds the one instance that fits."""
    vswitch, group = network(alice)
    other = run(alice, InternetMaxBandwidthOut=1)
    alice.call("CreateKeyPair", KeyPairName="mine")
    world.later()
    one = stopped(
        alice,
        ImageId=UBUNTU_ARM,
        InstanceType=ARM_TYPE,
        VSwitchId=vswitch,
        SecurityGroupId=group,
        InstanceName="web-1",
        KeyPairName="mine",
        ResourceGroupId="rg-1",
        InternetChargeType="PayByBandwidth",
        Tag=[{"Key": "team", "Value": "red"}],
    )
    outside = seen(alice, other)
    vpc = seen(alice, one)["VpcAttributes"]["VpcId"]

    for filters in (
        {"VpcId": vpc},
        {"VSwitchId": vswitch},
        {"ZoneId": "cn-hangzhou-h"},
        {"InstanceNetworkType": "vpc"},
        {"SecurityGroupId": group},
        {"InstanceIds": f'["{one}", "i-none"]'},
        {"PrivateIpAddresses": '["10.0.0.1"]'},
        {"InternetChargeType": "PayByBandwidth"},
        {"InstanceName": "web-*"},
        {"ImageId": UBUNTU_ARM},
        {"Status": "Stopped"},
        {"InstanceType": ARM_TYPE},
        {"InstanceTypeFamily": "ecs.g8y"},
        {"KeyPairName": "mine"},
        {"ResourceGroupId": "rg-1"},
        {"Tag": [{"Key": "team"}]},
        {"Tag": [{"Key": "team", "Value": "red"}]},
        {"Filter": [{"Key": "CreationStartTime", "Value": "2026-03-01T08:03Z"}]},
    ):
        assert listed(alice, **filters) == [one], filters
    for filters in (
        {"InstanceNetworkType": "classic"},
        {"InnerIpAddresses": f'["{outside["InnerIpAddress"]["IpAddress"][0]}"]'},
        {"PublicIpAddresses": f'["{outside["PublicIpAddress"]["IpAddress"][0]}"]'},
    ):
        assert listed(alice, **filters) == [other], filters
    for filters in (
        {"InstanceChargeType": "PrePaid"},
        {"LockReason": "security"},
        {"DeviceAvailable": "false"},
        {"IoOptimized": "false"},
        {"Tag": [{"Key": "team", "Value": "blue"}]},
        {"InstanceIds": "[]"},
    ):
        assert listed(alice, **filters) == [], filters


def test_instances_come_in_pages(alice: Person) -> None:
    """By number, or by the token that the page before gave."""
    alice.call("RunInstances", **asked(Amount=5))
    every = listed(alice)

    by_number = alice.call("DescribeInstances", PageNumber=2, PageSize=2)
    first = alice.call("DescribeInstances", MaxResults=3)
    second = alice.call("DescribeInstances", MaxResults=3, NextToken=first["NextToken"])

    ids = [
        [instance["InstanceId"] for instance in page["Instances"]["Instance"]]
        for page in (by_number, first, second)
    ]
    assert ids == [every[2:4], every[:3], every[3:]]
    assert (by_number["TotalCount"], by_number["PageNumber"], by_number["PageSize"]) == (5, 2, 2)
    assert (by_number["NextToken"], second["NextToken"]) == ("", "")


@pytest.mark.parametrize(
    ("filters", "http", "code", "message"),
    [
        ({"Status": "Asleep"}, 404, "InvalidStatus.NotFound", "The specified Status is not found."),
        ({"InstanceNetworkType": "x"}, 404, "InvalidNetworkType.NotFound",
         "The specified InstanceNetworkType is not found."),
        ({"InstanceChargeType": "x"}, 404, "InvalidInstanceChargeType.NotFound",
         "The InstanceChargeType does not exist in our records."),
        ({"InternetChargeType": "x"}, 404, "InvalidInternetChargeType.ValueNotSupported",
         "The specified InternetChargeType is not valid."),
        ({"LockReason": "x"}, 404, "InvalidLockReason.NotFound", "The specified LockReason is not found."),
        ({"Filter": [{"Key": "Colour"}]}, 404, "InvalidFilterKey.NotFound", "Invalid filter.Colour."),
        ({"Filter": [{"Key": "CreationEndTime", "Value": "soon"}]}, 404, "InvalidFilterValue",
         "Invalid filter.CreationEndTime."),
        ({"Tag": [{"Value": "red"}]}, 400, "InvalidTag.Mismatch",
         "The specified Tag.n.Key and Tag.n.Value are not match."),
        ({"Tag": [{"Key": "k"}] * 21}, 400, "InvalidTagCount",
         "The specified tags are beyond the permitted range."),
        ({"InstanceIds": "i-1"}, 400, "InvalidParameter",
         'The specified parameter "InstanceIds" is not valid.'),
        ({"NextToken": "?"}, 400, "InvalidParameter", 'The specified parameter "NextToken" is not valid.'),
    ],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(
    alice: Person, filters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """Rather than finding nothing, or everything."""
    assert alice.refused("DescribeInstances", **filters) == Refusal(http, code, message)


def test_the_status_of_instances_is_listed(alice: Person, bob: Person) -> None:
    """All of one's own, or those asked for, in a zone or in all."""
    running, standing = run(alice), stopped(alice)
    here = seen(alice, running)["ZoneId"]

    every = alice.call("DescribeInstanceStatus", ZoneId=here)["InstanceStatuses"]["InstanceStatus"]
    one = alice.call("DescribeInstanceStatus", InstanceId=[standing, "i-none"])
    elsewhere = alice.call("DescribeInstanceStatus", ZoneId="cn-hangzhou-h")

    assert {entry["InstanceId"]: entry["Status"] for entry in every} == {
        running: "Running",
        standing: "Stopped",
    }
    assert one["InstanceStatuses"]["InstanceStatus"] == [{"InstanceId": standing, "Status": "Stopped"}]
    assert (one["TotalCount"], one["PageNumber"], one["PageSize"]) == (1, 1, 10)
    assert elsewhere["TotalCount"] == 0
    assert bob.call("DescribeInstanceStatus")["TotalCount"] == 0


def test_a_status_is_asked_for_in_a_zone_that_there_is(alice: Person) -> None:
    """And of a hundred instances at most."""
    assert alice.refused("DescribeInstanceStatus", ZoneId="cn-beijing-a") == Refusal(
        404, "InvalidZoneId.NotFound", "The ZoneId provided does not exist in our records."
    )
    assert alice.refused("DescribeInstanceStatus", InstanceId=["i-1"] * 101) == Refusal(
        403, "InvalidParameter.TooManyInstanceIds", "Instance ids cannot be more than 100."
    )


def test_an_instance_is_made_again_from_an_image_of_itself(alice: Person) -> None:
    """The image of an instance makes the same kind of instance."""
    image = image_of(alice, run(alice, ImageId=UBUNTU))

    found = seen(alice, run(alice, ImageId=image))

    assert (found["OSName"], found["OSType"]) == ("Ubuntu  24.04 64位", "linux")
