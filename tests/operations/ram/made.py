"""Users, policies and their keys, made through the API."""

import json
from typing import Any

from tests.people import RAM, Person


def statement(action: str | list[str] = "*", resource: str = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows, unless it is said otherwise; `not_action` and the like replace."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "1", "Statement": statements})


def a_user(owner: Person, name: str = "ci", *statements: dict[str, Any], system: str = "") -> Person:
    """Make a user with a key and, if statements are given, a policy of them; or one of the provider's."""
    owner.call("CreateUser", version=RAM, UserName=name)
    if statements:
        policy = f"{name}-policy"
        owner.call("CreatePolicy", version=RAM, PolicyName=policy, PolicyDocument=document(*statements))
        attach(owner, name, policy)
    if system:
        attach(owner, name, system, "System")
    return with_key(owner, name)


def attach(owner: Person, user: str, policy: str, type_: str = "Custom") -> None:
    """Attach a policy to a user."""
    owner.call("AttachPolicyToUser", version=RAM, UserName=user, PolicyName=policy, PolicyType=type_)


def with_key(owner: Person, user: str) -> Person:
    """Make a key for a user, who calls with it."""
    key = owner.call("CreateAccessKey", version=RAM, UserName=user)["AccessKey"]
    return Person(
        owner.world,
        replace_key(owner, user, key["AccessKeyId"], key["AccessKeySecret"]),
        owner.region,
    )


def replace_key(owner: Person, name: str, id: str, secret: str) -> Any:
    """Return the credentials of an account with another key."""
    given = owner.credentials
    return type(given)(given.id, name, given.site, id, secret)
