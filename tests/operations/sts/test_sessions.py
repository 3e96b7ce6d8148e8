"""Taking roles on: who may, for how long, and what the temporary key is good for."""

import json
from typing import Any

import pytest

from localyun import accounts
from localyun.model import Session
from localyun.spec import errors
from localyun.spec.faults import ApiError
from localyun.wire import times
from localyun.wire.call import RawRequest
from localyun.wire.render import Reply
from localyun.wire.signing import v3
from localyun.wire.signing.canonical import canonical_query
from tests.operations.made import an_image, images_seen
from tests.operations.ram.made import (
    a_role,
    a_user,
    assume,
    calling,
    statement,
    trusting,
)
from tests.people import RAM, STS, Person, Refusal

NO_PERMISSION = Refusal.of(errors.STS_NO_PERMISSION())
HOUR = 3600


@pytest.fixture
def role(alice: Person) -> str:
    """A role of alice's for her own users, which reads."""
    return a_role(alice, "Reader", trusting(f"acs:ram::{alice.id}:root"), statement("ecs:Describe*"))


@pytest.fixture
def ci(alice: Person) -> Person:
    """A user of alice's who may take roles on."""
    return a_user(alice, "ci", system="AliyunSTSAssumeRoleAccess")


def who(person: Person) -> dict[str, Any]:
    """What a caller is told of itself."""
    answer = person.call("GetCallerIdentity", version=STS)
    return {name: value for name, value in answer.items() if name != "RequestId"}


def test_each_kind_of_caller_is_told_who_it_is(alice: Person, ci: Person, role: str) -> None:
    """The account, a user, and whoever took a role on."""
    user = alice.call("GetUser", version=RAM, UserName="ci")["User"]["UserId"]
    id = alice.call("GetRole", version=RAM, RoleName="Reader")["Role"]["RoleId"]

    assert who(alice) == {
        "IdentityType": "Account",
        "AccountId": alice.id,
        "PrincipalId": alice.id,
        "UserId": alice.id,
        "Arn": f"acs:ram::{alice.id}:root",
    }
    assert who(ci) == {
        "IdentityType": "RAMUser",
        "AccountId": alice.id,
        "PrincipalId": user,
        "UserId": user,
        "Arn": f"acs:ram::{alice.id}:user/ci",
    }
    assert who(assume(ci, role)) == {
        "IdentityType": "AssumedRoleUser",
        "AccountId": alice.id,
        "PrincipalId": f"{id}:session",
        "UserId": f"{id}:session",
        "RoleId": id,
        "Arn": f"acs:ram::{alice.id}:assumed-role/Reader/session",
    }


def test_a_session_is_given_out_once(alice: Person, ci: Person, role: str) -> None:
    """With its key, its token, and the time of its end."""
    answer = ci.call(
        "AssumeRole",
        version=STS,
        RoleArn=role,
        RoleSessionName="build@7",
        DurationSeconds=900,
        SourceIdentity="ci",
    )
    id = alice.call("GetRole", version=RAM, RoleName="Reader")["Role"]["RoleId"]

    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{id}:build@7",
        "Arn": f"acs:ram::{alice.id}:assumed-role/Reader/build@7",
    }
    assert answer["Credentials"]["Expiration"] == "2026-03-01T08:15:00Z"
    assert answer["Credentials"]["AccessKeyId"].startswith("STS.")
    assert answer["SourceIdentity"] == "ci"


def test_a_role_of_another_account_is_taken_on(alice: Person, bob: Person) -> None:
    """If it trusts that account, or that user; then one acts for the account whose role it is."""
    image = an_image(alice)
    for_bob = a_role(alice, "ForBob", trusting(f"acs:ram::{bob.id}:root"), statement("ecs:*"))
    for_ci = a_role(alice, "ForCi", trusting(f"acs:ram::{bob.id}:user/ci"), statement("ecs:*"))
    ci = a_user(bob, "ci", system="AliyunSTSAssumeRoleAccess")
    other = a_user(bob, "other", system="AliyunSTSAssumeRoleAccess")

    assert images_seen(assume(ci, for_bob, alice)) == [image]
    assert images_seen(assume(ci, for_ci, alice)) == [image]
    assert images_seen(assume(other, for_bob, alice)) == [image]
    assert refused(other, for_ci) == NO_PERMISSION


def refused(caller: Person, role: str, **more: Any) -> Refusal:
    """What somebody is answered who can't take a role on."""
    return caller.refused("AssumeRole", version=STS, **{"RoleArn": role, "RoleSessionName": "s1", **more})


