"""Another type for an instance, and another bandwidth to the internet."""

from tests.operations.made_instances import run, seen, stopped
from tests.people import Person


def test_a_stopped_instance_gets_another_type(alice: Person) -> None:
    """Shown at once; the one that it has already is no change."""
    instance = stopped(alice)

    alice.call("ModifyInstanceSpec", InstanceId=instance, InstanceType="ecs.g7.xlarge", Async=True)
    alice.call("ModifyInstanceSpec", InstanceId=instance, InstanceType="ecs.g7.xlarge")
    now = seen(alice, instance)
    alice.call("StartInstance", InstanceId=instance)

    assert (now["InstanceType"], now["Cpu"], now["Memory"]) == ("ecs.g7.xlarge", 4, 16384)


def test_a_running_instance_gets_another_bandwidth(alice: Person) -> None:
    """And an address in the internet, if it had no way out until now; it keeps that."""
    instance = run(alice)

    alice.call(
        "ModifyInstanceSpec", InstanceId=instance, InternetMaxBandwidthOut=5, InternetMaxBandwidthIn=50
    )
    out = seen(alice, instance)
    alice.call("ModifyInstanceSpec", InstanceId=instance, InternetMaxBandwidthOut=0)
    closed = seen(alice, instance)

    assert (out["InternetMaxBandwidthOut"], out["InternetMaxBandwidthIn"]) == (5, 50)
    assert len(out["PublicIpAddress"]["IpAddress"]) == 1
    assert (closed["InternetMaxBandwidthOut"], closed["InternetMaxBandwidthIn"]) == (0, 50)
    assert closed["PublicIpAddress"] == out["PublicIpAddress"]


def test_a_call_that_asks_for_nothing_changes_nothing(alice: Person) -> None:
    """A dry run doesn't either."""
    instance = stopped(alice)
    before = seen(alice, instance)

    alice.call("ModifyInstanceSpec", InstanceId=instance)
    dry = alice.refused("ModifyInstanceSpec", InstanceId=instance, InstanceType="ecs.g7.xlarge", DryRun=True)

    assert dry.code == "DryRunOperation"
    assert seen(alice, instance) == before
