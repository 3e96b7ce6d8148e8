"""A system disk replaced by a data disk, and the further conditions of replacing and putting back."""

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
    seen,
    status,
    stopped,
    system_disk,
)
from tests.people import Person, Refusal, World

EPHEMERAL = {"DiskCategory": "elastic_ephemeral_disk_standard", "Size": 64}
NOT_LISTED = Refusal(403, "UserNotInTheWhiteList", "The user is not in volume white list.")
LOCKED = Refusal(403, "InstanceLockedForSecurity", "The instance is locked due to security.")
ARREARS = Refusal(
    403,
    "InstanceExpiredOrInArrears",
    "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears"
    " (afterpay mode).",
)


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0])


def not_replaced(person: Person, instance: str, **parameters: Any) -> Refusal:
    """Replace a system disk by an image's, or as the test says, in vain."""
    return person.refused("ReplaceSystemDisk", **{"InstanceId": instance, "ImageId": UBUNTU, **parameters})


def by_disk(disk: str, **parameters: Any) -> dict[str, Any]:
    """What a call says that replaces by a data disk."""
    return {"ImageId": None, "DiskId": disk, "Platform": "Debian", "Architecture": "x86_64", **parameters}


# --- ReplaceSystemDisk --------------------------------------------------------------------------------------


