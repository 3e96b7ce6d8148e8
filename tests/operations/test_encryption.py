"""Encryption: whose key is behind a disk, a snapshot, an image, and what can't be encrypted or read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.keys import a_key, kms, state
from tests.operations.lent import an_encrypted_image
from tests.operations.made_instances import (
    UBUNTU,
    asked,
    disks,
    image_of,
    run,
    shared_image,
    stopped,
    system_disk,
)
from tests.people import REGION, Person, Refusal, World

DAY = 24 * 60 * 60
THERE = "cn-beijing"
SM4 = "sm4-128"
FAMILY = "ecs.g7"
ZONE = f"{REGION}-b"
"""Where instances are made unless somebody says where."""
DATA = [{"Size": 50}]


def encrypted_instance(person: Person, key: str, **parameters: Any) -> str:
    """Run an instance whose system disk is encrypted with a key."""
    return run(person, SystemDisk={"Encrypted": "true", "KMSKeyId": key}, **parameters)


def a_data_snapshot(person: Person, **disk: Any) -> str:
    """Make a snapshot of an instance's data disk and wait until it is there."""
    _, source = disks(person, run(person, DataDisk=[{"Size": 50, **disk}]))
    snapshot = person.call("CreateSnapshot", DiskId=source["DiskId"])["SnapshotId"]
    person.world.later()
    return str(snapshot)


def mapping(person: Person, image: str, region: str = REGION) -> dict[str, Any]:
    """Return what DescribeImages says of an image's only disk."""
    answer = person.call("DescribeImages", RegionId=region, ImageId=image, Status="ALL")
    (found,) = answer["Images"]["Image"]
    (disk,) = found["DiskDeviceMappings"]["DiskDeviceMapping"]
    return dict(disk)


def snapshot_of(person: Person, image: str, region: str = REGION) -> dict[str, Any]:
    """Return what DescribeSnapshots says of the snapshot of an image's only disk."""
    ids = json.dumps([mapping(person, image, region)["SnapshotId"]])
    (found,) = person.call("DescribeSnapshots", RegionId=region, SnapshotIds=ids)["Snapshots"]["Snapshot"]
    return dict(found)


def disable(person: Person, key: str) -> None:
    """Disable a key."""
    kms(person, "DisableKey", KeyId=key)


