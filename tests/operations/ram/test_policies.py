"""Policies and to whom they are attached."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from localyun import catalogue
from localyun.model import policies
from localyun.model.limits import Limits
from localyun.spec import errors
from localyun.spec.faults import ApiError
from tests.operations.ram.made import attach, document, statement
from tests.operations.ram.test_roles import a_role
from tests.people import RAM, Person, Refusal, World

CUSTOM = {"PolicyType": "Custom", "PolicyName": "share"}
TO = {"User": {"UserName": "ci"}, "Role": {"RoleName": "Reader"}}

USER_QUOTA, ROLE_QUOTA = errors.RAM_USER_POLICIES_QUOTA(), errors.RAM_ROLE_POLICIES_QUOTA()


def a_policy(owner: Person, name: str = "share", **more: Any) -> dict[str, Any]:
    """Make a policy."""
    given = {"PolicyName": name, "PolicyDocument": document(statement()), **more}
    made: dict[str, Any] = owner.call("CreatePolicy", version=RAM, **given)["Policy"]
    return made


def listed(owner: Person, **given: Any) -> list[str]:
    """The names of the policies that are listed."""
    found = owner.call("ListPolicies", version=RAM, **given)["Policies"]["Policy"]
    return [policy["PolicyName"] for policy in found]


@pytest.fixture
def holders(alice: Person) -> Person:
    """Alice with a policy, a user and a role."""
    a_policy(alice)
    alice.call("CreateUser", version=RAM, UserName="ci")
    a_role(alice)
    return alice


each_holder = pytest.mark.parametrize("holder", ["User", "Role"])


def off(holder: str) -> str:
    """The operation that takes a policy off."""
    return f"DetachPolicyFrom{holder}"


def test_a_policy_is_shown_as_it_was_made(alice: Person) -> None:
    """With its document to the letter, and how many have it."""
    tags = json.dumps([{"Key": "team", "Value": "images"}])
    made = a_policy(alice, Description="Shares", Tag=tags)
    alice.call("CreateUser", version=RAM, UserName="ci")
    attach(alice, "ci", "share")

    shown = alice.call("GetPolicy", version=RAM, **CUSTOM)
    (row,) = alice.call("ListPolicies", version=RAM, PolicyType="Custom", Tag=tags)["Policies"]["Policy"]

    dates = {"CreateDate": "2026-03-01T08:00:00Z"}
    assert made == {**CUSTOM, "DefaultVersion": "v1", "Description": "Shares", **dates}
    assert shown["Policy"] == {
        **made,
        "PolicyDocument": document(statement()),
        "AttachmentCount": 1,
        "UpdateDate": "2026-03-01T08:00:00Z",
    }
    assert shown["DefaultPolicyVersion"] == {
        "IsDefaultVersion": True,
        "PolicyDocument": document(statement()),
        "VersionId": "v1",
        **dates,
    }
    assert row["Tags"] == {"Tag": [{"TagKey": "team", "TagValue": "images"}]}


def test_the_providers_policies_are_there(alice: Person) -> None:
    """Each of them is one; they come after one's own, and tell themselves from it by type."""
    a_policy(alice, "AliyunECSFullAccess")

    names = listed(alice)

    assert names == ["AliyunECSFullAccess", *sorted(catalogue.system_policies())]
    assert listed(alice, PolicyType="Custom") == names[:1]
    assert listed(alice, PolicyType="System", MaxItems=2) == names[1:3]
    for name in catalogue.system_policies():
        shown = alice.call("GetPolicy", version=RAM, PolicyType="System", PolicyName=name)["Policy"]
        assert policies.read(shown["PolicyDocument"])


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"PolicyName": "x" * 129}, errors.RAM_POLICY_NAME_LENGTH()),
        ({"PolicyName": "a_b"}, errors.RAM_POLICY_NAME_CHARS()),
        ({"Description": "x" * 1025}, errors.RAM_DESCRIPTION_LENGTH()),
        ({"PolicyDocument": " " * 6145}, errors.RAM_POLICY_DOCUMENT_LENGTH()),
        (
            {"PolicyDocument": '{"Version": "1", "Statement": []}'},
            errors.RAM_POLICY_MALFORMED("Expected `array` of length >= 1 - at `$.Statement`"),
        ),
        ({"PolicyName": "there"}, errors.RAM_POLICY_EXISTS()),
    ],
    ids=lambda given: str(given)[:50],
)
def test_what_no_policy_can_be_is_refused(alice: Person, given: dict[str, str], refusal: ApiError) -> None:
    """Each with its own row."""
    a_policy(alice, "there")
    right = {"PolicyName": "new", "PolicyDocument": document(statement())}

    assert alice.refused("CreatePolicy", version=RAM, **{**right, **given}) == Refusal.of(refusal)


@pytest.mark.parametrize("action", ["GetPolicy", "ListPolicies", "AttachPolicyToUser"])
def test_a_policy_is_of_one_of_two_types(holders: Person, action: str) -> None:
    """Spelled so."""
    given = {"PolicyType": "custom", "PolicyName": "share", "UserName": "ci"}

    assert holders.refused(action, version=RAM, **given) == Refusal.of(errors.RAM_POLICY_TYPE())


