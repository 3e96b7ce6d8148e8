"""A process of QEMU that goes on without us, found again by the lock that it holds on its pid file."""

import fcntl
import os
import select
import signal
import struct
from pathlib import Path

_LOCK = "hhqqi"
"""A `struct flock`: kind, from where, start, length, holder; with the gaps that C leaves."""


class Process:
    """The process that holds the lock on a pid file, if there is one.

    A number in a file may be that of another program by now; a lock ends with the process that holds it.
    """

    def __init__(self, pid_file: Path) -> None:
        """Speak of whoever holds this file, now and later."""
        self._pid_file = pid_file

    @property
    def pid(self) -> int | None:
        """The number of the process, None if it is gone."""
        try:
            file = os.open(self._pid_file, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            asked = struct.pack(_LOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, holder = struct.unpack(_LOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
        finally:
            os.close(file)
        return None if kind == fcntl.F_UNLCK else int(holder)

    @property
    def cpu_seconds(self) -> float:
        """The processor time that it took, for itself and in the kernel; 0 if it is gone."""
        try:
            words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            return 0.0
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def ended(self, seconds: float) -> bool:
        """Wait until it is gone, at most so long, and return whether it is."""
        if (handle := self._handle()) is None:
            return True
        try:
            waiting = select.poll()
            waiting.register(handle, select.POLLIN)
            return bool(waiting.poll(round(seconds * 1000)))
        finally:
            os.close(handle)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if (handle := self._handle()) is not None:
            try:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            except ProcessLookupError:
                return
            finally:
                os.close(handle)

    def _handle(self) -> int | None:
        """A handle that stays with the process, even if its number is given to another."""
        if (pid := self.pid) is None:
            return None
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            return None
        if self.pid == pid:
            return handle
        os.close(handle)
        return None
