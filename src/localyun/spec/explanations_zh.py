"""The words of `explanations.py` in Chinese; a code that has none here keeps its English ones."""

from localyun.spec import explanations
from localyun.spec.explanations import Explanation


def explain(code: str) -> Explanation | None:
    """Return our words on a code in Chinese, or else in English; None if there is no such code."""
    found = explanations.rows(code)
    return BY_CODE.get(found[0].code, explanations.explain(code)) if found else None


# fmt: off

BY_CODE: dict[str, Explanation] = {
}
