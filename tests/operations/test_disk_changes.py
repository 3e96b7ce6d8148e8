"""Disks that grow, are renamed, are put back to a snapshot: and what is refused of that."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.made_disks import (
    ZONE,
    attached,
    detached,
    disk_status,
    new_disk,
    shown,
    snapshot_of,
)
from tests.operations.made_instances import image_of, run, stopped, system_disk
from tests.people import Person, Refusal, World

EPHEMERAL = {"DiskCategory": "elastic_ephemeral_disk_standard", "Size": 64}
NO_DISK = Refusal(404, "InvalidDiskId.NotFound", "The specified disk does not exist.")
NOT_LISTED = Refusal(403, "UserNotInTheWhiteList", "The user is not in disk white list.")
LOCKED = Refusal(403, "InstanceLockedForSecurity", "The instance is locked due to security.")
ARREARS = Refusal(
    403,
    "InstanceExpiredOrInArrears",
    "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears"
    " (afterpay mode).",
)
DISK_STATUS = Refusal(403, "IncorrectDiskStatus", "The current disk status does not support this operation.")
INSTANCE_STATUS = Refusal(
    403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation."
)
NOT_NULL = Refusal(400, "IncompleteParamter", "Some fields can not be null in this request.")
BAD_REGION = Refusal(400, "InvalidRegionId.MalFormed", "The specified RegionId is not valid.")


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0])


# --- ResizeDisk ---------------------------------------------------------------------------------------------


def not_resized(person: Person, disk: str, size: int | None = 30, **parameters: Any) -> Refusal:
    """Resize a disk, in vain."""
    return person.refused("ResizeDisk", **{"DiskId": disk, "NewSize": size, **parameters})


def test_a_disk_grows(world: World, alice: Person) -> None:
    """Attached to nothing, in a stopped instance, and online in a running one; its status stays."""
    disk, instance = new_disk(alice), stopped(alice)
    for size, type_ in ((30, None), (40, None), (50, "online")):
        alice.call("ResizeDisk", DiskId=disk, NewSize=size, Type=type_)
        assert shown(alice, disk)["Size"] == size
        world.later()
        if size == 30:
            attached(alice, instance, disk)
        if size == 40:
            alice.call("StartInstance", InstanceId=instance)
            world.later()

    assert disk_status(alice, disk) == "In_use"
    assert alice.call("ResizeDisk", DiskId=system_disk(alice, instance)["DiskId"], NewSize=41)


def test_a_grown_disk_is_kept_as_large_as_it_is(alice: Person) -> None:
    """In snapshots and images."""
    instance = run(alice)
    disk = attached(alice, instance, new_disk(alice))
    alice.call("ResizeDisk", DiskId=disk, NewSize=33, Type="online")
    alice.world.later()

    (image,) = alice.call("DescribeImages", ImageId=image_of(alice, instance))["Images"]["Image"]

    sizes = [one["Size"] for one in image["DiskDeviceMappings"]["DiskDeviceMapping"]]
    assert sizes[1] == "33"


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"RegionId": "cn-nowhere"}, *vars(BAD_REGION).values()),
        ({"DiskId": None}, *vars(NOT_NULL).values()),
        ({"NewSize": None}, *vars(NOT_NULL).values()),
        ({"DiskId": "d-1"}, *vars(NO_DISK).values()),
        ({"Type": "later"}, 400, "InvalidParam.Type", "The specified type is not supported."),
        ({"NewSize": 0}, 400, "InvalidDataDiskSize.ValueNotSupported", "The specified DataDisk.n.Size beyond"
         " the permitted range, or the capacity of snapshot exceeds the size limit of the specified disk"
         " category."),
        ({"NewSize": 19}, 403, "InvalidDiskSize.TooSmall",
         "Specified new disk size is less than the original disk size."),
        ({"NewSize": 20}, 403, "InvalidDiskSize",
         "Specified new disk size is less than or equal the original disk size."),
        ({"NewSize": 65_537}, 403, "InvalidDiskSize.TooLarge",
         "Specified new disk size is beyond the permitted range."),
        ({"Type": "online"}, 403, "InvalidInstanceStatus.NotRunning",
         "The status of instance to which the disk attachs must be running when resizing online."),
    ],
)  # fmt: skip
def test_a_size_that_makes_no_sense_is_refused(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """The disk stays as large as it was."""
    disk = new_disk(alice)

    assert not_resized(alice, disk, **parameters) == Refusal(http, code, message)
    assert shown(alice, disk)["Size"] == 20


def test_not_every_disk_grows(alice: Person) -> None:
    """Not an ephemeral one, nor a system disk beyond its category's largest, or apart from its instance."""
    instance = stopped(alice)
    system = system_disk(alice, instance)["DiskId"]

    too_large = not_resized(alice, system, 2049)
    detached(alice, instance, system)

    assert too_large == Refusal(
        400, "InvalidSystemDiskSize.ValueNotSupported", "The specified system disk size is invalid."
    )
    assert not_resized(alice, system, 50) == Refusal(
        400,
        "InvalidDisk.DetachedSystemDisk",
        "The specified disk is a detached system disk, does not support this operation.",
    )
    assert not_resized(alice, new_disk(alice, **EPHEMERAL), 70) == Refusal(
        403, "OperationDenied", "The type of the disk does not support the operation."
    )


