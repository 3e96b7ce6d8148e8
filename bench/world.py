"""The world that is measured, and the calls that are made in it, for localyun and for moto.

Both hold the same: images of one account, some of which are shared with five others.
"""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from msgspec import structs

from bench.load import ask
from localyun.accounts import Credentials
from localyun.clock import SystemClock
from localyun.ids import Ids
from localyun.model import AccessKey, Account, Attachment, Image, Phase, Policy, Share, User
from localyun.model.identity import Holder, PolicyType
from localyun.model.images import AVAILABLE
from localyun.store.interface import Store
from localyun.wire import times
from localyun.wire.signing import v1, v3
from localyun.wire.signing.canonical import canonical_query

VERSION, REGION = "2014-05-26", "cn-hangzhou"
OTHERS = [f"10{number:014}" for number in range(11)]
"""Accounts to share with: half are shared with from the start, one comes and goes."""
COMES_AND_GOES = OTHERS[-1]
SHARES = 5
USER, STATEMENTS = "user", 20
CONNECTIONS = 16
MANY, FEW = 1_000, 100
"""How many images there are: when memory is measured, and otherwise."""

_nonces = itertools.count()

Requests = Callable[[int], list[bytes]]
"""Makes the requests that one connection sends, ready to be written to a socket, given how many."""


def image_id(number: int) -> str:
    """The id of one of localyun's images."""
    return f"m-bp1{number:017}"


def populate(store: Store, images: int) -> Credentials:
    """Fill an empty store; whoever does it gets the same account and key."""
    ids = Ids("bench")
    owner = Account(id=ids.account(), name="bench")
    key_id, secret = ids.access_key()
    with store.writing(0) as tx:
        tx.put(owner)
        tx.put(AccessKey(id=key_id, account=owner.id, secret=secret))
        tx.put(AccessKey(id=key_id + USER, account=owner.id, secret=secret, user=USER))
        tx.put(User(account=owner.id, name=USER, id="1", created_at=0))
        tx.put(Policy(account=owner.id, name=USER, document=_statements(), created_at=0))
        tx.put(
            Attachment(
                account=owner.id,
                holder=Holder.USER.value,
                holder_name=USER,
                policy_type=PolicyType.CUSTOM.value,
                policy=USER,
                since=0,
            )
        )
        for other in OTHERS:
            tx.put(Account(id=other, name=f"other-{other}"))
        for number in range(images):
            tx.put(
                Image(
                    id=image_id(number),
                    region=REGION,
                    owner=owner.id,
                    name=f"image-{number}",
                    created_at=number,
                    phase=Phase(AVAILABLE),
                    size=20,
                )
            )
            if number <= CONNECTIONS:
                for since, other in enumerate(OTHERS[:SHARES]):
                    tx.put(Share(image=image_id(number), account=other, region=REGION, since=since))
    return Credentials(owner.id, owner.name, owner.site, key_id, secret)


def user_of(credentials: Credentials) -> Credentials:
    """The account's user, whose policies have twenty statements."""
    return structs.replace(credentials, access_key_id=credentials.access_key_id + USER)


def _statements() -> str:
    """A policy of which the last statement allows the read; none before it is about another action."""
    others = [
        {
            "Effect": "Deny",
            "Action": ["ecs:*Image*", "ecs:*Snapshot*"],
            "Resource": f"acs:ecs:*:*:image/m-other-{number}-*",
            "Condition": {"NotIpAddress": {"acs:SourceIp": "10.0.0.0/8"}},
        }
        for number in range(STATEMENTS - 1)
    ]
    allowed = {
        "Effect": "Allow",
        "Action": "ecs:Describe*",
        "Resource": "acs:ecs:*:*:image/*",
        "Condition": {"IpAddress": {"acs:SourceIp": "127.0.0.0/8"}},
    }
    return json.dumps({"Version": "1", "Statement": [*others, allowed]})


