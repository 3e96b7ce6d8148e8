"""The audit trail: each change and each refusal is in it, with who and what, and no secret."""

import json
from typing import Any

import pytest

from localyun.model import AuditEntry, Share
from localyun.spec import errors
from localyun.store.interface import Store, StoreUnavailable
from tests.operations.made import an_image, an_instance
from tests.operations.ram.made import a_role, a_user, assume, calling, statement, trusting
from tests.people import ACTIONTRAIL, RAM, REGION, STS, Person, Refusal, World

SHARE = "ModifyImageSharePermission"
DAY = 24 * 60 * 60


def trail(world: World) -> list[AuditEntry]:
    """Everything in it, oldest first; calls of one instant in no order."""
    with world.app.store.reading(0) as tx:
        return tx.find(AuditEntry, order="at")


def last(world: World) -> AuditEntry:
    """The last entry."""
    return trail(world)[-1]


@pytest.fixture
def ticking(alice: Person) -> Person:
    """Alice, in a world where no two of her calls are at the same time."""
    send = alice.world.send

    def later(raw: Any) -> Any:
        alice.world.clock.offset += 1000
        return send(raw)

    alice.world.send = later  # type: ignore[method-assign]
    return alice


def test_a_change_is_recorded(alice: Person, bob: Person) -> None:
    """Who, with which key, from where, what, on which image, and that it was done."""
    image = an_image(alice)
    alice.client = "10.1.1.1"

    answer = alice.call(SHARE, ImageId=image, AddAccount=[bob.id])

    assert trail(alice.world) == [
        AuditEntry(
            id=answer["RequestId"],
            at=alice.world.clock.now(),
            account=alice.id,
            access_key=alice.credentials.access_key_id,
            service="ecs",
            action=SHARE,
            version="2014-05-26",
            address="10.1.1.1",
            region=REGION,
            image=image,
            parameters={
                "RegionId": REGION,
                "ImageId": image,
                "AddAccount.1": bob.id,
                "SignatureNonce": "***",
                "Signature": "***",
            },
        )
    ]


def test_the_image_that_was_made_is_named(alice: Person) -> None:
    """Though the call couldn't name it."""
    made = alice.call("CreateImage", InstanceId=an_instance(alice))

    assert last(alice.world).image == made["ImageId"]


def test_reading_is_not_recorded_unless_it_is_refused(alice: Person) -> None:
    """A refusal is, with its code and its message."""
    alice.call("DescribeImages")
    before = trail(alice.world)
    refusal = alice.refused("DescribeImageSharePermission", ImageId="m-none")

    (entry,) = trail(alice.world)
    assert before == []
    assert (entry.code, entry.message, entry.reads) == (refusal.code, refusal.message, True)


def test_a_refused_change_leaves_its_entry_and_nothing_else(alice: Person, bob: Person) -> None:
    """As its nonce stays, too."""
    image = an_image(alice)

    alice.refused(SHARE, ImageId=image, AddAccount=[bob.id, alice.id])

    with alice.world.app.store.reading(0) as tx:
        assert tx.count(Share, image=image) == 0
    assert last(alice.world).code == "InvalidAccount.Forbbiden"


def test_what_is_lost_with_its_transaction_is_not_recorded(alice: Person) -> None:
    """There was no such change."""
    entry = AuditEntry(id="x", at=0, account="1", access_key="k", service="", action="", version="")

    def lost(store: Store) -> None:
        with store.writing(0) as tx:
            tx.record(entry)
            raise StoreUnavailable("lost")

    with pytest.raises(StoreUnavailable):
        lost(alice.world.app.store)

    assert trail(alice.world) == []


def test_users_and_sessions_are_named(ticking: Person) -> None:
    """Each by its resource name, with the statement that decided when policies refused."""
    ci = a_user(ticking, "ci", statement("sts:*"), statement("ecs:Delete*", Effect="Deny"))
    role = a_role(ticking, "Reader", trusting(f"acs:ram::{ticking.id}:root"))
    session = assume(ci, role)

    ci.refused("DeleteImage", ImageId="m-1")
    denied = last(ticking.world)
    session.refused("DeleteImage", ImageId="m-1")
    implicit = last(ticking.world)

    assert (denied.who, denied.user) == (f"acs:ram::{ticking.id}:user/ci", "ci")
    assert denied.because == "statement 2 of policy ci-policy denies it"
    assert implicit.who == f"acs:ram::{ticking.id}:assumed-role/Reader/session"
    assert implicit.because == "no statement of any policy allows it"


