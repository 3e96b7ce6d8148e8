"""How long snapshots are kept, what is changed of them, and copies in other regions."""

from collections.abc import Callable

from localyun.model.limits import Limits
from tests.operations.made import a_disk, a_snapshot, an_instance
from tests.operations.test_snapshot_refusals import copied
from tests.operations.test_snapshots import snapshots_seen, the_snapshot
from tests.people import Person, Refusal, World

DAY = 24 * 3600


def test_a_snapshot_is_gone_after_its_days(world: World, alice: Person) -> None:
    """To every operation; one without days stays."""
    an_instance(alice)
    alice.call("CreateSnapshot", DiskId="d-bp1made-0", RetentionDays=2)
    kept = a_snapshot(alice, "s-bp1kept")

    world.later(2 * DAY - 1)
    until_then = snapshots_seen(alice)
    world.later(1)

    assert len(until_then) == 2
    assert snapshots_seen(alice) == [kept]
    (gone,) = set(until_then) - {kept}
    assert alice.refused("DeleteSnapshot", SnapshotId=gone) == Refusal(
        404, "InvalidSnapshotId.NotFound", "The specified snapshot is not found."
    )
    assert alice.refused("CreateImage", SnapshotId=gone).code == "InvalidSnapshotId.NotFound"


def test_a_snapshot_stays_while_something_is_made_from_it(world: World, alice: Person) -> None:
    """An image or a disk of its owner's; it is gone with the last of them."""
    behind_image, behind_disk = (
        a_snapshot(alice, "s-bp1i", retention_days=1),
        a_snapshot(alice, "s-bp1d", retention_days=1),
    )
    image = alice.call("CreateImage", SnapshotId=behind_image)["ImageId"]
    a_disk(alice, number=1, snapshot=behind_disk)
    world.later(2 * DAY)

    both = snapshots_seen(alice)
    alice.call("DeleteImage", ImageId=image)

    assert sorted(both) == sorted([behind_image, behind_disk])
    assert snapshots_seen(alice) == [behind_disk]


def test_what_is_gone_makes_room(make_world: Callable[..., World]) -> None:
    """It no longer counts against a limit."""
    carol = make_world(limits=Limits(snapshots_per_disk=1)).person("carol")
    an_instance(carol)
    carol.call("CreateSnapshot", DiskId="d-bp1made-0", RetentionDays=1)
    carol.world.later()

    too_many = carol.refused("CreateSnapshot", DiskId="d-bp1made-0")
    carol.world.later(DAY)

    assert too_many == Refusal(403, "QuotaExceed.Snapshot", "The snapshot quota exceeds.")
    carol.call("CreateSnapshot", DiskId="d-bp1made-0")


def test_what_is_said_of_a_snapshot_changes(world: World, alice: Person) -> None:
    """What isn't given stays; days are added, from the beginning on."""
    snapshot = a_snapshot(alice, name="before", description="Before.", retention_days=1)

    alice.call("ModifySnapshotAttribute", SnapshotId=snapshot, SnapshotName="after")
    renamed = the_snapshot(alice)
    alice.call("ModifySnapshotAttribute", SnapshotId=snapshot, Description="After.", RetentionDays=3)
    world.later(2 * DAY)
    later = the_snapshot(alice)
    world.later(DAY)

    assert (renamed["SnapshotName"], renamed["Description"]) == ("after", "Before.")
    assert (later["SnapshotName"], later["Description"], later["RetentionDays"]) == ("after", "After.", 3)
    assert snapshots_seen(alice) == []


def test_only_the_owner_changes_a_snapshot(alice: Person, bob: Person) -> None:
    """For anybody else it doesn't exist."""
    snapshot = a_snapshot(alice)

    assert bob.refused("ModifySnapshotAttribute", SnapshotId=snapshot, SnapshotName="bobs") == Refusal(
        404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist."
    )


