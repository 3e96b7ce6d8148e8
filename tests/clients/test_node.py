"""The SDKs for Node, run by the scripts of their guide."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.servers import Server, sharees

FOLDER = Path(__file__).parent / "node"
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "node.md"
SCRIPTS = re.findall(r"^## ([^\n]+)\n.*?```js\n(.*?)```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)

NODE = shutil.which("node")

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(
        NODE is None or not (FOLDER / "node_modules").exists(), reason="the SDKs for Node aren't installed"
    ),
    pytest.mark.parametrize("script", [script for _, script in SCRIPTS], ids=[name for name, _ in SCRIPTS]),
]


@pytest.fixture
def program(script: str, tmp_path: Path) -> Path:
    """A script in a file of its own."""
    path = tmp_path / "share.js"
    path.write_text(script)
    return path


def run(program: Path, server: Server, image: str, account: str) -> "subprocess.CompletedProcess[str]":
    """Run a script as alice."""
    return subprocess.run(
        [str(NODE), program, image, account],
        env={
            "PATH": os.environ["PATH"],
            "NODE_PATH": str(FOLDER / "node_modules"),
            "ACCESS_KEY_ID": server.alice.access_key_id,
            "ACCESS_KEY_SECRET": server.alice.access_key_secret,
            "LOCALYUN": server.address,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
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
