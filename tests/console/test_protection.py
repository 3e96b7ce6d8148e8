"""Nobody gets at the console who shouldn't, and nothing of it leaves."""

import re

import pytest

from localyun.console.routes import ROUTES
from localyun.console.visit import local
from tests.console.browsing import CONSOLE, Browser
from tests.operations.made import an_image
from tests.people import Person, World
from tests.web.asgi import ask

GETS = [route.path for route in ROUTES]
POSTS = [route.path for route in ROUTES if route.post]


def filled(path: str) -> str:
    """A path whose places have values."""
    values = {"id": "m-1", "version": "2014-05-26", "action": "DescribeRegions", "code:path": "InternalError"}
    return re.sub(r"\{([^}]+)\}", lambda hole: values.get(hole[1], "x"), path)


@pytest.mark.parametrize("path", [route.path for route in ROUTES if not route.public])
def test_other_machines_see_nothing_of_the_world(world: World, path: str) -> None:
    """Without the token."""
    assert ask(world, filled(path), peer="10.0.0.7").status == 403


@pytest.mark.parametrize("path", ["/_localyun/errors/", "/_localyun/errors/InternalError"])
def test_everybody_may_read_about_errors(world: World, path: str) -> None:
    """The errors that other machines get lead there."""
    answer = ask(world, path, peer="10.0.0.7", headers={"host": "10.0.0.8:4577"})

    assert answer.status == 200
    assert answer.cookies == {}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({"origin": "http://localhost:4577", "cookie": "localyun_console=secret"}, "guess"),
        ({"origin": "http://localhost:4577", "cookie": "localyun_console=secret"}, ""),
        ({"origin": "http://localhost:4577"}, "secret"),
        ({"origin": "http://localhost:3000", "cookie": "localyun_console=secret"}, "secret"),
        ({"cookie": "localyun_console=secret"}, "secret"),
        ({"origin": "null", "cookie": "localyun_console=secret"}, "secret"),
    ],
)
def test_actions_need_a_page_of_ours(world: World, path: str, headers: dict[str, str], token: str) -> None:
    """Its token, its cookie, and its origin."""
    answer = ask(world, filled(path), method="POST", headers=headers, body=f"token={token}&do=reset&sure=yes")

    assert (answer.status, answer.text.split(":")[0]) == (403, "This didn't come from a page of the console")


def test_pages_reach_no_other_host(browser: Browser, alice: Person) -> None:
    """Neither may they (by policy), nor do they ask."""
    an_image(alice, "m-1")
    for path in map(filled, GETS):
        answer = browser.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        assert "unsafe" not in policy
        addresses = re.findall(r'(?:src|href|action|data-source)="([^"]*)"', answer.text)
        assert [one for one in addresses if not one.startswith(("/_localyun/", "#", "data:image/"))] == []
        assert not re.search(r"<[^>]+\s(style|on\w+)=", answer.text), path


def test_what_is_shown_is_text(browser: Browser, alice: Person) -> None:
    """A name that looks like HTML doesn't become any, wherever it comes from."""
    an_image(alice, "m-1", name="<script>alert(1)</script>")

    for path, query in (
        ("images/", ""),
        ("images/", "q=<script>"),
        ("images/m-1", ""),
        ("images/<script>", ""),
        ("explorer/2014-05-26/DescribeImages", "RegionId=<script>&as=<script>"),
        ("/_localyun/errors/", "q=<script>"),
    ):
        assert "<script>" not in browser.get(path, query).text, (path, query)


def test_a_first_view_is_small(browser: Browser) -> None:
    """Page, style and script together stay below 100 KB as they travel."""
    start = browser.get("", **{"accept-encoding": "gzip"})
    assets = re.findall(rf'"({CONSOLE}assets/[^"]+)"', start.text)

    sizes = [browser.get(one, **{"accept-encoding": "gzip"}).size for one in assets]

    assert len(sizes) == 2
    assert start.size + sum(sizes) < 100_000


def test_assets_may_be_kept(browser: Browser) -> None:
    """Their address changes with them; there are no others."""
    address = re.findall(rf'"({CONSOLE}assets/[^"]+css)"', browser.get("").text)[0]

    kept = browser.get(address)

    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert browser.get("assets/x/words.toml").status == 404


def test_an_unchanged_page_isnt_sent_again(browser: Browser, alice: Person) -> None:
    """So that pages can ask for themselves all the time."""
    first = browser.get("images/")
    tag = browser.get("images/").headers["etag"]

    assert browser.get("images/", **{"if-none-match": tag}).status == 304
    an_image(alice)
    assert browser.get("images/", **{"if-none-match": tag}).status == 200
    assert first.status == 200


def test_language_and_colours_are_kept(browser: Browser) -> None:
    """In cookies; the way back leads nowhere else."""
    answer = browser.get("prefer", f"language=zh&back={CONSOLE}images/?q=x")
    browser.get("prefer", "theme=dark")

    assert (answer.status, answer.headers["location"]) == (303, f"{CONSOLE}images/?q=x")
    assert '<html lang="zh-CN" data-theme="dark">' in browser.get("").text
    assert browser.get("prefer", "theme=%0d%0aset-cookie:x").cookies == {"localyun_theme": ""}


@pytest.mark.parametrize("path", ["http://evil.example", "//evil.example", "/", "", "\\_localyun/console/"])
def test_no_way_leads_away(path: str) -> None:
    """Wherever somebody asks to be sent back to."""
    assert local(path) == CONSOLE
