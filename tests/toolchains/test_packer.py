"""Packer with its alicloud plugin, as they come: builds, shares, copies, cleans up."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client

from localyun.clock import SystemClock
from localyun.compute.qemu.assembly import remove_all
from tests.clients.servers import REGION, Server, new_image, serving, sharees
from tests.machines import guest
from tests.machines.logins import Login
from tests.operations.made import SYSTEM_IMAGE
from tests.people import Person, World
from tests.toolchains.conftest import program

COPIES = "cn-beijing"
PATIENCE = 240
"""How many seconds a build may take: Packer looks at what it waits for every five."""

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "packer.md"
SIMULATED, PROVISIONED = range(2)
"""Which of the guide's templates is for simulated instances, and which for real machines."""
PLUGIN = "github.com/hashicorp/alicloud"


@pytest.fixture
def packer(server: Server, tmp_path: Path) -> "Packer":
    """Packer with its plugin installed, pointed at the server; copies are reached through a proxy."""
    return Packer(server, tmp_path / "packer", SIMULATED)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Server]:
    """A server whose instances are real machines; the system image is a tiny Linux."""
    data, given = tmp_path / "data", tmp_path / "given"
    given.mkdir()
    guest.build(given / f"{SYSTEM_IMAGE}.raw")
    try:
        with serving(data, machines=data / "compute", system_images=given, max_machines=3) as running:
            yield running
    finally:
        remove_all(data / "compute")


