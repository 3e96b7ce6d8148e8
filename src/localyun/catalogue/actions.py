"""The names of the provider's operations, emulated here or not, by the version of their API."""

from functools import cache

from localyun.catalogue.files import DataFile, read


class _Actions(DataFile, frozen=True, kw_only=True):
    actions: dict[str, tuple[str, ...]]


@cache
def _actions() -> dict[str, tuple[str, ...]]:
    return read("actions.json", _Actions).actions


def versions_with(action: str) -> tuple[str, ...]:
    """The API versions in which the provider has an operation of this name; none if it isn't one."""
    return tuple(version for version, names in _actions().items() if action in names)
