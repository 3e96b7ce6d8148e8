"""What the provider's SDKs can send and read, found by letting them read something that has everything."""

import importlib
from collections.abc import Iterator
from typing import Any

from localyun.spec.declare import Operation


class Everything:
    """Answers to every name, as a struct, a list and a map at once, and remembers what it was asked for."""

    def __init__(self) -> None:
        self._asked: dict[str, Everything] = {}

    def get(self, name: str, default: object = None) -> "Everything":
        """As a struct: every name is there."""
        return self._asked.setdefault(name, Everything())

    def __iter__(self) -> "Iterator[Everything]":
        """As a list: one item, which has everything too."""
        yield self

    def __len__(self) -> int:
        return 1

    def __getitem__(self, key: int | str) -> "Everything":
        """As a list or, in SDKs that ask in this way, as a struct."""
        return self.get(key) if isinstance(key, str) else self

    def items(self) -> "Iterator[tuple[str, Everything]]":
        """As a map: nothing is known of its keys."""
        return iter(())

    def names(self, prefix: str = "") -> Iterator[str]:
        """Yield the dotted name of everything without parts that was asked for."""
        for name, inside in self._asked.items():
            if inside._asked:
                yield from inside.names(f"{prefix}{name}.")
            else:
                yield prefix + name


PACKAGES = {
    "ecs": "alibabacloud_ecs20140526",
    "vpc": "alibabacloud_vpc20160428",
    "kms": "alibabacloud_kms20160120",
    "location": "alibabacloud_location20150612",
    "sts": "alibabacloud_sts20150401",
    "ram": "alibabacloud_ram20150501",
    "quotas": "alibabacloud_quotas20200510",
    "actiontrail": "alibabacloud_actiontrail20200706",
}


def sent(operation: Operation) -> set[str]:
    """Return the names of the parameters that SDKs can send, lists without their numbers."""
    return _names(operation, "Request") | _sent_by_v1(operation)


def read(operation: Operation) -> set[str]:
    """Return the names of the elements that the SDK reads from an answer."""
    return _names(operation, "ResponseBody")


def _names(operation: Operation, what: str) -> set[str]:
    """Let the SDK's model read everything."""
    models = importlib.import_module(f"{PACKAGES[operation.product]}.models")
    everything = Everything()
    # An operation without parameters has no request model.
    if model := getattr(models, operation.name + what, None):
        model().from_map(everything)
    return set(everything.names())


def _sent_by_v1(operation: Operation) -> set[str]:
    """Let every setter of the older SDK's request, which knows ECS alone, send everything."""
    if operation.product != "ecs":
        return set()
    module = importlib.import_module(f"aliyunsdkecs.request.v20140526.{operation.name}Request")
    request: Any = getattr(module, f"{operation.name}Request")()
    public = set(request.get_query_params())
    for setter in (name for name in vars(type(request)) if name.startswith("set_")):
        getattr(request, setter)(Everything())
    return {_unnumbered(name) for name in set(request.get_query_params()) - public}


def _unnumbered(name: str) -> str:
    return ".".join(part for part in name.split(".") if not part.isdigit())
