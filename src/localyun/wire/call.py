"""A call as it came: parameters, the gateway's own among them, and the form in which it was signed."""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote

import msgspec

from localyun.spec import errors
from localyun.spec.faults import ApiError

Format = Literal["JSON", "XML"]

_CREDENTIAL = re.compile(r"\bCredential=([^,\s]{1,128})")

FORM = "application/x-www-form-urlencoded"


class RawRequest(msgspec.Struct, frozen=True):
    """An HTTP request: bytes as they came, header names in lower case."""

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    client: str = "127.0.0.1"
    """The address that it came from."""
    secure: bool = False
    """Whether it came over TLS."""


class Call(msgspec.Struct, frozen=True):
    """One call of the API. `fault` is what is wrong with its form, if anything; it is checked first."""

    id: str
    raw: RawRequest
    format: Format
    action: str
    version: str
    query: Mapping[str, str]
    parameters: Mapping[str, str]
    """Those of the query and of the form together; a form's value replaces the query's."""
    authorization: str
    """The header of a V3 call; empty for V1."""
    fault: ApiError | None

    @property
    def host(self) -> str:
        """The host that the client meant to call, with the port if it named one."""
        return (
            self.raw.headers.get("host", "localhost")
            .removeprefix("http://")
            .removeprefix("https://")
            .rstrip("/")
        )

    @property
    def access_key_id(self) -> str:
        """The access key that the call says it is signed with; empty if it names none."""
        if self.authorization:
            found = _CREDENTIAL.search(self.authorization)
            return found[1] if found else ""
        return self.parameters.get("AccessKeyId", "")

    @classmethod
    def read(cls, raw: RawRequest, id: str) -> "Call":
        """Take a request apart. Never raises: a malformed one becomes a call with a `fault`."""
        fault: ApiError | None = None
        query: dict[str, str] = {}
        form: dict[str, str] = {}
        try:
            query = parameters(raw.query)
            if raw.headers.get("content-type", "").lower().startswith(FORM):
                form = parameters(raw.body)
        except ApiError as error:
            fault = error
        merged = {**query, **form} if form else query
        authorization = raw.headers.get("authorization", "")
        if not authorization.startswith("ACS3-"):
            authorization = ""
        named_by_headers = "x-acs-action" in raw.headers and not {"Action", "Signature"} & merged.keys()
        if authorization or named_by_headers:
            action, version = raw.headers.get("x-acs-action", ""), raw.headers.get("x-acs-version", "")
            default: Format = "XML" if "xml" in raw.headers.get("accept", "") else "JSON"
        else:
            default = "XML"
            action, version = merged.get("Action", ""), merged.get("Version", "")
        wanted = merged.get("Format", "").upper() or default
        format_: Format = "JSON" if wanted == "JSON" else "XML"
        if fault is None:
            if raw.method not in ("GET", "POST"):
                fault = errors.UNSUPPORTED_METHOD()
            elif wanted not in ("JSON", "XML"):
                fault = errors.INVALID_FORMAT()
            elif not action:
                fault = errors.MISSING_ACTION()
            elif not version:
                fault = errors.MISSING_VERSION()
        return cls(id, raw, format_, action, version, query, merged, authorization, fault)


def parameters(text: bytes) -> dict[str, str]:
    """Decode a query string or a form body.

    Raises `InvalidParameter` for a name that comes twice (what was signed would be open to interpretation),
    for text that isn't UTF-8, and for a NUL character.
    """
    found: dict[str, str] = {}
    try:
        pieces = text.decode().split("&")
    except UnicodeDecodeError:
        raise errors.INVALID_PARAMETER(_first_undecodable(text)) from None
    for piece in pieces:
        if not piece:
            continue
        name, _, value = piece.partition("=")
        if "%" in piece or "+" in piece or "\0" in piece:
            name, value = _decoded(name, name), _decoded(value, name)
        if name in found:
            raise errors.INVALID_PARAMETER(name)
        found[name] = value
    return found


def _decoded(text: str, name: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    try:
        if "%" in text:
            text = unquote(text, errors="strict")
        if "\0" in text:
            raise ValueError("NUL")
    except ValueError:
        raise errors.INVALID_PARAMETER(unquote(name).replace("\0", "\N{REPLACEMENT CHARACTER}")) from None
    return text


def _first_undecodable(text: bytes) -> str:
    for piece in text.split(b"&"):
        try:
            piece.decode()
        except UnicodeDecodeError:
            return unquote(piece.partition(b"=")[0].decode(errors="replace"))
    raise AssertionError("called for text that is UTF-8")
