"""Disks of subscriptions, of accounts without money, and of instances of a special kind."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Condition
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
from tests.operations.made_instances import UBUNTU, disks, image_of, run, stopped, system_disk
from tests.people import Person, Refusal, World

SUBSCRIBED = {"InstanceChargeType": "PrePaid", "Period": 1, "PeriodUnit": "Month"}
TWO_MONTHS = 60 * 24 * 60 * 60
EXPIRED = Refusal(
    403,
    "InstanceExpiredOrInArrears",
    "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears"
    " (afterpay mode).",
)
DISK_EXPIRED = Refusal(403, "DiskInArrears", "The specified operation is denied as your disk owing fee.")
NOT_PORTABLE = Refusal(403, "DiskNotPortable", "The specified disk is not a portable disk.")
FOR_IT = {"DiskCategory": "cloud_essd", "Size": 20}


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0])


# --- Subscriptions ------------------------------------------------------------------------------------------


def test_a_disk_is_made_for_a_subscription_and_attached_at_once(world: World, alice: Person) -> None:
    """Creating, then In_use; it is paid for as long as the instance is."""
    instance = run(alice, **SUBSCRIBED)

    disk = alice.call("CreateDisk", InstanceId=instance, **FOR_IT)["DiskId"]
    at_first = disk_status(alice, disk)
    world.later()

    system, data = disks(alice, instance)
    assert (at_first, data["DiskId"], data["Status"]) == ("Creating", disk, "In_use")
    assert (data["Device"], data["ZoneId"]) == ("/dev/xvdb", system["ZoneId"])
    assert {system["DiskChargeType"], data["DiskChargeType"]} == {"PrePaid"}
    assert system["ExpiredTime"] == data["ExpiredTime"] == "2026-04-01T08:00Z"
    assert data["Portable"] is False
    listed = alice.call("DescribeDisks", DiskChargeType="PrePaid")["TotalCount"]
    assert (listed, alice.call("DescribeDisks", DiskChargeType="PostPaid")["TotalCount"]) == (2, 0)


def test_a_subscriptions_disks_stay_with_it(world: World, alice: Person) -> None:
    """They aren't detached, nor deleted before they expire."""
    instance = stopped(alice, **SUBSCRIBED, DataDisk=[{"Size": 20, "DeleteWithInstance": "false"}])
    disk = disks(alice, instance)[1]["DiskId"]

    detachment = alice.refused("DetachDisk", InstanceId=instance, DiskId=disk)
    alice.call("DeleteInstance", InstanceId=instance, TerminateSubscription="true")
    world.later()
    deletion = alice.refused("DeleteDisk", DiskId=disk)
    world.later(TWO_MONTHS)

    assert (detachment, deletion) == (NOT_PORTABLE, NOT_PORTABLE)
    alice.call("DeleteDisk", DiskId=disk)


def test_nothing_is_done_to_the_disks_of_a_subscription_that_is_over(world: World, alice: Person) -> None:
    """Until it is paid for again."""
    instance = run(alice, **SUBSCRIBED)
    disk = system_disk(alice, instance)["DiskId"]
    snapshot = snapshot_of(alice, disk)
    alice.call("StopInstance", InstanceId=instance)
    world.later(TWO_MONTHS)

    for action, parameters in (
        ("AttachDisk", {"InstanceId": instance, "DiskId": new_disk(alice)}),
        ("ResizeDisk", {"DiskId": disk, "NewSize": 50}),
        ("ResetDisk", {"DiskId": disk, "SnapshotId": snapshot}),
        ("ReInitDisk", {"DiskId": disk}),
        ("ReplaceSystemDisk", {"InstanceId": instance, "ImageId": UBUNTU}),
    ):
        assert alice.refused(action, **parameters) == EXPIRED, action


