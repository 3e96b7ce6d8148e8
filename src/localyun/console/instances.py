"""The instances pages: which there are, of what image each was made, starting, stopping, deleting them.

Of a real machine, also what its screen shows and what its serial port printed.
"""

import hashlib
import re
from typing import Any, NamedTuple

from localyun.accounts import credentials
from localyun.console.calls import done
from localyun.console.site import Names, Site
from localyun.console.visit import Notice, Page, Visit
from localyun.model import Image, Instance, Share
from localyun.model.access import relation
from localyun.model.images import EVERYBODY
from localyun.model.instances import RUNNING
from localyun.store.interface import Transaction

MOST_SHOWN, MOST_LOOKED_AT = 500, 5000
"""How many instances a list shows, and of how many those are the newest."""
ACTIONS = {"start": "StartInstance", "stop": "StopInstance", "delete": "DeleteInstance"}

UNPRINTED = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f]"
)
"""What moves a terminal's cursor or colours its text, and is nothing to read."""


class Screen(NamedTuple):
    """What a page has to know of a picture: its size, and a name that changes with it."""

    width: int
    height: int
    version: str


def listing(site: Site, visit: Visit, notice: Notice | None = None) -> Page:
    """Every instance that fits the filters, newest first."""
    app = site.app
    owner = visit.query.get("owner")
    by: dict[str, Any] = {"owner": owner} if owner else {}
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        found = tx.find(Instance, limit=MOST_LOOKED_AT + 1, **by)
        found.sort(key=lambda one: one.created_at, reverse=True)
        shown = [(one, *_image(tx, one)) for one in found[:MOST_SHOWN]]
    return site.page(
        visit,
        "instances.html",
        here="instances",
        notice=notice,
        shown=shown,
        more=len(found) > MOST_SHOWN,
        names=names,
        owner=owner,
    )


def one(site: Site, visit: Visit) -> Page:
    """An instance: what it shows and prints at this moment, if it is a real machine."""
    app = site.app
    with app.store.reading(app.clock.wall()) as tx:
        instance = tx.get(Instance, visit.named["id"])
        if instance is None:
            return site.page(visit, "instance_gone.html", here="instances", status=404)
        printed = app.compute.within(tx).console_output(instance)
        names = Names(tx)
    return site.page(
        visit,
        "instance.html",
        here="instances",
        instance=instance,
        names=names,
        real=printed is not None,
        printed=readable(printed or b""),
        screen=measured(_picture(site, instance)),
    )


def screen(site: Site, visit: Visit) -> Page:
    """The picture of an instance's screen."""
    app = site.app
    with app.store.reading(app.clock.wall()) as tx:
        instance = tx.get(Instance, visit.named["id"])
    picture = _picture(site, instance) if instance else b""
    return Page(body=picture, status=200 if picture else 404, media_type="image/png")


def readable(printed: bytes) -> str:
    """What a terminal would show as text."""
    return UNPRINTED.sub("", printed.decode(errors="replace"))


def measured(picture: bytes) -> Screen | None:
    """Read the size of a PNG, which stands at its beginning."""
    if not picture:
        return None
    width, height = (int.from_bytes(picture[place : place + 4]) for place in (16, 20))
    return Screen(width, height, hashlib.sha256(picture).hexdigest()[:12])


def act(site: Site, visit: Visit) -> Page:
    """Start, stop or delete an instance, as its owner and through the API."""
    app, form = site.app, visit.form
    with app.store.reading(app.clock.wall()) as tx:
        instance = tx.get(Instance, form.get("id"))
        names = Names(tx)
        owner = credentials(tx, instance.owner) if instance and names.known(instance.owner) else None
    action = ACTIONS.get(form.get("do"))
    if instance is None or owner is None or action is None:
        return listing(site, visit, Notice(text=visit.t("Nobody can do that any more."), bad=True))
    forced = {"Force": "true"} if action == "DeleteInstance" else {}
    success = visit.t("{action} is done: {id}.", action=action, id=instance.id)
    return listing(
        site, visit, done(app, visit, owner, action, success, {"InstanceId": instance.id, **forced})
    )


def _image(tx: Transaction, instance: Instance) -> tuple[Image | None, str]:
    """The custom image that an instance was made from, if it is there, and what its owner is to it."""
    image = tx.get(Image, instance.image)
    if image is None:
        return None, ""
    shared = any(tx.get(Share, image.id, one) for one in (instance.owner, EVERYBODY))
    return image, relation(instance.owner, image, shared=shared).value


def _picture(site: Site, instance: Instance) -> bytes:
    """What an instance's screen shows; empty if there is nothing to see."""
    app = site.app
    if instance.phase.at(app.clock.now()) != RUNNING:
        return b""
    with app.store.reading(app.clock.wall()) as tx:
        return app.compute.within(tx).screenshot(instance) or b""
