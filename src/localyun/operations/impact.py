"""What it would do to take an image back, found in the world's records."""

from collections.abc import Collection, Iterator

import msgspec

from localyun.model import Backing, Disk, Image, Instance, Share, Snapshot
from localyun.model.impact import Affected, impact
from localyun.store.interface import Transaction


class Impact(msgspec.Struct, frozen=True):
    """What unsharing an image from some accounts would do, or deleting it if `unshare` is None."""

    image: str
    region: str
    owner: str
    unshare: tuple[str, ...] | None
    accounts: tuple[Affected, ...]


def impact_of(tx: Transaction, image_id: str, unshare: Collection[str] | None) -> Impact | None:
    """Return what it would do to an account's image, or None if there is no such image."""
    image = tx.get(Image, image_id)
    if image is None:
        return None
    shared_with = [share.account for share in tx.find(Share, image=image.id)]
    disks, instances = tx.find(Disk, image=image.id), tx.find(Instance, image=image.id)
    accounts = {image.owner, *shared_with, *(one.owner for one in (*disks, *instances))}
    affected = impact(
        image,
        shared_with=shared_with,
        unshare=unshare,
        disks=disks,
        instances=instances,
        derived=[one for account in sorted(accounts) for one in _derived(tx, account, image)],
    )
    return Impact(image.id, image.region, image.owner, None if unshare is None else tuple(unshare), affected)


def _derived(tx: Transaction, account: str, image: Image) -> Iterator[Image]:
    """An account's images that are copies of an image, or stand on snapshots of disks made from it."""
    snapshots = {one.id for one in tx.find(Snapshot, owner=account) if one.image == image.id}
    backed = {backing.image for one in snapshots for backing in tx.find(Backing, snapshot=one)}
    for one in tx.find(Image, owner=account):
        if one.id != image.id and (one.copied_from == image.id or one.id in backed):
            yield one
