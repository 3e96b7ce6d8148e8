"""Each Terraform sample is applied as it is, by Terraform and its provider, and has the call's effect.

It runs by `make test-samples`, with the programs that `make test-clients` builds.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from alibabacloud_ecs20140526 import models as ecs

from localyun.client import Client
from localyun.clock import SystemClock
from localyun.operations import OPERATIONS
from localyun.samples import terraform
from localyun.samples.clients import Aim
from localyun.samples.described import Described
from localyun.web.authority import Authority
from tests.clients.servers import INSTANCE_TYPE, REGION, ZONE, Server, new_image, new_network, serving
from tests.samples.test_run import PATIENCE, need

pytestmark = [
    pytest.mark.clients,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not os.environ.get("LOCALYUN_TEST_SAMPLES"), reason="runs by `make test-samples`"),
]

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBd+Q8nVOuBDw0kBcNvR5JrVzpUaJ6RWWC2VKmVXN5ZB sample"
RC = """
provider_installation {{
  dev_overrides {{
    "aliyun/alicloud" = "{folder}"
  }}
  direct {{}}
}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that speaks HTTPS as well: the provider calls some operations by nothing else."""
    folder = tmp_path_factory.mktemp("terraform")
    certificate = Authority(folder / "authority", SystemClock().wall()).server_certificate()
    with serving(folder / "data", time_scale=0, certificate=certificate) as server:
        yield server


@pytest.fixture(scope="module")
def there(server: Server) -> dict[str, str]:
    """What samples name: an image, a network, a disk, an instance."""
    client = server.v2(server.alice)
    image = new_image(client)
    vswitch, group = new_network(client)
    where = ecs.DescribeVSwitchesRequest(region_id=REGION, v_switch_id=vswitch)
    instance = client.describe_instances(ecs.DescribeInstancesRequest(region_id=REGION)).body.instances
    disk = client.describe_disks(ecs.DescribeDisksRequest(region_id=REGION)).body.disks.disk[0].disk_id
    return {
        "image": image,
        "vswitch": vswitch,
        "group": group,
        "instance": instance.instance[0].instance_id,
        "disk": disk,
        "vpc": client.describe_vswitches(where).body.v_switches.v_switch[0].vpc_id,
        "bob": server.bob.id,
    }


def call(server: Server, action: str, parameters: dict[str, str]) -> str:
    """What an operation answers alice, without spaces."""
    operation = next(one for one in OPERATIONS.operations if one.name == action)
    client = Client(
        endpoint=f"http://{server.address}",
        access_key_id=server.alice.access_key_id,
        access_key_secret=server.alice.access_key_secret,
    )
    answer = json.loads(client.call(action, operation.versions[0], parameters).text)
    return json.dumps(answer, separators=(",", ":"))


class Case(NamedTuple):
    """What a sample is given, what shows its effect, and what is found there."""

    given: dict[str, str]
    found: str
    by: str = ""
    """The operation that shows it; what a data source found is in Terraform's state."""
    where: dict[str, str] | None = None


CASES = {
    "CopyImage": Case(
        {"ImageId": "{image}", "DestinationImageName": "sample-copy"},
        '"ImageName":"sample-copy"',
        "DescribeImages",
        {"ImageId": "{id}"},
    ),
    "CreateDisk": Case(
        {"ZoneId": ZONE, "DiskName": "sample", "Size": "40", "DiskCategory": "cloud_essd"},
        '"DiskName":"sample"',
        "DescribeDisks",
        {"DiskIds": '["{id}"]'},
    ),
    "CreateImage": Case(
        {"InstanceId": "{instance}", "ImageName": "sample"},
        '"ImageName":"sample"',
        "DescribeImages",
        {"ImageId": "{id}"},
    ),
    "CreateSecurityGroup": Case(
        {"SecurityGroupName": "sample", "VpcId": "{vpc}"},
        '"SecurityGroupName":"sample"',
        "DescribeSecurityGroups",
        {"SecurityGroupId": "{id}"},
    ),
    "CreateSnapshot": Case(
        {"DiskId": "{disk}", "SnapshotName": "sample"},
        '"SourceDiskId":"{disk}"',
        "DescribeSnapshots",
        {"SnapshotIds": '["{id}"]'},
    ),
    "CreateVSwitch": Case(
        {"VpcId": "{vpc}", "ZoneId": ZONE, "CidrBlock": "172.16.9.0/24", "VSwitchName": "sample"},
        '"CidrBlock":"172.16.9.0/24"',
        "DescribeVSwitches",
        {"VSwitchId": "{id}"},
    ),
    "CreateVpc": Case(
        {"CidrBlock": "10.0.0.0/8", "VpcName": "sample"},
        '"VpcName":"sample"',
        "DescribeVpcs",
        {"VpcId": "{id}"},
    ),
    "ImportKeyPair": Case(
        {"KeyPairName": "sample", "PublicKeyBody": KEY},
        '"KeyPairFingerPrint":',
        "DescribeKeyPairs",
        {"KeyPairName": "{id}"},
    ),
    "ModifyImageSharePermission": Case(
        {"ImageId": "{image}", "AddAccount.1": "{bob}"},
        '"AliyunId":"{bob}"',
        "DescribeImageSharePermission",
        {"ImageId": "{image}"},
    ),
    "RunInstances": Case(
        {
            "ImageId": "{image}",
            "InstanceType": INSTANCE_TYPE,
            "VSwitchId": "{vswitch}",
            "SecurityGroupId": "{group}",
            "InstanceName": "sample",
        },
        '"ImageId":"{image}"',
        "DescribeInstances",
        {"InstanceIds": '["{id}"]'},
    ),
    "DescribeImages": Case({"ImageOwnerAlias": "self"}, "{image}"),
    "DescribeInstances": Case({"ZoneId": ZONE}, "{instance}"),
    "DescribeRegions": Case({}, "cn-beijing"),
    "DescribeVpcs": Case({}, "{vpc}"),
    "DescribeZones": Case({}, ZONE),
}


def test_every_block_is_tried() -> None:
    """Whatever is written for an operation is applied here."""
    assert CASES.keys() == {*terraform.blocks(), "ModifyImageSharePermission"}


@pytest.mark.parametrize("action", CASES)
def test_a_sample_has_the_effect_of_its_call(
    server: Server, there: dict[str, str], tmp_path: Path, action: str
) -> None:
    """What is made is there, as the API says; what is looked up is found."""
    case = CASES[action]
    write(server, tmp_path, action, filled(case.given, there))

    state = apply(server, tmp_path)

    shown = json.dumps(state)
    if case.by:
        (made,) = state["resources"]
        id = made["instances"][0]["attributes"]["id"]
        shown = call(server, case.by, {"RegionId": REGION, **filled(case.where or {}, {**there, "id": id})})
        assert id.partition(":")[0] in shown
    assert filled({"": case.found}, there)[""] in shown


def filled(texts: dict[str, str], values: dict[str, str]) -> dict[str, str]:
    """Put what there is in the place of its name in braces."""
    for name, value in values.items():
        texts = {key: text.replace(f"{{{name}}}", value) for key, text in texts.items()}
    return texts


def write(server: Server, folder: Path, action: str, given: dict[str, str]) -> None:
    """Write the sample of a call of alice's."""
    operation = next(one for one in OPERATIONS.operations if one.name == action)
    aim = Aim(server.address, server.alice.access_key_id, server.alice.access_key_secret)
    call = Described(operation=operation, version=operation.versions[0], parameters=given, aim=aim)
    (folder / "main.tf").write_text(terraform.write(call))


def apply(server: Server, folder: Path) -> dict[str, Any]:
    """Have Terraform apply what is in a folder; what it knows of the world then."""
    provider = Path(need("terraform-provider-alicloud")).parent
    (folder / "rc").write_text(RC.format(folder=provider))
    certificate = server.app.settings.certificate
    assert certificate
    done = subprocess.run(
        [need("terraform"), "apply", "-no-color", "-auto-approve"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TF_CLI_CONFIG_FILE": str(folder / "rc"),
            "CHECKPOINT_DISABLE": "1",
            "SSL_CERT_FILE": str(certificate.with_name("ca.pem")),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    state: dict[str, Any] = json.loads((folder / "terraform.tfstate").read_text())
    return state
