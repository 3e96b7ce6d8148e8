"""Fixtures for the tests of whoever uses localyun: a server, and accounts to call it as.

pytest imports this module wherever localyun is installed, so all else is imported when a fixture is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from alibabacloud_ecs20140526.client import Client as EcsClient
    from aliyunsdkcore.client import AcsClient

    from localyun.app import App
    from localyun.clock import SystemClock

REGION = "cn-hangzhou"
"""The region of clients and calls that name none."""


class Refused(Exception):
    """A call was answered with an error: its status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Take the three from the answer."""
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Account:
    """An account of the server's, with the key that signs its calls and clients that hold it."""

    endpoint: str
    id: str
    name: str
    access_key_id: str
    access_key_secret: str = field(repr=False)

    def ecs(self, region: str = REGION) -> "EcsClient":
        """A client of the current SDK; needs the package alibabacloud-ecs20140526."""
        from alibabacloud_ecs20140526.client import Client
        from alibabacloud_tea_openapi.models import Config

        return Client(
            Config(
                access_key_id=self.access_key_id,
                access_key_secret=self.access_key_secret,
                region_id=region,
                endpoint=self.endpoint,
                protocol="HTTP",
                # Keeps it from a proxy of the environment, which it would use whatever NO_PROXY says.
                http_proxy=f"http://{self.endpoint}",
            )
        )

    def v1(self, region: str = REGION) -> "AcsClient":
        """A client of the older SDK; needs the package aliyun-python-sdk-core."""
        from aliyunsdkcore.client import AcsClient

        # An empty proxy keeps it from one of the environment.
        client = AcsClient(self.access_key_id, self.access_key_secret, region, proxy={"http": ""})
        for product in ("Ecs", "Vpc", "Sts"):
            client.add_endpoint(region, product, self.endpoint)
        return client

    def call(self, action: str, *, version: str = "", **parameters: Any) -> dict[str, Any]:
        """Call an operation without any SDK and return the answer; raises `Refused` if that is an error.

        A list is numbered as on the wire (`AddAccount=["1", "2"]`), a dictionary's keys follow a dot.
        """
        from localyun.client import Client, flattened
        from localyun.operations import OPERATIONS

        if not version:
            fitting = (o.versions[0] for o in OPERATIONS.operations if o.name == action)
            version = next(fitting, "2014-05-26")
        client = Client(
            endpoint=self.endpoint,
            access_key_id=self.access_key_id,
            access_key_secret=self.access_key_secret,
        )
        answer = client.call(action, version, dict(flattened({"RegionId": REGION, **parameters})))
        if answer.refused:
            raise Refused(answer.status, answer.error_field("Code"), answer.error_field("Message"))
        return answer.content


class Localyun:
    """A server that keeps everything in memory, and what a test does to the world behind it."""

    def __init__(self, app: "App", clock: "SystemClock", endpoint: str) -> None:
        """Act on a server that answers at `endpoint`."""
        self._app, self._clock = app, clock
        self._numbers = count(1)
        self.endpoint = endpoint
        """Where it answers, as `host:port`: what the SDKs call an endpoint."""

    @property
    def url(self) -> str:
        """Where it answers, with the scheme."""
        return f"http://{self.endpoint}"

    @property
    def host(self) -> str:
        """The address that it listens at."""
        return self.endpoint.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self.endpoint.rpartition(":")[2])

    def account(self, name: str | None = None) -> Account:
        """Make an account, a new one each time: its name gets a number, so that tests don't collide."""
        from localyun import accounts

        numbered = f"{name or 'account'}-{next(self._numbers)}"
        made = accounts.create(self._app.store, self._app.ids, self._clock.now(), numbered)
        return Account(self.endpoint, made.id, made.name, made.access_key_id, made.access_key_secret)

    def advance(self, seconds: float) -> None:
        """Turn the world's time forward, and see what was under way done; signatures stay valid."""
        self._clock.advance(round(seconds * 1000))

    def reset(self) -> None:
        """Forget everything, accounts too, and turn the world's time back to the machine's."""
        self._app.store.reset()
        self._clock.offset = 0


@pytest.fixture(scope="session")
def localyun() -> Iterator[Localyun]:
    """A server on a free port, in a thread of this process, for the whole session; a worker has its own."""
    from localyun.app import App
    from localyun.clock import SystemClock
    from localyun.store.sqlite import SqliteStore
    from localyun.web.background import running

    clock = SystemClock()
    app = App(store=SqliteStore(None), clock=clock)
    try:
        with running(app) as endpoint:
            yield Localyun(app, clock, endpoint)
    finally:
        app.store.close()


@pytest.fixture
def localyun_account(localyun: Localyun) -> Account:
    """A new account for each test: whatever others made belongs to others."""
    return localyun.account()
