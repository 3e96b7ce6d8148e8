"""The words of `explanations.py` in Chinese."""

import tomllib
from functools import cache
from pathlib import Path

from localyun.spec import explanations
from localyun.spec.explanations import Explanation


@cache
def words() -> dict[str, Explanation]:
    """The Chinese words by code, or by the pattern of one."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {code: Explanation(*both) for code, both in written.items()}


def explain(code: str) -> Explanation | None:
    """Return our words on a code in Chinese, or None when it isn't one of the catalogue's."""
    found = explanations.rows(code)
    return words()[found[0].code] if found else None
