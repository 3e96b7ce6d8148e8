"""Worlds without sockets, and the people who call them, signed as a client would."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localyun import accounts
from localyun.accounts import Credentials
from localyun.app import App
from localyun.client import flattened
from localyun.clock import SECOND, Instant
from localyun.operations import OPERATIONS
from localyun.reference import raised
from localyun.service import answer, changes
from localyun.spec import errors, explanations
from localyun.spec.faults import ApiError, ErrorSpec
from localyun.wire import times
from localyun.wire.call import Call, RawRequest
from localyun.wire.render import Reply
from localyun.wire.signing import v1
from localyun.wire.signing.canonical import canonical_query
from tests import evidence

if TYPE_CHECKING:
    from tests.compute.worlds import RealDisks

LOCATION = "2015-06-12"
ECS, VPC, STS, KMS, RAM = "2014-05-26", "2016-04-28", "2015-04-01", "2016-01-20", "2015-05-01"
QUOTAS, ACTIONTRAIL = "2020-05-10", "2020-07-06"
REGION = "cn-hangzhou"

# What any call may meet, whatever its operation declares.
_rows = [row for row in vars(errors).values() if isinstance(row, ErrorSpec)]
GATEWAY = set(_rows[: _rows.index(errors.MALFORMED_REQUEST) + 1])


@dataclass
class TurnableClock:
    """A clock that stands still until it is turned."""

    at: Instant = 1_772_352_000_000  # 2026-03-01T08:00:00Z
    offset: Instant = 0

    def wall(self) -> Instant:
        """The time shared with clients."""
        return self.at

    def now(self) -> Instant:
        """The time in the world."""
        return self.at + self.offset

    def advance(self, seconds: float) -> None:
        """Turn the world's time forward."""
        self.offset += round(seconds * SECOND)


@dataclass(frozen=True)
class Refusal:
    """What a refused call was answered."""

    status: int
    code: str
    message: str

    @classmethod
    def of(cls, error: ApiError) -> "Refusal":
        """What a client is told of an error."""
        return cls(error.status, error.code, error.message)


@dataclass
class Person:
    """An account that calls, in-process, as a signed V1 client would."""

    world: "World"
    credentials: Credentials
    region: str = REGION
    security_token: str = ""
    """Of a temporary key."""
    client: str = "127.0.0.1"
    secure: bool = False
    _nonces: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def id(self) -> str:
        """The account's id."""
        return self.credentials.id

    def call(self, action: str, *, version: str = ECS, **parameters: Any) -> dict[str, Any]:
        """Call an operation that must succeed; the region is given unless it is said to be None."""
        reply = self.send(action, version=version, **parameters)
        body = self.decoded(reply)
        assert reply.status == 200, body
        return body

    def decoded(self, reply: Reply) -> dict[str, Any]:
        """A reply's body."""
        body: dict[str, Any] = json.loads(reply.body)
        return body

    def refused(self, action: str, *, version: str = ECS, **parameters: Any) -> Refusal:
        """Call an operation that must be refused, with an error that it declares."""
        reply = self.send(action, version=version, **parameters)
        body = json.loads(reply.body)
        assert reply.status != 200, f"{action} succeeded: {body}"
        refusal = Refusal(reply.status, body["Code"], body["Message"])
        operation = OPERATIONS.find(version, action)
        if operation is not None:
            declared = {*GATEWAY, *raised(operation)}
            fitting = {row for row in explanations.rows(refusal.code) if row.status == refusal.status}
            assert fitting & declared or refusal.code.startswith("Unsupported"), (
                f"{action} raised {refusal}, which it doesn't declare"
            )
        return refusal

    def send(self, action: str, *, version: str = ECS, **parameters: Any) -> Reply:
        """Sign and send a call; a parameter that is None is left out."""
        given = {"RegionId": self.region, **parameters}
        system = {
            "Action": action,
            "Version": version,
            "Format": "JSON",
            "AccessKeyId": self.credentials.access_key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": f"{self.credentials.name}-{next(self._nonces)}",
            "Timestamp": times.seconds(self.world.clock.wall()),
        }
        if self.security_token:
            system["SecurityToken"] = self.security_token
        signed = v1.signed(
            {**system, **dict(flattened(given))}, method="POST", secret=self.credentials.access_key_secret
        )
        return self.world.send(
            RawRequest(
                "POST",
                "/",
                canonical_query(signed.items()).encode(),
                {"host": "test"},
                b"",
                self.client,
                self.secure,
            )
        )


@dataclass
class World:
    """A server without sockets, and its clock."""

    app: App
    clock: TurnableClock
    real: "RealDisks | None" = None
    """Where its disks are, if they are real."""

    def send(self, raw: RawRequest) -> Reply:
        """Answer a request as the edge does, in a transaction of its own."""
        call = Call.read(raw, self.app.ids.request_id())
        begin = self.app.store.writing if changes(call, self.app) else self.app.store.reading
        with begin(self.clock.wall()) as tx:
            reply = answer(call, self.app, tx)
        if reply.code and reply.format == "JSON":
            evidence.note(call.action, reply.status, reply.code, json.loads(reply.body)["Message"])
        return reply

    def later(self, seconds: float = 60) -> None:
        """Turn the world's time forward; a minute is enough for anything to be done."""
        if self.real:
            self.real.catch_up()
        self.clock.advance(seconds)

    def person(self, name: str, **settings: str) -> Person:
        """Make a further account."""
        return Person(self, accounts.create(self.app.store, self.app.ids, self.clock.now(), name, **settings))