def forget(person: Person, key: str) -> None:
    """Have a key deleted, and wait until it is gone."""
    kms(person, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    person.world.later(7 * DAY)


# --- Which key ----------------------------------------------------------------------------------------------


def test_the_services_key_appears_when_it_is_first_needed(alice: Person) -> None:
    """One an account and region, with a name of its own, which nobody can disable or delete."""
    before = kms(alice, "ListKeys")["TotalCount"]
    first, second = (run(alice, SystemDisk={"Encrypted": "true"}) for _ in range(2))

    keys = {system_disk(alice, instance)["KMSKeyId"] for instance in (first, second)}
    (listed,) = kms(alice, "ListKeys", Filters='[{"Key": "CreatorType", "Values": ["Service"]}]')["Keys"][
        "Key"
    ]
    described = kms(alice, "DescribeKey", KeyId="alias/acs/ecs")["KeyMetadata"]

    assert before == 0
    assert keys == {listed["KeyId"]} == {described["KeyId"]}
    assert (described["Creator"], described["KeyState"]) == ("Ecs", "Enabled")
    for action, parameters in (("DisableKey", {}), ("ScheduleKeyDeletion", {"PendingWindowInDays": 7})):
        refusal = alice.refused(action, version="2016-01-20", KeyId=listed["KeyId"], **parameters)
        assert refusal == Refusal(400, "InvalidParameter", "The specified parameter is not valid.")


def test_a_dry_run_makes_no_key(alice: Person) -> None:
    """Nor does a call that is refused later on."""
    disk = {"Encrypted": "true"}

    assert alice.refused("RunInstances", **asked(SystemDisk=disk, DryRun=True)).code == "DryRunOperation"
    assert alice.refused("RunInstances", **asked(SystemDisk=disk, DataDisk=[{"Size": 1}])).status == 400
    assert kms(alice, "ListKeys")["TotalCount"] == 0


def test_a_key_may_be_named_by_its_alias(alice: Person) -> None:
    """The disk says which key it is."""
    key = a_key(alice)
    kms(alice, "CreateAlias", KeyId=key, AliasName="alias/disks")

    root, data = disks(
        alice,
        run(
            alice,
            SystemDisk={"Encrypted": "true", "KMSKeyId": "alias/disks"},
            DataDisk=[{"Size": 50, "Encrypted": "true", "KMSKeyId": key}],
        ),
    )

    assert root["KMSKeyId"] == data["KMSKeyId"] == key
    assert root["Encrypted"] is data["Encrypted"] is True


def test_encryption_travels_with_its_key(alice: Person) -> None:
    """From disk to snapshot to image, to a disk of either, and no further if another is asked for."""
    key = a_key(alice)
    image = an_encrypted_image(alice, key)
    inherited = system_disk(alice, run(alice, ImageId=image))
    snapshot = a_data_snapshot(alice, Encrypted="true", KMSKeyId=key)
    _, data = disks(alice, run(alice, DataDisk=[{"SnapshotId": snapshot}]))
    new = alice.call("CreateDisk", ZoneId=ZONE, SnapshotId=snapshot, DiskCategory="cloud_essd")["DiskId"]
    (disk,) = alice.call("DescribeDisks", DiskIds=json.dumps([new]))["Disks"]["Disk"]

    assert (disk["Encrypted"], disk["KMSKeyId"]) == (True, key)
    assert snapshot_of(alice, image)["KMSKeyId"] == key
    assert (inherited["Encrypted"], inherited["KMSKeyId"]) == (True, key)
    assert (data["Encrypted"], data["KMSKeyId"]) == (True, key)


def test_an_images_data_disks_keep_their_key(alice: Person) -> None:
    """Each disk has its own."""
    root_key, data_key = a_key(alice), a_key(alice)
    instance = encrypted_instance(
        alice, root_key, DataDisk=[{"Size": 50, "Encrypted": "true", "KMSKeyId": data_key}]
    )

    root, data = disks(alice, run(alice, ImageId=image_of(alice, instance)))

    assert (root["KMSKeyId"], data["KMSKeyId"]) == (root_key, data_key)


def test_a_copy_is_encrypted_anew(alice: Person) -> None:
    """Within the region and beyond: with the key that is named there, else with the service's."""
    image = an_encrypted_image(alice, a_key(alice))
    other, there = a_key(alice), a_key(alice, RegionId=THERE)

    here = alice.call("CopyImage", ImageId=image, Encrypted=True, KMSKeyId=other)["ImageId"]
    beyond = alice.call(
        "CopyImage", ImageId=image, DestinationRegionId=THERE, Encrypted=True, KMSKeyId=there
    )["ImageId"]
    alice.world.later()
    by_service = alice.call("CopyImage", ImageId=image, Encrypted=True, EncryptAlgorithm=SM4)["ImageId"]

    services = kms(alice, "DescribeKey", KeyId="alias/acs/ecs")["KeyMetadata"]["KeyId"]
    assert snapshot_of(alice, here)["KMSKeyId"] == other
    assert snapshot_of(alice, beyond, THERE)["KMSKeyId"] == there
    assert snapshot_of(alice, by_service)["KMSKeyId"] == services
    assert all(mapping(alice, copy)["Encrypted"] for copy in (here, by_service))


def test_a_plain_image_is_copied_encrypted_within_its_region(alice: Person) -> None:
    """The way to an encrypted image without an encrypted instance."""
    key = a_key(alice)

    copy = alice.call("CopyImage", ImageId=image_of(alice, run(alice)), Encrypted=True, KMSKeyId=key)[
        "ImageId"
    ]

    assert (mapping(alice, copy)["Encrypted"], snapshot_of(alice, copy)["KMSKeyId"]) == (True, key)


def test_a_system_disk_is_replaced_by_an_encrypted_one(alice: Person) -> None:
    """With a key of one's choice, of a plain image or of an encrypted one."""
    first, second = a_key(alice), a_key(alice)
    instance = stopped(alice)
    image = an_encrypted_image(alice, first)

    alice.call("ReplaceSystemDisk", InstanceId=instance, ImageId=UBUNTU, Encrypted=True, KMSKeyId=first)
    of_plain = system_disk(alice, instance)["KMSKeyId"]
    alice.call("ReplaceSystemDisk", InstanceId=instance, ImageId=image)
    inherited = system_disk(alice, instance)["KMSKeyId"]
    alice.call("ReplaceSystemDisk", InstanceId=instance, ImageId=image, Encrypted=True, KMSKeyId=second)

    assert (of_plain, inherited) == (first, first)
    assert system_disk(alice, instance)["KMSKeyId"] == second


def test_an_account_may_encrypt_everything(alice: Person) -> None:
    """Disks and copies are encrypted with the service's key without anybody saying so."""
    plain = image_of(alice, run(alice))
    hold(alice, Condition.ENCRYPTED_DISKS)

    root, data = disks(alice, run(alice, DataDisk=DATA))
    copy = alice.call("CopyImage", ImageId=plain)["ImageId"]

    services = kms(alice, "DescribeKey", KeyId="alias/acs/ecs")["KeyMetadata"]["KeyId"]
    assert root["KMSKeyId"] == data["KMSKeyId"] == snapshot_of(alice, copy)["KMSKeyId"] == services


# --- What is refused ----------------------------------------------------------------------------------------

NOT_MATCHING = "The specified parameter Encrypted must be true when KmsKeyId is not empty."
ILLEGAL = "The specified parameter Encrypted must be true when kmsKeyId is not empty."
ALGORITHM = "The specified parameter Encrypted must be true when EncryptAlgorithm is not empty."
UNKNOWN_ALGORITHM = "The specified parameter EncryptAlgorithm is not valid."
NO_KEY = "The specified KMSKeyId does not exist."
NOT_ACTIVE = "The CMK (Customer Master Key) must be in an active state."
NOT_ENABLED = "The CMK needs to be enabled."
NO_ACCESS = "ECS service have no right to access your KMS."
NOT_SYMMETRIC = "The specified parameter KmsKeyId must be symmetric."
NO_TAGGING = "The CMK(Customer Master Key) lacks authorization to add tags to the ECS service."
NO_SM4 = "The current region does not support creating encrypted disks with EncryptAlgorithm."
NO_PLAIN = (
    "The specified parameter Encrypted must be set to true when creating disks with encrypted snapshots."
)
BY_DEFAULT = "Enabling disk default encryption prevents the creation of non-encrypted disks."
NOT_OPEN = "Failed to perform this operation because KMS is not activated."
TO_BE_OPENED = "The specified operation need enable KMS."
CATEGORY = (
    "The specified disk category does not support creating encrypted system disks or creating encrypted data "
    "disks from snapshots. Check the DiskCategory or Encrypted parameter, or check your account for default "
    "encryption settings."
)
NO_DATA_KEY = (
    "Create kms data encrypted key fail. If you need further assistance, you can contact the KMS Technical "
    "Support."
)
NATIVE = "does not support creating encrypted disks with native snapshot encrypt."
NO_SHARED = "Shared snapshot creating encrypted disks with native snapshot encrypt is not supported."
OTHER_KEY = "The specified parameter KmsKeyId is different from the KmsKeyId of the snapshot."
OTHER_ALGORITHM = (
    "The specified parameter EncryptAlgorithm is different from the encrypt algorithm of the snapshot."
)

Call = Callable[[Person, dict[str, Any]], Refusal]
"""A call that encrypts something as the parameters say; it has to be refused."""


def run_system(person: Person, said: dict[str, Any]) -> Refusal:
    """Run an instance with a system disk."""
    return person.refused("RunInstances", **asked(SystemDisk=said))


def run_data(person: Person, said: dict[str, Any]) -> Refusal:
    """Run an instance with a data disk."""
    return person.refused("RunInstances", **asked(DataDisk=[{"Size": 50, **said}]))


def create_data(person: Person, said: dict[str, Any]) -> Refusal:
    """Create an instance with a data disk."""
    return person.refused("CreateInstance", **asked(DataDisk=[{"Size": 50, **said}]))


def create_disk(person: Person, said: dict[str, Any]) -> Refusal:
    """Create a disk."""
    disk = {"ZoneId": ZONE, "Size": 50, "DiskCategory": "cloud_essd", **said}
    return person.refused("CreateDisk", **disk)


def disk_from_snapshot(person: Person, said: dict[str, Any]) -> Refusal:
    """Create a disk of a plain snapshot."""
    return create_disk(person, {"SnapshotId": a_data_snapshot(person), **said})


def replace_system(person: Person, said: dict[str, Any]) -> Refusal:
    """Replace a system disk."""
    return person.refused("ReplaceSystemDisk", InstanceId=stopped(person), ImageId=UBUNTU, **said)


def copy_image(person: Person, said: dict[str, Any]) -> Refusal:
    """Copy a plain image."""
    return person.refused("CopyImage", ImageId=image_of(person, run(person)), **said)


NOT_TOGETHER: list[tuple[Call, dict[str, Any], int, str, str]] = [
    *(
        row
        for call in (run_system, run_data, create_data, create_disk, copy_image)
        for row in (
            (call, {"KMSKeyId": "k"}, 400, "InvalidEncrypted.NotMatchKmsKeyId", NOT_MATCHING),
            (
                call,
                {"KMSKeyId": "k", "Encrypted": "false"},
                400,
                "InvalidParameter.EncryptedIllegal",
                ILLEGAL,
            ),
            (call, {"EncryptAlgorithm": SM4}, 400, "InvalidEncrypted.NotMatchEncryptAlgorithm", ALGORITHM),
            (
                call,
                {"EncryptAlgorithm": "rot13", "Encrypted": "true"},
                400,
                "InvalidEncryptAlgorithm",
                UNKNOWN_ALGORITHM,
            ),
            (call, {"KMSKeyId": "k", "Encrypted": "true"}, 404, "InvalidParameter.KMSKeyId.NotFound", NO_KEY),
        )
    ),
    (replace_system, {"KMSKeyId": "k"}, 403, "InvalidEncrypted.NotMatchKmsKeyId", NOT_MATCHING),
    (replace_system, {"EncryptAlgorithm": SM4}, 403, "InvalidEncrypted.NotMatchEncryptAlgorithm", ALGORITHM),
    (
        replace_system,
        {"EncryptAlgorithm": "rot13", "Encrypted": "true"},
        403,
        "InvalidEncryptAlgorithm",
        UNKNOWN_ALGORITHM,
    ),
    (
        replace_system,
        {"KMSKeyId": "k", "Encrypted": "true"},
        403,
        "InvalidParameter.KMSKeyId.NotFound",
        NO_KEY,
    ),
    (
        run_system,
        {"Encrypted": "true", "Category": "cloud"},
        403,
        "NotSupportSnapshotEncrypted.DiskCategory",
        CATEGORY,
    ),
    *(
        (
            call,
            {"Encrypted": "true", "Category": "cloud"},
            400,
            "InvalidParameter.EncryptedNotSupported",
            "The disk category cloud does not support encryption.",
        )
        for call in (run_data, create_data)
    ),
    (
        create_disk,
        {"Encrypted": "true", "DiskCategory": "cloud"},
        403,
        "InvalidParameter.EncryptedNotSupported",
        "The current disk category does not support encryption. If encryption is required, please switch to "
        "a different disk category.",
    ),
]


@pytest.mark.parametrize(("call", "said", "status", "code", "message"), NOT_TOGETHER)
def test_what_does_not_go_together(
    alice: Person, call: Call, said: dict[str, Any], status: int, code: str, message: str
) -> None:
    """A key or an algorithm without encryption, one that isn't there, a category that can't."""
    assert call(alice, said) == Refusal(status, code, message)


CLOSED_TO_ECS = json.dumps({"Statement": [{"Effect": "Allow", "Action": "kms:Describe*"}]})


def _disabled(person: Person) -> str:
    key = a_key(person)
    disable(person, key)
    return key


def _pending(person: Person) -> str:
    key = a_key(person)
    kms(person, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    return key


UNFIT: dict[str, Callable[[Person], str]] = {
    "disabled": _disabled,
    "pending": _pending,
    "external": lambda person: a_key(person, Origin="EXTERNAL"),
    "asymmetric": lambda person: a_key(person, KeySpec="RSA_2048"),
    "closed": lambda person: a_key(person, Policy=CLOSED_TO_ECS),
    "elsewhere": lambda person: a_key(person, RegionId=THERE),
}
"""Keys that nothing can be encrypted with."""


STATE, POLICY = "InvalidParameter.KMSKeyId.CMKNotEnabled", "InvalidParameter.KMSKeyId.CMKUnauthorized"
SYMMETRIC = "InvalidKMSKeyId.NotSymmetric"
MISSING, ACCESS = "InvalidParameter.KMSKeyId.NotFound", "InvalidParameter.KMSKeyId.KMSUnauthorized"

UNFIT_KEYS: list[tuple[Call, str, int, str, str]] = [
    *(
        row
        for call in (run_system, run_data, create_data, create_disk)
        for row in (
            (call, "disabled", 403, STATE, NOT_ACTIVE),
            (call, "pending", 403, STATE, NOT_ACTIVE),
            (call, "external", 403, STATE, NOT_ACTIVE),
            (call, "asymmetric", 400, SYMMETRIC, NOT_SYMMETRIC),
            (call, "closed", 403, POLICY, NO_TAGGING),
            (call, "elsewhere", 404, MISSING, NO_KEY),
        )
    ),
    (replace_system, "disabled", 403, STATE, NOT_ACTIVE),
    (replace_system, "asymmetric", 403, SYMMETRIC, NOT_SYMMETRIC),
    (replace_system, "closed", 403, POLICY, NO_TAGGING),
    (replace_system, "elsewhere", 403, MISSING, NO_KEY),
    (copy_image, "disabled", 403, STATE, NOT_ACTIVE),
    (copy_image, "asymmetric", 404, MISSING, NO_KEY),
    (copy_image, "closed", 403, POLICY, NO_TAGGING),
    (copy_image, "elsewhere", 404, MISSING, NO_KEY),
]


@pytest.mark.parametrize(("call", "unfit", "status", "code", "message"), UNFIT_KEYS)
def test_keys_that_are_not_fit(
    alice: Person, call: Call, unfit: str, status: int, code: str, message: str
) -> None:
    """Not enabled, not symmetric, closed to ECS, in another region."""
    refusal = call(alice, {"Encrypted": "true", "KMSKeyId": UNFIT[unfit](alice)})

    assert refusal == Refusal(status, code, message)


@pytest.mark.parametrize("call", [run_system, run_data, create_data, create_disk, copy_image])
def test_another_accounts_key_looks_missing(alice: Person, bob: Person, call: Call) -> None:
    """It isn't revealed that there is one."""
    refusal = call(alice, {"Encrypted": "true", "KMSKeyId": a_key(bob)})

    assert refusal == Refusal(404, MISSING, NO_KEY)


HELD: list[tuple[Call, Condition, bool, int, str, str]] = [
    *(
        row
        for call in (run_system, run_data, create_data, create_disk)
        for row in (
            (call, Condition.NO_KMS, True, 400, "InvalidParameter.KmsNotEnabled", NOT_OPEN),
            (call, Condition.NO_KMS, False, 400, "InvalidParameter.Encrypted.KmsNotEnable", NOT_OPEN),
            (call, Condition.NO_KMS_ACCESS, True, 403, ACCESS, NO_ACCESS),
        )
    ),
    (replace_system, Condition.NO_KMS, False, 403, "InvalidParameter.KmsNotEnabled", TO_BE_OPENED),
    (replace_system, Condition.NO_KMS_ACCESS, True, 403, ACCESS, NO_ACCESS),
    (copy_image, Condition.NO_KMS, True, 400, "InvalidParameter.KmsNotEnabled", TO_BE_OPENED),
    (copy_image, Condition.NO_KMS_ACCESS, True, 403, ACCESS, NO_ACCESS),
    (
        copy_image,
        Condition.NO_KMS_ACCESS,
        False,
        403,
        "OperationDenied.KmsServiceUnauthorized",
        "The account is not authorized to kms service, please authorize it.",
    ),
]


HELD += [
    (call, Condition.FAILING, True, status, "InvalidParameter.DataEncryptedKeyCreateFailed", NO_DATA_KEY)
    for call, status in (
        (run_system, 403),
        (run_data, 403),
        (create_data, 400),
        (create_disk, 403),
        (replace_system, 403),
    )
]


@pytest.mark.parametrize(("call", "condition", "with_key", "status", "code", "message"), HELD)
def test_accounts_without_kms(
    alice: Person, call: Call, condition: Condition, with_key: bool, status: int, code: str, message: str
) -> None:
    """One that hasn't opened it, one that hasn't let ECS in."""
    key = a_key(alice)
    hold(alice, condition)

    refusal = call(alice, {"Encrypted": "true", **({"KMSKeyId": key} if with_key else {})})

    assert refusal == Refusal(status, code, message)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (run_system, BY_DEFAULT),
        (run_data, BY_DEFAULT),
        (create_data, BY_DEFAULT),
        (create_disk, BY_DEFAULT),
        (replace_system, BY_DEFAULT),
        (
            copy_image,
            "The specified parameter Encrypted not match for your account default encryption settings.",
        ),
    ],
)
def test_an_account_that_encrypts_everything_makes_nothing_plain(
    make_world: Callable[..., World], call: Call, message: str
) -> None:
    """Declining is refused; what was plain before can be copied, encrypted."""
    carol = make_world().person("carol")
    before = image_of(carol, run(carol))
    hold(carol, Condition.ENCRYPTED_DISKS)

    if call is copy_image:
        refusal = carol.refused("CopyImage", ImageId=before, Encrypted=False)
    else:
        refusal = call(carol, {"Encrypted": "false"})

    assert refusal == Refusal(403, "InvalidEncrypted.NotMatchDiskDefaultEncryption", message)


