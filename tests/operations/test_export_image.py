# ruff: noqa: E501 - the table has one row a line
"""ExportImage: a custom image into object storage, and every way in which it is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localyun import accounts
from localyun.model.images import DiskMapping
from localyun.model.instances import DATA
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature
from tests.operations import oss
from tests.operations.held import hold, make_role
from tests.operations.keys import a_key
from tests.operations.made import SYSTEM_IMAGE, an_image
from tests.people import REGION, Person, Refusal, World

SYSTEM_DISK = DiskMapping(device="/dev/xvda", size=40)
FORMATS_REGION = "us-east-1"


@pytest.fixture
def world(make_world: Callable[..., World], tmp_path: Path) -> World:
    """A world whose object storage is a folder, where two images are exported at once and three a week."""
    return make_world(
        oss=str(oss.fill(tmp_path)),
        limits=Limits(exports_at_once=2, exports_per_week=3),
        without=frozenset({(Feature.IMAGE_TRANSFER, "cn-beijing")}),
    )


def exported(person: Person, image: str, **other: Any) -> str:
    """Export an image, and return the task's id."""
    task: str = person.call("ExportImage", ImageId=image, OSSBucket="images", **other)["TaskId"]
    return task


def data_disk(letter: str, *, size: int = 100, snapshot: str = "") -> DiskMapping:
    """A data disk of an image."""
    return DiskMapping(device=f"/dev/xvd{letter}", size=size, kind=DATA, snapshot=snapshot)


def imported(person: Person, *sizes: int, ready: bool = True, **other: Any) -> str:
    """Import an image with disks of these sizes; its id."""
    disks = [
        {"OSSBucket": "images", "OSSObject": "good.raw", "DiskImageSize": size} for size in sizes or (40,)
    ]
    image: str = person.call("ImportImage", DiskDeviceMapping=disks, **other)["ImageId"]
    if ready:
        person.world.later()
    return image


def encrypted(person: Person) -> str:
    """Make an image that is encrypted with a key of one's own."""
    key = a_key(person)
    copy: str = person.call("CopyImage", ImageId=imported(person), Encrypted=True, KMSKeyId=key)["ImageId"]
    person.world.later()
    return copy


def published(person: Person) -> str:
    """Make an image that is the community's."""
    accounts.change(person.world.app.store, 0, person.id, agreed=True)
    image = imported(person)
    person.call("ModifyImageSharePermission", ImageId=image, IsPublic=True)
    return image


def received(person: Person, owner: Person) -> str:
    """Have an image shared with one."""
    image = imported(owner)
    owner.call("ModifyImageSharePermission", ImageId=image, AddAccount=[person.id])
    return image


IMAGES: dict[str, Callable[[Person, Person], str]] = {
    "plain": lambda alice, _: imported(alice),
    "far": lambda alice, _: imported(alice, RegionId="cn-shanghai"),
    "bob's": lambda _, bob: imported(bob),
    "received": received,
    "public": lambda alice, _: published(alice),
    "new": lambda alice, _: imported(alice, ready=False),
    "encrypted": lambda alice, _: encrypted(alice),
    "windows": lambda alice, _: imported(alice, Platform="Windows Server 2019", LicenseType="Aliyun"),
    "five": lambda alice, _: imported(alice, 40, 1, 1, 1, 1, 1),
    "large": lambda alice, _: imported(alice, 40, 501),
    "data": lambda alice, _: imported(alice, 40, 100, RegionId=FORMATS_REGION),
}
"""Images as the API makes them."""


