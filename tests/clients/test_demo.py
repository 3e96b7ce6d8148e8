"""The demo, as `localyun demo` and `make demo` play it."""

import io
import re
from importlib import util
from time import monotonic

import pytest
from rich.console import Console

from localyun import demo
from localyun.demo.stage import Stage, Unexpected


def played() -> tuple[int, str]:
    """Play the demo on a terminal of 110 columns; how it ended and what was shown."""
    screen = io.StringIO()
    code = demo.play(Console(file=screen, width=110))
    return code, screen.getvalue()


@pytest.mark.clients
@pytest.mark.slow
def test_it_tells_the_whole_story_in_half_a_minute() -> None:
    """Every outcome is as told: bob gains and loses the image, mallory never has it, alice's limits hold."""
    started = monotonic()

    code, text = played()

    assert code == 0, text
    assert monotonic() - started < 30
    assert set(re.findall(r"✓ (4\d\d [A-Z]\S+)", text)) == {
        "403 ImageUseShared",
        "403 ImageUsingByInstance",
        "403 OperationDeined.EncryptedSnapshot",
        "403 QuotaExceed.ShareImageUser",
        "403 SharedImageDeleted",
        "404 InvalidAccount.Forbbiden",
        "404 InvalidImageId.NotFound",
    }
    assert "✗" not in text


def test_another_outcome_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first outcome that is another one than told ends the demo, which says what was expected."""

    def surprise(*_: object) -> None:
        raise Unexpected("404 InvalidImageId.NotFound", "success")

    monkeypatch.setattr("localyun.demo.story.Story.tell", surprise)

    code, text = played()

    assert code == 1
    assert "✗ expected 404 InvalidImageId.NotFound, got success" in text


def test_without_the_sdks_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, no traceback."""
    monkeypatch.setattr(demo, "find_spec", lambda name: None if "aliyun" in name else util.find_spec(name))

    code, text = played()

    assert code == 1
    assert text == "The demo calls with the provider's SDKs: pip install 'localyun[demo]'\n"


def test_a_check_that_does_not_hold_names_both_sides() -> None:
    """What was expected and what came."""
    stage = Stage(Console(file=io.StringIO()), {})

    with pytest.raises(Unexpected, match=r"expected 1 \(one account\), got 2"):
        stage.expect("one account", 2, 1)