def test_trust_and_right_are_both_needed(alice: Person, mallory: Person, role: str) -> None:
    """The role has to trust whoever calls, and its policies have to allow the call."""
    without = a_user(alice, "without")
    only_other = a_user(alice, "only-other", statement("sts:AssumeRole", "acs:ram:*:*:role/other"))
    stranger = a_user(mallory, "stranger", system="AdministratorAccess")

    assert refused(without, role) == NO_PERMISSION
    assert refused(only_other, role) == NO_PERMISSION
    assert refused(stranger, role) == NO_PERMISSION
    right = a_user(alice, "right", statement("sts:AssumeRole", f"acs:ram:*:{alice.id}:role/*"))
    for spelled in (role, f"acs:ram::{alice.id}:role/Reader"):
        assume(right, spelled)


def test_a_role_is_denied_however_it_is_spelled(alice: Person, role: str) -> None:
    """Its resource name is in lower case, its name needn't be."""
    allowed = statement("sts:AssumeRole", "*")
    for number, name in enumerate(("reader", "Reader", "READER")):
        resource = f"acs:ram:*:{alice.id}:role/{name}"
        denied = a_user(alice, f"ci-{number}", allowed, statement("sts:*", resource, Effect="Deny"))

        for spelled in ("reader", "Reader", "rEADER"):
            assert refused(denied, f"acs:ram::{alice.id}:role/{spelled}") == NO_PERMISSION


def test_an_account_takes_no_role_on_with_its_own_key(alice: Person, role: str) -> None:
    """Only users do, and those who took one on."""
    assert refused(alice, role) == NO_PERMISSION


def test_a_session_takes_another_role_on_for_an_hour_at_most(alice: Person, ci: Person) -> None:
    """Whatever that role allows; trusted by its first role's name."""
    first = a_role(alice, "First", trusting(f"acs:ram::{alice.id}:user/ci"), statement("sts:AssumeRole"))
    second = a_role(
        alice,
        "Second",
        trusting(first),
        statement("ecs:Describe*"),
        MaxSessionDuration=12 * HOUR,
    )
    chained = assume(ci, first)

    assert who(assume(chained, second))["Arn"].endswith("assumed-role/Second/session")
    assert refused(chained, second, DurationSeconds=HOUR + 1) == Refusal.of(errors.STS_DURATION())
    assert refused(ci, second) == NO_PERMISSION


def test_a_role_may_ask_for_an_external_id(alice: Person, bob: Person) -> None:
    """So that a service that acts for many isn't made to act for the wrong one."""
    trust = json.loads(trusting(f"acs:ram::{bob.id}:root"))
    trust["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "alice-7"}}
    role = a_role(alice, "ForService", json.dumps(trust), statement("ecs:*"))
    ci = a_user(bob, "ci", system="AliyunSTSAssumeRoleAccess")

    assert refused(ci, role) == NO_PERMISSION
    assert refused(ci, role, ExternalId="alice-8") == NO_PERMISSION
    assume(ci, role, alice, ExternalId="alice-7")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"RoleArn": "Reader"}, errors.STS_ROLE_ARN()),
        ({"RoleArn": "acs:ram::12:user/ci"}, errors.STS_ROLE_ARN()),
        ({"RoleSessionName": "x"}, errors.STS_SESSION_NAME()),
        ({"RoleSessionName": "a b"}, errors.STS_SESSION_NAME()),
        ({"DurationSeconds": 899}, errors.STS_DURATION()),
        ({"DurationSeconds": HOUR + 1}, errors.STS_DURATION()),
        ({"DurationSeconds": "long"}, errors.STS_DURATION()),
        ({"Policy": " " * 2048}, errors.STS_POLICY_SIZE()),
        ({"Policy": "{}"}, errors.STS_POLICY_GRAMMAR()),
        ({"ExternalId": "x"}, errors.STS_EXTERNAL_ID()),
        ({"SourceIdentity": "x"}, errors.INVALID_PARAMETER("SourceIdentity")),
        ({"RoleArn": "acs:ram::12:role/none"}, errors.STS_ROLE_NOT_FOUND()),
    ],
    ids=str,
)
def test_what_no_session_can_be_is_refused(
    ci: Person, role: str, given: dict[str, Any], refusal: ApiError
) -> None:
    """Each with its own row."""
    assert refused(ci, role, **given) == Refusal.of(refusal)


def test_a_session_ends(ci: Person, role: str) -> None:
    """At its time, to the second; the world's time, as everything that is shown."""
    session = assume(ci, role, DurationSeconds=900)

    session.world.later(899)
    who(session)
    session.world.later(1)

    expired = Refusal.of(errors.SECURITY_TOKEN_EXPIRED())
    assert session.refused("GetCallerIdentity", version=STS) == expired
    session.world.later(29 * 24 * HOUR)
    assert session.refused("GetCallerIdentity", version=STS) == expired


def test_sessions_that_are_long_over_are_forgotten(alice: Person, ci: Person, role: str) -> None:
    """A month later, when the next one begins."""
    old = assume(ci, role)
    ci.world.later(31 * 24 * HOUR)

    assume(ci, role)

    with alice.world.app.store.reading(0) as tx:
        assert tx.count(Session) == 1
    assert old.refused("GetCallerIdentity", version=STS) == Refusal.of(errors.ACCESS_KEY_NOT_FOUND())


