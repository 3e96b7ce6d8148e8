"""Every page, as it looks: for screen readers, on a phone, on a wall."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from localyun.model import Instance
from tests.browser.conftest import Look, Scene

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PAGES = (
    "",
    "explorer/",
    "explorer/2014-05-26/RunInstances",
    "explorer/2014-05-26/ModifyImageSharePermission",
    "images/",
    "images/{image}",
    "shares/?image={image}&delete=1",
    "instances/",
    "instances/{instance}",
    "accounts/",
    "quotas/",
    "audit/",
    "world/",
    "../errors/",
    "../errors/InvalidAccount.Forbbiden",
)


def each(page: Page, scene: Scene) -> "list[str]":
    """Every page's address."""
    with scene.server.app.store.reading(0) as tx:
        (instance, *_) = tx.find(Instance)
    return [scene.console + path.format(image=scene.image, instance=instance.id) for path in PAGES]


@pytest.mark.parametrize(("language", "dark"), [("en-US", False), ("zh-CN", True)])
def test_axe_finds_nothing_serious(look: Look, scene: Scene, language: str, dark: bool) -> None:
    """Names, roles, contrasts, in both languages and colours."""
    page = look(language=language, dark=dark)
    axe, found = Axe(), []

    for address in each(page, scene):
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for violation in axe.run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found += [(address, violation["id"], node["html"][:200]) for node in violation["nodes"]]

    assert found == []


def test_an_answer_is_accessible_too(look: Look, scene: Scene) -> None:
    """What a call leaves on the page, and the palette over it."""
    page = look("explorer/2014-05-26/DescribeRegions")
    page.click("#send")
    page.locator("#result .badge").wait_for()
    page.keyboard.press("Control+k")
    page.locator("#found [role=option]").first.wait_for()

    serious = [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("width", [360, 3840])
def test_nothing_sticks_out(look: Look, scene: Scene, width: int) -> None:
    """On a phone a page is as wide as the phone; on a wall its text is larger."""
    page = look(width=width)

    for address in each(page, scene):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    size = float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    assert size > 18 if width > 2000 else 14 <= size <= 16


def test_it_works_without_a_script(look: Look, scene: Scene) -> None:
    """By links and forms alone."""
    page = look()
    plain = page.context.browser
    assert plain
    context = plain.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{scene.console}images/{scene.image}")
    page.fill("#accounts", "bob")
    page.click("#do-share")

    assert page.inner_text("#notice").strip() == "Shared with bob."
    assert page.url == f"{scene.console}images/{scene.image}"
    context.close()
