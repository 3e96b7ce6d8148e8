"""Each sample runs as it is, against a real server, and has the effect that the call has.

What has to be compiled runs by `make test-samples` only, where its toolchain is.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localyun.operations import OPERATIONS
from localyun.samples import terraform
from localyun.samples.clients import Aim
from localyun.samples.described import Described
from localyun.samples.languages import written
from tests.clients.servers import REGION, Server, new_image, serving, sharees
from tools.clients import PROGRAMS

pytestmark = [pytest.mark.clients, pytest.mark.slow, pytest.mark.timeout(600)]
PATIENCE = 300
PATH = os.pathsep.join((os.environ["PATH"], str(PROGRAMS)))
"""Where programs are: installed, or built by `make test-clients`."""

NODE_MODULES = Path(__file__).parents[1] / "clients" / "node" / "node_modules"

GO_SDK = "github.com/aliyun/alibaba-cloud-sdk-go/sdk@v1.63.107"
POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>localyun</groupId><artifactId>sample</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>com.aliyun</groupId><artifactId>aliyun-java-sdk-core</artifactId><version>4.6.4</version>
  </dependency></dependencies>
</project>
"""

RUNNERS = {
    "Python": [sys.executable],
    "Python V1": [sys.executable],
    "curl": ["bash"],
    "Node / TypeScript": ["node"],
}
if os.environ.get("LOCALYUN_TEST_SAMPLES"):
    RUNNERS |= {"Go": ["go", "run"], "Java": ["java", "-cp", "lib/*"], "aliyun CLI": ["bash"]}
