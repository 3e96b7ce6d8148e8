"""The instances page: which there are, of what image each was made, and starting, stopping, deleting them."""

from typing import Any

from localyun.accounts import credentials
from localyun.console.calls import done
from localyun.console.site import Names, Site
from localyun.console.visit import Notice, Page, Visit
from localyun.model import Image, Instance, Share
from localyun.model.access import relation
from localyun.model.images import EVERYBODY
from localyun.store.interface import Transaction

MOST_SHOWN, MOST_LOOKED_AT = 500, 5000
"""How many instances a list shows, and of how many those are the newest."""
ACTIONS = {"start": "StartInstance", "stop": "StopInstance", "delete": "DeleteInstance"}


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
