"""Attaching disks, detaching and deleting them, and what instances are without them."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.made_disks import (
    ANOTHER_ZONE,
    ZONE,
    attached,
    detached,
    disk_status,
    new_disk,
    shown,
    snapshot_of,
)
from tests.operations.made_instances import (
    UBUNTU,
    WINDOWS,
    asked,
    disks,
    image_of,
    run,
    status,
    stopped,
    system_disk,
)
from tests.people import Person, Refusal, World

EPHEMERAL = {"DiskCategory": "elastic_ephemeral_disk_standard", "Size": 64}
REGIONAL = {"DiskCategory": "cloud_regional_disk_auto", "ZoneId": None}
PASSWORD = "Str0ng-enough"
LOCKED = Refusal(403, "InstanceLockedForSecurity", "The instance is locked due to security.")
NOT_LISTED = Refusal(403, "UserNotInTheWhiteList", "The user is not in disk white list.")


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0])


def not_attached(person: Person, instance: str, disk: str, **parameters: Any) -> Refusal:
    """Attach a disk, in vain."""
    return person.refused("AttachDisk", **{"InstanceId": instance, "DiskId": disk, **parameters})


def not_detached(person: Person, instance: str, disk: str, **parameters: Any) -> Refusal:
    """Detach a disk, in vain."""
    return person.refused("DetachDisk", **{"InstanceId": instance, "DiskId": disk, **parameters})


# --- What happens -------------------------------------------------------------------------------------------


def test_a_disk_is_attached_to_a_running_instance(world: World, alice: Person) -> None:
    """Attaching, then In_use, at the next free place."""
    instance, disk = run(alice), new_disk(alice)

    alice.call("AttachDisk", InstanceId=instance, DiskId=disk)
    at_first = disk_status(alice, disk)
    world.later()

    found = shown(alice, disk)
    assert (at_first, found["Status"]) == ("Attaching", "In_use")
    assert (found["InstanceId"], found["Device"]) == (instance, "/dev/xvdb")
    assert (found["DeleteWithInstance"], found["DetachedTime"]) == (False, "")
    assert [one["DiskId"] for one in disks(alice, instance)][1] == disk


def test_disks_are_attached_at_the_places_asked_for(alice: Person) -> None:
    """Those in between are filled afterwards."""
    instance = stopped(alice)
    for device in ("/dev/xvdc", None):
        attached(alice, instance, new_disk(alice), Device=device, DeleteWithInstance="true")

    found = disks(alice, instance)
    assert [disk["Device"] for disk in found] == ["/dev/xvda", "/dev/xvdb", "/dev/xvdc"]
    assert all(disk["DeleteWithInstance"] for disk in found)


def test_a_disk_is_detached(world: World, alice: Person) -> None:
    """Detaching, then Available, with all that it was made with."""
    instance, disk = run(alice), new_disk(alice)
    attached(alice, instance, disk)

    alice.call("DetachDisk", InstanceId=instance, DiskId=disk)
    at_first = disk_status(alice, disk)
    world.later()

    found = shown(alice, disk)
    assert (at_first, found["Status"]) == ("Detaching", "Available")
    assert (found["InstanceId"], found["Device"], found["AttachedTime"]) == ("", "", "")
    assert found["DetachedTime"] != ""
    assert found["Attachments"] == {"Attachment": []}
    assert [one["Type"] for one in disks(alice, instance)] == ["system"]


def test_a_detached_disk_goes_on_to_another_instance(alice: Person) -> None:
    """In the same zone."""
    one, other, disk = run(alice), run(alice), new_disk(alice)

    for instance in (one, other, one):
        attached(alice, instance, disk)
        assert shown(alice, disk)["InstanceId"] == instance
        detached(alice, instance, disk, DeleteWithInstance="true")
        assert shown(alice, disk)["DeleteWithInstance"] is True


def test_what_an_attached_disk_holds_goes_into_an_image(alice: Person) -> None:
    """And a detached one no longer does."""
    instance, disk = run(alice), new_disk(alice)
    attached(alice, instance, disk)

    with_disk = devices_of(alice, image_of(alice, instance))
    detached(alice, instance, disk)
    without = devices_of(alice, image_of(alice, instance))

    assert with_disk == ["/dev/xvda", "/dev/xvdb"]
    assert without == ["/dev/xvda"]


def devices_of(person: Person, image: str) -> list[str]:
    """The devices of an image's disks."""
    (found,) = person.call("DescribeImages", ImageId=image)["Images"]["Image"]
    return [disk["Device"] for disk in found["DiskDeviceMappings"]["DiskDeviceMapping"]]


