"""Users, policies, roles and their keys, made through the API."""

import json
from typing import Any

from localyun.accounts import Credentials
from tests.people import RAM, STS, Person


def statement(action: str | list[str] = "*", resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows, unless it is said otherwise."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "1", "Statement": statements})


def trusting(*principals: str) -> str:
    """A trust policy for accounts, users and roles."""
    return json.dumps(
        {
            "Version": "1",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": list(principals)}}
            ],
        }
    )


def a_user(owner: Person, name: str = "ci", *statements: dict[str, Any], system: str = "") -> Person:
    """Make a user with a key and, if statements are given, a policy of them; or one of the provider's."""
    owner.call("CreateUser", version=RAM, UserName=name)
    if statements:
        attach(owner, name, a_policy(owner, f"{name}-policy", *statements))
    if system:
        attach(owner, name, system, "System")
    return with_key(owner, name)


def a_policy(owner: Person, name: str, *statements: dict[str, Any]) -> str:
    """Make a policy."""
    owner.call("CreatePolicy", version=RAM, PolicyName=name, PolicyDocument=document(*statements))
    return name


def attach(owner: Person, user: str, policy: str, type_: str = "Custom") -> None:
    """Attach a policy to a user."""
    owner.call("AttachPolicyToUser", version=RAM, UserName=user, PolicyName=policy, PolicyType=type_)


def with_key(owner: Person, user: str) -> Person:
    """Make a key for a user, who calls with it."""
    key = owner.call("CreateAccessKey", version=RAM, UserName=user)["AccessKey"]
    return calling(owner, user, key["AccessKeyId"], key["AccessKeySecret"])


def calling(owner: Person, name: str, id: str, secret: str, token: str = "") -> Person:
    """Somebody who calls for an account with another key."""
    account = owner.credentials
    return Person(
        owner.world,
        Credentials(account.id, name, account.site, id, secret),
        owner.region,
        token,
    )


def a_role(owner: Person, name: str, trust: str, *statements: dict[str, Any], **more: Any) -> str:
    """Make a role with a policy of these statements; its resource name."""
    made = owner.call("CreateRole", version=RAM, RoleName=name, AssumeRolePolicyDocument=trust, **more)
    if statements:
        policy = a_policy(owner, f"{name}-policy", *statements)
        owner.call("AttachPolicyToRole", version=RAM, RoleName=name, PolicyName=policy, PolicyType="Custom")
    arn: str = made["Role"]["Arn"]
    return arn


def assume(caller: Person, role: str, owner: Person | None = None, **more: Any) -> Person:
    """Take a role on, and call with its key; of another account if its owner is given."""
    answer = caller.call("AssumeRole", version=STS, RoleArn=role, **{"RoleSessionName": "session", **more})
    key = answer["Credentials"]
    return calling(
        owner or caller, "session", key["AccessKeyId"], key["AccessKeySecret"], key["SecurityToken"]
    )
