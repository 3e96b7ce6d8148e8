"""Users and their access keys."""

from typing import Any

import pytest

from localyun.config import Settings
from localyun.model.limits import Limits
from localyun.spec import errors
from localyun.spec.faults import ApiError
from tests.operations.ram.made import a_user, with_key
from tests.people import RAM, STS, Person, Refusal

NOT_A_USER = Refusal(404, "EntityNotExist.User", "The user does not exist.")
NOT_A_KEY = Refusal(404, "EntityNotExist.User.AccessKey", "The user access key does not exist.")


def named(person: Person) -> list[str]:
    """The names of the users that a person sees."""
    return [user["UserName"] for user in person.call("ListUsers", version=RAM)["Users"]["User"]]


def test_a_user_is_shown_as_it_was_made(alice: Person) -> None:
    """CreateUser, GetUser and ListUsers say the same of it."""
    given = {
        "UserName": "ci@images",
        "DisplayName": "CI",
        "MobilePhone": "86-18600008888",
        "Email": "ci@example.com",
        "Comments": "Builds images",
    }
    made = alice.call("CreateUser", version=RAM, **given)["User"]
    shown = {**made, "UpdateDate": "2026-03-01T08:00:00Z"}

    assert made == {**given, "UserId": made["UserId"], "CreateDate": "2026-03-01T08:00:00Z"}
    assert alice.call("GetUser", version=RAM, UserName="ci@images")["User"] == shown
    assert alice.call("ListUsers", version=RAM)["Users"]["User"] == [shown]


def test_users_are_listed_by_name_page_by_page(alice: Person) -> None:
    """A page says where the next one begins; only what was given out is taken."""
    for name in ("c", "a", "b"):
        alice.call("CreateUser", version=RAM, UserName=name)

    first = alice.call("ListUsers", version=RAM, MaxItems=2)
    second = alice.call("ListUsers", version=RAM, MaxItems=2, Marker=first["Marker"])

    assert [user["UserName"] for user in first["Users"]["User"]] == ["a", "b"]
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)
    assert alice.refused("ListUsers", version=RAM, Marker="x") == Refusal.of(
        errors.INVALID_PARAMETER("Marker")
    )


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"UserName": "x" * 65}, errors.RAM_USER_NAME_LENGTH()),
        ({"UserName": "a b"}, errors.RAM_USER_NAME_CHARS()),
        ({"DisplayName": "x" * 129}, errors.RAM_DISPLAY_NAME_LENGTH()),
        ({"DisplayName": "<b>"}, errors.RAM_DISPLAY_NAME_CHARS()),
        ({"MobilePhone": "18600008888"}, errors.RAM_MOBILE_PHONE()),
        ({"Email": "nobody"}, errors.RAM_EMAIL()),
        ({"Comments": "x" * 129}, errors.RAM_COMMENTS_LENGTH()),
        ({"UserName": "there"}, errors.RAM_USER_EXISTS()),
        ({"UserName": "There"}, errors.RAM_USER_EXISTS()),
    ],
    ids=str,
)
def test_what_no_user_can_be_is_refused(alice: Person, given: dict[str, str], refusal: ApiError) -> None:
    """Each with its own row, and nothing is made."""
    alice.call("CreateUser", version=RAM, UserName="there")

    assert alice.refused("CreateUser", version=RAM, **{"UserName": "new", **given}) == Refusal.of(refusal)
    assert named(alice) == ["there"]


def test_users_are_their_accounts_alone(alice: Person, mallory: Person) -> None:
    """Another account neither sees, changes nor deletes them, nor makes keys for them."""
    ci = a_user(alice)
    key = {"UserName": "ci", "UserAccessKeyId": ci.credentials.access_key_id}
    given: dict[str, dict[str, Any]] = {
        "GetUser": {"UserName": "ci"},
        "DeleteUser": {"UserName": "ci"},
        "CreateAccessKey": {"UserName": "ci"},
        "ListAccessKeys": {"UserName": "ci"},
        "UpdateAccessKey": {**key, "Status": "Inactive"},
        "DeleteAccessKey": key,
    }

    for action, parameters in given.items():
        assert mallory.refused(action, version=RAM, **parameters) == NOT_A_USER
    for action in ("UpdateAccessKey", "DeleteAccessKey"):
        own = {**given["UpdateAccessKey"], "UserName": None}
        assert mallory.refused(action, version=RAM, **own) == NOT_A_KEY
    assert named(mallory) == []


