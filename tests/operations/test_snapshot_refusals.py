"""What snapshots are refused for: words, accounts, regions, disks, limits."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun.model import Phase
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.keys import a_key, kms
from tests.operations.made import a_disk, a_snapshot, an_instance
from tests.operations.made_disks import ANOTHER_ZONE, attached, new_disk
from tests.operations.test_snapshots import snapshots_seen
from tests.people import Person, Refusal, World

TOKEN = Refusal(
    403,
    "InvalidClientToken.Malformed",
    "The specified clientToken is improperly formatted. It must contain only ASCII characters and must not "
    "exceed 64 characters in length.",
)

WORDS: list[tuple[dict[str, Any], Refusal]] = [
    (
        {"ClientToken": "t" * 65},
        TOKEN,
    ),
    (
        {"ClientToken": "één"},
        TOKEN,
    ),
    (
        {"ResourceGroupId": "web"},
        Refusal(
            404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records."
        ),
    ),
    (
        {"Category": "flash", "InstantAccess": True},
        Refusal(
            403,
            "InvalidCategoryAndInstantAccess.Malformed",
            "The snapshot Category and InstantAccess can't be used together.",
        ),
    ),
    (
        {"InstantAccess": True, "InstantAccessRetentionDays": 65536},
        Refusal(
            403,
            "InvalidInstantAccessRetentionDays.Malformed",
            "The specified InstantAccessRetentionDays is not valid.",
        ),
    ),
    (
        {"StorageLocationArn": "arn:acs:cloudbox:cn-hangzhou:1:cloudbox/cb-1"},
        Refusal(
            403,
            "InvalidParameter.UnauthorizedStorageLocationArn",
            'The operation has failed due to lack of permission for the specified "StorageLocationArn". '
            "Please use a resource with appropriate permission for the operation.",
        ),
    ),
    (
        {"Tag": [{"Key": "k"}, {"Key": "k"}]},
        Refusal(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
    ),
    (
        {"Tag": [{"Key": "k", "Value": "http://web"}]},
        Refusal(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
    ),
    (
        {"DiskId": "web"},
        Refusal(403, "DiskId.ValueNotSupported", "The specified parameter diskid is not supported."),
    ),
    (
        {"DiskId": "d-none"},
        Refusal(404, "InvalidDiskId.NotFound", "The specified DiskId does not exist."),
    ),
]


@pytest.mark.parametrize(("parameters", "refusal"), WORDS)
def test_what_is_wrong_with_a_new_snapshot(
    alice: Person, parameters: dict[str, Any], refusal: Refusal
) -> None:
    """Is said before it is made."""
    an_instance(alice)

    assert alice.refused("CreateSnapshot", **{"DiskId": "d-bp1made-0", **parameters}) == refusal
    assert snapshots_seen(alice) == []


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (
            Condition.ARREARS,
            Refusal(
                403, "InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough balance."
            ),
        ),
        (
            Condition.ABNORMAL,
            Refusal(
                403,
                "InvalidAccountStatus.NotEnoughBalance",
                "Your account does not have enough balance to order postpaid product.",
            ),
        ),
        (
            Condition.NO_SNAPSHOTS,
            Refusal(
                403,
                "InvalidAccountStatus.SnapshotServiceUnavailable",
                "Snapshot service has not been opened yet.",
            ),
        ),
        (
            Condition.NOT_AUTHORIZED,
            Refusal(403, "InvalidAction.Unauthorized", "The specified action is not valid."),
        ),
        (
            Condition.LOCKED,
            Refusal(
                403, "InstanceLockedForSecurity", "The disk attached instance is locked due to security."
            ),
        ),
    ],
)
def test_accounts_that_are_held_back_keep_nothing(
    alice: Person, condition: Condition, refusal: Refusal
) -> None:
    """Until the operator lets them go."""
    an_instance(alice)
    hold(alice, condition)

    assert alice.refused("CreateSnapshot", DiskId="d-bp1made-0") == refusal


def test_instant_access_is_for_essds_in_regions_that_have_it(
    alice: Person, make_world: Callable[..., World]
) -> None:
    """Without it, every disk has snapshots everywhere."""
    carol = make_world(without=frozenset({(Feature.INSTANT_ACCESS, "cn-hangzhou")})).person("carol")
    an_instance(alice)
    an_instance(carol)
    old = new_disk(alice, DiskCategory="cloud_efficiency", ZoneId=ANOTHER_ZONE)
    attached(alice, "i-bp1made", old)

    assert carol.refused("CreateSnapshot", DiskId="d-bp1made-0", InstantAccess=True) == Refusal(
        403,
        "InvalidRegion.NotSupportSnapshotInstantAccessRegion",
        "The snapshot InstantAccess is not supported for this region.",
    )
    assert alice.refused("CreateSnapshot", DiskId=old, InstantAccess=True) == Refusal(
        403, "IncorrectDiskType.NotSupport", "The specified device type is not supported."
    )
    carol.call("CreateSnapshot", DiskId="d-bp1made-0")
    alice.call("CreateSnapshot", DiskId=old)


def test_ephemeral_disks_have_no_snapshots(world: World, alice: Person) -> None:
    """Nor does an instance with one make an image."""
    instance = an_instance(alice)
    disk = new_disk(alice, DiskCategory="elastic_ephemeral_disk_standard", Size=64, ZoneId=ANOTHER_ZONE)
    attached(alice, instance, disk, DeleteWithInstance=True)

    assert alice.refused("CreateSnapshot", DiskId=disk) == Refusal(
        400,
        "DiskCategory.OperationNotSupported",
        "The type of the specified disk does not support creating a snapshot.",
    )
    assert alice.refused("CreateImage", InstanceId=instance) == Refusal(
        400,
        "InvalidOperation.DiskCategoryUnsupported",
        "The current category of the disk does not support this operation.",
    )


def test_a_disk_is_on_its_way_while_it_is_attached(world: World, alice: Person) -> None:
    """To the instance whose image is to be made, too."""
    instance, disk = an_instance(alice), new_disk(alice, ZoneId=ANOTHER_ZONE)
    alice.call("AttachDisk", DiskId=disk, InstanceId=instance)
    transferring = Refusal(
        403,
        "IncorrectDiskStatus.Transferring",
        "The specified device is transferring, you can retry after the process is finished.",
    )

    assert alice.refused("CreateSnapshot", DiskId=disk) == transferring
    assert alice.refused("CreateImage", InstanceId=instance) == transferring
    world.later()
    alice.call("CreateSnapshot", DiskId=disk)


def test_a_disk_that_was_added_to_a_stopped_instance_asks_for_a_start(world: World, alice: Person) -> None:
    """The instance has it then; one that it had before it was stopped it has still."""
    instance = an_instance(alice)
    had = attached(alice, instance, new_disk(alice, ZoneId=ANOTHER_ZONE))
    alice.call("StopInstance", InstanceId=instance)
    world.later()
    disk = attached(alice, instance, new_disk(alice, ZoneId=ANOTHER_ZONE))
    alice.call("CreateSnapshot", DiskId=had)
    world.later()

    assert alice.refused("CreateSnapshot", DiskId=disk) == Refusal(
        403,
        "IncorrectDiskStatus.Invalid",
        "The specified disk status invalid, restart instance and try again.",
    )
    alice.call("StartInstance", InstanceId=instance)
    world.later()
    alice.call("CreateSnapshot", DiskId=disk)


def test_snapshots_have_limits(make_world: Callable[..., World]) -> None:
    """In a region, and how many of a disk are made at once."""
    carol = make_world(limits=Limits(snapshots_per_region=1)).person("carol")
    dave = make_world(limits=Limits(snapshots_under_way_per_disk=2)).person("dave")
    an_instance(carol)
    an_instance(dave)
    carol.call("CreateSnapshot", DiskId="d-bp1made-0")
    carol.world.later()
    for _ in range(2):
        dave.call("CreateSnapshot", DiskId="d-bp1made-0")

    assert carol.refused("CreateSnapshot", DiskId="d-bp1made-0") == Refusal(
        403,
        "QuotaExceed.SnapshotQuota",
        "The quota is insufficient, please contact your channel partner to increase the quota.",
    )
    assert len(snapshots_seen(carol)) == 1
    assert dave.refused("CreateSnapshot", DiskId="d-bp1made-0") == Refusal(
        403,
        "QuotaExceed.ConcurrentSnapshotQuota",
        "The number of snapshots being created for the disk d-bp1made-0 has exceeded the concurrent quota "
        "(2). Please wait for the previous snapshots to complete before trying again.",
    )


# --- DeleteSnapshot ---------------------------------------------------------------------------------------


def test_a_snapshot_of_a_disk_in_use_is_deleted_by_force(alice: Person) -> None:
    """The wording says that the disk is in use."""
    snapshot, instance = a_snapshot(alice), an_instance(alice)
    a_disk(alice, number=1, snapshot=snapshot, instance=instance)

    assert alice.refused("DeleteSnapshot", SnapshotId=snapshot) == Refusal(
        403,
        "SnapshotCreatedDisk",
        "The snapshot that you are trying to delete is in use by one or more disks.",
    )
    alice.call("DeleteSnapshot", SnapshotId=snapshot, Force=True)


def test_a_snapshot_is_called_off_and_an_older_one_waits_for_it(world: World, alice: Person) -> None:
    """What is being made can be deleted at once."""
    an_instance(alice)
    older = alice.call("CreateSnapshot", DiskId="d-bp1made-0")["SnapshotId"]
    world.later()
    newer = alice.call("CreateSnapshot", DiskId="d-bp1made-0")["SnapshotId"]

    assert alice.refused("DeleteSnapshot", SnapshotId=older) == Refusal(
        400, "IncorrectDiskStatus.CreatingSnapshot", "A previous snapshot creation is in process."
    )
    alice.call("DeleteSnapshot", SnapshotId=newer)
    alice.call("DeleteSnapshot", SnapshotId=older)


def test_a_snapshot_is_not_deleted_while_it_is_copied(world: World, alice: Person) -> None:
    """Its copy can be, at once."""
    snapshot = a_snapshot(alice)
    copied = {
        "DestinationRegionId": "cn-beijing",
        "DestinationSnapshotName": "copy",
        "DestinationSnapshotDescription": "The copy.",
    }
    copy = alice.call("CopySnapshot", SnapshotId=snapshot, **copied)["SnapshotId"]

    too_early = alice.refused("DeleteSnapshot", SnapshotId=snapshot)
    alice.call("DeleteSnapshot", SnapshotId=copy, RegionId=None)
    alice.call("DeleteSnapshot", SnapshotId=snapshot)

    assert too_early == Refusal(
        403, "InvalidOperation.RelatedSnapshotNotFinished", "The related standard snapshot is not finished."
    )


# --- ModifySnapshotAttribute ------------------------------------------------------------------------------

MODIFIED: list[tuple[dict[str, Any], Refusal]] = [
    (
        {"SnapshotName": "auto1"},
        Refusal(400, "InvalidSnapshotName.Malformed", "The specified SnapshotName is wrongly formed."),
    ),
    (
        {"Description": "https://web"},
        Refusal(404, "InvalidDescription.Malformed", "The specified description is wrongly formed."),
    ),
    ({}, Refusal(400, "NoAttributeToModify", "No attribute to be modified in this request.")),
    (
        {"RetentionDays": 0},
        Refusal(400, "InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid."),
    ),
    (
        {"DisableInstantAccess": "maybe"},
        Refusal(
            404,
            "InvalidSnapshotDisableInstantAccess.Malformed",
            "The specified DisableInstantAccess is not valid!",
        ),
    ),
    (
        {"RetentionDays": 29},
        Refusal(
            400,
            "InvalidOperation.DecreaseRetentionDaysUnsupported",
            "The requested operation to decrease retention days for the snapshot is not supported.",
        ),
    ),
    (
        {"SnapshotId": "s-none", "SnapshotName": "web"},
        Refusal(404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist."),
    ),
    (
        {"SnapshotId": "s-bp1new", "SnapshotName": "web"},
        Refusal(400, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet."),
    ),
]


@pytest.mark.parametrize(("parameters", "refusal"), MODIFIED)
def test_what_is_wrong_with_a_change(alice: Person, parameters: dict[str, Any], refusal: Refusal) -> None:
    """Nothing changes then."""
    snapshot = a_snapshot(alice, retention_days=30)
    a_snapshot(alice, "s-bp1new", phase=Phase("accomplished", "progressing", 10**15))

    assert alice.refused("ModifySnapshotAttribute", **{"SnapshotId": snapshot, **parameters}) == refusal


# --- CopySnapshot -----------------------------------------------------------------------------------------

COPIED: list[tuple[dict[str, Any], Refusal]] = [
    (
        {"DestinationSnapshotName": "auto1"},
        Refusal(403, "InvalidSnapshotName.Malformed", "The specified SnapshotName is wrongly formed."),
    ),
    (
        {"DestinationSnapshotDescription": "c"},
        Refusal(403, "InvalidDescription.Malformed", "The specified description is wrongly formed."),
    ),
    (
        {"RetentionDays": 65537},
        Refusal(403, "InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid."),
    ),
    (
        {"Tag": [{"Key": "acs:1"}]},
        Refusal(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
    ),
    (
        {"Tag": [{"Key": "k", "Value": "v" * 129}]},
        Refusal(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
    ),
    (
        {"Tag": [{"Key": "k"}, {"Key": "k"}]},
        Refusal(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
    ),
    (
        {"Arn": [{"Rolearn": "copies"}]},
        Refusal(400, "InvalidParameter.Arns", "The specified Arns is not valid."),
    ),
    (
        {"RegionId": "cn-nowhere"},
        Refusal(400, "InvalidRegionId.MalFormed", "The specified RegionId is not valid."),
    ),
    (
        {"DestinationRegionId": "cn-nowhere"},
        Refusal(403, "InvalidRegionId.NotExists", "Region not exists."),
    ),
    (
        {"DestinationStorageLocationArn": "box"},
        Refusal(
            403,
            "InvalidParameterDestinationStorageLocationArn.Malformed",
            "The specified DestinationStorageLocationArn is wrongly formed.",
        ),
    ),
    (
        {"DestinationStorageLocationArn": "arn:acs:cloudbox:cn-shanghai:1:cloudbox/cb-1"},
        Refusal(
            403,
            "InvalidParameterDestinationStorageLocationArn.RegionNotMatch",
            'The region information in the specified parameter "DestinationStorageLocationArn" is '
            'inconsistent with "DestinationRegionId". Please use the correct information for the operation.',
        ),
    ),
    (
        {"DestinationStorageLocationArn": "arn:acs:cloudbox:cn-beijing:1:cloudbox/cb-1"},
        Refusal(
            403,
            "InvalidParameterDestinationStorageLocationArn.Unauthorized",
            "The operation has failed due to lack of permission for the specified "
            '"DestinationStorageLocationArn". Please use a resource with appropriate permission for the '
            "operation.",
        ),
    ),
    (
        {"DestinationRegionId": "cn-hangzhou"},
        Refusal(
            403,
            "InvalidOperation.NotSupportCopyInSameRegion",
            "Copying snapshot in the same region is not supported.",
        ),
    ),
    (
        {"DestinationRegionId": "cn-shanghai"},
        Refusal(
            403,
            "OperationDenied.NonCompliantDestinationRegion",
            "The copy operation to the destination region is not in compliance with regulations.",
        ),
    ),
    (
        {"SnapshotId": "s-none"},
        Refusal(403, "InvalidSnapshotId.NotFound", "The specified snapshot is not exists."),
    ),
    (
        {"SnapshotId": "s-bp1new"},
        Refusal(403, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet."),
    ),
    (
        {"SnapshotId": "s-bp1flash"},
        Refusal(
            403,
            "InvalidSnapshotCategory.NotSupportCopy",
            "The specified snapshot's category does not support copy.",
        ),
    ),
    (
        {"SnapshotId": "s-bp1instant"},
        Refusal(
            403,
            "InvalidSnapshotCategory.NotSupportCrossRegionCopy",
            "The specified snapshot is not support cross region copy.",
        ),
    ),
    (
        {"SnapshotId": "s-bp1flash", "Encrypted": True},
        Refusal(
            403,
            "InvalidSnapshotCategory.NotSupportEncryptedCopy",
            "The specified snapshot is not support encrypted copy.",
        ),
    ),
    (
        {"KMSKeyId": "key-1"},
        Refusal(
            403,
            "InvalidEncrypted.NotMatchKmsKeyId",
            "The specified parameter Encrypted must be true when KmsKeyId is not empty.",
        ),
    ),
    (
        {"Encrypted": True, "KMSKeyId": "key-1"},
        Refusal(403, "InvalidParameter.KMSKeyId.NotFound", "The specified KMSKeyId does not exist."),
    ),
    (
        {"Encrypted": True, "KMSKeyId": "key-1", "DestinationRegionId": "cn-qingdao"},
        Refusal(403, "InvalidRegion.NotSupport", "The specified region does not support byok."),
    ),
    (
        {"Encrypted": True, "DestinationRegionId": "cn-qingdao"},
        Refusal(
            403,
            "InvalidRegionId.NotSupportedEncryptedSnapshotCopy",
            "The specified region not support copy encrypted snapshot.",
        ),
    ),
    (
        {"SnapshotId": "s-bp1secret"},
        Refusal(
            403,
            "InvalidSnapshotId.EncryptedNotSupport",
            "The specified snapshot  with encrypted does not support copy.",
        ),
    ),
]


@pytest.fixture
def carol(make_world: Callable[..., World]) -> Person:
    """An account with snapshots of every kind, where data may not go to Shanghai, nor secrets to Qingdao."""
    without = {
        (Feature.FOREIGN_DATA, "cn-shanghai"),
        (Feature.OWN_KEYS, "cn-qingdao"),
        (Feature.SNAPSHOT_ENCRYPTION, "cn-qingdao"),
    }
    carol = make_world(without=frozenset(without)).person("carol")
    a_snapshot(carol)
    a_snapshot(carol, "s-bp1new", phase=Phase("progressing"))
    a_snapshot(carol, "s-bp1flash", category="flash")
    a_snapshot(carol, "s-bp1instant", instant_access=True)
    a_snapshot(carol, "s-bp1secret", encrypted=True)
    return carol


def copied(**parameters: Any) -> dict[str, Any]:
    """What a copy of a snapshot to another region takes."""
    return {
        "SnapshotId": "s-bp1made",
        "DestinationRegionId": "cn-beijing",
        "DestinationSnapshotName": "copy",
        "DestinationSnapshotDescription": "The copy.",
        **parameters,
    }


@pytest.mark.parametrize(("parameters", "refusal"), COPIED)
def test_what_is_wrong_with_a_copy(carol: Person, parameters: dict[str, Any], refusal: Refusal) -> None:
    """Nothing is made then."""
    assert carol.refused("CopySnapshot", **copied(**parameters)) == refusal
    assert snapshots_seen(carol, RegionId="cn-beijing") == []


@pytest.mark.parametrize(
    ("condition", "refusal"),
    [
        (
            Condition.NOT_AUTHORIZED,
            Refusal(403, "InvalidOperation.Unauthorized", "The specified operation is unauthorized."),
        ),
        (
            Condition.NOT_LISTED,
            Refusal(
                403, "InvalidUser.NotInWhiteList", "The user is not in the white list of copying snapshot."
            ),
        ),
        (
            Condition.ARREARS,
            Refusal(
                403, "InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough balance."
            ),
        ),
        (
            Condition.NO_SNAPSHOTS,
            Refusal(
                403,
                "InvalidAccountStatus.SnapshotServiceUnavailable",
                "Snapshot service has not been opened yet.",
            ),
        ),
    ],
)
def test_accounts_that_are_held_back_copy_nothing(
    carol: Person, condition: Condition, refusal: Refusal
) -> None:
    """Until the operator lets them go."""
    hold(carol, condition)

    assert carol.refused("CopySnapshot", **copied()) == refusal


def test_a_disk_is_copied_to_a_region_once_at_a_time(carol: Person) -> None:
    """By whichever of its snapshots; to other regions it may be meanwhile."""
    a_snapshot(carol, disk="d-bp1made")
    a_snapshot(carol, "s-bp1other", disk="d-bp1made")
    carol.call("CopySnapshot", **copied())

    twice = carol.refused("CopySnapshot", **copied(SnapshotId="s-bp1other"))
    carol.call("CopySnapshot", **copied(SnapshotId="s-bp1other", DestinationRegionId="cn-qingdao"))
    carol.world.later()

    assert twice == Refusal(
        403,
        "InvalidOperation.UnfinishedCrossRegionCopy",
        "This disk has unfinished cross-region copy snapshots in the target region.",
    )
    carol.call("CopySnapshot", **copied(SnapshotId="s-bp1other"))


def test_copies_count_against_the_limit_of_their_region(make_world: Callable[..., World]) -> None:
    """As all snapshots there do."""
    dave = make_world(limits=Limits(snapshots_per_region=1)).person("dave")
    a_snapshot(dave)
    dave.call("CopySnapshot", **copied())
    dave.world.later()

    assert dave.refused("CopySnapshot", **copied()) == Refusal(
        403,
        "QuotaExceed.SnapshotQuota",
        "The quota is insufficient, please contact your channel partner to increase the quota.",
    )


def an_encrypted_snapshot(owner: Person, key: str) -> str:
    """Take a snapshot of a disk that is encrypted with a key."""
    instance = an_instance(owner)
    disk = new_disk(owner, ZoneId=ANOTHER_ZONE, Encrypted=True, KMSKeyId=key)
    attached(owner, instance, disk)
    snapshot: str = owner.call("CreateSnapshot", DiskId=disk)["SnapshotId"]
    owner.world.later()
    return snapshot


def test_an_encrypted_snapshot_stays_encrypted(world: World, alice: Person) -> None:
    """With a key of the copy's region; also within its own region, where nothing plain is copied."""
    snapshot = an_encrypted_snapshot(alice, a_key(alice))
    there = a_key(alice, RegionId="cn-beijing")
    another = a_key(alice)

    plain = alice.refused("CopySnapshot", **copied(SnapshotId=snapshot))
    alice.call("CopySnapshot", **copied(SnapshotId=snapshot, Encrypted=True, KMSKeyId=there))
    twice = alice.refused("CopySnapshot", **copied(SnapshotId=snapshot, Encrypted=True))
    here = copied(SnapshotId=snapshot, DestinationRegionId=alice.region, Encrypted=True, KMSKeyId=another)
    alice.call("CopySnapshot", **here)

    assert plain == Refusal(
        403,
        "InvalidEncrypted.NotSupportDecrypt",
        "Encrypted snapshot not support copy to decrypt snapshot.",
    )
    assert twice == Refusal(
        403,
        "InvalidOperation.UnfinishedEncryptedSnapshotCopy",
        "This disk has unfinished encrypted copy snapshots in the target region.",
    )
    assert len(snapshots_seen(alice, RegionId="cn-beijing", KMSKeyId=there)) == 1
    assert len(snapshots_seen(alice, KMSKeyId=another)) == 1


