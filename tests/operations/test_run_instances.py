"""RunInstances and CreateInstance: what is made, of what, where, and what is refused."""

import base64
from typing import Any

import pytest

from tests.operations.made_instances import (
    ARM_TYPE,
    UBUNTU,
    UBUNTU_ARM,
    WINDOWS,
    asked,
    disks,
    image_of,
    network,
    run,
    seen,
    shared_image,
    status,
    system_disk,
)
from tests.operations.networks import a_security_group, a_vpc, a_vswitch
from tests.people import Person, Refusal, World

BOTH = pytest.mark.parametrize("action", ["RunInstances", "CreateInstance"])


def ids(answer: dict[str, Any]) -> list[str]:
    """Return the ids that RunInstances answers."""
    return list(answer["InstanceIdSets"]["InstanceIdSet"])


def test_an_instance_that_is_run_starts_and_then_runs(world: World, alice: Person) -> None:
    """A client that waits for Running sees Starting first."""
    (instance,) = ids(alice.call("RunInstances", **asked()))
    at_first = status(alice, instance)
    world.later()

    assert (at_first, status(alice, instance)) == ("Starting", "Running")


def test_an_instance_that_is_created_is_pending_and_then_stopped(world: World, alice: Person) -> None:
    """CreateInstance doesn't start it."""
    instance = alice.call("CreateInstance", **asked())["InstanceId"]
    at_first = status(alice, instance)
    world.later()

    assert (at_first, status(alice, instance)) == ("Pending", "Stopped")
    assert seen(alice, instance)["StartTime"] == ""


def test_an_instance_is_shown_as_it_was_asked_for(alice: Person) -> None:
    """What was given comes back from DescribeInstances."""
    vswitch, group = network(alice)
    alice.call("CreateKeyPair", KeyPairName="mine")

    instance = run(
        alice,
        VSwitchId=vswitch,
        SecurityGroupIds=[group],
        InstanceName="web",
        Description="serves pages",
        HostName="web.example",
        KeyPairName="mine",
        ResourceGroupId="rg-1",
        Tag=[{"Key": "team", "Value": "red"}],
        InternetMaxBandwidthOut=5,
        InternetChargeType="PayByBandwidth",
        DeletionProtection="true",
        HttpTokens="required",
        HttpPutResponseHopLimit=3,
    )

    found = seen(alice, instance)
    assert found["VpcAttributes"]["VSwitchId"] == vswitch
    assert found["SecurityGroupIds"] == {"SecurityGroupId": [group]}
    assert (found["InstanceName"], found["Description"]) == ("web", "serves pages")
    assert (found["HostName"], found["KeyPairName"]) == ("web.example", "mine")
    assert found["ResourceGroupId"] == "rg-1"
    assert found["Tags"] == {"Tag": [{"TagKey": "team", "TagValue": "red"}]}
    assert (found["InternetMaxBandwidthIn"], found["InternetMaxBandwidthOut"]) == (10, 5)
    assert found["InternetChargeType"] == "PayByBandwidth"
    assert found["DeletionProtection"] is True
    assert found["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 3,
    }


def test_an_instance_for_which_nothing_is_asked_has_names_made_of_its_id(alice: Person) -> None:
    """The name is the id, the host name is made of it."""
    instance = run(alice)

    found = seen(alice, instance)
    assert found["InstanceName"] == instance
    assert found["HostName"] == f"iZ{instance[2:]}Z"


def test_a_host_name_of_windows_is_short(alice: Person) -> None:
    """Windows takes 15 characters."""
    instance = run(alice, ImageId=WINDOWS)

    assert len(seen(alice, instance)["HostName"]) == 15


def test_several_instances_are_run_at_once(alice: Person) -> None:
    """Amount says how many; the names may be numbered."""
    made = ids(alice.call("RunInstances", **asked(Amount=3, InstanceName="web-[8,3]-cn")))

    names = [seen(alice, instance)["InstanceName"] for instance in made]
    assert names == ["web-008-cn", "web-009-cn", "web-010-cn"]


def test_a_unique_suffix_tells_several_instances_apart(alice: Person) -> None:
    """UniqueSuffix numbers names and host names from 001."""
    made = ids(
        alice.call("RunInstances", **asked(Amount=2, InstanceName="web", HostName="h", UniqueSuffix="true"))
    )

    assert [seen(alice, instance)["InstanceName"] for instance in made] == ["web001", "web002"]
    assert [seen(alice, instance)["HostName"] for instance in made] == ["h001", "h002"]


