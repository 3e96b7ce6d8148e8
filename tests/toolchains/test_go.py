"""The SDKs for Go, by the programs of their guide."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.servers import Server, new_image, sharees

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "go.md"
MODULES = Path(__file__).parent / "sdk"
PROGRAMS = re.findall(r"^## ([^\n]+)\n.*?```go\n(.*?)```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
GO = shutil.which("go")

pytestmark = [
    pytest.mark.skipif(GO is None, reason="Go isn't installed"),
    pytest.mark.parametrize(
        ("module", "source"),
        [("go-v2", PROGRAMS[0][1]), ("go-v1", PROGRAMS[1][1])],
        ids=[name for name, _ in PROGRAMS],
    ),
]


@pytest.fixture
def image(server: Server) -> str:
    """An image of alice's."""
    return new_image(server.v2(server.alice))


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


def run(program: Path, server: Server, image: str, account: str) -> "subprocess.CompletedProcess[str]":
    """Run a program as alice."""
    return subprocess.run(
        [program, image, account],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(program.parent),
            "ACCESS_KEY_ID": server.alice.access_key_id,
            "ACCESS_KEY_SECRET": server.alice.access_key_secret,
            "LOCALYUN": server.address,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_shares_an_image(built: Path, server: Server, image: str) -> None:
    """The account is added and listed; a refusal carries its status and code."""
    done = run(built, server, image, server.bob.id)
    refused = run(built, server, image, server.alice.id)

    assert (done.stdout, done.stderr) == (f"{server.bob.id}\n", "")
    assert sharees(server.v2(server.alice), image) == [server.bob.id]
    assert (refused.returncode, refused.stderr) == (1, "404 InvalidAccount.Forbbiden\n")
