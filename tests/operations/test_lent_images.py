"""Encrypted images of other accounts: shared with a role, used with a key of one's own, lost with the key."""

from collections.abc import Callable

import pytest

from localyun.model.standing import Condition, Feature
from tests.operations.held import hold
from tests.operations.keys import a_key, kms
from tests.operations.lent import an_encrypted_image, lend_to, lent_image, own_disk, trust
from tests.operations.made_instances import asked, disks, run, stopped, system_disk
from tests.operations.test_community_images import a_community_image
from tests.people import REGION, Person, Refusal, World

SHARE = "ModifyImageSharePermission"
DAY = 24 * 60 * 60
NO_ROLE = Refusal(
    403,
    "AssumeRoleError",
    "Requires a RAM role of AliyunECSShareEncryptImageDefaultRole before sharing encrypted image.",
)
MISMATCH = Refusal(
    400,
    "InvalidParam.EncryptedMismatch",
    "Creating encrypted disks with shared encrypted image requires replacing encryption keys.",
)
NOT_ACTIVE = Refusal(
    403,
    "InvalidParameter.KMSKeyId.CMKNotEnabled",
    "The CMK (Customer Master Key) must be in an active state.",
)
NOT_ENABLED = Refusal(403, "InvalidParameter.KMSKeyId.CMKNotEnabled", "The CMK needs to be enabled.")
NO_ACCESS = Refusal(
    403, "InvalidParameter.KMSKeyId.KMSUnauthorized", "ECS service have no right to access your KMS."
)
NO_KEY = Refusal(404, "InvalidParameter.KMSKeyId.NotFound", "The specified KMSKeyId does not exist.")
NO_LONGER_THERE = Refusal(403, "InvalidParameter.KMSKeyId.NotFound", "The specified KMSKeyId does not exist.")
NOT_PLAIN = Refusal(
    403,
    "InvalidEncrypted.NotMatchSnapshot",
    "The specified parameter Encrypted must be set to true when creating disks with encrypted snapshots.",
)


# --- Sharing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "services",
    [
        (),
        ("ecs.aliyuncs.com",),
        ("{mallory}@ecs.aliyuncs.com",),
        ("{bob}@oss.aliyuncs.com",),
    ],
)
def test_sharing_needs_a_role_that_trusts_the_sharee(
    alice: Person, bob: Person, mallory: Person, services: tuple[str, ...]
) -> None:
    """ECS as such, or the ECS of somebody else, isn't enough."""
    image = an_encrypted_image(alice, a_key(alice))
    if services:
        trust(alice, *(name.format(bob=bob.id, mallory=mallory.id) for name in services))

    assert alice.refused(SHARE, ImageId=image, AddAccount=[bob.id]) == NO_ROLE
    assert bob.call("DescribeImages", ImageOwnerAlias="others")["TotalCount"] == 0


def test_the_role_has_to_be_the_owners(alice: Person, bob: Person) -> None:
    """The sharee's own one doesn't help."""
    image = an_encrypted_image(alice, a_key(alice))
    lend_to(bob, bob)

    assert alice.refused(SHARE, ImageId=image, AddAccount=[bob.id]) == NO_ROLE


def test_each_new_sharee_is_trusted(alice: Person, bob: Person, mallory: Person) -> None:
    """All or nothing; who has the image already isn't asked again, and taking back needs no role."""
    image = lent_image(alice, bob, a_key(alice))

    assert alice.refused(SHARE, ImageId=image, AddAccount=[bob.id, mallory.id]) == NO_ROLE
    lend_to(alice, mallory)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id, mallory.id])
    trust(alice, "ecs.aliyuncs.com")
    alice.call(SHARE, ImageId=image, RemoveAccount=[bob.id, mallory.id])

    assert alice.call("DescribeImageSharePermission", ImageId=image)["TotalCount"] == 0


def test_a_key_that_is_closed_to_ecs_is_not_lent(alice: Person, bob: Person) -> None:
    """The account took back what it had given ECS."""
    image = an_encrypted_image(alice, a_key(alice))
    lend_to(alice, bob)
    hold(alice, Condition.NO_KMS_ACCESS)

    assert alice.refused(SHARE, ImageId=image, AddAccount=[bob.id]) == Refusal(
        403,
        "InvalidParameter.KMSKeyId.CMKUnauthorized",
        "The CMK(Customer Master Key) lacks authorization to add tags to the ECS service.",
    )


