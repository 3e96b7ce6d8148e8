"""The story of a shared image, told in a browser: by mouse alone, by keyboard alone, in both languages."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from localyun import accounts
from localyun.client import Client
from tests.browser.conftest import Look, Scene
from tests.clients.servers import sharees

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

each_language = pytest.mark.parametrize("language", ["en-US", "zh-CN"])
SHARED = {"en-US": "Shared with bob.", "zh-CN": "已共享给 bob。"}
TAKEN_BACK = {"en-US": "No longer shared with bob.", "zh-CN": "已取消共享给 bob。"}


def shared_with(scene: Scene) -> list[str]:
    """With whom the image is shared, as alice's own client sees it."""
    return sharees(scene.server.v2(scene.server.alice), scene.image)


@each_language
def test_by_mouse_alone(look: Look, scene: Scene, language: str) -> None:
    """From the first page to the share, to bob who sees the image, and back to the unshare."""
    bob = scene.server.bob.id
    page = look(language=language)

    page.click("nav a[href$='/images/']")
    page.click(f"main a[href$='{scene.image}']")
    page.click("[data-add=bob]")
    expect(page.locator("#check .good")).to_contain_text("bob")
    page.click("#do-share")
    expect(page.locator("#notice")).to_contain_text(SHARED[language])
    assert shared_with(scene) == [bob]

    page.click("nav a[href$='/explorer/']")
    page.click("main a[href$='/DescribeImages']")
    page.locator("#as").select_option(bob)
    page.click("#send")
    expect(page.locator("#result .badge")).to_have_text("200")
    expect(page.locator("#result")).to_contain_text(scene.image)

    page.click("nav a[href$='/shares/']")
    page.click(f"[data-node='image {scene.image}']")
    page.click(f"a[href*='unshare={bob}']")
    expect(page.locator(".node.breaks")).to_contain_text("bob")
    page.click(f"#words a[href$='/images/{scene.image}']")
    page.click(f"#unshare-{bob}")
    expect(page.locator("#notice")).to_contain_text(TAKEN_BACK[language])
    assert shared_with(scene) == []


@each_language
def test_by_keyboard_alone(look: Look, scene: Scene, language: str) -> None:
    """The same, without ever touching the mouse."""
    bob = scene.server.bob.id
    page = look(language=language)

    find(page, scene.image)
    tab_to(page, "#accounts")
    page.keyboard.type("bob")
    expect(page.locator("#check .good")).to_contain_text("bob")
    tab_to(page, "#do-share")
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text(SHARED[language])
    assert shared_with(scene) == [bob]

    find(page, "DescribeImages")
    tab_to(page, "#as")
    page.keyboard.type("bob")
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    expect(page.locator("#result .badge")).to_have_text("200")
    expect(page.locator("#result")).to_contain_text(scene.image)

    find(page, scene.image)
    tab_to(page, f"#unshare-{bob}")
    page.keyboard.press("Space")
    expect(page.locator("#notice")).to_contain_text(TAKEN_BACK[language])
    assert shared_with(scene) == []


def find(page: Page, what: str) -> None:
    """Open the palette, type, and go to the first thing found."""
    page.keyboard.press("Control+k")
    page.locator("#palette[open]").wait_for()
    page.keyboard.type(what)
    expect(page.locator("#found [aria-selected=true]")).to_contain_text(what)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, as somebody without a mouse would."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way by Tab to {selector}")


def test_what_a_program_does_shows_up(look: Look, scene: Scene) -> None:
    """Without reloading."""
    page = look(f"images/{scene.image}")
    expect(page.locator("#shares")).to_contain_text("Nobody but its owner.")

    v1 = scene.server.v1(scene.server.alice)
    v1.do_action_with_exception(sharing(scene))

    expect(page.locator("#shares")).to_contain_text("bob")
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