def test_a_repeated_call_makes_nothing_more(alice: Person) -> None:
    """Under one ClientToken the answer is that of the first call."""
    first = ids(alice.call("RunInstances", **asked(ClientToken="once")))
    again = ids(alice.call("RunInstances", **asked(ClientToken="once")))

    assert again == first
    assert alice.call("DescribeInstances")["TotalCount"] == 1


def test_a_token_is_not_for_another_call(alice: Person) -> None:
    """Other parameters under a used token are refused."""
    alice.call("RunInstances", **asked(ClientToken="once"))

    refusal = alice.refused("RunInstances", **asked(ClientToken="once", Amount=2))

    assert refusal == Refusal(
        400, "IdempotentParameterMismatch", "The request is retried with updated parameters."
    )


@BOTH
def test_a_dry_run_makes_nothing(alice: Person, action: str) -> None:
    """A call that would succeed is answered DryRunOperation."""
    refusal = alice.refused(action, **asked(DryRun="true"))

    assert refusal.code == "DryRunOperation"
    assert alice.call("DescribeInstances")["TotalCount"] == 0


def test_an_instance_without_vswitch_is_of_the_classic_network(alice: Person) -> None:
    """It has an inner address, and no network interface."""
    found = seen(alice, run(alice))

    assert found["InstanceNetworkType"] == "classic"
    assert len(found["InnerIpAddress"]["IpAddress"]) == 1
    assert found["NetworkInterfaces"] == {"NetworkInterface": []}
    assert found["VpcAttributes"] == {
        "PrivateIpAddress": {"IpAddress": []},
        "VpcId": "",
        "VSwitchId": "",
        "NatIpAddress": "",
    }


def test_an_instance_in_a_vswitch_has_the_next_free_address(alice: Person) -> None:
    """The vSwitch's first address that isn't reserved or taken, and its zone."""
    vswitch, group = network(alice)
    run(alice, VSwitchId=vswitch, SecurityGroupId=group)

    found = seen(alice, run(alice, VSwitchId=vswitch, SecurityGroupId=group))

    (interface,) = found["NetworkInterfaces"]["NetworkInterface"]
    assert found["VpcAttributes"]["PrivateIpAddress"] == {"IpAddress": ["10.0.0.2"]}
    assert interface["PrimaryIpAddress"] == "10.0.0.2"
    assert interface["PrivateIpSets"] == {"PrivateIpSet": [{"PrivateIpAddress": "10.0.0.2", "Primary": True}]}
    assert (found["InstanceNetworkType"], found["ZoneId"]) == ("vpc", "cn-hangzhou-h")


def test_an_address_may_be_asked_for(alice: Person) -> None:
    """PrivateIpAddress is a free address of the vSwitch."""
    vswitch, group = network(alice)

    instance = run(alice, VSwitchId=vswitch, SecurityGroupId=group, PrivateIpAddress="10.0.0.77")

    assert seen(alice, instance)["VpcAttributes"]["PrivateIpAddress"] == {"IpAddress": ["10.0.0.77"]}


def test_only_an_instance_that_is_run_gets_a_public_address_at_once(world: World, alice: Person) -> None:
    """CreateInstance leaves that to AllocatePublicIpAddress."""
    instance = run(alice, InternetMaxBandwidthOut=1)
    created = alice.call("CreateInstance", **asked(InternetMaxBandwidthOut=1))["InstanceId"]

    assert len(seen(alice, instance)["PublicIpAddress"]["IpAddress"]) == 1
    assert seen(alice, created)["PublicIpAddress"] == {"IpAddress": []}


def test_a_full_vswitch_takes_as_many_as_will_do(alice: Person) -> None:
    """MinAmount is content with fewer than Amount."""
    vpc = a_vpc(alice, CidrBlock="10.0.0.0/8")
    vswitch = a_vswitch(alice, vpc, "10.0.0.0/29")

    made = ids(alice.call("RunInstances", **asked(VSwitchId=vswitch, Amount=9, MinAmount=2)))
    refusals = {alice.refused(a, **asked(VSwitchId=vswitch)) for a in ("RunInstances", "CreateInstance")}

    assert len(made) == 4
    assert refusals == {
        Refusal(400, "QuotaExceeded.PrivateIpAddress", "Don't have enough private IPs in this switch.")
    }


