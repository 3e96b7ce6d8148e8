"""The data files: where they lie and how they are read."""

from pathlib import Path
from typing import TypeVar

import msgspec


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing in a file. A field that it doesn't declare is an error, so that a slip of the pen shows."""


class DataFile(Entry, frozen=True, kw_only=True):
    """A whole file. It says where its facts come from and when they were read."""

    source: str
    date: str


F = TypeVar("F", bound=DataFile)


def read(name: str, kind: type[F]) -> F:
    """The file of that name, checked against its declaration."""
    return msgspec.json.decode(Path(__file__).with_name(name).read_bytes(), type=kind)
