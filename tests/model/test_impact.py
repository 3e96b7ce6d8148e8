"""What an account would lose, decided from records alone."""

from typing import Any

from localyun.model import Disk, Image, Instance, Phase
from localyun.model.access import Relation
from localyun.model.images import AVAILABLE, PROVIDER
from localyun.model.impact import Affected, Loss, impact
from localyun.model.instances import DATA, IN_USE, RUNNING, SYSTEM

ALICE, BOB, MALLORY = "1000000000000001", "1000000000000002", "1000000000000003"
WHERE: dict[str, Any] = {"region": "cn-hangzhou", "created_at": 0}


def an_image(id: str = "m-1", owner: str = ALICE) -> Image:
    """An image that is available."""
    return Image(id=id, owner=owner, phase=Phase(AVAILABLE), size=40, **WHERE)


def a_disk(id: str, owner: str, relation: Relation, *, kind: str = SYSTEM, snapshot: str = "") -> Disk:
    """A disk that was made from the image."""
    return Disk(
        id=id,
        owner=owner,
        zone="cn-hangzhou-h",
        kind=kind,
        category="cloud_essd",
        size=40,
        phase=Phase(IN_USE),
        image="m-1",
        image_relation=relation,
        snapshot=snapshot,
        instance=f"i-{id}",
        **WHERE,
    )


def an_instance(id: str, owner: str) -> Instance:
    """An instance that was made from the image."""
    return Instance(
        id=id,
        owner=owner,
        zone="cn-hangzhou-h",
        host_name="",
        image="m-1",
        instance_type="ecs.g7.large",
        phase=Phase(RUNNING),
        serial_number="",
        **WHERE,
    )


def told(**given: Any) -> tuple[Affected, ...]:
    """Return the impact on an image of alice's that is shared with bob and mallory."""
    nothing: dict[str, Any] = {"disks": (), "instances": (), "derived": (), "unshare": None}
    return impact(an_image(), **{**nothing, "shared_with": [BOB, MALLORY], **given})


def test_only_those_who_are_unshared_lose_it() -> None:
    """With their disks, their instances, and the images of theirs that stay."""
    affected = told(
        unshare=[BOB],
        disks=[a_disk("d-b", BOB, Relation.SHAREE), a_disk("d-m", MALLORY, Relation.SHAREE)],
        instances=[an_instance("i-d-b", BOB), an_instance("i-d-m", MALLORY)],
        derived=[an_image("m-b", BOB), an_image("m-m", MALLORY)],
    )

    losses = (
        Loss("disk", "d-b", "i-d-b", "ReInitDisk"),
        Loss("instance", "i-d-b", "i-d-b", "ReplaceSystemDisk"),
    )
    assert affected == (Affected(BOB, Relation.SHAREE, losses, ("m-b",)),)


def test_deleting_takes_it_from_everybody() -> None:
    """Its owner included."""
    affected = told(disks=[a_disk("d-a", ALICE, Relation.OWNER)], instances=[an_instance("i-d-a", ALICE)])

    assert [(one.account, one.relation) for one in affected] == [
        (ALICE, Relation.OWNER),
        (BOB, Relation.SHAREE),
        (MALLORY, Relation.SHAREE),
    ]
    assert [loss.operation for loss in affected[0].losses] == ["ReInitDisk", "ReplaceSystemDisk"]


def test_a_data_disk_of_the_owners_goes_back_to_its_snapshot() -> None:
    """Which stays when the image is deleted; a sharee's is as lost as its system disk."""
    affected = told(
        disks=[
            a_disk("d-a", ALICE, Relation.OWNER, kind=DATA, snapshot="s-1"),
            a_disk("d-b", BOB, Relation.SHAREE, kind=DATA, snapshot="s-1"),
        ]
    )

    assert {one.account: [loss.id for loss in one.losses] for one in affected} == {
        ALICE: [],
        BOB: ["d-b"],
        MALLORY: [],
    }


def test_what_was_lost_before_isnt_lost_again() -> None:
    """An account whose share ended has nothing more to lose."""
    affected = told(shared_with=[MALLORY], disks=[a_disk("d-b", BOB, Relation.SHAREE)])

    assert BOB not in [one.account for one in affected]


def test_unsharing_an_owner_or_a_stranger_takes_nothing() -> None:
    """Neither has a share."""
    assert told(unshare=[ALICE, PROVIDER, "1"], disks=[a_disk("d-a", ALICE, Relation.OWNER)]) == ()
