"""Making, listing and deleting snapshots."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from localyun.model import Phase, Tag
from localyun.model.limits import Limits
from tests.operations.keys import a_key
from tests.operations.made import a_custom_image, a_disk, a_snapshot, an_instance
from tests.people import Person, Refusal, World

NOT_FOUND = Refusal(404, "InvalidSnapshotId.NotFound", "The specified snapshot is not found.")


def snapshots_seen(person: Person, **parameters: Any) -> list[str]:
    """The ids of the snapshots that are listed."""
    listed = person.call("DescribeSnapshots", **parameters)["Snapshots"]["Snapshot"]
    return [snapshot["SnapshotId"] for snapshot in listed]


def the_snapshot(person: Person, **parameters: Any) -> dict[str, Any]:
    """The only snapshot that is listed."""
    (found,) = person.call("DescribeSnapshots", **parameters)["Snapshots"]["Snapshot"]
    return dict(found)


# --- CreateSnapshot -------------------------------------------------------------------------------------


@pytest.mark.simulated
def test_a_snapshot_is_progressing_and_then_accomplished(world: World, alice: Person) -> None:
    """Its region is the disk's, which the call doesn't name."""
    an_instance(alice)

    made = alice.call("CreateSnapshot", RegionId=None, DiskId="d-bp1made-0")["SnapshotId"]
    world.later(0.1)
    progressing = the_snapshot(alice)
    world.later()
    done = the_snapshot(alice)

    assert made.startswith("s-bp1")
    assert (progressing["Status"], progressing["Progress"], progressing["Available"]) == (
        "progressing",
        "33%",
        False,
    )
    assert (done["Status"], done["Progress"], done["Available"]) == ("accomplished", "100%", True)


def test_a_snapshot_is_shown_as_clients_need_it(world: World, alice: Person) -> None:
    """Every field of the right type."""
    an_instance(alice)

    made = alice.call(
        "CreateSnapshot",
        DiskId="d-bp1made-0",
        SnapshotName="before",
        Description="Before the change.",
        RetentionDays=30,
        Category="Standard",
        InstantAccess=True,
        InstantAccessRetentionDays=3,
        ResourceGroupId="rg-1",
        Tag=[{"Key": "team", "Value": "web"}],
    )["SnapshotId"]
    world.later()

    assert the_snapshot(alice) == {
        "Status": "accomplished",
        "CreationTime": "2026-03-01T08:00:00Z",
        "Progress": "100%",
        "InstantAccess": True,
        "Available": True,
        "RemainTime": 0,
        "SourceDiskSize": "40",
        "SourceDiskType": "system",
        "SourceStorageType": "disk",
        "Usage": "none",
        "LastModifiedTime": "2026-03-01T08:00:00Z",
        "Encrypted": False,
        "SnapshotType": "user",
        "SourceDiskId": "d-bp1made-0",
        "SnapshotName": "before",
        "Description": "Before the change.",
        "SnapshotId": made,
        "RegionId": "cn-hangzhou",
        "ResourceGroupId": "rg-1",
        "Category": "standard",
        "KMSKeyId": "",
        "ProductCode": "",
        "Tags": {"Tag": [{"TagKey": "team", "TagValue": "web"}]},
        "RetentionDays": 30,
        "InstantAccessRetentionDays": 3,
        "SnapshotLinkId": "sl-bp1made-0",
    }


def test_a_snapshot_of_an_encrypted_disk_is_encrypted(alice: Person) -> None:
    """With the same key."""
    key = a_key(alice)
    a_disk(alice, encrypted=True, kms_key=key)

    alice.call("CreateSnapshot", DiskId="d-bp1made")

    seen = the_snapshot(alice, Encrypted=True, KMSKeyId=key)
    assert (seen["Encrypted"], seen["KMSKeyId"]) == (True, key)


def test_a_disk_that_was_attached_once_can_be_kept(alice: Person) -> None:
    """One that never was has nothing on it."""
    a_disk(alice, "d-bp1used", number=1, phase=Phase("Available"))
    a_disk(alice, "d-bp1new", number=1, phase=Phase("Available"), attached_at=None)

    alice.call("CreateSnapshot", DiskId="d-bp1used")

    assert alice.refused("CreateSnapshot", DiskId="d-bp1new") == Refusal(
        403,
        "IncorrectDiskStatus.NeverAttached",
        "The specified disk has never been attached to any instance.",
    )


@pytest.mark.parametrize("status", ["Creating", "ReIniting"])
def test_a_disk_in_between_is_refused(alice: Person, status: str) -> None:
    """It has to be in use or available."""
    disk = a_disk(alice, phase=Phase(status))

    assert alice.refused("CreateSnapshot", DiskId=disk) == Refusal(
        403, "IncorrectDiskStatus", "The current disk status does not support this operation."
    )


@pytest.mark.parametrize("status", ["Attaching", "Detaching"])
def test_a_disk_on_its_way_is_refused(alice: Person, status: str) -> None:
    """It soon arrives."""
    disk = a_disk(alice, phase=Phase(status))

    assert alice.refused("CreateSnapshot", DiskId=disk) == Refusal(
        403,
        "IncorrectDiskStatus.Transferring",
        "The specified device is transferring, you can retry after the process is finished.",
    )


def test_a_disk_of_an_instance_in_between_is_refused(alice: Person) -> None:
    """The instance has to be running or stopped, and to have run at least once."""
    an_instance(alice, "i-bp1starting", status="Starting")
    an_instance(alice, "i-bp1new", status="Stopped", started_at=None)

    assert alice.refused("CreateSnapshot", DiskId="d-bp1starting-0") == Refusal(
        403,
        "IncorrectInstanceStatus",
        "The current status of the resource does not support this operation.",
    )
    assert alice.refused("CreateSnapshot", DiskId="d-bp1new-0") == Refusal(
        403, "IncorrectDiskStatus.NeverUsed", "The specified disk has never been used after creating."
    )


def test_snapshots_of_a_disk_are_made_one_after_the_other(world: World, alice: Person) -> None:
    """Two disks' at once."""
    an_instance(alice, data_disks=1)
    alice.call("CreateSnapshot", DiskId="d-bp1made-0")

    too_early = alice.refused("CreateSnapshot", DiskId="d-bp1made-0")
    alice.call("CreateSnapshot", DiskId="d-bp1made-1")
    world.later()
    alice.call("CreateSnapshot", DiskId="d-bp1made-0")

    assert too_early == Refusal(
        403, "IncorrectDiskStatus.CreatingSnapshot", "A previous snapshot creation is in process."
    )


