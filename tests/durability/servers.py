"""Real servers, as processes of their own, and clients on real connections."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

from localyun import accounts
from localyun.accounts import Credentials
from localyun.clock import SystemClock
from localyun.ids import Ids
from localyun.model import Image, Phase, Share
from localyun.store.sqlite import SqliteStore
from localyun.wire import times
from localyun.wire.signing import v1
from localyun.wire.signing.canonical import canonical_query

REGION = "cn-hangzhou"
SECONDS = 60
"""How long anything may take, on a machine that does much else."""

HONEST = "from localyun.cli import main; main()"
"""The server that we ship."""

FORGETFUL = """
from localyun.store import sqlite

honest = sqlite.open_sqlite
sqlite.open_sqlite = lambda path, *, synchronous: honest(path, synchronous={synchronous!r})

from localyun.cli import main; main()
"""
"""A server that trusts the operating system's memory with what it has acknowledged."""


@dataclass
class Server:
    """A server process that answers."""

    process: subprocess.Popen[str]
    pid: int
    port: int

    def kill(self) -> None:
        """End it as `kill -9` does: it gets to do nothing any more."""
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait(SECONDS)

    def stop(self) -> None:
        """Tell it to stop, if it still runs, and wait until it has."""
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)
            self.process.wait(SECONDS)


@contextmanager
def serving(
    data: Path | str, *options: str, code: str = HONEST, under: Sequence[str] = ()
) -> Iterator[Server]:
    """Start a server on a free port; `under` is a command that runs it. It is stopped at the end.

    Its data is in a directory, or in the database of a URL.
    """
    where = ["--database-url", data] if isinstance(data, str) else ["--data", str(data)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCALYUN_")}
    words = ["serve", "--port", "0", *where, "--unknown-accounts", "accept", *options]
    process = subprocess.Popen(
        [*under, sys.executable, "-c", f"import os; print(os.getpid(), flush=True)\n{code}", *words],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        server = Server(process, pid=int(said.readline()), port=0)
        try:
            ready = next(line for line in said if "is ready at" in line)
            server.port = int(ready.rpartition(":")[2])
            yield server
        finally:
            server.stop()


def inhabited(data: Path, *images: str) -> Credentials:
    """Put the first accounts and images of alice's into a data directory; return alice."""
    with closing(SqliteStore(data)) as store:
        accounts.make_first_accounts(store, Ids(), SystemClock().now())
        alice = accounts.listed(store, 0)[0]
        with store.writing(0) as tx:
            for id in images:
                fields = {"id": id, "region": REGION, "owner": alice.id, "name": id}
                tx.put(Image(**fields, created_at=0, phase=Phase("Available"), size=20))
    return alice


def shared(data: Path, image: str) -> set[str]:
    """The accounts that an image is shared with, by what is in the database."""
    with closing(SqliteStore(data)) as store, store.reading(0) as tx:
        return {share.account for share in tx.find(Share, image=image)}


@dataclass(frozen=True)
class Reply:
    """What a server answered; the code is empty for a success."""

    status: int
    code: str
    request_id: str
    body: dict[str, Any]


SUCCESS = (200, "")


class Unanswered(Exception):
    """A call to which no answer came: it may have been carried out or not."""


@dataclass
class Client:
    """One connection to a server, which signs calls in an account's name."""

    port: int
    credentials: Credentials
    _connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def signed(self, action: str, *, nonce: str = "", ahead: int = 0, **parameters: str) -> str:
        """Return a call, signed by a clock so many seconds ahead, ready to be sent as often as one likes."""
        given = {name.replace("_", "."): value for name, value in parameters.items()}
        system = {
            "Action": action,
            "Version": "2014-05-26",
            "Format": "JSON",
            "RegionId": REGION,
            "AccessKeyId": self.credentials.access_key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": nonce or str(uuid4()),
            "Timestamp": times.seconds(SystemClock().wall() + 1000 * ahead),
        }
        secret = self.credentials.access_key_secret
        return canonical_query(v1.signed({**system, **given}, method="GET", secret=secret).items())

    def send(self, call: str) -> Reply:
        """Send a signed call. Raises `Unanswered` when the connection breaks.

        A connection that was closed while it was idle is made anew, as the SDKs' HTTP libraries do.
        """
        try:
            if self._connection.sock:
                idle = select.poll()
                idle.register(self._connection.sock, select.POLLIN)
                if idle.poll(0):
                    self._connection.close()
            self._connection.request("GET", f"/?{call}")
            response = self._connection.getresponse()
            body = json.loads(response.read())
        except (OSError, HTTPException) as error:
            raise Unanswered from error
        return Reply(response.status, body.get("Code", ""), body["RequestId"], body)

    def share(self, image: str, *add: str) -> Reply:
        """Share an image with accounts."""
        added = {f"AddAccount_{n}": account for n, account in enumerate(add, 1)}
        return self.send(self.signed("ModifyImageSharePermission", ImageId=image, **added))

    def shares(self, image: str) -> set[str]:
        """The accounts that an image is shared with, by what the server says."""
        call = self.signed("DescribeImageSharePermission", ImageId=image, PageSize="100")
        return {account["AliyunId"] for account in self.send(call).body["Accounts"]["Account"]}
