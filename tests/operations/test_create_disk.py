"""Making a disk by itself: what it is then, and everything that is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.made_disks import ANOTHER_ZONE, ZONE, detached, new_disk, shown, snapshot_of
from tests.operations.made_instances import asked, disks, run, stopped, system_disk
from tests.people import REGION, Person, Refusal, World

ASKED = {"ZoneId": ZONE, "DiskCategory": "cloud_essd", "Size": 20}
REGIONAL = {"DiskCategory": "cloud_regional_disk_auto", "ZoneId": None}


def refused(person: Person, **parameters: Any) -> Refusal:
    """Ask for a disk that can't be."""
    return person.refused("CreateDisk", **{**ASKED, **parameters})


def test_a_disk_is_made(world: World, alice: Person) -> None:
    """Creating, then Available; it is shown as it was asked for, attached to nothing."""
    disk = alice.call(
        "CreateDisk",
        **ASKED,
        DiskName="data",
        Description="What is kept",
        Encrypted="true",
        ResourceGroupId="rg-1",
        Tag=[{"Key": "team", "Value": "red"}],
    )["DiskId"]
    at_first = shown(alice, disk)["Status"]
    world.later()

    found = shown(alice, disk)
    assert (at_first, found["Status"]) == ("Creating", "Available")
    assert (found["ZoneId"], found["Size"], found["Category"]) == (ZONE, 20, "cloud_essd")
    assert (found["PerformanceLevel"], found["Type"], found["Portable"]) == ("PL1", "data", True)
    assert (found["DiskName"], found["Description"], found["Encrypted"]) == ("data", "What is kept", True)
    assert (found["ResourceGroupId"], found["Tags"]) == (
        "rg-1",
        {"Tag": [{"TagKey": "team", "TagValue": "red"}]},
    )
    assert (found["InstanceId"], found["Device"], found["DeleteWithInstance"]) == ("", "", False)
    assert found["Attachments"] == {"Attachment": []}


def test_a_disk_is_made_of_a_snapshot(alice: Person) -> None:
    """It is as large as that if nothing is said, and as encrypted."""
    _, source = disks(alice, run(alice, DataDisk=[{"Size": 50, "Encrypted": "true"}]))
    snapshot = snapshot_of(alice, source["DiskId"])

    same = shown(alice, new_disk(alice, SnapshotId=snapshot, Size=None))
    larger = shown(alice, new_disk(alice, SnapshotId=snapshot, Size=60))

    assert (same["Size"], larger["Size"]) == (50, 60)
    assert (same["SourceSnapshotId"], same["Encrypted"]) == (snapshot, True)


def test_a_disk_of_cloud_auto_bursts_and_has_more_iops(alice: Person) -> None:
    """Both are kept and shown."""
    disk = new_disk(
        alice, DiskCategory="cloud_auto", Size=100, BurstingEnabled="true", ProvisionedIops=10_000
    )

    found = shown(alice, disk)
    assert (found["BurstingEnabled"], found["ProvisionedIops"]) == (True, 10_000)


def test_a_regional_disk_is_in_all_zones(alice: Person) -> None:
    """It has no zone of its own."""
    found = shown(alice, new_disk(alice, **REGIONAL))

    assert found["ZoneId"] == ""
    assert {ZONE, ANOTHER_ZONE} <= set(found["Placement"]["ZoneIds"].split(","))


def test_an_ephemeral_disk_goes_with_its_instance(alice: Person) -> None:
    """From the beginning."""
    disk = new_disk(alice, DiskCategory="elastic_ephemeral_disk_premium", Size=64)

    assert shown(alice, disk)["DeleteWithInstance"] is True


