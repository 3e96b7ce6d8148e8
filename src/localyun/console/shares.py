"""The map of shares: who shares what with whom, what became of it, and what taking it back would break."""

from typing import NamedTuple

from localyun.console.layout import COLUMNS, TOP, WIDTH, Bond, Key, Map, laid_out
from localyun.console.site import Names, Site
from localyun.console.visit import Page, Visit
from localyun.model import Image, Instance, Share
from localyun.operations.impact import Impact, impact_of
from localyun.store.interface import Transaction

MOST_LISTED = 200
"""How many shares are told in words below the map."""


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


def picture(site: Site, visit: Visit) -> Page:
    """Draw it; with `unshare` or `delete`, what that would break lights up."""
    app, query = site.app, visit.query
    asked = Filter(query.get("region"), query.get("account"), query.get("image"))
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        scene = _scene(tx, asked)
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
        regions=sorted({image.region for image in scene.images.values()} | {asked.region} - {""}),
        asked=asked,
        impact=impact,
        broken=_broken(impact),
        columns=COLUMNS,
        top=TOP,
        width=WIDTH,
    )


def _scene(tx: Transaction, asked: Filter) -> Scene:
    images = {image.id: image for image in tx.find(Image) if asked.region in ("", image.region)}
    shares = [share for share in tx.find(Share) if share.image in images]
    if asked.account:
        touched = {
            share.image for share in shares if asked.account in (share.account, images[share.image].owner)
        }
        shares = [share for share in shares if share.image in touched]
    if asked.image:
        shares = [share for share in shares if share.image == asked.image]
    shown = {share.image for share in shares} | ({asked.image} & images.keys())
    instances = [one for one in tx.find(Instance) if one.image in shown]
    shares.sort(key=lambda share: (images[share.image].owner, share.image, share.since))
    return Scene({id: images[id] for id in sorted(shown)}, shares, instances)


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