def test_a_system_disk_is_as_large_as_asked_or_as_the_image(alice: Person) -> None:
    """40 GiB by default; 0, which Packer sends, is the default too."""
    by_default = system_disk(alice, run(alice, SystemDisk={"Size": 0}))
    asked_for = system_disk(alice, run(alice, SystemDisk={"Size": 100, "Category": "cloud_essd"}))

    assert (by_default["Size"], by_default["Category"]) == (40, "cloud_efficiency")
    assert (asked_for["Size"], asked_for["Category"]) == (100, "cloud_essd")
    assert asked_for["PerformanceLevel"] == "PL1"


def test_disks_are_made_with_the_instance(alice: Person) -> None:
    """The system disk, then the data disks at the next free places."""
    instance = run(
        alice,
        SystemDisk={"DiskName": "root", "Description": "the system"},
        DataDisk=[
            {"Size": 50, "Device": "/dev/xvdb", "DiskName": "data", "DeleteWithInstance": "false"},
            {"Size": 20, "Category": "cloud_essd", "PerformanceLevel": "PL0", "Encrypted": "true"},
        ],
    )

    root, first, second = disks(alice, instance)
    assert (root["Type"], root["Device"], root["DiskName"]) == ("system", "/dev/xvda", "root")
    assert (root["ImageId"], root["Description"], root["Encrypted"]) == (UBUNTU, "the system", False)
    assert (first["Type"], first["Device"], first["DiskName"]) == ("data", "/dev/xvdb", "data")
    assert (first["ImageId"], first["DeleteWithInstance"]) == ("", False)
    assert (second["Device"], second["PerformanceLevel"], second["Encrypted"]) == ("/dev/xvdc", "PL0", True)
    assert {disk["Status"] for disk in (root, first, second)} == {"In_use"}
    assert {disk["InstanceId"] for disk in (root, first, second)} == {instance}


def test_a_data_disk_may_be_made_of_a_snapshot(world: World, alice: Person) -> None:
    """It is as large as the snapshot unless more is asked for."""
    instance = run(alice, DataDisk=[{"Size": 50, "Encrypted": "true"}])
    snapshot = alice.call("CreateSnapshot", DiskId=disks(alice, instance)[1]["DiskId"])["SnapshotId"]
    world.later()

    _, found = disks(alice, run(alice, DataDisk=[{"SnapshotId": snapshot}]))

    assert (found["SourceSnapshotId"], found["Size"], found["Encrypted"]) == (snapshot, 50, True)


def test_an_image_brings_its_data_disks_along(alice: Person) -> None:
    """An image of an instance with two disks makes instances with two disks."""
    image = image_of(alice, run(alice, DataDisk=[{"Size": 50}]))

    root, data = disks(alice, run(alice, ImageId=image))

    assert (root["Size"], root["ImageId"]) == (40, image)
    assert (data["Size"], data["Device"], data["ImageId"]) == (50, "/dev/xvdb", image)
    assert data["SourceSnapshotId"].startswith("s-")


def test_a_disk_of_an_encrypted_image_is_encrypted(alice: Person) -> None:
    """Encryption is inherited; declining it is refused."""
    image = image_of(alice, run(alice, SystemDisk={"Encrypted": "true"}))

    inherited = system_disk(alice, run(alice, ImageId=image))
    refusal = alice.refused("RunInstances", **asked(ImageId=image, SystemDisk={"Encrypted": "false"}))

    assert inherited["Encrypted"] is True
    assert refusal == Refusal(
        403,
        "InvalidEncrypted.NotMatchSnapshot",
        "The specified parameter Encrypted must be set to true when creating disks with encrypted snapshots.",
    )


@BOTH
def test_a_shared_image_may_be_run_until_it_is_taken_back(alice: Person, bob: Person, action: str) -> None:
    """A sharee makes instances of it; an ended share looks like a missing image."""
    image = shared_image(alice, bob)
    missing = Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")

    bob.call(action, **asked(ImageId=image))
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    assert bob.refused(action, **asked(ImageId=image)) == missing


@BOTH
def test_an_image_of_others_looks_missing(alice: Person, mallory: Person, action: str) -> None:
    """Neither another's image nor one of another region can be run."""
    image = image_of(alice, run(alice))
    missing = Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")

    assert mallory.refused(action, **asked(ImageId=image)) == missing
    assert alice.refused(action, **asked(ImageId=image, RegionId="cn-beijing")) == missing


