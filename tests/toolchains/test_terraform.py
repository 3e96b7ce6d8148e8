"""Terraform with its alicloud provider, as they come: the module of the guide, from apply to destroy."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alibabacloud_ecs20140526 import models as ecs

from localyun.clock import SystemClock
from localyun.web.authority import Authority
from tests.clients.servers import REGION, Server, serving, sharees
from tests.toolchains.conftest import program

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "terraform.md"
PATIENCE = 400
"""How many seconds a command may take: the provider waits for ten between two looks."""

RC = """
provider_installation {{
  dev_overrides {{
    "aliyun/alicloud" = "{folder}"
  }}
  direct {{}}
}}
"""
"""Where the provider is: nothing is downloaded at run time."""

SHARE = "alicloud_image_share_permission.bob"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Server]:
    """A server that speaks HTTPS as well."""
    authority = Authority(tmp_path / "authority", SystemClock().wall())
    certificate = authority.server_certificate()
    with serving(tmp_path / "data", time_scale=0.1, certificate=certificate) as server:
        yield server


class Terraform:
    """The program, in a folder with the guide's module."""

    def __init__(self, server: Server, folder: Path) -> None:
        folder.mkdir()
        (module,) = re.findall(r"```hcl\n(.*?)```", GUIDE.read_text(), re.DOTALL)
        (folder / "main.tf").write_text(module)
        provider = Path(program("terraform-provider-alicloud")).parent
        (folder / "rc").write_text(RC.format(folder=provider))
        certificate = server.app.settings.certificate
        assert certificate
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TF_CLI_CONFIG_FILE": str(folder / "rc"),
            "CHECKPOINT_DISABLE": "1",
            "SSL_CERT_FILE": str(certificate.with_name("ca.pem")),
            "ALICLOUD_ACCESS_KEY": server.alice.access_key_id,
            "ALICLOUD_SECRET_KEY": server.alice.access_key_secret,
            "TF_VAR_sharee": server.bob.id,
            "TF_VAR_localyun": server.address,
        }

    def run(self, *words: str, exits: int = 0) -> str:
        """Run it to its end and return what it printed."""
        done = subprocess.run(
            [program("terraform"), *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == exits, done.stdout + done.stderr
        return done.stdout

    def plan(self, *, changes: bool) -> str:
        """Plan, which must find changes or none."""
        return self.run("plan", "-no-color", "-detailed-exitcode", exits=2 if changes else 0)


def test_the_module_of_the_guide_lives_from_apply_to_destroy(secure: Server, tmp_path: Path) -> None:
    """Made and shared; no change; imported; unshared behind its back and noticed; nothing left at the end."""
    terraform, alice = Terraform(secure, tmp_path / "terraform"), secure.v2(secure.alice)

    terraform.run("apply", "-no-color", "-auto-approve")
    image = terraform.run("output", "-raw", "image")
    assert terraform.run("output", "-raw", "account") == secure.alice.id
    assert sharees(alice, image) == [secure.bob.id]
    terraform.plan(changes=False)

    terraform.run("state", "rm", SHARE)
    terraform.run("import", "-no-color", SHARE, f"{image}:{secure.bob.id}")
    terraform.plan(changes=False)

    alice.modify_image_share_permission(
        ecs.ModifyImageSharePermissionRequest(
            region_id=REGION, image_id=image, remove_account=[secure.bob.id]
        )
    )
    assert f"{SHARE} will be created" in terraform.plan(changes=True)
    terraform.run("apply", "-no-color", "-auto-approve")
    assert sharees(alice, image) == [secure.bob.id]

    terraform.run("destroy", "-no-color", "-auto-approve")
    assert terraform.run("state", "list") == ""
    left = alice.describe_images(
        ecs.DescribeImagesRequest(region_id=REGION, image_owner_alias="self", status="ALL")
    )
    assert left.body.images.image == []
    assert alice.describe_vpcs(ecs.DescribeVpcsRequest(region_id=REGION)).body.vpcs.vpc == []