def sharing(scene: Scene) -> object:
    """A call that shares the image with bob."""
    from aliyunsdkecs.request.v20140526.ModifyImageSharePermissionRequest import (  # noqa: PLC0415
        ModifyImageSharePermissionRequest,
    )

    request = ModifyImageSharePermissionRequest()
    request.set_ImageId(scene.image)
    request.set_AddAccounts([scene.server.bob.id])
    return request


def test_a_list_grows(look: Look, scene: Scene) -> None:
    """One more item is numbered on, and sent."""
    page = look(f"explorer/2014-05-26/ModifyImageSharePermission?ImageId={scene.image}&RegionId=cn-hangzhou")

    page.fill("[name='AddAccount.1']", scene.server.bob.id)
    page.click("[data-more='list-AddAccount']")
    page.fill("[name='AddAccount.2']", scene.server.mallory.id)
    expect(page.locator("#written")).to_contain_text(scene.server.mallory.id)
    page.click("#send")

    expect(page.locator("#result .badge")).to_have_text("200")
    assert set(shared_with(scene)) == {scene.server.bob.id, scene.server.mallory.id}


def test_keys_are_copied(look: Look, scene: Scene) -> None:
    """At a click."""
    page = look("accounts/")

    page.click(f"[data-copy='{scene.server.bob.access_key_secret}']")

    expect(page.locator("[data-copy] span", has_text="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == scene.server.bob.access_key_secret


def test_colours_are_switched(look: Look) -> None:
    """And stay so."""
    page = look()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)

    with page.expect_navigation():
        page.click(".to-dark")
    dark = page.evaluate(ground)
    with page.expect_navigation():
        page.click("nav a[href$='/images/']")

    assert light != dark
    assert page.evaluate(ground) == dark


def press_by_keyboard(page: Page, selector: str) -> None:
    """Go to an element by Tab, and press it."""
    tab_to(page, selector)
    page.keyboard.press("Space")


def asks_for_more(scene: Scene) -> str:
    """Have alice ask to share an image with more accounts; her application."""
    client = Client(
        endpoint=f"http://{scene.server.address}",
        access_key_id=scene.server.alice.access_key_id,
        access_key_secret=scene.server.alice.access_key_secret,
    )
    asked = {
        "ProductCode": "ecs",
        "QuotaActionCode": "q_shares-per-image",
        "DesireValue": "60",
        "Reason": "more partners",
        "Dimensions.1.Key": "regionId",
        "Dimensions.1.Value": "cn-hangzhou",
    }
    answer = json.loads(client.call("CreateQuotaApplication", "2020-05-10", asked).text)
    return str(answer["ApplicationId"])


@pytest.mark.parametrize(("language", "press"), [("en-US", Page.click), ("zh-CN", press_by_keyboard)])
def test_the_operator_acts(
    look: Look, scene: Scene, language: str, press: Callable[[Page, str], None]
) -> None:
    """An account is made, more of a quota granted, time turned, and in the end everything forgotten."""
    application = asks_for_more(scene)
    page = look("quotas/", language=language)

    press(page, f"#list form:has([name=id][value='{application}']) [value=grant]")
    expect(page.locator("#notice")).to_contain_text("60")

    page.goto(f"{scene.console}accounts/")
    page.focus("#name")
    page.keyboard.type("carol")
    press(page, "form.bar button.main")
    expect(page.locator("#notice")).to_contain_text("carol")

    page.goto(f"{scene.console}audit/")
    expect(page.locator("#list")).to_contain_text("CreateQuotaApplication")

    page.goto(f"{scene.console}world/")
    press(page, "button[value='3600']")
    expect(page.locator("#time .badge")).to_contain_text("36")
    press(page, "[name=sure]")
    press(page, "[value=reset]")
    expect(page.locator("#notice")).to_contain_text({"en-US": "forgotten", "zh-CN": "已清空"}[language])
    assert {one.name for one in accounts.listed(scene.server.app.store, 0)} == {"alice", "bob", "mallory"}
