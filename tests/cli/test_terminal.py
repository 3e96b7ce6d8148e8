"""What is different on a terminal: questions are asked, and JSON is for eyes."""

import json
import os
import pty
import subprocess

import pytest

from tests.cli.conftest import COMMAND, PATIENCE

Environment = dict[str, str]


def on_a_terminal(environment: Environment, *words: str, typed: str = "") -> tuple[int, str]:
    """Run a command on a terminal on which somebody types; its exit code and what is seen there."""
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    process = subprocess.Popen(
        [COMMAND, *words], env={**environment, "TERM": "dumb"}, stdin=theirs, stdout=theirs, stderr=theirs
    )
    code = process.wait(PATIENCE)
    os.close(theirs)
    seen = os.read(ours, 65536).decode()
    os.close(ours)
    return code, seen.replace("\r\n", "\n")


@pytest.mark.parametrize("words", [["accounts", "delete", "alice"], ["reset"]])
def test_nothing_is_forgotten_without_a_yes(environment: Environment, words: list[str]) -> None:
    """A no ends the command, and everything is still there."""
    _, before = on_a_terminal(environment, "accounts", "list")
    code, seen = on_a_terminal(environment, *words, typed="n\n")

    assert code == 1
    assert "Aborted!" in seen
    assert on_a_terminal(environment, "accounts", "list") == (0, before)


def test_a_yes_is_enough(environment: Environment) -> None:
    """Asked and answered, the account is gone."""
    code, seen = on_a_terminal(environment, "accounts", "delete", "alice", typed="y\n")

    assert code == 0
    assert "Delete the account alice and its keys? [y/N]: " in seen
    assert "alice" not in on_a_terminal(environment, "accounts", "list")[1]


def test_json_is_indented_on_a_terminal(environment: Environment) -> None:
    """It is the same JSON, a field a line."""
    _, seen = on_a_terminal(environment, "accounts", "list", "--json")

    assert [one["name"] for one in json.loads(seen)] == ["alice", "bob", "mallory"]
    assert '\n    "name": "alice",\n' in seen


def test_a_table_of_accounts_fits_80_columns(environment: Environment) -> None:
    """No key is folded on a terminal of the usual width."""
    _, seen = on_a_terminal({**environment, "COLUMNS": "80"}, "accounts", "list")
    lines = seen.splitlines()

    assert [len(line.split()) for line in lines] == [8, 4, 4, 4]
