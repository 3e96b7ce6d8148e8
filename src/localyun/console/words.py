"""English and Chinese: templates speak English, the catalogue `words.toml` has the Chinese."""

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


@cache
def catalogue() -> dict[str, str]:
    """The Chinese of each English sentence."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


@cache
def translator(language: Language) -> Translate:
    """Return what says sentences in a language; one that the catalogue lacks stays English."""
    known = catalogue() if language == "zh" else {}

    def translate(sentence: str, **values: object) -> str:
        said = known.get(sentence, sentence)
        return said.format(**values) if values else said

    return translate


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