def test_a_user_with_keys_stays(alice: Person) -> None:
    """It goes when they are deleted, and a later one of its name is another."""
    ci = a_user(alice)
    first = alice.call("GetUser", version=RAM, UserName="ci")["User"]["UserId"]

    refusal = alice.refused("DeleteUser", version=RAM, UserName="ci")
    alice.call("DeleteAccessKey", version=RAM, UserName="ci", UserAccessKeyId=ci.credentials.access_key_id)
    alice.call("DeleteUser", version=RAM, UserName="ci")

    assert refusal == Refusal.of(errors.RAM_USER_WITH_KEYS())
    assert alice.refused("GetUser", version=RAM, UserName="ci") == NOT_A_USER
    assert alice.call("CreateUser", version=RAM, UserName="ci")["User"]["UserId"] != first


def test_a_disabled_key_is_refused_until_it_is_enabled(alice: Person) -> None:
    """From the next call on, both ways."""
    ci = a_user(alice)
    key = {"UserName": "ci", "UserAccessKeyId": ci.credentials.access_key_id}

    alice.call("UpdateAccessKey", version=RAM, **key, Status="Inactive")
    refusal = ci.refused("GetCallerIdentity", version=STS)
    listed = alice.call("ListAccessKeys", version=RAM, UserName="ci")["AccessKeys"]["AccessKey"]
    alice.call("UpdateAccessKey", version=RAM, **key, Status="Active")

    assert refusal == Refusal.of(errors.ACCESS_KEY_DISABLED())
    assert listed == [
        {
            "AccessKeyId": ci.credentials.access_key_id,
            "Status": "Inactive",
            "CreateDate": "2026-03-01T08:00:00Z",
        }
    ]
    ci.call("GetCallerIdentity", version=STS)


def test_a_deleted_key_is_unknown(alice: Person) -> None:
    """As one that never was."""
    ci = a_user(alice)

    alice.call("DeleteAccessKey", version=RAM, UserName="ci", UserAccessKeyId=ci.credentials.access_key_id)

    assert ci.refused("GetCallerIdentity", version=STS) == Refusal.of(errors.ACCESS_KEY_NOT_FOUND())


def test_a_user_has_two_keys_at_most(alice: Person) -> None:
    """The account itself too; whoever names nobody means oneself."""
    a_user(alice)
    with_key(alice, "ci")
    alice.call("CreateAccessKey", version=RAM)

    for whose in ({"UserName": "ci"}, {}):
        assert alice.refused("CreateAccessKey", version=RAM, **whose) == Refusal.of(errors.RAM_KEYS_QUOTA())


def test_a_keys_secret_is_shown_once(alice: Person) -> None:
    """No list has it."""
    ci = a_user(alice)

    listed = alice.send("ListAccessKeys", version=RAM, UserName="ci").body.decode()

    assert ci.credentials.access_key_id in listed
    assert ci.credentials.access_key_secret not in listed


def test_the_first_key_of_an_account_stays_its_own(alice: Person) -> None:
    """Keys of users don't show up as the account's."""
    a_user(alice)

    listed = alice.call("ListAccessKeys", version=RAM)["AccessKeys"]["AccessKey"]

    assert [key["AccessKeyId"] for key in listed] == [alice.credentials.access_key_id]


def test_an_account_has_no_more_users_than_it_may(make_world: Any) -> None:
    """The limit is an operator's to set."""
    world = make_world(limits=Limits(users_per_account=1))
    assert isinstance(world.app.settings, Settings)
    owner = world.person("owner")
    owner.call("CreateUser", version=RAM, UserName="one")

    assert owner.refused("CreateUser", version=RAM, UserName="two") == Refusal.of(errors.RAM_USERS_QUOTA())
