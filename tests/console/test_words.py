"""Everything that the console says is said in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

from localyun import console
from localyun.console import site, steps, words, world
from localyun.spec.support import Support

HERE = Path(console.__file__).parent
SPOKEN = re.compile(r"""\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def spoken() -> set[str]:
    """Every sentence that the templates and the modules say."""
    found = {title for _, title, _ in site.NAVIGATION} | {name for _, name in world.STEPS}
    found |= {level.value for level in (Support.FULL, Support.PARTIAL)}
    written = Path(steps.__file__).read_text()
    found |= {text for step in re.findall(r'Step\(\s*"([^"]*)",\s*"([^"]*)"', written) for text in step}
    for path in (*HERE.rglob("*.html"), *HERE.glob("*.py")):
        for double, single in SPOKEN.findall(path.read_text()):
            found.add(double or single)
    return found


def test_every_sentence_has_its_chinese() -> None:
    """And the catalogue has none that nobody says."""
    assert spoken() ^ words.catalogue().keys() == set()


def test_translations_fill_in_the_same() -> None:
    """A name in braces stands in both."""

    def holes(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    assert [one for one, chinese in words.catalogue().items() if holes(one) != holes(chinese)] == []


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("de, zh;q=0.5, en;q=0.4", "zh"),
        ("fr", "en"),
        ("zh;q=x, en;q=0.1", "en"),
    ],
)
def test_the_browsers_favourite_is_spoken(accepted: str, language: str) -> None:
    """Of those that we have."""
    assert words.preferred(accepted) == language