def test_anothers_disk_looks_missing(alice: Person, bob: Person) -> None:
    """As one that isn't there."""
    disk = a_disk(alice)
    refusal = Refusal(404, "InvalidDiskId.NotFound", "The specified DiskId does not exist.")

    assert bob.refused("CreateSnapshot", DiskId=disk) == refusal
    assert bob.refused("CreateSnapshot", DiskId="d-none") == refusal


def test_snapshots_of_a_disk_have_a_quota(make_world: Callable[..., World]) -> None:
    """Deleting one makes room."""
    world = make_world(limits=Limits(snapshots_per_disk=1))
    carol = world.person("carol")
    disk = a_disk(carol)
    first = carol.call("CreateSnapshot", DiskId=disk)["SnapshotId"]
    world.later()

    refusal = carol.refused("CreateSnapshot", DiskId=disk)
    carol.call("DeleteSnapshot", SnapshotId=first)
    carol.call("CreateSnapshot", DiskId=disk)

    assert refusal == Refusal(403, "QuotaExceed.Snapshot", "The snapshot quota exceeds.")


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        (
            {"SnapshotName": "auto-1"},
            Refusal(400, "InvalidSnapshotName.Malformed", "The specified SnapshotName is wrongly formed."),
        ),
        (
            {"SnapshotName": "s"},
            Refusal(400, "InvalidSnapshotName.Malformed", "The specified SnapshotName is wrongly formed."),
        ),
        (
            {"Description": "http://before"},
            Refusal(404, "InvalidDescription.Malformed", "The specified description is wrongly formed."),
        ),
        (
            {"RetentionDays": 65537},
            Refusal(400, "InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid."),
        ),
        (
            {"Category": "Golden"},
            Refusal(403, "InvalidSnapshotCategory.Malformed", "The specified Category is not valid."),
        ),
        (
            {"Tag": [{"Key": "http://k"}]},
            Refusal(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
        ),
    ],
)
def test_malformed_values_are_refused(alice: Person, parameters: dict[str, Any], refusal: Refusal) -> None:
    """Before the disk is looked for."""
    assert alice.refused("CreateSnapshot", DiskId="d-none", **parameters) == refusal


