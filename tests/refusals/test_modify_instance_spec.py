"""What ModifyInstanceSpec refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model.limits import Limits
from localyun.model.standing import Condition, Shortage
from tests.operations.held import hold
from tests.operations.made_instances import disks, image_of, network, run, stopped
from tests.people import VPC, Person, Refusal, World
from tests.refusals.test_instances import served_anew

LARGER = {"InstanceType": "ecs.g7.xlarge"}
WHILE = {"StartTime": "2026-03-02T00:00Z", "EndTime": "2026-03-03T00:00Z"}
NOT_FOUND = (404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.")


def refused(person: Person, instance: str, **parameters: Any) -> Refusal:
    """Ask for a change that is refused."""
    return person.refused("ModifyInstanceSpec", InstanceId=instance, **parameters)


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({**LARGER, "InternetMaxBandwidthOut": 1}, (400, "InvalidParameter.Mismatch", "Too many parameters in one request.")),
        ({"InternetMaxBandwidthOut": 101}, (400, "InvalidParameter", 'The specified parameter "InternetMaxBandwidthOut" is not valid.')),
        ({"InternetMaxBandwidthIn": 0}, (400, "InvalidParameter.Bandwidth", "The specified parameter Bandwidth is not valid.")),
        ({"InstanceType": "ecs.none"}, (400, "InvalidInstanceType.ValueNotSupported", "The specified InstanceType does not exist or beyond the permitted range.")),
        ({"Temporary": {"EndTime": WHILE["EndTime"]}}, (404, "MissingTemporary.StartTime", "Temporary.StartTime is not specified.")),
        ({"Temporary": {"StartTime": WHILE["StartTime"]}}, (404, "MissingTemporary.EndTime", "Temporary.EndTime is not specified.")),
        ({"Temporary": {**WHILE, "StartTime": "soon"}}, (400, "InvalidTemporary.StartTime", "The specifed Temporary.StartTime is not valid.")),
        ({"Temporary": {**WHILE, "EndTime": "later"}}, (400, "InvalidTemporary.EndTime", "The specifed Temporary.EndTime is not valid.")),
        ({"SystemDisk": {"Category": "floppy"}}, (400, "InvalidParam.SystemDiskCategory", "The specified param SystemDisk.Category is not valid.")),
        ({"Disk": [{"DiskId": "d-1"}]}, (400, "MissingParameter.DiskCategory", "The specified parameter Disk.Category can not be null when Disk.DiskId is specified.")),
        ({"Disk": [{"DiskId": "d-1", "Category": "floppy"}]}, (400, "InvalidParameter.DiskCategory", "The specified parameter Disk.Category is not valid.")),
        ({"Disk": [{"PerformanceLevel": "PL9"}]}, (400, "InvalidPerformanceLevel.Malformed", "The specified parameter Disk.n.PerformanceLevel is not valid.")),
        ({"Async": "perhaps"}, (400, "InvalidParam.Async", "The specified parameter async is not valid.")),
        ({"AllowMigrateAcrossZone": "perhaps"}, (400, "InvalidParameter.AllowMigrateAcrossZone", "The specified parameter CanMigrateAcrossZone is not valid.")),
        ({"ClientToken": "x" * 65}, (400, "InvalidClientToken.ValueNotSupported", "The ClientToken provided is invalid.")),
        (LARGER, NOT_FOUND),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_malformed(
    alice: Person, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """Whether there is such an instance matters last."""
    assert refused(alice, "i-none", **parameters) == Refusal(*refusal)


def test_anothers_instance_looks_as_if_it_were_not_there(alice: Person, mallory: Person) -> None:
    """It keeps its type."""
    assert refused(mallory, stopped(alice), **LARGER) == Refusal(*NOT_FOUND)


def test_a_token_is_good_for_one_change(alice: Person) -> None:
    """Another one is refused in the operation's own words."""
    instance = stopped(alice)
    alice.call("ModifyInstanceSpec", InstanceId=instance, ClientToken="once", **LARGER)

    assert refused(alice, instance, ClientToken="once", InstanceType="ecs.g6.large") == Refusal(
        400,
        "IdempotenceParamNotMatch",
        "There is a idempotence signature mismatch between this and last request.",
    )


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (Condition.LOCKED, (403, "InstanceLockedForSecurity", "The specified operation is denied as your instance is locked for security reasons.")),
        (Condition.ARREARS, (400, "Account.Arrearage", "Your account has an outstanding payment.")),
        (Condition.LOW_BALANCE, (403, "InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough balance.")),
        (Condition.UNPAID, (403, "OperationDenied.UnpaidOrder", "The specified instance has unpaid order.")),
        (Condition.UNVERIFIED, (403, "SecurityRisk.3DVerification", "We have detected a security risk with your default credit or debit card. Please proceed with verification via the link in your email.")),
        (Condition.NO_PRICES, (400, "NoPermission.Price", "The operation requires price permission. Please either apply for permission from your main account, or set the parameter AutoPay as true.")),
    ],
)  # fmt: skip
def test_an_account_that_is_held_back(
    alice: Person, condition: Condition, refusal: tuple[int, str, str]
) -> None:
    """As the operator says."""
    instance = stopped(alice)
    hold(alice, condition)

    assert refused(alice, instance, **LARGER) == Refusal(*refusal)


