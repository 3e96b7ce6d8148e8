"""The servers that are measured, each a process of its own on a free port."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

HERE = Path(__file__).parent
PYTHON = sys.executable
LOCALYUN = str(Path(PYTHON).parent / "localyun")
PEERS = HERE.parent / ".venv-bench" / "bin"
READY_SECONDS = 60
_TICK_MICROSECONDS = 1_000_000 // os.sysconf("SC_CLK_TCK")


class Server(AbstractContextManager["Server"]):
    """A running server; `{port}` in its command stands for the port that it is to take."""

    def __init__(self, name: str, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """Start it, without waiting until it serves."""
        self.name = name
        self.port = _free_port()
        self._command = [part.format(port=self.port) for part in command]
        self._process = subprocess.Popen(
            self._command,
            cwd=HERE.parent,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ready(self) -> Self:
        """Wait until it takes connections."""
        self.until(lambda: socket.create_connection(("127.0.0.1", self.port)).close())
        return self

    def until(self, attempt: Callable[[], object]) -> None:
        """Try until the connection isn't refused.

        Raises RuntimeError when the server has ended, or takes too long.
        """
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                attempt()
                return
            except ConnectionRefusedError:
                time.sleep(0.001)
        raise RuntimeError(f"{self.name} doesn't serve; to see why: {shlex.join(self._command)}")

    def cpu(self) -> int:
        """The processor time that it and its workers have taken so far, the kernel's included, in µs."""
        ticks = 0
        for pid in (self._process.pid, *_children(self._process.pid)):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks * _TICK_MICROSECONDS

    def memory(self) -> int:
        """What it holds of the machine's memory, in KiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def stop(self) -> str:
        """Stop it, unless it has stopped; what it printed meanwhile."""
        self._process.send_signal(signal.SIGINT)
        try:
            printed, _ = self._process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            printed, _ = self._process.communicate()
        return printed.decode()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.stop()


def variant(name: str, *options: str) -> Server:
    """Start a server of our own; see `bench.serve`."""
    return Server(name, PYTHON, "-m", "bench.serve", name, "{port}", *options)


def localyun(data: Path, *options: str) -> Server:
    """Start localyun as users do, on the data in a directory."""
    return Server("localyun", LOCALYUN, "serve", "--port", "{port}", "--data", str(data), *options)


def localyun_on(database: str, *options: str) -> Server:
    """Start localyun on a database of a server."""
    return Server("localyun", LOCALYUN, "serve", "--port", "{port}", "--database-url", database, *options)


def moto() -> Server:
    """Start the peer as it is shipped, but for the images that it would begin with."""
    return Server(
        "moto",
        str(PEERS / "moto_server"),
        "-p",
        "{port}",
        environment={"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
    )


def _children(pid: int) -> list[str]:
    return [
        child
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
