"""The error centre: each code of the catalogue, what it comes from, and the way out."""

import re
from typing import NamedTuple

from localyun.console.site import Site
from localyun.console.visit import CONSOLE, Page, Visit, redirect
from localyun.console.words import Language
from localyun.reference import raised
from localyun.spec import errors, explanations, explanations_zh
from localyun.spec.declare import Operation
from localyun.spec.explanations import Explanation
from localyun.spec.faults import ErrorSpec

REQUEST_ID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


class Entry(NamedTuple):
    """A code, every row of the catalogue that has it, and our words on it."""

    code: str
    rows: list[ErrorSpec]
    words: Explanation | None


def listing(site: Site, visit: Visit) -> Page:
    """Every code, to be narrowed by code, message and words; a request id leads to the very call."""
    wanted = visit.query.get("q").lower()
    if REQUEST_ID.fullmatch(wanted.upper()):
        # Whose call it was isn't for everybody to see, as this page is.
        return redirect(f"{CONSOLE}audit/?q={wanted.upper()}")
    entries = [_entry(code, visit.language) for code in _codes()]
    found = [one for one in entries if wanted in _text(one).lower()]
    return site.page(
        visit, "errors.html", here="errors", entries=found, wanted=visit.query.get("q"), text=_text
    )


def one(site: Site, visit: Visit) -> Page:
    """One code, with the operations that raise it."""
    code = visit.named["code"]
    entry = _entry(code, visit.language)
    if not entry.rows:
        return site.page(visit, "error_unknown.html", here="errors", code=code, status=404)
    users: dict[str, Operation] = {}
    for operation in sorted(site.app.operations.operations, key=lambda one: one.name):
        if any(row.code == entry.rows[0].code for row in raised(operation)):
            users[operation.name] = operation
    return site.page(visit, "error.html", here="errors", entry=entry, users=list(users.values()))


def explained(code: str, language: Language) -> Explanation | None:
    """Return our words on a code in a language."""
    return explanations_zh.explain(code) if language == "zh" else explanations.explain(code)


def _codes() -> list[str]:
    return sorted({row.code for row in vars(errors).values() if isinstance(row, ErrorSpec)})


def _entry(code: str, language: Language) -> Entry:
    return Entry(code, explanations.rows(code), explained(code, language))


def _text(entry: Entry) -> str:
    """Everything by which an entry is found."""
    words = entry.words or Explanation("", "")
    return " ".join((entry.code, *(row.message for row in entry.rows), words.cause))
