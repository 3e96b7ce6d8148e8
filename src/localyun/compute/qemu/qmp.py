"""The machine protocol of QEMU: commands and answers as lines of JSON on a Unix socket."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

SECONDS = 10.0
"""How long QEMU may take to answer. It answers at once, unless the computer is very busy."""


class Failed(Exception):
    """What QEMU didn't do, as a sentence."""


@contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for a socket that fits into the 107 bytes of an address, however deep it lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def connect(path: Path, seconds: float = SECONDS) -> socket.socket:
    """Connect to a Unix socket; what is sent and received later is bounded by the same time."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    try:
        with short_name(path) as name:
            connection.connect(name)
    except OSError:
        connection.close()
        raise
    return connection


class Monitor:
    """A conversation with a running QEMU."""

    def __init__(self, path: Path, seconds: float = SECONDS) -> None:
        """Greet it, and be greeted. One at a time is heard, others wait their turn."""
        self._seconds = seconds
        self._unread = b""
        self._events: list[dict[str, Any]] = []
        try:
            self._connection = connect(path, seconds)
        except OSError as problem:
            raise Failed(f"QEMU can't be reached: {problem.strerror or problem}.") from problem
        try:
            self._message(time.monotonic() + seconds)
            self("qmp_capabilities")
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def __call__(self, command: str, /, **arguments: Any) -> Any:
        """Give a command and return what it answers. An argument's `_` stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        return self.run({"execute": command, "arguments": named})

    def run(self, command: dict[str, Any]) -> Any:
        """Give a command as it is and return what it answers."""
        end = time.monotonic() + self._seconds
        try:
            self._connection.sendall(msgspec.json.encode(command) + b"\n")
        except OSError as problem:
            raise Failed(f"QEMU went away: {problem}.") from problem
        while True:
            message = self._message(end)
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise Failed(f"QEMU refused {command['execute']}: {message['error']['desc']}.")

    def typed(self, line: str) -> str:
        """Give a command that only the monitor for people knows; what it says is the answer."""
        return str(self("human-monitor-command", command_line=line))

    def wait_for(self, event: str, seconds: float, **data: Any) -> None:
        """Wait until an event comes that says this, if it wasn't seen since we are connected."""
        end = time.monotonic() + seconds
        while not any(one["event"] == event and data.items() <= one["data"].items() for one in self._events):
            self._message(end)

    def _message(self, end: float) -> dict[str, Any]:
        while b"\n" not in self._unread:
            self._connection.settimeout(max(end - time.monotonic(), 0.001))
            try:
                more = self._connection.recv(65536)
            except OSError as problem:
                raise Failed("QEMU doesn't answer.") from problem
            if not more:
                raise Failed("QEMU went away.")
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        message: dict[str, Any] = msgspec.json.decode(line)
        if "event" in message:
            self._events.append(message)
        return message
