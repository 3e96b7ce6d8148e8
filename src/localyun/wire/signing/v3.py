"""The signature in a header: ACS3-HMAC-SHA256, over method, path, query, some headers and a hash of the body.

Headers are given by their lower-case names.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

import msgspec

from localyun.wire.signing.canonical import canonical_query, octets, same

ALGORITHM = "ACS3-HMAC-SHA256"

_FIELDS = ("Credential", "SignedHeaders", "Signature")


class Authorization(msgspec.Struct, frozen=True):
    """What an `Authorization` header says; its text is the header's value."""

    access_key_id: str
    signed_headers: tuple[str, ...]
    signature: str
    algorithm: str = ALGORITHM

    def __str__(self) -> str:
        signed_headers = ";".join(self.signed_headers)
        return (
            f"{self.algorithm} Credential={self.access_key_id},"
            f"SignedHeaders={signed_headers},Signature={self.signature}"
        )


def parse_authorization(value: str) -> Authorization:
    """Read an `Authorization` header, or raise a ValueError that says what is wrong with it.

    Fields may come in any order, with spaces around the commas; names of signed headers in any case.
    Each field and each header must occur once. Any `ACS3-` algorithm is read: which are served, and how their
    signatures are spelled, is not decided here.
    """
    algorithm, _, rest = value.strip().partition(" ")
    if not algorithm.startswith("ACS3-"):
        raise ValueError("the algorithm does not start with ACS3-")
    fields: dict[str, str] = {}
    for part in rest.split(","):
        name, _, text = part.strip().partition("=")
        if name not in _FIELDS:
            raise ValueError(f"{name!r} is none of {', '.join(_FIELDS)}")
        if name in fields:
            raise ValueError(f"{name} occurs twice")
        if not text:
            raise ValueError(f"{name} is empty")
        fields[name] = text
    for name in _FIELDS:
        if name not in fields:
            raise ValueError(f"{name} is missing")
    signed_headers = _names(fields["SignedHeaders"])
    return Authorization(fields["Credential"], signed_headers, fields["Signature"], algorithm)


@lru_cache(64)  # a client signs the same headers each time
def _names(text: str) -> tuple[str, ...]:
    signed_headers = tuple(text.lower().split(";"))
    if "" in signed_headers:
        raise ValueError("SignedHeaders contains an empty name")
    if len(set(signed_headers)) < len(signed_headers):
        raise ValueError("SignedHeaders names a header twice")
    return signed_headers


def missing_signed_headers(
    headers: Mapping[str, str], signed_headers: Collection[str], has_body: bool
) -> list[str]:
    """Return the headers that the signature had to cover and does not, sorted.

    It must cover `host`, every `x-acs-` header of the call and, when there is a body, its `content-type`.
    Some clients put an unsigned `content-type` on an empty body.
    """
    required = {name for name in headers if name.startswith("x-acs-")} | {"host"}
    if has_body and "content-type" in headers:
        required.add("content-type")
    return sorted(required.difference(signed_headers))


def payload_hash(body: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of a body as it travels."""
    return hashlib.sha256(body).hexdigest()


def canonical_request(
    method: str,
    path: str,
    query_parameters: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    signed_headers: Iterable[str],
    payload_hash: str,
) -> str:
    """Return the one text for all the ways in which the same call can be written.

    The path counts as it travels, the query as decoded. A signed header that the call lacks counts as empty.
    """
    names = sorted(signed_headers)
    return "\n".join(
        [
            method.upper(),
            path or "/",
            canonical_query(query_parameters),
            *[f"{name}:{headers.get(name, '').strip()}" for name in names],
            "",
            ";".join(names),
            payload_hash,
        ]
    )


def string_to_sign(canonical_request: str) -> str:
    """Return the text that the signature covers: the algorithm, and the hash of the canonical request."""
    return f"{ALGORITHM}\n{hashlib.sha256(octets(canonical_request)).hexdigest()}"


def sign(secret: str, string_to_sign: str) -> str:
    """Return the lower-case hexadecimal signature of a string to sign."""
    return hmac.digest(octets(secret), octets(string_to_sign), "sha256").hex()


def signed(
    *,
    method: str,
    host: str,
    query: Iterable[tuple[str, str]],
    body: bytes = b"",
    access_key_id: str,
    secret: str,
    action: str,
    version: str,
    nonce: str,
    date: str,
    security_token: str | None = None,
) -> dict[str, str]:
    """Return the headers of a signed call to `/`; a body, if there is one, is a form."""
    headers = {
        "accept": "application/json",
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": payload_hash(body),
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    if security_token:
        headers |= {"x-acs-accesskey-id": access_key_id, "x-acs-security-token": security_token}
    names = tuple(sorted(headers))
    request = canonical_request(method, "/", query, headers, names, headers["x-acs-content-sha256"])
    authorization = Authorization(access_key_id, names, sign(secret, string_to_sign(request)))
    return {**headers, "authorization": str(authorization)}


def matches(secret: str, string_to_sign: str, signature: str) -> bool:
    """Tell whether a signature is that of the string to sign, spelled as clients do, in lower-case digits."""
    return same(sign(secret, string_to_sign), signature)