# --- Using --------------------------------------------------------------------------------------------------


def test_a_sharee_runs_instances_with_its_own_key(alice: Person, bob: Person) -> None:
    """Its disk has its key and says nothing of the owner's; the image says that it is encrypted."""
    image, key = lent_image(alice, bob, a_key(alice)), a_key(bob)

    instance = run(bob, ImageId=image, **own_disk(key))
    (seen,) = bob.call("DescribeImages", ImageOwnerAlias="others")["Images"]["Image"]

    assert (system_disk(bob, instance)["Encrypted"], system_disk(bob, instance)["KMSKeyId"]) == (True, key)
    assert seen["DiskDeviceMappings"]["DiskDeviceMapping"][0]["Encrypted"] is True


@pytest.mark.parametrize("disk", [None, {"Encrypted": "true"}, {"Encrypted": "false"}])
def test_a_sharee_names_a_key_of_its_own(alice: Person, bob: Person, disk: dict[str, str] | None) -> None:
    """Neither nothing nor encryption without a key will do."""
    image = lent_image(alice, bob, a_key(alice))

    assert bob.refused("RunInstances", **asked(ImageId=image, SystemDisk=disk)) == MISMATCH
    assert bob.refused("CreateInstance", **asked(ImageId=image)) == MISMATCH


def test_the_owners_key_is_not_the_sharees(alice: Person, bob: Person) -> None:
    """It is used for the sharee, never by it."""
    key = a_key(alice)
    image = lent_image(alice, bob, key)

    assert bob.refused("RunInstances", **asked(ImageId=image, **own_disk(key))) == NO_KEY


def test_a_sharee_keeps_the_images_algorithm(alice: Person, bob: Person) -> None:
    """The same one may be said."""
    image, key = lent_image(alice, bob, a_key(alice)), a_key(bob)

    refusal = bob.refused("RunInstances", **asked(ImageId=image, **own_disk(key, EncryptAlgorithm="sm4-128")))

    assert refusal == Refusal(
        400,
        "NotSupport.SnapshotEncryptedAlgorithmConflict",
        "Changing encrypt algorithm with encrypted snapshot is not supported.",
    )
    assert run(bob, ImageId=image, **own_disk(key, EncryptAlgorithm="AES-256"))


def test_a_sharee_replaces_system_disks(alice: Person, bob: Person) -> None:
    """Encrypted, with its own key or with its service's."""
    image, key, instance = lent_image(alice, bob, a_key(alice)), a_key(bob), stopped(bob)

    refusal = bob.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image)
    bob.call("ReplaceSystemDisk", InstanceId=instance, ImageId=image, Encrypted=True)
    by_service = system_disk(bob, instance)["KMSKeyId"]
    bob.call("ReplaceSystemDisk", InstanceId=instance, ImageId=image, Encrypted=True, KMSKeyId=key)

    assert refusal == NOT_PLAIN
    assert by_service == kms(bob, "DescribeKey", KeyId="alias/acs/ecs")["KeyMetadata"]["KeyId"]
    assert system_disk(bob, instance)["KMSKeyId"] == key


def test_a_sharee_copies_the_image_with_its_own_key(alice: Person, bob: Person) -> None:
    """The copy is its own, and outlives the owner's key."""
    owners, key = a_key(alice), a_key(bob)
    image = lent_image(alice, bob, owners)

    copy = bob.call("CopyImage", ImageId=image, Encrypted=True, KMSKeyId=key)["ImageId"]
    bob.world.later()
    kms(alice, "DisableKey", KeyId=owners)

    assert system_disk(bob, run(bob, ImageId=copy))["KMSKeyId"] == key


@pytest.mark.parametrize(
    ("place", "code", "message"),
    [
        (
            f"{REGION}-b",
            "InvalidZoneId.NotSupportShareEncryptedImage",
            "Creating instances by shared encrypted images is not supported in this zone.",
        ),
        (
            REGION,
            "InvalidZoneId.NotSupportCreateWithShareEncryptedImage",
            "You cannot use shared encrypted images to create instances in this zone.",
        ),
    ],
)
def test_places_where_received_encrypted_images_do_not_run(
    make_world: Callable[..., World], place: str, code: str, message: str
) -> None:
    """The owner's own instances do."""
    world = make_world(without=frozenset({(Feature.SHARED_ENCRYPTION, place)}))
    carol, dave = world.person("carol"), world.person("dave")
    image, key = lent_image(carol, dave, a_key(carol)), a_key(dave)

    assert dave.refused("RunInstances", **asked(ImageId=image, **own_disk(key))) == Refusal(
        400, code, message
    )
    assert run(carol, ImageId=image)