def test_instant_access_ends_after_its_days_or_when_it_is_disabled(world: World, alice: Person) -> None:
    """The snapshot stays."""
    an_instance(alice)
    alice.call("CreateSnapshot", DiskId="d-bp1made-0", InstantAccess=True, InstantAccessRetentionDays=1)
    world.later()
    first = alice.call("CreateSnapshot", DiskId="d-bp1made-0", InstantAccess=True)["SnapshotId"]
    world.later()

    both = [snapshot["InstantAccess"] for snapshot in _all(alice)]
    world.later(DAY)
    one = [snapshot["InstantAccess"] for snapshot in _all(alice)]
    alice.call("ModifySnapshotAttribute", SnapshotId=first, DisableInstantAccess=True)

    assert (both, one) == ([True, True], [True, False])
    assert [snapshot["InstantAccess"] for snapshot in _all(alice)] == [False, False]


def _all(person: Person) -> list[dict[str, object]]:
    found: list[dict[str, object]] = person.call("DescribeSnapshots")["Snapshots"]["Snapshot"]
    return found


def test_snapshots_of_a_disk_have_a_link(world: World, alice: Person) -> None:
    """By which they are found; one that nothing has is refused."""
    an_instance(alice, data_disks=1)
    alice.call("CreateSnapshot", DiskId="d-bp1made-0")
    data = alice.call("CreateSnapshot", DiskId="d-bp1made-1")["SnapshotId"]

    assert snapshots_seen(alice, SnapshotLinkId="sl-bp1made-1") == [data]
    assert alice.refused("DescribeSnapshots", SnapshotLinkId="sl-none") == Refusal(
        404, "InvalidSnapshotLinkId.NotFound", "The specified snapshot link is not found."
    )


def test_a_copy_is_a_snapshot_of_its_own(world: World, alice: Person) -> None:
    """In its region, and it says what it was copied from; the source can go then."""
    source = a_snapshot(alice, disk="d-bp1made", retention_days=9, name="source")

    copy = alice.call(
        "CopySnapshot",
        **copied(RetentionDays=3, ResourceGroupId="rg-1", Tag=[{"Key": "team", "Value": "web"}]),
    )["SnapshotId"]
    progressing = the_snapshot(alice, RegionId="cn-beijing")
    world.later()
    alice.call("DeleteSnapshot", SnapshotId=source)

    done = the_snapshot(alice, RegionId="cn-beijing")
    assert copy.startswith("s-2ze")
    assert (progressing["Status"], done["Status"]) == ("progressing", "accomplished")
    assert (done["SourceSnapshotId"], done["SourceRegionId"], done["SourceDiskId"]) == (
        source,
        "cn-hangzhou",
        "",
    )
    assert (done["SnapshotName"], done["Description"], done["RetentionDays"]) == ("copy", "The copy.", 3)
    assert (done["ResourceGroupId"], done["Tags"]["Tag"]) == (
        "rg-1",
        [{"TagKey": "team", "TagValue": "web"}],
    )
    assert (done["SourceDiskSize"], done["SourceDiskType"]) == ("40", "system")
    alice.call("CreateImage", SnapshotId=copy, RegionId="cn-beijing")


def test_a_copy_takes_a_role_without_effect(alice: Person) -> None:
    """If it is named as roles are; and a repeated call is one."""
    a_snapshot(alice)
    asked = copied(Arn=[{"Rolearn": f"acs:ram::{alice.id}:role/copies", "RoleType": "service"}])

    first = alice.call("CopySnapshot", ClientToken="one", **asked)
    again = alice.call("CopySnapshot", ClientToken="one", **asked)

    assert again["SnapshotId"] == first["SnapshotId"]
    assert len(snapshots_seen(alice, RegionId="cn-beijing")) == 1


def test_anothers_snapshot_is_not_copied(alice: Person, bob: Person) -> None:
    """It looks missing."""
    a_snapshot(alice)

    assert bob.refused("CopySnapshot", **copied()) == Refusal(
        403, "InvalidSnapshotId.NotFound", "The specified snapshot is not exists."
    )
