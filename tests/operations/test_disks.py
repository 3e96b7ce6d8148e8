"""Disks: listed, a system disk replaced, a disk put back to what it was made from."""

from typing import Any

import pytest

from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.made_instances import (
    ARM_TYPE,
    UBUNTU,
    UBUNTU_ARM,
    WINDOWS,
    asked,
    disks,
    image_of,
    run,
    seen,
    shared_image,
    status,
    stopped,
    system_disk,
)
from tests.people import Person, Refusal, World

WRONG_STATUS = Refusal(
    403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation."
)
SHARE_ENDED = Refusal(403, "SharedImageDeleted", "The specified image by others shared is deleted.")


def listed(person: Person, **filters: Any) -> list[str]:
    """Return the ids that DescribeDisks answers."""
    return [disk["DiskId"] for disk in person.call("DescribeDisks", **filters)["Disks"]["Disk"]]


def replaced(person: Person, instance: str, image: str, **parameters: Any) -> str:
    """Replace a system disk; return the new one's id."""
    answer = person.call("ReplaceSystemDisk", InstanceId=instance, ImageId=image, **parameters)
    return str(answer["DiskId"])


# --- ReInitDisk ---------------------------------------------------------------------------------------------


def test_a_disk_is_put_back_to_its_image(world: World, alice: Person) -> None:
    """ReIniting, then In_use; the instance stays stopped."""
    instance = stopped(alice)
    disk = system_disk(alice, instance)["DiskId"]

    alice.call("ReInitDisk", DiskId=disk)
    at_first = system_disk(alice, instance)["Status"]
    world.later()

    assert (at_first, system_disk(alice, instance)["Status"]) == ("ReIniting", "In_use")
    assert system_disk(alice, instance)["DiskId"] == disk
    assert status(alice, instance) == "Stopped"


def test_an_instance_may_start_once_its_disk_is_put_back(world: World, alice: Person) -> None:
    """AutoStartInstance; a key pair may be given along."""
    alice.call("CreateKeyPair", KeyPairName="new")
    instance = stopped(alice)

    disk = system_disk(alice, instance)["DiskId"]
    alice.call("ReInitDisk", DiskId=disk, AutoStartInstance="true", KeyPairName="new")
    at_first = status(alice, instance)
    world.later()

    assert (at_first, status(alice, instance)) == ("Starting", "Running")
    assert seen(alice, instance)["KeyPairName"] == "new"


def test_a_sharee_puts_a_disk_back_while_the_image_is_shared(alice: Person, bob: Person) -> None:
    """As long as the share lasts, it is as if the image were one's own."""
    instance = stopped(bob, ImageId=shared_image(alice, bob))

    bob.call("ReInitDisk", DiskId=system_disk(bob, instance)["DiskId"])

    assert system_disk(bob, instance)["Status"] == "ReIniting"


def test_a_sharee_cannot_put_a_disk_back_once_the_image_is_unshared(alice: Person, bob: Person) -> None:
    """Unsharing ends it; sharing again begins it again."""
    image = shared_image(alice, bob)
    disk = system_disk(bob, stopped(bob, ImageId=image))["DiskId"]

    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    refusal = bob.refused("ReInitDisk", DiskId=disk)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    bob.call("ReInitDisk", DiskId=disk)

    assert refusal == SHARE_ENDED


def test_a_sharee_cannot_put_a_disk_back_once_the_image_is_deleted(alice: Person, bob: Person) -> None:
    """The system disk, and a data disk that the image brought along."""
    image = shared_image(alice, bob, DataDisk=[{"Size": 50}])
    instance = stopped(bob, ImageId=image)

    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    alice.call("DeleteImage", ImageId=image, Force="true")

    for disk in disks(bob, instance):
        assert bob.refused("ReInitDisk", DiskId=disk["DiskId"]) == SHARE_ENDED


def test_a_disk_that_a_sharee_replaced_the_system_by_is_bound_to_the_share(
    alice: Person, bob: Person
) -> None:
    """What counts is the image that the disk was made of, not the one that the instance began with."""
    image = shared_image(alice, bob)
    instance = stopped(bob)
    disk = replaced(bob, instance, image)

    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    ended = bob.refused("ReInitDisk", DiskId=disk)
    back = replaced(bob, instance, UBUNTU)
    bob.call("ReInitDisk", DiskId=back)

    assert ended == SHARE_ENDED