@dataclass(frozen=True)
class Caller:
    """Signs localyun's calls, each with a nonce of its own."""

    credentials: Credentials
    signature: int
    """1 or 3, for the version that signs."""

    def describe_share_permission(self, _: int) -> Requests:
        """Ask, on any connection, with whom an image is shared that nobody changes."""
        return lambda count: [
            self.signed("DescribeImageSharePermission", ImageId=image_id(CONNECTIONS)) for _ in range(count)
        ]

    def modify_share_permission(self, connection: int) -> Requests:
        """Share an image, one for each connection, and stop sharing it, in turn."""
        image = image_id(connection)
        change = itertools.cycle(("AddAccount.1", "RemoveAccount.1"))
        return lambda count: [
            self.signed("ModifyImageSharePermission", ImageId=image, **{next(change): COMES_AND_GOES})
            for _ in range(count)
        ]

    def any_request(self) -> bytes:
        """A call that any account may make."""
        return self.signed("DescribeImageSharePermission", ImageId=image_id(0))

    def one_request_again(self, _: int) -> Requests:
        """Send one and the same call, to a server that doesn't care."""
        return lambda count: [self.any_request()] * count

    def describe_images(self, _: int) -> Requests:
        """Ask for the first page of 50 images, with no filter."""
        return lambda count: [self.signed("DescribeImages", PageSize="50") for _ in range(count)]

    def signed(self, action: str, **parameters: str) -> bytes:
        """Sign a call, whatever it is."""
        given = {"RegionId": REGION, **parameters}
        date = times.seconds(SystemClock().wall())
        nonce = f"6a0f3c1e2b7d4f58a9c0e1{next(_nonces):010x}"
        sign = self._v3 if self.signature == 3 else self._v1
        return sign(action, given, date, nonce)

    def _v3(self, action: str, given: dict[str, str], date: str, nonce: str) -> bytes:
        headers = v3.signed(
            method="POST",
            host="127.0.0.1",
            query=given.items(),
            access_key_id=self.credentials.access_key_id,
            secret=self.credentials.access_key_secret,
            action=action,
            version=VERSION,
            nonce=nonce,
            date=date,
        )
        return http("POST", f"/?{canonical_query(given.items())}", headers)

    def _v1(self, action: str, given: dict[str, str], date: str, nonce: str) -> bytes:
        system = {
            "Action": action,
            "Version": VERSION,
            "Format": "JSON",
            "AccessKeyId": self.credentials.access_key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": nonce,
            "Timestamp": date,
        }
        signed = v1.signed({**system, **given}, method="GET", secret=self.credentials.access_key_secret)
        return http("GET", f"/?{canonical_query(signed.items())}", {"host": "127.0.0.1"})


class Moto:
    """Makes the calls of the peer that mean the same. It checks no signature, so one serves for all."""

    def __init__(self, port: int, images: int) -> None:
        """Make its images, and share some."""
        self._images = [self._made(port, Action="RegisterImage", Name=f"image-{n}") for n in range(images)]
        for image in self._images[: CONNECTIONS + 1]:
            for other in OTHERS[:SHARES]:
                ask(port, self._modified(image, "Add", other))

    def describe_share_permission(self, _: int) -> Requests:
        """Ask, on any connection, with whom an image is shared that nobody changes."""
        request = self._request(
            Action="DescribeImageAttribute", Attribute="launchPermission", ImageId=self._images[CONNECTIONS]
        )
        return lambda count: [request] * count

    def modify_share_permission(self, connection: int) -> Requests:
        """Share an image, one for each connection, and stop sharing it, in turn."""
        image = self._images[connection]
        changes = itertools.cycle([self._modified(image, to, COMES_AND_GOES) for to in ("Add", "Remove")])
        return lambda count: list(itertools.islice(changes, count))

    def describe_images(self, _: int) -> Requests:
        """Ask for all images, as moto has no pages."""
        request = self._request(Action="DescribeImages")
        return lambda count: [request] * count

    def _made(self, port: int, **parameters: str) -> str:
        answer = ask(port, self._request(Architecture="x86_64", RootDeviceName="/dev/sda1", **parameters))
        found = re.search(rb"<imageId>([^<]+)", answer)
        if found is None:
            raise RuntimeError(f"moto made no image: {answer!r}")
        return found[1].decode()

    def _modified(self, image: str, change: str, account: str) -> bytes:
        # The peer's accounts have 12 digits.
        user = {f"LaunchPermission.{change}.1.UserId": account[-12:]}
        return self._request(Action="ModifyImageAttribute", ImageId=image, **user)

    @classmethod
    def any_request(cls) -> bytes:
        """A call that doesn't need any image."""
        return cls._request(Action="DescribeImages")

    @staticmethod
    def _request(**parameters: str) -> bytes:
        body = urlencode({"Version": "2016-11-15", **parameters}).encode()
        scope = "Credential=AKIAIOSFODNN7EXAMPLE/20260301/us-east-1/ec2/aws4_request"
        headers = {
            "host": "127.0.0.1",
            "content-type": "application/x-www-form-urlencoded",
            "authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        }
        return http("POST", "/", headers, body)


def http(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return a request as it travels."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if method in ("POST", "PUT"):
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