@each_holder
def test_a_policy_is_attached_once_and_taken_off_once(holders: Person, holder: str) -> None:
    """To a user as to a role."""
    attach_it = {"version": RAM, **CUSTOM, **TO[holder]}
    there, missing = {
        "User": (errors.RAM_USER_HAS_POLICY(), errors.RAM_USER_WITHOUT_POLICY()),
        "Role": (errors.RAM_ROLE_HAS_POLICY(), errors.RAM_ROLE_WITHOUT_POLICY()),
    }[holder]

    holders.call(f"AttachPolicyTo{holder}", **attach_it)
    again = holders.refused(f"AttachPolicyTo{holder}", **attach_it)
    holders.call(off(holder), **attach_it)
    gone = holders.refused(off(holder), **attach_it)

    assert (again, gone) == (Refusal.of(there), Refusal.of(missing))


@each_holder
def test_what_has_policies_stays(holders: Person, holder: str) -> None:
    """The user or the role, and the policy; all go when it is taken off."""
    attached = {**CUSTOM, **TO[holder]}
    holders.call(f"AttachPolicyTo{holder}", version=RAM, **attached)
    with_policies, of_holder = {
        "User": (errors.RAM_USER_WITH_POLICIES(), errors.RAM_POLICY_OF_USER()),
        "Role": (errors.RAM_ROLE_WITH_POLICIES(), errors.RAM_POLICY_OF_ROLE()),
    }[holder]

    assert holders.refused(f"Delete{holder}", version=RAM, **TO[holder]) == Refusal.of(with_policies)
    assert holders.refused("DeletePolicy", version=RAM, PolicyName="share") == Refusal.of(of_holder)
    holders.call("DeletePolicy", version=RAM, PolicyName="share", CascadingDelete=True)
    holders.call(f"Delete{holder}", version=RAM, **TO[holder])
    assert listed(holders, PolicyType="Custom") == []


@each_holder
@pytest.mark.parametrize("verb", ["AttachPolicyTo", "DetachPolicyFrom"])
def test_what_is_not_there_is_not_attached(holders: Person, holder: str, verb: str) -> None:
    """Neither an unknown policy, nor to somebody unknown."""
    nobody = dict.fromkeys(TO[holder], "nobody")
    unknown = {"User": errors.RAM_USER_NOT_FOUND(), "Role": errors.RAM_ROLE_NOT_FOUND()}[holder]
    no_policy = {**CUSTOM, "PolicyName": "none", **TO[holder]}

    assert holders.refused(f"{verb}{holder}", version=RAM, **CUSTOM, **nobody) == Refusal.of(unknown)
    assert holders.refused(f"{verb}{holder}", version=RAM, **no_policy) == Refusal.of(
        errors.RAM_POLICY_NOT_FOUND()
    )


def test_a_users_policies_are_listed_with_their_dates(holders: Person) -> None:
    """One's own first."""
    attach(holders, "ci", "ReadOnlyAccess", "System")
    holders.world.later(60)
    attach(holders, "ci", "share")

    found = holders.call("ListPoliciesForUser", version=RAM, UserName="ci")["Policies"]["Policy"]

    assert [(one["PolicyType"], one["PolicyName"], one["AttachDate"]) for one in found] == [
        ("Custom", "share", "2026-03-01T08:01:00Z"),
        ("System", "ReadOnlyAccess", "2026-03-01T08:00:00Z"),
    ]
    assert holders.refused("ListPoliciesForUser", version=RAM, UserName="x").code == "EntityNotExist.User"


def test_policies_are_their_accounts_alone(holders: Person, mallory: Person) -> None:
    """Another account neither sees, attaches nor deletes them."""
    missing = Refusal.of(errors.RAM_POLICY_NOT_FOUND())
    mallory.call("CreateUser", version=RAM, UserName="ci")

    assert mallory.refused("GetPolicy", version=RAM, **CUSTOM) == missing
    assert mallory.refused("DeletePolicy", version=RAM, PolicyName="share") == missing
    assert mallory.refused("AttachPolicyToUser", version=RAM, **CUSTOM, UserName="ci") == missing
    assert listed(mallory, PolicyType="Custom") == []


@pytest.mark.parametrize(
    ("limit", "action", "given", "refusal"),
    [
        ("roles_per_account", "CreateRole", None, errors.RAM_ROLES_QUOTA()),
        ("policies_per_account", "CreatePolicy", {"PolicyName": "new"}, errors.RAM_POLICIES_QUOTA()),
        ("custom_policies_per_identity", "AttachPolicyToUser", {**CUSTOM, **TO["User"]}, USER_QUOTA),
        ("custom_policies_per_identity", "AttachPolicyToRole", {**CUSTOM, **TO["Role"]}, ROLE_QUOTA),
    ],
)
def test_there_are_no_more_than_the_limits_allow(
    make_world: Callable[..., World], limit: str, action: str, given: dict[str, str] | None, refusal: ApiError
) -> None:
    """Each limit is an operator's to set, and has its own row."""
    owner = make_world(limits=Limits(**{limit: 1})).person("owner")
    a_policy(owner, "first")
    if limit != "policies_per_account":
        a_policy(owner)
    owner.call("CreateUser", version=RAM, UserName="ci")
    a_role(owner)
    attach(owner, "ci", "first")
    owner.call("AttachPolicyToRole", version=RAM, PolicyType="Custom", PolicyName="first", RoleName="Reader")
    documents = {
        "CreateRole": {
            "RoleName": "new",
            "AssumeRolePolicyDocument": owner.call("GetRole", version=RAM, RoleName="Reader")["Role"][
                "AssumeRolePolicyDocument"
            ],
        },
        "CreatePolicy": {"PolicyDocument": document(statement())},
    }.get(action, {})

    assert owner.refused(action, version=RAM, **(given or {}), **documents) == Refusal.of(refusal)
