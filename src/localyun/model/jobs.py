"""What is left to be done on real disks and machines, once the call that asked for it is answered.

A job is written in the transaction of the call, so that it is there if and only if the call succeeded.
"""

from enum import StrEnum

import msgspec

from localyun.clock import Instant
from localyun.model.record import Record, stored


class Work(StrEnum):
    """What a job does with its files, or its instance."""

    MAKE = "make"
    """Makes disks, each of its source or empty, in place of what is there."""
    COPY = "copy"
    """Makes full copies of the sources."""
    LINK = "link"
    """Gives the sources, which don't change, further names."""
    FREEZE = "freeze"
    """Keeps what is on the sources, which are disks, under the targets' names."""
    IMPORT = "import"
    """Makes disks of objects."""
    EXPORT = "export"
    """Makes objects of disks."""
    GROW = "grow"
    REMOVE = "remove"
    ATTACH = "attach"
    DETACH = "detach"
    NOTHING = "nothing"
    START = "start"
    STOP = "stop"
    KILL = "kill"
    REBOOT = "reboot"
    DELETE = "delete"
    FORWARD = "forward"
    """Has what reaches the instance from outside follow its address and its security groups."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a disk, by its name below the folder of all; a disk of at least `size` GiB."""

    target: str
    size: int = 0
    key: str = ""
    """What it is encrypted with."""
    source: str = ""
    source_key: str = ""
    snapshot: str = ""
    """A further name that the target gets, as a snapshot."""
    bucket: str = ""
    name: str = ""
    format: str = ""
    """What an object is called, and what is in it."""


@stored("job", key=("id",))
class Job(Record, frozen=True):
    """Something to be done. Ids grow; those that touch the same thing are done one after the other."""

    id: str
    work: Work
    touches: frozenset[str]
    """The ids of what it changes or waits for."""
    asked_at: Instant
    files: tuple[File, ...] = ()
    instance: str = ""
    kind: str = ""
    """The table of what has another status once it is done."""
    subject: str = ""
    """Its id."""


def job_id(number: int) -> str:
    """Return the id of the nth job; they sort as their numbers do."""
    return f"{number:016d}"
