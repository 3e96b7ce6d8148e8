"""Accounts on the command line: what scripts outside rely on, and what people read."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from localyun.model import Account
from localyun.store.sqlite import SqliteStore
from tests.cli.conftest import Run


def _listed(run: Run, *words: object, **environment: str) -> list[dict[str, str]]:
    shown = run("accounts", "list", "--json", *words, **environment)
    assert shown.returncode == 0, shown.stderr
    accounts: list[dict[str, str]] = json.loads(shown.stdout)
    return accounts


def test_json_has_exactly_the_promised_shape(run: Run) -> None:
    """Scripts read these five fields, each with a value, and the three first accounts."""
    accounts = _listed(run)

    assert [account["name"] for account in accounts] == ["alice", "bob", "mallory"]
    for account in accounts:
        assert list(account) == ["id", "name", "site", "access_key_id", "access_key_secret"]
        assert account["id"].isdigit()
        assert len(account["id"]) == 16
        assert account["site"] == "aliyun.com"
        assert account["access_key_id"].startswith("LTAI5t")
        assert len(account["access_key_secret"]) == 30


def test_listing_twice_gives_the_same(run: Run) -> None:
    """The first accounts are made once, and kept."""
    assert _listed(run) == _listed(run)


def test_a_seed_makes_the_same_accounts_in_another_directory(run: Run, tmp_path: Path) -> None:
    """Ids and keys are reproducible; another seed gives other ones."""
    first = _listed(run, "--seed", "story", "--data", tmp_path / "one")

    assert _listed(run, "--data", tmp_path / "two", LOCALYUN_SEED="story") == first
    assert _listed(run, "--seed", "other", "--data", tmp_path / "three") != first


def test_a_seed_never_repeats_an_id(run: Run) -> None:
    """The same seed goes on from the data that is there, rather than over it."""
    first = _listed(run, "--seed", "story")
    run("accounts", "create", "carol", "--seed", "story")
    run("accounts", "create", "dave", "--seed", "story")
    everybody = _listed(run)

    assert everybody[:3] == first
    assert len({account["id"] for account in everybody}) == 5
    assert len({account["access_key_id"] for account in everybody}) == 5


def test_people_see_a_table_that_can_be_piped(run: Run) -> None:
    """Without --json there is a line an account, whole however narrow the pipe."""
    account = _listed(run)[0]
    lines = run("accounts", "list", COLUMNS="20").stdout.splitlines()

    assert lines[0].split() == ["account", "id", "access", "key", "id", "access", "key", "secret"]
    assert lines[1].split() == [
        "alice",
        account["id"],
        account["access_key_id"],
        account["access_key_secret"],
    ]
    assert len(lines) == 4


def test_an_account_is_created_and_deleted(run: Run) -> None:
    """Created ones have the id and site that were asked for; deleted ones are gone."""
    made = json.loads(
        run(
            "accounts", "create", "carol", "--id", "123456789012", "--site", "alibabacloud.com", "--json"
        ).stdout
    )

    assert (made["id"], made["name"], made["site"]) == ("123456789012", "carol", "alibabacloud.com")
    assert made in _listed(run)
    assert run("accounts", "list").stdout.splitlines()[0].split()[-1] == "site"
    assert (
        run("accounts", "delete", "carol").stdout
        == "The account carol (123456789012) and its keys are deleted.\n"
    )
    assert made not in _listed(run)


def test_a_deleted_account_is_named_in_json(run: Run) -> None:
    """`delete --json` says whom it deleted."""
    bob = _listed(run)[1]
    deleted = json.loads(run("accounts", "delete", bob["id"], "--json").stdout)

    assert deleted == {name: bob[name] for name in ("id", "name", "site")}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create", "alice"], "there is an account named 'alice' already: choose another name"),
        (["create", "carol", "--id", "12x"], "'12x' is no account id: it has 1 to 20 digits"),
        (["create", " "], "an account needs a name: give one"),
        (
            ["create", "carol", "--site", "example.com"],
            "there is no site 'example.com': it is aliyun.com or alibabacloud.com",
        ),
        (["delete", "carol"], "there is no account 'carol': `localyun accounts list` shows those there are"),
    ],
)
def test_what_cant_be_done_is_one_sentence(run: Run, words: list[str], sentence: str) -> None:
    """The way out is in it, and the exit code is 1."""
    refused = run("accounts", *words)

    assert (refused.returncode, refused.stderr, refused.stdout) == (1, f"localyun: {sentence}\n", "")


def test_the_data_directory_is_chosen_by_option_or_variable(run: Run, tmp_path: Path) -> None:
    """The same directory by --data, by LOCALYUN_DATA and by --database-url holds the same accounts."""
    there = tmp_path / "there"
    accounts = _listed(run, "--data", there)

    assert _listed(run, LOCALYUN_DATA=str(there)) == accounts
    assert _listed(run, "--database-url", f"sqlite:///{there}") == accounts
    assert _listed(run) != accounts


def test_an_option_wins_over_a_variable(run: Run, tmp_path: Path) -> None:
    """A variable names the usual place; the command line may name another, in either way."""
    accounts = _listed(run, "--data", tmp_path / "there")
    usual = str(tmp_path / "usual")

    assert _listed(run, "--database-url", f"sqlite:///{tmp_path}/there", LOCALYUN_DATA=usual) == accounts


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ["--data", "a", "--database-url", "sqlite:///b"],
            2,
            "Error: Invalid value: --data and --database-url exclude each other: give one of them",
        ),
        (
            ["--database-url", "mysql://localhost/x"],
            1,
            "localyun: there is no support for mysql databases: give sqlite:///DIR "
            "or postgresql://USER@HOST/NAME",
        ),
        (
            ["--database-url", "sqlite://"],
            1,
            "localyun: sqlite:// names no directory: give sqlite:///DIR, "
            "or --ephemeral to keep everything in memory",
        ),
    ],
)
def test_a_place_that_is_none_is_refused(run: Run, words: list[str], code: int, sentence: str) -> None:
    """Contradictions are misuse; what isn't supported says what is."""
    refused = run("accounts", "list", *words)

    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (code, sentence)


