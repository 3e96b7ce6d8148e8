"""The SDKs for Java, by the programs of their guide."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients import guides
from tests.clients.servers import Server, sharees

MODULES = Path(__file__).parent / "sdk"
PROGRAMS = guides.programs("java.md", "java")
MAVEN = shutil.which("mvn")
FETCH = ("-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib")

pytestmark = [
    pytest.mark.skipif(MAVEN is None, reason="Maven isn't installed"),
    pytest.mark.parametrize(
        ("module", "source", "refusal"),
        [
            ("java-v2", PROGRAMS["The current SDK"], "404 InvalidAccount.Forbbiden\n"),
            ("java-v1", PROGRAMS["The core SDK"], "InvalidAccount.Forbbiden\n"),
        ],
        ids=list(PROGRAMS),
    ),
]


@pytest.fixture
def fetched(module: str, source: str, tmp_path: Path) -> Path:
    """A folder with the guide's program and the SDK that the module pins."""
    folder = tmp_path / module
    shutil.copytree(MODULES / module, folder)
    (folder / "Share.java").write_text(source)
    subprocess.run([str(MAVEN), *FETCH], cwd=folder, check=True)
    return folder


def test_it_shares_an_image(fetched: Path, server: Server, image: str, refusal: str) -> None:
    """The account is added and listed; a refusal carries its code."""
    java = ("java", "-cp", "lib/*", "Share.java")
    done = guides.run(java, server, image, server.bob.id, folder=fetched)
    refused = guides.run(java, server, image, server.alice.id, folder=fetched)

    assert (done.returncode, done.stdout) == (0, f"{server.bob.id}\n"), done.stderr
    assert sharees(server.v2(server.alice), image) == [server.bob.id]
    assert refused.returncode == 1
    assert refused.stderr.endswith(refusal)
