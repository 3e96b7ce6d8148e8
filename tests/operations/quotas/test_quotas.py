"""Quotas: shown, asked for, granted by an operator or at once, and in force from the next call on."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.quotas import quotas
from localyun.operations.quotas import granting
from localyun.spec import errors
from localyun.spec.faults import ApiError
from tests.operations.made import an_image
from tests.people import QUOTAS, RAM, REGION, Person, Refusal, World

SHARES = {"ProductCode": "ecs", "QuotaActionCode": "q_shares-per-image"}
HERE = {"Dimensions": [{"Key": "regionId", "Value": REGION}]}
ELSEWHERE = {"Dimensions": [{"Key": "regionId", "Value": "cn-beijing"}]}
DAY = 24 * 60 * 60


def ask(person: Person, value: float = 60, **more: Any) -> dict[str, Any]:
    """Ask for more accounts an image."""
    given = {**SHARES, "DesireValue": value, "Reason": "a large team", **more}
    return person.call("CreateQuotaApplication", version=QUOTAS, **given)


def total(person: Person, **more: Any) -> float:
    """How many accounts an image of somebody's may be shared with, as Quota Center says."""
    quota = person.call("GetProductQuota", version=QUOTAS, **{**SHARES, **more})["Quota"]
    found: float = quota["TotalQuota"]
    return found


def decide(person: Person, id: str, *, value: int | None = None, why: str = "") -> None:
    """Play the operator: grant an application, or refuse it for a reason."""
    with person.world.app.store.writing(0) as tx:
        application = granting.waiting(tx, id)
        if why:
            granting.refuse(tx, application, why)
        else:
            granting.grant(tx, application, value)


def accounts_of(world: World, count: int) -> list[str]:
    """Make so many accounts; their ids."""
    return [world.person(f"account-{number}").id for number in range(count)]


def share(owner: Person, image: str, with_: list[str]) -> Refusal | None:
    """Share an image with accounts, ten a call; the refusal, if there is one."""
    for start in range(0, len(with_), 10):
        given = {"ImageId": image, "AddAccount": with_[start : start + 10]}
        if owner.send("ModifyImageSharePermission", **given).status != 200:
            return owner.refused("ModifyImageSharePermission", **given)
    return None


def test_a_granted_quota_is_in_force_from_the_next_call_on(make_world: Callable[..., World]) -> None:
    """The ticket for more accounts an image: asked for, granted, used; for that account alone."""
    world = make_world(limits=Limits(shares_per_image=5))
    owner, other = world.person("owner"), world.person("other")
    image, others_image = an_image(owner), an_image(other, "m-bp1others")
    others = accounts_of(world, 8)

    refused = share(owner, image, others)
    application = ask(owner, 8)
    waiting = share(owner, image, others)
    decide(owner, application["ApplicationId"])

    assert refused == waiting == Refusal.of(errors.SHARE_QUOTA())
    assert share(owner, image, others) is None
    assert share(other, others_image, others) == Refusal.of(errors.SHARE_QUOTA())
    assert (total(owner), total(other)) == (8, 5)


def test_a_quota_may_be_granted_at_once(make_world: Callable[..., World]) -> None:
    """When the server was started so."""
    owner = make_world(grant_quotas=True).person("owner")

    answer = ask(owner, 60)

    assert (answer["Status"], answer["ApproveValue"]) == ("Agree", 60)
    assert total(owner) == 60


def test_a_quota_is_granted_in_a_region(alice: Person) -> None:
    """Or in all of them, and holds there alone."""
    decide(alice, ask(alice, 60, **HERE)["ApplicationId"])

    assert (total(alice, **HERE), total(alice, **ELSEWHERE), total(alice)) == (60, 50, 50)

    decide(alice, ask(alice, 55)["ApplicationId"])

    assert (total(alice, **HERE), total(alice, **ELSEWHERE), total(alice)) == (60, 55, 55)


