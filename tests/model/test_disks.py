"""What a disk can be put back to."""

import pytest
from msgspec.structs import replace

from localyun.catalogue import SizeRange
from localyun.model import Disk, Phase
from localyun.model.access import Relation
from localyun.model.disks import (
    can_grow_online,
    cannot_be_reset,
    check_new_size,
    free_devices,
    is_being_resized,
    most_provisioned_iops,
    portable_disk_size,
)
from localyun.model.instances import DATA, IN_USE, SYSTEM
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec


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
        (a_disk(DATA, Relation.OWNER, "s-1"), True, False, errors.REINIT_SOURCE_DELETED),
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


SSD, BASIC = SizeRange(minimum=20, maximum=32_768), SizeRange(minimum=5, maximum=2_000)


@pytest.mark.parametrize(
    ("asked", "snapshot", "size"), [(20, 0, 20), (32_768, 50, 32_768), (50, 50, 50), (None, 50, 50)]
)
def test_a_disk_is_as_large_as_asked_or_as_its_snapshot(asked: int | None, snapshot: int, size: int) -> None:
    """Within its category's range, both ends included."""
    assert portable_disk_size(asked, snapshot=snapshot, sizes=SSD) == size


@pytest.mark.parametrize(
    ("asked", "snapshot", "sizes", "refusal"),
    [
        (19, 0, SSD, errors.NEW_DISK_TOO_SMALL),
        (32_769, 0, SSD, errors.NEW_DISK_TOO_LARGE),
        (49, 50, SSD, errors.DISK_LESS_THAN_SNAPSHOT),
        (None, 10, SSD, errors.NEW_DISK_SIZE_OR_CATEGORY),
        (None, 40_000, SSD, errors.NEW_DISK_SIZE_OR_CATEGORY),
        (2_000, 2_001, BASIC, errors.NEW_DISK_SNAPSHOT_TOO_LARGE),
        (2_001, 0, BASIC, errors.NEW_DISK_TOO_LARGE),
    ],
)
def test_a_disk_that_fits_neither_category_nor_snapshot_is_refused(
    asked: int | None, snapshot: int, sizes: SizeRange, refusal: ErrorSpec
) -> None:
    """Each in its own words."""
    with pytest.raises(ApiError) as caught:
        portable_disk_size(asked, snapshot=snapshot, sizes=sizes)

    assert caught.value.spec is refusal


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (39, errors.RESIZE_TOO_SMALL),
        (40, errors.RESIZE_SAME_SIZE),
        (41, None),
        (50, None),
        (51, errors.RESIZE_TOO_LARGE),
    ],
)
def test_a_disk_only_grows(asked: int, refusal: ErrorSpec | None) -> None:
    """Up to the largest that there is."""
    found = None
    try:
        check_new_size(asked, old=40, largest=50, too_large=errors.RESIZE_TOO_LARGE)
    except ApiError as error:
        found = error.spec

    assert found is refusal


def test_a_used_disk_does_not_grow_beyond_two_tebibytes() -> None:
    """One that is there already grows on."""
    assert can_grow_online(2_047, 2_048)
    assert not can_grow_online(2_048, 2_049)
    assert can_grow_online(2_049, 2_050)


def test_a_disk_that_grows_has_the_status_that_it_had() -> None:
    """It is told from others by a change that isn't over."""
    disk = a_disk(DATA)

    assert is_being_resized(replace(disk, phase=Phase(IN_USE, IN_USE, 10)), 9)
    assert not is_being_resized(replace(disk, phase=Phase(IN_USE, IN_USE, 10)), 10)
    assert not is_being_resized(replace(disk, phase=Phase(IN_USE, "ReIniting", 10)), 9)


@pytest.mark.parametrize(("size", "iops"), [(1, 0), (2, 100), (52, 45_600), (964, 0), (2_000, 0)])
def test_what_comes_with_the_size_leaves_the_rest_to_be_provisioned(size: int, iops: int) -> None:
    """1,000 a GiB and 50,000 altogether, less 1,800 and 50 a GiB."""
    assert most_provisioned_iops(size) == iops
