"""What our operations take and answer is what the provider publishes, or was decided to differ."""

import pytest

from localyun.operations import OPERATIONS
from localyun.spec.declare import Operation
from tests.conformance import differences, shapes
from tests.conformance.differences import undecided

each_operation = pytest.mark.parametrize("operation", OPERATIONS.operations, ids=lambda found: found.name)


@each_operation
def test_parameters_are_as_published(operation: Operation) -> None:
    """Each parameter has the published name, type, need, bounds and default."""
    assert undecided(operation.name, differences.of_parameters(operation)) == []


@each_operation
def test_answers_are_as_published(operation: Operation) -> None:
    """Each element of the answer has the published name, place and type."""
    assert undecided(operation.name, differences.of_answer(operation)) == []


@each_operation
def test_operations_have_the_published_version(operation: Operation) -> None:
    """An operation is called under the version that is published for it."""
    assert shapes.published(operation)["version"] in operation.versions


@each_operation
def test_what_an_sdk_sends_and_reads_is_declared(operation: Operation) -> None:
    """Nothing that the provider's SDKs know of an operation is unknown to us."""
    assert undecided(operation.name, differences.of_the_sdk(operation)) == []
