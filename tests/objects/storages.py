"""Object storages to try: a folder, and a server that speaks S3, moto's."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, create_server

PATIENCE = 60


@contextmanager
def s3_server() -> Iterator[str]:
    """Run moto's server for S3 on a free port, and yield its address as `--oss` takes it."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [Path(sys.executable).with_name("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"s3+http://key:secret@127.0.0.1:{port}"
        finally:
            process.terminate()


def make_bucket(address: str, name: str) -> None:
    """Make a bucket, which localyun itself doesn't."""
    request = urllib.request.Request(f"http://{address.partition('@')[2]}/{name}", method="PUT")
    urllib.request.urlopen(request, timeout=PATIENCE).close()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "moto's server doesn't answer"
            time.sleep(0.1)
        else:
            return
