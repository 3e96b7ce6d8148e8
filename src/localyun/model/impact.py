"""What accounts lose when an image's owner takes it back, told before it happens."""

from collections.abc import Collection, Iterable, Iterator
from typing import Literal

import msgspec

from localyun.model.access import Action, Relation, Verdict, may, owns, relation
from localyun.model.disks import cannot_be_reset
from localyun.model.images import EVERYBODY, Image
from localyun.model.instances import Disk, Instance


class Loss(msgspec.Struct, frozen=True):
    """What can no longer be done with a disk, or with an instance, by the image."""

    kind: Literal["disk", "instance"]
    id: str
    instance: str
    """The instance itself, or the one that the disk is attached to, if any."""
    operation: Literal["ReInitDisk", "ReplaceSystemDisk"]


class Affected(msgspec.Struct, frozen=True):
    """An account that can no longer use the image, and what of its own that concerns."""

    account: str
    relation: Relation
    """What it is to the image today."""
    losses: tuple[Loss, ...]
    derived: tuple[str, ...]
    """Its own images that were copied from this one or made of its instances: they stay as they are."""


def impact(
    image: Image,
    *,
    shared_with: Collection[str],
    unshare: Collection[str] | None,
    disks: Iterable[Disk],
    instances: Iterable[Instance],
    derived: Iterable[Image],
) -> tuple[Affected, ...]:
    """Return the accounts that lose the image when it is unshared from some, or deleted if that is None.

    `disks`, `instances` and `derived` are those made from the image, whoever owns them. Deprecating isn't
    among the cases: what was made from an image goes back to a deprecated one as before.
    """
    disks, instances, derived = list(disks), list(instances), list(derived)
    left = set(shared_with) - set(unshare or ())
    accounts = {image.owner, *shared_with, *(one.owner for one in (*disks, *instances))} - {EVERYBODY}

    def now(account: str, action: Action) -> Verdict:
        return may(account, action, image, shared=_among(account, shared_with))

    def then(account: str, action: Action) -> Verdict:
        return may(account, action, None if unshare is None else image, shared=_among(account, left))

    def losses(account: str) -> Iterator[Loss]:
        for disk in (one for one in disks if owns(account, one)):
            before, after = (
                cannot_be_reset(
                    disk, image_allowed=judge(account, Action.REINIT).allowed, snapshot_exists=True
                )
                for judge in (now, then)
            )
            if after and not before:
                yield Loss("disk", disk.id, disk.instance, "ReInitDisk")
        for instance in instances:
            if owns(account, instance):
                yield Loss("instance", instance.id, instance.id, "ReplaceSystemDisk")

    return tuple(
        Affected(
            account,
            relation(account, image, shared=_among(account, shared_with)),
            tuple(losses(account)),
            tuple(one.id for one in derived if owns(account, one)),
        )
        for account in sorted(accounts)
        if now(account, Action.REPLACE).allowed and not then(account, Action.REPLACE).allowed
    )


def _among(account: str, shared_with: Collection[str]) -> bool:
    return account in shared_with or EVERYBODY in shared_with
