"""Roles: who may take them on, and what is known of them."""

import json
from typing import Any

import pytest

from localyun.app import App
from localyun.operations.identities import may_assume
from localyun.spec import errors
from localyun.spec.faults import ApiError
from tests.people import RAM, Person, Refusal

DOCUMENT = "AssumeRolePolicyDocument"
MALFORMED = errors.RAM_POLICY_MALFORMED

FOR_ECS = {
    "Version": "1",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": ["ecs.aliyuncs.com", "1234567890123456@ecs.aliyuncs.com"]},
        }
    ],
}


def trust(**statement: Any) -> str:
    """A trust policy of one statement."""
    whole = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.aliyuncs.com"}}
    return json.dumps({"Version": "1", "Statement": [{**whole, **statement}]})


def a_role(owner: Person, name: str = "Reader", document: str = "", **more: Any) -> dict[str, Any]:
    """Make a role."""
    made = owner.call(
        "CreateRole",
        version=RAM,
        RoleName=name,
        AssumeRolePolicyDocument=document or json.dumps(FOR_ECS),
        **more,
    )
    role: dict[str, Any] = made["Role"]
    return role


def test_a_role_is_shown_as_it_was_made(alice: Person) -> None:
    """CreateRole and GetRole say the same of it; its resource name is in lower case."""
    tags = json.dumps([{"Key": "team", "Value": "images"}])

    made = a_role(alice, Description="Reads images", MaxSessionDuration=7200, Tag=tags)
    shown = alice.call("GetRole", version=RAM, RoleName="Reader")["Role"]

    assert made == {
        "RoleName": "Reader",
        "RoleId": made["RoleId"],
        "Arn": f"acs:ram::{alice.id}:role/reader",
        "AssumeRolePolicyDocument": json.dumps(FOR_ECS),
        "Description": "Reads images",
        "MaxSessionDuration": 7200,
        "CreateDate": "2026-03-01T08:00:00Z",
    }
    assert shown == {
        **made,
        "UpdateDate": "2026-03-01T08:00:00Z",
        "IsServiceLinkedRole": False,
        "RolePrincipalName": f"reader@role.{alice.id}.onaliyunservice.com",
    }


def test_roles_are_listed_by_name_page_by_page(alice: Person) -> None:
    """A page says where the next one begins, and the last one that it is the last."""
    for name in ("c", "a", "b"):
        a_role(alice, name)

    first = alice.call("ListRoles", version=RAM, MaxItems=2)
    second = alice.call("ListRoles", version=RAM, MaxItems=2, Marker=first["Marker"])

    assert [role["RoleName"] for role in first["Roles"]["Role"]] == ["a", "b"]
    assert [role["RoleName"] for role in second["Roles"]["Role"]] == ["c"]
    assert (first["IsTruncated"], second["IsTruncated"], "Marker" in second) == (True, False, False)


def test_roles_are_found_by_their_tags(alice: Person) -> None:
    """A tag without value is met by any."""
    for name, value in (("a", "1"), ("b", "2"), ("c", "")):
        a_role(alice, name, Tag=json.dumps([{"Key": "n", "Value": value}]))

    found = {
        wanted: [
            role["RoleName"]
            for role in alice.call("ListRoles", version=RAM, Tag=json.dumps([{"Key": "n", "Value": wanted}]))[
                "Roles"
            ]["Role"]
        ]
        for wanted in ("1", "")
    }

    assert found == {"1": ["a"], "": ["a", "b", "c"]}


def test_roles_are_their_accounts_alone(alice: Person, mallory: Person) -> None:
    """Another account neither sees nor deletes them, and may have one of the same name."""
    a_role(alice)

    assert mallory.call("ListRoles", version=RAM)["Roles"]["Role"] == []
    for action in ("GetRole", "DeleteRole"):
        assert mallory.refused(action, version=RAM, RoleName="Reader") == Refusal(
            404, "EntityNotExist.Role", "The role does not exist."
        )
    a_role(mallory)


