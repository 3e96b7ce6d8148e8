"""Every operation refuses what doesn't fit its declaration, each time with one exact error."""

from collections.abc import Iterator

import pytest

from localyun import accounts
from localyun.app import App
from localyun.ids import Ids
from localyun.operations import OPERATIONS
from localyun.store.sqlite import SqliteStore
from tests.conformance.bad_input import BadCall, bad_calls
from tests.people import Person, TurnableClock, World

BAD_CALLS = [call for operation in OPERATIONS.operations for call in bad_calls(operation)]


@pytest.fixture(scope="module")
def alice() -> Iterator[Person]:
    """One account in one world for all cases: a refused call changes nothing."""
    app = App(store=SqliteStore(None), clock=TurnableClock(), ids=Ids("test"))
    accounts.make_first_accounts(app.store, app.ids, app.clock.now())
    world = World(app, app.clock)
    yield next(Person(world, c) for c in accounts.listed(app.store, 0) if c.name == "alice")
    app.store.close()


@pytest.mark.parametrize("bad", BAD_CALLS, ids=str)
def test_what_does_not_fit_is_refused(alice: Person, bad: BadCall) -> None:
    """A missing, malformed or not emulated parameter is answered by its declared error."""
    refusal = alice.refused(bad.operation.name, version=bad.operation.versions[0], **bad.given)

    assert refusal == bad.refusal
