"""The acceptance tests that Terraform's provider is published with, run against a server of ours.

They know no endpoint option: localyun is their proxy, and ends HTTPS. What they presume to be there is made
first.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alibabacloud_ecs20140526 import models as ecs

from localyun.clock import SystemClock
from localyun.web.authority import Authority
from tests.clients.servers import REGION, Server, serving
from tests.toolchains.conftest import program

PATIENCE = 500
"""How many seconds a test may take: the provider waits for ten and more between two looks."""

PASSING = (Path(__file__).parent / "acceptance.txt").read_text().split()


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Server]:
    """A server that speaks HTTPS, and alice's network of the name that the tests look for."""
    authority = Authority(tmp_path / "authority", SystemClock().wall())
    certificate = authority.server_certificate()
    with serving(tmp_path / "data", time_scale=0, certificate=certificate) as server:
        alice = server.v2(server.alice)
        vpc = alice.create_vpc(
            ecs.CreateVpcRequest(region_id=REGION, cidr_block="172.16.0.0/12", vpc_name="default-NODELETING")
        )
        zones = alice.describe_zones(ecs.DescribeZonesRequest(region_id=REGION)).body.zones.zone
        for number, zone in enumerate(zones):
            alice.create_vswitch(
                ecs.CreateVSwitchRequest(
                    region_id=REGION,
                    vpc_id=vpc.body.vpc_id,
                    zone_id=zone.zone_id,
                    cidr_block=f"172.16.{number}.0/24",
                )
            )
        yield server


@pytest.mark.timeout(PATIENCE + 60)
@pytest.mark.parametrize("name", PASSING)
def test_it_passes(prepared: Server, tmp_path: Path, name: str) -> None:
    """As it is, from the first step to the last check that nothing is left."""
    certificate = prepared.app.settings.certificate
    assert certificate
    proxy = f"http://{prepared.address}"
    done = subprocess.run(
        [program("terraform-provider-alicloud.test"), "-test.v", "-test.run", f"^{name}$"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TF_ACC": "1",
            "SSL_CERT_FILE": str(certificate.with_name("ca.pem")),
            "HTTP_PROXY": proxy,
            "HTTPS_PROXY": proxy,
            "ALICLOUD_ACCESS_KEY": prepared.alice.access_key_id,
            "ALICLOUD_SECRET_KEY": prepared.alice.access_key_secret,
            "ALICLOUD_REGION": REGION,
            "ALICLOUD_ACCOUNT_TYPE": "Domestic",
            # The test of sharing takes this for the account to share with.
            "ALICLOUD_ACCESS_KEY_2": prepared.bob.id,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert f"--- PASS: {name}" in done.stdout, done.stdout[-4000:] + done.stderr