each_language = pytest.mark.parametrize("title", RUNNERS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with three accounts."""
    with serving(tmp_path_factory.mktemp("samples"), time_scale=0) as server:
        yield server


@pytest.fixture(scope="module")
def image(server: Server) -> str:
    """An image of alice's."""
    return new_image(server.v2(server.alice))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where samples run; Node's package is there once it was asked for."""
    return tmp_path_factory.mktemp("run")


def run(
    server: Server, folder: Path, title: str, action: str, parameters: dict[str, str], **how: Any
) -> subprocess.CompletedProcess[str]:
    """Write a call in a language, as alice, and run it."""
    operation = next(one for one in OPERATIONS.operations if one.name == action)
    aim = Aim(server.address, server.alice.access_key_id, server.alice.access_key_secret)
    call = Described(operation=operation, version=operation.versions[0], parameters=parameters, aim=aim)
    sample = next(one for one in written(call, server.app.clock) if one.title == title)
    prepare(folder, title)
    (folder / sample.file).write_text(sample.text)
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return subprocess.run(
        [*RUNNERS[title], sample.file],
        check=False,
        cwd=folder,
        env={**clean, "PATH": PATH},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def prepare(folder: Path, title: str) -> None:
    """Put within reach what a sample needs, once; skip where its toolchain isn't installed."""
    match title:
        case "Node / TypeScript":
            need("node", there=NODE_MODULES.exists())
            if not (folder / "node_modules").exists():
                (folder / "node_modules").symlink_to(NODE_MODULES)
        case "Go":
            need("go")
            if not (folder / "go.mod").exists():
                subprocess.run(["go", "mod", "init", "sample"], cwd=folder, check=True, timeout=PATIENCE)
                subprocess.run(["go", "get", GO_SDK], cwd=folder, check=True, timeout=PATIENCE)
        case "Java":
            need("mvn")
            if not (folder / "lib").exists():
                (folder / "pom.xml").write_text(POM)
                words = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
                subprocess.run(words, cwd=folder, check=True, timeout=PATIENCE)
        case "aliyun CLI":
            need("aliyun")


def need(program: str, *, there: bool = True) -> str:
    """Return where a program is; skip the test where it isn't installed."""
    path = shutil.which(program, path=PATH)
    if path is None or not there:
        pytest.skip(f"{program} isn't installed")
    return path


@each_language
def test_an_image_is_shared(server: Server, folder: Path, image: str, title: str) -> None:
    """A list of accounts arrives; taking one back does, too."""
    here = {"RegionId": REGION, "ImageId": image}

    added = run(
        server,
        folder,
        title,
        "ModifyImageSharePermission",
        here | {"AddAccount.1": server.bob.id, "AddAccount.2": server.mallory.id},
    )
    assert added.returncode == 0, added.stderr
    assert set(sharees(server.v2(server.alice), image)) == {server.bob.id, server.mallory.id}

    removed = run(
        server,
        folder,
        title,
        "ModifyImageSharePermission",
        here | {"RemoveAccount.1": server.bob.id, "RemoveAccount.2": server.mallory.id},
    )
    assert removed.returncode == 0, removed.stderr
    assert sharees(server.v2(server.alice), image) == []


@each_language
def test_an_answer_is_printed(server: Server, folder: Path, image: str, title: str) -> None:
    """With whatever language it holds."""
    listed = run(server, folder, title, "DescribeImages", {"RegionId": REGION, "ImageId": image})
    regions = run(server, folder, title, "DescribeRegions", {"AcceptLanguage": "zh-CN"})

    assert image in listed.stdout, listed.stderr
    assert "华东1" in regions.stdout, regions.stderr


@each_language
def test_nested_values_arrive(server: Server, folder: Path, title: str) -> None:
    """A group of a network's tags, and another product."""
    made = run(
        server,
        folder,
        title,
        "CreateVpc",
        {
            "RegionId": REGION,
            "CidrBlock": "10.0.0.0/8",
            "VpcName": "by-sample",
            "Tag.1.Key": "一",
            "Tag.1.Value": 'é & ="',
        },
    )

    assert '"VpcId"' in made.stdout, made.stderr
    listed = run(
        server,
        folder,
        title,
        "DescribeVpcs",
        {"RegionId": REGION, "Tag.1.Key": "一", "Tag.1.Value": 'é & ="'},
    )
    assert "by-sample" in listed.stdout, listed.stderr


@each_language
def test_a_call_without_parameters_runs(server: Server, folder: Path, title: str) -> None:
    """Of a third product."""
    told = run(server, folder, title, "GetCallerIdentity", {})

    assert server.alice.id in told.stdout, told.stderr


def test_a_signature_is_good_once(server: Server, folder: Path) -> None:
    """The second time, curl's is told so."""
    first = run(server, folder, "curl", "DescribeRegions", {})
    again = subprocess.run(
        ["bash", "call.sh"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert "Regions" in first.stdout
    assert "SignatureNonceUsed" in again.stdout


@pytest.mark.skipif(not os.environ.get("LOCALYUN_TEST_SAMPLES"), reason="runs by `make test-samples`")
@pytest.mark.parametrize("action", [*terraform.blocks(), "ModifyImageSharePermission"])
def test_terraform_reads_what_is_written(server: Server, action: str) -> None:
    """And would write it so itself."""
    fmt = [need("terraform"), "fmt", "-check", "-diff", "-"]
    operation = next(one for one in OPERATIONS.operations if one.name == action)
    given = {field.name: "x" for field in operation.own_fields if not field.group and not field.repeated}
    call = Described(
        operation=operation,
        version=operation.versions[0],
        parameters={**given, "AddAccount.1": "1", "Description": '${x} "y"'},
        aim=Aim(server.address),
    )

    done = subprocess.run(fmt, input=terraform.write(call), capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("ListUsers", {}),
        ("ListProductQuotas", {"ProductCode": "ecs"}),
        ("LookupEvents", {}),
        ("DescribeEndpoints", {"Id": REGION, "ServiceCode": "ecs", "Type": "openAPI"}),
    ],
)
def test_each_product_has_a_client(
    server: Server, folder: Path, action: str, parameters: dict[str, str]
) -> None:
    """Its own package, or the one for any."""
    done = run(server, folder, "Python", action, parameters)

    assert '"RequestId"' in done.stdout, done.stderr