def test_a_community_image_is_not_encrypted_on_the_way(alice: Person, bob: Person) -> None:
    """It is made plain, or copied by its owner."""
    image = a_community_image(alice)

    assert bob.refused("RunInstances", **asked(ImageId=image, SystemDisk={"Encrypted": "true"})) == Refusal(
        400,
        "NotSupportSnapshotEncrypted.ImageOwnerAlias",
        "The specified image category does not support creating encrypted disks with native snapshot "
        "encrypt.",
    )


# --- Losing it ----------------------------------------------------------------------------------------------

Setup = Callable[[Person, str, str], Callable[[], Refusal]]
"""Given the sharee, the image, the sharee's key: the call that is refused once the owner's key is unfit."""


def running(bob: Person, image: str, key: str) -> Callable[[], Refusal]:
    """A new instance."""
    return lambda: bob.refused("RunInstances", **asked(ImageId=image, **own_disk(key)))


def replacing(bob: Person, image: str, key: str) -> Callable[[], Refusal]:
    """A replaced system disk."""
    instance, said = stopped(bob), {"Encrypted": True, "KMSKeyId": key}
    return lambda: bob.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image, **said)


def copying(bob: Person, image: str, key: str) -> Callable[[], Refusal]:
    """A copy."""
    return lambda: bob.refused("CopyImage", ImageId=image, Encrypted=True, KMSKeyId=key)


def reinitializing(bob: Person, image: str, key: str) -> Callable[[], Refusal]:
    """A disk put back to the image."""
    disk = system_disk(bob, stopped(bob, ImageId=image, **own_disk(key)))["DiskId"]
    return lambda: bob.refused("ReInitDisk", DiskId=disk)


@pytest.mark.parametrize(
    ("setup", "disabled", "gone"),
    [
        (running, NOT_ACTIVE, NO_KEY),
        (replacing, NOT_ACTIVE, NO_LONGER_THERE),
        (
            copying,
            NOT_ACTIVE,
            Refusal(
                403,
                "OperationDeined.EncryptedSnapshot",
                "The image contains encrypted snapshots, which do not support copying.",
            ),
        ),
        (reinitializing, NOT_ENABLED, NOT_ENABLED),
    ],
)
def test_the_owners_key_ends_the_sharees_use(
    alice: Person, bob: Person, setup: Setup, disabled: Refusal, gone: Refusal
) -> None:
    """Disabled, waiting for its deletion, gone, or no longer lent."""
    owners = a_key(alice)
    image = lent_image(alice, bob, owners)
    refused = setup(bob, image, a_key(bob))

    trust(alice, "ecs.aliyuncs.com")
    assert refused() == NO_ACCESS
    lend_to(alice, bob)
    kms(alice, "DisableKey", KeyId=owners)
    assert refused() == disabled
    kms(alice, "EnableKey", KeyId=owners)
    kms(alice, "ScheduleKeyDeletion", KeyId=owners, PendingWindowInDays=7)
    assert refused() == disabled
    alice.world.later(7 * DAY)
    assert refused() == gone


def test_what_a_sharee_has_made_stays_its_own(alice: Person, bob: Person) -> None:
    """Its instance runs, is kept in a snapshot and imaged, whatever becomes of the owner's key."""
    owners = a_key(alice)
    instance = run(bob, ImageId=lent_image(alice, bob, owners), **own_disk(key := a_key(bob)))
    kms(alice, "DisableKey", KeyId=owners)

    image = bob.call("CreateImage", InstanceId=instance)["ImageId"]
    bob.world.later()

    assert [disk["KMSKeyId"] for disk in disks(bob, run(bob, ImageId=image))] == [key]


def test_the_owner_needs_its_key_too(alice: Person, bob: Person) -> None:
    """Nobody can share an image whose key is disabled, nor run it; enabled again, all is as it was."""
    owners, key = a_key(alice), a_key(bob)
    image = lent_image(alice, bob, owners)
    kms(alice, "DisableKey", KeyId=owners)

    assert alice.refused("RunInstances", **asked(ImageId=image)) == NOT_ACTIVE
    kms(alice, "EnableKey", KeyId=owners)

    assert run(alice, ImageId=image)
    assert run(bob, ImageId=image, **own_disk(key))
