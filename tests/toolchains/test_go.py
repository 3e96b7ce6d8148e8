"""The SDKs for Go, by the programs of their guide."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients import guides
from tests.clients.servers import Server, sharees

MODULES = Path(__file__).parent / "sdk"
PROGRAMS = guides.programs("go.md", "go")
GO = shutil.which("go")

pytestmark = [
    pytest.mark.skipif(GO is None, reason="Go isn't installed"),
    pytest.mark.parametrize(
        ("module", "source"),
        [("go-v2", PROGRAMS["The current SDK"]), ("go-v1", PROGRAMS["The core SDK"])],
        ids=list(PROGRAMS),
    ),
]


@pytest.fixture
def built(module: str, source: str, tmp_path: Path) -> Path:
    """The guide's program, built with the SDK that the module pins."""
    folder = tmp_path / module
    shutil.copytree(MODULES / module, folder)
    (folder / "main.go").write_text(source)
    flags = "-mod=readonly -buildvcs=false"
    subprocess.run(
        [str(GO), "build", "-o", "share", "."], cwd=folder, check=True, env={**os.environ, "GOFLAGS": flags}
    )
    return folder / "share"


def test_it_shares_an_image(built: Path, server: Server, image: str) -> None:
    """The account is added and listed; a refusal carries its status and code."""
    done = guides.run([built], server, image, server.bob.id)
    refused = guides.run([built], server, image, server.alice.id)

    assert (done.stdout, done.stderr) == (f"{server.bob.id}\n", "")
    assert sharees(server.v2(server.alice), image) == [server.bob.id]
    assert (refused.returncode, refused.stderr) == (1, "404 InvalidAccount.Forbbiden\n")
