"""Commands on data of their own: in this process, or as a server on a free port."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from localyun.cli import app
from localyun.model import Image, Phase, Share
from localyun.model.images import AVAILABLE
from localyun.store.sqlite import SqliteStore

COMMAND = str(Path(sys.executable).with_name("localyun"))
PATIENCE = 60
"""How many seconds anything may take, on a machine that does much else."""

Run = Callable[..., "Done"]
Serve = Callable[..., "Running"]


@dataclass
class Running:
    """A server that answers, and what it printed until then."""

    process: subprocess.Popen[str]
    printed: str

    @property
    def port(self) -> int:
        """Where it answers."""
        return int(self.printed.rpartition(":")[2])

    def stop(self) -> int:
        """Tell it to stop and return its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which the default data directory is new, and no option is set."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LOCALYUN_")}
    return {**clean, "XDG_DATA_HOME": str(tmp_path / "home")}


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run a command to its end, in this process; keyword arguments are further variables."""
    unset: dict[str, str | None] = {name: None for name in os.environ if name not in environment}
    runner = CliRunner(env={**unset, **environment})

    def run(*words: object, **more: str) -> Done:
        result = runner.invoke(app, [*map(str, words)], env={**runner.env, **more}, catch_exceptions=False)
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Serve]:
    """Start servers on free ports; each is stopped when the test ends."""
    started: list[subprocess.Popen[str]] = []

    def serve(*words: object, **more: str) -> Running:
        words = words if "LOCALYUN_PORT" in more else ("--port", 0, *words)
        process = subprocess.Popen(
            [COMMAND, "serve", *map(str, words)],
            env={**environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        printed = ""
        for line in process.stdout:
            printed += line
            if line.startswith("localyun is ready at "):
                break
        watchdog.cancel()
        assert "localyun is ready at http" in printed, printed
        return Running(process, printed.rstrip())

    yield serve
    for process in started:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def accounts(run: Run) -> dict[str, dict[str, str]]:
    """The first accounts in the default data directory, by name."""
    return {one["name"]: one for one in json.loads(run("accounts", "list", "--json").stdout)}


@pytest.fixture
def image(accounts: dict[str, dict[str, str]], environment: dict[str, str]) -> str:
    """An image of alice's in cn-hangzhou, shared with bob, in the default data directory."""
    with (
        closing(SqliteStore(Path(environment["XDG_DATA_HOME"]) / "localyun")) as store,
        store.writing(0) as tx,
    ):
        tx.put(
            Image(
                id="m-bp1cli",
                region="cn-hangzhou",
                owner=accounts["alice"]["id"],
                created_at=0,
                phase=Phase(AVAILABLE),
                size=20,
            )
        )
        tx.put(Share(image="m-bp1cli", account=accounts["bob"]["id"], region="cn-hangzhou", since=0))
    return "m-bp1cli"
