"""Disks and snapshots whose key can't be used: what is refused until it can, and for good once it is gone."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.keys import a_key, kms
from tests.operations.lent import own_disk
from tests.operations.made_instances import disks, network, run, stopped, system_disk
from tests.people import REGION, Person, Refusal, World

DAY = 24 * 60 * 60
THERE = "cn-beijing"
ZONE = f"{REGION}-b"
ON = "InvalidParameter.KMSKeyId"
NOT_ENABLED = Refusal(403, f"{ON}.CMKNotEnabled", "The CMK needs to be enabled.")
NO_ACCESS = Refusal(403, f"{ON}.KMSUnauthorized", "ECS service have no right to access your KMS.")
UNTAGGED = Refusal(403, f"{ON}.CMKUnauthorized", "The CMK needs to be added ECS tag.")
NO_KEY = "The specified KMSKeyId does not exist."
BATCH = Refusal(400, f"{ON}.CMKNotEnabled", "The CMK needs to be added ECS tag")
BATCH_NO_ACCESS = Refusal(
    400, f"{ON}.KMSUnauthorized", "ECS service account have no right to access your KMS."
)
NO_TAGGING = Refusal(
    403,
    f"{ON}.CMKUnauthorized",
    "The CMK(Customer Master Key) lacks authorization to add tags to the ECS service.",
)

Setup = Callable[[Person, str], Callable[[], Refusal]]
"""Makes something with a key, and returns the call that is refused once the key is unfit."""


def starting(person: Person, key: str) -> Callable[[], Refusal]:
    """A stopped instance."""
    instance = stopped(person, **own_disk(key))
    return lambda: person.refused("StartInstance", InstanceId=instance)


def starting_all(person: Person, key: str) -> Callable[[], Refusal]:
    """A stopped instance, in a batch."""
    instance = stopped(person, **own_disk(key))
    return lambda: person.refused("StartInstances", InstanceId=[instance])


def rebooting(person: Person, key: str) -> Callable[[], Refusal]:
    """A running instance."""
    instance = run(person, **own_disk(key))
    return lambda: person.refused("RebootInstance", InstanceId=instance)


def rebooting_all(person: Person, key: str) -> Callable[[], Refusal]:
    """A running instance, in a batch."""
    instance = run(person, **own_disk(key))
    return lambda: person.refused("RebootInstances", InstanceId=[instance])


def in_a_vpc(person: Person) -> dict[str, str]:
    """Return what is said of the place of an instance whose machine can be given back."""
    vswitch, group = network(person)
    return {"VSwitchId": vswitch, "SecurityGroupId": group}


def giving_back(person: Person, key: str) -> Callable[[], Refusal]:
    """A running instance whose machine is given back."""
    instance = run(person, **own_disk(key), **in_a_vpc(person))
    return lambda: person.refused("StopInstance", InstanceId=instance, StoppedMode="StopCharging")


def giving_back_all(person: Person, key: str) -> Callable[[], Refusal]:
    """The same in a batch."""
    instance = run(person, **own_disk(key), **in_a_vpc(person))
    return lambda: person.refused("StopInstances", InstanceId=[instance], StoppedMode="StopCharging")


def a_disk(person: Person, key: str) -> str:
    """Make a disk that is attached to nothing."""
    said = {"Size": 50, "DiskCategory": "cloud_essd", "Encrypted": True, "KMSKeyId": key}
    disk = person.call("CreateDisk", ZoneId=ZONE, **said)["DiskId"]
    person.world.later()
    return str(disk)


def attaching(person: Person, key: str) -> Callable[[], Refusal]:
    """A disk that is attached to nothing."""
    instance, disk = run(person), a_disk(person, key)
    return lambda: person.refused("AttachDisk", InstanceId=instance, DiskId=disk)


def resizing(person: Person, key: str) -> Callable[[], Refusal]:
    """A disk that shall grow."""
    disk = a_disk(person, key)
    return lambda: person.refused("ResizeDisk", DiskId=disk, NewSize=60)


def resetting(person: Person, key: str) -> Callable[[], Refusal]:
    """A disk and its snapshot."""
    disk, snapshot = a_disk_and_snapshot(person, key)
    return lambda: person.refused("ResetDisk", DiskId=disk, SnapshotId=snapshot)


def reinitializing(person: Person, key: str) -> Callable[[], Refusal]:
    """A disk put back to its image."""
    disk = system_disk(person, stopped(person, **own_disk(key)))["DiskId"]
    return lambda: person.refused("ReInitDisk", DiskId=disk)


def keeping(person: Person, key: str) -> Callable[[], Refusal]:
    """A snapshot of a disk."""
    disk = system_disk(person, run(person, **own_disk(key)))["DiskId"]
    return lambda: person.refused("CreateSnapshot", DiskId=disk)


def imaging(person: Person, key: str) -> Callable[[], Refusal]:
    """An image of an instance."""
    instance = run(person, **own_disk(key))
    return lambda: person.refused("CreateImage", InstanceId=instance)


def a_disk_and_snapshot(person: Person, key: str) -> tuple[str, str]:
    """Make an encrypted data disk of a stopped instance, and a snapshot of it."""
    said = {"Size": 50, "Encrypted": "true", "KMSKeyId": key}
    instance = run(person, DataDisk=[said])
    _, disk = disks(person, instance)
    snapshot = person.call("CreateSnapshot", DiskId=disk["DiskId"])["SnapshotId"]
    person.world.later()
    person.call("StopInstance", InstanceId=instance)
    person.world.later()
    return str(disk["DiskId"]), str(snapshot)


def copying(person: Person, key: str) -> Callable[[], Refusal]:
    """A copy of a snapshot."""
    _, snapshot = a_disk_and_snapshot(person, key)
    return lambda: person.refused("CopySnapshot", **copied(snapshot, Encrypted=True))


def copied(snapshot: str, **said: Any) -> dict[str, Any]:
    """Return what a call says that copies a snapshot."""
    return {
        "SnapshotId": snapshot,
        "DestinationRegionId": THERE,
        "DestinationSnapshotName": "there",
        "DestinationSnapshotDescription": "a copy",
        **said,
    }


def with_text(refusal: Refusal) -> Refusal:
    """Return what RebootInstance makes of a refusal: its own row, with the same words."""
    status = 404 if refusal.code.endswith("NotFound") else 403
    return Refusal(status, refusal.code, refusal.message)


GONE = Refusal(403, f"{ON}.NotFound", NO_KEY)

UNREADABLE: list[tuple[Setup, Refusal, Refusal, Refusal, Refusal]] = [
    (starting, NOT_ENABLED, GONE, NO_ACCESS, UNTAGGED),
    (starting_all, BATCH, BATCH, BATCH_NO_ACCESS, BATCH),
    (rebooting, NOT_ENABLED, with_text(GONE), NO_ACCESS, UNTAGGED),
    (rebooting_all, BATCH, BATCH, BATCH_NO_ACCESS, BATCH),
    (
        giving_back,
        NOT_ENABLED,
        Refusal(403, "InvalidOperation.KMSKeyIdNotFound", "The specified KMSKeyId not found, KEY."),
        NO_ACCESS,
        Refusal(403, f"{ON}.CMKUnauthorized", "The CMK needs to be added ECS tag"),
    ),
    (
        giving_back_all,
        BATCH,
        Refusal(403, "InvalidOperation.KMSKeyIdNotFound", "The specified KMSKeyId not found, KEY."),
        BATCH_NO_ACCESS,
        BATCH,
    ),
    (
        attaching,
        NOT_ENABLED,
        Refusal(404, "InvalidKMSKeyId.NotFound", "The KMS key used by the disk does not exist."),
        NO_ACCESS,
        UNTAGGED,
    ),
    (resizing, NOT_ENABLED, NOT_ENABLED, NO_ACCESS, UNTAGGED),
    (resetting, NOT_ENABLED, Refusal(404, f"{ON}.NotFound", NO_KEY), NO_ACCESS, UNTAGGED),
    (reinitializing, NOT_ENABLED, NOT_ENABLED, NO_ACCESS, UNTAGGED),
    (
        keeping,
        NOT_ENABLED,
        Refusal(400, f"{ON}.NotFound", NO_KEY),
        NO_ACCESS,
        Refusal(403, f"{ON}.CMKUnauthorized", "ECS tags must be added to the CMK."),
    ),
    (
        imaging,
        NOT_ENABLED,
        Refusal(400, "OperationDenied", "Not support creating system image from an encrypted snapshot/disk."),
        NO_ACCESS,
        UNTAGGED,
    ),
    (
        copying,
        Refusal(403, f"{ON}.CMKNotEnabled", "The CMK (Customer Master Key) must be in an active state."),
        Refusal(
            403,
            "InvalidSnapshotId.EncryptedNotSupport",
            "The specified snapshot  with encrypted does not support copy.",
        ),
        NO_ACCESS,
        NO_TAGGING,
    ),
]


@pytest.mark.parametrize(("setup", "disabled", "gone", "closed", "untagged"), UNREADABLE)
def test_a_disk_needs_its_key(
    alice: Person, setup: Setup, disabled: Refusal, gone: Refusal, closed: Refusal, untagged: Refusal
) -> None:
    """Closed to ECS, without ECS's tag, disabled, gone."""
    key = a_key(alice)
    refused = setup(alice, key)

    hold(alice, Condition.NO_KMS_ACCESS)
    assert refused() == closed
    hold(alice, Condition.UNTAGGED_KEYS)
    assert refused() == untagged
    hold(alice)
    kms(alice, "DisableKey", KeyId=key)
    assert refused() == disabled
    kms(alice, "EnableKey", KeyId=key)
    kms(alice, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    alice.world.later(7 * DAY)
    assert refused() == replace(gone, message=gone.message.replace("KEY", key))


def test_an_instance_runs_on_and_stops_without_its_key(alice: Person) -> None:
    """As long as its machine isn't given back; with the key it starts again."""
    key = a_key(alice)
    instance = run(alice, **own_disk(key))
    kms(alice, "DisableKey", KeyId=key)

    alice.call("StopInstance", InstanceId=instance)
    alice.world.later()
    kms(alice, "EnableKey", KeyId=key)
    alice.call("StartInstance", InstanceId=instance)


NOT_OPEN = Refusal(
    400,
    "InvalidParameter.Encrypted.KmsNotEnable",
    "Failed to perform this operation because KMS is not activated.",
)
NOT_OPEN_FOR_KEY = Refusal(403, "InvalidOperation.KMSServiceNotOpen", "KMS service is currently not open.")


@pytest.mark.parametrize(("action", "many"), [("StopInstance", False), ("StopInstances", True)])
@pytest.mark.parametrize(("with_key", "refusal"), [(False, NOT_OPEN), (True, NOT_OPEN_FOR_KEY)])
def test_a_machine_is_not_given_back_without_kms(
    alice: Person, action: str, many: bool, with_key: bool, refusal: Refusal
) -> None:
    """The account closed it while the instance ran; one without encrypted disks is given back."""
    disk = own_disk(a_key(alice)) if with_key else {"SystemDisk": {"Encrypted": "true"}}
    place = in_a_vpc(alice)
    instance, plain = run(alice, **disk, **place), run(alice, **place)
    hold(alice, Condition.NO_KMS)

    def ids(id: str) -> Any:
        return [id] if many else id

    assert alice.refused(action, InstanceId=ids(instance), StoppedMode="StopCharging") == refusal
    alice.call(action, InstanceId=ids(plain), StoppedMode="StopCharging")


# --- Copies of snapshots ------------------------------------------------------------------------------------


def test_a_copied_snapshot_is_encrypted_anew(alice: Person) -> None:
    """With a key of the other region, or with ECS's own there."""
    key = a_key(alice, RegionId=THERE)
    _, snapshot = a_disk_and_snapshot(alice, a_key(alice))

    first = alice.call("CopySnapshot", **copied(snapshot, Encrypted=True, KMSKeyId=key))["SnapshotId"]
    alice.world.later()
    second = alice.call("CopySnapshot", **copied(snapshot, Encrypted=True))["SnapshotId"]

    services = kms(alice, "DescribeKey", KeyId="alias/acs/ecs", RegionId=THERE)["KeyMetadata"]["KeyId"]
    answer = alice.call("DescribeSnapshots", RegionId=THERE, SnapshotIds=json.dumps([first, second]))
    found = {one["SnapshotId"]: one["KMSKeyId"] for one in answer["Snapshots"]["Snapshot"]}
    assert found == {first: key, second: services}


def test_a_copied_snapshot_keeps_its_algorithm(make_world: Callable[..., World]) -> None:
    """So that the region has to have it."""
    carol = make_world(without=frozenset({(Feature.SM4, THERE)})).person("carol")
    said = {"Size": 50, "Encrypted": "true", "EncryptAlgorithm": "sm4-128"}
    _, disk = disks(carol, run(carol, DataDisk=[said]))
    snapshot = carol.call("CreateSnapshot", DiskId=disk["DiskId"])["SnapshotId"]
    carol.world.later()

    assert carol.refused("CopySnapshot", **copied(snapshot, Encrypted=True)) == Refusal(
        403,
        "InvalidRegionId.NotSupportEncryptAlgorithm",
        "The current region does not support creating encrypted disks with EncryptAlgorithm.",
    )


def test_one_encrypted_copy_of_a_disk_at_a_time(alice: Person) -> None:
    """Until it is done, there is neither another one nor a new snapshot."""
    disk, snapshot = a_disk_and_snapshot(alice, a_key(alice))
    alice.call("CopySnapshot", **copied(snapshot, Encrypted=True))
    unfinished = Refusal(
        403,
        "InvalidOperation.UnfinishedEncryptedSnapshotCopy",
        "This disk has unfinished encrypted copy snapshots in the target region.",
    )

    assert alice.refused("CopySnapshot", **copied(snapshot, Encrypted=True)) == unfinished
    assert alice.refused("CreateSnapshot", DiskId=disk) == unfinished
    alice.world.later()
    alice.call("CreateSnapshot", DiskId=disk)