def test_a_deprecated_image_still_runs(alice: Person) -> None:
    """It can't be shared any more, but instances are made of it."""
    image = image_of(alice, run(alice))
    alice.call("ModifyImageAttribute", ImageId=image, Status="Deprecated")

    assert seen(alice, run(alice, ImageId=image))["ImageId"] == image


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("RunInstances", "The specified image is not available, please check the status of the image."),
        ("CreateInstance", "The specified Image is disabled or is deleted."),
    ],
)
def test_an_image_that_is_still_being_made_cannot_be_run(alice: Person, action: str, message: str) -> None:
    """It has to be Available or Deprecated."""
    image = alice.call("CreateImage", InstanceId=run(alice))["ImageId"]

    refusal = alice.refused(action, **asked(ImageId=image))

    assert refusal == Refusal(403, "OperationDenied.ImageNotValid", message)


def test_the_newest_available_image_of_a_family_is_run(world: World, alice: Person) -> None:
    """One's own family, or one of the provider's."""
    instance = run(alice)
    image_of(alice, instance, ImageFamily="web")
    newer = image_of(alice, instance, ImageFamily="web")
    alice.call("CreateImage", InstanceId=instance, ImageFamily="web")

    own = seen(alice, run(alice, ImageId=None, ImageFamily="web"))["ImageId"]
    systems = seen(alice, run(alice, ImageId=None, ImageFamily="acs:ubuntu_24_04_x64"))["ImageId"]

    assert (own, systems) == (newer, UBUNTU)


