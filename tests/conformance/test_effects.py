"""A parameter that is said to have an effect is read by the code that handles the operation."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from localyun.operations import OPERATIONS
from localyun.reference import flat_name, paths
from localyun.spec.declare import Operation
from localyun.spec.support import Support

SOURCE = Path(__file__).parents[2] / "src"

FOR_EVERY_OPERATION = frozenset({"localyun.service", "localyun.operations.once"})
"""Where a region, a ClientToken and a DryRun are read."""


@pytest.mark.parametrize("operation", OPERATIONS.operations, ids=lambda found: found.name)
def test_what_has_an_effect_is_read(operation: Operation) -> None:
    """Each emulated parameter's attribute is read in the handler's module or one that it imports."""
    read = names_read(closure(operation.handler.__module__) | FOR_EVERY_OPERATION)
    unread = [
        flat_name(path)
        for path in paths(operation.own_fields)
        if all(field.about.support in (Support.FULL, Support.PARTIAL) for field in path)
        and not path[-1].group
        and path[-1].attribute not in read
    ]

    assert unread == []


@cache
def closure(module: str) -> frozenset[str]:
    """Return a module of the operations' and those of them that it imports, all the way."""
    found, waiting = {module}, [module]
    while waiting:
        new = set(imported(waiting.pop())) - found
        found |= new
        waiting += new
    return frozenset(found)


def imported(module: str) -> Iterator[str]:
    """Yield the modules of the operations' that a module imports by name."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("localyun.operations"):
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            yield from (name for name in names if file(name).exists())


@cache
def names_read(modules: frozenset[str]) -> frozenset[str]:
    """Return the attributes that modules read, also by `getattr`."""
    return frozenset(name for module in modules for name in _read(tree(module)))


def _read(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr":
            yield str(ast.literal_eval(node.args[1])) if isinstance(node.args[1], ast.Constant) else ""


@cache
def tree(module: str) -> ast.Module:
    """Return a module's source, parsed."""
    return ast.parse(file(module).read_text())


def file(module: str) -> Path:
    """Return where a module's source is, if it isn't a package."""
    return SOURCE.joinpath(*module.split(".")).with_suffix(".py")
