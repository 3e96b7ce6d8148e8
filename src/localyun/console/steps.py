"""How a call was signed, one step after the other, as somebody would check it with pencil and paper."""

from typing import NamedTuple

from localyun.wire.call import RawRequest, parameters
from localyun.wire.signing import v1, v3
from localyun.wire.signing.canonical import canonical_query, encode


class Step(NamedTuple):
    """A step: what is done, why, and what comes of it."""

    title: str
    words: str
    text: str


def v3_steps(raw: RawRequest, secret: str) -> list[Step]:
    """Sign by ACS3-HMAC-SHA256, from the query to the header."""
    authorization = v3.parse_authorization(raw.headers["authorization"])
    names = authorization.signed_headers
    query = parameters(raw.query)
    hashed = v3.payload_hash(raw.body)
    request = v3.canonical_request(raw.method, raw.path, query.items(), raw.headers, names, hashed)
    text = v3.string_to_sign(request)
    return [
        Step(
            "Sort the query",
            "By name; then encode names and values by RFC 3986.",
            canonical_query(query.items()),
        ),
        Step("Hash the body", "SHA-256 in hexadecimal, also of an empty body.", hashed),
        Step(
            "Choose the headers",
            "host and every x-acs- header, by name.",
            "\n".join(f"{n}:{raw.headers[n]}" for n in names),
        ),
        Step(
            "Write the canonical request",
            "Method, path, query, headers, their names, hash: a line each.",
            request,
        ),
        Step("Write the string to sign", "The algorithm, and the SHA-256 of the canonical request.", text),
        Step("Sign it", "HMAC-SHA256 with the secret, in hexadecimal.", v3.sign(secret, text)),
        Step(
            "Put it in the header",
            "Authorization says whose key, which headers, and the signature.",
            str(authorization),
        ),
    ]


def v1_steps(raw: RawRequest, secret: str) -> list[Step]:
    """Sign by HMAC-SHA1, from the parameters to the form."""
    given = parameters(raw.body)
    signature = given.pop("Signature")
    text = v1.string_to_sign(raw.method, given)
    return [
        Step(
            "Gather the parameters",
            "The operation's, and those that every call has; the key among them.",
            "\n".join(f"{n}={v}" for n, v in sorted(given.items())),
        ),
        Step(
            "Sort and encode them",
            "By name; then encode names and values by RFC 3986.",
            canonical_query(given.items()),
        ),
        Step(
            "Write the string to sign", "Method, path, parameters, each encoded (again), joined by &.", text
        ),
        Step("Sign it", "HMAC-SHA1 with the secret and a & behind it, in Base64.", v1.sign(secret, text)),
        Step("Send it as a parameter", "Encoded like the others.", f"Signature={encode(signature)}"),
    ]


def on_the_wire(raw: RawRequest) -> str:
    """Return a request as it travels."""
    query = raw.query.decode()
    target = f"{raw.path}?{query}" if query else raw.path
    headers = "\n".join(f"{name}: {value}" for name, value in raw.headers.items())
    body = "\n\n" + raw.body.decode() if raw.body else ""
    return f"{raw.method} {target} HTTP/1.1\n{headers}{body}"
