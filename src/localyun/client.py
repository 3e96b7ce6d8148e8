"""A small client of our own: it signs a call in either way, sends it, and hands back what came."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from json import loads
from re import DOTALL, search
from typing import Any
from urllib.parse import urlsplit

from localyun.clock import Clock, SystemClock
from localyun.ids import Ids
from localyun.wire import times
from localyun.wire.call import FORM, Format
from localyun.wire.signing import v1, v3
from localyun.wire.signing.canonical import canonical_query

PORTS = {"http": 80, "https": 443}


class Unreachable(Exception):
    """Nothing that speaks HTTP answers at the endpoint."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, as it came."""

    status: int
    format: Format
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def content(self) -> dict[str, Any]:
        """The body of an answer in JSON."""
        content: dict[str, Any] = loads(self.body)
        return content

    @property
    def refused(self) -> bool:
        """Whether it is an error."""
        return self.status != 200

    def error_field(self, name: str) -> str:
        """A field of an error's envelope (`Code`, `Message`); empty when it has none."""
        if self.format == "JSON":
            try:
                return str(self.content.get(name, ""))
            except (ValueError, AttributeError):
                return ""
        match = search(f"<{name}>(.*?)</{name}>", self.text, DOTALL)
        return unescape(match[1]) if match else ""


@dataclass(frozen=True, kw_only=True)
class Client:
    """Calls a server in an account's name, signed by V3, or by V1 if that is asked for."""

    endpoint: str
    """`http://host:port`; the scheme may be left out."""
    access_key_id: str
    access_key_secret: str
    v1: bool = False
    timeout: float = 60
    """How many seconds an answer may take."""
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=Ids)

    def call(
        self, action: str, version: str, parameters: Mapping[str, str], *, format: Format = "JSON"
    ) -> Answer:
        """Send one call and return its answer, an error as well as a success.

        Raises ValueError for an endpoint that is none, `Unreachable` when nothing answers there.
        """
        scheme, host, port = self._address()
        target, body, headers = self.signed(action, version, parameters, format=format)
        kind = HTTPSConnection if scheme == "https" else HTTPConnection
        connection = kind(host, port, timeout=self.timeout)
        try:
            connection.request("POST", target, body, headers)
            response = connection.getresponse()
            xml = "xml" in response.getheader("content-type", "")
            return Answer(response.status, "XML" if xml else "JSON", response.read())
        except (OSError, HTTPException) as error:
            raise Unreachable(f"nothing answers at {self.endpoint} ({error})") from error
        finally:
            connection.close()

    def signed(
        self, action: str, version: str, parameters: Mapping[str, str], *, format: Format = "JSON"
    ) -> tuple[str, bytes, dict[str, str]]:
        """Return the target, the body and the headers of a call, ready to be sent by POST.

        Raises ValueError for an endpoint that is none.
        """
        _, host, port = self._address()
        signed = self._signed_v1 if self.v1 else self._signed_v3
        return signed(action, version, parameters, format, f"{host}:{port}")

    def administer(
        self, method: str, path: str, body: Iterable[bytes] = (), length: int = 0
    ) -> tuple[int, dict[str, Any]]:
        """Ask a server on this machine for something of its administration, and return status and answer.

        Raises ValueError for an endpoint that is none, `Unreachable` when nothing of ours answers there.
        """
        scheme, host, port = self._address()
        kind = HTTPSConnection if scheme == "https" else HTTPConnection
        connection = kind(host, port, timeout=self.timeout)
        try:
            connection.request(method, path, body, {"content-length": str(length)})
            response = connection.getresponse()
            return response.status, loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"nothing of localyun answers at {self.endpoint} ({error})") from error
        finally:
            connection.close()

    def _address(self) -> tuple[str, str, int]:
        """The endpoint taken apart into scheme, host and port."""
        url = urlsplit(self.endpoint if "://" in self.endpoint else f"http://{self.endpoint}")
        with suppress(ValueError):  # which a port that is no number raises
            if url.scheme in PORTS and url.hostname:
                return url.scheme, url.hostname, url.port or PORTS[url.scheme]
        raise ValueError(f"{self.endpoint!r} is no endpoint: it looks like http://127.0.0.1:4577")

    def _signed_v1(
        self, action: str, version: str, parameters: Mapping[str, str], format: Format, host: str
    ) -> tuple[str, bytes, dict[str, str]]:
        """Everything is a parameter, and all of them are in a form."""
        system = {
            "Action": action,
            "Version": version,
            "Format": format,
            "AccessKeyId": self.access_key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": self.ids.request_id(),
            "Timestamp": times.seconds(self.clock.wall()),
        }
        signed = v1.signed({**system, **parameters}, method="POST", secret=self.access_key_secret)
        return "/", canonical_query(signed.items()).encode(), {"host": host, "content-type": FORM}

    def _signed_v3(
        self, action: str, version: str, parameters: Mapping[str, str], format: Format, host: str
    ) -> tuple[str, bytes, dict[str, str]]:
        """What isn't the operation's own is a header; the format, if it isn't the usual one, a parameter."""
        query = ({} if format == "JSON" else {"Format": format}) | dict(parameters)
        headers = v3.signed(
            method="POST",
            host=host,
            query=query.items(),
            access_key_id=self.access_key_id,
            secret=self.access_key_secret,
            action=action,
            version=version,
            nonce=self.ids.request_id(),
            date=times.seconds(self.clock.wall()),
        )
        return f"/?{canonical_query(query.items())}", b"", headers


def flattened(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield parameters as they are on the wire: `Tag=[{"Key": "k"}]` is `Tag.1.Key=k`, None is left out."""
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            yield from flattened({str(n): item for n, item in enumerate(value, 1)}, f"{prefix}{name}.")
        elif isinstance(value, bool):
            yield f"{prefix}{name}", str(value).lower()
        elif value is not None:
            yield f"{prefix}{name}", str(value)
