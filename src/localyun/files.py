"""Files that a crash leaves whole or not at all."""

import os
from pathlib import Path

PART = ".part"
"""Ends the name of what is being written; after a crash it is worth nothing."""


def settled(made: Path, target: Path) -> None:
    """Give what was written its name, in the place of what had it: the content is on the disk before."""
    synced(made)
    made.rename(target)
    synced(target.parent)


def synced(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
