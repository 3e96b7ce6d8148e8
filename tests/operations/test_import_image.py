# ruff: noqa: E501 - the table has one row a line
"""ImportImage: an image of disk files in object storage, and every way in which it is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature
from tests.operations import oss
from tests.operations.held import hold, make_role
from tests.operations.made import an_image
from tests.people import REGION, Person, Refusal, World

EVERY = "Available,UnAvailable,Creating,Waiting,CreateFailed,Deprecated"


@pytest.fixture
def world(make_world: Callable[..., World], tmp_path: Path) -> World:
    """A world whose object storage is a folder, and of which one region lacks what it can lack."""
    return make_world(
        oss=str(oss.fill(tmp_path)),
        limits=Limits(images_per_account=2),
        without=frozenset({(Feature.IMAGE_TRANSFER, "cn-beijing"), (Feature.IMAGE_FORMATS, "cn-shanghai")}),
    )


def disk(object: str = "good.raw", bucket: str = "images", **other: Any) -> dict[str, Any]:
    """One DiskDeviceMapping."""
    return {"OSSBucket": bucket, "OSSObject": object, **other}


def imported(person: Person, *disks: dict[str, Any], **other: Any) -> dict[str, Any]:
    """Import an image, and return the answer."""
    return person.call("ImportImage", DiskDeviceMapping=list(disks) or [disk()], **other)


def shown(person: Person, image: str) -> dict[str, Any]:
    """How an image is described, whatever its status."""
    (found,) = person.call("DescribeImages", ImageId=image, Status=EVERY)["Images"]["Image"]
    described: dict[str, Any] = found
    return described


def task_of(person: Person, answer: dict[str, Any]) -> dict[str, Any]:
    """How the task of an answer is described."""
    return person.call("DescribeTaskAttribute", TaskId=answer["TaskId"])


REFUSED = {
    "no region": ({"RegionId": None}, 400, "MissingParameter", 'An input parameter "RegionId" that is mandatory for processing the request is not supplied.'),
    "unknown region": ({"RegionId": "cn-nowhere"}, 400, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
    "name": ({"ImageName": "1st"}, 400, "InvalidImageName.Malformed", "The specified Image name is wrongly formed."),
    "description": ({"Description": "http://x"}, 400, "InvalidDescription.Malformed", "The specified Image description is wrongly formed."),
    "architecture": ({"Architecture": "mips"}, 400, "InvalidArchitecture.Malformed", "The specified Architecture is wrongly formed."),
    "platform": ({"Platform": "Plan 9"}, 400, "InvalidPlatform.Malformed", "The specified Platform is wrongly formed."),
    "kind of system": ({"OSType": "plan9"}, 400, "InvalidOSType.Malformed", "The specified OSType is wrongly formed."),
    "boot mode": ({"BootMode": "UEFI-Preferred"}, 400, "InvalidBootMode.Malformed", 'The specified parameter "BootMode" is malformed.'),
    "BIOS on Arm": ({"BootMode": "BIOS", "Architecture": "arm64"}, 400, "InvalidBootMode.NotSupport", "The specified parameter BootMode is not supported for current image architecture."),
    "Windows on Arm": ({"Platform": "Windows Server 2019", "Architecture": "arm64"}, 403, "InvalidArchitecture.PlatformUnsupported", "The OS platform you selected does not support the specified architecture."),
    "license": ({"LicenseType": "GPL"}, 400, "InvalidLicenseType.NotSupported", "The specified LicenseType is not supported."),
    "license of one's own": ({"LicenseType": "Aliyun", "Platform": "UOS"}, 400, "InvalidLicenseType.BYOLOnly", "Only BYOL LicenseType is supported for the current platform provided."),
    "strategy": ({"DetectionStrategy": "Deep"}, 400, "InvalidParameter.DetectionStrategy", "The specified parameter DetectionStrategy is invalid."),
    "check of Windows": ({"DetectionStrategy": "Standard", "OSType": "windows"}, 403, "ImageCheckUnsupported.WindowsImage", "Image check is unsupported for windows image."),
    "metadata service": ({"Features": {"ImdsSupport": "v3"}}, 400, "InvalidParameter.FeaturesImdsSupport", "The specified parameter Features.ImdsSupport is not supported."),
    "token": ({"ClientToken": "x" * 65}, 400, "InvalidClientToken.Malformed", "The specified parameter clientToken is not valid."),
    "tags but for case": ({"Tag": [{"Key": "Team"}, {"Key": "team"}]}, 403, "TagKey.Duplication", "The TagKey has duplication with others, case-insensitive."),
    "tag twice": ({"Tag": [{"Key": "team"}, {"Key": "team"}]}, 403, "TagKey.Duplication", "The TagKey has duplication with others, case-insensitive."),
    "resource group": ({"ResourceGroupId": "mine"}, 404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records."),
    "storage location": ({"StorageLocationArn": "arn:1"}, 403, "InvalidStorageLocation.NotFound", "The specified cloud box storage location arn:1 could not be found."),
    "cloud box": ({"StorageLocationArn": "arn:acs:cloudbox:cn-hangzhou:1:cb-1"}, 403, "InvalidOperation.CloudBoxImageImportUnsupported", "Importing cloud box images is not supported."),
    "nothing": ({"DiskDeviceMapping": None}, 403, "MissingParameter.DiskDeviceMapping", "The specified parameter DiskDeviceMapping is not supplied."),
    "no bucket": ({"DiskDeviceMapping": [{"OSSObject": "good.raw"}]}, 400, "InvalidOSSBucket.Malformed", "The specified OSS bucket is wrongly formed."),
    "bucket with endpoint": ({"DiskDeviceMapping": [disk(bucket="oss://images")]}, 400, "InvalidOSSBucket.Malformed", "The specified OSS bucket is wrongly formed."),
    "no object": ({"DiskDeviceMapping": [{"OSSBucket": "images"}]}, 400, "InvalidOSSObject.Malformed", "The specified OSS object is wrongly formed."),
    "object from the root": ({"DiskDeviceMapping": [disk("/good.raw")]}, 400, "InvalidOSSObject.Malformed", "The specified OSS object is wrongly formed."),
    "suffix": ({"DiskDeviceMapping": [disk("good.ISO")]}, 400, "UnsupportedSuffix.OSSObject", "The specified OSS object suffix is not supported."),
    "format": ({"DiskDeviceMapping": [disk(Format="VDI")]}, 400, "InvalidImageFormat.Malformed", "The specified Image Format is wrongly formed."),
    "device": ({"DiskDeviceMapping": [disk(Device="/dev/sda")]}, 403, "InvalidParameter.Malformed", 'The specified parameter "DiskDeviceMapping.n.Device " is not valid.'),
    "device twice": ({"DiskDeviceMapping": [disk(Device="/dev/xvda"), disk(Device="/dev/xvda")]}, 403, "InvalidParameter.Malformed", 'The specified parameter "DiskDeviceMapping.n.Device " is not valid.'),
    "no system disk": ({"DiskDeviceMapping": [disk(Device="/dev/xvdb")]}, 403, "InvalidParameter.Malformed", 'The specified parameter "DiskDeviceMapping.n.Device " is not valid.'),
    "size": ({"DiskDeviceMapping": [disk(DiskImageSize=2049)]}, 400, "InvalidImageSize", "DiskImageSize of the system disk is 1 to 2048 GiB."),
    "size in the older parameter": ({"DiskDeviceMapping": [disk(DiskImSize=0)]}, 400, "InvalidImageSize", "DiskImageSize of the system disk is 1 to 2048 GiB."),
    "size of a data disk": ({"DiskDeviceMapping": [disk(), disk(DiskImageSize=0)]}, 400, "InvalidDataDiskSize", "The specified DiskDeviceMapping.N.DiskImSize should be in the specified range."),
    "region without imports": ({"RegionId": "cn-beijing"}, 400, "InvalidRegion.NotSupport", "The specified region does not support image import or export."),
    "format of the region": ({"RegionId": "cn-shanghai", "DiskDeviceMapping": [disk("good.vhd")]}, 400, "InvalidImageFormat.RegionNotSupported", "The specified image format is not supported in current region."),
    "missing bucket": ({"DiskDeviceMapping": [disk(bucket="nobodys")]}, 400, "InvalidOSSBucket.NotFound", "The specified OSS bucket does not exist in this region."),
    "bucket elsewhere": ({"DiskDeviceMapping": [disk(bucket="elsewhere")]}, 400, "InvalidOSSBucket.NotMatched", "The specified OSS bucket is incorrect, it is in the region cn-beijing."),
    "bucket of others": ({"DiskDeviceMapping": [disk(bucket="private")]}, 403, "InvalidOSS.NotAuthorized", "The specified OSS bucket or object is not allowed to access."),
    "encrypted bucket": ({"DiskDeviceMapping": [disk(bucket="secret")]}, 403, "InvalidOSSBucket.EncryptUnsupported", "Accessing objects from encrypted OSS bucket is not supported."),
    "busy bucket": ({"DiskDeviceMapping": [disk(bucket="busy")]}, 400, "InvalidOSSBucket.FlowLimit", "The bucket busy is read too much; try again later."),
    "archived bucket": ({"DiskDeviceMapping": [disk(bucket="archive")]}, 400, "InvalidOSSObject.NeedRestore", "The specified OSS object is a archive object, need restore first."),
    "archived object": ({"DiskDeviceMapping": [disk("old.raw")]}, 400, "InvalidOSSObject.NeedRestore", "The specified OSS object is a archive object, need restore first."),
    "missing object": ({"DiskDeviceMapping": [disk("none.raw")]}, 400, "InvalidOSSObject.NotFound", "The specified OSS object does not exist in this region."),
    "file outside of the bucket": ({"DiskDeviceMapping": [disk("../outside.raw")]}, 400, "InvalidOSSObject.NotFound", "The specified OSS object does not exist in this region."),
    "empty object": ({"DiskDeviceMapping": [disk("empty.raw")]}, 400, "InvalidOSSObject.Size", "The specified OSS object size is zero."),
    "other format": ({"DiskDeviceMapping": [disk("good.qcow2", Format="VHD")]}, 403, "InvalidImageFormat.Malformed", "The object is a QCOW2 file, not a VHD one."),
    "blocks of a VHD": ({"DiskDeviceMapping": [disk("blocks.vhd")]}, 403, "InvalidBlockSize.NotSupport", "The blocks of the VHD file have 1048576 bytes, not 2097152."),
    "table of a VHD": ({"DiskDeviceMapping": [disk("table.vhd")]}, 403, "InvalidVHDImage.IncorrectSize", "The specified size of the VHD image does not meet the 'header.MaxTableEntries * header.BlockSize' specification."),
    "too small for what is in it": ({"DiskDeviceMapping": [disk("good.qcow2", DiskImageSize=29)]}, 400, "InvalidImageSize", "The disk in the object good.qcow2 needs 30 GiB."),
    "name taken": ({"ImageName": "taken"}, 400, "InvalidImageName.Duplicated", "The destination image is exist."),
    "dry run": ({"DryRun": True}, 400, "DRYRUN.SUCCESS", "This request is a dryrun request with successful result."),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_imported_is_refused(alice: Person, case: str) -> None:
    """Each with one exact error, and nothing is made."""
    an_image(alice, "m-bp1taken", name="taken")
    changes, *refusal = REFUSED[case]

    refused = alice.refused("ImportImage", **{"DiskDeviceMapping": [disk()], **changes})

    assert refused == Refusal(*refusal)
    assert alice.call("DescribeTasks")["TotalCount"] == 0
    assert alice.call("DescribeImages", Status=EVERY, ImageOwnerAlias="self")["TotalCount"] == 1


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (Condition.ARREARS, Refusal(400, "Account.Arrearage", "Your account has an outstanding payment.")),
        (
            Condition.NO_TRANSFER,
            Refusal(403, "UserNotInTheWhiteList", "The user is not in the white list of importing image."),
        ),
        (
            Condition.NO_OBJECT_STORAGE,
            Refusal(
                403, "InvalidAccountStatus.OSSDisabled", "OSS is disabled due to invalid account status."
            ),
        ),
    ],
)
def test_an_account_that_is_held_back_imports_nothing(
    alice: Person, bob: Person, condition: Condition, refusal: Refusal
) -> None:
    """As the operator says; another account isn't held back."""
    hold(alice, condition)

    assert alice.refused("ImportImage", DiskDeviceMapping=[disk()]) == refusal
    imported(bob)