def test_a_grant_holds_for_its_time(alice: Person) -> None:
    """From its beginning, until before its end."""
    times = {"EffectiveTime": "2026-03-02T08:00:00Z", "ExpireTime": "2026-03-03T08:00:00Z"}
    answer = ask(alice, 60, **times)
    decide(alice, answer["ApplicationId"])
    seen = [total(alice)]
    for _ in range(2):
        alice.world.later(DAY)
        seen.append(total(alice))

    assert seen == [50, 60, 50]
    assert {name: answer[name] for name in times} == times


def test_an_operator_may_grant_less_and_never_lowers(alice: Person) -> None:
    """What is granted counts where it is more than what everybody has."""
    first = ask(alice, 100)["ApplicationId"]
    decide(alice, first, value=70)
    shown = alice.call("GetQuotaApplication", version=QUOTAS, ApplicationId=first)["QuotaApplication"]
    with_70 = total(alice)
    decide(alice, ask(alice, 100)["ApplicationId"], value=10)

    assert (shown["Status"], shown["DesireValue"], shown["ApproveValue"]) == ("Agree", 100, 70)
    assert (with_70, total(alice)) == (70, 50)


def test_a_refused_application_changes_nothing(alice: Person) -> None:
    """It says why, and one may ask again."""
    id = ask(alice)["ApplicationId"]

    decide(alice, id, why="too many")
    shown = alice.call("GetQuotaApplication", version=QUOTAS, ApplicationId=id)["QuotaApplication"]

    assert (shown["Status"], shown["AuditReason"], "ApproveValue" in shown) == ("Disagree", "too many", False)
    assert total(alice) == 50
    ask(alice)


def test_an_application_is_decided_about_once(alice: Person) -> None:
    """Whoever comes second is told so."""
    id = ask(alice)["ApplicationId"]
    decide(alice, id)

    with pytest.raises(granting.GrantingError, match=f"application {id} was decided about already"):
        decide(alice, id)
    with pytest.raises(granting.GrantingError, match="there is no application none"):
        decide(alice, "none")


def test_who_is_gone_is_granted_nothing(alice: Person) -> None:
    """Its application stays as it is; a value that is no quota is refused as well."""
    id = ask(alice)["ApplicationId"]
    with pytest.raises(granting.GrantingError, match="-1 is no quota"):
        decide(alice, id, value=-1)
    accounts.delete(alice.world.app.store, 0, "alice")

    with pytest.raises(granting.GrantingError, match=f"there is no account {alice.id} any more"):
        decide(alice, id)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"NoticeType": 4}, errors.QUOTA_NOTICE()),
        ({"NoticeType": "mail"}, errors.QUOTA_NOTICE()),
        ({"DesireValue": "many"}, errors.QUOTA_DESIRED_MALFORMED()),
        ({"DesireValue": "60.5"}, errors.QUOTA_DESIRED_MALFORMED()),
        ({"DesireValue": "nan"}, errors.QUOTA_DESIRED_MALFORMED()),
        ({"DesireValue": "inf"}, errors.QUOTA_DESIRED_MALFORMED()),
        ({"DesireValue": -1}, errors.QUOTA_DESIRED_MALFORMED()),
        ({"DesireValue": 50}, errors.QUOTA_DESIRED_ILLEGAL()),
        ({"DesireValue": 10**13}, errors.QUOTA_DESIRED_ILLEGAL()),
        ({"QuotaActionCode": "q_none"}, errors.QUOTA_NOT_FOUND()),
        ({"ProductCode": "vpc"}, errors.QUOTA_NOT_FOUND()),
        ({"QuotaCategory": "FlowControl"}, errors.QUOTA_NOT_FOUND()),
        ({"QuotaActionCode": "q_tags-per-resource"}, errors.QUOTA_NOT_ADJUSTABLE()),
        ({"ExpireTime": "2026-02-28T08:00:00Z"}, errors.QUOTA_TIME()),
        (
            {"EffectiveTime": "2026-03-03T08:00:00Z", "ExpireTime": "2026-03-02T08:00:00Z"},
            errors.QUOTA_TIME(),
        ),
        ({"ExpireTime": "soon"}, errors.INVALID_PARAMETER("ExpireTime")),
        ({"Dimensions": [{"Key": "zoneId", "Value": "x"}]}, errors.INVALID_PARAMETER("Dimensions.1.Key")),
        ({"Dimensions": [{"Key": "regionId", "Value": "x"}]}, errors.INVALID_PARAMETER("Dimensions.1.Value")),
    ],
    ids=str,
)
def test_what_cannot_be_asked_for_is_refused(alice: Person, given: dict[str, Any], refusal: ApiError) -> None:
    """Each with its own row, and nothing waits then."""
    asked = {**SHARES, "DesireValue": 60, "Reason": "r", **given}

    assert alice.refused("CreateQuotaApplication", version=QUOTAS, **asked) == Refusal.of(refusal)
    assert alice.call("ListQuotaApplications", version=QUOTAS)["TotalCount"] == 0


