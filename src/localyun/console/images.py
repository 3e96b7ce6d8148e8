"""The images pages: whose there are, with whom each is shared, and sharing it."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from localyun import catalogue
from localyun.accounts import credentials
from localyun.console.calls import done
from localyun.console.site import Names, Site
from localyun.console.visit import Notice, Page, Visit
from localyun.model import Account, Image, Instance, Share
from localyun.model.access import RECEIVED, Action, Relation, Verdict, relation
from localyun.model.accounts import is_account_id
from localyun.model.images import EVERYBODY
from localyun.model.quotas import granted
from localyun.operations.ecs.sharing import MOST_ACCOUNTS
from localyun.operations.images import Images
from localyun.operations.impact import impact_of
from localyun.operations.lending import key_behind
from localyun.store.interface import Transaction

MOST_SHOWN, MOST_LOOKED_AT = 500, 5000
"""How many images a list shows, and among how many it looks for them; a filter finds the others."""


class Wanted(NamedTuple):
    """Somebody to share with, as typed, and what is to be said of it."""

    typed: str
    account: str
    fault: str
    """Why it can't be; empty if it can."""
    remark: str


def listing(site: Site, visit: Visit, notice: Notice | None = None) -> Page:
    """Every custom image that fits the filters, newest first, with whom it is shared."""
    app, query = site.app, visit.query
    asked = {name: query.get(name) for name in ("owner", "region") if query.get(name)}
    wanted = query.get("q").lower()
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        named = tx.get(Image, query.get("q"))
        found = [named] if named else _asked_for(tx, asked)
        more = len(found) > MOST_LOOKED_AT
        images = sorted(found[:MOST_LOOKED_AT], key=lambda one: one.created_at, reverse=True)
        images = [one for one in images if _fits(one, asked, wanted)]
        shares = {one.id: tx.find(Share, order="since", image=one.id) for one in images[:MOST_SHOWN]}
    return site.page(
        visit,
        "images.html",
        here="images",
        notice=notice,
        images=images[:MOST_SHOWN],
        more=more or len(images) > MOST_SHOWN,
        shares=shares,
        names=names,
        regions=catalogue.regions(),
        asked={"owner": "", "region": "", "q": query.get("q"), **asked},
    )


def _asked_for(tx: Transaction, asked: dict[str, str]) -> list[Image]:
    """Some images of an owner, of a region or of any, by what finds them without going through all."""
    by: list[dict[str, Any]] = [dict(asked)]
    if asked.keys() == {"region"}:
        by = [{"public": public, **asked} for public in (False, True)]
    return [image for fields in by for image in tx.find(Image, limit=MOST_LOOKED_AT + 1, **fields)]


def _fits(image: Image, asked: dict[str, str], wanted: str) -> bool:
    fits = all(getattr(image, name) == value for name, value in asked.items())
    return fits and any(wanted in text.lower() for text in (image.id, image.name, image.family))


def one(site: Site, visit: Visit, notice: Notice | None = None, typed: str = "") -> Page:
    """One image: what it is, who has it, what came of it, and what taking it back would break."""
    app = site.app
    with app.store.reading(app.clock.wall()) as tx:
        image = tx.get(Image, visit.named["id"])
        if image is None:
            return site.page(visit, "image_gone.html", here="images", notice=notice, status=404)
        names = Names(tx)
        shares = tx.find(Share, order="since", image=image.id)
        return site.page(
            visit,
            "image.html",
            here="images",
            notice=notice,
            image=image,
            names=names,
            shares=shares,
            instances=tx.find(Instance, image=image.id),
            candidates=[
                one.id
                for one in names.accounts
                if relation(
                    one.id, image, shared=any(share.account in (one.id, EVERYBODY) for share in shares)
                )
                not in {Relation.OWNER, *RECEIVED}
            ],
            typed=typed,
            checked=_checked(tx, site, visit, image, names, typed),
            limit=_limit(site, tx, image),
            most=MOST_ACCOUNTS,
            impact=impact_of(tx, image.id, None),
            judged=_judged(tx, image, visit.query.get("as")),
            asked_for=visit.query.get("as"),
            behind=key_behind(tx, image, visit.query.get("as") or image.owner, app.clock.now()),
        )