def test_a_directory_that_cant_be_made_is_one_sentence(run: Run, tmp_path: Path) -> None:
    """Nobody is shown a traceback for a path that leads through a file."""
    (tmp_path / "file").write_text("")
    refused = run("accounts", "list", "--data", tmp_path / "file" / "data")

    assert refused.returncode == 1
    assert refused.stderr.startswith("localyun: can't open the data (")
    assert f"{tmp_path}/file/data" in refused.stderr
    assert refused.stderr.endswith("): choose another directory with --data\n")
    assert len(refused.stderr.splitlines()) == 1


def test_a_database_of_a_newer_localyun_is_left_alone(run: Run, tmp_path: Path) -> None:
    """What we can't read, we don't touch; the sentence says what to do."""
    _listed(run, "--data", tmp_path)
    with closing(sqlite3.connect(tmp_path / "localyun.db")) as database, database:
        database.execute("UPDATE schema SET version = 99")
    refused = run("accounts", "list", "--data", tmp_path)

    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "localyun: the database has schema version 99, this localyun knows up to "
    )
    assert refused.stderr.endswith("use the newer localyun, or another data directory\n")


def test_resetting_needs_a_yes(run: Run) -> None:
    """A script has to say so; then everything is new."""
    accounts = _listed(run)
    refused = run("reset")

    assert (refused.returncode, refused.stderr) == (
        1,
        "localyun: this forgets everything: say so with --yes\n",
    )
    assert _listed(run) == accounts
    assert run("reset", "--yes").returncode == 0
    assert [one["name"] for one in _listed(run)] == ["alice", "bob", "mallory"]
    assert {one["id"] for one in _listed(run)}.isdisjoint(one["id"] for one in accounts)


@pytest.mark.parametrize(("command", "field"), [("agree", "agreed"), ("invite", "invited")])
def test_an_account_signs_and_is_invited(run: Run, tmp_path: Path, command: str, field: str) -> None:
    """By name or id, once or again; what it is otherwise stays."""
    before = _listed(run, "--data", tmp_path)

    by_name = run("accounts", command, "alice", "--data", tmp_path)
    by_id = run("accounts", command, before[0]["id"], "--data", tmp_path)

    assert (by_name.returncode, by_id.returncode, by_name.stdout) == (0, 0, by_id.stdout)
    assert f"alice ({before[0]['id']})" in by_name.stdout
    assert _listed(run, "--data", tmp_path) == before
    with closing(SqliteStore(tmp_path)) as store, store.reading(0) as tx:
        assert [getattr(account, field) for account in tx.find(Account)].count(True) == 1
        changed = tx.get(Account, before[0]["id"])
    assert getattr(changed, field)


@pytest.mark.parametrize("command", ["agree", "invite"])
def test_nobody_signs_for_an_account_that_is_not_there(run: Run, command: str) -> None:
    """A sentence says so."""
    done = run("accounts", command, "nobody")

    assert done.returncode == 1
    assert "there is no account 'nobody'" in done.stderr


def test_an_account_is_held_back_and_let_go(run: Run, tmp_path: Path) -> None:
    """By what is named, and by nothing else any more."""
    _listed(run, "--data", tmp_path)

    held = run("accounts", "hold", "alice", "no-snapshots", "arrears", "--data", tmp_path)
    with closing(SqliteStore(tmp_path)) as store, store.reading(0) as tx:
        (alice,) = tx.find(Account, name="alice")
    free = run("accounts", "hold", "alice", "--data", tmp_path)

    assert alice.conditions == {"arrears", "no-snapshots"}
    assert held.stdout == f"The account alice ({alice.id}) is held back by arrears, no-snapshots.\n"
    assert free.stdout == f"The account alice ({alice.id}) is held back by nothing.\n"


def test_a_condition_that_there_is_not_is_named(run: Run, tmp_path: Path) -> None:
    """With those that there are."""
    done = run("accounts", "hold", "alice", "tired", "--data", tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("localyun: there is no condition 'tired': there are arrears, abnormal, ")
