"""The SDKs for Python, and Libcloud, by the programs of their guides."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.clients import guides
from tests.clients.servers import Server, sharees

PROGRAMS = guides.programs("python.md", "python") | guides.programs("libcloud.md", "python")

pytestmark = pytest.mark.clients


@pytest.fixture(params=PROGRAMS.values(), ids=list(PROGRAMS))
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A program in a file of its own."""
    path = tmp_path / "share.py"
    path.write_text(request.param)
    return path


def test_it_shares_an_image(server: Server, image: str, program: Path) -> None:
    """The account is added and listed; a refusal ends the program with its code."""
    done = guides.run([sys.executable, program], server, image, server.bob.id)
    refused = guides.run([sys.executable, program], server, image, server.alice.id)

    assert (done.stdout, done.stderr) == (f"{server.bob.id}\n", "")
    assert sharees(server.v2(server.alice), image) == [server.bob.id]
    assert refused.returncode == 1
    assert re.match(r"(404 |{'code': ')InvalidAccount.Forbbiden\b", refused.stderr)


@pytest.mark.parametrize("page", ["python.md", "libcloud.md"])
def test_a_guide_names_the_versions_that_are_tested(page: str) -> None:
    """Those that are installed here."""
    named = re.findall(r"`([\w-]+)` (\d[\d.]*\d)", (guides.PAGES / page).read_text())

    assert named
    assert named == [(package, version(package)) for package, _ in named]
