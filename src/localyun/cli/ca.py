"""`localyun ca`: the authority whose certificates `localyun serve --tls` shows, and how clients trust it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from localyun.cli.options import PORT, Data, Port, option
from localyun.cli.output import fail, say
from localyun.cli.state import default, directory_of, is_on_disk, locate

if TYPE_CHECKING:
    from localyun.web.authority import Authority

DIRECTORY = "authority"


def ca(
    ctx: typer.Context,
    data: Data = "",
    port: Port = PORT,
    pem: Annotated[bool, option("pem", "Print the certificate itself.")] = False,
) -> None:
    """Show whom to trust for HTTPS, and how each client is told to.

    The certificate is made when it isn't there. It is good for the provider's API hosts, this machine and
    private networks only.
    """
    certificate = authority(locate(ctx, data, "")).certificate
    if pem:
        typer.echo(certificate.read_text(), nl=False)
        return
    address = f"127.0.0.1:{port}"
    say(f"The certificate to trust: {certificate}")
    say("\nPrograms that can't be given an endpoint, or insist on HTTPS, are sent here unchanged:\n")
    say(f"export HTTPS_PROXY=http://{address} https_proxy=http://{address}")
    say(f"export HTTP_PROXY=http://{address} http_proxy=http://{address}")
    say("export NO_PROXY= no_proxy=")
    say("\nand trust it by what their language looks at:\n")
    for variable, who in TRUST.items():
        say(f"export {variable}={certificate}  # {who}")
    say("\nThe provider's Python SDKs look at none of them; they take it as a setting:\n")
    say(f'Config(..., ca="{certificate}")       # alibabacloud_*')
    say(f'AcsClient(..., verify="{certificate}")  # aliyunsdk*')
    say("\nJava keeps its own list:\n")
    say(f"keytool -importcert -noprompt -alias localyun -file {certificate} \\")
    say("  -keystore localyun.p12 -storetype PKCS12 -storepass changeit")
    say("java -Djavax.net.ssl.trustStore=localyun.p12 -Djavax.net.ssl.trustStorePassword=changeit \\")
    say(f"  -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort={port} ...")


TRUST = {
    "SSL_CERT_FILE": "Go (Terraform, Packer, aliyun), Python, OpenSSL",
    "REQUESTS_CA_BUNDLE": "Python programs with requests, but for the provider's SDKs",
    "NODE_EXTRA_CA_CERTS": "Node",
    "CURL_CA_BUNDLE": "curl",
}
"""The environment variables that name a certificate to trust, each with who reads it."""


def authority(url: str) -> "Authority":
    """Return the authority beside a database on disk, else beside the default one."""
    from localyun.clock import SystemClock
    from localyun.web.authority import Authority

    directory = directory_of(url if is_on_disk(url) else default()) / DIRECTORY
    try:
        return Authority(directory, SystemClock().wall())
    except OSError as error:
        fail(f"can't keep a certificate in {directory} ({error}): choose another directory with --data")


def server_certificate(url: str, host: str) -> Path:
    """Make the certificate of a server that listens at a host."""
    return authority(url).server_certificate(host)
