"""What is read off a declaration."""

from typing import Annotated

import msgspec
import pytest

from localyun.spec.declare import Empty, Group, NotEmulated, Product, Registry, Request, fields_of, param
from localyun.spec.support import Support

Small = Annotated[int, param("A number.", ge=1, le=100)]


class Corner(Group):
    """A group."""

    sharp: NotEmulated[bool] = False


class Measure(Request):
    """Measure something."""

    size: Annotated[Small, param("At most half as large.", le=50)] = 1
    corner: tuple[Corner, ...] = ()


SIZE, CORNER, *_ = fields_of(Measure)


@pytest.mark.parametrize(("value", "fits"), [(0, False), (1, True), (50, True), (51, False)])
def test_a_bound_said_again_replaces_the_earlier_one(value: int, fits: bool) -> None:
    """And those that aren't said again stay."""
    if fits:
        assert msgspec.convert(value, SIZE.type) == value
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, SIZE.type)


def test_the_last_description_counts() -> None:
    """A parameter may be described anew where it is used."""
    assert SIZE.about.description == "At most half as large."


def test_a_group_has_its_own_parameters() -> None:
    """The parameter itself is emulated, something in it isn't."""
    (sharp,) = CORNER.group

    assert (CORNER.shape, CORNER.about.support, sharp.about.support) == (Corner, Support.FULL, Support.NONE)
    assert (SIZE.shape, SIZE.group) == (None, ())


def test_an_operation_is_declared_once() -> None:
    """Two of one name and version are a mistake of ours."""
    product = Product("measures", "2020-01-01")

    @product.operation()
    def measure(ctx: object, request: Measure) -> Empty:
        """Do nothing."""
        return Empty()

    product.operation()(measure)

    with pytest.raises(ValueError, match=r"Measure \(2020-01-01\) is declared twice"):
        Registry.of(product)
