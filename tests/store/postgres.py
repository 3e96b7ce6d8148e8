"""A PostgreSQL server of the tests' own: as another user, since it refuses to run as root."""

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
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
        self._run("initdb", "--username=tester", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=300"
        self._run("pg_ctl", "--wait", f"--options={options}", f"--log={self.folder}/log", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it, and end everybody's connection; `immediate` is as if it were killed."""
        self._run("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def _run(self, program: str, *words: str) -> None:
        user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run(
            [*user, self._programs / program, "-D", self.folder / "data", *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            timeout=SECONDS,
        )

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
        with suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self.folder)


@cache
def server() -> Server:
    """The server that all tests of a process share."""
    started = Server()
    atexit.register(started.remove)
    return started