def test_a_subscriptions_system_disk_is_no_disk_that_is_paid_for_by_use(alice: Person) -> None:
    """Nor is its regional disk taken away by force."""
    instance = stopped(alice, **SUBSCRIBED)
    there = run(alice, ZoneId=ANOTHER_ZONE)
    regional = alice.call(
        "CreateDisk", InstanceId=instance, DiskCategory="cloud_regional_disk_auto", Size=20
    )["DiskId"]
    alice.world.later()
    by_disk = {"DiskId": new_disk(alice), "Platform": "Debian", "Architecture": "x86_64"}

    replacement = alice.refused("ReplaceSystemDisk", InstanceId=instance, **by_disk)
    force = alice.refused("AttachDisk", InstanceId=there, DiskId=regional, Force="true")

    assert replacement == Refusal(
        400,
        "InvalidDatadisk.ChargeTypeViolation",
        "The operation is not permitted due to charge type of the Datadisk.",
    )
    assert force == Refusal(
        400,
        "InvalidParameterForce.PrepaidDiskNotSupported",
        "The prepaid disk does not support force attach operation.",
    )


def test_an_instance_has_so_much_of_a_category(make_world: Callable[..., World]) -> None:
    """By `--limits disk_capacity_per_instance`; and so many disks."""
    alice = first_of(make_world(limits=Limits(disk_capacity_per_instance=49)))
    instance = run(alice, **SUBSCRIBED)
    full = run(alice, **SUBSCRIBED, DataDisk=[{"Size": 20, "Category": "cloud_ssd"}] * 2)
    too_much = Refusal(
        403,
        "InstanceDiskCategoryLimitExceed",
        "The total size of specified disk category in an instance exceeds.",
    )

    assert alice.refused("CreateDisk", InstanceId=instance, **{**FOR_IT, "Size": 50}) == too_much
    alice.call("CreateDisk", InstanceId=instance, **{**FOR_IT, "Size": 49})
    assert alice.refused("CreateDisk", InstanceId=full, DiskCategory="cloud_ssd", Size=20) == too_much


def test_a_full_instance_gets_no_further_disk(make_world: Callable[..., World]) -> None:
    """By `--limits data_disks_per_instance`."""
    alice = first_of(make_world(limits=Limits(data_disks_per_instance=1)))
    instance = run(alice, **SUBSCRIBED, DataDisk=[{"Size": 20}])

    refusal = alice.refused("CreateDisk", InstanceId=instance, **FOR_IT)

    assert refusal.code == "InstanceDiskCategoryLimitExceed"


# --- Accounts without money ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "http", "code", "message"),
    [
        (Condition.LOW_BALANCE, 403, "InvalidAccountStatus.NotEnoughBalance",
         "Your account does not have enough balance."),
        (Condition.RESELLER, 400, "InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough"
         " balance, please contact your partner to increase your account balance."),
        (Condition.NO_CREDIT, 400, "InsufficientBalance.AgentAccount", "The account balance is insufficient."
         " Please contact your channel partner to recharge in time."),
        (Condition.NO_COUPONS, 403, "InvalidAccountStatus.CouponAmountNotEnough",
         "Your coupon balance is insufficient or has expired."),
        (Condition.WRONG_PAYMENT, 403, "InvalidPayMethod", "The specified pay method is not valid."),
        (Condition.UNVERIFIED, 403, "SecurityRisk.3DVerification", "We have detected a security risk with"
         " your default credit or debit card. Please proceed with verification via the link in your email."),
        (Condition.RISKY, 400, "OperationDenied.RiskIssue",
         "Your action is denied by risk issue, please contact customer service."),
    ],
)  # fmt: skip
def test_who_cannot_pay_makes_no_disk(
    alice: Person, condition: Condition, http: int, code: str, message: str
) -> None:
    """As the operator said."""
    hold(alice, condition)

    assert alice.refused("CreateDisk", ZoneId=ZONE, **FOR_IT) == Refusal(http, code, message)


