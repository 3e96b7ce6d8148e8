"""One port for plain HTTP, HTTPS and tunnels to the provider; a certificate that is good for no more."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from localyun.clock import SystemClock
from localyun.web.authority import Authority
from localyun.web.front_door import is_the_providers
from tests.clients.servers import Server, serving

NOW = SystemClock().wall()
UNSIGNED = "/?Action=DescribeRegions&Version=2014-05-26"
MISSING = b"<Code>MissingParameter</Code>"
PROVIDER = "ecs.cn-hangzhou.aliyuncs.com"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority that was made just now."""
    return Authority(tmp_path / "authority", NOW)


@pytest.fixture
def server(tmp_path: Path, authority: Authority) -> Iterator[Server]:
    """A server that has a certificate of the authority."""
    certificate = authority.server_certificate("10.1.2.3", "203.0.113.7", "example.com")
    with serving(tmp_path / "data", certificate=certificate) as running:
        yield running


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    """A client's settings that trust the authority, and nobody else."""
    return ssl.create_default_context(cafile=str(authority.certificate))


def connected(server: Server) -> socket.socket:
    """A connection to a server."""
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def asked_for_a_tunnel(connection: socket.socket, target: str) -> bytes:
    """Ask for a tunnel and return the answer."""
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    return connection.recv(4096)


def called(connection: http.client.HTTPConnection) -> bytes:
    """Make a call without a signature and return what the API says to it."""
    connection.request("GET", UNSIGNED)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def test_plain_http_is_served(server: Server) -> None:
    """Whoever says nothing of TLS is served as without it."""
    assert MISSING in called(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20))


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "10.1.2.3", PROVIDER, "kms.aliyuncs.com"])
def test_https_is_served_under_each_name(server: Server, trusting: ssl.SSLContext, name: str) -> None:
    """The certificate answers for the provider's hosts, this machine, and where it was told to listen."""
    connection = http.client.HTTPConnection(name)
    connection.sock = trusting.wrap_socket(connected(server), server_hostname=name)

    assert MISSING in called(connection)


@pytest.mark.parametrize("name", ["example.com", "203.0.113.7"])
def test_the_certificate_is_good_for_nothing_else(
    server: Server, trusting: ssl.SSLContext, name: str
) -> None:
    """Neither a public name nor a public address gets into it, whatever the server was started with."""
    with (
        connected(server) as connection,
        pytest.raises(ssl.SSLCertVerificationError, match="certificate is not valid for"),
    ):
        trusting.wrap_socket(connection, server_hostname=name)


def test_a_tunnel_to_the_provider_ends_here(server: Server, trusting: ssl.SSLContext) -> None:
    """CONNECT is answered, and inside the tunnel this server speaks TLS under the provider's name."""
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=trusting)
    connection.set_tunnel(PROVIDER, 443)

    assert MISSING in called(connection)


@pytest.mark.parametrize("target", ["example.com:443", "aliyuncs.com.example.com:443", f"{PROVIDER}:22"])
def test_a_tunnel_elsewhere_is_refused(server: Server, target: str) -> None:
    """It is no way into the network, and the answer says how to go round it."""
    with connected(server) as connection:
        answer = asked_for_a_tunnel(connection, target)

    assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert answer.endswith(
        f"localyun is a proxy for hosts below aliyuncs.com only, not for {target}: "
        "name the other hosts in NO_PROXY.\n".encode()
    )


def test_what_is_neither_harms_nobody(server: Server) -> None:
    """Broken TLS, an endless CONNECT and a caller who hangs up leave the server as it was."""
    for nonsense in (b"\x16\x03\x01 no handshake at all", b"CONNECT " + b"x" * 20_000, b"C", b""):
        with connected(server) as connection:
            connection.sendall(nonsense)

    assert MISSING in called(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20))


@pytest.mark.parametrize(
    ("target", "is_one"),
    [
        (f"{PROVIDER}:443", True),
        ("STS.ALIYUNCS.COM:443", True),
        (f"{PROVIDER}:80", True),
        (f"{PROVIDER}:8443", False),
        ("notaliyuncs.com:443", False),
        (PROVIDER, False),
        ("", False),
    ],
)
def test_the_providers_hosts_are_known_by_their_name(target: str, is_one: bool) -> None:
    """What counts is the end of the name, letter case aside, and a port of the web."""
    assert is_the_providers(target) is is_one


def test_keys_are_for_their_owner_only(authority: Authority) -> None:
    """Nobody else can read what signs; the certificate to trust is for everybody."""
    directory = authority.server_certificate().parent

    modes = {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()}
    assert modes == {"ca.pem": 0o644, "ca-key.pem": 0o600, "server.pem": 0o600}


def test_an_authority_is_made_once(tmp_path: Path, authority: Authority) -> None:
    """Who trusted it yesterday need not trust another one today."""
    first = authority.certificate.read_bytes()

    assert Authority(tmp_path / "authority", NOW + 86_400_000).certificate.read_bytes() == first
