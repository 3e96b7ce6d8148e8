"""What declarations and rules say has its Chinese, in `console/chinese/`, for the console shows it."""

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from itertools import product
from string import Formatter
from types import ModuleType
from typing import get_args, get_type_hints

import msgspec

from localyun import accounts
from localyun.console import words
from localyun.model import Image, Phase
from localyun.model.access import Action, may
from localyun.model.images import MARKETPLACE, PROVIDER
from localyun.model.impact import Loss
from localyun.model.policies import Ruling
from localyun.model.quotas import quotas
from localyun.operations import OPERATIONS
from localyun.operations.quotas import granting
from localyun.reference import TITLES, paths

CODES = re.compile("`[^`]+`")


def of_operations() -> Iterator[str]:
    """What operations do, what they don't do here, and what their parameters are."""
    yield from TITLES.values()
    for operation in OPERATIONS.operations:
        yield from (operation.summary, operation.gaps)
        yield from (path[-1].about.description for path in paths(operation.fields))


def of_access() -> Iterator[str]:
    """Why an account may do each thing with an image, whatever it is to it."""
    mine = Image(id="m-1", owner="1", region="cn-hangzhou", created_at=0, phase=Phase("Available"), size=40)
    changed = ({}, {"public": True}, {"hidden": True}, {"owner": PROVIDER}, {"owner": MARKETPLACE})
    images = [None, *(msgspec.structs.replace(mine, **fields) for fields in changed)]
    for account, action, image, shared in product("12", Action, images, (True, False)):
        yield may(account, action, image, shared=shared).reason
    yield from (action.name.lower() for action in Action)
    yield str(Ruling(False, None))
    yield from get_args(get_type_hints(Loss)["kind"])


def of_troubles(*modules: ModuleType) -> Iterator[str]:
    """The sentences with which errors are raised."""
    for module in modules:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Raise(exc=ast.Call(args=[ast.Constant(value=str(sentence))])):
                    yield sentence


def spoken() -> set[str]:
    """Everything that isn't the console's own."""
    said = (
        *of_operations(),
        *of_access(),
        *of_troubles(accounts, granting),
        *(quota.name for quota in quotas().values()),
    )
    return set(said) - {""}


def test_everything_has_its_chinese() -> None:
    """Whoever adds a sentence adds its Chinese, to the file of its kind."""
    assert sorted(spoken() - words.elsewhere().keys()) == []


def test_nothing_is_said_no_more() -> None:
    """Whoever takes a sentence away takes its Chinese away."""
    assert sorted(words.elsewhere().keys() - spoken()) == []


def test_nothing_is_said_twice() -> None:
    """Each sentence stands in one file, and none is among the console's own."""
    files = [tomllib.loads(path.read_text()) for path in words.SAID_ELSEWHERE.glob("*.toml")]

    assert sum(map(len, files)) == len(words.elsewhere())
    assert words.elsewhere().keys() & words.catalogue().keys() == set()


def test_the_chinese_fits() -> None:
    """It names what a reader has to type, the numbers and what is filled in, as the English does."""
    differ = [said for said, chinese in words.elsewhere().items() if fixed(said) != fixed(chinese)]

    assert differ == []


def fixed(sentence: str) -> tuple[set[str], set[str], set[str]]:
    """What is the same in every language: code, numbers of two digits or more, what is filled in."""
    plain = CODES.sub("", sentence)
    holes = {name for _, name, _, _ in Formatter().parse(plain) if name is not None}
    return set(CODES.findall(sentence)), set(re.findall(r"\d+(?:,\d+|\d)", plain)), holes