@pytest.mark.parametrize(
    ("condition", "action", "refusal"),
    [
        (Condition.EXPIRED, "AttachDisk", EXPIRED),
        (Condition.DISKS_EXPIRED, "AttachDisk", DISK_EXPIRED),
        (Condition.EXPIRED, "ResizeDisk", EXPIRED),
        (Condition.DISKS_EXPIRED, "ResizeDisk", DISK_EXPIRED),
        (Condition.NO_PRICES, "ResizeDisk", Refusal(400, "NoPermission.Price", "The operation requires price"
         " permission. Please either apply for permission from your main account, or set the parameter"
         " AutoPay as true.")),
        (Condition.UNVERIFIED, "ResizeDisk", Refusal(403, "SecurityRisk.3DVerification", "We have detected a"
         " security risk with your default credit or debit card. Please proceed with verification via the"
         " link in your email.")),
        (Condition.EXPIRED, "ResetDisk", EXPIRED),
        (Condition.LOW_BALANCE, "ResetDisk", Refusal(403, "InvalidAccountStatus.NotEnoughBalance",
         "Your account does not have enough balance.")),
        (Condition.EXPIRED, "ReInitDisk", EXPIRED),
        (Condition.EXPIRED, "ReplaceSystemDisk", EXPIRED),
        (Condition.UNPAID, "ReplaceSystemDisk", Refusal(403, "OperationDenied.UnpaidOrder",
         "The specified instance has unpaid order.")),
        (Condition.OFFICIAL_ONLY, "ReplaceSystemDisk", Refusal(400, "AccountForbidden.ProductCreationLimited",
         "The commodity must be officially operated by Aliyun and in pay-as-you-go billing method.")),
    ],
)  # fmt: skip
def test_who_has_not_paid_changes_no_disk(
    alice: Person, condition: Condition, action: str, refusal: Refusal
) -> None:
    """As the operator said, whatever is named."""
    named: dict[str, Any] = {"InstanceId": "i-1", "DiskId": "d-1", "SnapshotId": "s-1", "NewSize": 50}
    if action == "ReplaceSystemDisk":
        named |= {"DiskId": None, "ImageId": UBUNTU}
    hold(alice, condition)

    assert alice.refused(action, **named) == refusal


# --- Instances of a special kind ----------------------------------------------------------------------------


def test_the_system_disk_of_an_instance_that_hibernates_is_left_alone(alice: Person) -> None:
    """Its memory lies there."""
    image = image_of(alice, run(alice, SystemDisk={"Encrypted": "true", "Category": "cloud_essd"}))
    instance = stopped(
        alice,
        ImageId=image,
        SystemDisk={"Category": "cloud_essd", "Size": 80},
        HibernationOptions={"Configured": "true"},
    )
    forbidden = Refusal(
        403,
        "HibernationConfigured.InstanceOperationForbidden",
        "The operation is not permitted due to limit of the hibernation configured instance.",
    )

    assert alice.refused("ReInitDisk", DiskId=system_disk(alice, instance)["DiskId"]) == forbidden
    assert alice.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=UBUNTU) == forbidden


def test_a_disk_whose_snapshot_can_be_used_at_once_is_not_put_back(world: World, alice: Person) -> None:
    """As long as that lasts."""
    instance = run(alice)
    disk = attached(alice, instance, new_disk(alice))
    snapshot_of(alice, disk, InstantAccess="true", InstantAccessRetentionDays=1)
    alice.call("StopInstance", InstanceId=instance)
    world.later()

    refusal = alice.refused("ReInitDisk", DiskId=disk)
    world.later(24 * 60 * 60)

    assert refusal == Refusal(
        400,
        "DiskHasSnapshotsWithInstantAccessEnabled.OperationNotSupported",
        "The operation is not supported to the specified disk that have snapshots with InstantAccess"
        " enabled.",
    )
    alice.call("ReInitDisk", DiskId=disk)


def test_some_categories_go_with_some_families_only(alice: Person) -> None:
    """cloud_essd_entry is for the entry level."""
    disk = new_disk(alice, DiskCategory="cloud_essd_entry")

    refusal = alice.refused("AttachDisk", InstanceId=run(alice), DiskId=disk)
    entry = run(alice, InstanceType="ecs.e-c1m1.large")
    attached(alice, entry, disk)
    detached(alice, entry, disk)

    assert refusal == Refusal(
        403,
        "InvalidInstanceType.NotSupportDiskCategory",
        "The instanceType of the specified instance does not support this disk category.",
    )
    assert shown(alice, disk)["Status"] == "Available"