@pytest.mark.parametrize("call", [run_system, run_data, create_data, create_disk, replace_system, copy_image])
def test_a_region_may_lack_an_algorithm(make_world: Callable[..., World], call: Call) -> None:
    """Which the operator says."""
    carol = make_world(without=frozenset({(Feature.SM4, REGION)})).person("carol")

    refusal = call(carol, {"Encrypted": "true", "EncryptAlgorithm": SM4})

    assert refusal == Refusal(403, "InvalidRegionId.NotSupportEncryptAlgorithm", NO_SM4)


def run_from_snapshot(person: Person, said: dict[str, Any]) -> Refusal:
    """Run an instance with a data disk made from a plain snapshot."""
    return person.refused("RunInstances", **asked(DataDisk=[{"SnapshotId": a_data_snapshot(person), **said}]))


def create_from_snapshot(person: Person, said: dict[str, Any]) -> Refusal:
    """Create an instance with a data disk made from a plain snapshot."""
    return person.refused(
        "CreateInstance", **asked(DataDisk=[{"SnapshotId": a_data_snapshot(person), **said}])
    )


AS_NATIVE = "NotSupportSnapshotEncrypted"


@pytest.mark.parametrize(
    ("call", "place", "refusal"),
    [
        *(
            row
            for call in (run_system, run_from_snapshot, disk_from_snapshot)
            for row in (
                (call, ZONE, Refusal(400, f"{AS_NATIVE}.ZoneId", f"The specified zone {NATIVE}")),
                (call, REGION, Refusal(400, f"{AS_NATIVE}.RegionId", f"The specified region {NATIVE}")),
            )
        ),
        *(
            (call, FAMILY, Refusal(400, f"{AS_NATIVE}.InstanceType", f"The specified instance type {NATIVE}"))
            for call in (run_system, run_from_snapshot)
        ),
        (create_from_snapshot, FAMILY, Refusal(403, "InvalidRegionId.NotSupportEncryptAlgorithm", NO_SM4)),
        (create_from_snapshot, ZONE, Refusal(403, "InvalidRegionId.NotSupportEncryptAlgorithm", NO_SM4)),
        (create_from_snapshot, REGION, Refusal(403, "InvalidRegionId.NotSupportEncryptAlgorithm", NO_SM4)),
        (
            replace_system,
            ZONE,
            Refusal(
                403,
                "InvalidDiskId.NotSupportReplaceEncryptedSystemDisk",
                "The specified diskId not support replace encrypted system disk.",
            ),
        ),
        (
            replace_system,
            REGION,
            Refusal(
                400,
                "InvalidRegionId.NotSupportReplaceEncryptedSystemDisk",
                "The specified region not support replace encrypted system disk.",
            ),
        ),
    ],
)
def test_places_where_nothing_plain_becomes_encrypted(
    make_world: Callable[..., World], call: Call, place: str, refusal: Refusal
) -> None:
    """A zone or a whole region, which the operator says; empty disks can be encrypted all the same."""
    carol = make_world(without=frozenset({(Feature.SNAPSHOT_ENCRYPTION, place)})).person("carol")

    assert run(carol, DataDisk=[{"Size": 50, "Encrypted": "true"}])
    assert call(carol, {"Encrypted": "true"}) == refusal


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (
            run_from_snapshot,
            Refusal(400, f"{AS_NATIVE}.DiskCategory", f"The specified disk category {NATIVE}"),
        ),
        (create_from_snapshot, Refusal(403, f"{AS_NATIVE}.DiskCategory", CATEGORY)),
        (disk_from_snapshot, Refusal(403, f"{AS_NATIVE}.DiskCategory", CATEGORY)),
    ],
)
def test_basic_disks_of_snapshots_are_not_encrypted(alice: Person, call: Call, refusal: Refusal) -> None:
    """Their category can't."""
    assert call(alice, {"Encrypted": "true", "Category": "cloud", "DiskCategory": "cloud"}) == refusal


