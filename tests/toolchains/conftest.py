"""Programs that other people wrote, built from their published modules and pointed at a server of ours.

They are built by `make test-clients`, which is the only way to run these tests: they take minutes.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.servers import Server, new_image, serving
from tools.clients import PROGRAMS

if not os.environ.get("LOCALYUN_TEST_CLIENTS"):
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on a free port, where nothing takes time."""
    with serving(tmp_path / "data", time_scale=0) as running:
        yield running


@pytest.fixture
def image(server: Server) -> str:
    """An image of alice's."""
    return new_image(server.v2(server.alice))


def program(name: str) -> str:
    """Return the path of a program that was built or is installed; without it the test is skipped."""
    built = PROGRAMS / name
    found = str(built) if built.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} was neither built nor is it installed")
    return found
