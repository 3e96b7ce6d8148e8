"""What a disk can be put back to."""

import pytest

from localyun.model import Disk, Phase
from localyun.model.access import Relation
from localyun.model.disks import cannot_be_reset, free_devices
from localyun.model.instances import DATA, IN_USE, SYSTEM
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


def a_disk(kind: str, relation: str = "", snapshot: str = "") -> Disk:
    """Return a disk that was made from an image, as its owner stood to that, or from a snapshot."""
    return Disk(
        id="d-1",
        region="cn-hangzhou",
        owner="1",
        created_at=0,
        zone="cn-hangzhou-h",
        kind=kind,
        category="cloud_essd",
        size=40,
        phase=Phase(IN_USE),
        image="m-1" if relation else "",
        image_relation=relation,
        snapshot=snapshot,
    )


@pytest.mark.parametrize(
    ("disk", "image_allowed", "snapshot_exists", "refusal"),
    [
        (a_disk(SYSTEM, Relation.OWNER), True, False, None),
        (a_disk(SYSTEM, Relation.OWNER), False, False, errors.REINIT_IMAGE_DELETED),
        (a_disk(SYSTEM, Relation.PUBLIC), True, False, None),
        (a_disk(SYSTEM, Relation.SHAREE), True, False, None),
        (a_disk(SYSTEM, Relation.SHAREE), False, False, errors.SHARED_IMAGE_DELETED),
        (a_disk(DATA, Relation.SHAREE), True, False, None),
        (a_disk(DATA, Relation.SHAREE), False, False, errors.SHARED_IMAGE_DELETED),
        (a_disk(DATA, Relation.OWNER, "s-1"), False, True, None),
        (a_disk(DATA, Relation.OWNER, "s-1"), True, False, errors.REINIT_SNAPSHOT_DELETED),
        (a_disk(DATA, snapshot="s-1"), False, True, None),
        (a_disk(DATA, snapshot="s-1"), False, False, errors.REINIT_SNAPSHOT_DELETED),
        (a_disk(DATA), False, False, None),
    ],
)
def test_a_disk_is_put_back_to_what_its_owner_may_still_use(
    disk: Disk, image_allowed: bool, snapshot_exists: bool, refusal: ErrorSpec | None
) -> None:
    """A system disk and what was shared need the image, a data disk its snapshot, an empty one nothing."""
    found = cannot_be_reset(disk, image_allowed=image_allowed, snapshot_exists=snapshot_exists)

    assert found is refusal


def test_devices_are_given_out_in_order() -> None:
    """Those that are taken are passed over."""
    free = free_devices(["/dev/xvdb", "/dev/xvdd"])

    assert [next(free), next(free)] == ["/dev/xvdc", "/dev/xvde"]
