"""The quotas page: what is asked for is granted or refused, and holds."""

import pytest

from tests.console.browsing import Browser, element, notice, said
from tests.operations.made import an_image
from tests.people import Person, World

QUOTAS = "2020-05-10"


@pytest.fixture
def application(alice: Person) -> str:
    """Alice asks to share each image with 80 accounts."""
    answer = alice.call(
        "CreateQuotaApplication",
        version=QUOTAS,
        ProductCode="ecs",
        QuotaActionCode="q_shares-per-image",
        DesireValue="80",
        Reason="a large team",
        RegionId=None,
    )
    id: str = answer["ApplicationId"]
    return id


def test_an_application_is_granted(browser: Browser, alice: Person, application: str) -> None:
    """As asked for; the image's page knows it."""
    waiting = element(browser.get("quotas/"), "list")
    image = an_image(alice)

    page = browser.post("quotas/", do="grant", id=application, value="")

    assert "alice Shares per image ecs q_shares-per-image" in waiting
    assert "a large team" in waiting
    assert notice(page) == "Granted: 80."
    assert "0 / 80" in said(browser.get(f"images/{image}").text)


def test_another_value_may_be_given(browser: Browser, application: str) -> None:
    """Less than what was asked for; a decision is made once."""
    page = browser.post("quotas/", do="grant", id=application, value="60")
    again = browser.post("quotas/", do="grant", id=application, value="70")

    assert notice(page) == "Granted: 60."
    decided = f"application {application} was decided about already (Agree): let the account ask anew"
    assert notice(again) == decided
    assert (
        notice(browser.post("quotas/", do="grant", id=application, value="x")) == "A quota is a whole number."
    )


def test_an_application_is_refused(browser: Browser, world: World, alice: Person, application: str) -> None:
    """With a reason, which whoever asked can read."""
    page = browser.post("quotas/", do="refuse", id=application, reason="too many")

    assert notice(page) == "The application is refused."
    answer = alice.call("GetQuotaApplication", version=QUOTAS, ApplicationId=application, RegionId=None)[
        "QuotaApplication"
    ]
    assert (answer["Status"], answer["AuditReason"]) == ("Disagree", "too many")


def test_nothing_is_said_to_be_nothing(browser: Browser) -> None:
    """Where nobody asked."""
    assert "Nobody asks for anything." in said(browser.get("quotas/").text)