def test_the_owners_disk_cannot_be_put_back_once_the_image_is_deleted(alice: Person) -> None:
    """One's own image has a code of its own."""
    image = image_of(alice, run(alice))
    disk = system_disk(alice, stopped(alice, ImageId=image))["DiskId"]
    alice.call("DeleteImage", ImageId=image, Force="true")

    refusal = alice.refused("ReInitDisk", DiskId=disk)

    assert refusal == Refusal(
        404,
        "InvalidDiskId.OperationNotSupported",
        "The operation is not supported due to image not exist.",
    )


def test_an_empty_data_disk_can_always_be_put_back(alice: Person) -> None:
    """It is empty again."""
    _, data = disks(alice, stopped(alice, DataDisk=[{"Size": 50}]))

    alice.call("ReInitDisk", DiskId=data["DiskId"])

    assert alice.call("DescribeDisks", Status="ReIniting")["TotalCount"] == 1


def test_a_data_disk_is_put_back_to_its_snapshot(world: World, alice: Person) -> None:
    """As long as there is one."""
    _, source = disks(alice, run(alice, DataDisk=[{"Size": 50}]))
    snapshot = alice.call("CreateSnapshot", DiskId=source["DiskId"])["SnapshotId"]
    world.later()
    _, data = disks(alice, stopped(alice, DataDisk=[{"SnapshotId": snapshot}]))

    alice.call("ReInitDisk", DiskId=data["DiskId"])
    world.later()
    alice.call("DeleteSnapshot", SnapshotId=snapshot, Force="true")
    refusal = alice.refused("ReInitDisk", DiskId=data["DiskId"])

    assert refusal == Refusal(
        403, "OperationDenied", "The snapshot which is used to create the specified disk has been deleted."
    )


def test_a_disk_is_put_back_while_its_instance_is_stopped(world: World, alice: Person) -> None:
    """Not while it runs, and not before it ever ran."""
    running = run(alice)
    created = alice.call("CreateInstance", **asked())["InstanceId"]
    world.later()

    for instance in (running, created):
        disk = system_disk(alice, instance)["DiskId"]
        assert alice.refused("ReInitDisk", DiskId=disk) == WRONG_STATUS


def test_a_disk_that_is_in_no_instance_is_not_put_back(alice: Person) -> None:
    """It has to be In_use."""
    instance = stopped(alice, DataDisk=[{"Size": 50, "DeleteWithInstance": "false"}])
    _, data = disks(alice, instance)
    alice.call("DeleteInstance", InstanceId=instance)

    refusal = alice.refused("ReInitDisk", DiskId=data["DiskId"])

    assert refusal == Refusal(
        403, "IncorrectDiskStatus", "The current disk status does not support this operation."
    )


BEING_SNAPSHOT = Refusal(
    403,
    "DiskCreatingSnapshot",
    "The operation is denied due to a snapshot of the specified disk is not completed yet.",
)


def test_a_disk_is_left_alone_while_a_snapshot_is_made(alice: Person) -> None:
    """Neither put back nor replaced."""
    instance = stopped(alice)
    disk = system_disk(alice, instance)["DiskId"]
    alice.call("CreateSnapshot", DiskId=disk)

    assert alice.refused("ReInitDisk", DiskId=disk) == BEING_SNAPSHOT
    assert alice.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=UBUNTU) == BEING_SNAPSHOT


def test_disks_of_others_look_missing(alice: Person, mallory: Person) -> None:
    """Another's disk can't be put back."""
    disk = system_disk(alice, stopped(alice))["DiskId"]

    refusal = mallory.refused("ReInitDisk", DiskId=disk)

    assert refusal == Refusal(404, "InvalidDiskId.NotFound", "The specified disk does not exist.")


def test_what_goes_onto_a_disk_put_back_is_checked(alice: Person) -> None:
    """A password's shape, and no key pair on Windows."""
    disk = system_disk(alice, stopped(alice, ImageId=WINDOWS))["DiskId"]

    assert alice.refused("ReInitDisk", DiskId=disk, Password="weak") == Refusal(
        400, "InvalidPassword.Malformed", 'The specified parameter "Password" is not valid.'
    )
    assert alice.refused("ReInitDisk", DiskId=disk, KeyPairName="mine") == Refusal(
        403,
        "DependencyViolation.WindowsInstance",
        "The instance creating is windows, cannot use ssh key pair to login.",
    )


# --- ReplaceSystemDisk --------------------------------------------------------------------------------------


