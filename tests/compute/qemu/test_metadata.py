"""What a guest learns from its metadata service."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from localyun.compute.qemu import metadata_service
from localyun.compute.qemu.metadata import Metadata
from localyun.model import Instance, Phase, Tag

KEY = "ssh-ed25519 AAAAC3Nza somebody"
SCRIPT = b"#!/bin/sh\necho hello\n"
SECRET = b"secret of one machine"
NOW = 1_000
TOKEN = "X-aliyun-ecs-metadata-token"


def instance(**more: str) -> Instance:
    """An instance with everything that metadata is made of."""
    return Instance(
        id="i-1",
        region="cn-hangzhou",
        owner="1234567890123456",
        created_at=0,
        name="web",
        tags=(Tag("team", "red"),),
        zone="cn-hangzhou-i",
        host_name="web-1",
        image="m-1",
        instance_type="ecs.g6.large",
        phase=Phase("Running"),
        serial_number="11111111-2222-3333-4444-555555555555",
        vpc="vpc-1",
        vswitch="vsw-1",
        private_ip="172.16.0.5",
        public_ip="127.64.0.9",
        mac_address="00:16:3e:00:00:01",
        network_interface="eni-1",
        user_data=base64.b64encode(SCRIPT).decode(),
        **more,
    )


def ask(path: str, *headers: str, method: str = "GET", now: int = NOW, **more: str) -> tuple[int, str]:
    """Ask for a path, and return status and body."""
    document = json.loads(Metadata.of(instance(**more), public_keys=[KEY]).document(SECRET))
    head = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 100.100.100.200", *headers])
    status, _, body = metadata_service.answer(head.encode(), document, now)
    return status, body.decode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", "latest\n2016-01-01"),
        ("/latest/", "dynamic/\nmeta-data/\nuser-data"),
        ("/latest/meta-data/instance-id", "i-1"),
        ("/2016-01-01/meta-data/instance-id", "i-1"),
        ("/latest/meta-data/hostname", "web-1"),
        ("/latest/meta-data/region-id", "cn-hangzhou"),
        ("/latest/meta-data/zone-id", "cn-hangzhou-i"),
        ("/latest/meta-data/image-id", "m-1"),
        ("/latest/meta-data/instance/", "instance-name\ninstance-type"),
        ("/latest/meta-data/instance/instance-type", "ecs.g6.large"),
        ("/latest/meta-data/private-ipv4", "172.16.0.5"),
        ("/latest/meta-data/public-ipv4", "127.64.0.9"),
        ("/latest/meta-data/network-type", "vpc"),
        ("/latest/meta-data/network/interfaces/macs/", "00:16:3e:00:00:01/"),
        ("/latest/meta-data/public-keys/", "0/"),
        ("/latest/meta-data/public-keys/0/openssh-key", KEY),
        ("/latest/meta-data/tags/instance/team", "red"),
        ("/latest/user-data", SCRIPT.decode()),
    ],
)
def test_each_item_is_told(path: str, body: str) -> None:
    """Folders list what is in them, items are plain text."""
    assert ask(path) == (200, body)


def test_what_there_isnt_is_not_found() -> None:
    """Also below a version that there isn't."""
    assert ask("/latest/meta-data/eipv4") == (404, "404 - Not Found\n")
    assert ask("/2009-04-04/meta-data/instance-id") == (404, "404 - Not Found\n")


def test_the_service_can_be_switched_off() -> None:
    """With HttpEndpoint=disabled nothing is told."""
    assert ask("/latest/meta-data/instance-id", http_endpoint="disabled")[0] == 403


def test_a_token_is_good_until_it_ends() -> None:
    """Where tokens are required, nothing is told without one, with an old one, or with a forged one."""
    status, token = ask("/latest/api/token", f"{TOKEN}-ttl-seconds: 60", method="PUT")
    assert status == 200
    path, required = "/latest/meta-data/instance-id", {"http_tokens": "required"}

    assert ask(path, f"{TOKEN}: {token}", now=NOW + 59, **required) == (200, "i-1")
    assert ask(path, f"{TOKEN}: {token}", now=NOW + 60, **required) == (403, "403 - Forbidden\n")
    forged = base64.urlsafe_b64encode(b"99999." + bytes(32)).decode()
    assert ask(path, f"{TOKEN}: {forged}", **required) == (403, "403 - Forbidden\n")
    assert ask(path, **required) == (403, "403 - Forbidden\n")


@pytest.mark.parametrize("life", ["0", "21601", "-1", "x", ""])
def test_a_token_lives_for_one_second_to_six_hours(life: str) -> None:
    """Another life is refused."""
    assert ask("/latest/api/token", f"{TOKEN}-ttl-seconds: {life}", method="PUT")[0] == 400


def test_a_token_is_not_made_for_a_proxy() -> None:
    """A request that was forwarded comes from somewhere else."""
    headers = (f"{TOKEN}-ttl-seconds: 60", "X-Forwarded-For: 203.0.113.1")

    assert ask("/latest/api/token", *headers, method="PUT")[0] == 403


def test_the_program_answers_one_request(tmp_path: Path) -> None:
    """As QEMU starts it: without our package, the request on its input, the answer on its output."""
    document = tmp_path / "metadata.json"
    document.write_bytes(Metadata.of(instance()).document(SECRET))

    said = subprocess.run(
        [sys.executable, "-I", "-S", metadata_service.__file__, document],
        input=b"GET /latest/meta-data/mac HTTP/1.0\r\n\r\n",
        capture_output=True,
        check=True,
        timeout=20,
    )

    assert said.stderr == b""
    assert said.stdout.startswith(b"HTTP/1.1 200 OK\r\n")
    assert said.stdout.endswith(b"\r\n\r\n00:16:3e:00:00:01")
