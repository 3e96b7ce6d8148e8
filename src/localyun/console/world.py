"""The world page: what time it is there, turning it, and beginning anew."""

from typing import Protocol, runtime_checkable

from localyun.accounts import make_first_accounts
from localyun.clock import DAY, MINUTE, SECOND, Instant
from localyun.console.site import Site
from localyun.console.visit import Notice, Page, Visit
from localyun.model import LAYOUTS
from localyun.wire import times

STEPS = ((MINUTE, "+1 minute"), (60 * MINUTE, "+1 hour"), (DAY, "+1 day"), (30 * DAY, "+30 days"))
"""What the world's time can be turned by at a click."""


@runtime_checkable
class Turnable(Protocol):
    """A clock whose world can be moved away from the wall clock."""

    offset: Instant


def world(site: Site, visit: Visit, notice: Notice | None = None) -> Page:
    """The time, the settings in force, and how many records of each kind there are."""
    app = site.app
    with app.store.reading(app.clock.wall()) as tx:
        kinds = sorted((kind.__name__, tx.count(kind)) for kind in LAYOUTS)
    return site.page(
        visit, "world.html", here="world", notice=notice, kinds=kinds, steps=STEPS, settings=app.settings
    )


def act(site: Site, visit: Visit) -> Page:
    """Turn the time, or forget everything."""
    app, t, form = site.app, visit.t, visit.form
    clock = app.clock
    match form.get("do"):
        case "turn" if isinstance(clock, Turnable) and app.settings.turnable:
            by = form.get("by")
            if not by.isdecimal() or int(by) > 3650 * DAY // SECOND:
                return world(site, visit, Notice(text=t("Give whole seconds, up to ten years."), bad=True))
            clock.offset += int(by) * SECOND
            return world(site, visit, Notice(text=t("It is now {time}.", time=times.seconds(clock.now()))))
        case "back" if isinstance(clock, Turnable):
            clock.offset = 0
            return world(site, visit, Notice(text=t("It is now {time}.", time=times.seconds(clock.now()))))
        case "reset" if form.get("sure") == "yes":
            app.store.reset()
            if isinstance(clock, Turnable):
                clock.offset = 0
            make_first_accounts(app.store, app.ids, clock.now())
            return world(
                site, visit, Notice(text=t("Everything is forgotten. The accounts and their keys are new."))
            )
        case "reset":
            return world(
                site, visit, Notice(text=t("Say that you are sure: this forgets everything."), bad=True)
            )
        case _:
            return world(site, visit)
