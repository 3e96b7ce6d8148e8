"""Who plays, and the official SDK that each calls with. Needs the packages of `localyun[demo]`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from time import monotonic, sleep
from typing import Any, Protocol

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient

from localyun.accounts import Credentials
from localyun.demo.stage import Stage, Unexpected, brief

Answer = dict[str, Any]

PATIENCE = 15.0
"""How many seconds anybody waits for a status."""
INTERVAL = 0.05
"""How many seconds pass between two questions of somebody who waits."""
METHODS = {name.replace("_", ""): name for name in dir(Client)}
"""The V2 SDK's spelling of each operation, by the operation's name in lower case."""


class Refused(Exception):
    """What the SDK raised: the status, the code and the message that it read from the answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Take the three from the SDK's own exception."""
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


class Sdk(Protocol):
    """One of the provider's SDKs, holding somebody's key."""

    package: str
    signature: str

    def call(self, action: str, parameters: Mapping[str, Any]) -> Answer:
        """Call an operation with parameters named as on the wire. Raises `Refused`."""


class V2Sdk:
    """The current SDK, one package a product; it signs by ACS3-HMAC-SHA256."""

    package, signature = "alibabacloud_ecs20140526", "V3"

    def __init__(self, account: Credentials, address: str, region: str) -> None:
        """Point a client at the server."""
        self._region = region
        self._client = Client(
            Config(
                access_key_id=account.access_key_id,
                access_key_secret=account.access_key_secret,
                region_id=region,
                endpoint=address,
                protocol="HTTP",
                # Keeps it from a proxy of the environment, which it would use whatever NO_PROXY says.
                http_proxy=f"http://{address}",
            )
        )

    def call(self, action: str, parameters: Mapping[str, Any]) -> Answer:
        """Call an operation by its typed request."""
        request = getattr(models, f"{action}Request")().from_map({"RegionId": self._region, **parameters})
        try:
            response = getattr(self._client, METHODS[action.lower()])(request)
        except AlibabaCloudException as error:
            raise Refused(error.status_code, error.code, error.data["Message"]) from error
        answer: Answer = response.body.to_map()
        return answer


class V1Sdk:
    """The older SDK, still in many scripts; it signs by HMAC-SHA1."""

    package, signature = "aliyun-python-sdk-ecs", "V1"

    def __init__(self, account: Credentials, address: str, region: str) -> None:
        """Point a client at the server."""
        self._address = address
        # An empty proxy keeps it from one of the environment.
        self._client = AcsClient(account.access_key_id, account.access_key_secret, region, proxy={"http": ""})

    def call(self, action: str, parameters: Mapping[str, Any]) -> Answer:
        """Call an operation by its typed request."""
        name = f"{action}Request"
        request = getattr(import_module(f"aliyunsdkecs.request.v20140526.{name}"), name)()
        request.set_endpoint(self._address)
        for parameter, value in parameters.items():
            plural = "s" if isinstance(value, list) else ""
            getattr(request, f"set_{parameter}{plural}")(value)
        try:
            answer: Answer = json.loads(self._client.do_action_with_exception(request))
        except ServerException as error:
            raise Refused(error.get_http_status(), error.get_error_code(), error.get_error_msg()) from error
        return answer


@dataclass(frozen=True)
class Person:
    """An account's owner, who calls and says what came of it; another outcome raises `Unexpected`."""

    account: Credentials
    sdk: Sdk
    stage: Stage

    @property
    def id(self) -> str:
        """The account's id."""
        return self.account.id

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name

    def quietly(self, action: str, **parameters: Any) -> Answer:
        """Make a call that has to succeed, and say nothing of it."""
        try:
            return self.sdk.call(action, parameters)
        except Refused as refusal:
            raise Unexpected(f"{action} to succeed", str(refusal)) from refusal

    def asks(self, action: str, **parameters: Any) -> Answer:
        """Say a call and make it; it has to succeed, and its outcome is for others to tell."""
        self.stage.call(self.name, action, parameters)
        return self.quietly(action, **parameters)

    def does(self, action: str, **parameters: Any) -> Answer:
        """Say a call, make it, and say what it gave; it has to succeed."""
        answer = self.asks(action, **parameters)
        self.stage.holds(brief(answer))
        return answer

    def is_refused(self, status: int, code: str, action: str, **parameters: Any) -> None:
        """Say a call and make it; it has to be refused with this status and code."""
        self.stage.call(self.name, action, parameters)
        try:
            answer = self.sdk.call(action, parameters)
        except Refused as refusal:
            if (refusal.status, refusal.code) != (status, code):
                raise Unexpected(f"{status} {code}", str(refusal)) from refusal
            self.stage.refused(status, code, refusal.message)
        else:
            raise Unexpected(f"{status} {code}", f"success: {answer}")

    def waits(self, status: str, action: str, of: Callable[[Answer], str], **parameters: Any) -> str:
        """Ask until a status is the wanted one; how long it took, in words."""
        started = monotonic()
        with self.stage.waiting(f"{self.name} waits for {status}"):
            while (seen := of(self.quietly(action, **parameters))) != status:
                if monotonic() - started > PATIENCE:
                    raise Unexpected(f"{status} within {PATIENCE:.0f} s", seen)
                sleep(INTERVAL)
        return f"{status} after {monotonic() - started:.1f} s"
