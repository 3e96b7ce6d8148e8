"""Running `qemu-img` on files of ours; secrets reach it through a file that has no name."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from localyun.compute.qemu.qcow2 import chain

PROGRAM = "qemu-img"


class ToolFailed(Exception):
    """`qemu-img` couldn't do what it was asked; the text says why."""


_UNMEASURED = "Unable to get accurate CPU usage"
_TRIES = 200
"""How often encryption is tried: `qemu-img` times itself first, which fails at random on virtual machines."""


def run(*arguments: str, secrets: Sequence[bytes] = ()) -> None:
    """Run a command of `qemu-img`; the secrets are its objects `secret0`, `secret1` and so on.

    Raises `ToolFailed`.
    """
    error = ""
    for _ in range(_TRIES if secrets else 1):
        if not (error := _run(arguments, secrets)):
            return
        if _UNMEASURED not in error:
            break
    raise ToolFailed(error)


def _run(arguments: Sequence[str], secrets: Sequence[bytes]) -> str:
    """Run the command once; return what is wrong, if anything is."""
    command, *rest = arguments
    handles = [_unnamed(secret) for secret in secrets]
    objects = [
        part
        for number, handle in enumerate(handles)
        for part in ("--object", f"secret,id=secret{number},file=/proc/self/fd/{handle}")
    ]
    try:
        done = subprocess.run(
            [PROGRAM, command, *objects, *rest],
            pass_fds=handles,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except OSError as error:
        return f"{PROGRAM} can't be run ({error.strerror})"
    finally:
        for handle in handles:
            os.close(handle)
    said = done.stderr.decode(errors="replace").strip()
    return (said or f"{PROGRAM} {command} failed") if done.returncode else ""


def opened(path: Path, secret: str = "") -> str:
    """Return how a file and all that it lies on are named, each opened with a secret if one is given."""
    node: dict[str, Any] | None = None
    for layer in reversed(chain(path)):
        node = {"driver": "qcow2", "file": {"driver": "file", "filename": str(layer)}, "backing": node}
        if secret:
            node["encrypt"] = {"format": "luks", "key-secret": secret}
    return "json:" + json.dumps(node)


def encryption(secret: str) -> list[str]:
    """Return the options that encrypt a new file. The secret is random: there is no need to stretch it."""
    if not secret:
        return []
    return ["encrypt.format=luks", f"encrypt.key-secret={secret}", "encrypt.iter-time=10"]


def _unnamed(content: bytes) -> int:
    handle = os.memfd_create("secret")
    os.write(handle, content)
    return handle
