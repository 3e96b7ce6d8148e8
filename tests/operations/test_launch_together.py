"""What doesn't go together in a new instance: images, types, groups, roles, snapshots."""

from collections.abc import Callable
from pathlib import Path

import pytest

from localyun import accounts
from localyun.model.standing import Condition
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec
from tests.operations import oss
from tests.operations.held import hold, make_role
from tests.operations.made_instances import WINDOWS, asked, disks, image_of, network, run
from tests.operations.networks import a_security_group, a_vpc
from tests.operations.refusals import seen
from tests.people import Person, Refusal, World

BOTH = ("RunInstances", "CreateInstance")
LARGE_MEMORY = "ecs.r7.xlarge"
"""32 GiB."""


def test_security_groups_of_one_instance_are_alike(alice: Person) -> None:
    """Of one VPC, or all of none, and of one type."""
    vswitch, group = network(alice)
    elsewhere = a_security_group(alice, VpcId=a_vpc(alice, CidrBlock="10.0.0.0/8"))
    classic = a_security_group(alice)
    vpc = alice.call("DescribeSecurityGroupAttribute", SecurityGroupId=group)["VpcId"]
    enterprise = a_security_group(alice, VpcId=vpc, SecurityGroupType="enterprise")

    def refused(*groups: str) -> Refusal:
        return alice.refused("RunInstances", **asked(VSwitchId=vswitch, SecurityGroupIds=list(groups)))

    assert refused(group, elsewhere) == seen(
        errors.GROUPS_OF_TWO_VPCS("The security groups are not in the same VPC.")
    )
    assert refused(group, classic) == seen(
        errors.GROUPS_OF_TWO_NETWORKS("The security groups are not of the same network type.")
    )
    assert refused(group, enterprise) == seen(errors.RUN_GROUP_OF_ENTERPRISE_AND_NORMAL)


@pytest.mark.parametrize("action", BOTH)
def test_a_key_pair_is_not_for_windows(alice: Person, action: str) -> None:
    """Windows is logged in to by password."""
    alice.call("CreateKeyPair", KeyPairName="mine")

    refusal = alice.refused(action, **asked(ImageId=WINDOWS, KeyPairName="mine"))

    assert refusal == seen(errors.KEY_PAIR_OF_NEW_WINDOWS)


@pytest.mark.parametrize("action", BOTH)
def test_memory_that_is_written_to_disk_needs_room_and_encryption(
    world: World, alice: Person, action: str
) -> None:
    """An instance that can hibernate has an encrypted image, and a system disk as large as its memory."""
    image = image_of(alice, run(alice, SystemDisk={"Encrypted": "true", "Size": 20}))
    given = asked(ImageId=image, HibernationOptions={"Configured": "true"}, InstanceType=LARGE_MEMORY)

    refusal = alice.refused(action, **given, SystemDisk={"Size": 20})
    alice.call(action, **given, SystemDisk={"Size": 64})

    assert refusal == seen(errors.SYSTEM_DISK_LESS_THAN_MEMORY)


@pytest.mark.parametrize(
    ("action", "row"),
    [("RunInstances", errors.IMAGE_AND_TYPE_RUN), ("CreateInstance", errors.IMAGE_AND_TYPE_CREATE)],
)
def test_an_image_without_driver_does_not_start_where_disks_are_nvme(
    alice: Person, action: str, row: ErrorSpec
) -> None:
    """A type that asks for NVMe asks for images that support it."""
    image = image_of(alice, run(alice))
    alice.call("ModifyImageAttribute", ImageId=image, Features={"NvmeSupport": "unsupported"})

    refusal = alice.refused(action, **asked(ImageId=image, InstanceType="ecs.g8i.large"))

    assert refusal == seen(row)


@pytest.mark.parametrize(
    ("action", "row"),
    [("RunInstances", errors.RUN_ROLE_NOT_FOUND), ("CreateInstance", errors.LAUNCH_ROLE_NOT_FOUND)],
)
def test_a_role_is_ones_own_and_trusts_ecs(alice: Person, bob: Person, action: str, row: ErrorSpec) -> None:
    """Another account's role looks missing."""
    make_role(bob, "theirs", "ecs.aliyuncs.com")
    make_role(alice, "of-oss", "oss.aliyuncs.com")
    make_role(alice, "of-ecs", "ecs.aliyuncs.com")

    assert alice.refused(action, **asked(RamRoleName="theirs")) == seen(row)
    assert alice.refused(action, **asked(RamRoleName="of-oss")) == seen(errors.ROLE_NOT_FOR_ECS)
    alice.call(action, **asked(RamRoleName="of-ecs"))


@pytest.mark.parametrize("action", BOTH)
def test_an_image_that_failed_is_not_run(world: World, alice: Person, action: str) -> None:
    """It never becomes available, unlike one that is still being made."""
    instance = run(alice)
    hold(alice, Condition.FAILING)
    image = image_of(alice, instance)
    hold(alice)

    assert alice.refused(action, **asked(ImageId=image)) == seen(errors.CREATE_IMAGE_NOT_VALID)


@pytest.mark.parametrize(
    ("action", "row"),
    [
        ("RunInstances", errors.NEW_DISK_SNAPSHOT_NOT_ALLOWED),
        ("CreateInstance", errors.DATA_DISK_SNAPSHOT_NOT_READY),
    ],
)
def test_a_snapshot_that_failed_makes_no_disk(
    world: World, alice: Person, action: str, row: ErrorSpec
) -> None:
    """There is nothing in it."""
    _, data = disks(alice, run(alice, DataDisk=[{"Size": 50}]))
    hold(alice, Condition.FAILING)
    snapshot = alice.call("CreateSnapshot", DiskId=data["DiskId"])["SnapshotId"]
    world.later()
    hold(alice)

    assert alice.refused(action, **asked(DataDisk=[{"SnapshotId": snapshot}])) == seen(row)


@pytest.mark.parametrize(
    ("action", "row"),
    [
        ("RunInstances", errors.LAUNCH_SNAPSHOT_LARGER),
        ("CreateInstance", errors.CREATE_SNAPSHOT_LARGER),
    ],
)
def test_a_snapshot_is_no_larger_than_the_category_allows(
    world: World, alice: Person, action: str, row: ErrorSpec
) -> None:
    """A basic disk ends at 2000 GiB."""
    _, data = disks(alice, run(alice, DataDisk=[{"Size": 3000, "Category": "cloud_essd"}]))
    snapshot = alice.call("CreateSnapshot", DiskId=data["DiskId"])["SnapshotId"]
    world.later()
    given = {"SnapshotId": snapshot, "Category": "cloud"}

    assert alice.refused(action, **asked(DataDisk=[given])) == seen(row)


@pytest.mark.parametrize("action", BOTH)
def test_user_data_is_for_images_that_read_it(
    make_world: Callable[..., World], tmp_path: Path, action: str
) -> None:
    """An imported image isn't known to have cloud-init."""
    world = make_world(oss=str(oss.fill(tmp_path)))
    alice = Person(world, accounts.listed(world.app.store, 0)[0])
    image = alice.call("ImportImage", DiskDeviceMapping=[{"OSSBucket": "images", "OSSObject": "good.raw"}])[
        "ImageId"
    ]
    world.later(600)

    refusal = alice.refused(action, **asked(ImageId=image, UserData="eA=="))
    alice.call(action, **asked(ImageId=image))

    assert refusal == seen(errors.USER_DATA_WITHOUT_CLOUDINIT)
