"""The explorer: every operation, its form, its calls."""

import json
import re

import pytest

from localyun.console import forms
from localyun.operations import OPERATIONS
from localyun.reference import flat_name, paths, support_of
from localyun.spec.declare import Operation
from localyun.spec.support import Support
from tests.console.browsing import CONSOLE, Browser, element, said
from tests.operations.made import an_image
from tests.people import ECS, Person

SHARE = f"explorer/{ECS}/ModifyImageSharePermission"


def test_every_operation_is_listed(browser: Browser) -> None:
    """With the way to its form."""
    text = browser.get("explorer/").text

    for operation in OPERATIONS.operations:
        assert f'{CONSOLE}explorer/{operation.versions[0]}/{operation.name}"' in text


@pytest.mark.parametrize("operation", OPERATIONS.operations, ids=lambda one: one.name)
def test_a_form_has_every_parameter(browser: Browser, operation: Operation) -> None:
    """That has an effect or is accepted; the others are named."""
    page = browser.get(f"explorer/{operation.versions[0]}/{operation.name}")

    assert page.status == 200
    for path in paths(operation.own_fields):
        if path[-1].group:
            continue
        name = re.sub(r"\.N(?=\.|$)", ".1", flat_name(path))
        if support_of(path) is Support.NONE:
            around = [path[: depth + 1] for depth in range(len(path))]
            assert any(flat_name(one) in page.text for one in around), name
        else:
            assert f' name="{name}"' in page.text, name


def test_what_isnt_there_is_said(browser: Browser) -> None:
    """An operation that nobody has."""
    page = browser.get(f"explorer/{ECS}/MakeCoffee")

    assert page.status == 404
    assert "localyun doesn't emulate MakeCoffee" in said(page.text)


def test_a_call_is_sent_for_real(browser: Browser, alice: Person, bob: Person) -> None:
    """As the chosen account; what it changes is changed."""
    image = an_image(alice)

    page = browser.post(
        SHARE, ("AddAccount.1", bob.id), do="send", RegionId=alice.region, ImageId=image, **{"as": alice.id}
    )

    assert element(page, "result").startswith("200 ")
    shared = alice.call("DescribeImageSharePermission", ImageId=image)
    assert [one["AliyunId"] for one in shared["Accounts"]["Account"]] == [bob.id]


def test_a_refusal_is_explained(browser: Browser, alice: Person) -> None:
    """In our words, with the answer in both formats."""
    image = an_image(alice)

    page = browser.post(
        SHARE, ("AddAccount.1", alice.id), do="send", RegionId=alice.region, ImageId=image, **{"as": alice.id}
    )

    assert element(page, "result").startswith("404 InvalidAccount.Forbbiden")
    assert "&#34;Code&#34;: &#34;InvalidAccount.Forbbiden&#34;" in page.text
    assert "&lt;Code&gt;InvalidAccount.Forbbiden&lt;/Code&gt;" in page.text


def test_a_preview_sends_nothing(browser: Browser, alice: Person, bob: Person) -> None:
    """It only writes the call."""
    image = an_image(alice)

    page = browser.post(
        SHARE,
        ("AddAccount.1", bob.id),
        do="preview",
        RegionId=alice.region,
        ImageId=image,
        **{"as": alice.id},
    )

    assert f"AddAccount.1={bob.id}" in said(page.text)
    assert alice.call("DescribeImageSharePermission", ImageId=image)["TotalCount"] == 0


@pytest.mark.parametrize("signing", ["V1", "V3"])
def test_either_signature_is_right(browser: Browser, bob: Person, signing: str) -> None:
    """And every step towards it is shown."""
    page = browser.post(
        f"explorer/{ECS}/DescribeRegions",
        do="send",
        signing=signing,
        **{"as": bob.id, "AcceptLanguage": "zh-CN"},
    )

    assert element(page, "result").startswith("200 ")
    assert "华东1" in page.text
    for words in ("Write the canonical request", "ACS3-HMAC-SHA256", "POST&%2F&", "Send it as a parameter"):
        assert words in said(page.text)


def test_the_query_fills_the_form(browser: Browser) -> None:
    """So that a call can be linked to; a list has as many fields as it has values, and one at least."""
    page = browser.get(SHARE, "ImageId=m-1&AddAccount.1=1&AddAccount.2=2")

    assert 'name="ImageId" value="m-1"' in page.text
    assert 'name="AddAccount.2" value="2"' in page.text
    assert 'name="AddAccount.3"' not in page.text
    assert 'name="RemoveAccount.1" value=""' in page.text


def test_what_exists_is_suggested(browser: Browser, alice: Person, bob: Person) -> None:
    """The caller's own and received images, accounts, regions."""
    own, received, others = (
        an_image(who, id) for who, id in ((alice, "m-own"), (bob, "m-got"), (bob, "m-not"))
    )
    bob.call("ModifyImageSharePermission", ImageId=received, AddAccount=[alice.id])

    text = browser.get(SHARE, f"RegionId={alice.region}&as={alice.id}").text

    for value in (own, received, bob.id, "cn-beijing"):
        assert f'<option value="{value}">' in text
    assert f'<option value="{others}">' not in text


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("ImageId", "image"),
        ("VSwitchId", "vswitch"),
        ("DestinationRegionId", "region"),
        ("AddAccount", "account"),
        ("SecurityGroupId", "securitygroup"),
        ("ImageName", ""),
    ],
)
def test_names_say_what_is_meant(name: str, source: str) -> None:
    """By the records that there are; nothing is listed by hand."""
    assert forms.source_of(name) == source


def test_everything_is_found_by_a_key(browser: Browser, alice: Person) -> None:
    """Pages, operations, images, errors."""
    an_image(alice, "m-1", name="golden")

    found = {one["title"]: one["address"] for one in json.loads(browser.get("palette.json").text)}

    assert found["Images"] == f"{CONSOLE}images/"
    assert found["RunInstances"] == f"{CONSOLE}explorer/{ECS}/RunInstances"
    assert found["golden m-1"] == f"{CONSOLE}images/m-1"
    assert found["InvalidAccount.Forbbiden"] == "/_localyun/errors/InvalidAccount.Forbbiden"