def test_whoever_tries_a_key_is_in_the_trail_of_its_owner(alice: Person, mallory: Person) -> None:
    """A wrong signature is; what names nobody's key is in nobody's."""
    key = alice.credentials.access_key_id
    forger = calling(alice, "forger", key, "wrong")
    nobody = calling(alice, "nobody", "LTAI-none", "wrong")

    forger.refused("DescribeImages")
    nobody.refused("DescribeImages")

    (entry,) = trail(alice.world)
    assert (entry.account, entry.access_key, entry.code) == (alice.id, key, "SignatureDoesNotMatch")


def test_no_secret_is_in_the_trail(ticking: Person) -> None:
    """Neither what callers send nor what they are answered."""
    image = an_image(ticking)
    secrets = ["Secr3t-Pass", "c2VjcmV0LWRhdGE="]
    ticking.send(
        "RunInstances", ImageId=image, InstanceType="ecs.g6.large", Password=secrets[0], UserData=secrets[1]
    )
    ci = a_user(ticking, "ci", system="AliyunSTSAssumeRoleAccess")
    session = assume(ci, a_role(ticking, "R", trusting(f"acs:ram::{ticking.id}:root")))
    session.refused("DeleteImage", ImageId=image)
    secrets += [person.credentials.access_key_secret for person in (ticking, ci, session)] + [
        session.security_token
    ]

    with ticking.world.app.store.reading(0) as tx:
        kept = json.dumps([repr(entry) for entry in tx.find(AuditEntry)])

    assert "RunInstances" in kept
    assert [secret for secret in secrets if secret in kept] == []


def test_long_values_are_cut(alice: Person) -> None:
    """The trail isn't filled by one call."""
    alice.refused("DeleteImage", ImageId="m" * 10_000, ClientToken="t")

    assert len(last(alice.world).parameters["ImageId"]) == 512
    assert last(alice.world).parameters["ClientToken"] == "t"


def test_a_call_with_thousands_of_parameters_has_a_small_entry(alice: Person) -> None:
    """Whoever sends them, and whatever they are called."""
    alice.refused("DeleteImage", ImageId="m-none", **{f"x{number}" * 99: "y" for number in range(2_000)})

    (entry,) = trail(alice.world)
    assert len(entry.parameters) <= 200
    assert max(map(len, entry.parameters)) <= 512


def test_entries_are_kept_for_ninety_days(alice: Person) -> None:
    """Older ones go when others come."""
    alice.refused("DeleteImage", ImageId="m-old")
    alice.world.clock.at += 91 * DAY * 1000

    alice.refused("DeleteImage", ImageId="m-new")

    assert [entry.image for entry in trail(alice.world)] == ["m-new"]


def test_a_share_says_who_made_it(alice: Person, bob: Person) -> None:
    """And since when."""
    ci = a_user(alice, "ci", system="AliyunECSFullAccess")
    image = an_image(alice)

    ci.call(SHARE, ImageId=image, AddAccount=[bob.id])

    with alice.world.app.store.reading(0) as tx:
        share = tx.get(Share, image, bob.id)
    assert share is not None
    assert (share.by, share.since) == (f"acs:ram::{alice.id}:user/ci", alice.world.clock.now())


def looked_up(person: Person, **given: Any) -> list[dict[str, Any]]:
    """The events that are found."""
    found: list[dict[str, Any]] = person.call("LookupEvents", version=ACTIONTRAIL, **given)["Events"]
    return found


def named(person: Person, **attributes: str) -> list[str]:
    """The names of the events that have these attributes."""
    wanted = [{"Key": key, "Value": value} for key, value in attributes.items()]
    return [event["eventName"] for event in looked_up(person, LookupAttribute=wanted)]


def test_events_are_looked_up(ticking: Person, bob: Person) -> None:
    """As the provider shows them."""
    image = an_image(ticking)
    answer = ticking.call(SHARE, ImageId=image, AddAccount=[bob.id])

    (event,) = looked_up(ticking)

    parameters = event.pop("requestParameters")
    assert parameters["AddAccount.1"] == bob.id
    assert event == {
        "eventId": answer["RequestId"],
        "eventVersion": "1",
        "eventName": SHARE,
        "eventType": "ApiCall",
        "eventTime": "2026-03-01T08:00:01Z",
        "eventRW": "Write",
        "eventSource": "ecs.aliyuncs.com",
        "serviceName": "Ecs",
        "apiVersion": "2014-05-26",
        "acsRegion": REGION,
        "requestId": answer["RequestId"],
        "recipientAccountId": ticking.id,
        "sourceIpAddress": "127.0.0.1",
        "userAgent": "",
        "userIdentity": {
            "type": "root-account",
            "accountId": ticking.id,
            "principalId": f"acs:ram::{ticking.id}:root",
            "userName": "root",
            "accessKeyId": ticking.credentials.access_key_id,
        },
        "referencedResources": {"ACS::ECS::Image": [image]},
    }