def test_a_token_is_good_for_one_snapshot(world: World, alice: Person) -> None:
    """Other parameters under it are refused."""
    disk = a_disk(alice)
    first = alice.call("CreateSnapshot", DiskId=disk, ClientToken="t")["SnapshotId"]

    again = alice.call("CreateSnapshot", DiskId=disk, ClientToken="t")["SnapshotId"]

    assert again == first
    other = alice.refused("CreateSnapshot", DiskId=disk, ClientToken="t", SnapshotName="other")
    assert other == Refusal(403, "IdempotentParameterMismatch", "The specified clientToken is used.")


# --- DescribeSnapshots ----------------------------------------------------------------------------------


def test_snapshots_are_listed_newest_first_for_their_owner(world: World, alice: Person, bob: Person) -> None:
    """In their region, page by page."""
    for number in range(3):
        a_snapshot(alice, f"s-bp1made{number}")
        world.later()

    assert snapshots_seen(alice) == ["s-bp1made2", "s-bp1made1", "s-bp1made0"]
    assert snapshots_seen(alice, PageSize=2, PageNumber=2) == ["s-bp1made0"]
    assert snapshots_seen(alice, RegionId="cn-beijing") == []
    assert snapshots_seen(bob) == []
    answer = alice.call("DescribeSnapshots", PageSize=2)
    assert (answer["TotalCount"], answer["PageSize"], answer["PageNumber"]) == (3, 2, 1)


def test_snapshots_are_paged_by_token(alice: Person) -> None:
    """The last page has no token."""
    made = [a_snapshot(alice, f"s-bp1made{number}") for number in range(3)]

    first = alice.call("DescribeSnapshots", MaxResults=2)
    last = alice.call("DescribeSnapshots", MaxResults=2, NextToken=first["NextToken"])

    pages = [[snapshot["SnapshotId"] for snapshot in page["Snapshots"]["Snapshot"]] for page in (first, last)]
    assert ([len(page) for page in pages], sorted(pages[0] + pages[1])) == ([2, 1], made)
    assert last["NextToken"] == ""
    assert alice.refused("DescribeSnapshots", NextToken="mine") == Refusal(
        400, "InvalidParameter", 'The specified parameter "NextToken" is not valid.'
    )


