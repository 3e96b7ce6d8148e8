"""A browser without sockets: it keeps cookies, and sends forms as a page's own would be sent."""

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from tests.people import World
from tests.web.asgi import Answer, ask

CONSOLE = "/_localyun/console/"


@dataclass
class Browser:
    """Somebody who looks at a world's console."""

    world: World
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, query: str = "", **headers: str) -> Answer:
        """Look at a page; its path may be written from the console on."""
        return self._ask(path, query, method="GET", headers=headers)

    def post(self, path: str, *more: tuple[str, str], **fields: str) -> Answer:
        """Fill in a page's form and send it."""
        if "localyun_console" not in self.cookies:
            self.get("")
        token = {"token": self.cookies["localyun_console"]}
        body = urlencode([*(token | fields).items(), *more])
        return self._ask(path, "", method="POST", headers={"origin": "http://localhost:4577"}, body=body)

    def _ask(self, path: str, query: str, *, method: str, headers: dict[str, str], body: str = "") -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"accept-language": self.language, **({"cookie": cookies} if cookies else {}), **headers}
        where = path if path.startswith("/") else CONSOLE + path
        answer = ask(self.world, where, query, method=method, headers=sent, body=body)
        self.cookies |= answer.cookies
        return answer


def notice(answer: Answer) -> str:
    """What a page says came of an action."""
    found = re.search(r'<p class="notice[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    return said(found[1]) if found else ""


def said(html: str) -> str:
    """The text of a piece of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def element(answer: Answer, id: str) -> str:
    """The text of the element with an id, up to the next element that has one."""
    _, _, rest = answer.text.partition(f'id="{id}"')
    return said("<" + rest.partition(' id="')[0])