def test_a_system_that_cannot_use_a_larger_disk_keeps_its_own(alice: Person) -> None:
    """FreeBSD: as an image says that was made where nothing was known of the system on the disk."""
    first = image_of(alice, run(alice))
    snapshot = snapshot_of(alice, system_disk(alice, run(alice, ImageId=first))["DiskId"])
    alice.call("DeleteImage", ImageId=first, Force="true")
    freebsd = alice.call("CreateImage", SnapshotId=snapshot, Platform="FreeBSD")["ImageId"]
    alice.world.later()
    disk = system_disk(alice, stopped(alice, ImageId=freebsd))["DiskId"]

    assert not_resized(alice, disk, 50) == Refusal(
        400,
        "InvalidSystemDiskSize.ImageNotSupportResize",
        "The image of the instance does not support resize.",
    )


def test_a_disk_grows_when_nothing_else_happens_to_it(world: World, alice: Person) -> None:
    """Not while it is made, attached, kept in a snapshot or growing, nor while its instance starts."""
    instance = run(alice)
    disk = alice.call("CreateDisk", ZoneId=ZONE, DiskCategory="cloud_essd", Size=20)["DiskId"]
    assert not_resized(alice, disk) == DISK_STATUS
    world.later()
    alice.call("AttachDisk", InstanceId=instance, DiskId=disk)
    assert not_resized(alice, disk) == Refusal(403, "DiskError", "Incorrect disk status.")
    world.later()
    alice.call("CreateSnapshot", DiskId=disk)
    assert not_resized(alice, disk) == Refusal(
        403,
        "DiskCreatingSnapshot",
        "The operation is denied due to a snapshot of the specified disk is not completed yet.",
    )
    world.later()
    alice.call("ResizeDisk", DiskId=disk, NewSize=25)
    assert not_resized(alice, disk) == Refusal(
        403, "Operation.Conflict", "The operation may conflicts with others."
    )
    world.later()
    alice.call("RebootInstance", InstanceId=instance)
    assert not_resized(alice, disk) == INSTANCE_STATUS


def test_some_disks_grow_only_while_they_are_not_used(alice: Person) -> None:
    """Basic ones, and those that come to more than 2 TiB."""
    instance = run(alice)
    basic = attached(alice, instance, new_disk(alice, DiskCategory="cloud"))
    essd = attached(alice, instance, new_disk(alice))

    assert not_resized(alice, basic, Type="online") == Refusal(
        403, "InvalidDiskCategory.NotSupported", "The specified disk category is not supported."
    )
    assert not_resized(alice, essd, 2049, Type="online") == Refusal(
        403,
        "InvalidDiskSize.NotSupportResizeOnline",
        "The current size of the resource does not support resize online.",
    )
    alice.call("ResizeDisk", DiskId=essd, NewSize=2049)