def test_disks_outlive_their_instance_or_go_with_it(world: World, alice: Person) -> None:
    """As it was said when they were attached; those that stay are Available."""
    instance, stays, goes = stopped(alice), new_disk(alice), new_disk(alice)
    attached(alice, instance, stays)
    attached(alice, instance, goes, DeleteWithInstance="true")

    alice.call("DeleteInstance", InstanceId=instance)
    world.later()

    (left,) = alice.call("DescribeDisks")["Disks"]["Disk"]
    assert (left["DiskId"], left["Status"], left["InstanceId"]) == (stays, "Available", "")
    attached(alice, run(alice), stays)


def test_a_system_disk_goes_back_to_the_instance_that_it_is_from(alice: Person) -> None:
    """Which is stopped; without system disk it is nothing that could be started or kept as an image."""
    instance = stopped(alice)
    disk = detached(alice, instance, system_disk(alice, instance)["DiskId"])

    start = alice.refused("StartInstance", InstanceId=instance)
    several = alice.refused("StartInstances", InstanceId=[instance])
    image = alice.refused("CreateImage", InstanceId=instance)
    replacement = alice.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=UBUNTU)
    attached(alice, instance, disk, Bootable="true", Password=PASSWORD)

    assert start == Refusal(
        400, "InvalidInstance.NotFoundSystemDisk", "The specified instance does not have system disk."
    )
    assert image == start
    assert (several.status, several.code, several.message) == (403, start.code, start.message)
    assert replacement == Refusal(
        400, "InvalidInstance.NotFoundSystemDisk", "The specified instance has no system disk."
    )
    assert system_disk(alice, instance)["Device"] == "/dev/xvda"
    alice.call("StartInstance", InstanceId=instance)
    alice.world.later()
    assert status(alice, instance) == "Running"


def test_a_regional_disk_is_taken_away_by_force_when_a_zone_fails(alice: Person) -> None:
    """From an instance in one zone to one in another."""
    here, there = run(alice, ZoneId=ZONE), run(alice, ZoneId=ANOTHER_ZONE)
    disk = attached(alice, here, new_disk(alice, **REGIONAL))

    attached(alice, there, disk, Force="true")

    assert shown(alice, disk)["InstanceId"] == there
    assert len(disks(alice, here)) == 1


def test_a_disk_is_deleted_and_its_snapshots_stay(alice: Person) -> None:
    """What they hold makes a new one."""
    instance, disk = run(alice), new_disk(alice)
    attached(alice, instance, disk)
    snapshot = snapshot_of(alice, disk)
    detached(alice, instance, disk)

    alice.call("DeleteDisk", DiskId=disk)

    assert alice.call("DescribeDisks", DiskIds=f'["{disk}"]')["TotalCount"] == 0
    new_disk(alice, SnapshotId=snapshot, Size=None)


