"""The programs of the guides: each shares the image that it is given and prints with whom it is shared."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.clients.servers import Server

PAGES = Path(__file__).parents[2] / "docs" / "guide"
ROOM = 60
"""How many seconds a program may take."""


def programs(page: str, language: str) -> dict[str, str]:
    """Return the programs of a page by the headings that they stand under, in the page's order."""
    sections = re.split(r"^## ", (PAGES / page).read_text(), flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        block = re.search(rf"^```{language}\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
        if block:
            found[section.partition("\n")[0]] = block[1]
    return found


def run(
    command: Sequence[str | Path],
    server: Server,
    *arguments: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a program as alice."""
    return subprocess.run(
        [*map(str, command), *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "ACCESS_KEY_ID": server.alice.access_key_id,
            "ACCESS_KEY_SECRET": server.alice.access_key_secret,
            "LOCALYUN": server.address,
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        timeout=ROOM,
        check=False,
    )