def test_keys_that_are_not_fit_for_a_copy(alice: Person) -> None:
    """Disabled, asymmetric, closed to ECS; a service that isn't open, or fails."""
    snapshot = a_snapshot(alice)
    disabled, asymmetric = (
        a_key(alice, RegionId="cn-beijing", **more)
        for more in ({}, {"KeySpec": "RSA_2048", "KeyUsage": "SIGN/VERIFY"})
    )
    kms(alice, "DisableKey", KeyId=disabled, RegionId="cn-beijing")
    good = a_key(alice, RegionId="cn-beijing")

    def copy(key: str | None = None) -> Refusal:
        return alice.refused("CopySnapshot", **copied(SnapshotId=snapshot, Encrypted=True, KMSKeyId=key))

    found = [copy(disabled), copy(asymmetric)]
    for condition, key in (
        (Condition.NO_KMS_ACCESS, good),
        (Condition.NO_KMS, good),
        (Condition.FAILING, None),
    ):
        hold(alice, condition)
        found.append(copy(key))

    assert found == [
        Refusal(
            403,
            "InvalidParameter.KMSKeyId.CMKNotEnabled",
            "The CMK (Customer Master Key) must be in an active state.",
        ),
        Refusal(403, "InvalidKMSKeyId.NotSymmetric", "The specified parameter KmsKeyId must be symmetric."),
        Refusal(
            403,
            "InvalidParameter.KMSKeyId.KMSUnauthorized",
            "ECS service have no right to access your KMS.",
        ),
        Refusal(403, "InvalidParameter.KmsNotEnabled", "The specified operation need enable KMS."),
        Refusal(
            403,
            "InvalidParameter.DataEncryptedKeyCreateFailed",
            "Create kms data encrypted key fail. If you need further assistance, you can contact the KMS "
            "Technical Support.",
        ),
    ]
