"""SSH keys: made, and read. The library that knows them is imported when the first one is needed."""

import base64
import hashlib
from typing import NamedTuple

SIZE = 2048
"""The bits of a key that is made here, as the provider's."""


class NewKey(NamedTuple):
    """A key pair just made: the private key as PEM, the public one as one line of OpenSSH's."""

    private: str
    public: str


def make() -> NewKey:
    """Make an RSA key pair. It is random in earnest, whatever else a seed makes reproducible."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=SIZE)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return NewKey(private.decode(), public.decode())


def is_public(text: str) -> bool:
    """Whether a text is one line with an SSH public key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    try:
        load_ssh_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def fingerprint(public: str) -> str:
    """Return a public key's fingerprint, 32 hexadecimal digits: MD5 over the key (RFC 4716)."""
    blob = base64.b64decode(public.split()[1])
    return hashlib.md5(blob, usedforsecurity=False).hexdigest()
