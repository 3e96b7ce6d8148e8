"""A real server for each test; `image` is alice's and shared with nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.servers import Server, new_image, serving


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on a free port, where nothing takes time; no proxy of the environment stands in between."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with serving(tmp_path, time_scale=0) as running:
        yield running


@pytest.fixture
def image(server: Server) -> str:
    """An image of alice's."""
    return new_image(server.v2(server.alice))
