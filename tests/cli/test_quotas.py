"""`localyun quotas`: an operator's answers, on the data itself."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from localyun.model import Account, Grant, QuotaApplication
from localyun.model.quotas import Status
from localyun.store.sqlite import SqliteStore
from tests.cli.conftest import Run

Accounts = dict[str, dict[str, str]]


@pytest.fixture
def data(environment: dict[str, str]) -> Path:
    """The default data directory."""
    return Path(environment["XDG_DATA_HOME"]) / "localyun"


@pytest.fixture
def asked(accounts: Accounts, data: Path) -> str:
    """Alice asks for 60 accounts an image."""
    with closing(SqliteStore(data)) as store, store.writing(0) as tx:
        tx.put(
            QuotaApplication(
                id="q-1",
                account=accounts["alice"]["id"],
                status=Status.PROCESS.value,
                applied_at=1_772_352_000_000,
                product="ecs",
                code="q_shares-per-image",
                desired=60,
                reason="a large team",
            )
        )
    return "q-1"


def grants(data: Path, account: str) -> tuple[Grant, ...]:
    """What an account was granted."""
    with closing(SqliteStore(data)) as store, store.reading(0) as tx:
        found = tx.get(Account, account)
    return found.grants if found else ()


def test_those_who_wait_are_listed(run: Run, asked: str) -> None:
    """For people as a table; with --json as they are kept."""
    heading, row = run("quotas", "list").stdout.splitlines()

    assert heading.split() == ["id", "account", "quota", "region", "wants", "status", "since", "reason"]
    assert " ".join(row.split()) == (
        "q-1 alice ecs q_shares-per-image all 60 Process 2026-03-01T08:00:00Z a large team"
    )
    assert json.loads(run("quotas", "list", "--json").stdout)[0]["id"] == asked


def test_an_operator_grants(run: Run, asked: str, accounts: Accounts, data: Path) -> None:
    """What was asked for; then nobody waits any more."""
    alice = accounts["alice"]["id"]

    told = run("quotas", "grant", asked)

    assert told.stdout == f"ecs q_shares-per-image of account {alice}: Agree, 60\n"
    assert grants(data, alice) == (Grant(limit="shares_per_image", value=60),)
    assert run("quotas", "list").stdout == "nobody asks for anything\n"
    assert json.loads(run("quotas", "list", "--all", "--json").stdout)[0]["status"] == "Agree"


def test_an_operator_grants_another_value(run: Run, asked: str, accounts: Accounts, data: Path) -> None:
    """And is told in JSON what it was."""
    told = run("quotas", "grant", asked, "--value", 55, "--json")

    assert json.loads(told.stdout)["approved"] == 55
    assert [one.value for one in grants(data, accounts["alice"]["id"])] == [55]


def test_an_operator_refuses(run: Run, asked: str, accounts: Accounts, data: Path) -> None:
    """With a reason, for whoever asked."""
    told = run("quotas", "refuse", asked, "--reason", "too many")

    assert told.stdout.endswith(": Disagree\n")
    assert json.loads(run("quotas", "list", "--all", "--json").stdout)[0]["answer"] == "too many"
    assert grants(data, accounts["alice"]["id"]) == ()


def test_what_cannot_be_decided_is_said(run: Run, asked: str) -> None:
    """In a sentence, on standard error."""
    run("quotas", "refuse", asked)

    again, unknown = run("quotas", "grant", asked), run("quotas", "grant", "none")

    assert (again.returncode, unknown.returncode) == (1, 1)
    assert "application q-1 was decided about already (Disagree): let the account ask anew" in again.stderr
    assert "there is no application none: `localyun quotas list` shows those there are" in unknown.stderr
