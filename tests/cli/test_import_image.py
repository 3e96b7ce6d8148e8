"""`localyun images import`: a file becomes an image, or it is said why not."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, PATIENCE, Run, Serve
from tests.operations import oss

Accounts = dict[str, dict[str, str]]
GIB = oss.GIB


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A QCOW2 file whose disk has 30 GiB."""
    path = tmp_path / "disk.qcow2"
    path.write_bytes(oss.qcow2(30 * GIB))
    return path


def test_a_file_becomes_an_image(serve: Serve, run: Run, accounts: Accounts, file: Path) -> None:
    """On a server without object storage it is a record of its size, and that is said."""
    port = serve().port

    done = run(
        "images", "import", file, "--as", "bob", "--name", "mine", "--region", "us-west-1", "--port", port
    )

    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    id = first.split()[5]
    assert first == f"{file} is now the image {id} of 30 GiB in us-west-1"
    assert second == "It is a record only: this server simulates machines, and keeps no bytes of their disks."
    (listed,) = json.loads(run("images", "--json").stdout)
    assert {name: listed[name] for name in ("id", "name", "owner", "size", "status")} == {
        "id": id, "name": "mine", "owner": accounts["bob"]["id"], "size": 30, "status": "Available",
    }  # fmt: skip


def test_a_file_is_put_into_the_folder(
    serve: Serve, run: Run, accounts: Accounts, file: Path, tmp_path: Path
) -> None:
    """Whose bucket is made, and whose object is the file, holes and all."""
    (tmp_path / "oss").mkdir()
    file = tmp_path / "disk ü.raw"
    content = b"\1" * 3_000_000 + bytes(5_000_000) + b"\2" * 512
    file.write_bytes(content)
    port = serve("--oss", tmp_path / "oss").port

    done = run("images", "import", file, "--json", "--port", port)

    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert made == {"id": made["id"], "region": "cn-hangzhou", "size": 20, "content": False}
    assert (tmp_path / "oss" / "localyun-imports" / file.name).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content", "words", "sentence"),
    [
        ("none.raw", None, [],
         "{file} can't be read (No such file or directory): name a disk's file that can"),
        ("odd.raw", b"\0" * 1000, [],
         "{file} can't be imported as RAW: The file doesn't consist of whole sectors of 512 bytes. "
         "Another format is stated with --file-format."),
        ("a.raw", oss.qcow2(GIB), [],
         "{file} can't be imported as RAW: The object is a QCOW2 file, not a RAW one."),
        ("a.qcow2", b"\0" * 512, [],
         "{file} can't be imported as QCOW2: The file isn't a QCOW2 one. "
         "Another format is stated with --file-format."),
        ("a.qcow2", oss.qcow2(30 * GIB), ["--size", 20],
         "the disk in {file} has 30 GiB: give a --size of that at least"),
        ("a.qcow2", oss.qcow2(4096 * GIB), [],
         "the disk in {file} has 4096 GiB, and an image 2048 at most: make it smaller"),
        ("a.qcow2", oss.qcow2(GIB), ["--as", "eve"], "there is no account 'eve'"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(
    run: Run,
    accounts: Accounts,
    tmp_path: Path,
    name: str,
    content: bytes | None,
    words: list[object],
    sentence: str,
) -> None:
    """Before a server is asked for anything."""
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    done = run("images", "import", file, *words, "--port", 1)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("localyun: " + sentence.format(file=file))


def test_a_server_that_is_not_there_is_named(run: Run, accounts: Accounts, file: Path) -> None:
    """With what to do."""
    done = run("images", "import", file, "--port", 1)

    assert done.returncode == 1
    assert done.stderr.startswith("localyun: nothing of localyun answers at http://127.0.0.1:1 (")
    assert done.stderr.endswith("start `localyun serve`, or name another server with --port\n")


def test_a_refusal_is_explained(serve: Serve, run: Run, accounts: Accounts, file: Path) -> None:
    """As `localyun call` does."""
    port = serve("--without", "image-transfer@cn-beijing").port

    done = run("images", "import", file, "--region", "cn-beijing", "--port", port)

    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "400 InvalidRegion.NotSupport", "Cause", "Way out",
    ]  # fmt: skip


def test_a_failure_says_why(serve: Serve, run: Run, accounts: Accounts, file: Path) -> None:
    """In the words of the task."""
    port = serve().port
    run("accounts", "hold", "alice", "failing")

    done = run("images", "import", file, "--port", port)

    assert done.returncode == 1
    assert done.stderr.startswith("localyun: the import failed (Importing image is failed, Please contact")
    assert ": mend the file, and delete m-" in done.stderr


def test_a_bar_is_shown_on_a_terminal(
    serve: Serve, accounts: Accounts, file: Path, environment: dict[str, str]
) -> None:
    """How far it is, on standard error; standard output has the result only."""
    port = serve("--time-scale", 2).port
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "images", "import", file, "--port", str(port)],
        env={**environment, "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while bit := os.read(ours, 65536):
                shown += bit
        except OSError:  # the other side is closed
            os.close(ours)
        printed, _ = process.communicate(timeout=PATIENCE)

    assert b"importing" in shown
    assert printed.startswith(f"{file} is now the image m-")
