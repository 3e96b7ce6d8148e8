"""The guide on encrypted images, line by line, and what `localyun explain` says meanwhile."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Done, Run, Serve

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "encrypted-images.md"

Accounts = dict[str, dict[str, str]]


@pytest.mark.slow
def test_the_guide_leads_where_it_says(serve: Serve, run: Run, accounts: Accounts) -> None:
    """Each line succeeds with what the ones before answered; at the end bob is refused."""
    port = serve("--time-scale", 0).port
    known = {"BOB": accounts["bob"]["id"]}

    def call(*words: str) -> Done:
        for name, value in sorted(known.items(), reverse=True):
            words = tuple(word.replace(name, value) for word in words)
        return run(*words, "--port", port)

    for line in GUIDE.read_text().splitlines():
        if line.startswith("    localyun call "):
            words = shlex.split(line)[1:]
            done = call(*words)
            assert (done.returncode, done.stderr) == (0, ""), line
            known |= learnt(words, json.loads(done.stdout))
    refused = call(*shlex.split(line_of("RunInstances --as bob"))[1:])
    explained = run("explain", known["IMAGE"], "--as", "bob", "--action", "run").stdout
    unlent = json.loads(run("explain", known["IMAGE"], "--as", "mallory", "--json").stdout)

    assert refused.returncode == 1
    assert "InvalidParameter.KMSKeyId.CMKNotEnabled" in refused.stdout
    key = known["ALICES_KEY"]
    assert f"It is encrypted with the key {key}, which is Disabled." in " ".join(explained.split())
    assert unlent["encryption"] == {"key": key, "state": "Disabled", "lent": False}


def line_of(start: str) -> str:
    """Return the line of the guide with this call."""
    (line,) = (line for line in GUIDE.read_text().splitlines() if f"localyun call {start}" in line)
    return line


def learnt(words: list[str], answer: dict[str, Any]) -> dict[str, str]:
    """Return what an answer puts in place of the guide's words in capitals."""
    action, whose = words[1], words[3]
    if action == "CreateKey":
        return {f"{whose.upper()}S_KEY": answer["KeyMetadata"]["KeyId"]}
    if action == "RunInstances":
        return {"INSTANCE": answer["InstanceIdSets"]["InstanceIdSet"][0]} if whose == "alice" else {}
    return {"IMAGE": answer["ImageId"]} if action == "CreateImage" else {}