def test_a_role_that_is_named_has_to_trust_the_service(alice: Person) -> None:
    """The default one only if it is there."""
    no_role = Refusal(
        403,
        "NoSetRoletoECSServiceAcount",
        "ECS service account Have no right to access your OSS."
        "please attach a role of access your oss to ECS service account.",
    )

    assert alice.refused("ImportImage", DiskDeviceMapping=[disk()], RoleName="none") == no_role
    make_role(alice, "AliyunECSImageImportDefaultRole", "rds.aliyuncs.com")
    assert alice.refused("ImportImage", DiskDeviceMapping=[disk()]) == no_role
    make_role(alice, "importer", "ecs.aliyuncs.com")
    imported(alice, RoleName="importer")


def test_the_imports_of_an_account_fail_if_the_operator_says_so(alice: Person) -> None:
    """In the task, not in the call."""
    hold(alice, Condition.FAILING)
    answer = imported(alice)
    alice.world.later()

    (step,) = task_of(alice, answer)["OperationProgressSet"]["OperationProgress"]
    assert (step["OperationStatus"], step["ErrorCode"]) == ("Failed", "ImportImageFailed")
    assert shown(alice, answer["ImageId"])["Status"] == "CreateFailed"
    assert alice.call("DescribeSnapshots")["TotalCount"] == 0