def test_one_application_waits_at_a_time(alice: Person) -> None:
    """For a quota in a region; others may be asked for beside it."""
    ask(alice)
    ask(alice, **HERE)
    ask(alice, 2000, QuotaActionCode="q_images-per-account")

    refusal = alice.refused(
        "CreateQuotaApplication", version=QUOTAS, **SHARES, DesireValue=70, Reason="again"
    )

    assert refusal == Refusal.of(errors.QUOTA_IN_PROCESS())


def test_applications_are_listed_newest_first(alice: Person, bob: Person) -> None:
    """Those of the account alone, narrowed by what is asked about, page by page."""
    first = ask(alice)
    alice.world.later(60)
    second = ask(alice, 2000, QuotaActionCode="q_images-per-account", **HERE)
    decide(alice, first["ApplicationId"])
    ids = {first["ApplicationId"]: "first", second["ApplicationId"]: "second"}

    def listed(**given: Any) -> list[str]:
        answer = alice.call("ListQuotaApplications", version=QUOTAS, **given)
        return [ids[one["ApplicationId"]] for one in answer["QuotaApplications"]]

    page = alice.call("ListQuotaApplications", version=QUOTAS, MaxResults=1)

    assert listed() == ["second", "first"]
    assert listed(Status="Agree") == listed(QuotaActionCode="q_shares-per-image") == ["first"]
    assert listed(**HERE) == listed(KeyWord="IMAGES per") == ["second"]
    assert listed(ProductCode="vpc") == listed(QuotaCategory="FlowControl") == []
    assert listed(MaxResults=1, NextToken=page["NextToken"]) == ["first"]
    assert bob.call("ListQuotaApplications", version=QUOTAS)["TotalCount"] == 0
    assert bob.refused(
        "GetQuotaApplication", version=QUOTAS, ApplicationId=first["ApplicationId"]
    ) == Refusal.of(errors.QUOTA_APPLICATION_NOT_FOUND())
    assert alice.refused("ListQuotaApplications", version=QUOTAS, Status="Open") == Refusal.of(
        errors.QUOTA_STATUS()
    )


def test_an_application_is_shown_as_it_was_made(alice: Person) -> None:
    """By all three operations alike."""
    answer = ask(alice, 60, NoticeType=3, **HERE)
    answer.pop("RequestId")
    shown = alice.call("GetQuotaApplication", version=QUOTAS, ApplicationId=answer["ApplicationId"])[
        "QuotaApplication"
    ]
    (listed,) = alice.call("ListQuotaApplications", version=QUOTAS)["QuotaApplications"]

    assert answer == {
        **SHARES,
        "ApplicationId": answer["ApplicationId"],
        "ApplyTime": "2026-03-01T08:00:00Z",
        "DesireValue": 60,
        "Dimension": {"regionId": REGION},
        "NoticeType": 3,
        "QuotaArn": f"acs:quotas:{REGION}:{alice.id}:quota/ecs/q_shares-per-image",
        "QuotaDescription": "Shares per image",
        "QuotaName": "Shares per image",
        "QuotaUnit": "AMOUNT",
        "Reason": "a large team",
        "Status": "Process",
    }
    assert shown == listed == {**answer, "QuotaCategory": "CommonQuota"}


