"""Accounts that the operator holds back, and roles, for tests of what that refuses."""

import json

from localyun import accounts
from localyun.model.standing import Condition
from tests.people import Person


def hold(person: Person, *conditions: Condition) -> None:
    """Hold an account back, as `localyun accounts hold` does."""
    accounts.hold(person.world.app.store, person.world.clock.wall(), person.id, conditions)


def make_role(person: Person, name: str, service: str) -> None:
    """Make a role that a service of the provider may take on."""
    trust = {
        "Version": "1",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": [service]}}],
    }
    person.call(
        "CreateRole",
        version="2015-05-01",
        RegionId=None,
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(trust),
    )
