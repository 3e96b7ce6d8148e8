"""SUSE's aliyun-img-utils as it comes, by the lines of its guide: localyun is its proxy."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from alibabacloud_ecs20140526 import models as ecs

from localyun import accounts
from tests.clients import guides
from tests.clients.servers import REGION, Server
from tests.toolchains.conftest import program

SETTINGS = re.findall(r"```bash\n(.*?)```", (guides.PAGES / "img-utils.md").read_text(), re.DOTALL)[0]
LINES = guides.programs("img-utils.md", "bash")

Shell = Callable[[str], "CompletedProcess[str]"]


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> Shell:
    """Bash with the guide's settings."""
    folder = Path(program("aliyun-img-utils")).parent

    def run(lines: str) -> "CompletedProcess[str]":
        environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(tmp_path)}
        done = guides.run(("bash", "-ec", SETTINGS + lines), server, environment=environment)
        assert done.returncode == 0, done.stderr
        return done

    return run


def images(server: Server, region: str) -> dict[str, ecs.DescribeImagesResponseBodyImagesImage]:
    """Alice's own images in a region, by their names."""
    asked = ecs.DescribeImagesRequest(region_id=region, image_owner_alias="self", status="ALL")
    found = server.v2(server.alice).describe_images(asked).body.images.image
    return {image.image_name: image for image in found}


def test_an_image_is_created_replicated_and_shown(server: Server, shell: Shell) -> None:
    """In both regions under one name."""
    done = shell(LINES["Create and replicate"])

    image, copy = images(server, REGION)["suse-1"], images(server, "cn-beijing")["suse-1"]
    assert done.stdout.startswith(f"Image created with id: {image.image_id}\n")
    assert f'"cn-beijing": "{copy.image_id}"' in done.stdout
    shown = json.loads(done.stdout[done.stdout.index('{\n  "CreationTime"') :])
    assert (shown["ImageId"], shown["Platform"]) == (image.image_id, "SUSE")
    assert copy.is_copied


def test_an_image_is_published_in_a_hidden_way(server: Server, shell: Shell) -> None:
    """Once its account is invited; before, each region's refusal is reported."""
    shell(LINES["Create and replicate"])

    refused = shell(LINES["Publish"])
    accounts.change(server.app.store, server.app.clock.now(), server.alice.id, invited=True)
    published = shell(LINES["Publish"])

    assert refused.stderr.count("Error:ForbiddenParameter.LaunchPermission ") == 2
    assert "Failed" not in published.stderr
    assert "suse-1 published in cn-hangzhou" in published.stderr
    seen = server.v2(server.bob).describe_images(
        ecs.DescribeImagesRequest(region_id=REGION, image_id=images(server, REGION)["suse-1"].image_id)
    )
    assert [image.image_name for image in seen.body.images.image] == ["suse-1"]


def test_an_image_is_deprecated_and_deleted(server: Server, shell: Shell) -> None:
    """Its tags say what replaces it; then it is gone from both regions."""
    shell(LINES["Create and replicate"])
    deprecate, delete = LINES["Deprecate and delete"].splitlines()

    shell(deprecate)
    tags = {tag.tag_key: tag.tag_value for tag in images(server, REGION)["suse-1"].tags.tag}
    shell(delete)

    assert tags.keys() == {"Deprecated on", "Removal date", "Replacement image"}
    assert tags["Replacement image"] == "suse-2"
    assert images(server, REGION) == images(server, "cn-beijing") == {}


def test_what_is_deprecated_is_activated(server: Server, shell: Shell) -> None:
    """By its status, which another client has set."""
    shell(LINES["Create and replicate"])
    image = images(server, REGION)["suse-1"].image_id
    server.v2(server.alice).modify_image_attribute(
        ecs.ModifyImageAttributeRequest(region_id=REGION, image_id=image, status="Deprecated")
    )

    shell("aliyun-img-utils image activate --image-name suse-1 --regions cn-hangzhou")

    assert images(server, REGION)["suse-1"].status == "Available"
