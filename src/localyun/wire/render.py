"""From typed answers and errors to JSON or XML."""

import re
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from localyun.spec.declare import Answer
from localyun.spec.faults import ApiError
from localyun.wire.call import Call, Format

CONTENT_TYPES: dict[Format, str] = {
    "JSON": "application/json;charset=utf-8",
    "XML": "text/xml;charset=utf-8",
}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_]")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")

_encode_json = msgspec.json.Encoder().encode


class Reply(msgspec.Struct, frozen=True):
    """What goes back over HTTP."""

    status: int
    format: Format
    body: bytes
    request_id: str
    code: str = ""
    """The error's code; empty on success."""

    @property
    def content_type(self) -> str:
        """The body's media type."""
        return CONTENT_TYPES[self.format]


def render(answer: Answer, call: Call) -> Reply:
    """Write an answer in the format that the call asked for."""
    answer.request_id = call.id
    if call.format == "JSON":
        body = _encode_json(answer)
    else:
        body = xml(f"{call.action}Response", msgspec.to_builtins(answer))
    return Reply(200, call.format, body, call.id)


def render_error(error: ApiError, call: Call, recommend: str) -> Reply:
    """Write the provider's error envelope. `recommend` is the address of a page about the error."""
    fields: dict[str, Any] = {
        "RequestId": call.id,
        "HostId": call.host,
        "Code": error.code,
        "Message": error.message,
        "Recommend": recommend,
    }
    if error.detail:
        fields["AccessDeniedDetail"] = error.detail
    body = _encode_json(fields) if call.format == "JSON" else xml("Error", fields)
    return Reply(error.status, call.format, body, call.id, error.code)


def xml(root: str, content: dict[str, Any]) -> bytes:
    """Write a tree of plain values as the provider does: a list repeats its element."""
    pieces = ["<?xml version='1.0' encoding='UTF-8'?>"]
    _write(pieces, root, content)
    return "".join(pieces).encode()


@lru_cache(4096)
def _element(name: str) -> str:
    """Return a name that an element can have: keys of free maps are what callers made them."""
    return _NOT_IN_NAMES.sub("_", name) if _NAME.match(name) else "_" + _NOT_IN_NAMES.sub("_", name)


def _write(pieces: list[str], name: str, value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _write(pieces, name, item)
        return
    name = _element(name)
    pieces.append(f"<{name}>")
    if isinstance(value, dict):
        for inner, content in value.items():
            _write(pieces, inner, content)
    elif isinstance(value, bool):
        pieces.append("true" if value else "false")
    elif value is not None:
        pieces.append(escape(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))))
    pieces.append(f"</{name}>")
