"""A certificate authority of one's own, so that clients which insist on HTTPS can trust a server of ours.

It is made once and kept beside the data. Whoever trusts it trusts it for the provider's API hosts, this
machine and private networks only: the certificate itself says so (name constraints, RFC 5280), so a stolen
key is no key to the rest of the world.
"""

import os
import socket
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from localyun import catalogue
from localyun.clock import Instant

PRIVATE_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
PRIVATE_NAMES = ("localhost", "localyun", "local", "internal", "test")
AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""The longest that common clients accept of a server's certificate."""

CERTIFICATE, KEY, SERVER = "ca.pem", "ca-key.pem", "server.pem"

Address = IPv4Address | IPv6Address


class Authority:
    """The authority in a directory; it is made when it isn't there."""

    def __init__(self, directory: Path, now: Instant) -> None:
        """Open the authority, or make it. Raises OSError when the directory can't be written."""
        self._directory = directory
        self._now = datetime.fromtimestamp(now / 1000, UTC)
        if not self.certificate.exists():
            self._make()

    @property
    def certificate(self) -> Path:
        """The file that clients are told to trust."""
        return self._directory / CERTIFICATE

    def server_certificate(self, *hosts: str) -> Path:
        """Make a key and a certificate for a server of this machine, that answers for the provider's hosts.

        `hosts` are further names and addresses that clients write; those for which the authority can't speak
        are left out. Returns the file with both.
        """
        authority = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        signer = serialization.load_pem_private_key((self._directory / KEY).read_bytes(), None)
        if not isinstance(signer, ec.EllipticCurvePrivateKey):
            raise OSError(f"{KEY} isn't the key that was made here")
        key = ec.generate_private_key(ec.SECP256R1())
        signed = (
            self._builder("localyun", key.public_key(), SERVER_DAYS)
            .issuer_name(authority.subject)
            .add_extension(x509.SubjectAlternativeName(_names(hosts)), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
            .sign(signer, hashes.SHA256())
        )
        return self._keep(SERVER, _private(key) + _public(signed))

    def _make(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        permitted = [*map(x509.DNSName, _permitted_names()), *map(x509.IPAddress, _networks())]
        name = f"localyun authority of {socket.gethostname()}"[:64]
        certificate = (
            self._builder(name, key.public_key(), AUTHORITY_DAYS)
            .issuer_name(_named(name))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_may_sign, critical=True)
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        self._keep(KEY, _private(key))
        self._keep(CERTIFICATE, _public(certificate))

    def _builder(self, name: str, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            # Clocks of clients in containers and machines differ a little.
            .not_valid_before(self._now - timedelta(days=1))
            .not_valid_after(self._now + timedelta(days=days))
        )

    def _keep(self, name: str, content: bytes) -> Path:
        """Write a file whole or not at all; only its owner may read it, unless it is the public part."""
        path = self._directory / name
        unfinished = path.with_suffix(f".{os.getpid()}")
        mode = 0o644 if name == CERTIFICATE else 0o600
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
        return unfinished.replace(path)


def _names(hosts: tuple[str, ...]) -> list[x509.GeneralName]:
    """Return what a server's certificate answers for: the provider's hosts, this machine, and more."""
    domains = [catalogue.DOMAIN, *(f"{region.id}.{catalogue.DOMAIN}" for region in catalogue.regions())]
    named = (name for domain in domains for name in (domain, f"*.{domain}"))
    wanted = dict.fromkeys(("localhost", "127.0.0.1", "::1", *named, *filter(_is_permitted, hosts)))
    return [x509.IPAddress(address) if (address := _address(name)) else x509.DNSName(name) for name in wanted]


def _is_permitted(host: str) -> bool:
    """Whether an authority of ours may speak for a host."""
    if address := _address(host):
        return any(address in network for network in _networks())
    return any(f".{host}".endswith(f".{name}") for name in _permitted_names())


def _permitted_names() -> list[str]:
    """Return the names below which all hosts are permitted."""
    return [*dict.fromkeys((catalogue.DOMAIN, *PRIVATE_NAMES, socket.gethostname()))]


def _networks() -> list[IPv4Network | IPv6Network]:
    return [ip_network(network) for network in PRIVATE_NETWORKS]


_may_sign = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