def test_a_deleted_role_is_gone(alice: Person) -> None:
    """It can be made again, and is another one then."""
    first = a_role(alice)
    alice.call("DeleteRole", version=RAM, RoleName="Reader")

    assert alice.refused("GetRole", version=RAM, RoleName="Reader").code == "EntityNotExist.Role"
    assert a_role(alice)["RoleId"] != first["RoleId"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"RoleName": "x" * 65}, errors.RAM_ROLE_NAME_LENGTH()),
        ({"RoleName": "a b"}, errors.RAM_ROLE_NAME_CHARS()),
        ({"Description": "x" * 1025}, errors.RAM_DESCRIPTION_LENGTH()),
        ({DOCUMENT: " " * 6145}, errors.RAM_POLICY_DOCUMENT_LENGTH()),
        ({DOCUMENT: "{"}, MALFORMED("Input data was truncated")),
        (
            {DOCUMENT: trust(Action="ecs:*")},
            MALFORMED("statement 1 of a trust policy is about sts:AssumeRole"),
        ),
        ({DOCUMENT: trust(Principal={"RAM": "1234"})}, MALFORMED("statement 1: '1234' is no principal")),
        (
            {DOCUMENT: trust(Principal={"User": "x"})},
            MALFORMED("Invalid enum value 'User' - at `key` in `$.Statement[0].Principal`"),
        ),
        ({"Tag": json.dumps([{"Key": "acs:x"}])}, errors.INVALID_PARAMETER("Tag.1.Key")),
        (
            {"Tag": json.dumps([{"Key": f"k{n}"} for n in range(21)])},
            errors.INVALID_PARAMETER("Tag"),
        ),
        ({"Tag": "[{]"}, errors.INVALID_PARAMETER("Tag")),
        ({"RoleName": "there"}, errors.RAM_ROLE_EXISTS()),
    ],
    ids=lambda given: str(given)[:60],
)
def test_what_no_role_can_be_is_refused(alice: Person, given: dict[str, str], refusal: ApiError) -> None:
    """Each with its own row."""
    a_role(alice, "there")
    right = {"RoleName": "new", "AssumeRolePolicyDocument": json.dumps(FOR_ECS)}

    assert alice.refused("CreateRole", version=RAM, **{**right, **given}) == Refusal.of(refusal)


@pytest.mark.parametrize(
    ("document", "service", "trusted"),
    [
        (json.dumps(FOR_ECS), "ecs.aliyuncs.com", True),
        (json.dumps(FOR_ECS), "1234567890123456@ecs.aliyuncs.com", True),
        (json.dumps(FOR_ECS), "2234567890123456@ecs.aliyuncs.com", False),
        (json.dumps(FOR_ECS), "kms.aliyuncs.com", False),
        (trust(Principal={"Service": "*.aliyuncs.com"}), "oss.aliyuncs.com", True),
        (trust(Principal={"RAM": "*"}), "ecs.aliyuncs.com", False),
        (trust(Effect="Deny"), "ecs.aliyuncs.com", False),
        (trust(Condition={"StringEquals": {"acs:SourceIp": "10.0.0.1"}}), "ecs.aliyuncs.com", False),
    ],
)
def test_a_service_takes_on_what_trusts_it(alice: Person, document: str, service: str, trusted: bool) -> None:
    """A role of the account that is asked of; other accounts' roles of that name say nothing."""
    a_role(alice, "AliyunECSShareEncryptImageDefaultRole", document)

    assert assumable(alice.world.app, alice.id, service) is trusted
    assert not assumable(alice.world.app, "1", service)


def assumable(app: App, account: str, service: str) -> bool:
    """Whether a service may take an account's role on."""
    with app.store.reading(0) as tx:
        return may_assume(
            tx,
            account,
            "AliyunECSShareEncryptImageDefaultRole",
            "Service",
            (service,),
            lambda key: None,
        )
