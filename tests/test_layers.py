"""Imports point one way, and what only one place may do is done in that place alone."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"

LAYERS = (
    ("cli", "pytest_plugin"),
    ("demo",),
    ("web",),
    ("console",),
    ("samples",),
    ("reference", "attempts"),
    ("service",),
    ("app",),
    (
        "operations",
        "store",
        "compute",
        "objects",
        "accounts",
        "auditing",
        "missing",
        "throttling",
        "metrics",
        "authentication",
        "client",
    ),
    ("compute.interface",),
    ("store.interface", "objects.interface", "config"),
    ("model", "wire"),
    ("spec", "clock", "ids", "keys", "files", "catalogue", "sentences"),
)
"""A part may import itself and the parts of the layers below it, never those beside or above it."""

FROM_OUTSIDE = {
    "store": {"sqlalchemy", "psycopg"},
    "config": {"platformdirs"},
    "console": {"jinja2", "markupsafe"},
    "keys": {"cryptography"},
    "objects": {"obstore"},
    "web": {"cryptography", "httptools", "starlette", "uvicorn", "uvloop"},
    "cli": {"rich", "typer"},
    "demo": {"alibabacloud_ecs20140526", "alibabacloud_tea_openapi", "aliyunsdkcore", "aliyunsdkecs", "rich"},
    "pytest_plugin": {"alibabacloud_ecs20140526", "alibabacloud_tea_openapi", "aliyunsdkcore", "pytest"},
}
"""What a part may import besides the standard library and msgspec; any other part: nothing."""

PARTS = {part: rank for rank, layer in enumerate(reversed(LAYERS)) for part in layer}

COMPARED = ("owner", "account", "account_id", "owner_id", "sharee")
"""The names of what holds an account's id."""

NO_ACCOUNTS = {"PROVIDER", "MARKETPLACE"}
"""What stands in an account's place where none is."""

MAY_COMPARE_ACCOUNTS = {
    "model/access.py": "decides who may do what with whose things",
    "model/sharing.py": "an image isn't shared with its owner: the accounts in the call against the owner",
    "operations/ecs/describe_images.py": "ImageOwnerId narrows what access.py let through to one owner's",
    "store/tables.py": "the rule of access.py in SQL, for lists; a property test holds the two together",
}


def modules() -> list[Path]:
    """Return every module that ships."""
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Return a module's place in the package: `model.access`, or nothing for the package itself."""
    return (
        ".".join(path.relative_to(SOURCE / "localyun").with_suffix("").parts)
        .removesuffix("__init__")
        .rstrip(".")
    )


def part_of(module: str) -> str:
    """Return the part that a module belongs to, the most special one."""
    fitting = [part for part in PARTS if module == part or module.startswith(f"{part}.")]
    assert fitting, f"{module} has no place in the drawing: give it one"
    return max(fitting, key=len)


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


each_module = pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))


@each_module
def test_imports_point_down(path: Path) -> None:
    """A module imports only its own part of localyun and those drawn below it."""
    if not (module := name_of(path)):
        return
    part = part_of(module)
    inside = {name.removeprefix("localyun.") for name in imports(path) if name.startswith("localyun.")}
    others = {part_of(name) for name in inside - {"__version__"}} - {part}

    assert {other for other in others if PARTS[other] >= PARTS[part]} == set()


@each_module
def test_third_parties_stay_where_they_belong(path: Path) -> None:
    """The rules and the wire need msgspec alone; SQL stays in the store, HTTP in the edge."""
    part = part_of(name_of(path)) if name_of(path) else ""
    outside = (
        {name.split(".")[0] for name in imports(path)} - sys.stdlib_module_names - {"localyun", "msgspec"}
    )

    assert outside - FROM_OUTSIDE.get(part, set()) == set()


@each_module
def test_only_the_edge_is_asynchronous(path: Path) -> None:
    """The core is plain calls: nothing but `web` and `cli` awaits anything."""
    if part_of(name_of(path) or "app") in ("web", "cli"):
        return
    tree = ast.walk(ast.parse(path.read_text()))

    assert [node.lineno for node in tree if isinstance(node, ast.AsyncFunctionDef | ast.Await)] == []


@each_module
def test_only_the_settings_read_the_environment(path: Path) -> None:
    """Nothing but `config.py` looks at environment variables."""
    if name_of(path) == "config":
        return
    tree = ast.walk(ast.parse(path.read_text()))
    names = {
        node.attr for node in tree if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os"
    }

    assert (names | {name.removeprefix("os.") for name in imports(path)}) & {"environ", "getenv"} == set()


@each_module
def test_only_access_compares_accounts(path: Path) -> None:
    """Whose a thing is, is asked of `model/access.py`; those who compare themselves say why above."""
    if str(path.relative_to(SOURCE / "localyun")) in MAY_COMPARE_ACCOUNTS:
        return

    assert [ast.unparse(node) for node in compared_accounts(path)] == []


def compared_accounts(path: Path) -> Iterator[ast.Compare]:
    """Yield the comparisons of something named as an account's id, except with what no account is."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            sides = (node.left, *node.comparators)
            names = [getattr(side, "attr", getattr(side, "id", "")) for side in sides]
            if any(name in COMPARED for name in names) and not NO_ACCOUNTS & {*names}:
                yield node


def test_those_who_compare_accounts_do() -> None:
    """An exception that is no longer needed goes."""
    assert [
        name for name in MAY_COMPARE_ACCOUNTS if not any(compared_accounts(SOURCE / "localyun" / name))
    ] == []
