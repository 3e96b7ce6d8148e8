"""Terraform, for the operations behind which it has a resource or a data source."""

from collections.abc import Sequence
from functools import cache
from json import dumps
from pathlib import Path
from typing import Any

import msgspec

from localyun.samples.clients import terraform
from localyun.samples.described import Described

TITLE, FILE = "Terraform", "main.tf"


class Block(msgspec.Struct, frozen=True):
    """What Terraform calls an operation's effect, and the arguments that its parameters become."""

    kind: str
    type: str
    arguments: dict[str, str] = {}


@cache
def blocks() -> dict[str, Block]:
    """Return the block of each operation that has one."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_text(), type=dict[str, Block])


def write(call: Described) -> str:
    """Return a configuration with the same effect; empty if Terraform has none."""
    if call.action == "ModifyImageSharePermission":
        written = [
            _share(call, number, account) for number, account in enumerate(call.tree.get("AddAccount", ()), 1)
        ]
    elif call.parameters.get("DestinationRegionId", call.region) != call.region:
        # For a copy to another region the provider calls the cloud itself, whatever `endpoints` says.
        return ""
    elif block := blocks().get(call.action):
        tree = {"RegionId": call.region, **call.tree}
        given = [(argument, tree[name]) for name, argument in block.arguments.items() if name in tree]
        if call.action == "RunInstances" and "SecurityGroupId" in call.tree:
            given.append(("security_groups", [call.tree["SecurityGroupId"]]))
        written = [_block(block.kind, block.type, "this", given)]
    else:
        return ""
    return "\n\n".join((_provider(call), *written)) + "\n"


def _provider(call: Described) -> str:
    return f"""\
terraform {{
  required_providers {{
    alicloud = {{ source = "aliyun/alicloud" }}
  }}
}}

{terraform(call.aim, call.region)}"""


def _share(call: Described, number: int, account: str) -> str:
    given = [("image_id", call.parameters.get("ImageId", "")), ("account_id", account)]
    return _block("resource", "alicloud_image_share_permission", f"share_{number}", given)


def _block(kind: str, type: str, name: str, arguments: Sequence[tuple[str, Any]]) -> str:
    """Write a block as `terraform fmt` does, the values below each other."""
    width = max((len(argument) for argument, _ in arguments), default=0)
    lines = "".join(f"  {argument:{width}} = {_literal(value)}\n" for argument, value in arguments)
    return f'{kind} "{type}" "{name}" {{\n{lines}}}'


def _literal(value: object) -> str:
    """Write a value in Terraform's language, in which `${` would begin an expression."""
    return dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