def test_an_imported_image_is_creating_until_its_task_is_done(alice: Person) -> None:
    """Status and progress are those of the instant; then it has snapshots and can be used."""
    answer = imported(alice, disk("good.qcow2"), disk("deep/folder/good.raw"), ImageName="imported")
    image = answer["ImageId"]

    alice.world.later(0.75)
    half, task = shown(alice, image), task_of(alice, answer)
    alice.world.later()
    done, over = shown(alice, image), task_of(alice, answer)

    assert answer["RegionId"] == REGION
    assert (half["Status"], half["Progress"], half["Usable"]) == ("Creating", "50%", False)
    assert (task["TaskStatus"], task["TaskProcess"], task["SupportCancel"]) == ("Processing", "50%", "true")
    assert (done["Status"], done["Progress"], done["Usable"], done["Size"]) == ("Available", "100%", True, 30)
    assert (over["TaskStatus"], over["SuccessCount"], over["TotalCount"]) == ("Finished", 2, 2)
    mapped = done["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert [(one["Device"], one["Size"], one["Type"]) for one in mapped] == [
        ("/dev/xvda", "30", "system"),
        ("/dev/xvdb", "1", "data"),
    ]
    assert all(one["SnapshotId"].startswith("s-") for one in mapped)


@pytest.mark.parametrize(
    ("name", "size"),
    [("good.vhd", 25), ("good.vmdk", 21), ("small.qcow2", 20), ("fixed.vhd", 20), ("packed.raw.tar.gz", 20)],
)
def test_without_a_size_the_disk_is_as_large_as_what_is_in_the_object(
    alice: Person, name: str, size: int
) -> None:
    """A system disk has 20 GiB at least."""
    image = imported(alice, disk(name))["ImageId"]
    alice.world.later()

    assert (shown(alice, image)["Status"], shown(alice, image)["Size"]) == ("Available", size)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("noise.qcow2", "The file isn't a QCOW2 one."),
        ("cut.vhd", "The VHD file is cut off."),
        ("odd.raw", "The file doesn't consist of whole sectors of 512 bytes."),
    ],
)
def test_a_file_that_is_not_what_it_is_said_to_be_fails_the_task(alice: Person, name: str, why: str) -> None:
    """It shows in reading only: the call succeeds, and the image ends as CreateFailed."""
    answer = imported(alice, disk(name), disk())
    before = shown(alice, answer["ImageId"])["Status"]
    alice.world.later()

    task = task_of(alice, answer)
    first, second = task["OperationProgressSet"]["OperationProgress"]
    assert (before, shown(alice, answer["ImageId"])["Status"]) == ("Creating", "CreateFailed")
    assert (task["TaskStatus"], task["FailedCount"], task["SuccessCount"]) == ("Failed", 1, 1)
    assert (first["ErrorCode"], first["ErrorMsg"]) == ("InvalidImageFormat.Malformed", why)
    assert (first["OperationStatus"], second["OperationStatus"]) == ("Failed", "Success")
    assert {"Name": "OSSObject", "Value": name} in first["RelatedItemSet"]["RelatedItem"]
    assert alice.call("DescribeSnapshots")["TotalCount"] == 0


