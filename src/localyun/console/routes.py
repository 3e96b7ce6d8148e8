"""Which path leads to which page."""

from typing import NamedTuple

from localyun.console import (
    accounts,
    audit,
    explorer,
    images,
    instances,
    overview,
    quotas,
    shares,
    trouble,
    world,
)
from localyun.console.site import ASSETS, Handler, Site, asset
from localyun.console.visit import CONSOLE, ERRORS, Page, Visit, local, redirect
from localyun.console.words import LANGUAGES


class Route(NamedTuple):
    """A path, what answers it, and who may ask."""

    path: str
    get: Handler
    post: Handler | None = None
    public: bool = False
    """Whether other machines may ask without a token: nothing of the world is shown."""


def assets(site: Site, visit: Visit) -> Page:
    """Send a file that pages refer to; its address names its contents."""
    name = visit.named["name"]
    if name not in ASSETS:
        return Page(body=b"", status=404)
    return Page(
        body=asset(name),
        media_type=ASSETS[name],
        headers={"cache-control": "public, max-age=31536000, immutable"},
    )


def prefer(site: Site, visit: Visit) -> Page:
    """Keep the language or the colours that a visitor chose, and go back."""
    kept = {
        "language": visit.query.get("language") if visit.query.get("language") in LANGUAGES else "",
        "theme": visit.query.get("theme") if visit.query.get("theme") in ("light", "dark") else "",
    }
    name, value = next(((name, value) for name, value in kept.items() if value), ("theme", ""))
    cookie = f"localyun_{name}={value}; Path=/_localyun/; Max-Age=31536000; SameSite=Strict; HttpOnly"
    return redirect(local(visit.query.get("back")), **{"set-cookie": cookie})


ROUTES = (
    Route(CONSOLE, overview.overview),
    Route(f"{CONSOLE}explorer/", explorer.listing),
    Route(f"{CONSOLE}explorer/{{version}}/{{action}}", explorer.form, explorer.act),
    Route(f"{CONSOLE}palette.json", explorer.palette),
    Route(f"{CONSOLE}images/", images.listing),
    Route(f"{CONSOLE}images/{{id}}", images.one, images.act),
    Route(f"{CONSOLE}shares/", shares.picture),
    Route(f"{CONSOLE}instances/", instances.listing, instances.act),
    Route(f"{CONSOLE}instances/{{id}}", instances.one),
    Route(f"{CONSOLE}instances/{{id}}/screen.png", instances.screen),
    Route(f"{CONSOLE}accounts/", accounts.listing, accounts.act),
    Route(f"{CONSOLE}quotas/", quotas.listing, quotas.act),
    Route(f"{CONSOLE}audit/", audit.listing),
    Route(f"{CONSOLE}world/", world.world, world.act),
    Route(f"{CONSOLE}prefer", prefer, public=True),
    Route(f"{CONSOLE}assets/{{hash}}/{{name}}", assets, public=True),
    Route(ERRORS, trouble.listing, public=True),
    Route(f"{ERRORS}{{code:path}}", trouble.one, public=True),
)
