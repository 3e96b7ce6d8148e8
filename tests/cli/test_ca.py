"""`localyun ca` shows what to trust, and `localyun serve --tls` is trusted by who does."""

import ssl
import urllib.request
from pathlib import Path

from tests.cli.conftest import Run, Serve


def test_a_server_is_trusted_by_what_ca_shows(run: Run, serve: Serve, tmp_path: Path) -> None:
    """The certificate that is printed is the one that signs the server's, workers or not."""
    server = serve("--tls", "--workers", 2)
    trusted = ssl.create_default_context(cadata=run("ca", "--pem").stdout)

    with urllib.request.urlopen(
        f"https://127.0.0.1:{server.port}/_localyun/health", context=trusted
    ) as answer:
        assert answer.status == 200
    assert f"localyun is ready at https://127.0.0.1:{server.port}" in server.printed
    assert server.stop() == 0


def test_it_says_how_each_client_trusts_it(run: Run, tmp_path: Path) -> None:
    """The lines to paste name the file."""
    done = run("ca", "--data", tmp_path, "--port", 5001)

    file = tmp_path / "authority" / "ca.pem"
    assert f"export SSL_CERT_FILE={file}  # Go (Terraform, Packer, aliyun), Python, OpenSSL" in done.stdout
    assert "export HTTPS_PROXY=http://127.0.0.1:5001 https_proxy=http://127.0.0.1:5001" in done.stdout
    assert run("ca", "--data", tmp_path, "--pem").stdout == file.read_text()


def test_a_place_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    """The sentence ends with the way out."""
    (tmp_path / "file").write_text("")

    done = run("ca", "--data", tmp_path / "file")

    assert done.returncode == 1
    assert "choose another directory with --data" in done.stderr
