"""The examples of the READMEs: they run as they stand, and both languages show the same ones."""

import re
from pathlib import Path

import pytest

from tests.clients.servers import Server

pytestmark = pytest.mark.clients

ROOT = Path(__file__).parents[2]
README, CHINESE = ((ROOT / name).read_text() for name in ("README.md", "README.zh-CN.md"))
HERE = "127.0.0.1:4577"


def examples(text: str, language: str = r"\w+") -> list[str]:
    """The blocks of code in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", examples(README, "python"), ids=["V2", "V1", "Libcloud"])
def test_an_example_lists_images(server: Server, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Pointed at a server and given a key, it lists the provider's images."""
    code = (
        example.replace("ACCESS_KEY_ID", server.alice.access_key_id)
        .replace("ACCESS_KEY_SECRET", server.alice.access_key_secret)
        .replace(HERE, server.address)
        .replace("port=4577", f"port={server.port}")
    )

    exec(compile(code, "README.md", "exec"), {})

    assert "ubuntu_24_04_x64_20G_alibase" in capsys.readouterr().out


def test_both_languages_show_the_same_examples() -> None:
    """Code is the same in both, but for its comments."""
    without_comments = [
        [re.sub(r" *# .*", "", block) for block in examples(text)] for text in (README, CHINESE)
    ]

    assert without_comments[0] == without_comments[1]


@pytest.mark.parametrize("text", [README, CHINESE], ids=["English", "Chinese"])
def test_what_a_page_points_to_is_there(text: str) -> None:
    """Links and the paths in its tables lead somewhere."""
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", text)
    paths = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)

    assert [target for target in (*links, *paths) if not (ROOT / target).exists()] == []
