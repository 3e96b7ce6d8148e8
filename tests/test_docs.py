"""The documentation can't drift: what is written from the code is current, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from localyun.operations import OPERATIONS
from localyun.reference import anchor, flat_name, paths
from localyun.spec.declare import Operation
from localyun.spec.support import Support
from tools import reference

ROOT = Path(__file__).parents[1]
FOUND = {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md")}
PAGES = sorted(page for page in FOUND if "node_modules" not in page.parts)

each_operation = pytest.mark.parametrize("operation", OPERATIONS.operations, ids=lambda found: found.name)


def test_the_reference_is_current() -> None:
    """`make docs` would write what is there."""
    there = {path.name: path.read_text() for path in reference.REFERENCE.glob("*.md")}
    written = reference.written()

    assert {name for name in {*there, *written} if there.get(name) != written.get(name)} == set()


@each_operation
def test_operations_have_a_summary(operation: Operation) -> None:
    """One sentence says what an operation does."""
    assert re.fullmatch(r"[A-Z].*\.", operation.summary)


@each_operation
def test_an_operation_with_gaps_is_partial(operation: Operation) -> None:
    """What is called full has no gaps, and what is called partial names them."""
    assert bool(operation.gaps) == (operation.support is Support.PARTIAL)


@each_operation
def test_what_is_emulated_is_described(operation: Operation) -> None:
    """Every parameter with an effect has words of its own; a group's may be those of what is in it."""
    undescribed = [
        flat_name(path)
        for path in paths(operation.own_fields)
        if all(field.about.support in (Support.FULL, Support.PARTIAL) for field in path)
        and not (path[-1].about.description or path[-1].group)
    ]

    assert undescribed == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link leads to a file that is there, and its anchor to a heading in it."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\((?!\w+:)([^)\s]+)\)", text)

    assert [link for link in dict.fromkeys(links) if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link on a page has a target."""
    name, _, heading = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not heading or heading in anchors(target)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    return {anchor(line) for line in page.read_text().splitlines() if line.startswith("#")}