class Packer:
    """The program with its plugin, a folder for what it writes, and whom it works for."""

    def __init__(self, server: Server, folder: Path, template: int) -> None:
        """Take one of the guide's templates."""
        folder.mkdir()
        self.server = server
        self.folder = folder
        self.template = folder / "image.pkr.hcl"
        proxy = f"http://{server.address}"
        self.written = re.findall(r"```hcl\n(.*?)```", GUIDE.read_text(), re.DOTALL)[template]
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PACKER_CONFIG_DIR": str(folder),
            "PACKER_PLUGIN_PATH": str(folder / "plugins"),
            "PKR_VAR_sharee": server.bob.id,
            "PKR_VAR_localyun": server.address,
            "ALICLOUD_ACCESS_KEY": server.alice.access_key_id,
            "ALICLOUD_SECRET_KEY": server.alice.access_key_secret,
            "CHECKPOINT_DISABLE": "1",
            "HTTP_PROXY": proxy,
            "http_proxy": proxy,
        }
        self.run("plugins", "install", "--path", program("packer-plugin-alicloud"), PLUGIN)

    def write(self, *, force: bool = False, more: str = "") -> None:
        """Write the guide's template, with something more to be done at the end of the build."""
        start, end, rest = self.written.rpartition("}")
        self.template.write_text(start + more + end + rest)
        self.environment["PKR_VAR_force"] = str(force).lower()

    def run(self, *words: str, succeeds: bool = True) -> str:
        """Run it to its end and return what it printed."""
        done = subprocess.run(
            [program("packer"), *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode == 0) is succeeds, done.stdout + done.stderr
        return done.stdout

    def build(self, *, succeeds: bool = True, **how: Any) -> str:
        """Build the image."""
        self.write(**how)
        return self.run("build", "-color=false", self.template.name, succeeds=succeeds)

    @contextmanager
    def building(self) -> Iterator["subprocess.Popen[str]"]:
        """Start to build, and kill whatever still runs at the end."""
        self.write()
        with subprocess.Popen(
            [program("packer"), "build", "-color=false", self.template.name],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def images(client: Client, region: str = REGION) -> dict[str, Any]:
    """An account's own images by name, whatever their status."""
    answer = client.describe_images(
        ecs.DescribeImagesRequest(region_id=region, image_owner_alias="self", status="ALL", page_size=100)
    )
    return {image.image_name: image for image in answer.body.images.image}


def left_behind(client: Client) -> list[object]:
    """Everything that a build makes on the way and has to take away again."""
    instances = client.describe_instances(ecs.DescribeInstancesRequest(region_id=REGION))
    groups = client.describe_security_groups(ecs.DescribeSecurityGroupsRequest(region_id=REGION))
    networks = client.describe_vpcs(ecs.DescribeVpcsRequest(region_id=REGION))
    pairs = client.describe_key_pairs(ecs.DescribeKeyPairsRequest(region_id=REGION))
    addresses = client.describe_eip_addresses(ecs.DescribeEipAddressesRequest(region_id=REGION))
    return [
        *instances.body.instances.instance,
        *groups.body.security_groups.security_group,
        *networks.body.vpcs.vpc,
        *pairs.body.key_pairs.key_pair,
        *addresses.body.eip_addresses.eip_address,
    ]


def snapshots(client: Client) -> list[str]:
    """An account's snapshots in the build's region."""
    answer = client.describe_snapshots(ecs.DescribeSnapshotsRequest(region_id=REGION, page_size=100))
    return [snapshot.snapshot_id for snapshot in answer.body.snapshots.snapshot]


def test_a_build_makes_shares_and_copies_an_image_and_leaves_nothing_else(
    packer: Packer, server: Server
) -> None:
    """Data disk and tags are on it, both images are shared; what was made on the way is gone."""
    alice, bob = server.v2(server.alice), server.v2(server.bob)

    printed = packer.build()

    image, copy = images(alice)["built-by-packer"], images(alice, COPIES)["built-by-packer-copy"]
    assert f"{REGION}: {image.image_id}" in printed
    assert f"{COPIES}: {copy.image_id}" in printed
    assert sharees(alice, image.image_id) == [server.bob.id]
    assert [tag.tag_key for tag in image.tags.tag] == ["team"]
    assert len(image.disk_device_mappings.disk_device_mapping) == 2
    assert left_behind(alice) == []
    for region, shared in ((REGION, image), (COPIES, copy)):
        seen = bob.describe_images(
            ecs.DescribeImagesRequest(region_id=region, image_owner_alias="others", status="ALL")
        )
        assert [one.image_id for one in seen.body.images.image] == [shared.image_id]


def test_a_name_that_is_taken_fails_unless_forced(packer: Packer, server: Server) -> None:
    """By force the old image goes with its snapshots, and the new one has its name."""
    alice = server.v2(server.alice)
    old = new_image(alice)
    alice.modify_image_attribute(
        ecs.ModifyImageAttributeRequest(region_id=REGION, image_id=old, image_name="built-by-packer")
    )
    old_snapshots = snapshots(alice)

    assert f"is used by an existing alicloud image: {old}" in packer.build(succeeds=False)
    packer.build(force=True)

    assert images(alice)["built-by-packer"].image_id != old
    assert set(old_snapshots) & set(snapshots(alice)) == set()


def test_a_build_that_is_called_off_leaves_nothing_behind(packer: Packer, server: Server) -> None:
    """Interrupted while its instance starts, Packer takes back all that it made."""
    alice = server.v2(server.alice)

    with packer.building() as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Created instance" in line:
                # As a terminal does: to the program and to those that it started.
                os.killpg(process.pid, signal.SIGINT)
                break
        printed = process.stdout.read()
        process.wait(PATIENCE)

    assert "Deleting instance because of cancellation" in printed, printed
    assert left_behind(alice) == []
    assert images(alice) == {}
    assert snapshots(alice) == []


def test_an_artifact_that_is_not_kept_is_destroyed(packer: Packer, server: Server) -> None:
    """Unshared, deleted, and its snapshots after it, in both regions."""
    alice = server.v2(server.alice)
    (packer.folder / "left").write_text("what the build leaves instead")

    packer.build(more='post-processor "artifice" {\n files = ["left"]\n keep_input_artifact = false\n }\n')

    assert images(alice) == {}
    assert images(alice, COPIES) == {}
    assert snapshots(alice) == []


@pytest.mark.skipif(bool(guest.missing()), reason=f"{', '.join(guest.missing())} must be installed")
def test_what_a_provisioner_wrote_is_in_the_image_that_was_shared(real: Server, tmp_path: Path) -> None:
    """Packer logs in to a real machine with a key of its own; the sharee boots what came of it, and reads."""
    alice = real.v2(real.alice)

    printed = Packer(real, tmp_path / "packer", PROVISIONED).build()

    image = images(alice)["provisioned-by-packer"].image_id
    assert f"{REGION}: {image}" in printed
    assert "Connected to SSH!" in printed
    assert sharees(alice, image) == [real.bob.id]
    assert left_behind(alice) == []
    bob = Login(Person(World(real.app, SystemClock()), real.bob), tmp_path)  # type: ignore[arg-type]
    assert bob.says(bob.run(image), "cat /etc/built-by") == "Packer, as root"