def test_ids_pick_snapshots(alice: Person, bob: Person) -> None:
    """Those of others and unknown ones are left out."""
    a_snapshot(alice)
    a_snapshot(alice, "s-bp1other")
    a_snapshot(bob, "s-bp1bobs")

    ids = '["s-bp1made", "s-bp1bobs","s-none"]'

    assert snapshots_seen(alice, SnapshotIds=ids) == ["s-bp1made"]
    assert snapshots_seen(alice, SnapshotIds="[]") == []


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"disk": "d-bp1made-0"}, {"DiskId": "d-bp1made-0"}),
        ({"disk": "d-bp1made-1"}, {"InstanceId": "i-bp1made"}),
        ({"name": "before"}, {"SnapshotName": "before"}),
        ({"name": "before"}, {"SnapshotName": "be*"}),
        ({"phase": Phase("progressing")}, {"Status": "progressing"}),
        ({"kind": "data"}, {"SourceDiskType": "Data"}),
        ({"encrypted": True}, {"Encrypted": True}),
        ({"kms_key": "key-1"}, {"KMSKeyId": "key-1"}),
        ({"category": "flash"}, {"Category": "Flash"}),
        ({"resource_group": "rg-1"}, {"ResourceGroupId": "rg-1"}),
        ({"tags": (Tag("team", "web"),)}, {"Tag": [{"Key": "team", "Value": "web"}]}),
    ],
)
def test_a_condition_picks_the_snapshots_that_meet_it(
    alice: Person, fields: dict[str, Any], asked: dict[str, Any]
) -> None:
    """One by one; another snapshot that differs in this alone isn't listed."""
    an_instance(alice, data_disks=1)
    a_snapshot(alice, "s-bp1other")
    a_snapshot(alice, "s-bp1meets", **fields)

    assert snapshots_seen(alice, **asked) == ["s-bp1meets"]


def test_creation_times_narrow_the_list(world: World, alice: Person) -> None:
    """Each end is included."""
    a_snapshot(alice)
    world.later(3600)
    a_snapshot(alice, "s-bp1later")

    assert snapshots_seen(alice, Filter=[{"Key": "CreationStartTime", "Value": "2026-03-01T09:00Z"}]) == [
        "s-bp1later"
    ]
    assert snapshots_seen(alice, Filter=[{"Key": "CreationEndTime", "Value": "2026-03-01T08:00Z"}]) == [
        "s-bp1made"
    ]


def test_every_snapshot_was_made_by_somebody(alice: Person) -> None:
    """There are no automatic ones."""
    made = a_snapshot(alice)

    assert snapshots_seen(alice, SnapshotType="user") == [made]
    assert snapshots_seen(alice, SnapshotType="all") == [made]
    assert snapshots_seen(alice, SnapshotType="auto") == []


def test_usage_is_what_a_snapshot_was_used_for(alice: Person, bob: Person) -> None:
    """Images, disks, both or nothing; others' disks aren't told."""
    for use in ("none", "image", "disk", "both"):
        a_snapshot(alice, f"s-bp1{use}")
    for use in ("image", "both"):
        alice.call("CreateImage", SnapshotId=f"s-bp1{use}")
    a_disk(alice, "d-bp1a", number=1, snapshot="s-bp1disk")
    a_disk(alice, "d-bp1b", number=1, snapshot="s-bp1both")
    a_disk(bob, "d-bp1c", number=1, snapshot="s-bp1image")

    seen = {usage: snapshots_seen(alice, Usage=usage) for usage in ("none", "image", "disk", "image_disk")}

    assert seen == {
        "none": ["s-bp1none"],
        "image": ["s-bp1image"],
        "disk": ["s-bp1disk"],
        "image_disk": ["s-bp1both"],
    }


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        (
            {"SnapshotIds": "s-1,s-2"},
            Refusal(
                403,
                "InvalidSnapshotIds.Malformed",
                "The amount of specified specified snapshot Ids exceeds the limit.",
            ),
        ),
        (
            {"SnapshotIds": json.dumps(["s-1"] * 101)},
            Refusal(
                403,
                "InvalidSnapshotIds.Malformed",
                "The amount of specified specified snapshot Ids exceeds the limit.",
            ),
        ),
        (
            {"Status": "done"},
            Refusal(404, "InvalidStatus.NotFound", "The specified Status is not found."),
        ),
        (
            {"SnapshotType": "mine"},
            Refusal(404, "InvalidSnapshotType.NotFound", "The specfied SnapshotType is not found."),
        ),
        ({"Usage": "some"}, Refusal(404, "InvalidUsage", "The specifed Usage is not valid.")),
        (
            {"SourceDiskType": "floppy"},
            Refusal(404, "InvalidSourceDiskType", "The specifed SourceDiskType is not valid."),
        ),
        (
            {"Category": "Golden"},
            Refusal(403, "InvalidSnapshotCategory.Malformed", "The specified Category is not valid."),
        ),
        (
            {"Filter": [{"Key": "Colour", "Value": "red"}]},
            Refusal(404, "InvalidFilterKey.NotFound", "The specified FilterKey is not found."),
        ),
        (
            {"Filter": [{"Key": "CreationStartTime", "Value": "yesterday"}]},
            Refusal(404, "InvalidFilterValue", "The specified FilterValue  exceeds the limit."),
        ),
        (
            {"Tag": [{"Value": "web"}]},
            Refusal(400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match."),
        ),
        (
            {"Tag": [{"Key": f"k{number}"} for number in range(21)]},
            Refusal(400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
        ),
    ],
)
def test_what_is_wrong_with_a_call_is_said(
    alice: Person, parameters: dict[str, Any], refusal: Refusal
) -> None:
    """Misspellings and all."""
    assert alice.refused("DescribeSnapshots", **parameters) == refusal


