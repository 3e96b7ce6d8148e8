"""Take the pictures of the console that the documentation shows: each page, in light and in dark."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from localyun.model import Instance
from tests.clients.servers import REGION, Server, new_image, serving
from tests.pictured import populate
from tools.png import smaller

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SIZE, WIDE = {"width": 1000, "height": 560}, {"width": 1240, "height": 640}

PAGES = {
    "overview": "",
    "explorer": "explorer/",
    "operation": "explorer/2014-05-26/ModifyImageSharePermission?as={alice}&RegionId={region}&ImageId={image}"
    "&AddAccount.1={bob}",
    "images": "images/",
    "image": "images/{image}",
    "shares": "shares/",
    "impact": "shares/?image={image}&unshare={bob}",
    "instances": "instances/",
    "instance": "instances/{instance}",
    "accounts": "accounts/",
    "quotas": "quotas/",
    "audit": "audit/",
    "world": "world/",
    "errors": "../errors/",
    "error": "../errors/InvalidAccount.Forbbiden",
}


def main() -> None:
    """Write all of them."""
    with (
        tempfile.TemporaryDirectory() as directory,
        serving(Path(directory), time_scale=0) as server,
        sync_playwright() as playwright,
    ):
        image = new_image(server.v2(server.alice))
        populate(server, image)
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for colours in ("light", "dark"):
            take(browser, server, image, colours)
        browser.close()


def take(browser: Browser, server: Server, image: str, colours: str) -> None:
    """Write every page's picture in some colours."""
    dark = "dark" if colours == "dark" else "light"
    page = browser.new_context(viewport=SIZE, color_scheme=dark, locale="en-US").new_page()  # type: ignore[arg-type]
    names = {"alice": server.alice.id, "bob": server.bob.id, "image": image, "region": REGION}
    with server.app.store.reading(0) as tx:
        names["instance"] = tx.find(Instance)[0].id
    for name, path in PAGES.items():
        page.set_viewport_size(WIDE if name == "operation" else SIZE)  # type: ignore[arg-type]
        page.goto(f"http://{server.address}/_localyun/console/{path.format(**names)}")
        if name == "operation":
            page.click("#send")
            page.locator("#result .badge").wait_for()
        (PICTURES / f"console-{name}-{colours}.png").write_bytes(smaller(page.screenshot()))


if __name__ == "__main__":
    main()
