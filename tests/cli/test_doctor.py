"""What the doctor finds, and the lines that it gives to paste."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from localyun import __version__
from localyun.samples.clients import CLIENTS
from localyun.store.schema import VERSION
from tests.cli.conftest import Run, Serve

Accounts = dict[str, dict[str, str]]
FREE_PORT = 1
"""Nobody but the administrator listens there, and nobody does."""


def _findings(run: Run, code: int, *words: object) -> list[str]:
    examined = run("doctor", *words)
    assert (examined.returncode, examined.stderr) == (code, "")
    return examined.stdout.partition("\n\n")[0].splitlines()


@contextmanager
def _something_else() -> Iterator[int]:
    """A web server that isn't ours; it refuses everything."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        other.RequestHandlerClass.log_message = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=other.serve_forever, daemon=True)
        thread.start()
        yield other.server_port
        other.shutdown()
        thread.join()


def test_before_the_first_start_all_is_well(run: Run, environment: dict[str, str]) -> None:
    """No data is no fault, and asking makes none."""
    found = _findings(run, 0, "--port", FREE_PORT)

    assert found[0].startswith(f"ok     localyun {__version__} on Python 3.")
    assert found[1:] == [
        "ok     port 1 of 127.0.0.1 is free for `localyun serve`",
        f"ok     there is no data in {environment['XDG_DATA_HOME']}/localyun yet: `localyun serve` makes it",
    ]
    assert not Path(environment["XDG_DATA_HOME"]).exists()


def test_a_server_is_found_with_its_data(serve: Serve, run: Run, accounts: Accounts) -> None:
    """Everything that a call needs is tried."""
    port = serve().port
    found = _findings(run, 0, "--port", port)
    key = accounts["alice"]["access_key_id"]

    assert found[1] == f"ok     localyun {__version__} serves at port {port} of 127.0.0.1"
    assert found[2].endswith(f"localyun.db can be read and written (schema version {VERSION})")
    assert found[3].endswith("; the clocks of clients may differ by 15 minutes at most")
    assert found[4] == f"ok     the server takes calls signed with the key {key}"


def test_a_server_on_other_data_is_found_out(serve: Serve, run: Run, accounts: Accounts) -> None:
    """The most common reason for a key that isn't known."""
    found = _findings(run, 1, "--port", serve("--ephemeral").port)
    key = accounts["alice"]["access_key_id"]

    assert found[-1] == f"WRONG  the server doesn't know the key {key}: name its data with --data"


def test_something_else_at_the_port_is_wrong(run: Run) -> None:
    """The way out is in the sentence."""
    with _something_else() as port:
        found = _findings(run, 1, "--port", port)

    assert found[1] == (
        f"WRONG  something else answers at port {port} of 127.0.0.1: "
        "stop that, or choose another port with --port"
    )


def test_a_file_that_is_no_database_is_wrong(run: Run, tmp_path: Path) -> None:
    """It is named, and left as it is."""
    path = tmp_path / "localyun.db"
    path.write_text("no database " * 1000)
    found = _findings(run, 1, "--port", FREE_PORT, "--data", tmp_path)

    assert found[2] == (
        f"WRONG  {path} can't be used (file is not a database): choose another directory with --data"
    )
    assert path.read_text().startswith("no database")


def test_a_place_without_room_is_wrong(run: Run, tmp_path: Path) -> None:
    """A directory that can't be made is found before a server is started."""
    (tmp_path / "file").write_text("")
    found = _findings(run, 1, "--port", FREE_PORT, "--data", tmp_path / "file" / "data")

    assert found[2] == (
        f"WRONG  no data can be made in {tmp_path}/file/data: choose another directory with --data"
    )


def test_a_clock_that_ran_backwards_is_wrong(
    run: Run, accounts: Accounts, environment: dict[str, str]
) -> None:
    """Data from the future means that timestamps can't be trusted."""
    future = time.time() + 3600
    os.utime(Path(environment["XDG_DATA_HOME"]) / "localyun" / "localyun.db", (future, future))
    found = _findings(run, 1, "--port", FREE_PORT)

    assert found[3].startswith("WRONG  it is ")
    assert found[3].endswith("Z: set the clock")


def test_every_client_has_its_lines_with_alices_key(run: Run, accounts: Accounts) -> None:
    """Each block names the address, and the key wherever the client takes one."""
    alice = accounts["alice"]
    blocks = run("doctor", "--port", FREE_PORT).stdout.split("\n\n# ")[1:]

    assert [block.splitlines()[0] for block in blocks] == [client.__doc__ for client in CLIENTS]
    for block in blocks[:-1]:
        assert alice["access_key_id"] in block
        assert alice["access_key_secret"] in block
    assert "HTTP_PROXY=http://127.0.0.1:1 " in blocks[-1]
