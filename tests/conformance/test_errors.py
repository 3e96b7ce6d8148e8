"""The errors that we declare are the provider's, letter for letter, or were decided to differ."""

import pytest

from localyun.operations import OPERATIONS
from localyun.reference import raised
from localyun.spec.declare import Operation
from tests.conformance import differences, shapes
from tests.conformance.differences import DECISIONS, GATEWAY, undecided
from tests.conformance.test_parameters import each_operation


@each_operation
def test_errors_are_as_published(operation: Operation) -> None:
    """Each declared row is published for the operation or for any call: status, code and message."""
    assert undecided(operation.name, differences.of_errors(operation)) == []


def test_the_errors_of_any_call_are_as_published() -> None:
    """Each row of the table that any call can meet is one of the common errors."""
    assert undecided(GATEWAY, differences.of_the_gateway()) == []


@pytest.mark.parametrize("action", ["ModifyImageSharePermission", "DescribeImageSharePermission"])
def test_every_published_error_of_sharing_is_declared_or_explained(action: str) -> None:
    """What sharing is refused with at the provider can happen here, or a decision record says why not."""
    operation = next(found for found in OPERATIONS.operations if found.name == action)
    declared = {row.code for row in raised(operation)} | {"MissingParameter"}
    left_out = (DECISIONS / "0012-errors-of-sharing-left-out.md").read_text()

    codes = {code for _, code, _ in shapes.errors_of(shapes.published(operation))} - declared
    assert [code for code in sorted(codes) if f"`{code}`" not in left_out] == []
