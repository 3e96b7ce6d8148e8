"""Calls in an account's name, by the way that every client's call goes: signed, read, answered."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from localyun.accounts import Credentials
from localyun.app import App
from localyun.attempts import answered
from localyun.client import Client
from localyun.console.visit import Notice, Visit
from localyun.wire.call import Call, Format, RawRequest
from localyun.wire.render import Reply, xml


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A call that was answered."""

    raw: RawRequest
    call: Call
    reply: Reply
    milliseconds: float

    @property
    def succeeded(self) -> bool:
        """Whether it wasn't refused."""
        return not self.reply.code

    @property
    def content(self) -> dict[str, object]:
        """What a JSON answer holds."""
        content: dict[str, object] = msgspec.json.decode(self.reply.body)
        return content

    @property
    def message(self) -> str:
        """What an error says."""
        return str(self.content.get("Message", ""))

    @property
    def json(self) -> str:
        """The answer in JSON, indented."""
        return msgspec.json.format(self.reply.body, indent=2).decode()

    @property
    def xml(self) -> str:
        """The same answer as a call with `Format=XML` gets it."""
        root = f"{self.call.action}Response" if self.succeeded else "Error"
        return _indented(xml(root, self.content).decode())


def signed(
    app: App,
    credentials: Credentials,
    endpoint: str,
    action: str,
    version: str,
    parameters: Mapping[str, str],
    *,
    v1: bool = False,
    format: Format = "JSON",
) -> RawRequest:
    """Return a call as it arrives here when a client sends it."""
    client = Client(
        endpoint=endpoint,
        access_key_id=credentials.access_key_id,
        access_key_secret=credentials.access_key_secret,
        v1=v1,
        clock=app.clock,
    )
    target, body, headers = client.signed(action, version, parameters, format=format)
    path, _, query = target.partition("?")
    return RawRequest("POST", path, query.encode(), headers, body)


def sent(app: App, raw: RawRequest) -> Sent:
    """Send a call through the service, in a transaction of its own; again, if others get in its way."""
    began = time.perf_counter()
    call = Call.read(raw, app.ids.request_id())
    reply = answered(call, app)
    return Sent(raw=raw, call=call, reply=reply, milliseconds=(time.perf_counter() - began) * 1000)


def version_of(app: App, action: str) -> str:
    """Return the version under which an operation is called."""
    return next(one.versions[0] for one in app.operations.operations if one.name == action)


def done(
    app: App,
    visit: Visit,
    credentials: Credentials,
    action: str,
    success: str,
    parameters: Mapping[str, str],
) -> Notice:
    """Call an operation for somebody, and say what came of it."""
    raw = signed(app, credentials, visit.endpoint, action, version_of(app, action), parameters)
    result = sent(app, raw)
    if result.succeeded:
        return Notice(text=success)
    return Notice(
        text=f"{result.reply.status} {result.reply.code}: {result.message}", bad=True, code=result.reply.code
    )


def _indented(text: str) -> str:
    """Give each element of an XML document a line of its own."""
    lines: list[str] = []
    depth = 0
    for piece in text.replace("><", ">\n<").split("\n"):
        closes = piece.startswith("</")
        depth -= closes
        lines.append("  " * depth + piece)
        opens = piece.startswith("<") and not closes and not piece.startswith("<?") and "</" not in piece
        depth += opens
    return "\n".join(lines)
