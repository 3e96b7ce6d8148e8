"""The audit page: who changed what, who was refused what, and why."""

from urllib.parse import quote, urlencode

from localyun.console.site import Names, Site
from localyun.console.trouble import REQUEST_ID, explained
from localyun.console.visit import CONSOLE, Page, Visit
from localyun.model import AuditEntry
from localyun.model.audit import HIDDEN
from localyun.store.interface import Transaction

MOST_SHOWN = 100
"""How many entries a page shows, the newest first."""


def listing(site: Site, visit: Visit) -> Page:
    """The newest entries that fit the filters; the one call, if a request id is asked for."""
    app, query = site.app, visit.query
    wanted, account = query.get("q"), query.get("account")
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        found = _found(tx, wanted, account, only_refused=bool(query.get("refused")))
    return site.page(
        visit,
        "audit.html",
        here="audit",
        entries=[(one, explained(one.code, visit.language), _again(one)) for one in found],
        single=REQUEST_ID.fullmatch(wanted.upper()) is not None,
        names=names,
        account=account,
        wanted=wanted,
        refused=query.get("refused"),
    )


def _again(entry: AuditEntry) -> str:
    """Where the explorer's form is filled in as the call was; what is hidden stays empty."""
    given = {name: value for name, value in entry.parameters.items() if value != HIDDEN}
    path = f"{CONSOLE}explorer/{quote(entry.version, safe='')}/{quote(entry.action, safe='')}"
    return f"{path}?{urlencode({'as': entry.account, **given})}"


def _found(tx: Transaction, wanted: str, account: str, *, only_refused: bool) -> list[AuditEntry]:
    if REQUEST_ID.fullmatch(wanted.upper()):
        return tx.find(AuditEntry, id=wanted.upper())
    # What is narrowed down further is looked for among more than are shown.
    limit = MOST_SHOWN * 20 if wanted or only_refused else MOST_SHOWN
    if account:
        found = tx.find(AuditEntry, order="at", descending=True, limit=limit, account=account)
    else:
        found = tx.find(AuditEntry, order="at", descending=True, limit=limit)
    lower = wanted.lower()
    return [
        one
        for one in found
        if (one.code or not only_refused)
        and any(lower in text.lower() for text in (one.action, one.code, one.image, one.who, one.access_key))
    ][:MOST_SHOWN]