# --- DeleteSnapshot -------------------------------------------------------------------------------------


def test_a_deleted_snapshot_is_gone(alice: Person) -> None:
    """The call names no region."""
    snapshot = a_snapshot(alice)

    alice.call("DeleteSnapshot", RegionId=None, SnapshotId=snapshot)

    assert snapshots_seen(alice) == []
    assert alice.refused("DeleteSnapshot", SnapshotId=snapshot) == NOT_FOUND


def test_only_the_owner_deletes_a_snapshot(alice: Person, bob: Person) -> None:
    """Not even one that holds up an image that is shared with the caller."""
    image = a_custom_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    (snapshot,) = snapshots_seen(alice)

    assert bob.refused("DeleteSnapshot", SnapshotId=snapshot) == NOT_FOUND


def test_a_snapshot_behind_an_image_stays(alice: Person) -> None:
    """Forced or not, until the last image made from it is deleted."""
    snapshot = a_snapshot(alice)
    images = [alice.call("CreateImage", SnapshotId=snapshot)["ImageId"] for _ in range(2)]
    refusal = Refusal(
        403, "SnapshotCreatedImage", "The snapshot has been used to create user defined image(s)."
    )

    assert alice.refused("DeleteSnapshot", SnapshotId=snapshot) == refusal
    alice.call("DeleteImage", ImageId=images[0])
    assert alice.refused("DeleteSnapshot", SnapshotId=snapshot, Force=True) == refusal
    alice.call("DeleteImage", ImageId=images[1])
    alice.call("DeleteSnapshot", SnapshotId=snapshot)


def test_a_snapshot_behind_a_disk_is_deleted_by_force(alice: Person) -> None:
    """The disk stays."""
    snapshot = a_snapshot(alice)
    a_disk(alice, number=1, snapshot=snapshot)

    assert alice.refused("DeleteSnapshot", SnapshotId=snapshot) == Refusal(
        403, "SnapshotCreatedDisk", "The snapshot has been used to create disk(s)."
    )
    alice.call("DeleteSnapshot", SnapshotId=snapshot, Force=True)


def test_anothers_disks_do_not_hold_up_the_owner(alice: Person, bob: Person) -> None:
    """A sharee has disks made from the snapshots behind the image."""
    snapshot = a_snapshot(alice)
    a_disk(bob, number=1, snapshot=snapshot)

    alice.call("DeleteSnapshot", SnapshotId=snapshot)

    assert snapshots_seen(alice) == []


def test_a_snapshot_has_to_be_named(alice: Person) -> None:
    """In the words of this operation."""
    assert alice.refused("DeleteSnapshot") == Refusal(
        400,
        "MissingParameter",
        "The input parameter SnapshotId that is mandatory for processing this request is not supplied.",
    )
