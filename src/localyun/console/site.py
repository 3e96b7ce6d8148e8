"""What every page shares: the app behind it, the template engine, and the frame around the content."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from localyun import __version__
from localyun.app import App
from localyun.clock import SECOND, Instant
from localyun.console.visit import CONSOLE, ERRORS, Notice, Page, Visit
from localyun.console.words import decision
from localyun.ids import Ids
from localyun.model import Account
from localyun.model.images import EVERYBODY, PROVIDER
from localyun.store.interface import Transaction
from localyun.wire import times

HERE = Path(__file__).parent
ASSETS = {"console.css": "text/css; charset=utf-8", "console.js": "text/javascript; charset=utf-8"}

Handler = Callable[["Site", Visit], Page]

NAVIGATION = (
    ("overview", "Overview", CONSOLE),
    ("explorer", "Explorer", f"{CONSOLE}explorer/"),
    ("images", "Images", f"{CONSOLE}images/"),
    ("shares", "Map of shares", f"{CONSOLE}shares/"),
    ("instances", "Instances", f"{CONSOLE}instances/"),
    ("accounts", "Accounts", f"{CONSOLE}accounts/"),
    ("quotas", "Quotas", f"{CONSOLE}quotas/"),
    ("audit", "Audit", f"{CONSOLE}audit/"),
    ("world", "World", f"{CONSOLE}world/"),
    ("errors", "Errors", ERRORS),
)
"""The pages that lead to all others: key, title, address."""


@dataclass(frozen=True)
class Site:
    """The console of an app."""

    app: App
    ids: Ids = field(default_factory=Ids)
    """For what is ours alone: a seed of the app's gives the same ids whether anybody looks or not."""

    @cached_property
    def _templates(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals |= {
            "CONSOLE": CONSOLE,
            "ERRORS": ERRORS,
            "NAVIGATION": NAVIGATION,
            "VERSION": __version__,
            "asset": address_of,
            "decision": decision,
        }
        environment.filters["moment"] = moment
        environment.filters["marked"] = marked
        return environment

    def page(
        self,
        visit: Visit,
        template: str,
        *,
        here: str,
        notice: Notice | None = None,
        status: int = 200,
        **values: Any,
    ) -> Page:
        """Fill a template of a whole page; `here` is the entry of the navigation that it belongs to."""
        wall, now = self.app.clock.wall(), self.app.clock.now()
        text = self._templates.get_template(template).render(
            visit=visit,
            t=visit.t,
            here=here,
            notice=notice,
            ahead=(now - wall) // SECOND,
            now=now,
            **values,
        )
        return Page(body=text.encode(), status=status)


def moment(instant: Instant) -> str:
    """Write an instant for people, in UTC."""
    return times.seconds(instant).replace("T", " ").removesuffix("Z")


def marked(text: str) -> Markup:
    """Write what stands in backticks as code; everything else is text."""
    pieces = [escape(piece) for piece in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else piece for place, piece in enumerate(pieces)
    )


class Names:
    """What accounts are called, looked up once a page."""

    def __init__(self, tx: Transaction) -> None:
        """Look all of them up."""
        self.accounts = sorted(tx.find(Account), key=lambda account: account.created_at)
        self._by_id = {account.id: account.name for account in self.accounts}

    def __call__(self, account: str) -> str:
        """The name of an account; its id, if it has none that we know."""
        return self._by_id.get(account, account)

    @property
    def ids(self) -> list[str]:
        """The ids of all accounts."""
        return list(self._by_id)

    def known(self, account: str) -> bool:
        """Whether it is an account of this server."""
        return account in self._by_id

    def shown(self, visit: Visit, account: str) -> str:
        """The name, or what stands in its place."""
        groups = {PROVIDER: visit.t("the provider"), EVERYBODY: visit.t("everybody")}
        return groups.get(account) or self(account)


@cache
def asset(name: str) -> bytes:
    """Return one of the files that pages refer to."""
    return (HERE / "assets" / name).read_bytes()


@cache
def address_of(name: str) -> str:
    """Return where a file is served; it changes with the contents, so that browsers may keep it for good."""
    return f"{CONSOLE}assets/{hashlib.sha256(asset(name)).hexdigest()[:12]}/{name}"