def test_what_an_instance_is_keeps_it_as_it_is(alice: Person) -> None:
    """Running, in between, ordered in advance, without a system disk, or with an image for another processor."""
    running, standing = run(alice), stopped(alice)
    ordered = stopped(alice, InstanceChargeType="PrePaid", Period=1)
    empty = stopped(alice)
    (system,) = disks(alice, empty)
    alice.call("DetachDisk", InstanceId=empty, DiskId=system["DiskId"])
    alice.world.later()

    assert refused(alice, running, **LARGER) == Refusal(
        400, "InvalidInstanceStatus.NotStopped", "The specified Instance status is not stopped."
    )
    assert refused(alice, ordered, **LARGER) == Refusal(
        403, "ChargeTypeViolation", "The operation is not permitted due to charge type of the instance."
    )
    assert refused(alice, empty, **LARGER) == Refusal(
        403, "InvalidInstance.NotFoundSystemDisk", "The specified instance has no system disk."
    )
    assert refused(alice, standing, InstanceType="ecs.g8y.large") == Refusal(
        400, "InvalidParameter.Conflict", "The specified image does not support the specified instance type."
    )
    alice.call("StartInstance", InstanceId=standing)
    assert refused(alice, standing, InternetMaxBandwidthOut=1) == Refusal(
        403,
        "InvalidStatus.ValueNotSupported",
        "The current status of the resource does not support this operation.",
    )


def test_its_disks_and_its_sleep_keep_an_instance_to_its_type(alice: Person) -> None:
    """Disks of a category that the other type doesn't take; memory that is to be woken up again."""
    entry = stopped(alice, InstanceType="ecs.e-c1m2.large", SystemDisk={"Category": "cloud_essd_entry"})
    image = image_of(alice, run(alice, SystemDisk={"Encrypted": "true"}))
    sleeper = stopped(alice, ImageId=image, HibernationOptions={"Configured": "true"})

    assert refused(alice, entry, **LARGER) == Refusal(
        403,
        "InvalidInstanceType.NotSupportDiskCategory",
        "The instanceType of the specified instance does not support this disk category.",
    )
    assert refused(alice, sleeper, **LARGER) == Refusal(
        403,
        "HibernationConfigured.InstanceOperationForbidden",
        "The operation is not permitted due to limit of the hibernation configured instance.",
    )


@pytest.mark.parametrize(
    ("shortage", "refusal"),
    [
        ("type-for-all@cn-hangzhou/ecs.g7.xlarge", (400, "InvalidInstanceType.ValueUnauthorized", "The specified InstanceType does not exist or beyond the permitted range.")),
        ("type-on-sale@cn-hangzhou/ecs.g7.xlarge", (403, "InstanceType.Offline", "The specified InstanceType has been offline.")),
        ("type@cn-hangzhou/ecs.g7.xlarge", (403, "InvalidInstanceType.ValueNotSupported", "The specified zone does not offer the specified instancetype.")),
        ("resources@cn-hangzhou", (403, "OperationDenied", "The specified instance is out of usage.")),
        ("stock@cn-hangzhou/ecs.g7.xlarge=0", (403, "OperationDenied.NoStock", "The resource is out of usage.")),
    ],
)  # fmt: skip
def test_a_type_that_cannot_be_had(alice: Person, shortage: str, refusal: tuple[int, str, str]) -> None:
    """As the operator says of a region or a zone."""
    instance = stopped(alice)
    served_anew(alice, shortages=(Shortage.read(shortage),))

    assert refused(alice, instance, **LARGER) == Refusal(*refusal)


def test_quotas_count_the_outcome(make_world: Callable[..., World]) -> None:
    """Of processors, and of bandwidth."""
    owner = make_world(limits=Limits(vcpus_per_region=3, internet_bandwidth_per_region=10)).person("owner")
    instance = stopped(owner)

    assert refused(owner, instance, **LARGER) == Refusal(
        403,
        "QuotaExceed.ElasticQuota",
        "No additional quota is available for the specified ECS instance type.",
    )
    assert refused(owner, instance, InternetMaxBandwidthOut=11) == Refusal(
        400, "QuotaExceeded.InternetBandwidth", "The bandwidth to the internet exceeds the quota."
    )


def test_an_elastic_address_has_a_bandwidth_of_its_own(alice: Person) -> None:
    """The instance's isn't changed then, for a while or for good."""
    vswitch, group = network(alice)
    instance = run(alice, VSwitchId=vswitch, SecurityGroupId=group)
    eip = alice.call("AllocateEipAddress", version=VPC)["AllocationId"]
    alice.call("AssociateEipAddress", version=VPC, AllocationId=eip, InstanceId=instance)
    alice.world.later()

    assert refused(alice, instance, InternetMaxBandwidthOut=1) == Refusal(
        403,
        "InvalidInstance.EipNotSupport",
        "The specified instance with eip is not supported, please unassociate eip first.",
    )
    assert refused(alice, instance, Temporary=WHILE) == Refusal(
        400,
        "BandwidthUpgradeDenied.EipBoundInstance",
        "The specified VPC instance has bound EIP, temporary bandwidth upgrade is denied.",
    )


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"Temporary": WHILE}, "Temporary"),
        ({"SystemDisk": {"Category": "cloud_ssd"}}, "SystemDisk.Category"),
        ({"Disk": [{"DiskId": "d-1", "Category": "cloud_essd", "PerformanceLevel": "PL2"}]}, "Disk"),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(
    alice: Person, parameters: dict[str, Any], name: str
) -> None:
    """After it was checked."""
    assert refused(alice, stopped(alice), **parameters) == Refusal(
        400, f"UnsupportedParameter.{name}", f'localyun does not emulate the parameter "{name}".'
    )
