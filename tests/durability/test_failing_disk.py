"""A disk that takes what is written and then can't say that it is there; and two servers on one directory."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.durability.servers import SECONDS, Client, Server, inhabited, serving, shared

IMAGE = "m-bp1failing"
KEPT, LOST, LATER = "5100000000000001", "5100000000000002", "5100000000000003"


@contextmanager
def syncs_fail(server: Server) -> Iterator[None]:
    """Have each sync of a running server fail, as on a broken disk; skip where processes can't be traced."""
    syncs = "fsync,fdatasync"
    failing = f"inject={syncs}:error=EIO"
    command = ["strace", "-f", "-p", str(server.pid), "-e", f"trace={syncs}", "-e", failing]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        try:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            if "attached" not in said:
                pytest.skip(f"strace can't be used here: {said.strip()}")
            yield
        finally:
            strace.terminate()
            strace.communicate(timeout=SECONDS)


@pytest.mark.slow
@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("killed", [True, False])
def test_a_change_whose_sync_failed_is_not_there_and_does_not_come_back(tmp_path: Path, killed: bool) -> None:
    """Its caller is told so; neither a killed server's successor finds it in the log, nor the next change."""
    alice = inhabited(tmp_path, IMAGE)
    with serving(tmp_path) as server, Client(server.port, alice) as client:
        assert client.share(IMAGE, KEPT).status == 200
        with syncs_fail(server):
            reply = client.share(IMAGE, LOST)
            assert (reply.status, reply.code) == (503, "ServiceUnavailable")
            assert client.shares(IMAGE) == {KEPT}
            if killed:
                server.kill()
        if not killed:
            assert client.share(IMAGE, LATER).status == 200
            server.kill()

    assert shared(tmp_path, IMAGE) == ({KEPT} if killed else {KEPT, LATER})


@pytest.mark.slow
def test_two_servers_see_each_others_changes_at_once(tmp_path: Path) -> None:
    """What one has answered is what the other says a moment later, there and back again."""
    alice = inhabited(tmp_path, IMAGE)
    with (
        serving(tmp_path) as first,
        serving(tmp_path) as second,
        Client(first.port, alice) as one,
        Client(second.port, alice) as other,
    ):
        wanted: set[str] = set()
        for n in range(20):
            account = str(5_200_000_000_000_000 + n)
            wanted.add(account)
            assert one.share(IMAGE, account).status == 200
            assert other.shares(IMAGE) == wanted
            one, other = other, one  # noqa: PLW2901
