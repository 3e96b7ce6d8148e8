"""Lines to paste, that point each client at a server of ours."""

from typing import NamedTuple

REGION = "cn-hangzhou"
"""The region of a client for which nobody names another."""


class Aim(NamedTuple):
    """Which server a client is pointed at, and with whose key."""

    address: str
    """`host:port`."""
    key_id: str = "ACCESS_KEY_ID"
    secret: str = "ACCESS_KEY_SECRET"  # noqa: S105 - stands where a secret would


def python_v2(aim: Aim) -> str:
    """The current Python SDK, alibabacloud_ecs20140526."""
    return f"""\
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config

client = Client(Config(
    access_key_id="{aim.key_id}", access_key_secret="{aim.secret}",
    region_id="{REGION}", endpoint="{aim.address}", protocol="HTTP",
))"""


def python_v1(aim: Aim) -> str:
    """The older Python SDK, aliyun-python-sdk-ecs."""
    return f"""\
from aliyunsdkcore.client import AcsClient

client = AcsClient("{aim.key_id}", "{aim.secret}", "{REGION}")
client.add_endpoint("{REGION}", "Ecs", "{aim.address}")"""


def node(aim: Aim) -> str:
    """Node, @alicloud/pop-core."""
    return f"""\
const {{ RPCClient }} = require("@alicloud/pop-core");
const client = new RPCClient({{
  accessKeyId: "{aim.key_id}", accessKeySecret: "{aim.secret}",
  endpoint: "http://{aim.address}", apiVersion: "2014-05-26",
}});"""


def go(aim: Aim) -> str:
    """Go, alibaba-cloud-sdk-go."""
    return f"""\
// import "github.com/aliyun/alibaba-cloud-sdk-go/sdk/endpoints"
// import "github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
endpoints.AddEndpointMapping("{REGION}", "Ecs", "{aim.address}")
client, err := ecs.NewClientWithAccessKey("{REGION}", "{aim.key_id}", "{aim.secret}")"""


def aliyun_cli(aim: Aim) -> str:
    """The provider's own command line, aliyun."""
    return f"""\
aliyun ecs DescribeImages --RegionId {REGION} --region {REGION} --mode AK \\
  --access-key-id {aim.key_id} --access-key-secret {aim.secret} \\
  --endpoint {aim.address} --insecure"""


def terraform(aim: Aim, region: str = REGION) -> str:
    """Terraform, provider aliyun/alicloud."""
    return f"""\
provider "alicloud" {{
  region       = "{region}"
  access_key   = "{aim.key_id}"
  secret_key   = "{aim.secret}"
  protocol     = "HTTP"
  account_type = "Domestic"
  endpoints {{
    ecs = "{aim.address}"
    vpc = "{aim.address}"
    sts = "{aim.address}"
  }}
}}"""


def packer(aim: Aim) -> str:
    """Packer, plugin hashicorp/alicloud; no machine can be reached, so it needs no communicator."""
    return f"""\
source "alicloud-ecs" "example" {{
  region              = "{REGION}"
  access_key          = "{aim.key_id}"
  secret_key          = "{aim.secret}"
  custom_endpoint_ecs = "{aim.address}"
  communicator        = "none"
}}"""


def libcloud(aim: Aim) -> str:
    """Apache Libcloud."""
    host, _, port = aim.address.rpartition(":")
    return f"""\
from libcloud.compute.providers import get_driver
from libcloud.compute.types import Provider

driver = get_driver(Provider.ALIYUN_ECS)(
    "{aim.key_id}", "{aim.secret}", region="{REGION}",
    secure=False, host="{host}", port={port},
)"""


def proxy(aim: Aim) -> str:
    """Anything that speaks plain HTTP and whose endpoint can't be set."""
    return f"""\
export HTTP_PROXY=http://{aim.address} http_proxy=http://{aim.address} NO_PROXY= no_proxy="""


CLIENTS = (python_v2, python_v1, node, go, aliyun_cli, terraform, packer, libcloud, proxy)
