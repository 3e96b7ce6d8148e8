"""Three PostgreSQL servers, of which Patroni makes one the leader, with etcd to agree by, all on loopback."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.store.postgres import programs

SECONDS = 90
NODES = ("one", "two", "three")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """Changes are acknowledged once a second server has them, too (synchronous replication)."""

    def __init__(self) -> None:
        """Start everything, and wait until there are a leader and a synchronous standby."""
        for program in ("patroni", "etcd", "setpriv"):
            if shutil.which(program) is None or programs() is None:
                assert os.environ.get("LOCALYUN_CI") != "1", f"{program} isn't installed"
                pytest.skip(f"{program} isn't installed")
        self.folder = Path(tempfile.mkdtemp(prefix="localyun-patroni-", dir="/tmp"))
        nobody = pwd.getpwnam("nobody")
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._etcd_port, peers = free_port(), free_port()
        self._apis = {name: free_port() for name in NODES}
        self._databases = {name: free_port() for name in NODES}
        here = f"http://127.0.0.1:{self._etcd_port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self._start(
                "etcd",
                *("etcd", "--data-dir", str(self.folder / "etcd"), "--unsafe-no-fsync"),
                *("--listen-client-urls", here, "--advertise-client-urls", here),
                *("--listen-peer-urls", f"http://127.0.0.1:{peers}"),
                *("--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}"),
                *("--initial-cluster", f"default=http://127.0.0.1:{peers}"),
            )
            for name in NODES:
                self._start_node(name)
            self.wait(standbys=2)
        except BaseException:
            self.remove()
            raise

    def _start(self, name: str, *command: str) -> None:
        user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                ["setpriv", *user, "--pdeathsig=KILL", *command],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            )

    def _start_node(self, name: str) -> None:
        trust = [
            "local all all trust",
            "host all all 127.0.0.1/32 trust",
            "host replication all 127.0.0.1/32 trust",
        ]
        users = {role: {"username": role} for role in ("superuser", "replication", "rewind")}
        settings = {
            "scope": "localyun",
            "name": name,
            "restapi": {
                "listen": f"127.0.0.1:{self._apis[name]}",
                "connect_address": f"127.0.0.1:{self._apis[name]}",
            },
            "etcd3": {"host": f"127.0.0.1:{self._etcd_port}"},
            "bootstrap": {
                "dcs": {
                    "ttl": 20,
                    "loop_wait": 1,
                    "retry_timeout": 3,
                    "synchronous_mode": True,
                    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 100}},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{self._databases[name]}",
                "connect_address": f"127.0.0.1:{self._databases[name]}",
                "data_dir": str(self.folder / name),
                "bin_dir": str(programs()),
                "pgpass": str(self.folder / f"{name}.pgpass"),
                "authentication": users,
                "parameters": {"unix_socket_directories": str(self.folder)},
                "pg_hba": trust,
            },
        }
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(settings))
        file.chmod(0o644)
        self._start(name, "patroni", str(file))

    @property
    def url(self) -> str:
        """The URL that leads to whoever is the leader."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._databases.values())
        return f"postgresql://superuser@{hosts}/postgres?target_session_attrs=read-write&connect_timeout=3"

    def leader(self) -> str | None:
        """Who leads, by what the nodes say; None while nobody does."""
        for name in NODES:
            with suppress(OSError, ValueError):
                state = self._said(name)
                if state.get("role") in ("master", "primary") and state.get("state") == "running":
                    return name
        return None

    def _said(self, name: str) -> dict[str, object]:
        request = f"http://127.0.0.1:{self._apis[name]}/patroni"
        with urllib.request.urlopen(request, timeout=2) as answer:
            return dict(json.load(answer))

    def wait(self, *, standbys: int, not_led_by: str = "") -> str:
        """Wait until somebody leads, has so many standbys, and one of them is synchronous; who it is."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if (name := self.leader()) and name != not_led_by:
                with suppress(psycopg.Error), psycopg.connect(self.url, autocommit=True) as connection:
                    found = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall()
                    if len(found) >= standbys and any(state in ("sync", "quorum") for (state,) in found):
                        return name
            time.sleep(0.2)
        logs = {file.name: file.read_text()[-1500:] for file in self.folder.glob("*.log")}
        raise TimeoutError(f"no leader with {standbys} standbys: {logs}")

    def kill(self, name: str) -> None:
        """End a node, its database and what watches it, as `kill -9` does."""
        postmaster = self.folder / name / "postmaster.pid"
        pids = [int(postmaster.read_text().split()[0])]
        with suppress(OSError):
            pids += map(int, Path(f"/proc/{pids[0]}/task/{pids[0]}/children").read_text().split())
        for pid in (self._processes[name].pid, *pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._processes[name].wait(SECONDS)

    def start(self, name: str) -> None:
        """Start a node that was killed."""
        self._start(name, "patroni", str(self.folder / f"{name}.json"))

    def remove(self) -> None:
        """End everything, and leave nothing behind."""
        for name in NODES:
            if name in self._processes:
                with suppress(OSError, IndexError, ValueError):
                    self.kill(name)
                self._processes[name].kill()
                self._processes[name].wait(SECONDS)
        if "etcd" in self._processes:
            self._processes["etcd"].kill()
            self._processes["etcd"].wait(SECONDS)
        time.sleep(0.2)
        shutil.rmtree(self.folder, ignore_errors=True)