def test_every_limit_is_a_quota(alice: Person) -> None:
    """Each is shown with its value, by the product that has it."""
    shown = [
        quota
        for product in ("ecs", "vpc", "kms", "ram")
        for quota in alice.call("ListProductQuotas", version=QUOTAS, ProductCode=product, MaxResults=100)[
            "Quotas"
        ]
    ]
    values = {
        quotas()[quota["ProductCode"], quota["QuotaActionCode"]].limit: quota["TotalQuota"] for quota in shown
    }

    assert values == msgspec.to_builtins(Limits())


def test_quotas_are_listed_by_code_or_by_value(alice: Person) -> None:
    """And narrowed by a word in their names."""

    def listed(**given: Any) -> list[str]:
        answer = alice.call("ListProductQuotas", version=QUOTAS, ProductCode="vpc", **given)
        return [quota["QuotaActionCode"] for quota in answer["Quotas"]]

    first = alice.call("ListProductQuotas", version=QUOTAS, ProductCode="vpc", MaxResults=1)

    assert listed() == ["q_vpcs-per-region", "q_vswitches-per-vpc"]
    assert listed(SortField="TOTAL", SortOrder="Descending") == ["q_vswitches-per-vpc", "q_vpcs-per-region"]
    assert listed(KeyWord="VSW") == listed(QuotaActionCode="q_vswitches-per-vpc") == ["q_vswitches-per-vpc"]
    assert listed(MaxResults=1, NextToken=first["NextToken"]) == ["q_vswitches-per-vpc"]
    assert listed(QuotaCategory="WhiteListLabel") == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"SortOrder": "Up"}, errors.QUOTA_SORT_ORDER()),
        ({"MaxResults": 101}, errors.QUOTA_MAX_RESULTS()),
        ({"GroupCode": "g"}, errors.QUOTA_DIMENSION_GROUP()),
        ({"NextToken": "x"}, errors.INVALID_PARAMETER("NextToken")),
    ],
    ids=str,
)
def test_what_cannot_be_listed_is_refused(alice: Person, given: dict[str, Any], refusal: ApiError) -> None:
    """Each with its own row."""
    assert alice.refused("ListProductQuotas", version=QUOTAS, ProductCode="ecs", **given) == Refusal.of(
        refusal
    )


def test_an_unknown_quota_is_not_found(alice: Person) -> None:
    """Also one of another product."""
    for given in ({"QuotaActionCode": "q_none"}, {"ProductCode": "vpc"}):
        assert alice.refused("GetProductQuota", version=QUOTAS, **{**SHARES, **given}) == Refusal.of(
            errors.QUOTA_NOT_FOUND()
        )


def test_a_quota_says_how_much_is_used(alice: Person) -> None:
    """Where that is one number; in the region asked about, if it has one for each."""
    an_image(alice)
    alice.call("CreateUser", version=RAM, UserName="ci")

    def used(product: str, code: str, **more: Any) -> Any:
        given = {"ProductCode": product, "QuotaActionCode": code, **more}
        quota = alice.call("GetProductQuota", version=QUOTAS, **given)["Quota"]
        return quota["Consumable"], quota.get("TotalUsage")

    assert used("ecs", "q_images-per-account", **HERE) == (True, 1)
    assert used("ecs", "q_images-per-account", **ELSEWHERE) == (True, 0)
    assert used("ram", "q_users-per-account") == (True, 1)
    assert used("ecs", "q_shares-per-image") == (False, None)