# --- What AttachDisk refuses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"RegionId": "cn-nowhere"}, 400, "InvalidRegionId.MalFormed",
         "The specified RegionId is not valid."),
        ({"InstanceId": None}, 400, "InvalidParameter",
         "The input parameter is mandatory for processing this request is empty."),
        ({"DiskId": None}, 400, "InvalidParameter",
         "The input parameter is mandatory for processing this request is empty."),
        ({"Device": "/dev/sda"}, 400, "InvalidDevice.Malformed", "The specified device is not valid."),
        ({"Bootable": "true"}, 403, "InvalidParameter.AllEmpty", "The current operation requires either a"
         " password or a keyPairName to must be provided. Please ensure that at least one of them is not"
         " empty."),
        ({"Bootable": "true", "Password": "weak"}, 400, "InvalidParameter",
         'The specified parameter "Password" is not valid.'),
        ({"InstanceId": "i-1"}, 404, "InvalidInstanceId.NotFound",
         "The specified InstanceId does not exist."),
        ({"DiskId": "d-1"}, 404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
        ({"Force": "true"}, 400, "InvalidParameterForce.DiskCategoryNotSupported",
         "The specified disk category does not support force attach operation."),
        ({"Bootable": "true", "Password": PASSWORD}, 400, "InvalidDisk.DiskNotBootable",
         "The specified disk is not a bootable disk, can not be attached as system disk."),
    ],
)  # fmt: skip
def test_an_attachment_that_makes_no_sense_is_refused(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """The disk stays Available."""
    instance, disk = stopped(alice), new_disk(alice)

    assert not_attached(alice, instance, disk, **parameters) == Refusal(http, code, message)
    assert disk_status(alice, disk) == "Available"


def test_disks_and_instances_of_others_look_missing(alice: Person, mallory: Person) -> None:
    """Neither can be attached, detached or deleted."""
    instance, disk = run(alice), new_disk(alice)
    no_instance = Refusal(404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.")
    no_disk = Refusal(404, "InvalidDiskId.NotFound", "The specified disk does not exist.")

    assert not_attached(mallory, instance, new_disk(mallory)) == no_instance
    assert not_attached(mallory, run(mallory), disk) == no_disk
    assert not_detached(mallory, instance, disk) == no_instance
    assert not_detached(mallory, run(mallory), disk) == no_disk
    assert mallory.refused("DeleteDisk", DiskId=disk) == no_disk


def test_a_disk_is_attached_while_it_is_available(world: World, alice: Person) -> None:
    """Each other status is refused in its own words."""
    instance = stopped(alice)
    disk = alice.call("CreateDisk", ZoneId=ZONE, DiskCategory="cloud_essd", Size=20)["DiskId"]
    creating = not_attached(alice, instance, disk)
    world.later()
    alice.call("AttachDisk", InstanceId=instance, DiskId=disk)
    attaching = not_attached(alice, instance, disk)
    world.later()
    in_use = not_attached(alice, instance, disk)
    alice.call("ReInitDisk", DiskId=disk)
    being_put_back = not_attached(alice, instance, disk)
    world.later()
    alice.call("DetachDisk", InstanceId=instance, DiskId=disk)
    detaching = not_attached(alice, instance, disk)

    assert creating == Refusal(
        403,
        "IncorrectDiskStatus",
        "The current status of the disk does not support this operation. The expected disk status is"
        " Available.",
    )
    assert attaching == Refusal(404, "InvalidDisk.InUse", "The specified disk has been occupied.")
    assert in_use == attaching
    assert being_put_back == Refusal(
        403, "DiskId.StatusNotSupported", "The specified disk status is not supported."
    )
    assert detaching == Refusal(403, "DiskError", "IncorrectDiskStatus.")


def test_an_instance_takes_disks_while_it_runs_or_stands(alice: Person) -> None:
    """A system disk while it stands."""
    disk = new_disk(alice)
    pending = alice.call("CreateInstance", **asked())["InstanceId"]
    wrong = Refusal(
        400, "IncorrectInstanceStatus", "The current status of the resource does not support this operation."
    )

    assert not_attached(alice, pending, disk) == wrong
    assert not_attached(alice, run(alice), disk, Bootable="true", KeyPairName="mine") == wrong


def test_a_system_disk_is_attached_as_one_only(alice: Person) -> None:
    """To the instance that it is from, and no other; not with a key pair on Windows."""
    instance, other = stopped(alice, ImageId=WINDOWS), stopped(alice)
    disk = detached(alice, instance, system_disk(alice, instance)["DiskId"])
    detached(alice, other, system_disk(alice, other)["DiskId"])

    as_data = not_attached(alice, instance, disk)
    elsewhere = not_attached(alice, other, disk, Bootable="true", Password=PASSWORD)
    with_key = not_attached(alice, instance, disk, Bootable="true", KeyPairName="mine")

    assert as_data == Refusal(403, "DiskNotPortable", "The specified disk is not a portable disk.")
    assert elsewhere == Refusal(
        400,
        "InvalidInstance.NotOriginInstance",
        "The specified disk can not attached to other instance as system disk.",
    )
    assert with_key == Refusal(
        403,
        "DependencyViolation.WindowsInstance",
        "The instance image is windows, cannot use ssh key pair to login.",
    )


def test_an_instance_that_starts_by_nvme_takes_no_system_disk_that_cannot(alice: Person) -> None:
    """What the image says of NVMe counts when the disk is attached."""
    image = image_of(alice, run(alice))
    instance = stopped(alice, ImageId=image, InstanceType="ecs.g8i.large")
    disk = detached(alice, instance, system_disk(alice, instance)["DiskId"])
    alice.call("ModifyImageAttribute", ImageId=image, Features={"NvmeSupport": "unsupported"})

    refusal = not_attached(alice, instance, disk, Bootable="true", Password=PASSWORD)

    assert refusal == Refusal(
        403,
        "InvalidInstanceType.NvmeRequired",
        "The instanceType of the specified instance requires nvme protocol.",
    )


def test_places_zones_and_numbers_are_checked(alice: Person) -> None:
    """A place is taken once, a disk is in the instance's zone, there are 16 data disks at most."""
    instance = stopped(alice, DataDisk=[{"Size": 20}] * 16)
    disk, elsewhere = new_disk(alice), new_disk(alice, ZoneId=ANOTHER_ZONE)

    assert not_attached(alice, instance, disk, Device="/dev/xvdc") == Refusal(
        403, "InvalidDevice.InUse", "The specified device has been occupied."
    )
    assert not_attached(alice, instance, elsewhere) == Refusal(
        403, "ResourcesNotInSameZone", "The specified instance and disk are not in the same zone."
    )
    assert not_attached(alice, instance, disk) == Refusal(
        403, "InstanceDiskLimitExceeded", "The amount of the disk on instance in question reach its limits."
    )


def test_an_ephemeral_disk_comes_and_goes_with_its_instance(alice: Person) -> None:
    """It can't be set to outlive it, nor detached."""
    instance, disk = stopped(alice), new_disk(alice, **EPHEMERAL)
    goes_along = Refusal(
        403,
        "InvalidParameter.DeleteWithInstance",
        "The DeleteWithInstance for the elastic ephemeral disk must be set to true.",
    )

    assert not_attached(alice, instance, disk) == goes_along
    attached(alice, instance, disk, DeleteWithInstance="true")
    assert not_detached(alice, instance, disk, DeleteWithInstance="false") == goes_along
    assert not_detached(alice, instance, disk) == Refusal(
        403,
        "InvalidOperation.DiskCategoryUnsupported",
        "The DetachDisk operation is not supported for elastic ephemeral disk.",
    )


def test_a_disk_is_not_taken_away_by_force_within_a_zone(alice: Person) -> None:
    """DetachDisk is there for that."""
    one, other = run(alice), run(alice)
    disk = attached(alice, one, new_disk(alice, **REGIONAL))

    assert not_attached(alice, other, disk, Force="true") == Refusal(
        403,
        "InvalidInstance.ZoneConflict",
        "The force attach operation is not supported when both the current and target instances are in the"
        " same zone.",
    )


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (Condition.NOT_LISTED, NOT_LISTED),
        (Condition.LOCKED, LOCKED),
        (Condition.ARREARS, Refusal(403, "InstanceExpiredOrInArrears", "The specified operation is denied as"
         " your prepay instance is expired (prepay mode) or in arrears (afterpay mode).")),
    ],
)  # fmt: skip
def test_an_account_that_is_held_back_attaches_nothing(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """As the operator said."""
    instance, disk = run(alice), new_disk(alice)
    hold(alice, condition)

    assert not_attached(alice, instance, disk) == refusal


@pytest.mark.parametrize(
    ("feature", "place", "parameters", "http", "code", "message"),
    [
        (Feature.CLOUD_ESSD, "ecs.g7", {}, 403, "InvalidInstanceType.NotSupportDiskCategory",
         "The instanceType of the specified instance does not support this disk category."),
        (Feature.PL0, "ecs.g7", {}, 403, "InvalidInstanceType.NotSupportPL0",
         "The instanceType of the specified instance does not support PL0 of cloud_essd."),
        (Feature.HOT_PLUG, "ecs.g7", {}, 400, "InvalidOperation.InstanceTypeNotSupport",
         "The instance type of the specified instance does not support hot attach disk."),
        (Feature.FORCE_ATTACH, "cn-hangzhou", {"Force": "true"}, 400,
         "InvalidParameterForce.RegionNotSupported",
         "The specified region does not support force attach operation."),
    ],
)  # fmt: skip
def test_what_types_and_regions_lack_is_not_attached(
    make_world: Callable[..., World],
    feature: Feature,
    place: str,
    parameters: dict[str, Any],
    http: int,
    code: str,
    message: str,
) -> None:
    """By `--without`; instances of other families take the disk."""
    alice = first_of(make_world(without=frozenset({(feature, place)})))
    disk = new_disk(alice, PerformanceLevel="PL0")

    assert not_attached(alice, run(alice), disk, **parameters) == Refusal(http, code, message)
    attached(alice, run(alice, InstanceType="ecs.c7.large"), disk)


def test_so_many_disks_are_attached_and_detached_at_once(make_world: Callable[..., World]) -> None:
    """By `--limits`; when the first is done, the next has its turn."""
    world = make_world(limits=Limits(disks_attaching_at_once=1, disks_detaching_at_once=1))
    alice = first_of(world)
    instance, one, other = run(alice), new_disk(alice), new_disk(alice)

    alice.call("AttachDisk", InstanceId=instance, DiskId=one)
    attaching = not_attached(alice, instance, other)
    world.later()
    attached(alice, instance, other)
    alice.call("DetachDisk", InstanceId=instance, DiskId=one)
    detaching = not_detached(alice, instance, other)
    world.later()
    detached(alice, instance, other)

    assert attaching == Refusal(
        400,
        "OperationConflict.DisksAttachingParallellyExceed",
        "The number of disks attaching parallelly exceeds the limit.",
    )
    assert detaching == Refusal(
        400, "DisksDetachingOnEcsExceeded", "The number of disks detaching on the instance exceeds the limit."
    )


# --- What DetachDisk and DeleteDisk refuse ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"RegionId": "cn-nowhere"}, 400, "InvalidRegionId.MalFormed",
         "The specified RegionId is not valid."),
        ({"InstanceId": None}, 400, "InvalidParameter",
         "The input parameter is mandatory for processing this request is empty."),
        ({"InstanceId": "one"}, 400, "InvalidInstanceId.Malformed",
         "The specified parameter InstanceId is not valid."),
        ({"InstanceId": "i-1"}, 404, "InvalidInstanceId.NotFound",
         "The specified InstanceId does not exist."),
        ({"DiskId": "d-1"}, 404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
    ],
)  # fmt: skip
def test_a_detachment_that_makes_no_sense_is_refused(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """The disk stays where it is."""
    instance = run(alice)
    disk = attached(alice, instance, new_disk(alice))

    assert not_detached(alice, instance, disk, **parameters) == Refusal(http, code, message)
    assert shown(alice, disk)["InstanceId"] == instance


def test_a_disk_is_detached_from_where_it_is(world: World, alice: Person) -> None:
    """Once, when it is In_use, and from no other instance."""
    instance, other, disk = run(alice), run(alice), new_disk(alice)
    elsewhere = Refusal(
        403, "DependencyViolation", "The specified disk has not been attached on the specified instance."
    )

    assert not_detached(alice, instance, disk) == elsewhere
    alice.call("AttachDisk", InstanceId=instance, DiskId=disk)
    assert not_detached(alice, instance, disk) == Refusal(
        403, "IncorrectDiskStatus", "The current disk status does not support this operation."
    )
    world.later()
    assert not_detached(alice, other, disk) == elsewhere
    alice.call("DetachDisk", InstanceId=instance, DiskId=disk)
    assert not_detached(alice, instance, disk) == Refusal(
        403, "InvalidOperation.DiskDetachingFromThisEcs", "The specified disk is detaching from this ecs."
    )
    world.later()
    assert not_detached(alice, instance, disk) == Refusal(
        404, "InvalidDisk.AlreadyDetached", "The specified disk has been detached."
    )
    assert not_detached(alice, other, disk) == elsewhere


def test_a_system_disk_is_detached_while_the_instance_stands(alice: Person) -> None:
    """And while its image is there, or it could never go back to what it was."""
    running = run(alice)
    image = image_of(alice, running)
    instance = stopped(alice, ImageId=image)
    alice.call("DeleteImage", ImageId=image, Force="true")

    assert not_detached(alice, running, system_disk(alice, running)["DiskId"]) == Refusal(
        403,
        "IncorrectInstanceStatus",
        "The current status of the resource does not support this operation.",
    )
    assert not_detached(alice, instance, system_disk(alice, instance)["DiskId"]) == Refusal(
        404,
        "InvalidDiskId.OperationNotSupported",
        "The operation is not supported due to base image not exist.",
    )


@pytest.mark.parametrize(
    ("condition", "refusal"), [(Condition.NOT_LISTED, NOT_LISTED), (Condition.LOCKED, LOCKED)]
)
def test_an_account_that_is_held_back_detaches_nothing(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """As the operator said."""
    instance = run(alice)
    disk = attached(alice, instance, new_disk(alice))
    hold(alice, condition)

    assert not_detached(alice, instance, disk) == refusal


def test_some_types_have_disks_detached_only_while_they_stand(make_world: Callable[..., World]) -> None:
    """By `--without hot-plug@…`."""
    alice = first_of(make_world(without=frozenset({(Feature.HOT_PLUG, "ecs.g7")})))
    instance = stopped(alice)
    disk = attached(alice, instance, new_disk(alice))
    alice.call("StartInstance", InstanceId=instance)
    alice.world.later()

    assert not_detached(alice, instance, disk) == Refusal(
        400,
        "InvalidOperation.InstanceTypeNotSupport",
        "The instance type of the specified instance does not support hot detach disk.",
    )


def test_a_disk_is_deleted_while_it_is_available(world: World, alice: Person) -> None:
    """Not while it is made, attached, detached or kept in a snapshot, and a system disk with its instance."""
    instance = stopped(alice)
    disk = alice.call("CreateDisk", ZoneId=ZONE, DiskCategory="cloud_essd", Size=20)["DiskId"]

    def refusal(disk: str = disk, **parameters: Any) -> Refusal:
        return alice.refused("DeleteDisk", DiskId=disk, **parameters)

    assert refusal() == Refusal(
        403,
        "IncorrectDiskStatus.Initializing",
        "The current disk status does not support this operation.",
    )
    world.later()
    attached(alice, instance, disk)
    assert refusal() == Refusal(403, "DiskStillAttached", "The disk is still attached to the disk.")
    assert refusal(system_disk(alice, instance)["DiskId"]) == Refusal(
        403,
        "DiskTypeViolation",
        "The specified disk is a system disk and cannot support the operation.",
    )
    alice.call("DetachDisk", InstanceId=instance, DiskId=disk)
    assert refusal() == Refusal(
        403, "IncorrectDiskStatus", "The current disk status does not support this operation."
    )
    world.later()
    alice.call("CreateSnapshot", DiskId=disk)
    assert refusal() == Refusal(
        403,
        "DiskCreatingSnapshot",
        "The operation is denied due to a snapshot of the specified disk is not completed yet.",
    )
    world.later()
    assert refusal("d-1").code == "InvalidDiskId.NotFound"
    assert refusal(RegionId="cn-nowhere") == Refusal(
        400, "InvalidRegionId.MalFormed", "The specified parameter RegionId is not valid."
    )
    hold(alice, Condition.NOT_LISTED)
    assert refusal() == NOT_LISTED