def test_a_token_belongs_to_one_key(ci: Person, alice: Person, role: str) -> None:
    """Without it, with another's or with one that was made up, the key is good for nothing."""
    session, other = assume(ci, role), assume(ci, role)

    def with_token(token: str) -> Person:
        key = session.credentials
        return calling(session, "x", key.access_key_id, key.access_key_secret, token)

    guessed = session.security_token[:-12] + ("A" * 12)
    wanted = {
        "": errors.MISSING_SECURITY_TOKEN(),
        "x": errors.SECURITY_TOKEN_MALFORMED(),
        "CAIS====": errors.SECURITY_TOKEN_MALFORMED(),
        "CAIS" + "A" * 40: errors.SECURITY_TOKEN_MALFORMED(),
        guessed: errors.SECURITY_TOKEN_MALFORMED(),
        other.security_token: errors.SECURITY_TOKEN_MISMATCH(),
    }
    for token, refusal in wanted.items():
        assert with_token(token).refused("GetCallerIdentity", version=STS) == Refusal.of(refusal)
    permanent = alice.credentials
    alice_with_token = calling(
        alice, "x", permanent.access_key_id, permanent.access_key_secret, session.security_token
    )
    assert alice_with_token.refused("GetCallerIdentity", version=STS) == Refusal.of(
        errors.SECURITY_TOKEN_MISMATCH()
    )


def send_v3(person: Person, nonce: str, *, token: str = "", left_out: str = "") -> Reply:
    """Ask who one is, signed the V3 way, perhaps with a header unsigned."""
    headers = v3.signed(
        method="POST",
        host="test",
        query=(),
        access_key_id=person.credentials.access_key_id,
        secret=person.credentials.access_key_secret,
        action="GetCallerIdentity",
        version=STS,
        nonce=nonce,
        date=times.seconds(person.world.clock.wall()),
        **({"security_token": token} if token else {}),
    )
    if left_out:
        headers = {name: value for name, value in headers.items() if name != left_out}
    return person.world.send(RawRequest("POST", "/", canonical_query(()).encode(), headers, b""))


def test_a_temporary_key_signs_the_v3_way(ci: Person, role: str) -> None:
    """With the token as a header, which has to be signed; without it, it is missing."""
    session = assume(ci, role)

    whole = send_v3(session, "1", token=session.security_token)
    missing = send_v3(session, "2")
    stripped = send_v3(session, "3", token=session.security_token, left_out="x-acs-security-token")

    assert json.loads(whole.body)["IdentityType"] == "AssumedRoleUser"
    assert missing.code == "MissingSecurityToken"
    assert stripped.code == "MissingSecurityToken"


def test_rights_of_a_session_end_with_its_role(alice: Person, ci: Person, role: str) -> None:
    """A role of the same name that is made later isn't the one that was taken on."""
    session = assume(ci, role)
    images_seen(session)

    taken_off = {"RoleName": "Reader", "PolicyName": "Reader-policy", "PolicyType": "Custom"}
    alice.call("DetachPolicyFromRole", version=RAM, **taken_off)
    before = session.refused("DescribeImages")
    alice.call("DeleteRole", version=RAM, RoleName="Reader")
    alice.call(
        "CreateRole",
        version=RAM,
        RoleName="Reader",
        AssumeRolePolicyDocument=trusting(f"acs:ram::{alice.id}:root"),
    )
    alice.call("AttachPolicyToRole", version=RAM, **taken_off)

    assert before == session.refused("DescribeImages") == Refusal.of(errors.FORBIDDEN_RAM())
    images_seen(assume(ci, role))


def test_secrets_show_in_no_text(alice: Person, ci: Person, role: str) -> None:
    """Neither a key's nor a session's, wherever one is written out."""
    session = assume(ci, role)

    with alice.world.app.store.reading(0) as tx:
        (kept,) = tx.find(Session)

    assert session.credentials.access_key_secret not in repr(kept)
    assert session.security_token not in repr(kept)


def test_whoever_acts_for_an_account_goes_with_it(alice: Person, ci: Person, role: str) -> None:
    """Its users' keys and its sessions are unknown, also when its id comes back."""
    store, session = alice.world.app.store, assume(ci, role)
    accounts.delete(store, 0, "alice")

    for who_is_gone in (alice, ci, session):
        assert who_is_gone.refused("GetCallerIdentity", version=STS).code == "InvalidAccessKeyId.NotFound"
    back = Person(alice.world, accounts.create(store, alice.world.app.ids, 0, "alice", id=alice.id))
    for who_is_gone in (ci, session):
        assert who_is_gone.refused("GetCallerIdentity", version=STS).code == "InvalidAccessKeyId.NotFound"
    assert back.call("ListUsers", version=RAM)["Users"]["User"] == []
    assert back.call("ListRoles", version=RAM)["Roles"]["Role"] == []
