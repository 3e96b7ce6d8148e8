"""What starting, stopping, rebooting and deleting instances is refused with."""

from dataclasses import replace
from typing import Any

import pytest

from localyun.config import Settings
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Shortage
from tests.operations.held import hold
from tests.operations.keys import a_key, kms
from tests.operations.made_instances import asked, disks, image_of, network, run, status, stopped
from tests.people import Person, Refusal, World

LOCKED = "The specified operation is denied as your instance is locked for security reasons."
EXPIRED = "The postPaid instance has been expired.Please ensure your account have enough balance."
ARREARS = "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode)."
DISKS_EXPIRED = "The specified operation is denied as your disk has expired."
REPAIRING = "The specified operation is denied as the host of ECS instance is being repaired."
NOT_READY = (403, "InstanceNotReady", "The specified instance is not ready for use.")
BALANCE = (403, "InsufficientBalance", "Your account does not have enough balance.")


def managed(operation: str) -> tuple[int, str, str]:
    """The refusal of instances that another product manages."""
    return (
        403,
        "OperationDenied.SystemInstanceNotSupport",
        f"The system instance does not support the {operation} operation because it is managed by another product.",
    )


@pytest.mark.parametrize(
    ("action", "condition", "refusal"),
    [
        ("StartInstance", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("StartInstance", Condition.EXPIRED, (403, "InstanceExpired", EXPIRED)),
        ("StartInstance", Condition.ARREARS, BALANCE),
        ("StartInstance", Condition.DISKS_EXPIRED, (403, "DiskInArrears", DISKS_EXPIRED)),
        ("StartInstance", Condition.NOT_READY, NOT_READY),
        ("StartInstance", Condition.REPAIRING, (403, "OperationDenied.HostRepairing", REPAIRING)),
        ("StartInstances", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("StartInstances", Condition.EXPIRED, (403, "InstanceExpired", EXPIRED)),
        ("StartInstances", Condition.ARREARS, BALANCE),
        ("StartInstances", Condition.DISKS_EXPIRED, (403, "InstanceExpiredOrInArrears", DISKS_EXPIRED)),
        ("StartInstances", Condition.NOT_READY, NOT_READY),
        ("StartInstances", Condition.REPAIRING, (403, "OperationDenied.HostRepairing", REPAIRING)),
        ("StopInstance", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("StopInstance", Condition.EXPIRED, (403, "InstanceExpiredOrInArrears", ARREARS)),
        ("StopInstance", Condition.ARREARS, (403, "InstanceExpiredOrInArrears", ARREARS)),
        ("StopInstance", Condition.MANAGED, managed("StopInstance")),
        ("StopInstances", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("StopInstances", Condition.ARREARS, (403, "InstanceExpiredOrInArrears", ARREARS)),
        ("StopInstances", Condition.NOT_READY, NOT_READY),
        ("StopInstances", Condition.LOW_BALANCE, BALANCE),
        ("StopInstances", Condition.MANAGED, managed("StopInstance")),
        ("RebootInstance", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("RebootInstance", Condition.EXPIRED, (403, "InstanceExpiredOrInArrears", ARREARS)),
        ("RebootInstances", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("RebootInstances", Condition.ARREARS, (403, "InstanceExpiredOrInArrears", ARREARS)),
        ("RebootInstances", Condition.NOT_READY, NOT_READY),
        ("RebootInstances", Condition.LOW_BALANCE, BALANCE),
        ("DeleteInstance", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("DeleteInstance", Condition.MANAGED, managed("DeleteInstance")),
        ("DeleteInstances", Condition.LOCKED, (403, "InstanceLockedForSecurity", LOCKED)),
        ("DeleteInstances", Condition.MANAGED, managed("DeleteInstance")),
    ],
)  # fmt: skip
def test_an_account_that_is_held_back(
    alice: Person, action: str, condition: Condition, refusal: tuple[int, str, str]
) -> None:
    """The operator said so; once that is lifted, the call succeeds."""
    instance = (stopped if action.startswith(("Start", "Delete")) else run)(alice)
    asked = {"InstanceId": [instance] if action.endswith("s") else instance}
    hold(alice, condition)

    assert alice.refused(action, **asked) == Refusal(*refusal)
    hold(alice)
    alice.call(action, **asked)


NAMED = {"InstanceId": ["i-1"]}


@pytest.mark.parametrize("action", ["StartInstances", "StopInstances", "RebootInstances"])
@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({}, (403, "InvalidInstanceId.NotFound", "InstanceId should not be null.")),
        ({"InstanceId": "i-1"}, (403, "Abs.InvalidInstanceIds.MalFormed", "The specified instanceIds is not valid.")),
        ({"InstanceId": [f"i-{n}" for n in range(101)]}, (403, "InvalidParameter.TooManyInstanceIds", "Instance ids cannot be more than 100.")),
        (NAMED, (404, "InvalidInstanceIds.NotFound", "The specified InstanceIds does not exist.")),
    ],
)  # fmt: skip
def test_lists_of_instances(
    alice: Person, action: str, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """The three that change a status word it alike."""
    assert alice.refused(action, **parameters) == Refusal(*refusal)


def test_a_dry_run_of_several_has_a_code_of_its_own(alice: Person) -> None:
    """Whatever would be done with them."""
    success = Refusal(400, "DRYRUN.SUCCESS", "This request is a dryrun request with successful result.")
    standing, running = stopped(alice), run(alice)

    for action, instance in (
        ("StartInstances", standing),
        ("StopInstances", running),
        ("RebootInstances", running),
        ("DeleteInstances", standing),
    ):
        assert alice.refused(action, InstanceId=[instance], DryRun=True) == success


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("DeleteInstance", {"InstanceId": "web-1"}, (400, "InvalidParameter", "The input parameter InstanceId is invalid.")),
        ("DeleteInstance", {"InstanceId": "i-1"}, (404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.")),
        ("DeleteInstances", {"InstanceId": "i-1"}, (403, "InvalidInstanceIds.ValueNotSupported", "The specified instanceIds is not valid.")),
        ("DeleteInstances", {"InstanceId": [f"i-{n}" for n in range(101)]}, (403, "InvalidParameter.TooManyInstanceIds", "Instance ids cannot be more than 100.")),
        ("DeleteInstances", NAMED, (404, "InvalidInstanceIds.NotFound", "The specified InstanceIds does not exist.")),
    ],
)  # fmt: skip
def test_what_is_to_be_deleted(
    alice: Person, action: str, parameters: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    """It is named in the right way, and there."""
    assert alice.refused(action, **parameters) == Refusal(*refusal)


def test_what_is_deleted_at_once_is_in_one_region(alice: Person, mallory: Person) -> None:
    """One's own of another region is told; another account's isn't found."""
    here, there = stopped(alice), stopped(alice, RegionId="cn-beijing")

    assert alice.refused("DeleteInstances", InstanceId=[here, there]) == Refusal(
        400, "InvalidParameter.CrossRegionNotSupport", "Instances of multiple regions not support."
    )
    assert mallory.refused("DeleteInstances", InstanceId=[there]) == Refusal(
        404, "InvalidInstanceIds.NotFound", "The specified InstanceIds does not exist."
    )


def test_what_is_protected_or_still_being_made_is_not_deleted(alice: Person) -> None:
    """One by one, and among several."""
    protected = stopped(alice, DeletionProtection=True)
    new = alice.call("CreateInstance", **asked())["InstanceId"]
    kept = "The operation is not allowed due to deletion protection."
    pending = "The specified instance status does not support this operation."

    for action, many in (("DeleteInstance", False), ("DeleteInstances", True)):
        for instance, code, message in (
            (protected, "InvalidOperation.DeletionProtection", kept),
            (new, "IncorrectInstanceStatus.Initializing", pending),
        ):
            given = [instance] if many else instance
            assert alice.refused(action, InstanceId=given) == Refusal(403, code, message)


def test_only_an_instance_in_a_vpc_gives_back_what_it_is_charged_for(alice: Person) -> None:
    """StopCharging isn't for the classic network."""
    instance = run(alice)
    expected = Refusal(
        403, "InvalidInstanceId.NotSupport", "Classic network Instance  does not support this operation."
    )

    assert alice.refused("StopInstance", InstanceId=instance, StoppedMode="StopCharging") == expected
    assert alice.refused("StopInstances", InstanceId=[instance], StoppedMode="StopCharging") == expected


def test_an_instance_without_system_disk_does_not_start(alice: Person) -> None:
    """One whose system disk was detached."""
    instance = stopped(alice)
    (system,) = disks(alice, instance)
    alice.call("DetachDisk", InstanceId=instance, DiskId=system["DiskId"])
    alice.world.later()
    message = "The specified instance does not have system disk."

    assert alice.refused("StartInstance", InstanceId=instance) == Refusal(
        400, "InvalidInstance.NotFoundSystemDisk", message
    )
    assert alice.refused("StartInstances", InstanceId=[instance]) == Refusal(
        403, "InvalidInstance.NotFoundSystemDisk", message
    )


def test_an_instance_whose_disks_are_busy_is_left_alone(alice: Person) -> None:
    """A disk that is being attached holds up a stop and a reboot."""
    vswitch, group = network(alice)
    instance = run(alice, VSwitchId=vswitch, SecurityGroupId=group)
    zone = disks(alice, instance)[0]["ZoneId"]
    disk = alice.call("CreateDisk", ZoneId=zone, Size=40, DiskCategory="cloud_essd")["DiskId"]
    alice.world.later()
    alice.call("AttachDisk", InstanceId=instance, DiskId=disk)

    assert alice.refused("StopInstance", InstanceId=instance) == Refusal(
        400, "DiskError", "IncorrectDiskStatus."
    )
    assert alice.refused("RebootInstance", InstanceId=instance) == Refusal(
        403, "DiskError", "IncorrectDiskStatus."
    )
    assert alice.refused("StopInstances", InstanceId=[instance]) == Refusal(
        403, "IncorrectInstanceStatus", "IncorrectDiskStatus."
    )


NOT_ENABLED = "The CMK needs to be enabled."
UNAUTHORIZED = "ECS service have no right to access your KMS."
GONE = "The specified KMSKeyId does not exist."
CODE = "InvalidParameter.KMSKeyId."


@pytest.mark.parametrize(
    ("begins", "what", "one", "several"),
    [
        ("Start", "disabled", (403, f"{CODE}CMKNotEnabled", NOT_ENABLED), (400, f"{CODE}CMKNotEnabled", "The CMK needs to be added ECS tag")),
        ("Start", "gone", (403, f"{CODE}NotFound", GONE), (400, f"{CODE}CMKNotEnabled", "The CMK needs to be added ECS tag")),
        ("Start", "closed", (403, f"{CODE}KMSUnauthorized", UNAUTHORIZED), (400, f"{CODE}KMSUnauthorized", "ECS service account have no right to access your KMS.")),
        ("Reboot", "disabled", (403, f"{CODE}CMKNotEnabled", NOT_ENABLED), (400, f"{CODE}CMKNotEnabled", "The CMK needs to be added ECS tag")),
        ("Reboot", "gone", (404, f"{CODE}NotFound", GONE), (400, f"{CODE}CMKNotEnabled", "The CMK needs to be added ECS tag")),
        ("Reboot", "closed", (403, f"{CODE}KMSUnauthorized", UNAUTHORIZED), (400, f"{CODE}KMSUnauthorized", "ECS service account have no right to access your KMS.")),
    ],
)  # fmt: skip
def test_an_instance_needs_the_keys_of_its_disks(
    alice: Person, begins: str, what: str, one: tuple[int, str, str], several: tuple[int, str, str]
) -> None:
    """A key that is disabled or gone, or that ECS has no access to, keeps it from beginning to run."""
    key = a_key(alice)
    make = stopped if begins == "Start" else run
    instance = make(alice, SystemDisk={"Category": "cloud_essd", "Encrypted": "true", "KMSKeyId": key})

    match what:
        case "disabled":
            kms(alice, "DisableKey", KeyId=key)
        case "gone":
            kms(alice, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
            alice.world.later(8 * 24 * 60 * 60)
        case _:
            hold(alice, Condition.NO_KMS_ACCESS)

    assert alice.refused(f"{begins}Instance", InstanceId=instance) == Refusal(*one)
    assert alice.refused(f"{begins}Instances", InstanceId=[instance]) == Refusal(*several)


@pytest.mark.parametrize("action", ["StartInstances", "StopInstances", "RebootInstances", "DeleteInstances"])
def test_one_of_several_instances_is_not_there(alice: Person, action: str) -> None:
    """It is named, unlike where none is there."""
    assert alice.refused(action, InstanceId=[run(alice), "i-none"]) == Refusal(
        404, "InvalidInstanceId.NotFound", "The specified InstanceId i-none does not exist."
    )


NO_STOCK = Refusal(
    403,
    "OperationDenied.NoStock",
    "The requested resource is sold out in the specified zone, try other types of resources or other regions and zones.",
)


def released(person: Person) -> str:
    """Make an instance that is stopped and has given its machine back."""
    vswitch, group = network(person)
    instance = run(person, VSwitchId=vswitch, SecurityGroupId=group)
    person.call("StopInstance", InstanceId=instance, StoppedMode="StopCharging")
    person.world.later()
    return instance


def served_anew(person: Person, **settings: Any) -> None:
    """Start the server anew with other settings, on the same data."""
    person.world = World(replace(person.world.app, settings=Settings(**settings)), person.world.clock)


def test_a_machine_that_was_given_back_has_to_be_had_again(alice: Person) -> None:
    """As long as there is one: it may be sold out, or beyond the account's quota by now."""
    instance = released(alice)

    served_anew(alice, shortages=(Shortage.read("stock@cn-hangzhou=0"),))
    assert alice.refused("StartInstance", InstanceId=instance) == NO_STOCK
    assert alice.refused("StartInstances", InstanceId=[instance]) == NO_STOCK
    served_anew(alice, limits=Limits(vcpus_per_region=1))
    assert alice.refused("StartInstance", InstanceId=instance) == Refusal(
        403,
        "QuotaExceed.ElasticQuota",
        "No additional quota is available for the specified ECS instance type.",
    )
    served_anew(alice, shortages=(Shortage.read("stock@cn-hangzhou=1"),))
    alice.call("StartInstance", InstanceId=instance)


def test_an_instance_that_kept_its_machine_starts_whatever_there_is(alice: Person) -> None:
    """It has one."""
    instance = stopped(alice)
    served_anew(alice, shortages=(Shortage.read("stock@cn-hangzhou=0"),))

    alice.call("StartInstance", InstanceId=instance)


def test_a_spot_instance_starts_for_its_price_only(alice: Person) -> None:
    """Whatever the price was when it was made."""
    instance = stopped(alice, SpotStrategy="SpotWithPriceLimit", SpotPriceLimit=0.1, ZoneId="cn-hangzhou-h")
    expected = Refusal(
        403,
        "OperationDenied.SpotPriceLowerThanPublicPrice",
        "The spot instance price is lower than public price.",
    )
    served_anew(alice, shortages=(Shortage.read("spot-price@cn-hangzhou-h=0.2"),))

    assert alice.refused("StartInstance", InstanceId=instance) == expected
    assert alice.refused("StartInstances", InstanceId=[instance]) == expected


def test_an_instance_hibernates_if_it_was_made_to(alice: Person) -> None:
    """Then it needs the key of its system disk, on which it keeps its memory."""
    assert alice.refused("StopInstance", InstanceId=run(alice), Hibernate=True) == Refusal(
        403, "HibernationConfigured.NotEnabled", "The instance hibernation configured option is not enabled."
    )


def test_an_instance_that_hibernates_needs_the_key_of_its_disk(alice: Person) -> None:
    """It writes its memory there; without the key it isn't stopped so."""
    key = a_key(alice)
    image = image_of(alice, run(alice, SystemDisk={"Encrypted": "true", "KMSKeyId": key}))
    instance = run(alice, ImageId=image, HibernationOptions={"Configured": "true"})

    kms(alice, "DisableKey", KeyId=key)
    assert alice.refused("StopInstance", InstanceId=instance, Hibernate=True) == Refusal(
        403, "InvalidParameter.KMSKeyId.CMKNotEnabled", "The CMK needs to be enabled."
    )
    kms(alice, "EnableKey", KeyId=key)
    alice.call("StopInstance", InstanceId=instance, Hibernate=True)
    alice.world.later()
    assert status(alice, instance) == "Stopped"


def test_an_order_has_to_be_over_or_terminated(alice: Person) -> None:
    """Before what was paid for in advance is deleted."""
    instance = stopped(alice, InstanceChargeType="PrePaid", Period=1)
    message = "The operation is not permitted due to charge type of the instance."

    assert alice.refused("DeleteInstance", InstanceId=instance) == Refusal(
        403, "ChargeTypeViolation", message
    )
    assert alice.refused("DeleteInstances", InstanceId=[instance]) == Refusal(
        403, "ChargeTypeViolation", message
    )
    alice.call("DeleteInstance", InstanceId=instance, TerminateSubscription=True)


def test_an_order_that_is_over_is_no_obstacle(alice: Person) -> None:
    """A month later."""
    instance = stopped(alice, InstanceChargeType="PrePaid", Period=1)
    alice.world.later(32 * 24 * 60 * 60)

    alice.call("DeleteInstances", InstanceId=[instance])