def test_events_are_found_by_what_they_are_like(ticking: Person) -> None:
    """One thing, or two at once."""
    image = an_image(ticking)
    ci = a_user(ticking, "ci", system="AliyunSTSAssumeRoleAccess")
    role = a_role(ticking, "Reader", trusting(f"acs:ram::{ticking.id}:root"))
    session = assume(ci, role)
    session.refused("DescribeImages")
    ticking.call("ModifyImageAttribute", ImageId=image, Description="changed")
    (denied,) = looked_up(ticking, LookupAttribute=[{"Key": "User", "Value": "Reader:session"}])

    assert (denied["errorCode"], denied["userIdentity"]["type"]) == ("Forbidden.RAM", "assumed-role")
    assert named(ticking, ResourceName=image) == ["ModifyImageAttribute"]
    assert named(ticking, ResourceType="ACS::ECS::Image") == ["ModifyImageAttribute"]
    assert named(ticking, User="ci") == ["AssumeRole"]
    assert named(ticking, EventRW="Read") == ["DescribeImages"]
    assert named(ticking, EventId=denied["eventId"]) == ["DescribeImages"]
    assert named(ticking, ServiceName="Ram", EventName="CreateUser") == ["CreateUser"]
    assert named(ticking, EventAccessKeyId=ci.credentials.access_key_id) == ["AssumeRole"]


def test_events_come_page_by_page_either_way(ticking: Person) -> None:
    """However many are added in between; a page is marked by its last event."""
    names = [f"u{number}" for number in range(5)]
    for name in names:
        ticking.call("CreateUser", version=RAM, UserName=name)

    def pages(direction: str | None) -> list[str]:
        found, token = [], None
        while True:
            answer = ticking.call(
                "LookupEvents", version=ACTIONTRAIL, MaxResults=2, Direction=direction, NextToken=token
            )
            found += [event["requestParameters"]["UserName"] for event in answer["Events"]]
            if not (token := answer.get("NextToken")):
                return found

    assert pages(None) == pages("BACKWARD") == names[::-1]
    assert pages("FORWARD") == names


def test_events_are_looked_up_within_a_time(ticking: Person) -> None:
    """From its start until before its end; the last seven days for those who say nothing."""
    ticking.call("CreateUser", version=RAM, UserName="old")
    ticking.world.later(8 * DAY)
    ticking.call("CreateUser", version=RAM, UserName="new")

    def users(**given: str) -> list[str]:
        return [event["requestParameters"]["UserName"] for event in looked_up(ticking, **given)]

    assert users() == ["new"]
    assert users(StartTime="2026-03-01T08:00:01Z") == ["new", "old"]
    assert users(StartTime="2026-03-01T08:00:02Z") == ["new"]
    assert users(EndTime="2026-03-01T08:00:02Z") == ["old"]
    assert users(EndTime="2026-03-01T08:00:01Z") == []


def test_events_are_ones_own(alice: Person, mallory: Person) -> None:
    """Nobody sees what another account does, nor finds it by its id."""
    id = alice.call("CreateUser", version=RAM, UserName="ci")["RequestId"]

    assert looked_up(mallory) == []
    assert named(mallory, EventId=id) == []


@pytest.mark.parametrize(
    ("given", "row"),
    [
        ({"StartTime": "yesterday"}, errors.TRAIL_START_TIME),
        ({"StartTime": "2025-11-01T08:00:00Z"}, errors.TRAIL_START_TIME),
        ({"EndTime": "tomorrow"}, errors.TRAIL_END_TIME),
        ({"StartTime": "2026-02-02T08:00:00Z", "EndTime": "2026-02-01T08:00:00Z"}, errors.TRAIL_TIMES),
        ({"Direction": "UP"}, errors.TRAIL_QUERY),
        ({"MaxResults": "0"}, errors.TRAIL_QUERY),
        ({"MaxResults": "51"}, errors.TRAIL_QUERY),
        ({"NextToken": "x"}, errors.TRAIL_QUERY),
        ({"NextToken": "eA=="}, errors.TRAIL_QUERY),
        ({"LookupAttribute": [{"Key": "Colour", "Value": "x"}]}, errors.TRAIL_QUERY),
        ({"LookupAttribute": [{"Key": "User"}] * 3}, errors.TRAIL_QUERY),
    ],
    ids=str,
)
def test_what_cannot_be_looked_up_is_refused(alice: Person, given: dict[str, Any], row: Any) -> None:
    """Each with its own row."""
    assert alice.refused("LookupEvents", version=ACTIONTRAIL, **given) == Refusal.of(row())


def test_who_one_is_needs_no_entry(alice: Person) -> None:
    """Nothing that only reads has one."""
    alice.call("GetCallerIdentity", version=STS)

    assert trail(alice.world) == []