def test_a_basic_system_disk_is_not_replaced_by_an_encrypted_one(alice: Person) -> None:
    """The new disk is of the old one's category."""
    instance = stopped(alice, SystemDisk={"Category": "cloud"})

    refusal = alice.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=UBUNTU, Encrypted=True)

    assert refusal == Refusal(403, f"{AS_NATIVE}.DiskCategory", CATEGORY)


@pytest.mark.parametrize("action", ["RunInstances", "CreateInstance"])
def test_only_optimized_instances_have_keys(alice: Person, action: str) -> None:
    """All are, unless the call says otherwise."""
    disk = {"Size": 50, "Encrypted": "true", "KMSKeyId": a_key(alice)}

    assert alice.refused(action, **asked(DataDisk=[disk], IoOptimized="none")) == Refusal(
        400,
        "IoOptimized.NotSupported",
        "The specified instance must be IoOptimized instance when kmsKeyId is not empty.",
    )


@pytest.mark.parametrize("action", ["RunInstances", "CreateInstance"])
def test_what_is_encrypted_keeps_key_and_algorithm(alice: Person, action: str) -> None:
    """A data disk of one's own encrypted snapshot has the snapshot's."""
    snapshot = a_data_snapshot(alice, Encrypted="true")

    other_key = {"SnapshotId": snapshot, "Encrypted": "true", "KMSKeyId": a_key(alice)}
    other_algorithm = {"SnapshotId": snapshot, "Encrypted": "true", "EncryptAlgorithm": SM4}

    assert alice.refused(action, **asked(DataDisk=[other_key])) == Refusal(
        400, "InvalidKmsKeyId.NotMatchSnapshot", OTHER_KEY
    )
    assert alice.refused(action, **asked(DataDisk=[other_algorithm])) == Refusal(
        400, "InvalidEncryptAlgorithm.NotMatchSnapshot", OTHER_ALGORITHM
    )
    assert create_disk(alice, other_key) == Refusal(400, "InvalidKmsKeyId.NotMatchSnapshot", OTHER_KEY)
    assert create_disk(alice, other_algorithm) == Refusal(
        400, "InvalidEncryptAlgorithm.NotMatchSnapshot", OTHER_ALGORITHM
    )
    assert create_disk(alice, {"SnapshotId": snapshot, "Encrypted": "false"}) == Refusal(
        403, "InvalidEncrypted.NotMatchSnapshot", NO_PLAIN
    )


