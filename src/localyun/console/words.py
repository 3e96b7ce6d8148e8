"""English and Chinese: templates and declarations speak English, catalogues have the Chinese.

`words.toml` has what the console itself says; in `chinese/` is what declarations and decisions say.
"""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Translate = Callable[..., str]
"""Says an English sentence in some language; `{name}` in it is filled with an argument of that name."""

CATALOGUE = Path(__file__).with_name("words.toml")
SAID_ELSEWHERE = Path(__file__).with_name("chinese")

DECIDED = re.compile(r"statement (?P<number>\d+) of policy (?P<policy>.+) (?P<effect>allows|denies) it")
"""How a decision by policies is told."""


@cache
def catalogue() -> dict[str, str]:
    """The Chinese of each English sentence."""
    return _read(CATALOGUE)


@cache
def elsewhere() -> dict[str, str]:
    """The Chinese of what operations and parameters are, and of why something may be done or not."""
    return {
        said: chinese
        for path in sorted(SAID_ELSEWHERE.glob("*.toml"))
        for said, chinese in _read(path).items()
    }


def _read(path: Path) -> dict[str, str]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def translator(language: Language) -> Translate:
    """Return what says sentences in a language; one that the catalogue lacks stays English."""
    known = elsewhere() | catalogue() if language == "zh" else {}

    def translate(sentence: str, **values: object) -> str:
        said = known.get(sentence, sentence)
        return said.format(**values) if values else said

    return translate


def decision(t: Translate, reason: str) -> str:
    """Say why something was decided; of a statement of a policy, which one it was."""
    if (named := DECIDED.fullmatch(reason)) is None:
        return t(reason)
    which = {"number": named["number"], "policy": named["policy"]}
    if named["effect"] == "allows":
        return t("statement {number} of policy {policy} allows it", **which)
    return t("statement {number} of policy {policy} denies it", **which)


def preferred(accept_language: str) -> Language:
    """Return the language that a browser likes best of those that we speak; English if it says nothing."""
    ranked: list[tuple[float, Language]] = []
    for choice in accept_language.split(","):
        tag, _, parameters = choice.strip().partition(";")
        language = tag.partition("-")[0].lower()
        try:
            weight = float(parameters.partition("q=")[2] or 1)
        except ValueError:
            continue
        ranked += [(weight, one) for one in LANGUAGES if one == language]
    # `max` keeps the first of equals: the browser's order decides between them.
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else "en"
