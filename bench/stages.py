"""Where a call's processor time goes: the functions on its path, each without what it calls on the path."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import thread_time_ns
from types import TracebackType
from typing import Any

from localyun import authentication, service
from localyun.ids import Ids
from localyun.store import sqlite
from localyun.store.sql import SqlTransaction
from localyun.store.sqlite import SqliteStore
from localyun.web import edge
from localyun.wire.call import Call
from localyun.wire.signing import v1, v3

RECORDS = "records"
"""Stands for several stages, told apart by the one that asks for records."""

FUNCTIONS: tuple[tuple[str, Any, str], ...] = (
    ("take requests in, group them", edge, "_raw"),
    ("take requests in, group them", Ids, "request_id"),
    ("take requests in, group them", edge._Group, "_answer_all"),
    ("parse", Call, "read"),
    ("answer", edge, "answer"),
    ("authenticate", service, "authenticate"),
    ("canonical text", authentication, "_v1_claim"),
    ("canonical text", authentication, "_v3_claim"),
    ("signature", v1, "matches"),
    ("signature", v3, "matches"),
    ("nonce", sqlite._Transaction, "spend_nonce"),
    ("find, bind, context", service, "find"),
    ("find, bind, context", service, "bind"),
    ("find, bind, context", service, "in_context"),
    ("handler", service, "handle_once"),
    (RECORDS, SqlTransaction, "get"),
    (RECORDS, SqlTransaction, "find"),
    (RECORDS, SqlTransaction, "count"),
    (RECORDS, SqlTransaction, "put"),
    (RECORDS, SqlTransaction, "delete"),
    ("render", service, "render"),
)
CONTEXTS: tuple[tuple[str, Any, str], ...] = (
    ("transaction", SqliteStore, "reading"),
    ("transaction", SqliteStore, "writing"),
    ("savepoint", SqlTransaction, "savepoint"),
)


@dataclass
class _Stage:
    """A stage that is under way, or the sum of all its passages."""

    name: str
    passages: int = 0
    inside: int = 0
    """How many stages it called."""
    own: int = 0
    """The processor time that it took, without those, in ns."""


_under_way: list[_Stage] = []
"""From the outermost inwards."""
_sums: dict[str, _Stage] = {}


def install() -> None:
    """Time every stage of this process from now on."""
    for name, owner, attribute in FUNCTIONS:
        timed = _timed(name, getattr(owner, attribute))
        setattr(owner, attribute, staticmethod(timed) if owner is Call else timed)
    for name, owner, attribute in CONTEXTS:
        setattr(owner, attribute, _timed_context(name, getattr(owner, attribute)))


def as_json() -> str:
    """How often each stage was passed, and its own processor time in ns, as a JSON object."""
    within, around = _cost_of_timing()
    return json.dumps(
        {
            stage.name: (stage.passages, max(0, stage.own - stage.passages * within - stage.inside * around))
            for stage in _sums.values()
        }
    )


def _timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*values: Any, **named: Any) -> Any:
        outer = _under_way[-1] if _under_way else None
        stage = _Stage(f"{outer.name}: {name}" if outer and name == RECORDS else name)
        _under_way.append(stage)
        started_at = thread_time_ns()
        try:
            return function(*values, **named)
        finally:
            took = thread_time_ns() - started_at
            _under_way.pop()
            if outer:
                outer.own -= took
                outer.inside += 1
            total = _sums.setdefault(stage.name, _Stage(stage.name))
            total.passages += 1
            total.inside += stage.inside
            total.own += stage.own + took

    return timed


def _timed_context(
    name: str, make: Callable[..., AbstractContextManager[Any]]
) -> Callable[..., AbstractContextManager[Any]]:
    return lambda *values, **named: _TimedContext(name, make(*values, **named))


class _TimedContext(AbstractContextManager[Any]):
    """Times how a context is entered and left, not what happens in between."""

    def __init__(self, name: str, context: AbstractContextManager[Any]) -> None:
        self._enter = _timed(name, context.__enter__)
        self._exit = _timed(name, context.__exit__)

    def __enter__(self) -> Any:
        return self._enter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        return self._exit(kind, error, trace)


def _cost_of_timing() -> tuple[float, float]:
    """What timing adds to a stage itself, and to the one around it, in ns."""
    count = 20_000
    nothing = _timed("within", lambda: None)

    def much_of_nothing() -> None:
        for _ in range(count):
            nothing()

    _timed("around", much_of_nothing)()
    return _sums.pop("within").own / count, _sums.pop("around").own / count