def test_a_system_disk_is_replaced(alice: Person) -> None:
    """The new one has an id of its own, the old one is gone, the instance has the other image."""
    alice.call("CreateKeyPair", KeyPairName="mine")
    image = image_of(alice, run(alice))
    instance = stopped(alice)
    old = system_disk(alice, instance)

    new = replaced(alice, instance, image, KeyPairName="mine", Password="Str0ng-enough")

    found = system_disk(alice, instance)
    assert found["DiskId"] == new != old["DiskId"]
    assert (found["ImageId"], found["Device"], found["Status"]) == (image, "/dev/xvda", "In_use")
    assert (found["Size"], found["Category"]) == (old["Size"], old["Category"])
    assert (seen(alice, instance)["ImageId"], seen(alice, instance)["KeyPairName"]) == (image, "mine")
    assert listed(alice, DiskIds=f'["{old["DiskId"]}"]') == []


def test_a_replaced_system_disk_may_be_larger_and_encrypted(alice: Person) -> None:
    """The size and the encryption may change, the category can't."""
    instance = stopped(alice)

    replaced(alice, instance, WINDOWS, SystemDisk={"Size": 80}, Encrypted="true")

    found = system_disk(alice, instance)
    assert (found["Size"], found["Encrypted"]) == (80, True)
    assert seen(alice, instance)["OSType"] == "windows"


def test_a_replaced_system_disk_is_no_smaller_than_the_image(alice: Person) -> None:
    """Nor than the old one; both by default."""
    image = image_of(alice, run(alice, SystemDisk={"Size": 60}))
    instance = stopped(alice)

    refusal = alice.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image, SystemDisk={"Size": 59})
    replaced(alice, instance, image)

    assert refusal == Refusal(
        404,
        "InvalidSystemDiskSize.LessThanImageSize",
        "The specified parameter SystemDisk.Size is less than the image size.",
    )
    assert system_disk(alice, instance)["Size"] == 60


def test_a_repeated_replacement_changes_nothing_more(alice: Person) -> None:
    """Under one ClientToken the answer is that of the first call."""
    instance = stopped(alice)

    first = replaced(alice, instance, UBUNTU, ClientToken="once")

    assert replaced(alice, instance, UBUNTU, ClientToken="once") == first


def test_a_sharee_replaces_a_system_disk_while_the_image_is_shared(alice: Person, bob: Person) -> None:
    """Then the image looks missing."""
    image = shared_image(alice, bob)
    instance = stopped(bob)

    replaced(bob, instance, image)
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    refusal = bob.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image)

    assert refusal == Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")


def test_a_system_disk_is_replaced_while_the_instance_is_stopped(alice: Person) -> None:
    """Not while it runs, nor while the disk is being put back."""
    running, standing = run(alice), stopped(alice)
    alice.call("ReInitDisk", DiskId=system_disk(alice, standing)["DiskId"])

    assert alice.refused("ReplaceSystemDisk", InstanceId=running, ImageId=UBUNTU) == WRONG_STATUS
    assert alice.refused("ReplaceSystemDisk", InstanceId=standing, ImageId=UBUNTU) == Refusal(
        403, "IncorrectDiskStatus", "The current disk status does not support this operation."
    )


def test_an_image_that_is_still_being_made_replaces_nothing(alice: Person) -> None:
    """It has to be Available or Deprecated."""
    instance = stopped(alice)
    image = alice.call("CreateImage", InstanceId=run(alice))["ImageId"]

    refusal = alice.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image)

    assert refusal == Refusal(
        403,
        "OperationDenied.ImageNotValid",
        "The specified Image is disabled or deleted, please check the status of the image.",
    )


def test_an_image_of_several_disks_replaces_nothing(alice: Person) -> None:
    """A system disk is one disk."""
    image = image_of(alice, run(alice, DataDisk=[{"Size": 50}]))

    refusal = alice.refused("ReplaceSystemDisk", InstanceId=stopped(alice), ImageId=image)

    assert refusal == Refusal(
        400,
        "OperationDenied",
        "The specified image contains the snapshot of the data disk,does not support this operation.",
    )


def test_an_encrypted_image_replaces_by_an_encrypted_disk(alice: Person) -> None:
    """Declining encryption is refused."""
    image = image_of(alice, run(alice, SystemDisk={"Encrypted": "true"}))
    instance = stopped(alice)

    refusal = alice.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image, Encrypted="false")
    replaced(alice, instance, image)

    assert refusal.code == "InvalidEncrypted.NotMatchSnapshot"
    assert system_disk(alice, instance)["Encrypted"] is True


