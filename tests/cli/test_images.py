"""`localyun images` and `localyun shares`."""

import json

import pytest

from tests.cli.conftest import Run

Accounts = dict[str, dict[str, str]]


def test_images_are_listed_with_whom_they_are_shared(run: Run, image: str) -> None:
    """A line each, accounts by name."""
    lines = run("images").stdout.splitlines()

    assert lines[0].split() == ["image", "name", "owner", "region", "status", "created", "shared", "with"]
    assert lines[1].split() == [image, "alice", "cn-hangzhou", "Available", "1970-01-01T00:00:00Z", "bob"]
    assert len(lines) == 2


def test_images_for_programs(run: Run, image: str, accounts: Accounts) -> None:
    """With ids in the place of names."""
    assert json.loads(run("images", "--json", "--owner", "alice").stdout) == [
        {
            "id": image,
            "name": "",
            "owner": accounts["alice"]["id"],
            "region": "cn-hangzhou",
            "status": "Available",
            "size": 20,
            "created": "1970-01-01T00:00:00Z",
            "shared_with": [accounts["bob"]["id"]],
        }
    ]


def test_shares_are_listed(run: Run, image: str) -> None:
    """Who shares what with whom, and since when."""
    lines = run("shares").stdout.splitlines()

    assert lines[0].split() == ["owner", "image", "name", "shared", "with", "region", "since"]
    assert lines[1].split() == ["alice", image, "bob", "cn-hangzhou", "1970-01-01T00:00:00Z"]


@pytest.mark.parametrize("account", ["alice", "bob"])
def test_shares_for_programs(run: Run, image: str, accounts: Accounts, account: str) -> None:
    """Those of an account, on either side of them."""
    assert json.loads(run("shares", "--json", "--account", account).stdout) == [
        {
            "image": image,
            "owner": accounts["alice"]["id"],
            "shared_with": accounts["bob"]["id"],
            "region": "cn-hangzhou",
            "since": "1970-01-01T00:00:00Z",
        }
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["images", "--owner", "bob"],
            "there is no custom image here: `localyun call CreateImage` makes one",
        ),
        (["images", "--region", "cn-beijing"], "there is no custom image here"),
        (["shares", "--account", "mallory"], "nothing is shared here: `localyun call ModifyImageShare"),
        (["shares", "--region", "cn-beijing"], "nothing is shared here"),
    ],
)
def test_nothing_is_said_to_be_nothing(run: Run, image: str, words: list[str], sentence: str) -> None:
    """With the way to have some; a program gets an empty list."""
    assert run(*words).stdout.startswith(sentence)
    assert json.loads(run(*words, "--json").stdout) == []


@pytest.mark.parametrize("words", [["images", "--owner", "carol"], ["shares", "--account", "carol"]])
def test_an_unknown_account_is_one_sentence(run: Run, image: str, words: list[str]) -> None:
    """That says where those are that there are."""
    done = run(*words)

    assert done.returncode == 1
    assert done.stderr == (
        "localyun: there is no account 'carol': `localyun accounts list` shows those there are\n"
    )
