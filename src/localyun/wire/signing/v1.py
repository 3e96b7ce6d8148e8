"""The signature among the parameters: SignatureVersion 1.0, HMAC-SHA1, over query and form body together."""

import base64
import hmac
from collections.abc import Mapping

from localyun.wire.signing.canonical import canonical_query, octets, same


def string_to_sign(method: str, parameters: Mapping[str, str]) -> str:
    """Return the text that the signature of a call covers: all its decoded parameters but `Signature`."""
    unsigned = dict(parameters)
    unsigned.pop("Signature", None)
    query = canonical_query(unsigned.items())
    # The query is encoded once more. Unreserved characters apart it holds only these three, and replacing
    # them is twelve times faster than encoding it like any other text.
    encoded = query.replace("%", "%25").replace("&", "%26").replace("=", "%3D")
    return f"{method.upper()}&%2F&{encoded}"


def sign(secret: str, text: str) -> str:
    """Return the Base64 signature of a string to sign."""
    return base64.b64encode(hmac.digest(octets(f"{secret}&"), octets(text), "sha1")).decode("ascii")


def signed(parameters: Mapping[str, str], *, method: str, secret: str) -> dict[str, str]:
    """Return the parameters with their `Signature`; key, nonce, timestamp and the like must be among them."""
    return {**parameters, "Signature": sign(secret, string_to_sign(method, parameters))}


def matches(secret: str, text: str, signature: str) -> bool:
    """Tell whether a signature, whatever characters it is made of, is that of the string to sign."""
    return same(sign(secret, text), signature)
