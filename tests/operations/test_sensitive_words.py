"""Words that the operator forbids in what is shared."""

from collections.abc import Callable
from typing import Any

import pytest

from localyun import accounts
from tests.operations.made import an_image
from tests.people import Person, Refusal, World

SHARE = "ModifyImageSharePermission"
WAYS: list[dict[str, Any]] = [
    {"AddGroup": ["all"]},
    {"IsPublic": True},
    {"LaunchPermission": "HIDDEN"},
    {"AddAccount": ["1234"]},
]


@pytest.fixture
def carol(make_world: Callable[..., World]) -> Person:
    """An account that may share in every way, where two words are forbidden."""
    world = make_world(sensitive_words=frozenset({"Casino", "赌"}), accept_unknown_accounts=True)
    carol = world.person("carol")
    accounts.change(world.app.store, 0, carol.id, agreed=True, invited=True)
    return carol


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["my-casino.1", "CASINO", "赌场"])
def test_forbidden_words_are_found_in_name_and_description(
    carol: Person, way: dict[str, Any], text: str
) -> None:
    """In capitals or not, inside of other words, whichever way the image is given."""
    named = an_image(carol, "m-bp1named", name=text)
    described = an_image(carol, "m-bp1described", description=text)

    assert carol.refused(SHARE, ImageId=named, **way) == Refusal(
        403,
        "ImageName.ContainsSensitiveWords",
        "The specified image name contains sensitive words.",
    )
    assert carol.refused(SHARE, ImageId=described, **way) == Refusal(
        403,
        "ImageDescription.ContainsSensitiveWords",
        "The specified image description contains sensitive words.",
    )


@pytest.mark.parametrize("way", WAYS)
def test_other_words_are_free(carol: Person, way: dict[str, Any]) -> None:
    """As all are where none is forbidden."""
    carol.call(SHARE, ImageId=an_image(carol, description="cas ino"), **way)


def test_an_image_with_such_a_name_can_be_taken_back(carol: Person) -> None:
    """Whatever its name became since."""
    image = an_image(carol)
    carol.call(SHARE, ImageId=image, AddGroup=["all"])
    carol.call("ModifyImageAttribute", ImageId=image, ImageName="casino")

    carol.call(SHARE, ImageId=image, RemoveGroup=["all"])

    carol.call("DeleteImage", ImageId=image)