def test_a_repeated_call_makes_one_disk(alice: Person) -> None:
    """Under one ClientToken the answer is that of the first call."""
    first = alice.call("CreateDisk", **ASKED, ClientToken="once")

    assert alice.call("CreateDisk", **ASKED, ClientToken="once")["DiskId"] == first["DiskId"]
    assert alice.call("DescribeDisks")["TotalCount"] == 1


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"RegionId": "cn-nowhere"}, 404, "InvalidRegionId.NotFound",
         "The specified RegionId does not exist."),
        ({"Size": 0}, 400, "InvalidSize.ValueNotSupported", "The specified parameter Size is not valid."),
        ({"DiskName": "1"}, 400, "InvalidDiskName.Malformed", "The specified disk name is wrongly formed."),
        ({"Description": "x"}, 400, "InvalidDescription.Malformed",
         "The specified description is wrongly formed."),
        ({"Size": None}, 400, "MissingParameter",
         'The input parameter either "SnapshotId" or "Size" should be specified.'),
        ({"ZoneId": None}, 400, "MissingParameter",
         'The input parameter "ZoneId" that is mandatory for processing this request is not supplied.'),
        ({"DiskCategory": "tape"}, 400, "InvalidDiskCategory.ValueNotSupported",
         'The specified parameter "DiskCategory" is not valid.'),
        ({"AdvancedFeatures": "{}"}, 403, "InvalidParameter.AdvancedFeatures",
         "The specified parameter AdvancedFeatures is not valid."),
        ({"StorageSetId": "one"}, 403, "InvalidParameter.StorageSetId",
         "Specified parameter StorageSetId is not valid."),
        ({"StorageSetPartitionNumber": 2}, 403, "InvalidParameter.StorageSetPartitionNumber",
         "Specified parameter StorageSetPartitionNumber is not valid."),
        ({"Tag": [{"Key": f"k{n}"} for n in range(21)]}, 403, "QuotaExceed.Tags",
         "The maximum number of tags per resource is 20."),
        ({"Tag": [{"Key": "acs:k"}]}, 400, "InvalidTagKey.Malformed",
         "The specified Tag.n.Key is not valid."),
        ({"Tag": [{"Key": "k", "Value": "v" * 129}]}, 400, "InvalidTagValue.Malformed",
         "The specified Tag.n.Value is not valid."),
        ({"Tag": [{"Key": "k"}, {"Key": "k"}]}, 400, "Duplicate.TagKey",
         "The Tag.N.Key contain duplicate key."),
        ({"InstanceId": "i-1"}, 403, "InvalidParam.ZoneIdAndInstanceId.Conflict",
         "The specified parameter 'ZoneId' and 'InstanceId' are not blank at the same time."),
        ({"InstanceId": "i-1", "ZoneId": None}, 404, "InvalidInstanceId.NotFound",
         "The InstanceId provided does not exist in our records."),
        ({"StorageClusterId": "dbsc-1", "StorageSetId": "ss-1"}, 400,
         "InvalidStorageClusterId.ConflictWithStorageSetId",
         "The specified StorageClusterId is in conflict with storageSetId."),
        ({"StorageClusterId": "dbsc-1", "InstanceId": "i-1", "ZoneId": None}, 400,
         "InvalidStorageClusterId.ConflictWithInstanceId",
         "The specified StorageClusterId is in conflict with instanceId."),
        ({"StorageSetId": "ss-1"}, 400, "InvalidStorageSetId.NotFound",
         "The specified storage set does not exist."),
        ({"StorageClusterId": "dbsc-1"}, 404, "InvalidStorageClusterId.NotExist",
         "The specified StorageClusterId does not exist in current region."),
        ({**REGIONAL, "ZoneId": ZONE}, 400, "InvalidZoneId.DiskCategoryUnsupported",
         "The specified disk category does not support setting the ZoneId."),
        ({**REGIONAL, "StorageSetId": "ss-1"}, 400, "InvalidStorageSetId.DiskCategoryUnsupported",
         "The specified disk category does not support setting the StorageSetId."),
        ({**REGIONAL, "StorageClusterId": "dbsc-1"}, 400, "InvalidStorageClusterId.DiskCategoryUnsupported",
         "The specified disk category does not support setting the StorageClusterId."),
        ({"DiskCategory": "elastic_ephemeral_disk_standard", "SnapshotId": "s-1"}, 403,
         "InvalidOperation.CreateFromSnapshotUnsupported",
         "The elastic ephemeral disk cannot be created from snapshot."),
        ({"ProvisionedIops": 1}, 400, "ProvisionedIopsForDiskCategoryUnsupported",
         "The specified disk category does not support provisioned iops."),
        ({"BurstingEnabled": "true"}, 400, "BurstingEnabledForDiskCategoryUnsupported",
         "The specified disk category does not support bursting enabled."),
        ({"DiskCategory": "cloud_auto", "ProvisionedIops": 50_000}, 400, "InvalidProvisionedIops.LimitExceed",
         "The provisioned iops exceeds the limit."),
        ({"DiskCategory": "cloud_auto", "BurstingEnabled": "true", "Size": 3}, 400,
         "InvalidBurstingEnabled.DiskSizeTooSmall",
         "The disk size must be greater than 3 GiB to enable burst."),
        ({"ZoneId": "cn-beijing-a"}, 404, "InvalidZoneId.NotFound", "The specified zone does not exist."),
        ({"SnapshotId": "s-1"}, 404, "InvalidSnapshotId.NotFound",
         "The specified SnapshotId does not exist."),
        ({"DiskCategory": "cloud_ssd", "Size": 19}, 400, "InvalidDiskSize.NotSupported",
         "The specified parameter size is not valid."),
        ({"DiskCategory": "cloud_ssd", "Size": 32769}, 403, "InvalidDataDiskSize.ValueNotSupported",
         "The specified disk size is beyond the permitted range, or the snapshot capacity exceeds the"
         " size limit"
         " for the specified disk category."),
        ({"PerformanceLevel": "PL9"}, 400, "InvalidPerformanceLevel.Malformed",
         "The specified parameter PerformanceLevel is not valid."),
        ({"PerformanceLevel": "PL2"}, 403, "OperationDenied.PerformanceLevelNotMatch",
         "The specified PerformanceLevel and Size do not match."),
    ],
)  # fmt: skip
def test_a_disk_that_cannot_be_is_refused(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """And none is made."""
    assert refused(alice, **parameters) == Refusal(http, code, message)
    assert alice.call("DescribeDisks")["TotalCount"] == 0


@pytest.mark.parametrize(
    ("size", "parameters", "http", "code", "message"),
    [
        (50, {"Size": 49}, 403, "InvalidDiskSize.TooSmall",
         "Specified disk size is less than the size of snapshot."),
        (50, {"Encrypted": "false"}, 403, "InvalidEncrypted.NotMatchSnapshot",
         "The specified parameter Encrypted must be set to true when creating disks with encrypted"
         " snapshots."),
        (2001, {"DiskCategory": "cloud"}, 403, "InvalidSnapshot.TooLarge",
         "The capacity of snapshot exceeds 2000GB."),
        (33_000, {"DiskCategory": "cloud_ssd"}, 400, "InvalidDiskSizeOrCategory",
         "The specified disk category or size is invalid."),
    ],
)  # fmt: skip
def test_a_disk_that_does_not_fit_its_snapshot_is_refused(
    alice: Person, size: int, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """In size, category or encryption."""
    data = {"Size": size, "Category": "cloud_essd", "Encrypted": "true"}
    _, source = disks(alice, run(alice, DataDisk=[data]))
    snapshot = snapshot_of(alice, source["DiskId"])

    refusal = refused(alice, **{"SnapshotId": snapshot, "Size": None, **parameters})

    assert refusal == Refusal(http, code, message)


def test_what_a_disk_is_made_of_is_a_complete_snapshot_of_a_data_disk(world: World, alice: Person) -> None:
    """A local one makes disks of the ESSD family only."""
    system, data = disks(alice, run(alice, DataDisk=[{"Size": 50, "Category": "cloud_essd"}]))
    under_way = alice.call("CreateSnapshot", DiskId=data["DiskId"])["SnapshotId"]
    not_ready = refused(alice, SnapshotId=under_way, Size=None)
    world.later()
    of_system = refused(alice, SnapshotId=snapshot_of(alice, system["DiskId"]), Size=None)
    local = snapshot_of(alice, data["DiskId"], Category="flash")
    conflict = refused(alice, SnapshotId=local, Size=None, DiskCategory="cloud_ssd")

    assert not_ready == Refusal(
        403, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet."
    )
    assert of_system == Refusal(
        403, "InvalidSnapshotId.NotDataDiskSnapshot", "The specified snapshot is system disk snapshot."
    )
    assert conflict == Refusal(
        400,
        "InvalidDiskCategory.ConflictSnapshotCategory",
        "The specified disk category conflict with snapshot category.",
    )
    new_disk(alice, SnapshotId=local, Size=None)


def test_a_snapshot_of_another_account_looks_missing(alice: Person, bob: Person) -> None:
    """As one that was never there."""
    _, source = disks(alice, run(alice, DataDisk=[{"Size": 50}]))
    snapshot = snapshot_of(alice, source["DiskId"])

    assert refused(bob, SnapshotId=snapshot).code == "InvalidSnapshotId.NotFound"


def test_no_disk_is_made_for_an_instance_that_is_no_subscription(alice: Person) -> None:
    """Before that counts, the instance has to be whole, and not in between."""
    for_it = {
        "ZoneId": None,
        "InstanceId": alice.call("RunInstances", **asked())["InstanceIdSets"]["InstanceIdSet"][0],
    }
    starting = refused(alice, **for_it)
    alice.world.later()
    running = refused(alice, **for_it)
    instance = stopped(alice)
    detached(alice, instance, system_disk(alice, instance)["DiskId"])
    headless = refused(alice, ZoneId=None, InstanceId=instance)

    assert starting == Refusal(
        400,
        "InvalidStatus.ValueNotSupported",
        "The specified instance status is not supported for this operation, expect status is Running or"
        " Stopped.",
    )
    assert running == Refusal(
        403,
        "InvalidInstanceChargeType.ValueNotSupported",
        "The InstanceChargeType does not support this action.",
    )
    assert headless == Refusal(
        400, "InvalidInstance.NotFoundSystemDisk", "The specified instance has no system disk."
    )


@pytest.mark.parametrize(
    ("condition", "http", "code", "message"),
    [
        (Condition.NOT_LISTED, 403, "UserNotInTheWhiteList", "The user is not in disk white list."),
        (Condition.ARREARS, 400, "Account.Arrearage", "Your account has an outstanding payment."),
        (Condition.NOT_AUTHORIZED, 403, "RegionUnauthorized",
         "You are not authorized to perform the operation in the specified region."),
        (Condition.NO_SNAPSHOTS, 403, "InvalidAccountStatus.SnapshotServiceUnavailable",
         "Snapshot service has not been opened yet."),
    ],
)  # fmt: skip
def test_an_account_that_is_held_back_makes_no_disk(
    alice: Person, condition: Condition, http: int, code: str, message: str
) -> None:
    """As the operator said."""
    hold(alice, condition)

    assert refused(alice, SnapshotId="s-1") == Refusal(http, code, message)


@pytest.mark.parametrize(
    ("feature", "parameters", "http", "code", "message"),
    [
        (Feature.DISKS, {}, 400, "OperationDenied", "The specified Zone is not available or not authorized."),
        (Feature.DISK_SALE, {}, 403, "Zone.NotOnSale", "The resource in the specified zone is no longer"
         " available for sale. Please try other regions and zones."),
        (Feature.CLOUD_ESSD, {}, 403, "InvalidDataDiskCategory.NotSupported",
         "Specified disk category is not supported."),
        (Feature.PL0, {"PerformanceLevel": "PL0"}, 400, "InvalidPerformanceLevel.ValueNotSupported",
         "The current ZoneId does not support PL0 of cloud_essd."),
    ],
)  # fmt: skip
def test_what_a_zone_lacks_is_refused_there(
    make_world: Callable[..., World],
    feature: Feature,
    parameters: dict[str, Any],
    http: int,
    code: str,
    message: str,
) -> None:
    """By `--without`; it can be had in other zones."""
    alice = first_of(make_world(without=frozenset({(feature, ZONE)})))

    assert refused(alice, **parameters) == Refusal(http, code, message)
    new_disk(alice, ZoneId=ANOTHER_ZONE, **parameters)


@pytest.mark.parametrize(
    ("limits", "category", "http", "code", "message"),
    [
        (Limits(portable_disks_per_region=1), "cloud", 403, "QuotaExceed.PortableCloudDisk",
         "The quota of portable cloud disk exceeds."),
        (Limits(disks_per_region=1), "cloud", 403, "QuotaExceed.PostPaidDisk",
         "Living postPaid disks quota exceeded."),
        (Limits(disk_capacity_per_region=39), "cloud", 403, "QuotaExceeded.PostpaidDataDiskCapacity",
         "The quota of postpaid data disk capacity exceeds."),
        (Limits(disk_capacity_per_zone=39), "cloud", 400, "QuotaExceed.DiskCapacity",
         "The used capacity of disk type has exceeded the quota in the zone,  20 GiB of 39 GiB of cloud are"
         " used."),
    ],
)  # fmt: skip
def test_there_are_quotas(
    make_world: Callable[..., World], limits: Limits, category: str, http: int, code: str, message: str
) -> None:
    """By `--limits`: on the number of disks, and on what they measure together."""
    alice = first_of(make_world(limits=limits))
    disk = new_disk(alice, DiskCategory=category)

    refusal = refused(alice, DiskCategory=category)
    alice.call("DeleteDisk", DiskId=disk)

    assert refusal == Refusal(http, code, message)
    new_disk(alice, DiskCategory=category)


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0], REGION)
