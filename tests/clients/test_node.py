"""The SDKs for Node, run by the scripts of their guide."""

import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.clients import guides
from tests.clients.servers import Server, sharees

FOLDER = Path(__file__).parent / "node"
SCRIPTS = guides.programs("node.md", "js")

NODE = shutil.which("node")

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(
        NODE is None or not (FOLDER / "node_modules").exists(), reason="the SDKs for Node aren't installed"
    ),
    pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS)),
]


@pytest.fixture
def program(script: str, tmp_path: Path) -> Path:
    """A script in a file of its own."""
    path = tmp_path / "share.js"
    path.write_text(script)
    return path


def run(program: Path, server: Server, image: str, account: str) -> "CompletedProcess[str]":
    """Run a script as alice."""
    return guides.run(
        [str(NODE), program], server, image, account, environment={"NODE_PATH": str(FOLDER / "node_modules")}
    )


def test_it_shares_an_image(server: Server, image: str, program: Path) -> None:
    """The account is added, and listed as a text."""
    done = run(program, server, image, server.bob.id)

    assert (done.stdout, done.stderr) == (f"{server.bob.id}\n", "")
    assert sharees(server.v2(server.alice), image) == [server.bob.id]


def test_it_reads_status_and_code_of_a_refusal(server: Server, image: str, program: Path) -> None:
    """The error carries what was answered."""
    done = run(program, server, image, server.alice.id)

    assert (done.returncode, done.stderr) == (1, "404 InvalidAccount.Forbbiden\n")
    assert sharees(server.v2(server.alice), image) == []
