"""Debian's Chromium, driven by Playwright, at the console of a real server."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.clients.servers import Server, new_image, serving

CHROMIUM = shutil.which("chromium") or ""
Look = Callable[..., Page]

PATIENCE = 45_000
"""How many milliseconds anything may take, on a machine that does much else."""
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Scene:
    """A server, and an image of alice's on it."""

    server: Server
    image: str

    @property
    def console(self) -> str:
        """Where the console is."""
        return f"http://{self.server.address}/_localyun/console/"


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """The browser, without a screen; one a test, for while it runs no other event loop can."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium here: `LOCALYUN_CI=1 make system` fetches it")
    with sync_playwright() as playwright:
        # It runs as root on a CI machine, where it would refuse to have a sandbox.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A new server."""
    with serving(tmp_path_factory.mktemp("browser"), time_scale=0) as server:
        yield Scene(server, new_image(server.v2(server.alice)))


@pytest.fixture
def look(chromium: Browser, scene: Scene) -> Iterator[Look]:
    """Open a page of the console; whatever it complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def complain(message: ConsoleMessage) -> None:
        # A refusal is shown on the page; that its status is no success is no complaint of ours.
        if (
            message.type in ("error", "warning")
            and "the server responded with a status of" not in message.text
        ):
            complaints.append(message.text)

    def look(path: str = "", *, language: str = "en-US", width: int = 1280, dark: bool = False) -> Page:
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _stays_here(request.url, scene, complaints))
        page.goto(scene.console + path)
        return page

    yield look
    for context in contexts:
        context.close()
    assert complaints == []


def _stays_here(url: str, scene: Scene, complaints: list[str]) -> None:
    if not url.startswith((f"http://{scene.server.address}/", "data:")):
        complaints.append(f"asks for {url}")
