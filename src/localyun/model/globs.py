"""Patterns with `*` (anything) and `?` (any one character), matched in linear time."""

import re
from collections.abc import Callable, Iterable

Glob = Callable[[str], bool]
"""A test of a text."""


def any_of(patterns: Iterable[str]) -> Glob:
    """Return a test for fitting one of the patterns."""
    wanted = list(dict.fromkeys(patterns))
    if "*" in wanted:
        return lambda text: True
    exact = frozenset(one for one in wanted if not {"*", "?"} & {*one})
    globs = [_glob(one) for one in wanted if one not in exact]
    if not globs:
        return exact.__contains__
    if len(globs) == 1 and not exact:
        return globs[0]
    return lambda text: text in exact or any(glob(text) for glob in globs)


def _glob(pattern: str) -> Glob:
    """Return a test for fitting a pattern; most texts that don't are told by its longest part alone."""
    match = _compiled(pattern).match
    part = max(re.split(r"[*?]", pattern), key=len)
    return lambda text: part in text and match(text) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern. Each piece between stars is taken where it first fits, and never tried elsewhere.

    Whoever writes a policy can't make us search for long: no star gives back what it took.
    """
    first, *others = ("".join("." if c == "?" else re.escape(c) for c in one) for one in pattern.split("*"))
    if others:
        *middle, last = others
        first += "".join(f"(?>.*?{piece})" for piece in middle if piece) + f".*{last}"
    return re.compile(first + r"\Z", re.DOTALL)