def _judged(tx: Transaction, image: Image, account: str) -> list[tuple[str, Verdict]]:
    """What an account may do with an image and why, as `localyun explain` says it; nothing without one."""
    if not account:
        return []
    images = Images(tx, account)
    return [(action.name.lower(), images.judge(image.id, image.region, to=action)[1]) for action in Action]


def _limit(site: Site, tx: Transaction, image: Image) -> int:
    """With how many accounts an image may be shared, its owner having been granted more or not."""
    owner = tx.get(Account, image.owner)
    grants = owner.grants if owner else ()
    return granted(site.app.settings.limits, grants, image.region, site.app.clock.now()).shares_per_image


def act(site: Site, visit: Visit) -> Page:
    """Share, unshare or delete, as the image's owner and through the API; anything else only looks."""
    app, form, t = site.app, visit.form, visit.t
    typed = form.get("accounts")
    with app.store.reading(app.clock.wall()) as tx:
        image = tx.get(Image, visit.named["id"])
        names = Names(tx)
        owner = credentials(tx, image.owner) if image and names.known(image.owner) else None
        wanted = _checked(tx, site, visit, image, names, typed) if image else []
    if image is None or form.get("do") not in ACTIONS:
        return one(site, visit, typed=typed)
    if owner is None:
        deleted = t("The owner's account is deleted: nobody can act for it.")
        return one(site, visit, Notice(text=deleted, bad=True))
    notice = Notice(text=t("Nothing was to be done."))
    for action, success, parameters in ACTIONS[form.get("do")](visit, names, wanted):
        parameters |= {"RegionId": image.region, "ImageId": image.id}
        notice = done(app, visit, owner, action, success, parameters)
        if notice.bad:
            return one(site, visit, notice, typed)
    return one(site, visit, notice)


Calls = Iterator[tuple[str, str, dict[str, str]]]
"""The calls that an action takes: operation, what is said of its success, parameters."""


def _share(visit: Visit, names: Names, wanted: list[Wanted]) -> Calls:
    """As many calls as it takes: one shares with so many accounts at most."""
    for end in range(MOST_ACCOUNTS, len(wanted) + MOST_ACCOUNTS, MOST_ACCOUNTS):
        some = wanted[end - MOST_ACCOUNTS : end]
        shared = ", ".join(names(wish.account) for wish in wanted[:end])
        numbered = {f"AddAccount.{n}": wish.account or wish.typed for n, wish in enumerate(some, 1)}
        yield "ModifyImageSharePermission", visit.t("Shared with {accounts}.", accounts=shared), numbered


def _unshare(visit: Visit, names: Names, wanted: list[Wanted]) -> Calls:
    account = visit.form.get("account")
    which = {EVERYBODY: "RemoveGroup.1"}.get(account, "RemoveAccount.1")
    success = visit.t("No longer shared with {account}.", account=names.shown(visit, account))
    yield "ModifyImageSharePermission", success, {which: account}


def _delete(visit: Visit, names: Names, wanted: list[Wanted]) -> Calls:
    forced = {"Force": "true"} if visit.form.get("force") else {}
    yield "DeleteImage", visit.t("The image is deleted."), forced


ACTIONS = {"share": _share, "unshare": _unshare, "delete": _delete}


def _checked(
    tx: Transaction, site: Site, visit: Visit, image: Image, names: Names, typed: str
) -> list[Wanted]:
    """Take apart what somebody typed, one name or id after the other, and say what would come of each."""
    by_name = {account.name: account.id for account in names.accounts}
    return [
        _wanted(tx, site, visit, image, names, word, by_name.get(word, word if is_account_id(word) else ""))
        for word in dict.fromkeys(re.split(r"[\s,;]+", typed.strip()))
        if word
    ]


def _wanted(
    tx: Transaction, site: Site, visit: Visit, image: Image, names: Names, word: str, account: str
) -> Wanted:
    t = visit.t
    if not account:
        return Wanted(word, account, t("there is no account of this name"), "")
    shared = tx.get(Share, image.id, account) is not None
    match relation(account, image, shared=shared):
        case Relation.OWNER:
            return Wanted(word, account, t("owns the image"), "")
        case Relation.SHAREE:
            return Wanted(word, account, "", t("has it already"))
    if not names.known(account) and not site.app.settings.accept_unknown_accounts:
        return Wanted(word, account, t("there is no account with this id"), "")
    return Wanted(
        word, account, "", names(account) if names.known(account) else t("not registered, accepted")
    )
