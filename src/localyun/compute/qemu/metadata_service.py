"""Answers one request of a guest to its metadata service, on standard input and output.

QEMU starts this file for every connection that a guest makes to 100.100.100.200, as a program of its own:
it must be quick, so it imports nothing but a little of the standard library. What it tells lies in a file
that the server writes; a machine that outlives its server keeps its metadata.
"""

import base64
import binascii
import hmac
import json
import sys
import time
from typing import Any, BinaryIO

VERSIONS = ("latest", "2016-01-01")
LONGEST_HEAD = 16_384
LONGEST_LIFE = 21_600
TOKEN = "x-aliyun-ecs-metadata-token"  # noqa: S105 - the name of a header
LIFE = "x-aliyun-ecs-metadata-token-ttl-seconds"
REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    503: "Service Unavailable",
}

Answer = tuple[int, str, bytes]


def answer(head: bytes, document: dict[str, Any], now: int) -> Answer:
    """Return status, media type and body for a request's head. `now` counts seconds, from whenever."""
    try:
        request, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = request.split(" ")
    except ValueError:
        return _refusal(400)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if not document["enabled"]:
        return _refusal(403)
    secret = base64.b64decode(document["secret"])
    path = target.partition("?")[0]
    if method == "PUT" and path == "/latest/api/token":
        return _new_token(headers, secret, now)
    if method not in ("GET", "HEAD"):
        return _refusal(405)
    token = headers.get(TOKEN)
    if not _is_token(token, secret, now) if token is not None else document["token_required"]:
        return _refusal(403)
    status, media_type, body = _read(path, document["tree"])
    return status, media_type, b"" if method == "HEAD" else body


def _new_token(headers: dict[str, str], secret: bytes, now: int) -> Answer:
    """A token says until when it is good, and proves that it is one of this machine's."""
    life = headers.get(LIFE, "")
    if "x-forwarded-for" in headers:
        return _refusal(403)
    if not (life.isdecimal() and len(life) <= 5 and 1 <= int(life) <= LONGEST_LIFE):
        return _refusal(400)
    until = b"%d" % (now + int(life))
    proof = hmac.digest(secret, until, "sha256")
    return 200, "text/plain", base64.urlsafe_b64encode(until + b"." + proof)


def _is_token(token: str, secret: bytes, now: int) -> bool:
    try:
        until, _, proof = base64.urlsafe_b64decode(token).partition(b".")
    except (ValueError, binascii.Error):
        return False
    genuine = hmac.compare_digest(hmac.digest(secret, until, "sha256"), proof)
    return genuine and int(until) > now


def _read(path: str, tree: dict[str, str]) -> Answer:
    """What lies at a path: a text, or the names of what lies below it, those of folders with a slash."""
    if path == "/":
        return 200, "text/plain", "\n".join(VERSIONS).encode()
    version, _, rest = path.lstrip("/").partition("/")
    name = rest.rstrip("/")
    if version not in VERSIONS:
        return _refusal(404)
    if name in tree:
        return 200, "text/plain", base64.b64decode(tree[name])
    below = f"{name}/" if name else ""
    names = {
        first + slash
        for first, slash, _ in (
            key.removeprefix(below).partition("/") for key in tree if key.startswith(below)
        )
    }
    return (200, "text/plain", "\n".join(sorted(names)).encode()) if names else _refusal(404)


def _refusal(status: int) -> Answer:
    return status, "text/plain", f"{status} - {REASONS[status]}\n".encode()


def _head(stream: BinaryIO) -> bytes:
    """Everything up to the empty line; a body is never asked for."""
    head = b""
    while (end := head.find(b"\r\n\r\n")) < 0 and len(head) < LONGEST_HEAD:
        if not (more := stream.read1(LONGEST_HEAD)):  # type: ignore[attr-defined]  # of BufferedReader
            return b""
        head += more
    return head[: max(end, 0)]


def main(path: str) -> None:
    """Answer what is asked, out of the file at `path`."""
    if not (head := _head(sys.stdin.buffer)):
        return
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes as long to import as all of this
            document = json.load(file)
        status, media_type, body = answer(head, document, int(time.clock_gettime(time.CLOCK_BOOTTIME)))
    except (OSError, ValueError, KeyError):
        status, media_type, body = _refusal(503)
    written = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {media_type}\r\n"
    written += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    sys.stdout.buffer.write(written.encode() + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