REFUSED = {
    "no region": ("plain", {"RegionId": None}, 400, "MissingParameter", 'An input parameter "RegionId" that is mandatory for processing the request is not supplied.'),
    "unknown region": ("plain", {"RegionId": "cn-nowhere"}, 400, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
    "no id": ("plain", {"ImageId": "m bp1"}, 400, "InvalidImageName.Malformed", "The specified Image name is wrongly formed."),
    "prefix": ("plain", {"OSSPrefix": "my/"}, 400, "InvalidOSSPrefix.Malformed", "The specified OSSPrefix format is wrongly formed."),
    "format": ("plain", {"ImageFormat": "iso"}, 400, "InvalidImageFormat.Malformed", "The specified Image Format is wrongly formed."),
    "format of the region": ("plain", {"ImageFormat": "qcow2"}, 400, "InvalidImageFormat.RegionNotSupported", "The specified image format is not supported in current region."),
    "region without exports": ("plain", {"RegionId": "cn-beijing"}, 400, "InvalidRegion.NotSupport", "The specified region does not support image import or export."),
    "missing image": ("plain", {"ImageId": "m-bp1none"}, 404, "InvalidImageId.NotFound", "The specified ImageId does not exist."),
    "one's own image elsewhere": ("far", {}, 404, "InvalidImageId.NotFound", "The specified image IMAGE does not exist."),
    "another's image": ("bob's", {}, 404, "InvalidImageId.NotFound", "The specified ImageId does not exist."),
    "received image": ("received", {}, 403, "InvalidImageCategory.NotSupported", "The specified image category is not supported."),
    "the provider's image": ("plain", {"ImageId": SYSTEM_IMAGE}, 403, "InvalidImageCategory.NotSupported", "The specified image category is not supported."),
    "community image": ("public", {}, 403, "InvalidImageCategory.NotSupported", "The specified image category is not supported."),
    "status": ("new", {}, 400, "IncorrectImageStatus", "The specified Image is not available."),
    "encrypted": ("encrypted", {}, 400, "ImageNotSupported", "The specified Image contains encrypted snapshots, do not support export."),
    "the provider's license": ("windows", {}, 403, "InvalidImageLicense.NotSupported", "The license of the image is the provider's, which isn't exported."),
    "five data disks": ("five", {}, 400, "InvalidImage.DiskAmountOrSize", "The image has more than 4 data disks."),
    "large data disk": ("large", {}, 400, "InvalidImage.DiskAmountOrSize", "The diskSize of the image exceeds the maximum size."),
    "data disk in another format": ("data", {"ImageFormat": "vhd", "RegionId": FORMATS_REGION}, 400, "OperationDenied", "The specified image contains the snapshot of the data disk,does not support this operation."),
    "missing bucket": ("plain", {"OSSBucket": "nobodys"}, 400, "InvalidOSSBucket.NotFound", "The specified OSS bucket does not exist in this region."),
    "bucket elsewhere": ("plain", {"OSSBucket": "elsewhere"}, 400, "InvalidOSSBucket.NotMatched", "The specified OSS bucket is incorrect, it is in the region cn-beijing."),
    "bucket of others": ("plain", {"OSSBucket": "private"}, 403, "InvalidOSS.NotAuthorized", "The specified OSS bucket or object is not allowed to access."),
    "encrypted bucket": ("plain", {"OSSBucket": "secret"}, 403, "InvalidOSSBucket.EncryptUnsupported", "Accessing objects from encrypted OSS bucket is not supported."),
    "archive": ("plain", {"OSSBucket": "archive"}, 400, "InvalidOSSBucket.ArchiveOssBucketNotSupported", "Exporting an image to an OSS bucket with Archive, Cold Archive, or Deep Cold Archive storage class is not supported."),
    "archived object in its place": ("plain", {"OSSPrefix": "old"}, 400, "InvalidOSSObject.NeedRestore", "The specified OSS object is a archive object, need restore first."),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_exported_is_refused(alice: Person, bob: Person, case: str) -> None:
    """Each with one exact error, and nothing is written. `IMAGE` stands for the image's id."""
    kind, changes, status, code, message = REFUSED[case]
    image = IMAGES[kind](alice, bob)

    refused = alice.refused("ExportImage", **{"ImageId": image, "OSSBucket": "images", **changes})

    assert refused == Refusal(status, code, message.replace("IMAGE", image))
    assert alice.call("DescribeTasks", TaskAction="ExportImage")["TotalCount"] == 0


def test_an_account_that_is_held_back_exports_nothing(alice: Person) -> None:
    """As the operator says."""
    hold(alice, Condition.NO_TRANSFER)

    assert alice.refused("ExportImage", ImageId=an_image(alice), OSSBucket="images") == Refusal(
        403, "UserNotInTheWhiteList", "The user is not in the white list of exporting image."
    )


def test_an_image_is_exported_once_at_a_time_and_so_many_a_week(alice: Person) -> None:
    """The image under way is named first, then those at once, then those of the last seven days."""
    one, two, three = (an_image(alice, f"m-bp1{number}") for number in range(3))
    exported(alice, one)
    again = alice.refused("ExportImage", ImageId=one, OSSBucket="images")
    exported(alice, two)
    at_once = alice.refused("ExportImage", ImageId=three, OSSBucket="images")
    alice.world.later()
    exported(alice, three)
    alice.world.later()
    this_week = alice.refused("ExportImage", ImageId=three, OSSBucket="images")
    alice.world.later(7 * 86_400)

    assert again == Refusal(
        403,
        "ImageIsExporting",
        "The specified Image is being exported. "
        "You can use the DescribeTasks API to check the status of existing tasks.",
    )
    assert at_once == Refusal(403, "ConcurrentQuotaExceed.ExportImage", "Only 2 images are exported at once.")
    assert this_week == Refusal(403, "WeeklyQuotaExceed.ExportImage", "Only 3 images are exported in a week.")
    exported(alice, three)


def test_each_disk_becomes_an_object_that_can_be_imported(alice: Person) -> None:
    """Once the task is done, and not before; then as large as the disk was."""
    image = an_image(alice, disks=(SYSTEM_DISK, data_disk("b", snapshot="s-bp1data")))
    task = exported(alice, image, OSSPrefix="my")
    mapping = [{"OSSBucket": "images", "OSSObject": f"my_{image}_system.raw.tar.gz"}]

    early = alice.refused("ImportImage", DiskDeviceMapping=mapping)
    alice.world.later()
    found = alice.call("DescribeTaskAttribute", TaskId=task)
    copy = alice.call("ImportImage", DiskDeviceMapping=mapping)["ImageId"]
    alice.world.later()

    assert early == Refusal(
        400, "InvalidOSSObject.NotFound", "The specified OSS object does not exist in this region."
    )
    assert (found["TaskStatus"], found["TaskAction"], found["RegionId"]) == (
        "Finished",
        "ExportImage",
        REGION,
    )
    assert [
        [item["Value"] for item in step["RelatedItemSet"]["RelatedItem"]]
        for step in found["OperationProgressSet"]["OperationProgress"]
    ] == [
        ["images", "my_m-bp1made_system.raw.tar.gz"],
        ["images", "my_m-bp1made_data_xvdb.raw.tar.gz"],
    ]
    (shown,) = alice.call("DescribeImages", ImageId=copy)["Images"]["Image"]
    assert (shown["Status"], shown["Size"]) == ("Available", 40)


def test_an_exported_object_is_of_the_format_that_was_asked_for(alice: Person) -> None:
    """Where the region has it; to import it as another is refused."""
    image = an_image(alice, region=FORMATS_REGION)
    exported(alice, image, RegionId=FORMATS_REGION, ImageFormat="qcow2")
    alice.world.later()
    disk = {"OSSBucket": "images", "OSSObject": f"{image}_system.qcow2", "Format": "VMDK"}

    assert alice.refused("ImportImage", RegionId=FORMATS_REGION, DiskDeviceMapping=[disk]) == Refusal(
        403, "InvalidImageFormat.Malformed", "The object is a QCOW2 file, not a VMDK one."
    )


def test_a_role_that_is_named_has_to_trust_the_service(alice: Person) -> None:
    """The default one only if it is there."""
    image = an_image(alice)
    no_role = Refusal(
        403,
        "NoSetRoletoECSServiceAcount",
        "ECS service account Have no right to access your OSS."
        "please attach a role of access your oss to ECS service account.",
    )

    assert alice.refused("ExportImage", ImageId=image, OSSBucket="images", RoleName="none") == no_role
    make_role(alice, "AliyunECSImageExportDefaultRole", "rds.aliyuncs.com")
    assert alice.refused("ExportImage", ImageId=image, OSSBucket="images") == no_role
    make_role(alice, "exporter", "ecs.aliyuncs.com")
    exported(alice, image, RoleName="exporter")


def test_the_exports_of_an_account_fail_if_the_operator_says_so(alice: Person) -> None:
    """In the task, not in the call; no object is there then."""
    hold(alice, Condition.FAILING)
    image = an_image(alice)
    task = exported(alice, image)
    alice.world.later()

    found = alice.call("DescribeTaskAttribute", TaskId=task)
    (step,) = found["OperationProgressSet"]["OperationProgress"]
    assert (found["TaskStatus"], step["ErrorCode"]) == ("Failed", "ExportImageFailed")
    disk = {"OSSBucket": "images", "OSSObject": f"{image}_system.raw.tar.gz"}
    assert alice.refused("ImportImage", DiskDeviceMapping=[disk]) == Refusal(
        400, "InvalidOSSObject.NotFound", "The specified OSS object does not exist in this region."
    )


def test_a_dry_run_exports_nothing(alice: Person) -> None:
    """All is checked; success is an error."""
    image = an_image(alice)

    assert alice.refused("ExportImage", ImageId=image, OSSBucket="images", DryRun=True) == Refusal(
        400, "DryRunOperation", "Request validation has been passed with DryRun flag set."
    )
    assert alice.call("DescribeTasks")["TotalCount"] == 0


def test_an_image_that_is_being_exported_is_not_deleted(alice: Person) -> None:
    """It can be used all the while."""
    image = an_image(alice)
    exported(alice, image)

    refused = alice.refused("DeleteImage", ImageId=image, Force=True)
    (shown,) = alice.call("DescribeImages", ImageId=image)["Images"]["Image"]
    alice.world.later()
    alice.call("DeleteImage", ImageId=image)

    assert refused == Refusal(
        403,
        "ImageIsExporting",
        "The specified image is currently being exported. You can use the DescribeTasks API to check "
        "the status of related tasks and cancel them if needed.",
    )
    assert shown["Status"] == "Available"


def test_an_image_that_is_being_exported_is_not_copied(alice: Person, bob: Person) -> None:
    """By its owner: a sharee isn't told."""
    image = an_image(alice, disks=(SYSTEM_DISK,))
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    exported(alice, image)

    too_early = alice.refused("CopyImage", ImageId=image)
    bob.call("CopyImage", ImageId=image)
    alice.world.later()

    assert too_early == Refusal(
        409,
        "InvalidOperation.Conflict",
        "Request was denied due to conflict with a previous request, please try again later.",
    )
    alice.call("CopyImage", ImageId=image)
