"""Which published error rows the suite provokes: written down as it runs, compared when it has run whole.

Each test that calls through `tests.people` adds the refusals that it meets. `make evidence` runs the suite
and writes them to `provoked.tsv`, which the coverage page counts; a whole run fails when a row that stands
there isn't met any more. What only a property test meets, by chance, doesn't count.
"""

import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import currently_in_test_context

from localyun.operations import OPERATIONS
from localyun.spec.declare import Operation
from tests.conformance import shapes

RECORD = Path(__file__).parent / "conformance" / "provoked.tsv"


class Row(NamedTuple):
    """An error row as it is published for an operation, or as a call was answered."""

    operation: str
    status: int
    code: str
    message: str

    def is_answered_by(self, met: "Row") -> bool:
        """Whether a refusal is this published row; a `%s` may be filled in."""
        return (
            self[:2] == met[:2]
            and _pattern(self.code).fullmatch(met.code) is not None
            and _pattern(self.message).fullmatch(met.message) is not None
        )


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("%s"))), re.DOTALL)


def published(operation: Operation) -> list[Row]:
    """Return the rows that are published for an operation."""
    return [Row(operation.name, *row) for row in sorted(shapes.errors_of(shapes.published(operation)))]


@cache
def recorded() -> frozenset[Row]:
    """Return the published rows that the suite provoked when it was recorded last."""
    lines = RECORD.read_text().splitlines()
    return frozenset(
        Row(operation, int(status), code, msgspec.json.decode(message, type=str))
        for operation, status, code, message in (line.split("\t") for line in lines)
    )


class Unprovoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason for which no test provokes some rows; `*` stands for anything."""

    because: str
    codes: tuple[str, ...]
    """Each a status and a code."""
    operations: tuple[str, ...] = ("*",)

    def covering(self, row: Row) -> set[str]:
        """Return those of its codes that this row has."""
        if not any(fnmatchcase(row.operation, operation) for operation in self.operations):
            return set()
        return {code for code in self.codes if fnmatchcase(f"{row.status} {row.code}", code)}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    unprovoked: list[Unprovoked]


UNPROVOKED = msgspec.toml.decode(RECORD.with_name("unprovoked.toml").read_bytes(), type=_File).unprovoked


def unprovoked() -> list[Row]:
    """Return every published row that the suite doesn't provoke."""
    return [
        row for operation in OPERATIONS.operations for row in published(operation) if row not in recorded()
    ]


def reasons() -> dict[str, int]:
    """Return each reason for which rows aren't provoked, with how many; the first that fits counts."""
    found = Counter(
        next(entry.because for entry in UNPROVOKED if entry.covering(row)) for row in unprovoked()
    )
    return {entry.because: found[entry.because] for entry in UNPROVOKED if entry.because in found}


_met: set[Row] = set()


def note(operation: str, status: int, code: str, message: str) -> None:
    """Note the refusal of a call, unless the call was drawn: what chance meets differs from run to run."""
    if not currently_in_test_context():
        _met.add(Row(operation, status, code, message))


def provoked(met: Iterable[Row]) -> set[Row]:
    """Return the published rows among the refusals that were met."""
    by_operation: dict[str, list[Row]] = {}
    for one in met:
        by_operation.setdefault(one.operation, []).append(one)
    return {
        row
        for operation in OPERATIONS.operations
        for row in published(operation)
        if any(row.is_answered_by(one) for one in by_operation.get(operation.name, ()))
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the order to write the record anew."""
    parser.addoption("--record-evidence", action="store_true", help="write which error rows were provoked")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what a worker has met."""
    _met.update(Row(*row) for row in getattr(node, "workeroutput", {}).get("met", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on what a worker has met; at the end of a whole run, write it down or compare it."""
    config = session.config
    if hasattr(config, "workerinput"):
        config.workeroutput["met"] = [tuple(row) for row in _met]
        return
    whole = (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not (config.option.keyword or config.option.markexpr)
        and session.exitstatus == pytest.ExitCode.OK
    )
    if not whole:
        return
    found = provoked(_met)
    if config.option.record_evidence:
        lines = (
            "\t".join((*map(str, row[:3]), msgspec.json.encode(row.message).decode()))
            for row in sorted(found)
        )
        RECORD.write_text("".join(f"{line}\n" for line in lines))
    elif lost := sorted(recorded() - found):
        print("\nNo test provokes any more what provoked.tsv says (else run `make evidence`):")
        print(*lost, sep="\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
