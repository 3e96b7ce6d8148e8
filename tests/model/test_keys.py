"""Keys: their state, their turns, and whom their policies let."""

import json
from typing import Any

import msgspec
import pytest

from localyun.clock import DAY
from localyun.model import Key
from localyun.model.keys import is_symmetric, lets_services_use_it, read_policy

TAG = "kms:TagResource"


def key(**fields: Any) -> Key:
    """A key of nobody's."""
    base = {"id": "00000000-0000-4000-8000-000000000000", "region": "cn-hangzhou", "owner": "1"}
    return Key(**{**base, "created_at": 0, "creator": "1", **fields})


@pytest.mark.parametrize(
    ("deleted_at", "now", "state"),
    [(None, 10**15, "Enabled"), (1_000, 999, "Enabled"), (1_000, 1_000, None), (1_000, 1_001, None)],
)
def test_a_key_is_gone_from_an_instant_on(deleted_at: int | None, now: int, state: str | None) -> None:
    """Until then it has the state that it was put into."""
    assert key(deleted_at=deleted_at).state_at(now) == state


@pytest.mark.parametrize(
    ("days", "now", "turn"),
    [(0, 10**15, 0), (7, 0, 0), (7, 7 * DAY - 1, 0), (7, 7 * DAY, 1), (7, 15 * DAY, 2)],
)
def test_a_key_turns_every_so_many_days(days: int, now: int, turn: int) -> None:
    """Never, if it isn't rotated; each turn has a version of its own."""
    rotated = key(rotation_days=days)

    assert rotated.turns(now) == turn
    assert rotated.turned_at(turn) <= now
    assert rotated.version(turn) != rotated.version(turn + 1)


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([], False),
        ([("Allow", TAG)], True),
        ([("Allow", [TAG, "kms:Decrypt"])], True),
        ([("Allow", "kms:*")], True),
        ([("Allow", "*")], True),
        ([("Allow", "kms:Decrypt")], False),
        ([("Allow", "*"), ("Deny", TAG)], False),
        ([("Allow", TAG), ("Deny", "kms:Decrypt")], True),
    ],
)
def test_a_policy_lets_services_mark_a_key(statements: list[tuple[str, Any]], allowed: bool) -> None:
    """Something has to allow it, nothing may deny it; a key without policy lets everybody of its account."""
    document = json.dumps({"Statement": [{"Effect": e, "Action": a} for e, a in statements]})

    assert lets_services_use_it(key(policy=document)) is allowed
    assert lets_services_use_it(key(policy=""))


@pytest.mark.parametrize("text", ["", "[]", '{"Statement": 1}', '{"Statement": [{"Effect": "Allow"}]}'])
def test_what_is_no_policy_is_not_read(text: str) -> None:
    """It is a JSON object with statements, each with effect and action."""
    with pytest.raises(msgspec.DecodeError):
        read_policy(text)


def test_one_secret_makes_a_key_symmetric() -> None:
    """The provider's own specs are; those of key pairs aren't."""
    assert is_symmetric("Aliyun_AES_256")
    assert is_symmetric("Aliyun_SM4")
    assert not is_symmetric("RSA_2048")
    assert not is_symmetric("EC_SM2")
