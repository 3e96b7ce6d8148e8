"""The quotas page: who asks for more, and the operator's answers."""

from localyun.console.site import Names, Site
from localyun.console.visit import Notice, Page, Visit
from localyun.model.quotas import Status
from localyun.operations.quotas import granting
from localyun.operations.quotas.granting import GrantingError, quota_of


def listing(site: Site, visit: Visit, notice: Notice | None = None) -> Page:
    """Every application, those first that wait for an answer."""
    app = site.app
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        found = granting.applications(tx, decided=True)
    found.sort(key=lambda one: (one.status != Status.PROCESS, -one.applied_at))
    shown = [(one, quota_of(one).name) for one in found]
    return site.page(
        visit,
        "quotas.html",
        here="quotas",
        notice=notice,
        shown=shown,
        names=names,
        waits=Status.PROCESS.value,
    )


def act(site: Site, visit: Visit) -> Page:
    """Grant or refuse, as `localyun quotas` does."""
    app, form, t = site.app, visit.form, visit.t
    value = form.get("value")
    if value and not value.isdecimal():
        return listing(site, visit, Notice(text=t("A quota is a whole number."), bad=True))
    try:
        with app.store.writing(app.clock.wall()) as tx:
            application = granting.waiting(tx, form.get("id"))
            if form.get("do") == "refuse":
                granting.refuse(tx, application, form.get("reason"))
                text = t("The application is refused.")
            else:
                granted = granting.grant(tx, application, int(value) if value else None)
                text = t("Granted: {value}.", value=granted.approved)
    except GrantingError as error:
        return listing(site, visit, Notice(text=t(error.sentence, **error.values), bad=True))
    return listing(site, visit, Notice(text=text))
