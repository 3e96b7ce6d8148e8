"""The comparison itself: it sees every kind of difference, and decided ones are still there and explained."""

from dataclasses import replace
from typing import Annotated

import pytest

from localyun.operations import OPERATIONS
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, NotEmulated, Request, View, param
from tests.conformance import differences
from tests.conformance.differences import DECIDED, GATEWAY, OF_AN_OPERATION


class DescribeImageSharePermission(Request):
    """Declare an operation wrongly, in every way that there is."""

    region_id: NotEmulated[str] = None
    page_number: Annotated[int, param(ge=0)] = 2
    page_size: Annotated[str, param()] = "10"
    surprise: Annotated[tuple[str, ...], param()] = ()


class Account(View):
    """An account without its id."""

    shared_time: int


class WrongAnswer(Answer):
    """An answer with something in the wrong place and much left out."""

    account: list[Account]


WRONG = replace(
    next(found for found in OPERATIONS.operations if found.name == "DescribeImageSharePermission"),
    request=DescribeImageSharePermission,
    answer=WrongAnswer,
    errors=(errors.IMAGE_NOT_FOUND, errors.SHARE_QUOTA),
)


def test_differing_parameters_are_seen() -> None:
    """Names, need, type, bounds and defaults are compared."""
    found = {what for what in differences.of_parameters(WRONG) if "Owner" not in what}

    assert found == {
        "parameter Surprise.N: ours alone",
        "parameter ImageId: not declared",
        "parameter RegionId: optional, unlike published",
        "parameter PageNumber: minimum 0, published 1",
        "parameter PageNumber: default 2, published 1",
        "parameter PageSize: String, published Integer",
    }


def test_differing_answers_are_seen() -> None:
    """Names, places and types are compared."""
    found = set(differences.of_answer(WRONG))

    assert {
        "answer Account[].SharedTime: ours alone",
        "answer Accounts.Account[].SharedTime: not declared",
        "answer TotalCount: not declared",
    } <= found


def test_differing_types_in_answers_are_seen() -> None:
    """An element in its place is compared by its type."""

    class Accounts(View):
        """The accounts."""

        account: list[Account]

    class WrongType(Answer):
        """A number for a time."""

        accounts: Accounts

    found = set(differences.of_answer(replace(WRONG, answer=WrongType)))

    assert "answer Accounts.Account[].SharedTime: Integer, published String" in found


def test_errors_of_other_operations_are_seen() -> None:
    """A row that is published for another operation only isn't this one's."""
    assert set(differences.of_errors(WRONG)) == {
        "error 403 QuotaExceed.ShareImageUser: The shared Image user Quota exceeds."
    }


def test_what_only_an_sdk_knows_is_seen() -> None:
    """What the SDKs send and read has to be declared."""
    found = set(differences.of_the_sdk(replace(WRONG, answer=Empty)))

    assert {"SDK sends ImageId", "SDK reads ShareGroups.ShareGroup.Group"} <= found


def test_every_decided_difference_is_there_still() -> None:
    """An entry of `differences.toml` that explains nothing any more has to go."""
    found = [(GATEWAY, what) for what in differences.of_the_gateway()]
    for operation in OPERATIONS.operations:
        found += [(operation.name, what) for compare in OF_AN_OPERATION for what in compare(operation)]

    assert [entry for entry in DECIDED if not any(entry.covers(*one) for one in found)] == []


@pytest.mark.parametrize("entry", DECIDED, ids=lambda entry: f"{entry.operation}: {entry.what}")
def test_every_difference_is_named_in_its_decision(entry: differences.Decided) -> None:
    """The decision record speaks of what differs."""
    assert entry.named in (differences.DECISIONS / entry.decision).read_text()
