"""The page of an instance: what its machine shows and prints, or that there is none."""

import base64
import re
import shutil
import struct
from pathlib import Path

import pytest

from localyun.compute.qemu.machine import Machine
from localyun.compute.qemu.qmp import Failed
from localyun.console.instances import measured, readable
from tests.compute.worlds import RealDisks, with_real_disks
from tests.console.browsing import Browser, element, said
from tests.operations.made_instances import run
from tests.people import Person, Refusal, World

OFF = "Its machine is off or doesn't answer."


def picture(width: int, height: int) -> bytes:
    """The beginning of a PNG of this size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


@pytest.fixture
def real(world: World, tmp_path: Path) -> RealDisks:
    """A world's real disks."""
    if not shutil.which("qemu-img"):
        pytest.skip("qemu-img is missing: qemu-utils has it")
    return world.real or with_real_disks(world, tmp_path / "here")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What every machine's screen shows: the last of these, if there is any."""
    pictures: list[bytes] = []

    def screenshot(machine: Machine) -> bytes:
        if not pictures:
            raise Failed("QEMU doesn't answer.")
        return pictures[-1]

    monkeypatch.setattr(Machine, "screenshot", screenshot)
    return pictures


def address(page: str) -> str:
    """Where a page's picture of the screen is."""
    found = re.search(r'<img class="screen" src="([^"]+)"', page)
    assert found
    return found[1]


def test_a_page_shows_what_a_machine_shows(
    browser: Browser, real: RealDisks, alice: Person, shown: list[bytes]
) -> None:
    """The picture comes from the console itself, under an address that changes with the screen."""
    instance = run(alice)
    shown.append(picture(720, 400))
    first = browser.get(f"instances/{instance}")
    same = browser.get(f"instances/{instance}", **{"if-none-match": first.headers["etag"]})
    path, _, query = address(first.text).partition("?")
    seen = browser.get(path, query)
    shown.append(picture(1024, 768))
    second = browser.get(f"instances/{instance}")

    assert f'/_localyun/console/instances/{instance}"' in browser.get("instances/").text
    assert 'width="720" height="400"' in first.text
    assert same.status == 304
    assert (seen.status, seen.headers["content-type"], seen.size) == (200, "image/png", 24)
    assert seen.text.startswith("\\x89PNG")
    assert 'width="1024" height="768"' in second.text
    assert address(second.text) != address(first.text)


def test_a_page_shows_what_a_machine_prints(
    browser: Browser, real: RealDisks, alice: Person, shown: list[bytes]
) -> None:
    """As text, whatever it is; it stays when the machine is off, unlike the screen."""
    instance = run(alice)
    before = element(browser.get(f"instances/{instance}"), "serial")
    log = real.folders.machines / instance / "serial.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"\x1b[1;32mtiny\x1b[0m <login>:\r\n")
    shown.append(picture(720, 400))
    alice.call("StopInstance", InstanceId=instance)
    alice.world.later()
    stopped = browser.get(f"instances/{instance}")

    assert "It has printed nothing yet." in before
    assert element(stopped, "printed").startswith("tiny <login>:")
    assert OFF in element(stopped, "screen")
    assert browser.get(f"instances/{instance}/screen.png").status == 404


def test_a_machine_that_does_not_answer_shows_nothing(
    browser: Browser, real: RealDisks, alice: Person, shown: list[bytes]
) -> None:
    """Neither in the console nor by the API, which has the picture as soon as there is one."""
    instance = run(alice)

    assert OFF in element(browser.get(f"instances/{instance}"), "screen")
    assert browser.get(f"instances/{instance}/screen.png").status == 404
    assert alice.refused("GetInstanceScreenshot", InstanceId=instance) == Refusal(
        405, "IncorrectInstanceStatus", "The instance's machine is off or doesn't answer."
    )
    shown.append(picture(720, 400))
    answer = alice.call("GetInstanceScreenshot", InstanceId=instance)
    assert answer["InstanceId"] == instance
    assert base64.b64decode(answer["Screenshot"]) == shown[-1]


@pytest.mark.simulated
def test_a_simulated_instance_shows_nothing(world: World, alice: Person) -> None:
    """And its page says so, in the visitor's language; one that isn't there has no page."""
    instance = run(alice)
    english, chinese = Browser(world), Browser(world, "zh")

    assert "localyun simulates this instance" in said(english.get(f"instances/{instance}").text)
    assert "该实例由 localyun 模拟" in said(chinese.get(f"instances/{instance}").text)
    assert english.get(f"instances/{instance}/screen.png").status == 404
    gone = english.get("instances/i-gone")
    assert (gone.status, "There is no instance i-gone (any more)." in said(gone.text)) == (404, True)
    assert english.get("instances/i-gone/screen.png").status == 404


def test_what_moves_the_cursor_is_not_read() -> None:
    """Colours, titles and controls go; lines, tabs and words of any language stay."""
    printed = "\x1b]0;title\x07\x1b[2J\x1b(Ba\tb\x00\x1bc\r\n\x1b[?25l你好".encode() + b"\xff"

    assert readable(printed) == "a\tb\n你好\N{REPLACEMENT CHARACTER}"


def test_a_picture_is_measured() -> None:
    """Its name is that of what it shows."""
    one, other = measured(picture(720, 400)), measured(picture(640, 480))

    assert one
    assert other
    assert (one.width, one.height, other.width, other.height) == (720, 400, 640, 480)
    assert one.version != other.version
    assert measured(b"") is None