def test_a_data_disk_becomes_the_system_disk(alice: Person) -> None:
    """It keeps its id, the old one is gone; what system is on it, the call says."""
    instance, disk = stopped(alice), new_disk(alice)
    old = system_disk(alice, instance)["DiskId"]

    answer = alice.call("ReplaceSystemDisk", InstanceId=instance, **by_disk(disk))

    found = system_disk(alice, instance)
    assert answer["DiskId"] == found["DiskId"] == disk
    assert (found["Type"], found["Device"], found["Status"]) == ("system", "/dev/xvda", "In_use")
    assert (found["DeleteWithInstance"], found["ImageId"]) == (True, "")
    assert (seen(alice, instance)["OSName"], seen(alice, instance)["ImageId"]) == ("Debian", "")
    assert alice.call("DescribeDisks", DiskIds=f'["{old}"]')["TotalCount"] == 0
    alice.call("StartInstance", InstanceId=instance)
    alice.world.later()
    assert status(alice, instance) == "Running"


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"Architecture": None}, 400, "MissingParameter.Architecture", "Architecture should not be null."),
        ({"Architecture": "vax"}, 400, "InvalidArchitecture.Malformed", "Architecture is not valid."),
        ({"Platform": None}, 400, "MissingParameter.Platform", "Platform should not be null."),
        ({"Platform": "VMS"}, 400, "InvalidPlatform.Malformed", "Platform is not valid."),
        ({"Platform": "Windows Server 2022", "Architecture": "arm64"}, 403, "InvalidParameter.NotMatch",
         "The specified Architecture and Platform do not match."),
        ({"DiskId": "d-1"}, 400, "InvalidDiskId.NotFound", "The specified disk do not exist."),
        ({"Architecture": "arm64"}, 400, "InvalidInstanceType.NotSupported",
         "The specified instanceType is not supported by the image architecture."),
    ],
)  # fmt: skip
def test_a_data_disk_of_which_too_little_is_known_replaces_nothing(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """Nothing but the call tells what is on it."""
    instance, disk = stopped(alice), new_disk(alice)

    refusal = not_replaced(alice, instance, **{**by_disk(disk), **parameters})

    assert refusal == Refusal(http, code, message)


def test_not_every_disk_becomes_a_system_disk(alice: Person) -> None:
    """It is Available, in the zone, of a category and a size for that, and not encrypted with a key."""
    instance = stopped(alice)
    key = alice.call("CreateKey", version="2016-01-20")["KeyMetadata"]["KeyId"]
    attached_one = attached(alice, instance, new_disk(alice))
    refusals = [
        not_replaced(alice, instance, **by_disk(disk))
        for disk in (
            attached_one,
            new_disk(alice, **EPHEMERAL),
            new_disk(alice, ZoneId=ANOTHER_ZONE),
            new_disk(alice, Encrypted="true", KMSKeyId=key),
            new_disk(alice, Size=2049),
        )
    ]

    assert refusals == [
        Refusal(
            400,
            "InvalidDatadisk.DiskStatusViolation",
            "The operation is not permitted due to status of the Datadisk.",
        ),
        Refusal(
            400,
            "InvalidDatadisk.DiskCategoryViolation",
            "The operation is not permitted due to category of the Datadisk.",
        ),
        Refusal(403, "ResourcesNotInSameZone", "The specified instance and disk are not in the same zone."),
        Refusal(
            400,
            "InvalidParameter.DiskType",
            "The specified disk type which has kms key can't convert to system disk.",
        ),
        Refusal(
            404,
            "InvalidSystemDiskSize.MoreThanMaxSize",
            "The specified SystemDisk.Size parameter exceeds the maximum size.",
        ),
    ]


def test_a_system_disk_is_replaced_in_an_instance_that_is_whole(world: World, alice: Person) -> None:
    """Not while either is being made or put together."""
    made = alice.call("CreateInstance", **asked())["InstanceId"]
    assert not_replaced(alice, made) == Refusal(
        403, "OperationDenied.InstanceCreating", "The specified instance is creating."
    )
    instance = stopped(alice)
    disk = detached(alice, instance, system_disk(alice, instance)["DiskId"])
    alice.call("AttachDisk", InstanceId=instance, DiskId=disk, Bootable="true", Password="Str0ng-enough")
    assert not_replaced(alice, instance) == Refusal(
        403,
        "InvalidSystemDiskStatus.IsTransfering",
        "The current status of the resource does not support this operation, system disk is transfering.",
    )


def test_an_image_that_an_instance_cannot_run_replaces_nothing(alice: Person) -> None:
    """Windows needs memory, some types need NVMe, and the host name stays unless it is the default."""
    small = stopped(alice, InstanceType="ecs.t5-lc2m1.nano")
    named = stopped(alice, HostName="the-very-long-name-of-a-server")
    nvme = stopped(alice, InstanceType="ecs.g8i.large")
    image = image_of(alice, run(alice))
    alice.call("ModifyImageAttribute", ImageId=image, Features={"NvmeSupport": "unsupported"})

    assert not_replaced(alice, small, ImageId=WINDOWS) == Refusal(
        403,
        "ImageNotSupportInstanceType",
        "The specified image don not support the InstanceType instance.",
    )
    assert not_replaced(alice, named, ImageId=WINDOWS) == Refusal(
        403,
        "InvalidHostname.MismatchImage",
        "The hostname of the current instance can not be applied to the image you choose.",
    )
    assert not_replaced(alice, nvme, ImageId=image) == Refusal(
        400,
        "InvalidParameter.Conflict",
        "The specified image does not support the specified instance type.",
    )
    alice.call("ReplaceSystemDisk", InstanceId=nvme, ImageId=WINDOWS)
    assert len(seen(alice, nvme)["HostName"]) == 15


def test_a_system_that_keeps_its_size_is_not_put_on_a_larger_disk(alice: Person) -> None:
    """FreeBSD, asked for with a size of its own."""
    first = image_of(alice, run(alice))
    snapshot = snapshot_of(alice, system_disk(alice, run(alice, ImageId=first))["DiskId"])
    alice.call("DeleteImage", ImageId=first, Force="true")
    freebsd = alice.call("CreateImage", SnapshotId=snapshot, Platform="FreeBSD")["ImageId"]
    alice.world.later()
    instance = stopped(alice)

    assert not_replaced(alice, instance, ImageId=freebsd, SystemDisk={"Size": 50}) == Refusal(
        400, "InvalidSystemDiskSize.ImageNotSupportResize", "The specified image does not support resize."
    )
    alice.call("ReplaceSystemDisk", InstanceId=instance, ImageId=freebsd, SystemDisk={"Size": 40})


@pytest.mark.parametrize(("condition", "refusal"), [(Condition.LOCKED, LOCKED), (Condition.ARREARS, ARREARS)])
def test_an_account_that_is_held_back_replaces_nothing(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """As the operator said."""
    instance = stopped(alice)
    hold(alice, condition)

    assert not_replaced(alice, instance) == refusal


@pytest.mark.parametrize(
    ("feature", "place", "code", "message"),
    [
        (Feature.CHANGE_OF_SYSTEM, "cn-hangzhou", "OperationDenied",
         "The current region does not support changing the image type."),
        (Feature.DISK_SALE, ZONE, "OperationDenied.DiskNoStock", "The requested disk category is sold out in"
         " the specified zone. Please try a different disk category or another zone."),
    ],
)  # fmt: skip
def test_what_a_place_lacks_is_not_put_on_a_disk(
    make_world: Callable[..., World], feature: Feature, place: str, code: str, message: str
) -> None:
    """By `--without`."""
    alice = first_of(make_world(without=frozenset({(feature, place)})))

    assert not_replaced(alice, stopped(alice), ImageId=WINDOWS) == Refusal(403, code, message)


def test_a_larger_system_disk_counts_towards_the_quota(make_world: Callable[..., World]) -> None:
    """By `--limits`: as a disk that grows."""
    alice = first_of(make_world(limits=Limits(disk_capacity_per_zone=50)))
    instance = stopped(alice)

    assert not_replaced(alice, instance, SystemDisk={"Size": 51}) == Refusal(
        400,
        "QuotaExceed.DiskCapacity",
        "The used capacity of disk type has exceeded the quota in the zone,  40 GiB of 50 GiB of"
        " cloud_efficiency are used.",
    )
    alice.call("ReplaceSystemDisk", InstanceId=instance, ImageId=UBUNTU, SystemDisk={"Size": 50})


# --- ReInitDisk ---------------------------------------------------------------------------------------------


def not_put_back(person: Person, disk: str, **parameters: Any) -> Refusal:
    """Put a disk back to what it was made from, in vain."""
    return person.refused("ReInitDisk", DiskId=disk, **parameters)


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (
            Condition.NOT_LISTED,
            Refusal(403, "UserNotInTheWhiteList", "The user is not in volume white list."),
        ),
        (Condition.LOCKED, LOCKED),
        (Condition.ARREARS, ARREARS),
    ],
)
def test_an_account_that_is_held_back_puts_nothing_back_to_its_image(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """As the operator said."""
    disk = system_disk(alice, stopped(alice))["DiskId"]
    hold(alice, condition)

    assert not_put_back(alice, disk) == refusal


def test_what_goes_along_when_a_disk_is_put_back_is_looked_up(alice: Person) -> None:
    """A region and a key pair that aren't there."""
    disk = system_disk(alice, stopped(alice))["DiskId"]

    assert not_put_back(alice, disk, RegionId="cn-nowhere") == Refusal(
        400, "InvalidRegionId.MalFormed", "The specified RegionId is not valid."
    )
    assert not_put_back(alice, disk, KeyPairName="nobodys") == Refusal(
        400, "InvalidKeyPairName.NotFound", "The specified KeyPairName does not exist."
    )


def test_an_ephemeral_disk_is_not_put_back(alice: Person) -> None:
    """It has nothing to go back to."""
    instance = stopped(alice)
    disk = attached(alice, instance, new_disk(alice, **EPHEMERAL), DeleteWithInstance="true")

    assert not_put_back(alice, disk) == Refusal(
        400,
        "DiskCategory.OperationNotSupported",
        "The operation is not supported to the specified disk due to its disk category.",
    )


def test_a_data_disk_of_an_image_needs_the_snapshot_behind_it(alice: Person) -> None:
    """Once the image is deleted, the snapshot can be, and then the disk can't be put back."""
    image = image_of(alice, run(alice, DataDisk=[{"Size": 50}]))
    _, data = disks(alice, stopped(alice, ImageId=image))
    alice.call("DeleteImage", ImageId=image, Force="true")
    alice.call("ReInitDisk", DiskId=data["DiskId"])
    alice.world.later()

    alice.call("DeleteSnapshot", SnapshotId=data["SourceSnapshotId"], Force="true")

    assert not_put_back(alice, data["DiskId"]) == Refusal(
        403,
        "InvalidSourceSnapshot",
        "The source snapshot of the disk has been deleted and cannot support the current operation.",
    )
    assert shown(alice, data["DiskId"])["Status"] == "In_use"