@pytest.mark.parametrize(
    ("parameters", "http", "code", "message"),
    [
        ({"ImageId": None}, 403, "InvalidParameter.AllEmpty", "The current operation does not allow both"
         " diskId and imageId to be empty. Make sure that either diskId or imageId is not empty."),
        ({"DiskId": "d-1"}, 403, "InvalidParameter.Conflict", "The current operation does not allow both"
         " diskId and imageId to be set. Make sure that either diskId or imageId is not empty."),
        ({"RegionId": "cn-nowhere"}, 403, "InvalidRegionId.NotExists", "The region not exists."),
        ({"SystemDisk": {"Size": "large"}}, 400, "InvalidSystemDiskSize.ValueNotSupported",
         "The specified parameter SystemDisk.Size is invalid."),
        ({"SystemDisk": {"Size": -1}}, 400, "InvalidSystemDiskSize",
         "The specified parameter SystemDisk.Size is invalid."),
        ({"KeyPairName": "nobodys"}, 400, "InvalidKeyPairName.NotFound",
         "The specified KeyPairName does not exist."),
        ({"Password": "weak"}, 400, "InvalidPassword.Malformed",
         'The specified parameter "Password" is not valid.'),
        ({"Password": "Str0ng-enough", "PasswordInherit": "true"}, 400, "InvalidPasswordParam.Mismatch",
         "The input password should be null when passwdInherit is true."),
        ({"InstanceId": "i-none"}, 404, "InvalidInstanceId.NotFound",
         "The specified InstanceId does not exist."),
        ({"ImageId": "m-none"}, 404, "InvalidImageId.NotFound", "The specified ImageId does not exist."),
        ({"ImageId": UBUNTU_ARM}, 400, "InvalidInstanceType.NotSupported",
         "The specified instanceType is not supported by the image architecture."),
        ({"ImageId": WINDOWS, "KeyPairName": "mine"}, 403, "DependencyViolation.WindowsInstance",
         "The instance creating is windows, cannot use ssh key pair to login."),
        ({"SystemDisk": {"Size": 39}}, 404, "InvalidSystemDiskSize.LessThanMinSize",
         "The specified parameter SystemDisk.Size is less than the min size."),
        ({"SystemDisk": {"Size": 2049}}, 404, "InvalidSystemDiskSize.MoreThanMaxSize",
         "The specified SystemDisk.Size parameter exceeds the maximum size."),
    ],
)  # fmt: skip
def test_a_replacement_that_does_not_fit_is_refused(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """The old disk stays."""
    instance = stopped(alice)
    old = system_disk(alice, instance)

    refusal = alice.refused("ReplaceSystemDisk", **{"InstanceId": instance, "ImageId": UBUNTU, **parameters})

    assert refusal == Refusal(http, code, message)
    assert system_disk(alice, instance) == old


# --- DescribeDisks ------------------------------------------------------------------------------------------


def test_a_disk_is_shown_with_where_it_is(alice: Person) -> None:
    """Attached to an instance, at a place, since a time."""
    instance = run(alice)

    found = system_disk(alice, instance)

    assert found["Attachments"] == {
        "Attachment": [
            {"InstanceId": instance, "Device": "/dev/xvda", "AttachedTime": "2026-03-01T08:00:00Z"}
        ]
    }
    assert (found["CreationTime"], found["AttachedTime"]) == ("2026-03-01T08:00:00Z",) * 2
    assert (found["Portable"], found["DeleteWithInstance"]) == (False, True)
    assert (found["MountInstances"], found["OperationLocks"]) == (
        {"MountInstance": []},
        {"OperationLock": []},
    )


def test_an_account_sees_its_own_disks_in_the_calls_region(alice: Person, bob: Person) -> None:
    """Neither another's nor those of another region, asked for by id or by instance."""
    instance = run(alice)
    (disk,) = listed(alice)

    assert listed(alice, RegionId="cn-beijing") == []
    assert listed(bob) == []
    assert listed(bob, DiskIds=f'["{disk}"]') == []
    assert listed(bob, InstanceId=instance) == []


def test_disks_are_found_by_what_they_are(world: World, alice: Person) -> None:
    """Each filter finds the one disk that fits."""
    _, source = disks(alice, run(alice, InstanceType=ARM_TYPE, ImageId=UBUNTU_ARM, DataDisk=[{"Size": 50}]))
    snapshot = alice.call("CreateSnapshot", DiskId=source["DiskId"])["SnapshotId"]
    world.later()
    made_of_it = {
        "SnapshotId": snapshot,
        "Category": "cloud_essd",
        "DiskName": "data-1",
        "Encrypted": "true",
        "DeleteWithInstance": "false",
    }
    instance = run(alice, DataDisk=[made_of_it])
    root, one = (disk["DiskId"] for disk in disks(alice, instance))

    for filters in (
        {"DiskIds": f'["{one}", "d-none"]'},
        {"InstanceId": instance, "DiskType": "data"},
        {"Category": "cloud_essd"},
        {"PerformanceLevel": "PL1"},
        {"SnapshotId": snapshot},
        {"DiskName": "data-*"},
        {"Encrypted": "true"},
        {"DeleteWithInstance": "false"},
        {"InstanceId": instance, "Portable": "true"},
    ):
        assert listed(alice, **filters) == [one], filters
    assert listed(alice, InstanceId=instance, DiskType="system") == [root]
    assert set(listed(alice, Filter=[{"Key": "CreationStartTime", "Value": "2026-03-01T08:01Z"}])) == {
        root,
        one,
    }
    for filters in (
        {"Status": "Available"},
        {"DiskChargeType": "PrePaid"},
        {"LockReason": "security"},
        {"ZoneId": "cn-hangzhou-h"},
        {"Tag": [{"Key": "team"}]},
        {"ResourceGroupId": "rg-1"},
        {"KMSKeyId": "key"},
    ):
        assert listed(alice, **filters) == [], filters


def test_disks_come_in_pages(alice: Person) -> None:
    """By number, or by the token that the page before gave."""
    alice.call("RunInstances", **asked(Amount=5))
    every = listed(alice)

    by_number = alice.call("DescribeDisks", PageNumber=3, PageSize=2)
    first = alice.call("DescribeDisks", MaxResults=4)
    second = alice.call("DescribeDisks", MaxResults=4, NextToken=first["NextToken"])

    ids = [[disk["DiskId"] for disk in page["Disks"]["Disk"]] for page in (by_number, first, second)]
    assert ids == [every[4:], every[:4], every[4:]]
    assert (by_number["TotalCount"], by_number["PageNumber"], by_number["PageSize"]) == (5, 3, 2)


@pytest.mark.parametrize(
    ("filters", "http", "code", "message"),
    [
        ({"RegionId": None}, 400, "MissingParamter.RegionId", "The regionId should not be null."),
        ({"RegionId": "cn-nowhere"}, 400, "InvalidRegion.NotFound",
         "The specified parameter RegionId is not valid."),
        ({"ZoneId": "cn-beijing-a"}, 400, "InvalidZoneId.NotFound",
         "The zoneId provided does not exist in our records."),
        ({"DiskIds": "d-1"}, 400, "InvalidParameter.DiskIds",
         "The specified parameter diskIds is not valid."),
        ({"DiskIds": str(["d-1"] * 101).replace("'", '"')}, 403, "InvalidDiskIds.Malformed",
         "The amount of specified disk Ids exceeds the limit."),
        ({"DiskType": "x"}, 400, "InvalidDiskType.ValueNotSupported",
         "The specified disk type is not supported."),
        ({"Category": "x"}, 400, "InvalidCategory.ValueNotSupported",
         "The specified disk category is not supported."),
        ({"Status": "x"}, 400, "InvalidStatus.ValueNotSupported",
         "The specified disk status is not supported."),
        ({"DiskChargeType": "x"}, 404, "InvalidDiskChargeType.NotFound",
         "The DiskChargeType does not exist in our records."),
        ({"LockReason": "x"}, 404, "InvalidLockReason.NotFound", "The specified LockReason is not found."),
        ({"Filter": [{"Key": "Colour"}]}, 404, "InvalidFilterKey.NotFound", "The filter key is not found."),
        ({"Filter": [{"Key": "CreationEndTime", "Value": "soon"}]}, 404, "InvalidFilterValue",
         "The filter value is not valid."),
        ({"Tag": [{"Value": "red"}]}, 400, "InvalidTag.Mismatch",
         "The specified Tag.n.Key and Tag.n.Value are not match."),
        ({"Tag": [{"Key": "k"}] * 21}, 400, "InvalidTagCount",
         "The specified tags are beyond the permitted range."),
        ({"PageSize": 101}, 400, "InvalidParamter", "Some parameters are invalid in this request."),
        ({"NextToken": "?"}, 400, "InvalidParamter", "Some parameters are invalid in this request."),
    ],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(
    alice: Person, filters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """Rather than finding nothing, or everything."""
    assert alice.refused("DescribeDisks", **filters) == Refusal(http, code, message)


def test_an_account_that_is_held_back_sees_no_disks(alice: Person) -> None:
    """As the operator said."""
    hold(alice, Condition.NOT_LISTED)

    assert alice.refused("DescribeDisks") == Refusal(
        403, "UserNotInTheWhiteList", "The user is not in volume white list."
    )
