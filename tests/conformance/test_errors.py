"""The errors that we declare are the provider's, letter for letter, or were decided to differ."""

from collections.abc import Iterable

from localyun.operations import OPERATIONS
from localyun.spec.declare import Operation
from tests import evidence
from tests.conformance import differences
from tests.conformance.differences import GATEWAY, undecided
from tests.conformance.test_parameters import each_operation


@each_operation
def test_errors_are_as_published(operation: Operation) -> None:
    """Each declared row is published for the operation or for any call: status, code and message."""
    assert undecided(operation.name, differences.of_errors(operation)) == []


def test_the_errors_of_any_call_are_as_published() -> None:
    """Each row of the table that any call can meet is one of the common errors."""
    assert undecided(GATEWAY, differences.of_the_gateway()) == []


IMAGES = frozenset(
    {
        "ModifyImageSharePermission",
        "DescribeImageSharePermission",
        "ModifyImageShareGroupPermission",
        "DescribeImages",
        "DescribeImageFromFamily",
        "DescribeImageSupportInstanceTypes",
        "CreateImage",
        "DeleteImage",
        "CopyImage",
        "CancelCopyImage",
        "ImportImage",
        "ExportImage",
        "ModifyImageAttribute",
    }
)
"""The operations on images, which the product is about."""


@each_operation
def test_every_published_error_is_provoked_or_explained(operation: Operation) -> None:
    """A test was answered with it, or `unprovoked.toml` says why none is."""
    missing = set(evidence.published(operation)) - evidence.recorded()

    assert [row for row in missing if not any(entry.covering(row) for entry in evidence.UNPROVOKED)] == []


def test_every_reason_is_needed() -> None:
    """Each code of each reason is that of a row which isn't provoked."""
    rows = evidence.unprovoked()
    for entry in evidence.UNPROVOKED:
        covering = {code for row in rows for code in entry.covering(row)}
        assert set(entry.codes) - covering == set(), entry.because


def test_nine_in_ten_errors_of_images_are_provoked() -> None:
    """And six in ten of the other operations of ECS and KMS, all of them together."""

    def share(operations: Iterable[Operation]) -> float:
        rows = {row for operation in operations for row in evidence.published(operation)}
        return len(rows & evidence.recorded()) / len(rows)

    images = [operation for operation in OPERATIONS.operations if operation.name in IMAGES]
    others = [
        operation
        for operation in OPERATIONS.operations
        if operation.product in ("ecs", "kms") and operation.name not in IMAGES
    ]
    assert share(images) > 0.9
    assert share(others) > 0.6