def test_an_image_says_of_its_system_what_the_call_says(alice: Person) -> None:
    """All that isn't on the disk is taken from the parameters."""
    image = imported(
        alice,
        ImageName="mine",
        Description="imported for once",
        Architecture="arm64",
        Platform="Debian",
        LicenseType="BYOL",
        ResourceGroupId="rg-1",
        Tag=[{"Key": "team", "Value": "red"}],
        Features={"NvmeSupport": "supported", "ImdsSupport": "v2"},
    )["ImageId"]

    found = shown(alice, image)
    assert [found[name] for name in ("ImageName", "Description", "Architecture", "Platform", "OSType")] == [
        "mine",
        "imported for once",
        "arm64",
        "Debian",
        "linux",
    ]
    assert (found["BootMode"], found["LicenseType"], found["ResourceGroupId"]) == ("UEFI", "BYOL", "rg-1")
    assert found["Tags"]["Tag"] == [{"TagKey": "team", "TagValue": "red"}]
    assert found["Features"] == {"NvmeSupport": "supported", "ImdsSupport": "v2"}
    assert found["OSNameEn"] == "Debian 64 bit"


def test_a_name_that_is_being_imported_is_told_apart_from_a_taken_one(alice: Person) -> None:
    """Until the task is done; a token makes a repeated call have the answer of the first."""
    first = imported(alice, ImageName="mine", ClientToken="once")

    assert imported(alice, ImageName="mine", ClientToken="once")["TaskId"] == first["TaskId"]
    assert alice.refused("ImportImage", DiskDeviceMapping=[disk()], ImageName="mine") == Refusal(
        403, "ImageIsImporting", "The specified Image is importing."
    )
    alice.world.later()
    assert alice.refused("ImportImage", DiskDeviceMapping=[disk()], ImageName="mine") == Refusal(
        400, "InvalidImageName.Duplicated", "The destination image is exist."
    )


