"""What is kept of a new instance beyond what makes it run: payment, names, disks, its primary interface."""

from typing import Any

from tests.operations.made_instances import asked, disks, image_of, network, run, seen
from tests.people import Person

BURSTABLE = "ecs.t6-c1m1.large"


def names(person: Person, answer: dict[str, Any]) -> list[str]:
    """Return the host names of the instances that RunInstances answers."""
    return [str(seen(person, one)["HostName"]) for one in answer["InstanceIdSets"]["InstanceIdSet"]]


def test_an_order_for_months_is_shown_with_its_end(alice: Person) -> None:
    """And found by how it is paid for."""
    ordered = run(alice, InstanceChargeType="PrePaid", Period=2, AutoRenew="true", AutoPay="false")
    by_use = run(alice)

    found = seen(alice, ordered)
    assert (found["InstanceChargeType"], found["ExpiredTime"]) == ("PrePaid", "2026-05-01T08:00Z")
    assert seen(alice, by_use)["ExpiredTime"] == "2099-12-31T15:59Z"
    listed = alice.call("DescribeInstances", InstanceChargeType="PrePaid")["Instances"]["Instance"]
    assert [one["InstanceId"] for one in listed] == [ordered]
    one = alice.call("DescribeInstanceAttribute", InstanceId=ordered)
    assert (one["InstanceChargeType"], one["ExpiredTime"]) == ("PrePaid", "2026-05-01T08:00Z")


def test_a_spot_instance_is_shown_as_it_was_bid_for(alice: Person) -> None:
    """With its price, its hours and its end."""
    vswitch, _ = network(alice)
    instance = run(
        alice,
        VSwitchId=vswitch,
        SpotStrategy="SpotWithPriceLimit",
        SpotPriceLimit="0.125",
        SpotDuration=0,
        SpotInterruptionBehavior="Stop",
    )

    found = seen(alice, instance)
    assert (found["SpotStrategy"], found["SpotPriceLimit"]) == ("SpotWithPriceLimit", 0.125)
    assert (found["SpotDuration"], found["SpotInterruptionBehavior"]) == (0, "Stop")
    assert "SpotDuration" not in seen(alice, run(alice))


def test_a_time_of_release_is_kept(alice: Person) -> None:
    """And shown to the minute, as all times of instances are."""
    instance = run(alice, AutoReleaseTime="2026-03-02T12:30:00Z")

    assert seen(alice, instance)["AutoReleaseTime"] == "2026-03-02T12:30Z"


def test_a_burstable_instance_says_how_it_bursts(alice: Person) -> None:
    """CreditSpecification is shown."""
    instance = run(alice, InstanceType=BURSTABLE, CreditSpecification="Unlimited")

    assert seen(alice, instance)["CreditSpecification"] == "Unlimited"


def test_an_instance_that_can_hibernate_says_so(alice: Person) -> None:
    """Its image is encrypted."""
    image = image_of(alice, run(alice, SystemDisk={"Encrypted": "true"}))

    instance = run(alice, ImageId=image, HibernationOptions={"Configured": "true"})

    assert seen(alice, instance)["HibernationOptions"] == {"Configured": True}


def test_host_names_may_be_given_one_by_one(alice: Person) -> None:
    """As many as instances."""
    answer = alice.call("RunInstances", **asked(Amount=2, HostNames=["red", "green"]))

    assert names(alice, answer) == ["red", "green"]


def test_host_names_are_numbered_as_names_are(alice: Person) -> None:
    """By brackets and by suffix."""
    by_brackets = alice.call("RunInstances", **asked(Amount=2, HostName="web-[3,2]"))
    by_suffix = alice.call("RunInstances", **asked(Amount=2, HostName="db", UniqueSuffix="true"))

    assert names(alice, by_brackets) == ["web-03", "web-04"]
    assert names(alice, by_suffix) == ["db001", "db002"]


def test_a_disk_bursts_and_has_operations_provisioned(alice: Person) -> None:
    """Both are shown of a cloud_auto disk."""
    auto = {"Category": "cloud_auto", "Size": 64, "ProvisionedIops": 100, "BurstingEnabled": "true"}

    root, data = disks(alice, run(alice, SystemDisk=auto, DataDisk=[auto]))

    for disk in (root, data):
        assert (disk["ProvisionedIops"], disk["BurstingEnabled"]) == (100, True)


def test_a_primary_interface_says_where_the_instance_is(alice: Person) -> None:
    """Instead of VSwitchId, SecurityGroupIds and PrivateIpAddress."""
    vswitch, group = network(alice)
    primary = {
        "InstanceType": "Primary",
        "VSwitchId": vswitch,
        "SecurityGroupIds": [group],
        "PrimaryIpAddress": "10.0.0.77",
        "NetworkInterfaceName": "front",
        "Description": "faces the world",
        "NetworkCardIndex": 0,
        "QueueNumber": 2,
    }

    found = seen(alice, run(alice, NetworkInterface=[primary], NetworkInterfaceQueueNumber=2))

    assert found["VpcAttributes"]["VSwitchId"] == vswitch
    assert found["VpcAttributes"]["PrivateIpAddress"] == {"IpAddress": ["10.0.0.77"]}
    assert found["SecurityGroupIds"] == {"SecurityGroupId": [group]}


def test_what_asks_for_nothing_special_is_taken(alice: Person) -> None:
    """Defaults that are spelled out, of features that are refused otherwise."""
    run(
        alice,
        Tenancy="default",
        Affinity="default",
        IoOptimized="optimized",
        PrivatePoolOptions={"MatchCriteria": "Open"},
        HibernationOptions={"Configured": "false"},
        CpuOptions={"Core": 1, "ThreadsPerCore": 2},
        ClockOptions={"PtpStatus": "disabled"},
        NetworkOptions={"BandwidthWeighting": "Default", "EnableNetworkEncryption": "false"},
        ImageOptions={"LoginAsNonRoot": "false"},
        Period=7,
        AutoRenewPeriod=7,
        SpotStrategy="NoSpot",
    )
