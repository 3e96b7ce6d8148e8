"""Running a program on what strangers made, with nothing in its reach but that.

The program sees the files that it is told of and a folder of its own; it has no network, gains no privileges,
and ends when it takes too much memory, time or room. How: `confine`.
"""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from localyun.model.disk_files import GIB

MOST_OUTPUT = 64 << 10
"""How much of what a program says is kept."""


class NotInstalled(RuntimeError):
    """A program that is needed isn't there."""


class TooLong(RuntimeError):
    """A program was ended because it took too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may take."""

    memory: int = GIB
    """Of address space, in bytes."""
    seconds: float = 3600
    """By the clock, and of the processor."""
    file_size: int = GIB
    """The largest file that it may write, in bytes."""


class Protections(msgspec.Struct, frozen=True):
    """What the kernel lets us take from a program, besides limits and privileges."""

    files: bool
    """All files that it isn't told of; else it is kept from them by the checks of what it reads alone."""
    network: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended."""

    status: int
    """As a shell has it, but negative for a signal."""
    complaint: str
    """What it wrote to standard error."""

    @property
    def wrote_too_much(self) -> bool:
        """Whether it came to the limit on files."""
        return self.status == -signal.SIGXFSZ or "File too large" in self.complaint

    @property
    def took_too_long(self) -> bool:
        """Whether it came to the limit on the processor's time."""
        return self.status in (-signal.SIGXCPU, -signal.SIGKILL)


def program(name: str, package: str) -> str:
    """Return where a program is. Raises `NotInstalled`, naming the package of Debian's that has it."""
    path = shutil.which(name)
    if path is None:
        raise NotInstalled(f"{name} isn't installed: apt install {package}")
    return str(Path(path).resolve())


@cache
def protections() -> Protections:
    """Try what the kernel lets us take from a program."""
    tried = subprocess.run(_confined(Path("/nowhere"), (), Limits()), capture_output=True, check=True)
    return msgspec.json.decode(tried.stdout, type=Protections)


def warning() -> str:
    """Say in a sentence what the kernel doesn't let us take from a program, nothing if it lets us."""
    there = protections()
    missing = [
        ("the network", there.network),
        ("other files than their own, as it has no Landlock", there.files),
    ]
    words = " nor from ".join(name for name, is_there in missing if not is_there)
    return f"The kernel can't keep programs that read imported files from {words}." if words else ""


def run(
    command: Sequence[str],
    *,
    folder: Path,
    readable: Sequence[Path] = (),
    limits: Limits = Limits(),
    heard: Callable[[bytes], None] = lambda output: None,
) -> Ended:
    """Run a program to its end in a folder that it may write to; `heard` gets its output bit by bit.

    What `heard` raises ends the program and is passed on. Raises `TooLong`.
    """
    with subprocess.Popen(
        [*_confined(folder, readable, limits), *command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            complaint = _listen(process, time.monotonic() + limits.seconds, heard)
        except BaseException:
            process.kill()
            raise
        return Ended(process.wait(), complaint.decode(errors="replace"))


def _confined(folder: Path, readable: Sequence[Path], limits: Limits) -> list[str]:
    order = {
        "folder": str(folder),
        "readable": [str(path) for path in readable],
        "limits": {
            "AS": limits.memory,
            "CPU": max(1, round(limits.seconds)),
            "FSIZE": limits.file_size,
            "NOFILE": 256,
            "CORE": 0,
        },
    }
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("confine.py")), json.dumps(order)]


def _listen(process: subprocess.Popen[bytes], deadline: float, heard: Callable[[bytes], None]) -> bytes:
    """Hand on what a program says until it says no more, and return what it complains of."""
    complaint = b""
    with selectors.DefaultSelector() as selector:
        for stream in filter(None, (process.stdout, process.stderr)):
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TooLong
            for key, _ in selector.select(left):
                said = os.read(key.fd, MOST_OUTPUT)
                if not said:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    heard(said)
                elif len(complaint) < MOST_OUTPUT:
                    complaint += said
    return complaint
