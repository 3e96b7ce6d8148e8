"""The current Python SDK, a package for each product."""

from json import dumps

from localyun.samples.described import Described

TITLE, FILE = "Python", "call.py"

PACKAGES = {
    "actiontrail": "alibabacloud_actiontrail20200706",
    "ecs": "alibabacloud_ecs20140526",
    "kms": "alibabacloud_kms20160120",
    "quotas": "alibabacloud_quotas20200510",
    "ram": "alibabacloud_ram20150501",
    "sts": "alibabacloud_sts20150401",
    "vpc": "alibabacloud_vpc20160428",
}


def write(call: Described) -> str:
    """Return a program that calls and prints the answer."""
    package = PACKAGES.get(call.operation.product)
    return _typed(call, package) if package else _generic(call)


def _config(call: Described) -> str:
    return f"""\
Config(
    access_key_id="{call.aim.key_id}",
    access_key_secret="{call.aim.secret}",
    region_id="{call.region}",
    endpoint="{call.aim.address}",
    protocol="HTTP",
)"""


def _typed(call: Described, package: str) -> str:
    models = f"from {package} import models\n"
    request = f"request = models.{call.action}Request().from_map({_literal(call.tree)})\n"
    given = "request"
    # Operations that take nothing have no request in the SDK.
    if not call.operation.own_fields:
        models, request, given = "", "", ""
    return f"""\
# pip install {package.replace("_", "-")}
import json

{models}from {package}.client import Client
from alibabacloud_tea_openapi.models import Config

client = Client({_config(call)})
{request}response = client.{call.snake}({given})
print(json.dumps(response.body.to_map(), indent=2, ensure_ascii=False))
"""


def _generic(call: Described) -> str:
    return f"""\
# pip install alibabacloud-tea-openapi
import json

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_tea_util.models import RuntimeOptions

client = Client({_config(call)})
params = Params(
    action="{call.action}",
    version="{call.version}",
    protocol="HTTP",
    pathname="/",
    method="POST",
    auth_type="AK",
    style="RPC",
    req_body_type="formData",
    body_type="json",
)
request = OpenApiRequest(query={_literal(dict(call.parameters))})
response = client.call_api(params, request, RuntimeOptions())
print(json.dumps(response["body"], indent=2, ensure_ascii=False))
"""


def _literal(value: object, margin: str = "") -> str:
    """Write a value as Python code, an item a line."""
    inner = margin + "    "
    if isinstance(value, dict):
        items = [f"{dumps(name)}: {_literal(item, inner)}" for name, item in value.items()]
        return _lines("{", items, "}", margin)
    if isinstance(value, list):
        return _lines("[", [_literal(item, inner) for item in value], "]", margin)
    return dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _lines(opening: str, items: list[str], closing: str, margin: str) -> str:
    lines = "".join(f"{margin}    {item},\n" for item in items)
    return f"{opening}\n{lines}{margin}{closing}" if items else opening + closing
