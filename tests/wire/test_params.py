"""Flat parameters become the request that an operation declares, or one exact refusal."""

import contextlib
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localyun.spec.declare import (
    Accepted,
    Answer,
    Empty,
    Group,
    NotEmulated,
    Product,
    Registry,
    Request,
    param,
)
from localyun.spec.faults import ApiError, ErrorSpec
from localyun.wire.params import bind

BAD_COLOUR = ErrorSpec(404, "InvalidColour", "The colour is odd.")
NO_WIDTH = ErrorSpec(400, "InvalidWidth", "The width in %s is odd.")
NO_SIZE = ErrorSpec(400, "MissingSize", "There is no size.")


class Leaf(Group):
    """A group inside a group."""

    kind: str | None = None
    dark: NotEmulated[bool] = False


class Branch(Group):
    """A group."""

    name: str | None = None
    width: Annotated[int | None, param("In metres.", ge=1, le=9, malformed=NO_WIDTH)] = None
    leaf: tuple[Leaf, ...] = ()


class Nest(Group):
    """A group that needs something."""

    bird: str
    eggs: Annotated[int | None, param("How many.", le=5)] = None


class Grow(Request):
    """Grow something."""

    region_id: str
    size: Annotated[int, param("In metres.", ge=1, le=100, missing=NO_SIZE)]
    colour: Annotated[Literal["green", "red"] | None, param("Of leaves.", malformed=BAD_COLOUR)] = None
    quick: bool = False
    ratio: Annotated[float | None, param("Of something.")] = None
    branch: tuple[Branch, ...] = ()
    root: Branch | None = None
    nest: Annotated[tuple[Nest, ...], param("Up to two.", max_length=2)] = ()
    friend: Annotated[tuple[str, ...], param("Those beyond the third are ignored.", first=3)] = ()
    ignored: Accepted[int] = None
    magic: NotEmulated[str] = "none"
    wet: Annotated[str | None, param("Its lower-case twin.")] = msgspec.field(name="wet", default=None)


TREES = Product("trees", "2020-01-01")


@TREES.operation()
def grow(ctx: object, request: Grow) -> Empty:
    """Do nothing."""
    return Empty()


OPERATION = Registry.of(TREES).operations[0]
ENOUGH = {"RegionId": "r", "Size": "5"}


MISSING_REGION = (
    'The input parameter "RegionId" that is mandatory for processing this request is not supplied.'
)


def invalid(name: str) -> tuple[str, str]:
    """The gateway's words on a malformed value."""
    return "InvalidParameter", f'The specified parameter "{name}" is not valid.'


def bound(**parameters: str) -> Grow:
    """Bind what is enough and more."""
    request = bind(OPERATION, {**ENOUGH, **parameters})
    assert isinstance(request, Grow)
    return request


def test_values_have_the_declared_types() -> None:
    """Numbers, booleans in any case, texts as they are."""
    request = bound(Quick="True", Ratio="1.5", Colour="red", RegionId="null")

    assert (request.size, request.quick, request.ratio, request.colour) == (5, True, 1.5, "red")
    assert request.region_id == "null"


def test_lists_and_groups_nest() -> None:
    """`Branch.2.Leaf.1.Kind` and the rest, in the order of their numbers, gaps closed."""
    request = bound(
        **{"Branch.10.Name": "c", "Branch.2.Leaf.1.Kind": "k", "Branch.1.Name": "a", "Root.Name": "r"}
    )

    assert [branch.name for branch in request.branch] == ["a", None, "c"]
    assert request.branch[1].leaf[0].kind == "k"
    assert request.root == Branch(name="r")


def test_items_beyond_the_documented_number_are_ignored() -> None:
    """By their number, not by their count."""
    friends = {"Friend.1": "a", "Friend.4": "d", "Friend.3": "c", "Friend.1000000000000": "e"}

    assert bound(**friends).friend == ("a", "c")


def test_empty_is_absent_and_unknown_is_ignored() -> None:
    """Clients send `SignatureType=` and parameters of their own."""
    assert bound(Colour="", Nonsense="1", **{"Nonsense.1": "2"}) == bound()