# --- What can't be read any more ----------------------------------------------------------------------------

Setup = Callable[[Person, str], Callable[[], Refusal]]
"""Makes something with a key, and returns the call that is refused once the key is unfit."""


def running_from(person: Person, key: str) -> Callable[[], Refusal]:
    """An instance of an encrypted image."""
    image = an_encrypted_image(person, key)
    return lambda: person.refused("RunInstances", **asked(ImageId=image))


def creating_from(person: Person, key: str) -> Callable[[], Refusal]:
    """An instance of an encrypted image, not started."""
    image = an_encrypted_image(person, key)
    return lambda: person.refused("CreateInstance", **asked(ImageId=image))


def running_with(person: Person, key: str) -> Callable[[], Refusal]:
    """An instance with a disk of an encrypted snapshot."""
    snapshot = a_data_snapshot(person, Encrypted="true", KMSKeyId=key)
    return lambda: person.refused("RunInstances", **asked(DataDisk=[{"SnapshotId": snapshot}]))


def replacing(person: Person, key: str) -> Callable[[], Refusal]:
    """A system disk of an encrypted image."""
    image, instance = an_encrypted_image(person, key), stopped(person)
    return lambda: person.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image)


def reinitializing(person: Person, key: str) -> Callable[[], Refusal]:
    """A disk put back to its image."""
    instance = encrypted_instance(person, key)
    person.call("StopInstance", InstanceId=instance)
    disk = system_disk(person, instance)["DiskId"]
    person.world.later()
    return lambda: person.refused("ReInitDisk", DiskId=disk)


