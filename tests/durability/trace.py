"""Reading what strace wrote, to see whether each change was on the disk before its answer left."""

import re
from collections.abc import Iterator, Mapping

LOG = "localyun.db-wal>"
"""How strace names the file that changes are committed to."""

SYNCS, SENDS = ("fsync", "fdatasync"), ("write", "writev", "sendto", "sendmsg")
CALLS = ("pwrite64", *SYNCS, *SENDS)
COMMAND = ("strace", "-f", "-yy", "-s", "8192", "-e", f"trace={','.join(CALLS)}", "-e", "signal=none")

_LINE = re.compile(r"\s*(?P<thread>\d+)\s+(?:<\.\.\. )?(?P<call>\w+)(?P<how>\(| resumed>)(?P<rest>.*)")


def violations(trace: str, acknowledged: Mapping[str, str]) -> list[str]:
    """Say which answers left before their change was on the disk, or never left.

    `acknowledged` gives for the id of each answered request a text that its change alone has written. A text
    is on the disk once a sync of the log that began after it was written has ended well; and no answer may
    leave while anything in the log is not. A write counts from when it begins, a sync when it has ended.
    """
    written: set[str] = set()
    on_disk: set[str] = set()
    covered: dict[str, tuple[int, set[str]]] = {}
    writes = writes_on_disk = 0
    found: list[str] = []
    unsent = dict(acknowledged)
    for thread, event, rest in _events(trace):
        if event == "written":
            writes += 1
            written |= {text for text in acknowledged.values() if text in rest}
        elif event == "sync begun":
            covered[thread] = writes, set(written)
        elif event == "synced":
            writes_on_disk, on_disk = covered[thread]
        else:
            for request in [request for request in unsent if request in rest]:
                text = unsent.pop(request)
                if text not in on_disk or writes > writes_on_disk:
                    found += [f"{text} was acknowledged before it was on the disk"]
    return [*found, *(f"the answer about {text} never left" for text in unsent.values())]


def _events(trace: str) -> Iterator[tuple[str, str, str]]:
    """Yield what happens to the log and what leaves: the thread, what it does, and the data."""
    syncing: set[str] = set()
    for line in filter(None, map(_LINE.match, trace.splitlines())):
        thread, call, begins, rest = line["thread"], line["call"], line["how"] == "(", line["rest"]
        if call in SENDS and begins:
            yield thread, "sent", rest
        elif call == "pwrite64" and begins and LOG in rest:
            yield thread, "written", rest
        elif call in SYNCS:
            if begins and LOG in rest:
                syncing.add(thread)
                yield thread, "sync begun", ""
            if thread in syncing and "<unfinished ...>" not in rest:
                syncing.remove(thread)
                if rest.endswith("= 0"):
                    yield thread, "synced", ""
