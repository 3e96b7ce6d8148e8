"""Which resources a call is about, by their names in policies; read off the operation's declaration.

Source: the authorization tables of the operations' pages (2025): an operation asks for `image/<id>` where its
parameters name an image, and for `image/*` where they name none.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from localyun.model.identity import PolicyType
from localyun.spec.declare import Field, Operation, Request


class Kind(NamedTuple):
    """A kind of resource: whose it is, and how its names begin."""

    product: str
    type: str


PARAMETERS = {
    "image_id": Kind("ecs", "image"),
    "snapshot_id": Kind("ecs", "snapshot"),
    "disk_id": Kind("ecs", "disk"),
    "instance_id": Kind("ecs", "instance"),
    "security_group_id": Kind("ecs", "securitygroup"),
    "source_group_id": Kind("ecs", "securitygroup"),
    "dest_group_id": Kind("ecs", "securitygroup"),
    "key_pair_name": Kind("ecs", "keypair"),
    "network_interface_id": Kind("ecs", "eni"),
    "task_id": Kind("ecs", "task"),
    "vpc_id": Kind("vpc", "vpc"),
    "vswitch_id": Kind("vpc", "vswitch"),
    "route_table_id": Kind("vpc", "routetable"),
    "allocation_id": Kind("vpc", "eip"),
    "key_id": Kind("kms", "key"),
    "user_name": Kind("ram", "user"),
    "role_name": Kind("ram", "role"),
    "policy_name": Kind("ram", "policy"),
    "role_arn": Kind("ram", "role"),
}
"""What a parameter names, by our word for it; `instance_ids` names several instances."""

FAMILIES = {
    "InstanceType": None,
    "SecurityGroup": Kind("ecs", "securitygroup"),
    "KeyPair": Kind("ecs", "keypair"),
    "Snapshot": Kind("ecs", "snapshot"),
    "Image": Kind("ecs", "image"),
    "SystemDisk": Kind("ecs", "instance"),
    "Disk": Kind("ecs", "disk"),
    "NetworkInterface": Kind("ecs", "eni"),
    "Instance": Kind("ecs", "instance"),
    "Task": Kind("ecs", "task"),
    "VSwitch": Kind("vpc", "vswitch"),
    "RouteTable": Kind("vpc", "routetable"),
    "Vpc": Kind("vpc", "vpc"),
    "Eip": Kind("vpc", "eip"),
    "AccessKey": Kind("ram", "user"),
    "User": Kind("ram", "user"),
    "Role": Kind("ram", "role"),
    "Polic": Kind("ram", "policy"),
    "Alias": Kind("kms", "alias"),
    "Key": Kind("kms", "key"),
}
"""What an operation is about, by the first of these that is in its name; None is nothing in particular."""

EVERYTHING = "*"
"""What an operation asks for that is about nothing in particular."""


class _Named(NamedTuple):
    """A parameter that names resources, and how to get at it."""

    kind: Kind
    path: tuple[str, ...]


class Subjects(NamedTuple):
    """What can be read off an operation: what it is about, and which parameters name resources."""

    family: Kind | None
    named: tuple[_Named, ...]


_KNOWN: dict[type[Request], Subjects] = {}


def subjects(operation: Operation) -> Subjects:
    """Return what an operation is about, read off its declaration once."""
    found = _KNOWN.get(operation.request)
    if found is None:
        found = _KNOWN[operation.request] = _read(operation)
    return found


def _read(operation: Operation) -> Subjects:
    """Read off an operation's declaration what it is about.

    One that only reads asks for its own kind of resource; what else is named narrows the list.
    """
    name = operation.name.replace("SupportInstanceTypes", "")
    family = next((kind for word, kind in FAMILIES.items() if word in name), None)
    named = tuple(_named(operation.own_fields, ()))
    if not operation.changes:
        named = tuple(one for one in named if one.kind == family)
    return Subjects(family, named)


def _named(fields: tuple[Field, ...], outside: tuple[str, ...]) -> Iterator[_Named]:
    for field in fields:
        path = (*outside, field.attribute)
        kind = PARAMETERS.get(field.attribute) or PARAMETERS.get(field.attribute.removesuffix("s"))
        if kind and not field.group:
            yield _Named(kind, path)
        yield from _named(field.group, path)


def resources(
    operation: Operation, request: Request, account: str, region: str, resolve: "Resolve"
) -> list[str]:
    """Return the names of all resources that the caller must have rights on; those of RAM in lower case.

    `resolve` turns what may be written in several ways into the one that policies name.
    """
    family, named = subjects(operation)
    found = [(kind, resolve(kind, id)) for kind, path in named for id in _ids(request, path)]
    # Operations on tags and resource groups name any kind of resource, and say which.
    if type_ := getattr(request, "resource_type", None):
        of_type = Kind(operation.product, type_.lower())
        found += [(of_type, id) for id in _ids(getattr(request, "resource_id", None), ())]
    if family and all(kind != family for kind, _ in found):
        found.append((family, "*"))
    if not found:
        return [EVERYTHING]
    system = getattr(request, "policy_type", None) == PolicyType.SYSTEM
    return [_arn(kind, id, account, region, system=system) for kind, id in dict.fromkeys(found)]


Resolve = Callable[[Kind, str], str]


def _arn(kind: Kind, id: str, account: str, region: str, *, system: bool) -> str:
    if id.startswith("acs:"):
        return id.lower() if kind.product == "ram" else id
    if kind.product == "ram":
        id = id.lower()
        return f"acs:ram::{'system' if system and kind.type == 'policy' else account}:{kind.type}/{id}"
    return f"acs:{kind.product}:{region or '*'}:{account}:{kind.type}/{id}"


def _ids(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Yield what a parameter names: one id, several, a list of them as JSON or with commas."""
    if value is None:
        return
    if isinstance(value, tuple | list):
        for item in value:
            yield from _ids(item, path)
    elif path:
        yield from _ids(getattr(value, path[0]), path[1:])
    else:
        yield from _split(value)


def _split(text: str) -> list[str]:
    if text.startswith("["):
        try:
            return msgspec.json.decode(text, type=list[str])
        except msgspec.DecodeError:
            return [text]
    return [one.strip() for one in text.split(",")]
