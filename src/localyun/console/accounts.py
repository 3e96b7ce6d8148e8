"""The accounts page: who there is, with which keys, and making more of them."""

from localyun import accounts
from localyun.accounts import AccountError, credentials
from localyun.console.site import Names, Site
from localyun.console.visit import Notice, Page, Visit
from localyun.model import Image, Share
from localyun.model.accounts import SITES
from localyun.model.standing import Condition

MOST_SHOWN = 300
"""How many accounts the page shows, those first that were made first; a name or an id finds any."""


def listing(site: Site, visit: Visit, notice: Notice | None = None, made: str = "") -> Page:
    """Every account with its first key; `made` is the one to be pointed out."""
    app, wanted = site.app, visit.query.get("q")
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        shown = [one for one in names.accounts if wanted in (one.id, one.name) or not wanted]
        shown.sort(key=lambda one: one.id != made)
        rows = [
            {
                "account": account,
                "key": (key := credentials(tx, account.id)),
                "used": app.world.key_uses.last(key.access_key_id, tx),
                "images": tx.count(Image, owner=account.id),
                "received": tx.count(Share, account=account.id),
            }
            for account in shown[:MOST_SHOWN]
        ]
    return site.page(
        visit,
        "accounts.html",
        here="accounts",
        notice=notice,
        rows=rows,
        made=made,
        wanted=wanted,
        more=len(shown) > MOST_SHOWN,
        sites=SITES,
        conditions=[condition.value for condition in Condition],
        form=visit.form,
    )


def act(site: Site, visit: Visit) -> Page:
    """Create or delete an account, hold it back, or change what it has agreed to."""
    app, t, form = site.app, visit.t, visit.form
    id, made = form.get("id"), ""
    try:
        match form.get("do"):
            case "create":
                new = accounts.create(
                    app.store,
                    app.ids,
                    app.clock.now(),
                    form.get("name"),
                    id=id,
                    site=form.get("site", SITES[0]),
                )
                made, text = new.id, t("The account {name} is there, with a key.", name=new.name)
            case "delete":
                gone = accounts.delete(app.store, app.clock.wall(), id)
                text = t("The account {name} is deleted; what it owned stays.", name=gone.name)
            case "agree":
                accounts.change(app.store, app.clock.wall(), id, agreed=True)
                text = t("The account may now give images to the community.")
            case "invite":
                accounts.change(app.store, app.clock.wall(), id, invited=True)
                text = t("The account may now share images in a hidden way.")
            case "hold":
                known = {condition.value: condition for condition in Condition}
                named = [known[one] for one in form.all("condition") if one in known]
                held = accounts.hold(app.store, app.clock.wall(), id, named)
                by = ", ".join(sorted(held.conditions)) or t("nothing")
                text = t("The account {name} is held back by: {by}.", name=held.name, by=by)
            case _:
                return listing(site, visit)
    except AccountError as error:
        return listing(site, visit, Notice(text=t(error.sentence, **error.values), bad=True))
    return listing(site, visit, Notice(text=text), made)
