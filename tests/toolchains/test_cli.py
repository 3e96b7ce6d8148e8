"""The provider's CLI, by the lines of its guide."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from alibabacloud_ecs20140526 import models as ecs

from tests.clients import guides
from tests.clients.servers import REGION, Server, sharees
from tests.toolchains.conftest import program

(PROFILE,) = re.findall(
    r"```bash\n(.*?)```", (guides.PAGES / "cli.md").read_text().partition("\n## ")[0], re.DOTALL
)
LINES = guides.programs("cli.md", "bash")

SLOW = 5
"""How many times as long as usual a copy takes: four seconds."""

Shell = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def shell(server: Server, image: str, tmp_path: Path) -> Shell:
    """Bash with the guide's profile, for alice's image."""
    return shell_at(server, image, tmp_path)


def shell_at(server: Server, image: str, home: Path) -> Shell:
    """Return what runs lines in bash, with the guide's profile of a server."""
    cli = Path(program("aliyun"))

    def run(lines: str, account: str = server.bob.id) -> "CompletedProcess[str]":
        return guides.run(
            ("bash", "-ec", PROFILE + lines),
            server,
            environment={
                "PATH": f"{cli.parent}:/usr/bin:/bin",
                "HOME": str(home),
                "IMAGE": image,
                "ACCOUNT": account,
            },
        )

    return run


def test_it_shares_an_image(server: Server, image: str, shell: Shell) -> None:
    """The table has whom it is shared with."""
    done = shell(LINES["Share"])

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == server.bob.id
    assert sharees(server.v2(server.alice), image) == [server.bob.id]


def test_it_says_why_it_is_refused(server: Server, image: str, shell: Shell) -> None:
    """And nothing is shared."""
    refused = shell(LINES["Share"], server.alice.id)

    assert refused.returncode == 1
    assert "ErrorCode: InvalidAccount.Forbbiden\n" in refused.stderr
    assert "Message: The specified Account does not yourself.\n" in refused.stderr
    assert sharees(server.v2(server.alice), image) == []


def test_it_waits_for_an_image_that_is_being_made(
    server: Server, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its waiter looks until the image is Available, which takes a while."""
    alice = server.v2(server.alice)
    monkeypatch.setattr(server.app.compute, "_scale", SLOW)
    copy = alice.copy_image(
        ecs.CopyImageRequest(
            region_id=REGION, image_id=image, destination_region_id=REGION, destination_image_name="copy"
        )
    ).body.image_id
    creating = ecs.DescribeImagesRequest(region_id=REGION, image_id=copy, status="Creating")
    assert alice.describe_images(creating).body.total_count == 1

    done = shell_at(server, copy, tmp_path)(LINES["Share"])

    assert done.returncode == 0, done.stderr
    assert alice.describe_images(creating).body.total_count == 0
    assert sharees(alice, copy) == [server.bob.id]


def test_its_pager_reads_every_page(server: Server, shell: Shell) -> None:
    """The images of all pages, in the order of a single one."""
    paged = shell(LINES["Page"])
    whole = server.v2(server.alice).describe_images(
        ecs.DescribeImagesRequest(region_id=REGION, image_owner_alias="system", page_size=100)
    )

    assert paged.returncode == 0, paged.stderr
    assert json.loads(paged.stdout)["Image[]"]["ImageId"] == [
        image.image_id for image in whole.body.images.image
    ]


def test_it_goes_through_the_proxy(server: Server, shell: Shell) -> None:
    """Without an endpoint in the call."""
    shell(LINES["Share"])

    done = shell(LINES["Without an option in each call"])

    assert done.returncode == 0, done.stderr
    assert [one["AliyunId"] for one in json.loads(done.stdout)["Accounts"]["Account"]] == [server.bob.id]