def test_images_are_limited(alice: Person) -> None:
    """Imported ones count as all do."""
    imported(alice)
    imported(alice)

    assert alice.refused("ImportImage", DiskDeviceMapping=[disk()]) == Refusal(
        403, "QuotaExceed.Image", "The Image Quota exceeds."
    )


def test_an_image_that_is_being_imported_is_not_deleted(alice: Person) -> None:
    """Forced or not; afterwards it is."""
    image = imported(alice)["ImageId"]

    refused = alice.refused("DeleteImage", ImageId=image, Force=True)
    alice.world.later()
    alice.call("DeleteImage", ImageId=image)

    assert refused == Refusal(403, "ImageIsImporting", "The specified Image is importing.")


def test_without_a_folder_every_object_exists(make_world: Callable[..., World]) -> None:
    """Nothing is known of it, so that nothing is wrong with it."""
    world = make_world()
    alice = next(Person(world, one) for one in accounts.listed(world.app.store, 0))

    image = imported(alice, disk("any.qcow2", "anywhere", DiskImageSize=40))["ImageId"]
    world.later()

    assert (shown(alice, image)["Status"], shown(alice, image)["Size"]) == ("Available", 40)


def test_an_image_of_a_vhd_file_has_no_encrypted_copy(alice: Person) -> None:
    """But plain ones; which format it was is shown of the image itself."""
    image = imported(alice, disk("good.vhd"))["ImageId"]
    alice.world.later()

    refused = alice.refused("CopyImage", ImageId=image, Encrypted=True)
    copy = alice.call("CopyImage", ImageId=image)["ImageId"]

    formats = [
        one["DiskDeviceMappings"]["DiskDeviceMapping"][0]["Format"]
        for one in (shown(alice, image), shown(alice, copy))
    ]
    assert formats == ["VHD", ""]
    assert refused == Refusal(
        403,
        "InvalidOperation.VhdImageUnsupported",
        "The specified vhd image is not supported for this operation. Please switch to a raw image and retry.",
    )
