"""Clients that insist on HTTPS and know only the provider's own addresses, sent here by a proxy setting."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config
from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526.DescribeRegionsRequest import DescribeRegionsRequest

from localyun.clock import SystemClock
from localyun.web.authority import CERTIFICATE, Authority
from tests.clients.servers import REGION, Server, new_image, serving, sharees

pytestmark = pytest.mark.clients


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server with a certificate of its own, and an environment that leads to it."""
    authority = Authority(tmp_path / "authority", SystemClock().wall())
    certificate = authority.server_certificate()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    with serving(tmp_path / "data", time_scale=0, certificate=certificate) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://{server.address}")
        yield server


def trusted(server: Server) -> str:
    """The file with the certificate to trust."""
    assert server.app.settings.certificate
    return str(server.app.settings.certificate.with_name(CERTIFICATE))


def test_the_v2_sdk_needs_no_endpoint(secure: Server) -> None:
    """An image is made and shared, all of it over HTTPS; whom to trust is a setting."""
    config = Config(
        access_key_id=secure.alice.access_key_id,
        access_key_secret=secure.alice.access_key_secret,
        region_id=REGION,
        ca=trusted(secure),
    )
    alice = Client(config)
    image = new_image(alice)

    alice.modify_image_share_permission(
        ecs.ModifyImageSharePermissionRequest(region_id=REGION, image_id=image, add_account=[secure.bob.id])
    )
    assert sharees(alice, image) == [secure.bob.id]


@pytest.mark.filterwarnings("ignore:ssl\\.:DeprecationWarning")
def test_the_v1_sdk_needs_no_endpoint(secure: Server) -> None:
    """The older SDK, told to use HTTPS, reaches the same server under the provider's name."""
    alice = secure.alice
    client = AcsClient(alice.access_key_id, alice.access_key_secret, REGION, verify=trusted(secure))
    request = DescribeRegionsRequest()
    request.set_protocol_type("https")

    assert f'"RegionId":"{REGION}"'.encode() in client.do_action_with_exception(request)
