"""The map of shares: who shares what with whom, what became of it, and what taking it back would break."""

from itertools import islice
from typing import Any, NamedTuple

from localyun import catalogue
from localyun.console.layout import COLUMNS, TOP, WIDTH, Bond, Key, Map, laid_out
from localyun.console.site import Names, Site
from localyun.console.visit import Page, Visit
from localyun.model import Image, Instance, Share
from localyun.model.images import EVERYBODY
from localyun.operations.impact import Impact, impact_of
from localyun.store.interface import Transaction

MOST_LISTED = 200
"""How many shares are told in words below the map."""
MOST_LOOKED_AT = 2000
"""How many shares are looked through for what is asked for; where there are more, indexes find it."""
MOST_IMAGES = 500
"""How many images are drawn, most of them folded into others."""
MOST_OF_AN_IMAGE = 200
"""How many shares and instances of one image are drawn."""
MOST_RECEIVERS = 500
"""How many accounts are asked, in a large world, whether something of a region is shared with them."""
PAGE = 500
"""How many shares of one account are looked at in a large world."""


class Filter(NamedTuple):
    """What of the world is drawn; empty for everything."""

    region: str
    account: str
    image: str


class Scene(NamedTuple):
    """What is drawn: images that are shared, their shares, and the instances made from them."""

    images: dict[str, Image]
    shares: list[Share]
    instances: list[Instance]
    more: bool
    """Whether there is more than what is drawn."""


def picture(site: Site, visit: Visit) -> Page:
    """Draw it; with `unshare` or `delete`, what that would break lights up."""
    app, query = site.app, visit.query
    asked = Filter(query.get("region"), query.get("account"), query.get("image"))
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        scene = _scene(tx, asked, names)
        impact = _impact(tx, query.get("image"), query.get("unshare"), bool(query.get("delete")))
    kept = {("owner", asked.account), ("account", asked.account), ("image", asked.image)}
    kept |= {("account", one.account) for one in impact.accounts} if impact else set()
    return site.page(
        visit,
        "shares.html",
        here="shares",
        map=_map(scene, kept),
        scene=scene,
        listed=scene.shares[:MOST_LISTED],
        names=names,
        regions=catalogue.regions(),
        asked=asked,
        impact=impact,
        broken=_broken(impact),
        columns=COLUMNS,
        top=TOP,
        width=WIDTH,
    )


def _scene(tx: Transaction, asked: Filter, names: Names) -> Scene:
    ids, more = _shared(tx, asked, names)
    found = {id: image for id in sorted(ids)[:MOST_IMAGES] if (image := tx.get(Image, id))}
    shares = [share for id in found for share in tx.find(Share, image=id, limit=MOST_OF_AN_IMAGE)]
    instances = [one for id in found for one in tx.find(Instance, image=id, limit=MOST_OF_AN_IMAGE)]
    shares.sort(key=lambda share: (found[share.image].owner, share.image, share.since))
    return Scene(found, shares, instances, more or len(ids) > MOST_IMAGES)


def _shared(tx: Transaction, asked: Filter, names: Names) -> tuple[set[str], bool]:
    """Which of the shared images are asked for, and whether there may be more: no world is too large.

    A small world is looked through. Of a large one, what is asked for is found by account and region; what
    is shared with accounts that aren't registered is found there by its image or its owner.
    """
    if asked.image:
        image = tx.get(Image, asked.image)
        return ({image.id} if image and asked.region in ("", image.region) else set()), False
    place: dict[str, Any] = {"region": asked.region} if asked.region else {}
    some = tx.find(Share, limit=MOST_LOOKED_AT + 1)
    if more := len(some) > MOST_LOOKED_AT:
        everybody = [*names.ids[:MOST_RECEIVERS], EVERYBODY] if place else []
        receivers = [asked.account] if asked.account else everybody
        if receivers:
            found = (share for one in receivers for share in tx.find(Share, account=one, limit=PAGE, **place))
            some = list(islice(found, MOST_LOOKED_AT))
        owned = tx.find(Image, owner=asked.account, limit=PAGE, **place) if asked.account else []
        some += [share for image in owned for share in tx.find(Share, image=image.id, limit=1)]
        more = not asked.account or len(some) >= PAGE
    elif asked.account:
        some = [share for share in some if _touches(tx, asked.account, share)]
    return {share.image for share in some if asked.region in ("", share.region)}, more


def _touches(tx: Transaction, account: str, share: Share) -> bool:
    image = tx.get(Image, share.image)
    return image is not None and account in (share.account, image.owner)


def _map(scene: Scene, kept: set[Key]) -> Map:
    owners = dict.fromkeys(("owner", image.owner) for image in scene.images.values())
    images = {("image", id): None for id in scene.images}
    sharees = dict.fromkeys(("account", share.account) for share in scene.shares)
    received = {(share.image, share.account) for share in scene.shares}
    became: dict[tuple[str, str], int] = {}
    for one in scene.instances:
        became[one.image, one.owner] = became.get((one.image, one.owner), 0) + 1
    runs: dict[Key, None] = {("instances", f"{image} {owner}"): None for image, owner in became}
    bonds = [
        Bond(("owner", image.owner), ("image", id), image.created_at) for id, image in scene.images.items()
    ]
    bonds += [Bond(("image", one.image), ("account", one.account), one.since, one.by) for one in scene.shares]
    for (image, owner), count in became.items():
        # What an owner made itself, or somebody who has lost the image, hangs on the image.
        start = ("account", owner) if (image, owner) in received else ("image", image)
        bonds.append(Bond(start, ("instances", f"{image} {owner}"), weight=count))
    return laid_out((owners, images, sharees, runs), bonds, kept=kept)


def _impact(tx: Transaction, image: str, unshare: str, delete: bool) -> Impact | None:
    if not image or not (unshare or delete):
        return None
    return impact_of(tx, image, [unshare] if unshare else None)


def _broken(impact: Impact | None) -> set[Key]:
    """What lights up: those who lose the image, and their instances that hang on it."""
    if impact is None:
        return set()
    gone: set[Key] = {("image", impact.image)} if impact.unshare is None else set()
    for one in impact.accounts:
        gone |= {("account", one.account)} | ({("owner", one.account)} if impact.unshare is None else set())
        if one.losses:
            gone.add(("instances", f"{impact.image} {one.account}"))
    return gone
