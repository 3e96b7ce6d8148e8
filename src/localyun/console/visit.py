"""What a browser asks for, and what it gets: a visit in, a page out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode

from localyun.console.words import Language, Translate, translator

Theme = Literal["", "light", "dark"]

CONSOLE = "/_localyun/console/"
ERRORS = "/_localyun/errors/"
"""Where everybody may read what an error means, for the errors on the wire lead there."""

HTML = "text/html; charset=utf-8"


class Form:
    """The fields of a form or of a query, in order; a name may come several times."""

    def __init__(self, text: str = "") -> None:
        """Read the encoded fields; empty ones are kept."""
        self.pairs = parse_qsl(text, keep_blank_values=True)

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field, without the spaces around it."""
        values = self.all(name)
        return values[-1].strip() if values else default

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for key, value in self.pairs if key == name]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request of a browser."""

    path: str = CONSOLE
    named: Mapping[str, str] = field(default_factory=dict)
    """What the path names: `id`, `action` …"""
    query: Form = field(default_factory=Form)
    form: Form = field(default_factory=Form)
    language: Language = "en"
    theme: Theme = ""
    token: str = ""
    """What every action has to carry: only our own pages know it."""
    endpoint: str = "127.0.0.1:4577"
    """`host:port` as the browser reached us: clients of that machine reach us so, too."""

    @property
    def t(self) -> Translate:
        """Says an English sentence of ours in the visitor's language."""
        return translator(self.language)

    def here(self, **changed: str) -> str:
        """The address of this page with some fields of its query changed; an empty value drops one."""
        fields = {**dict(self.query.pairs), **changed}
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"{quote(self.path)}?{query}" if query else quote(self.path)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is sent back."""

    body: bytes
    status: int = 200
    media_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What came of an action, told at the top of the page."""

    text: str
    bad: bool = False
    code: str = ""
    """The error's code, if the API refused."""


def redirect(to: str, **headers: str) -> Page:
    """Send the browser elsewhere."""
    return Page(body=b"", status=303, headers={"location": to, **headers})


def local(path: str) -> str:
    """A path of ours to lead back to; anything else becomes the console's start."""
    return path if path.startswith((CONSOLE, ERRORS)) and "\\" not in path and "\n" not in path else CONSOLE
