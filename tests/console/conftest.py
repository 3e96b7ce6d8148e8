"""Fixtures: a browser that looks at the world."""

import pytest

from tests.console.browsing import Browser
from tests.people import World


@pytest.fixture
def browser(world: World) -> Browser:
    """Somebody at the console."""
    return Browser(world)
