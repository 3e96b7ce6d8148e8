"""A program of its own: give up all that one command doesn't need, then become that command.

It runs before every program that reads what strangers made, as `python -I -S confine.py ORDER COMMAND…`; the
order is JSON. What isn't there on an older kernel or in a container is left out, and it says so. It imports
little, since its start is paid for each time.
"""

import ctypes
import json
import os
import resource
import signal
import stat
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""The system calls of Landlock, the same on every processor."""
EXECUTE, WRITE, READ, LIST, TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
ALL_SINCE = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""What can be forbidden with files, by version."""
WITH_NETWORK, WITH_SCOPES = 4, 6
OF_A_FILE = EXECUTE | WRITE | READ | TRUNCATE
IN_ONES_OWN_FOLDER = OF_A_FILE & ~EXECUTE | LIST | 1 << 5 | 1 << 8
"""Besides reading and writing: to remove files and to make them."""

NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
NO_NEW_PRIVILEGES, DROP_CAPABILITY = 38, 24
KEPT_CAPABILITIES = {1, 2}
"""Of root's: to read and write files of other users, as far as Landlock lets it."""
LAST_CAPABILITY = 63

PROGRAMS = ("/usr", "/lib", "/lib64", "/bin", "/nix/store", "/etc/ld.so.cache", "/etc/ld.so.preload")
"""Where programs and their libraries are."""
DEVICES = ("/dev/null", "/dev/urandom")

libc = ctypes.CDLL(None, use_errno=True)


def landlock_version() -> int:
    """The version of Landlock that the kernel has, 0 if it has none."""
    return max(0, int(libc.syscall(CREATE_RULESET, None, 0, 1)))


def keep_to_files(rights: Mapping[str, int]) -> bool:
    """Forbid every file but these, and what is below them; say whether the kernel can."""
    version = landlock_version()
    if not version:
        return False
    everything = max(mask for since, mask in ALL_SINCE.items() if since <= version)
    words = [everything, 3 if version >= WITH_NETWORK else 0, 3 if version >= WITH_SCOPES else 0]
    size = 8 * (3 if version >= WITH_SCOPES else 2 if version >= WITH_NETWORK else 1)
    rules = int(libc.syscall(CREATE_RULESET, struct.pack("=QQQ", *words), size, 0))
    _check(rules)
    for path, wanted in rights.items():
        with suppress(FileNotFoundError):
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
            mask = everything if stat.S_ISDIR(os.fstat(opened).st_mode) else everything & OF_A_FILE
            _check(libc.syscall(ADD_RULE, rules, 1, struct.pack("=Qi", wanted & mask, opened), 0))
            os.close(opened)
    _check(libc.syscall(RESTRICT_SELF, rules, 0))
    os.close(rules)
    return True


def leave_the_network() -> bool:
    """Go where there is no network; say whether the kernel lets us."""
    return any(libc.unshare(flags) == 0 for flags in (NEW_NETWORK, NEW_USER | NEW_NETWORK))


def drop_privileges() -> None:
    """Gain nothing by what is run, not even as root."""
    _check(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    if os.geteuid() == 0:
        for capability in set(range(LAST_CAPABILITY + 1)) - KEPT_CAPABILITIES:
            libc.prctl(DROP_CAPABILITY, capability, 0, 0, 0)


def limit(limits: Mapping[str, int]) -> None:
    """Set limits on memory (`AS`), time (`CPU`), the size of files (`FSIZE`) and others."""
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))


def confine(order: "Mapping[str, Any]") -> dict[str, bool]:
    """Give up what the order doesn't name, and say what the kernel made of it."""
    network = leave_the_network()
    drop_privileges()
    files = keep_to_files(dict(_rights(order)))
    limit(order["limits"])
    for signal_ in (signal.SIGXFSZ, signal.SIGPIPE):
        signal.signal(signal_, signal.SIG_DFL)
    return {"files": files, "network": network}


def _rights(order: "Mapping[str, Any]") -> Iterator[tuple[str, int]]:
    for path in PROGRAMS:
        yield path, READ | LIST | EXECUTE
    for path in DEVICES:
        yield path, READ | WRITE
    for path in order["readable"]:
        yield path, READ
    yield order["folder"], IN_ONES_OWN_FOLDER


def _check(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main(order: str, command: list[str]) -> None:
    """Become the command; without one, say what protects it."""
    protections = confine(json.loads(order))
    if not command:
        sys.stdout.write(json.dumps(protections))
        return
    os.execv(command[0], command)  # noqa: S606 - no shell is what is wanted


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
