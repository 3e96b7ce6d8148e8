"""Who may do what, and why, in words; and what an error means."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from localyun import catalogue
from localyun.model import Attachment, Policy, User
from localyun.model.access import Action
from localyun.store.sqlite import SqliteStore
from tests.cli.conftest import Run

Accounts = dict[str, dict[str, str]]


def _lines(run: Run, *words: str) -> list[str]:
    explained = run("explain", *words)
    assert (explained.returncode, explained.stderr) == (0, "")
    return [" ".join(line.split()) for line in explained.stdout.splitlines()]


@pytest.mark.parametrize(
    ("account", "action", "sentence"),
    [
        ("alice", "share", "alice may share it: the account owns the image"),
        ("bob", "run", "bob may run an instance from it: the image is shared with the account"),
        (
            "bob",
            "share",
            "bob may not share it: the image is shared with the account, but only its owner may share it",
        ),
        (
            "mallory",
            "copy",
            "mallory may not copy it: the image belongs to another account and isn't shared with this one",
        ),
    ],
)
def test_a_verdict_comes_with_its_reason(
    run: Run, accounts: Accounts, image: str, account: str, action: str, sentence: str
) -> None:
    """Owner, sharee and outsider each learn what they may, in the words of the rule itself."""
    owner = f"{image} in cn-hangzhou: Available, owned by alice ({accounts['alice']['id']})"

    assert _lines(run, image, "--as", account, "--action", action) == [owner, sentence]


def test_without_an_action_all_of_them_are_judged(run: Run, image: str) -> None:
    """A line for each thing that can be done with an image."""
    _, heading, *lines = _lines(run, image, "--as", "bob")

    assert heading == "may bob … because"
    assert lines[:2] == [
        "describe yes the image is shared with the account",
        "run yes the image is shared with the account",
    ]
    assert "delete no the image is shared with the account, but only its owner may delete it" in lines


def test_programs_get_json(run: Run, accounts: Accounts, image: str) -> None:
    """The same verdicts, with what the account is to the image."""
    explained = json.loads(run("explain", image, "--as", "bob", "--action", "run", "--json").stdout)

    assert explained == {
        "image": image,
        "region": "cn-hangzhou",
        "account": accounts["bob"]["id"],
        "relation": "sharee",
        "encryption": None,
        "verdicts": [{"action": "run", "allowed": True, "reason": "the image is shared with the account"}],
    }


def test_an_image_is_in_one_region_only(run: Run, image: str) -> None:
    """Asked for another region, we say where it is."""
    assert _lines(run, image, "--region", "cn-beijing", "--action", "run") == [
        f"{image} isn't in cn-beijing but in cn-hangzhou",
        "alice may not run an instance from it: there is no such image in this region",
    ]


def test_an_image_that_isnt_there_takes_one_line(run: Run, image: str) -> None:
    """No table of refusals for a misspelt id."""
    assert _lines(run, "m-none") == [
        "alice may do nothing with m-none: there is no such image in this region (cn-hangzhou)"
    ]


def test_the_providers_images_are_explained_too(run: Run, image: str) -> None:
    """Everybody may use them, nobody changes them."""
    system = catalogue.system_images()[0].id

    assert _lines(run, system, "--as", "mallory", "--action", "run") == [
        f"{system} in cn-hangzhou: Available, owned by the provider",
        "mallory may run an instance from it: the image is the provider's, for everybody",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["m-1", "--action", "eat"],
            "nothing is called 'eat' that could be done with an image: "
            f"it is one of {', '.join(name.lower() for name in Action.__members__)}",
        ),
        (
            ["m-1", "--as", "carol"],
            "there is no account 'carol': `localyun accounts list` shows those there are",
        ),
        (
            ["InvalidImageID.NotFound"],
            "there is no error InvalidImageID.NotFound: did you mean InvalidImageId.NotFound?",
        ),
        (
            ["Zzz"],
            "there is no error Zzz: give the Code of an answer, letter for letter",
        ),
    ],
)
def test_what_cant_be_explained_is_one_sentence(
    run: Run, image: str, words: list[str], sentence: str
) -> None:
    """The way out is in it."""
    refused = run("explain", *words)

    assert (refused.returncode, refused.stderr, refused.stdout) == (1, f"localyun: {sentence}\n", "")


def test_an_error_is_explained_without_any_data(run: Run) -> None:
    """Its messages, our own words on it, and the operations that raise it."""
    lines = _lines(run, "InvalidAccount.Forbbiden")

    assert lines[0] == "404 InvalidAccount.Forbbiden: The specified Account does not yourself."
    assert [line.partition(":")[0] for line in lines[-3:]] == ["Cause", "Way out", "Raised by"]
    assert "ModifyImageSharePermission" in lines[-1]


def test_an_error_is_explained_in_json(run: Run) -> None:
    """The same for programs."""
    explained = json.loads(run("explain", "InvalidAccount.Forbbiden", "--json").stdout)

    assert list(explained) == ["code", "answers", "cause", "way_out", "raised_by"]
    assert explained["answers"] == [{"status": 404, "message": "The specified Account does not yourself."}]
    assert "ModifyImageSharePermission" in explained["raised_by"]


def test_a_user_is_judged_by_policies_first(
    run: Run, accounts: Accounts, image: str, environment: dict[str, str]
) -> None:
    """Then as its account; the statement that decided is named."""
    bob = accounts["bob"]["id"]
    policy = {"Effect": "Allow", "Action": ["ecs:RunInstances", "ecs:DeleteImage"], "Resource": "*"}
    attached = {"holder": "user", "holder_name": "ci", "policy_type": "Custom", "policy": "runs", "since": 0}
    directory = Path(environment["XDG_DATA_HOME"]) / "localyun"
    with closing(SqliteStore(directory)) as store, store.writing(0) as tx:
        tx.put(User(account=bob, name="ci", id="1", created_at=0))
        text = json.dumps({"Version": "1", "Statement": [policy]})
        tx.put(Policy(account=bob, name="runs", document=text, created_at=0))
        tx.put(Attachment(account=bob, **attached))

    lines = _lines(run, image, "--as", "bob/ci")
    unknown = run("explain", image, "--as", "bob/nobody")

    assert lines[1] == "may bob/ci … because"
    assert {
        "run yes statement 1 of policy runs allows it; the image is shared with the account",
        "copy no ecs:CopyImage: no statement of any policy allows it",
        "delete no statement 1 of policy runs allows it; the image is shared with the account, but only its "
        "owner may delete it",
    } <= set(lines)
    assert unknown.stderr == (
        "localyun: bob has no user 'nobody': `localyun call ListUsers` shows those there are\n"
    )