def keeping(person: Person, key: str) -> Callable[[], Refusal]:
    """A snapshot of an encrypted disk."""
    disk = system_disk(person, encrypted_instance(person, key))["DiskId"]
    return lambda: person.refused("CreateSnapshot", DiskId=disk)


def imaging(person: Person, key: str) -> Callable[[], Refusal]:
    """An image of an instance with an encrypted disk."""
    instance = encrypted_instance(person, key)
    return lambda: person.refused("CreateImage", InstanceId=instance)


def imaging_snapshot(person: Person, key: str) -> Callable[[], Refusal]:
    """An image of an encrypted snapshot."""
    snapshot = snapshot_of(person, an_encrypted_image(person, key))["SnapshotId"]
    return lambda: person.refused("CreateImage", SnapshotId=snapshot)


def copying(person: Person, key: str) -> Callable[[], Refusal]:
    """A copy of an encrypted image."""
    image = an_encrypted_image(person, key)
    return lambda: person.refused("CopyImage", ImageId=image, Encrypted=True)


UNREADABLE: list[tuple[Setup, Refusal, Refusal, Refusal]] = [
    *(
        (
            setup,
            Refusal(403, STATE, NOT_ACTIVE),
            Refusal(404, MISSING, NO_KEY),
            Refusal(403, ACCESS, NO_ACCESS),
        )
        for setup in (running_from, creating_from, running_with)
    ),
    (
        replacing,
        Refusal(403, STATE, NOT_ACTIVE),
        Refusal(403, MISSING, NO_KEY),
        Refusal(403, ACCESS, NO_ACCESS),
    ),
    (
        reinitializing,
        Refusal(403, STATE, NOT_ENABLED),
        Refusal(403, STATE, NOT_ENABLED),
        Refusal(403, ACCESS, NO_ACCESS),
    ),
    (
        keeping,
        Refusal(403, STATE, NOT_ENABLED),
        Refusal(400, MISSING, NO_KEY),
        Refusal(403, ACCESS, NO_ACCESS),
    ),
    *(
        (
            setup,
            Refusal(403, STATE, NOT_ENABLED),
            Refusal(
                400, "OperationDenied", "Not support creating system image from an encrypted snapshot/disk."
            ),
            Refusal(403, ACCESS, NO_ACCESS),
        )
        for setup in (imaging, imaging_snapshot)
    ),
    (
        copying,
        Refusal(403, STATE, NOT_ACTIVE),
        Refusal(
            403,
            "OperationDeined.EncryptedSnapshot",
            "The image contains encrypted snapshots, which do not support copying.",
        ),
        Refusal(403, ACCESS, NO_ACCESS),
    ),
]