WRONG = [
    ({"ImageFamily": "web"}, 400, "UnexpectedImageFamily.ImageIdSupplied",
     "The input parameter ImageFamily must be null when image id is set."),
    ({"InstanceName": "8ball"}, 400, "InvalidInstanceName.Malformed",
     'The specified parameter "InstanceName" is not valid.'),
    ({"Description": "x"}, 400, "InvalidDescription.Malformed",
     'The specified parameter "Description" is not valid.'),
    ({"HostName": "-web"}, 400, "InvalidHostName.Malformed",
     'The specified parameter "HostName" is not valid.'),
    ({"Password": "weak"}, 400, "InvalidPassword.Malformed",
     'The specified parameter "Password" is not valid.'),
    ({"Password": "Str0ng-enough", "PasswordInherit": "true"}, 400, "InvalidPasswordParam.Mismatch",
     "The input password should be null when passwdInherit is true."),
    ({"UserData": base64.b64encode(b"x" * (32 * 1024 + 1)).decode()}, 400, "InvalidUserData.SizeExceeded",
     'The specified parameter "UserData" exceeds the size.'),
    ({"InternetChargeType": "ByTheByte"}, 400, "InvalidInternetChargeType.ValueNotSupported",
     "The specified InternetChargeType is not valid."),
    ({"HttpEndpoint": "maybe"}, 400, "InvalidHttpEndpoint.NotSupported",
     "The specified HttpEndpoint not supported, you can use enabled(default) or disabled."),
    ({"HttpTokens": "maybe"}, 400, "InvalidHttpTokens.NotSupported",
     "The specified HttpTokens not supported, you can use optional(default) or required."),
    ({"HttpPutResponseHopLimit": 65}, 400, "InvalidHttpPutResponseHopLimit.NotSupported",
     "The specified HttpPutResponseHopLimit not supported, more than 1 and less than 64 is reasonable."),
    ({"ClientToken": "x" * 65}, 400, "InvalidClientToken.ValueNotSupported",
     "The ClientToken provided is invalid."),
    ({"Tag": [{"Key": "aliyun"}]}, 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
    ({"Tag": [{"Key": "k", "Value": "http://"}]}, 400, "InvalidTagValue.Malformed",
     "The specified Tag.n.Value is not valid."),
    ({"Tag": [{"Key": "k"}, {"Key": "k"}]}, 400, "Duplicate.TagKey",
     "The Tag.N.Key contain duplicate key."),
    ({"InstanceType": "ecs.none.large"}, 400, "InvalidInstanceType.ValueNotSupported",
     "The specified InstanceType does not exist or beyond the permitted range."),
    ({"ImageId": None, "ImageFamily": "none"}, 403, "InvalidImageFamily.MissingAvailableImage",
     "There is no available image related to the specified image family."),
    ({"ZoneId": "cn-beijing-a"}, 404, "InvalidZoneId.NotFound",
     "The ZoneId provided does not exist in our records."),
    ({"VSwitchId": "vsw-none"}, 404, "InvalidVSwitchId.NotFound",
     "Specified virtual switch does not exist."),
    ({"PrivateIpAddress": "10.0.0.7"}, 400, "MissingParameter",
     'The input parameter "VSwitchId" that is mandatory for processing this request is not supplied.'),
    ({"RegionId": "cn-nowhere"}, 404, "InvalidRegionId.NotFound",
     "The RegionId provided does not exist in our records."),
    ({"SystemDisk": {"Size": 19}}, 404, "InvalidSystemDiskSize.LessThanMinSize",
     "The specified parameter SystemDisk.Size is less than the min size."),
    ({"ImageId": WINDOWS, "SystemDisk": {"Size": 39}}, 404, "InvalidSystemDiskSize.LessThanImageSize",
     "The specified parameter SystemDisk.Size is less than the image size."),
    ({"SystemDisk": {"Category": "cloud_essd", "PerformanceLevel": "PL9"}}, 400,
     "InvalidPerformanceLevel.Malformed",
     "The specified parameter DataDisk.n.PerformanceLevel is not valid."),
    ({"SystemDisk": {"Category": "cloud_essd", "PerformanceLevel": "PL3"}}, 403,
     "OperationDenied.PerformanceLevelNotMatch",
     "The specified DataDisk.n.PerformanceLevel and DataDisk.n.Size do not match."),
    ({"DataDisk": [{"Category": "cloud_ssd"}]}, 400, "InvalidDataDiskSize.ValueNotSupported",
     "The specified DataDisk.n.Size beyond the permitted range, or the capacity of snapshot exceeds the size"
     " limit of the specified disk category."),
    ({"DataDisk": [{"Size": 20, "Category": "floppy"}]}, 400, "InvalidDataDiskCategory.ValueNotSupported",
     'The specified parameter "DataDisk.n.Category" is not valid.'),
    ({"DataDisk": [{"Size": 20, "Device": "/dev/xvda"}]}, 400, "InvalidDataDevice.Malformed",
     'The specified parameter "DataDisk.n.Device" is not valid.'),
    ({"DataDisk": [{"Size": 20, "Device": "/dev/xvdb"}, {"Size": 20, "Device": "/dev/xvdb"}]}, 403,
     "InvalidDevice.InUse", "The specified device has been occupied."),
    ({"DataDisk": [{"Size": 20}] * 17}, 400, "InstanceDiskNumber.LimitExceed",
     "The total number of specified disk in an instance exceeds."),
    ({"DataDisk": [{"SnapshotId": "s-none"}]}, 404, "InvalidDataDiskSnapshotId.NotFound",
     'The specified parameter "DataDisk.n.SnapshotId" is not valid.'),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("parameters", "http", "code", "message"), WRONG)
def test_what_is_wrong_is_refused(
    alice: Person, action: str, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """Nothing is made of a call that is wrong somewhere."""
    refusal = alice.refused(action, **asked(**parameters))

    assert refusal == Refusal(http, code, message)
    assert alice.call("DescribeInstances")["TotalCount"] == 0


RUN_SAYS = [
    ({"ImageId": None}, 400, "MissingParameter", "The input parameter ImageId that is mandatory for"
     " processing this request is not supplied."),
    ({"InstanceType": None}, 400, "MissingParameter", "The input parameter InstanceType that is mandatory for"
     " processing this request is not supplied."),
    ({"Amount": 0}, 400, "InvalidMaxAmount.Malformed", "The specified parameter MaxAmount is not valid."),
    ({"Amount": 101}, 400, "InvalidMaxAmount.Malformed", "The specified parameter MaxAmount is not valid."),
    ({"MinAmount": 2}, 400, "InvalidMinAmount.Malformed", "The specified parameter MinAmount is not valid."),
    ({"SecurityGroupId": "sg-1", "SecurityGroupIds": ["sg-1"]}, 400,
     "InvalidSecurityGroupId.SingleIdAndMultiIdConflict",
     "SecurityGroupId and SecurityGroupIds cannot be specified at the same time."),
    ({"SecurityGroupIds": ["sg-1", "sg-1"]}, 400, "InvalidParameter.SecurityGroupIdRepeated",
     "The specified parameter SecurityGroupIds contains a duplicate."),
    ({"Amount": 2, "PrivateIpAddress": "10.0.0.7"}, 403, "InvalidParam.Amount",
     "With PrivateIpAddress, the value of Amount must be 1."),
    ({"InstanceName": "web-[x]"}, 400, "InvalidInstanceName.CustomMalformed", "Customized section of instance"
     " or host name is invalid, please use valid format: [], [,], [m,], [,n], [m,n]."),
    ({"UserData": "not base64"}, 400, "InvalidUserData.Base64FormatInvalid",
     "The specified UserData is not valid."),
    ({"InternetMaxBandwidthIn": 201}, 400, "InvalidInternetMaxBandwidthIn.Malformed",
     "The specified parameter internetMaxBandwidthIn is not valid."),
    ({"InternetMaxBandwidthOut": 101}, 400, "InvalidInternetMaxBandwidthOut.Malformed",
     "The specified parameter internetMaxBandwidthOut is not valid."),
    ({"Tag": [{"Key": f"k{n}"} for n in range(21)]}, 400, "NumberExceed.Tags",
     "The Tags parameter's number is exceed , Valid : 20."),
    ({"InstanceType": ARM_TYPE}, 400, "InvalidInstanceType.NotSupported",
     "The specified instanceType is not supported by the image architecture."),
    ({"ImageId": UBUNTU_ARM}, 400, "InvalidInstanceType.NotSupported",
     "The specified instanceType is not supported by the image architecture."),
    ({"SecurityGroupId": "sg-none"}, 404, "InvalidSecurityGroupId.NotFound",
     "The SecurityGroupId provided does not exist in our records."),
    ({"SystemDisk": {"Size": "big"}}, 400, "InvalidSystemDiskSize.ValueNotSupported",
     "The specified parameter SystemDisk.Size is invalid."),
    ({"SystemDisk": {"Size": 2049}}, 404, "InvalidSystemDiskSize.MoreThanMaxSize",
     "The specified parameter SystemDisk.Size is more than the max size."),
    ({"SystemDisk": {"Category": "floppy"}}, 400, "InvalidSystemDiskCategory.ValueNotSupported",
     'The specified parameter "SystemDisk.Category" is not valid.'),
    ({"SystemDisk": {"Encrypted": "maybe"}}, 400, "InvalidParameter.EncryptedIllegal",
     "The specified parameter Encrypted is not valid."),
    ({"SystemDisk": {"DiskName": "x"}}, 400, "InvalidDiskName.Malformed",
     'The specified parameter "SyatemDisk.DiskName or DataDisk.n.DiskName" is not valid.'),
    ({"SystemDisk": {"Description": "x"}}, 400, "InvalidDiskDescription.Malformed",
     'The specified parameter "SyatemDisk.DiskDescription" or "DataDisk.n.Description" is not valid.'),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "http", "code", "message"), RUN_SAYS)
def test_run_instances_has_words_of_its_own(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """What only RunInstances takes, and what it puts in other words."""
    refusal = alice.refused("RunInstances", **asked(**parameters))

    assert refusal == Refusal(http, code, message)


CREATE_SAYS = [
    ({"ImageId": None}, 400, "MissingParameter",
     'The input parameter "ImageId" that is mandatory for processing this request is not supplied.'),
    ({"InstanceType": None}, 400, "MissingParameter",
     'The input parameter "InstanceType" that is mandatory for processing this request is not supplied.'),
    ({"InstanceName": "web-[1,2]"}, 400, "InvalidInstanceName.Malformed",
     'The specified parameter "InstanceName" is not valid.'),
    ({"UserData": "not base64"}, 403, "InvalidUserData.Base64FormatInvalid",
     "The specified UserData is not valid."),
    ({"InternetMaxBandwidthIn": 0}, 400, "InvalidInternetMaxBandwidthIn.Malformed",
     "The specified parameter InternetMaxBandwidthIn is not valid."),
    ({"InternetMaxBandwidthOut": 101}, 400, "InvalidInternetMaxBandwidthOut.Malformed",
     "The specified parameter InternetMaxBandwidthOut is not valid."),
    ({"Tag": [{"Key": f"k{n}"} for n in range(21)]}, 403, "QuotaExceed.Tags",
     "The maximum number of tags per resource is 20."),
    ({"InstanceType": ARM_TYPE}, 400, "InvalidParameter.Conflict",
     "The specified image does not support the specified instance type."),
    ({"SecurityGroupId": "sg-none"}, 404, "InvalidSecurityGroupId.NotFound",
     "The specified SecurityGroupId does not exist."),
    ({"SystemDisk": {"Category": "floppy"}}, 400, "InvalidSystemDiskCategory.ValueNotSupported",
     'The specified parameter " SystemDisk.Category " is not valid.'),
    ({"SystemDisk": {"Size": 2049}}, 404, "InvalidSystemDiskSize.MoreThanMaxSize",
     "The specified SystemDisk.Size parameter exceeds the maximum size."),
    ({"SystemDisk": {"DiskName": "x"}}, 400, "InvalidDiskName.Malformed",
     'The specified parameter "SystemDisk.DiskName or DataDisk.n.DiskName" is not valid.'),
    ({"DataDisk": [{"Size": 20, "Description": "x"}]}, 400, "InvalidDiskDescription.Malformed",
     'The specified parameter "SystemDisk.DiskDescription" or "DataDisk.n.Description" is not valid.'),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "http", "code", "message"), CREATE_SAYS)
def test_create_instance_has_words_of_its_own(
    alice: Person, parameters: dict[str, Any], http: int, code: str, message: str
) -> None:
    """The same mistakes, as CreateInstance puts them."""
    refusal = alice.refused("CreateInstance", **asked(**parameters))

    assert refusal == Refusal(http, code, message)


@pytest.mark.parametrize(
    ("action", "address", "code", "message"),
    [
        ("RunInstances", "10.0.0", "InvalidPrivateIpAddress.Malformed",
         "Specified private IP address is malformed."),
        ("CreateInstance", "10.0.0", "InvalidPrivateIpAddress.Malformed",
         "Specified private IP address is invalid."),
        ("RunInstances", "10.0.0.1", "InvalidPrivateIpAddress.Duplicated",
         "The specified private IP address is already in use."),
        ("CreateInstance", "10.0.0.1", "InvalidPrivateIpAddress.Duplicated",
         "Specified private IP address is duplicated."),
        ("CreateInstance", "10.0.1.1", "InvalidPrivateIpAddress",
         "Specified private IP address is not in the CIDR block of virtual switch."),
        ("RunInstances", "10.0.0.253", "InvalidPrivateIpAddress",
         "Specified private IP address is not in the CIDR block of virtual switch."),
    ],
)  # fmt: skip
def test_a_private_address_is_a_free_one_of_the_vswitch(
    alice: Person, action: str, address: str, code: str, message: str
) -> None:
    """The first address and the last three are the provider's."""
    vswitch, group = network(alice)
    run(alice, VSwitchId=vswitch, SecurityGroupId=group)

    refusal = alice.refused(action, **asked(VSwitchId=vswitch, PrivateIpAddress=address))

    assert refusal == Refusal(400, code, message)


@BOTH
def test_a_security_group_is_of_the_vswitchs_vpc(alice: Person, action: str) -> None:
    """One of another VPC or of none doesn't fit, and one of a VPC needs a vSwitch."""
    vswitch, group = network(alice)
    classic = a_security_group(alice)
    elsewhere = a_security_group(alice, VpcId=a_vpc(alice, CidrBlock="10.0.0.0/8"))

    assert alice.refused(action, **asked(VSwitchId=vswitch, SecurityGroupId=elsewhere)) == Refusal(
        400,
        "InvalidParameter.Mismatch",
        "Specified security group and virtual switch are not in the same VPC.",
    )
    assert alice.refused(action, **asked(VSwitchId=vswitch, SecurityGroupId=classic)) == Refusal(
        400,
        "InvalidSecurityGroup.NetworkType",
        "The network types of security group and instance differ.",
    )
    assert alice.refused(action, **asked(SecurityGroupId=group)) == Refusal(
        400,
        "MissingParameter",
        'The input parameter "VSwitchId" that is mandatory for processing this request is not supplied.',
    )


@BOTH
def test_the_zone_is_that_of_the_vswitch(alice: Person, action: str) -> None:
    """Another zone of the region contradicts it."""
    vswitch, group = network(alice)

    refusal = alice.refused(action, **asked(VSwitchId=vswitch, SecurityGroupId=group, ZoneId="cn-hangzhou-i"))

    assert refusal == Refusal(
        403,
        "InvalidParameter.NotMatch",
        "The specified ZoneId and the zone of the specified VSwitchId do not match.",
    )


@BOTH
def test_a_vswitch_that_is_still_being_made_cannot_be_used(alice: Person, action: str) -> None:
    """It has to be Available."""
    vpc = a_vpc(alice, CidrBlock="10.0.0.0/8")
    given = {"VpcId": vpc, "CidrBlock": "10.0.0.0/24", "ZoneId": "cn-hangzhou-h"}
    vswitch = alice.call("CreateVSwitch", version="2016-04-28", **given)["VSwitchId"]

    refusal = alice.refused(action, **asked(VSwitchId=vswitch))

    assert refusal == Refusal(
        400,
        "IncorrectVSwitchStatus",
        "The current status of virtual switch does not support this operation.",
    )


def test_networks_of_others_look_missing(alice: Person, bob: Person) -> None:
    """Neither another's vSwitch nor another's security group can be used."""
    vswitch, group = network(alice)

    by_vswitch = bob.refused("RunInstances", **asked(VSwitchId=vswitch))
    by_group = bob.refused("RunInstances", **asked(SecurityGroupId=group))

    assert by_vswitch.code == "InvalidVSwitchId.NotFound"
    assert by_group.code == "InvalidSecurityGroupId.NotFound"


def test_snapshots_of_others_look_missing(world: World, alice: Person, bob: Person) -> None:
    """A data disk is made of one's own snapshot."""
    instance = run(alice, DataDisk=[{"Size": 50}])
    snapshot = alice.call("CreateSnapshot", DiskId=disks(alice, instance)[1]["DiskId"])["SnapshotId"]
    world.later()

    refusal = bob.refused("RunInstances", **asked(DataDisk=[{"SnapshotId": snapshot}]))

    assert refusal.code == "InvalidDataDiskSnapshotId.NotFound"


@BOTH
def test_a_data_disk_fits_its_snapshot(world: World, alice: Person, action: str) -> None:
    """A complete snapshot of a data disk, and no smaller disk."""
    root, data = disks(alice, run(alice, DataDisk=[{"Size": 50}]))
    of_data = alice.call("CreateSnapshot", DiskId=data["DiskId"])["SnapshotId"]
    of_root = alice.call("CreateSnapshot", DiskId=root["DiskId"])["SnapshotId"]

    too_early = alice.refused(action, **asked(DataDisk=[{"SnapshotId": of_data}]))
    world.later()
    too_small = alice.refused(action, **asked(DataDisk=[{"SnapshotId": of_data, "Size": 49}]))
    no_data = alice.refused(action, **asked(DataDisk=[{"SnapshotId": of_root}]))

    assert too_early == Refusal(
        403, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet."
    )
    assert too_small == Refusal(
        403, "InvalidDiskSize.TooSmall", "Specified disk size is less than the size of snapshot."
    )
    assert no_data == Refusal(
        403, "InvalidSnapshotId.NotDataDiskSnapshot", "The specified snapshot is system disk snapshot."
    )


@BOTH
def test_a_disk_of_an_encrypted_snapshot_is_encrypted(world: World, alice: Person, action: str) -> None:
    """Declining encryption is refused."""
    _, data = disks(alice, run(alice, DataDisk=[{"Size": 50, "Encrypted": "true"}]))
    snapshot = alice.call("CreateSnapshot", DiskId=data["DiskId"])["SnapshotId"]
    world.later()

    refusal = alice.refused(action, **asked(DataDisk=[{"SnapshotId": snapshot, "Encrypted": "false"}]))

    assert refusal.code == "InvalidEncrypted.NotMatchSnapshot"


def test_a_password_is_never_kept(world: World, alice: Person) -> None:
    """It is checked, and then nobody knows it."""
    run(alice, Password="Str0ng-enough")

    assert not any("Str0ng-enough" in str(record) for record in world.app.store.dump())


def test_what_is_not_emulated_is_refused_by_name(alice: Person) -> None:
    """A parameter with an effect that we don't have isn't silently ignored."""
    refusal = alice.refused("RunInstances", **asked(SecurityOptions={"EnableSecureBoot": "true"}))

    assert refusal == Refusal(
        400,
        "UnsupportedParameter.SecurityOptions.EnableSecureBoot",
        'localyun does not emulate the parameter "SecurityOptions.EnableSecureBoot".',
    )
