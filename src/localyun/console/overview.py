"""The first page: what there is, and how to point a client at it."""

from localyun.accounts import credentials
from localyun.console.site import Names, Site
from localyun.console.visit import Page, Visit
from localyun.model import Image, Instance, Share
from localyun.samples.clients import Aim, python_v2


def overview(site: Site, visit: Visit) -> Page:
    """Count things, and show the lines that a client needs."""
    app = site.app
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        counts = {kind.__name__: tx.count(kind) for kind in (Image, Share, Instance)}
        first = credentials(tx, names.accounts[0].id) if names.accounts else None
    return site.page(
        visit,
        "overview.html",
        here="overview",
        accounts=names.accounts,
        counts=counts,
        operations=len({operation.name for operation in app.operations.operations}),
        first=first,
        lines=python_v2(Aim(visit.endpoint, first.access_key_id, first.access_key_secret)) if first else "",
    )