@pytest.mark.parametrize(("setup", "disabled", "gone", "closed"), UNREADABLE)
def test_what_is_encrypted_needs_its_key(
    alice: Person, setup: Setup, disabled: Refusal, gone: Refusal, closed: Refusal
) -> None:
    """Not while it is disabled, waits for its deletion or is closed to ECS; never once it is gone."""
    key = a_key(alice)
    refused = setup(alice, key)

    hold(alice, Condition.NO_KMS_ACCESS)
    assert refused() == closed
    hold(alice)
    disable(alice, key)
    assert refused() == disabled
    kms(alice, "EnableKey", KeyId=key)
    kms(alice, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    assert (state(alice, key), refused()) == ("PendingDeletion", disabled)
    alice.world.later(7 * DAY)
    assert refused() == gone


# --- Copies and images --------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{}, {"Encrypted": False}])
def test_an_encrypted_image_is_not_copied_in_the_clear(alice: Person, said: dict[str, Any]) -> None:
    """Whether that is said or not."""
    refusal = alice.refused("CopyImage", ImageId=an_encrypted_image(alice, a_key(alice)), **said)

    assert refusal == Refusal(
        403,
        "OperationDeined.EncryptedSnapshot",
        "The image contains encrypted snapshots, which do not support copying to non-encrypted ones.",
    )


def test_a_plain_image_is_not_copied_encrypted_to_another_region(alice: Person) -> None:
    """It has to be copied encrypted first, then to the other region."""
    image = image_of(alice, run(alice))

    assert alice.refused("CopyImage", ImageId=image, DestinationRegionId=THERE, Encrypted=True) == Refusal(
        403,
        "OperationDenied.EncryptSnapshotAcrossRegion",
        "The image do not contain encrypted snapshots, which do not support copying to encrypted ones.",
    )


def test_an_encrypted_data_snapshot_is_no_system_disk(alice: Person) -> None:
    """Which has a row of its own."""
    snapshot = a_data_snapshot(alice, Encrypted="true")

    refusal = alice.refused("CreateImage", DiskDeviceMapping=[{"SnapshotId": snapshot, "DiskType": "system"}])

    assert refusal == Refusal(
        400,
        "InvalidParameter.DiskType",
        "The specified disk type which has kms key can't convert to system disk.",
    )


def test_a_shared_plain_image_is_not_encrypted_on_the_way(alice: Person, bob: Person) -> None:
    """A copy is, which the sharee can make."""
    image = shared_image(alice, bob)

    assert bob.refused("RunInstances", **asked(ImageId=image, SystemDisk={"Encrypted": "true"})) == Refusal(
        400, f"{AS_NATIVE}.ShareImage", NO_SHARED
    )
    copy = bob.call("CopyImage", ImageId=image, Encrypted=True)["ImageId"]
    bob.world.later()
    assert system_disk(bob, run(bob, ImageId=copy))["Encrypted"] is True


def test_an_account_that_encrypts_everything_creates_nothing_of_a_shared_plain_image(
    alice: Person, bob: Person
) -> None:
    """It would have to be encrypted on the way."""
    image = shared_image(alice, bob)
    hold(bob, Condition.ENCRYPTED_DISKS)

    assert bob.refused("CreateInstance", **asked(ImageId=image)) == Refusal(
        400, f"{AS_NATIVE}.ShareImage", NO_SHARED
    )


# --- Sharing ------------------------------------------------------------------------------------------------

SHARE = "ModifyImageSharePermission"
SERVICE_KEY = Refusal(
    403,
    "InvalidOperation.ServiceKeyEncryptedImageUnsupported",
    "The specified service key encrypted image is not supported for this operation. Please switch to a CMK "
    "(Customer Master Key) encrypted image and retry.",
)
ENCRYPTED = Refusal(
    403,
    "OperationDeined.EncryptedSnapshot",
    "The image contains encrypted snapshots, which do not support share.",
)


def of_service(person: Person) -> str:
    """An image whose disk ECS encrypted with its own key."""
    return image_of(person, run(person, SystemDisk={"Encrypted": "true"}))


def with_encrypted_data(person: Person) -> str:
    """An image with a plain system disk and an encrypted data disk."""
    return image_of(person, run(person, DataDisk=[{"Size": 50, "Encrypted": "true"}]))


def of_several(person: Person) -> str:
    """An encrypted image with two disks."""
    return image_of(person, encrypted_instance(person, a_key(person), DataDisk=DATA))


def of_disabled(person: Person) -> str:
    """An image whose key is disabled."""
    image = an_encrypted_image(person, key := a_key(person))
    disable(person, key)
    return image


def of_gone(person: Person) -> str:
    """An image whose key is gone."""
    image = an_encrypted_image(person, key := a_key(person))
    forget(person, key)
    return image


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (of_service, SERVICE_KEY),
        (with_encrypted_data, ENCRYPTED),
        (
            of_several,
            Refusal(
                403,
                "OperationDeined.FullImage",
                "The encrypted image contains multiple snapshots, which do not support share.",
            ),
        ),
        (of_disabled, Refusal(403, STATE, NOT_ACTIVE)),
        (of_gone, ENCRYPTED),
    ],
)
def test_encrypted_images_that_can_not_be_shared(
    alice: Person, bob: Person, made: Callable[[Person], str], refusal: Refusal
) -> None:
    """Those whose key can't be lent; taking back what nobody has is no error."""
    image = made(alice)

    assert alice.refused(SHARE, ImageId=image, AddAccount=[bob.id]) == refusal
    alice.call(SHARE, ImageId=image, RemoveAccount=[bob.id])
    assert bob.call("DescribeImages", ImageOwnerAlias="others")["TotalCount"] == 0


def test_an_encrypted_image_is_not_given_to_all(alice: Person) -> None:
    """A key is lent to accounts, not to everybody."""
    image = an_encrypted_image(alice, a_key(alice))

    assert alice.refused(SHARE, ImageId=image, AddGroup=["all"]) == ENCRYPTED
    assert alice.refused("ModifyImageShareGroupPermission", ImageId=image, AddGroup=["all"]) == ENCRYPTED