def test_names_are_told_apart_by_case() -> None:
    """A parameter spelled otherwise is another, and unknown."""
    assert bound(quick="true") == bound()
    assert bound(wet="yes").wet == "yes"


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        ({"RegionId": ""}, "MissingParameter", MISSING_REGION),
        ({"Size": ""}, "MissingSize", "There is no size."),
        ({"Size": "0"}, *invalid("Size")),
        ({"Size": "101"}, *invalid("Size")),
        ({"Size": "many"}, *invalid("Size")),
        ({"Size": "1.5"}, *invalid("Size")),
        ({"Quick": "maybe"}, *invalid("Quick")),
        ({"Ratio": "x"}, *invalid("Ratio")),
        ({"Colour": "blue"}, "InvalidColour", "The colour is odd."),
        ({"Friend": "a"}, *invalid("Friend")),
        ({"Friend.x": "a"}, *invalid("Friend")),
        ({"Friend.1.2": "a"}, *invalid("Friend")),
        ({"Friend.": "a"}, *invalid("Friend")),
        ({"Friend.0": "a"}, *invalid("Friend")),
        ({"Friend." + "9" * 5000: "a"}, *invalid("Friend")),
        ({"Branch.1.Name": "a", "Branch.01.Name": "b"}, *invalid("Branch")),
        ({"Friend": "a", "Friend.1": "b"}, *invalid("Friend")),
        ({"Friend.1": "a", "Friend.1.2": "b"}, *invalid("Friend")),
        ({"Quick.1": "true"}, *invalid("Quick")),
        ({"Root": "x"}, *invalid("Root")),
        ({"Branch.1": "x"}, *invalid("Branch.1")),
        ({"Root.Name.1": "x"}, *invalid("Root.Name")),
        ({"Branch.2.Width": "10"}, "InvalidWidth", "The width in Branch.2.Width is odd."),
        ({"Root.Width": "wide"}, "InvalidWidth", "The width in Root.Width is odd."),
        ({"Branch.1.Leaf": "x"}, *invalid("Branch.1.Leaf")),
        ({"Nest.3.Bird": "owl", "Nest.3.Eggs": "6"}, *invalid("Nest.3.Eggs")),
        ({"Nest.3.Eggs": "1"}, "MissingParameter", MISSING_REGION.replace("RegionId", "Nest.3.Bird")),
        ({f"Nest.{n}.Bird": "owl" for n in (1, 2, 3)}, *invalid("Nest")),
        ({"Ignored": "x"}, *invalid("Ignored")),
        ({"Magic": "yes"}, "UnsupportedParameter.Magic", 'localyun does not emulate the parameter "Magic".'),
        ({"Branch.1.Name": "a", "Branch.2.Leaf.3.Dark": "true"}, "UnsupportedParameter.Branch.2.Leaf.3.Dark",
         'localyun does not emulate the parameter "Branch.2.Leaf.3.Dark".'),
        ({"Root.Leaf.1.Dark": "true"}, "UnsupportedParameter.Root.Leaf.1.Dark",
         'localyun does not emulate the parameter "Root.Leaf.1.Dark".'),
    ],
)  # fmt: skip
def test_each_fault_has_its_own_refusal(parameters: dict[str, str], code: str, message: str) -> None:
    """The operation's own error where it has one, else the gateway's."""
    with pytest.raises(ApiError) as refusal:
        bound(**parameters)

    assert (refusal.value.code, refusal.value.message) == (code, message)


def test_what_is_not_emulated_may_be_asked_for_by_its_default() -> None:
    """Spelling out what happens anyway asks for nothing."""
    assert bound(Magic="none", **{"Root.Leaf.1.Dark": "False"}).magic == "none"


def test_the_first_fault_in_the_declarations_order_is_said() -> None:
    """Missing before malformed before not emulated."""
    with pytest.raises(ApiError, match="MissingSize"):
        bind(OPERATION, {"RegionId": "r", "Quick": "maybe", "Magic": "yes"})
    with pytest.raises(ApiError, match="InvalidColour"):
        bound(Quick="maybe", Colour="blue", Magic="yes")


names = st.sampled_from(
    ["RegionId", "Size", "Branch", "Root", "Friend", "1", "2", "Name", "Leaf", "Kind", "", "x", "-1"]
)


@given(st.dictionaries(st.lists(names, min_size=1, max_size=12).map(".".join), st.text(max_size=5)))
def test_no_parameters_break_the_binding(parameters: dict[str, str]) -> None:
    """It binds or refuses."""
    with contextlib.suppress(ApiError):
        bound(**parameters)


def test_an_answer_is_its_class() -> None:
    """The decorator reads request and answer off the function."""
    assert (OPERATION.name, OPERATION.request, OPERATION.answer) == ("Grow", Grow, Empty)
    assert issubclass(OPERATION.answer, Answer)
    assert OPERATION.summary == "Grow something."