@pytest.mark.parametrize(
    ("place", "code", "message"),
    [
        ("cn-hangzhou", "InvalidRegion.NotSupport", "The specified region does not support resize online."),
        ("ecs.g7", "InvalidOperation.InstanceTypeNotSupportOnlineResize",
         "The instance type of the specified instance does not support resize online."),
    ],
)  # fmt: skip
def test_some_places_have_no_disks_that_grow_online(
    make_world: Callable[..., World], place: str, code: str, message: str
) -> None:
    """By `--without resize-online@…`."""
    alice = first_of(make_world(without=frozenset({(Feature.RESIZE_ONLINE, place)})))
    disk = attached(alice, run(alice), new_disk(alice))

    assert not_resized(alice, disk, Type="online") == Refusal(403, code, message)


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (Limits(disk_capacity_per_region=29), Refusal(403, "QuotaExceeded.PostpaidDataDiskCapacity",
         "The quota of postpaid data disk capacity exceeds.")),
        (Limits(disk_capacity_per_zone=29), Refusal(400, "QuotaExceed.DiskCapacity", "The used capacity of"
         " disk type has exceeded the quota in the zone,  20 GiB of 29 GiB of cloud_essd are used.")),
    ],
)  # fmt: skip
def test_disks_grow_within_quotas(make_world: Callable[..., World], limits: Limits, refusal: Refusal) -> None:
    """By `--limits`."""
    alice = first_of(make_world(limits=limits))
    disk = new_disk(alice)

    assert not_resized(alice, disk) == refusal
    alice.call("ResizeDisk", DiskId=disk, NewSize=29)


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (Condition.NOT_LISTED, NOT_LISTED),
        (Condition.LOCKED, LOCKED),
        (Condition.ARREARS, ARREARS),
        (Condition.ABNORMAL, Refusal(400, "AccountForbidden.CreateOrder",
         "Order cannot be created due to abnormal account.")),
    ],
)  # fmt: skip
def test_an_account_that_is_held_back_resizes_nothing(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """As the operator said."""
    disk = attached(alice, run(alice), new_disk(alice))
    hold(alice, condition)

    assert not_resized(alice, disk) == refusal


def test_who_owes_money_for_a_disk_alone_is_told_so(alice: Person) -> None:
    """Other than for an instance."""
    disk = new_disk(alice)
    hold(alice, Condition.ARREARS)

    assert not_resized(alice, disk) == Refusal(
        403, "DiskInArrears", "The specified operation is denied as your disk owing fee."
    )


# --- ModifyDiskAttribute ------------------------------------------------------------------------------------


def test_what_is_kept_of_a_disk_is_changed(alice: Person) -> None:
    """What isn't given stays."""
    disk = new_disk(alice, DiskName="old", Description="As before", DiskCategory="cloud_auto")

    alice.call(
        "ModifyDiskAttribute",
        DiskId=disk,
        DiskName="new",
        DeleteWithInstance="true",
        DeleteAutoSnapshot="true",
        EnableAutoSnapshot="false",
        BurstingEnabled="true",
    )

    found = shown(alice, disk)
    assert (found["DiskName"], found["Description"]) == ("new", "As before")
    assert (found["DeleteWithInstance"], found["BurstingEnabled"]) == (True, True)
    assert (found["DeleteAutoSnapshot"], found["EnableAutoSnapshot"]) == (True, False)


def test_several_disks_are_changed_at_once_or_none(alice: Person) -> None:
    """All by one id that isn't there."""
    one, other = new_disk(alice), new_disk(alice)

    missing = alice.refused("ModifyDiskAttribute", DiskIds=[one, "d-1"], DiskName="both")
    before = shown(alice, one)["DiskName"]
    alice.call("ModifyDiskAttribute", DiskIds=[one, other], DiskName="both")

    assert (missing, before) == (NO_DISK, "")
    assert [shown(alice, disk)["DiskName"] for disk in (one, other)] == ["both", "both"]


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"RegionId": "cn-nowhere"}, *vars(BAD_REGION).values()),
        ({"DiskId": None}, 400, "MissingParameter.DiskIdOrDiskIds",
         "Specified parameter DiskId or DiskIds is missing."),
        ({"DiskIds": ["d-1"]}, 400, "ParameterConflict.DiskIdAndDiskIds",
         "Specified parameter DiskId and DiskIds conflict, only one can be chosen."),
        ({"DiskName": None}, 400, "NoAttributeToModify", "No attribute to be modified in this request."),
        ({"DiskName": "1"}, 400, "InvalidDiskName.Malformed", "The specified disk name is wrongly formed."),
        ({"Description": "x"}, 404, "InvalidDescription.Malformed",
         "The specified description is wrongly formed."),
        ({"DiskId": "d-1"}, *vars(NO_DISK).values()),
        ({"RegionId": "cn-beijing"}, *vars(NO_DISK).values()),
        ({"BurstingEnabled": "true"}, 400, "BurstingEnabledForDiskCategoryUnsupported",
         "The specified disk category does not support bursting enabled."),
    ],
)  # fmt: skip
def test_a_change_that_makes_no_sense_is_refused(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """Nothing of it is done."""
    disk = new_disk(alice)

    refusal = alice.refused("ModifyDiskAttribute", **{"DiskId": disk, "DiskName": "new", **parameters})

    assert refusal == Refusal(http, code, message)
    assert shown(alice, disk)["DiskName"] == ""


def test_what_a_disk_is_decides_what_can_be_changed(world: World, alice: Person) -> None:
    """A disk that is being made, an ephemeral one, one that is too small to burst, one that grows."""

    def refusal(disk: str, **parameters: Any) -> Refusal:
        return alice.refused("ModifyDiskAttribute", DiskId=disk, **parameters)

    fresh = alice.call("CreateDisk", ZoneId=ZONE, DiskCategory="cloud_auto", Size=3)["DiskId"]
    being_made = refusal(fresh, DiskName="new")
    world.later()
    too_small = refusal(fresh, BurstingEnabled="true")
    alice.call("ResizeDisk", DiskId=fresh, NewSize=4)
    growing = refusal(fresh, BurstingEnabled="true")
    ephemeral = refusal(new_disk(alice, **EPHEMERAL), DeleteWithInstance="false")
    hold(alice, Condition.NOT_LISTED)

    assert being_made == Refusal(403, "IncorrectDiskStatus", "The operation is not supported in this status.")
    assert too_small == Refusal(
        400,
        "InvalidBurstingEnabled.DiskSizeTooSmall",
        "The disk size must be greater than 3 GiB to enable burst.",
    )
    assert growing == Refusal(
        400,
        "BurstingEnabledForModifyingDiskUnsupported",
        "The modifying disk does not support bursting enabled.",
    )
    assert ephemeral == Refusal(403, "DiskNotPortable", "The specified disk is not a portable disk.")
    assert refusal(fresh, DiskName="new") == NOT_LISTED


# --- ResetDisk ----------------------------------------------------------------------------------------------


def not_reset(person: Person, disk: str, snapshot: str, **parameters: Any) -> Refusal:
    """Put a disk back to a snapshot, in vain."""
    return person.refused("ResetDisk", **{"DiskId": disk, "SnapshotId": snapshot, **parameters})


def test_a_disk_is_put_back_to_a_snapshot_of_it(world: World, alice: Person) -> None:
    """In a stopped instance and apart from one: ReIniting, then as before."""
    instance = run(alice)
    disk = attached(alice, instance, new_disk(alice))
    snapshot = snapshot_of(alice, disk)
    alice.call("StopInstance", InstanceId=instance)
    world.later()

    seen = []
    for _ in range(2):
        alice.call("ResetDisk", DiskId=disk, SnapshotId=snapshot)
        seen.append(disk_status(alice, disk))
        world.later()
        seen.append(disk_status(alice, disk))
        if len(seen) == 2:
            detached(alice, instance, disk)

    assert seen == ["ReIniting", "In_use", "ReIniting", "Available"]


def test_a_disk_is_put_back_while_nothing_uses_it(world: World, alice: Person) -> None:
    """Not while its instance runs, while it is put back already, attached, growing or kept."""
    instance = run(alice)
    disk = attached(alice, instance, new_disk(alice))
    snapshot = snapshot_of(alice, disk)
    assert not_reset(alice, disk, snapshot) == INSTANCE_STATUS
    alice.call("StopInstance", InstanceId=instance)
    world.later()
    assert not_reset(alice, disk, snapshot, DryRun="true") == Refusal(
        400, "DryRunOperation", "Request validation has been passed with DryRun flag set."
    )
    alice.call("ResetDisk", DiskId=disk, SnapshotId=snapshot)
    assert not_reset(alice, disk, snapshot) == Refusal(
        403,
        "InvalidOperation.DiskResetInProgress",
        "The operation cannot be performed because the disk has an ongoing reset task, please try again"
        " later.",
    )
    world.later()
    alice.call("ResizeDisk", DiskId=disk, NewSize=30)
    assert not_reset(alice, disk, snapshot) == Refusal(
        403, "Operation.Conflict", "The operation may conflicts with others."
    )
    world.later()
    under_way = alice.call("CreateSnapshot", DiskId=disk)["SnapshotId"]
    assert not_reset(alice, disk, snapshot) == Refusal(
        403,
        "IncorrectDiskStatus.HasUnfinishedSnapshot",
        "The current disk has unfinished snapshot.",
    )
    assert not_reset(alice, disk, under_way) == Refusal(
        403, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet."
    )
    world.later()
    alice.call("DetachDisk", InstanceId=instance, DiskId=disk)
    assert not_reset(alice, disk, snapshot) == DISK_STATUS


def test_a_disk_is_put_back_to_no_other_disks_snapshot(alice: Person, mallory: Person) -> None:
    """Nor to one that isn't there or failed; an ephemeral one to none at all."""
    instance = run(alice)
    disk, ephemeral = new_disk(alice), new_disk(alice, **EPHEMERAL)
    of_system = snapshot_of(alice, system_disk(alice, instance)["DiskId"])
    attached(alice, instance, disk)
    hold(alice, Condition.FAILING)
    failed = snapshot_of(alice, disk)
    hold(alice)
    detached(alice, instance, disk)

    assert not_reset(alice, disk, of_system) == Refusal(
        403, "InvalidParameter.Mismatch", "The specified snapshot is not created from the specified disk."
    )
    assert not_reset(alice, disk, "s-1") == Refusal(
        404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist."
    )
    assert not_reset(alice, "d-1", of_system) == NO_DISK
    assert not_reset(mallory, disk, of_system) == NO_DISK
    assert not_reset(alice, disk, of_system, RegionId="cn-nowhere") == BAD_REGION
    assert not_reset(alice, disk, failed) == Refusal(
        403, "OperationDenied", "The specified snapshot dees not support ResetDisk."
    )
    assert not_reset(alice, ephemeral, of_system) == Refusal(
        400,
        "DiskCategory.OperationNotSupported",
        "The operation is not supported to the specified disk due to its disk category.",
    )
    assert alice.refused("CreateDisk", ZoneId=ZONE, DiskCategory="cloud_essd", SnapshotId=failed) == Refusal(
        403, "OperationDenied.SnapshotNotAllowed", "The specified snapshot is not allowed to create disk."
    )


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (Condition.NOT_LISTED, NOT_LISTED),
        (Condition.LOCKED, LOCKED),
        (Condition.ARREARS, ARREARS),
        (Condition.NO_SNAPSHOTS, Refusal(403, "InvalidAccountStatus.SnapshotServiceUnavailable",
         "Snapshot service has not been opened yet.")),
    ],
)  # fmt: skip
def test_an_account_that_is_held_back_puts_nothing_back(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """As the operator said."""
    hold(alice, condition)

    assert not_reset(alice, "d-1", "s-1") == refusal
