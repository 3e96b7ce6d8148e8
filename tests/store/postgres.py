"""A PostgreSQL server of the tests' own: as another user, since it refuses to run as root."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

import psycopg
import pytest

SECONDS = 60
_numbers = itertools.count(1)


def programs() -> Path | None:
    """Where the newest installed server's programs are, if there is one."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if places:
        return places[-1]
    found = shutil.which("initdb")
    return Path(found).parent if found else None


class Server:
    """A server on a socket in a folder of its own, with nothing in it that has to last."""

    def __init__(self) -> None:
        """Make a cluster and start it."""
        found = programs()
        if found is None:
            assert os.environ.get("LOCALYUN_CI") != "1", "PostgreSQL isn't installed"
            pytest.skip("PostgreSQL isn't installed")
        self._programs = found
        self.folder = Path(tempfile.mkdtemp(prefix="localyun-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        subprocess.run(
            [
                *_as_somebody(),
                found / "initdb",
                *("-D", self.folder / "data", "--username=tester", "--auth=trust"),
                *("--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            check=True,
            capture_output=True,
            cwd=self.folder,
            timeout=SECONDS,
        )
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ["-k", self.folder, "-c", "listen_addresses=", "-c", "max_connections=300"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_as_somebody(), self._programs / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                psycopg.connect(self.url("public")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it, and end everybody's connection; SIGQUIT is as if it were killed."""
        self._process.send_signal(number)
        self._process.wait(SECONDS)

    def kill(self) -> None:
        """End all its processes as `kill -9` does: they get to do nothing any more."""
        first = self._process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(SECONDS)

    def url(self, schema: str) -> str:
        """The URL under which a program sees one schema alone, as if that were the database."""
        return f"postgresql://tester@/postgres?host={self.folder}&options=-csearch_path%3D{schema}"

    def new_database(self) -> str:
        """Make what looks like an empty database, and is quicker to make; its URL."""
        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return self.url(name)

    def remove(self) -> None:
        """Stop it if it runs, and leave nothing behind."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)


def _as_somebody() -> list[str]:
    """Return what runs a program as another user than root, and ends it when we are killed."""
    user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig=QUIT"]


@cache
def server() -> Server:
    """The server that all tests of a process share, until its session ends."""
    return Server()


def remove_shared() -> None:
    """Remove the shared server, if a test asked for it."""
    if server.cache_info().currsize:
        server().remove()
        server.cache_clear()
