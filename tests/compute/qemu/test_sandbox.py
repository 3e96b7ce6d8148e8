"""What a program in the sandbox can't do, tried from inside."""

import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from localyun.compute.qemu import sandbox
from localyun.compute.qemu.sandbox import Limits, NotInstalled, TooLong, program, run

UNLIMITED = Limits()

needs_files_kept = pytest.mark.skipif(
    not sandbox.protections().files,
    reason="the kernel has no Landlock, by which files are kept from programs",
)
needs_no_network = pytest.mark.skipif(
    not sandbox.protections().network, reason="there is no network namespace to be had here"
)


def in_sandbox(script: str, folder: Path, *readable: Path, limits: Limits = UNLIMITED) -> sandbox.Ended:
    """Run a shell script in the sandbox."""
    return run(["/bin/sh", "-c", script], folder=folder, readable=readable, limits=limits)


def test_a_program_is_heard(tmp_path: Path) -> None:
    """Its output as it comes, its complaint and its status at the end."""
    said: list[bytes] = []
    ended = run(["/bin/sh", "-c", "echo out; echo no >&2; exit 3"], folder=tmp_path, heard=said.append)

    assert (b"".join(said), ended.complaint, ended.status) == (b"out\n", "no\n", 3)


@needs_files_kept
def test_a_program_sees_what_it_is_told_of(tmp_path: Path) -> None:
    """One file to read, and a folder of its own to write to; not even root reads another."""
    folder, told, secret = tmp_path / "folder", tmp_path / "told", tmp_path / "secret"
    folder.mkdir()
    for file in (told, secret):
        file.write_text("words")

    assert in_sandbox(f"cat {told} > mine && rm mine", folder, told) == sandbox.Ended(0, "")
    for script in (
        f"cat {secret}",
        "cat /etc/shadow",
        f"ls {tmp_path}",
        f"echo words > {told}",
        f"echo words > {tmp_path}/new",
        "cat /proc/self/environ",
    ):
        ended = in_sandbox(script, folder, told)
        assert ended.status != 0, script
        assert "Permission denied" in ended.complaint, script
    assert told.read_text() == "words"


@needs_no_network
def test_a_program_has_no_network(tmp_path: Path) -> None:
    """Not even this machine's own."""
    python = "import socket; socket.create_connection(('127.0.0.1', {}), 1)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        script = python.format(server.getsockname()[1])
        ended = run([sandbox.program("python3", "python3"), "-I", "-S", "-c", script], folder=tmp_path)

    assert ended.complaint.strip().endswith(("Network is unreachable", "Permission denied"))


@pytest.mark.parametrize(
    ("script", "limits", "reached"),
    [
        (
            "exec head -c 2000000 /dev/urandom > big",
            Limits(file_size=1_000_000),
            lambda ended: ended.wrote_too_much,
        ),
        ("while :; do :; done", Limits(seconds=1), lambda ended: ended.took_too_long),
        (
            "exec dd if=/dev/urandom of=/dev/null bs=90M count=1",
            Limits(memory=50_000_000),
            lambda ended: ended.status != 0,
        ),
    ],
    ids=["room", "time", "memory"],
)
def test_a_program_takes_only_so_much(
    script: str, limits: Limits, reached: Callable[[sandbox.Ended], bool], tmp_path: Path
) -> None:
    """It is ended at the limit."""
    try:
        ended = in_sandbox(script, tmp_path, limits=limits)
    except TooLong:
        assert script == "while :; do :; done"
    else:
        assert reached(ended)


def test_a_program_that_sleeps_is_ended(tmp_path: Path) -> None:
    """The clock counts, not only the processor's time."""
    with pytest.raises(TooLong):
        in_sandbox("exec sleep 60", tmp_path, limits=Limits(seconds=0.5))


def test_who_listens_can_end_a_program(tmp_path: Path) -> None:
    """What it raises is passed on."""

    def stop(said: bytes) -> None:
        raise KeyError(said)

    with pytest.raises(KeyError, match="out"):
        run(["/bin/sh", "-c", "echo out; exec sleep 60"], folder=tmp_path, heard=stop)


def test_a_program_inherits_nothing(tmp_path: Path) -> None:
    """Neither variables nor what root may do, nor the core of it when it dies."""
    said: list[bytes] = []
    run(["/usr/bin/env"], folder=tmp_path, heard=said.append)
    assert {line.partition(b"=")[0] for line in b"".join(said).split()} == {
        b"PATH",
        b"LC_ALL",
        b"MALLOC_ARENA_MAX",
    }

    assert in_sandbox("kill -ABRT $$", tmp_path).status == -signal.SIGABRT
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_is_missing_is_named() -> None:
    """With the package that has it."""
    with pytest.raises(NotInstalled, match="qemu-nothing isn't installed: apt install qemu-utils"):
        program("qemu-nothing", "qemu-utils")


@pytest.mark.parametrize(
    ("files", "network", "words"),
    [
        (True, True, ""),
        (True, False, "The kernel can't keep programs that read imported files from the network."),
        (
            False,
            False,
            "The kernel can't keep programs that read imported files from the network nor from other files "
            "than their own, as it has no Landlock.",
        ),
    ],
)
def test_what_the_kernel_lacks_is_said(
    files: bool, network: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence, for whoever starts a server."""
    monkeypatch.setattr(sandbox, "protections", lambda: sandbox.Protections(files, network))

    assert sandbox.warning() == words
