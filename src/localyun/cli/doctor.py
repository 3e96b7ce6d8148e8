"""`localyun doctor`: what is in order, what isn't, and how each client is pointed here."""

import sys
from typing import TYPE_CHECKING, NamedTuple

import typer

from localyun.cli.options import PORT, REGION, Data, DatabaseUrl, Port
from localyun.cli.output import say
from localyun.cli.state import directory_of, existing_store, is_on_disk, locate, place_of
from localyun.samples.clients import CLIENTS, Aim

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"
OLDEST_SQLITE = (3, 24)
"""The first that can insert or update in one statement."""


class Finding(NamedTuple):
    """Whether something is in order, and what there is to say about it."""

    fine: bool
    text: str


def doctor(ctx: typer.Context, port: Port = PORT, data: Data = "", database_url: DatabaseUrl = "") -> None:
    """Check this set-up, and print lines to paste for each client.

    Checked are the versions, the port, the database, the clock, and that the server knows the keys of the
    data. Ends with 1 when something is wrong.
    """
    url = locate(ctx, data, database_url)
    aim = Aim(f"{HOST}:{port}")
    serving, at_the_port = _port(port)
    is_there, of_the_data = _data(url)
    findings = [_versions(), at_the_port, *of_the_data]
    if is_there:
        aim = _with_a_key(aim, url)
        if serving:
            findings.append(_key(aim))
    for finding in findings:
        say(f"{'ok   ' if finding.fine else 'WRONG'}  {finding.text}", bold=not finding.fine)
    for client in CLIENTS:
        say(f"\n# {client.__doc__}", bold=True)
        say(client(aim))
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)


def _versions() -> Finding:
    import sqlite3

    from localyun import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    text = f"localyun {__version__} on Python {python} with SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        return Finding(False, f"{text}: SQLite has to be {oldest} or newer, so use another Python")
    return Finding(True, text)


def _port(port: int) -> tuple[bool, Finding]:
    """Whether a server of ours answers at a port, and whether that or nothing does."""
    from http.client import HTTPConnection, HTTPException
    from json import loads

    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/_localyun/health")
        version = loads(connection.getresponse().read())["version"]
    except ConnectionRefusedError:
        return False, Finding(True, f"port {port} of {HOST} is free for `localyun serve`")
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        way_out = "stop that, or choose another port with --port"
        return False, Finding(False, f"something else answers at port {port} of {HOST}: {way_out}")
    finally:
        connection.close()
    return True, Finding(True, f"localyun {version} serves at port {port} of {HOST}")


def _data(url: str) -> tuple[bool, list[Finding]]:
    """Whether there is data that can be used, and what there is to say about it."""
    from localyun.store.sqlite import STATE_FILE

    if not is_on_disk(url):
        return _server(url)
    path = directory_of(url) / STATE_FILE
    if not path.exists():
        return False, [_room(path.parent)]
    database = _database(path)
    return database.fine, [database, _clock(path)]


def _server(url: str) -> tuple[bool, list[Finding]]:
    """The same of a database that a server keeps."""
    from localyun.store.interface import StoreUnavailable
    from localyun.store.postgresql import OLDEST, examined
    from localyun.store.schema import VERSION

    place = place_of(url)
    try:
        found = examined(url)
    except StoreUnavailable as error:
        return False, [
            Finding(False, f"{place} can't be used ({error}): start the database, or name another")
        ]
    text = f"{place} is on PostgreSQL {found.version}"
    if found.version < OLDEST:
        return False, [Finding(False, f"{text}: it has to be {OLDEST} or newer")]
    if found.encoding != "UTF8":
        return False, [Finding(False, f"{text} in {found.encoding}: make a database with ENCODING 'UTF8'")]
    if found.schema is not None and found.schema > VERSION:
        known = f"this localyun knows up to {VERSION}"
        return False, [
            Finding(False, f"{text}, schema version {found.schema}, {known}: use the newer localyun")
        ]
    durable = Finding(found.durable, f"{text}, where a commit survives a power cut")
    if not found.durable:
        durable = Finding(
            False, f"{text}, where a power cut loses data: set fsync and full_page_writes to on"
        )
    state = (
        "no data yet: `localyun serve` makes it" if found.schema is None else f"schema version {found.schema}"
    )
    return found.schema is not None, [durable, Finding(True, f"{place} has {state}")]


def _room(directory: "Path") -> Finding:
    """Whether data can be made where there is none yet."""
    import os

    there = next(one for one in (directory, *directory.parents) if one.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding(True, f"there is no data in {directory} yet: `localyun serve` makes it")
    return Finding(False, f"no data can be made in {directory}: choose another directory with --data")


def _database(path: "Path") -> Finding:
    """Whether the database can be opened, read and written."""
    import sqlite3
    from contextlib import closing

    from localyun.store.schema import VERSION

    try:
        uri = f"{path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as database:
            (health,) = database.execute("PRAGMA quick_check(1)").fetchone()
            (version,) = database.execute("SELECT version FROM schema").fetchone()
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
    except (sqlite3.Error, TypeError) as error:
        return Finding(False, f"{path} can't be used ({error}): choose another directory with --data")
    if health != "ok":
        return Finding(False, f"{path} is damaged ({health}): put a copy back, or start anew with --data")
    if version > VERSION:
        known = f"this localyun knows up to {VERSION}"
        return Finding(False, f"{path} has schema version {version}, {known}: use the newer localyun")
    return Finding(True, f"{path} can be read and written (schema version {version})")


def _clock(path: "Path") -> Finding:
    """Whether time has run backwards since the data was written."""
    from localyun.authentication import WINDOW
    from localyun.clock import MINUTE, SystemClock
    from localyun.wire import times

    now = SystemClock().wall()
    written = path.stat().st_mtime_ns // 1_000_000
    text = f"it is {times.seconds(now)}"
    if written > now + MINUTE:
        return Finding(False, f"{text}, but the data was written at {times.seconds(written)}: set the clock")
    return Finding(True, f"{text}; the clocks of clients may differ by {WINDOW // MINUTE} minutes at most")


def _with_a_key(aim: Aim, url: str) -> Aim:
    """Aim with alice's key, or another one when there is no alice."""
    from localyun.accounts import listed

    with existing_store(url) as store:
        accounts = sorted(listed(store, 0), key=lambda one: one.name != "alice")
    return Aim(aim.address, accounts[0].access_key_id, accounts[0].access_key_secret) if accounts else aim


def _key(aim: Aim) -> Finding:
    """Whether the server that answers takes a call signed with a key of the data."""
    from localyun.client import Client, Unreachable

    client = Client(endpoint=aim.address, access_key_id=aim.key_id, access_key_secret=aim.secret)
    try:
        code = client.call("DescribeRegions", "2014-05-26", {"RegionId": REGION}).error_field("Code")
    except Unreachable as error:
        return Finding(False, f"{error}: start `localyun serve` again")
    if code.startswith(("InvalidAccessKeyId", "SignatureDoesNotMatch")):
        return Finding(False, f"the server doesn't know the key {aim.key_id}: name its data with --data")
    return Finding(True, f"the server takes calls signed with the key {aim.key_id}")
