"""What taking an image back would do, told on the command line."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from localyun.model import Disk, Instance, Phase
from localyun.model.instances import IN_USE, RUNNING, SYSTEM
from localyun.store.sqlite import SqliteStore
from tests.cli.conftest import Run

Accounts = dict[str, dict[str, str]]


@pytest.fixture
def instance(accounts: Accounts, image: str, environment: dict[str, str]) -> str:
    """An instance of bob's that was made from alice's image, with its system disk."""
    where = {"region": "cn-hangzhou", "zone": "cn-hangzhou-h", "owner": accounts["bob"]["id"]}
    with (
        closing(SqliteStore(Path(environment["XDG_DATA_HOME"]) / "localyun")) as store,
        store.writing(0) as tx,
    ):
        tx.put(
            Instance(
                id="i-bp1cli",
                created_at=0,
                host_name="",
                image=image,
                instance_type="ecs.g7.large",
                phase=Phase(RUNNING),
                serial_number="",
                **where,
            )
        )
        tx.put(
            Disk(
                id="d-bp1cli",
                created_at=0,
                kind=SYSTEM,
                category="cloud_essd",
                size=20,
                phase=Phase(IN_USE),
                image=image,
                image_relation="sharee",
                instance="i-bp1cli",
                **where,
            )
        )
    return "i-bp1cli"


def _lines(run: Run, *words: str) -> list[str]:
    told = run("impact", *words)
    assert (told.returncode, told.stderr) == (0, "")
    return [" ".join(line.split()) for line in told.stdout.splitlines()]


def test_people_get_a_table(run: Run, accounts: Accounts, image: str, instance: str) -> None:
    """Who loses what."""
    bob = f"bob ({accounts['bob']['id']})"

    assert _lines(run, image, "--unshare", "bob") == [
        f"{image} in cn-hangzhou, owned by alice ({accounts['alice']['id']})",
        f"Unsharing it from {bob} takes it from:",
        "",
        "account its instance loses",
        f"{bob} disk d-bp1cli {instance} ReInitDisk",
        f"{bob} instance {instance} {instance} ReplaceSystemDisk",
    ]


def test_without_accounts_it_is_about_deleting(run: Run, image: str, instance: str) -> None:
    """Which takes it from its owner too."""
    lines = _lines(run, image)

    assert lines[1] == "Unsharing it from all and deleting it takes it from:"
    assert {line.split()[0] for line in lines[4:]} == {"alice", "bob"}


def test_an_account_without_a_share_loses_nothing(run: Run, image: str) -> None:
    """Registered or not."""
    assert _lines(run, image, "--unshare", "mallory", "--unshare", "7")[1].endswith(
        "7 takes nothing from anybody."
    )


def test_programs_get_json(run: Run, accounts: Accounts, image: str, instance: str) -> None:
    """The same, with ids."""
    told = json.loads(run("impact", image, "--unshare", "bob", "--json").stdout)

    assert told == {
        "image": image,
        "region": "cn-hangzhou",
        "owner": accounts["alice"]["id"],
        "unshare": [accounts["bob"]["id"]],
        "accounts": [
            {
                "account": accounts["bob"]["id"],
                "relation": "sharee",
                "losses": [
                    {"kind": "disk", "id": "d-bp1cli", "instance": instance, "operation": "ReInitDisk"},
                    {
                        "kind": "instance",
                        "id": instance,
                        "instance": instance,
                        "operation": "ReplaceSystemDisk",
                    },
                ],
                "derived": [],
            }
        ],
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["m-none"],
            "there is no custom image m-none: `localyun call DescribeImages` lists those there are",
        ),
        (
            ["m-bp1cli", "--unshare", "carol"],
            "there is no account 'carol': `localyun accounts list` shows those there are",
        ),
    ],
)
def test_what_isnt_there_is_one_sentence(run: Run, image: str, words: list[str], sentence: str) -> None:
    """The way out is in it."""
    refused = run("impact", *words)

    assert (refused.returncode, refused.stderr, refused.stdout) == (1, f"localyun: {sentence}\n", "")
