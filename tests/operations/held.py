"""Accounts that the operator holds back, for tests of what that refuses."""

from localyun import accounts
from localyun.model.standing import Condition
from tests.people import Person


def hold(person: Person, *conditions: Condition) -> None:
    """Hold an account back, as `localyun accounts hold` does."""
    accounts.hold(person.world.app.store, person.world.clock.wall(), person.id, conditions)
