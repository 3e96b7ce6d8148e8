"""Cloud-init finds itself at this provider, by its own data source as Debian ships it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import create_server, socket

import pytest

from localyun.compute.qemu import metadata_service
from localyun.compute.qemu.metadata import Metadata
from tests.compute.qemu.test_metadata import KEY, SCRIPT, SECRET, instance
from tests.machines.guest import UNPACKED

PACKAGES = UNPACKED / "usr/lib/python3/dist-packages"

pytestmark = pytest.mark.skipif(
    not (PACKAGES / "cloudinit").is_dir(),
    reason="cloud-init must be unpacked; `make system` does it, as root with LOCALYUN_CI=1",
)


def answer_each(server: socket, document: Path) -> None:
    """Start the service for each connection, as QEMU does, until the socket is shut."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            subprocess.run(
                [sys.executable, "-I", "-S", metadata_service.__file__, document],
                stdin=connection,
                stdout=connection,
                check=True,
            )


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the service of an instance is."""
    document = tmp_path / "metadata.json"
    document.write_bytes(Metadata.of(instance(), public_keys=[KEY]).document(SECRET))
    with create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        answering = pool.submit(answer_each, server, document)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(2)
        answering.result(timeout=20)


def test_cloud_init_finds_the_instance(address: str, tmp_path: Path) -> None:
    """Its name, its keys and its user data, all by unmodified code."""
    program = Path(__file__).with_name("ask_with_cloud_init.py")

    told = subprocess.run(
        [sys.executable, "-S", program, address, tmp_path],
        env={"PYTHONPATH": str(PACKAGES), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == {
        "found": True,
        "instance": "i-1",
        "host name": "web-1",
        "keys": [KEY],
        "user data": SCRIPT.decode(),
    }
