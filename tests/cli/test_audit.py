"""`localyun audit`, and `explain` of a call."""

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from localyun.model import AuditEntry
from localyun.store.sqlite import SqliteStore
from tests.cli.conftest import COMMAND, Run

Accounts = dict[str, dict[str, str]]
Add = Callable[..., str]
NOTHING = "nothing was changed, and nobody was refused anything\n"


@pytest.fixture
def add(accounts: Accounts, environment: dict[str, str]) -> Add:
    """Put an entry into the trail; its request id."""
    directory = Path(environment["XDG_DATA_HOME"]) / "localyun"

    def add(number: int, account: str = "alice", **fields: str) -> str:
        entry = AuditEntry(
            id=f"00000000-0000-4000-8000-{number:012}",
            at=1_772_352_000_000 + number * 1000,
            account=accounts[account]["id"],
            access_key="LTAI",
            service="ecs",
            action="DeleteImage",
            version="2014-05-26",
            address="127.0.0.1",
            image=f"m-{number}",
            **fields,
        )
        with closing(SqliteStore(directory)) as store, store.writing(entry.at) as tx:
            tx.record(entry)
        return entry.id

    return add


def test_the_trail_is_a_table(run: Run, add: Add, accounts: Accounts) -> None:
    """The oldest first; with --json as it is kept."""
    ids = [add(1), add(2, code="Forbidden.RAM", user="ci")]
    alice = accounts["alice"]["id"]

    heading, *rows = run("audit").stdout.splitlines()

    assert heading.split() == ["when", "who", "key", "from", "what", "image", "outcome", "request"]
    assert [row.split()[:2] + row.split()[4:] for row in rows] == [
        ["2026-03-01T08:00:01Z", f"acs:ram::{alice}:root", "ecs:DeleteImage", "m-1", "done", ids[0]],
        [
            "2026-03-01T08:00:02Z",
            f"acs:ram::{alice}:user/ci",
            "ecs:DeleteImage",
            "m-2",
            "Forbidden.RAM",
            ids[1],
        ],
    ]
    assert [one["id"] for one in json.loads(run("audit", "--json").stdout)] == ids


def test_the_trail_is_narrowed(run: Run, add: Add) -> None:
    """To an account, and to the last entries."""
    first, second, third = add(1), add(2, "bob"), add(3)

    def shown(*words: object) -> list[str]:
        return [one["id"] for one in json.loads(run("audit", "--json", *words).stdout)]

    assert shown("--as", "alice") == [first, third]
    assert shown("--last", 2) == [second, third]
    assert run("audit", "--as", "mallory").stdout == NOTHING
    assert run("audit", "--as", "nobody").returncode == 1


def test_whoever_follows_sees_what_comes(run: Run, add: Add, environment: dict[str, str]) -> None:
    """Line by line, what is there first."""
    first = add(1)
    process = subprocess.Popen(
        [COMMAND, "audit", "--follow", "--json"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["id"] == first
        second = add(2)
        assert json.loads(process.stdout.readline())["id"] == second
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


def test_a_call_is_explained(run: Run, add: Add, accounts: Accounts) -> None:
    """Who made it, what it was answered, and which statement decided."""
    refusal = add(
        1,
        code="Forbidden.RAM",
        message="User not authorized.",
        because="statement 1 of policy p denies it",
        user="ci",
    )

    lines = run("explain", refusal).stdout.splitlines()

    assert lines[0].startswith(f"2026-03-01T08:00:01Z  acs:ram::{accounts['alice']['id']}:user/ci  LTAI")
    assert lines[1:] == ["User not authorized.", "Decided by policies: statement 1 of policy p denies it"]
    assert json.loads(run("explain", refusal, "--json").stdout)["because"].startswith("statement 1")


def test_an_unknown_call_is_not_explained(run: Run, accounts: Accounts) -> None:
    """It changed nothing and wasn't refused, or wasn't made here."""
    id = "00000000-0000-4000-8000-000000000000"

    told = run("explain", id)

    assert (told.returncode, told.stderr) == (
        1,
        f"localyun: no change and no refusal has the request id {id}: "
        "`localyun audit` lists those that are kept, calls that only read aren't\n",
    )
