"""Faults of every kind, one after another: `make test-faults` runs these tests, and nothing else does.

They take minutes, and much of the machine. The checker and the report are tested by every run.
"""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults import report
from tests.faults.report import Figures

IN_EVERY_RUN = ("test_linearizability.py", "test_report.py")

if not os.environ.get("LOCALYUN_TEST_FAULTS"):
    collect_ignore_glob = ["test_*.py"]


def pytest_ignore_collect(collection_path: object) -> bool | None:
    """Leave nothing out that is quick."""
    return False if str(collection_path).endswith(IN_EVERY_RUN) else None


@pytest.fixture
def write() -> Callable[..., None]:
    """Write down what was measured, and fail if anything was violated; the violations are named."""

    def write_down(figures: Figures, violations: list[str]) -> None:
        report.write(replace(figures, violations=len(violations)))
        assert violations == []

    return write_down
