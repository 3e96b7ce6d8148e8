"""A real server, and clients of the provider's SDKs that are pointed at it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_tea_openapi.models import Config
from aliyunsdkcore.client import AcsClient

from localyun import accounts
from localyun.accounts import Credentials
from localyun.app import App
from localyun.config import Settings
from localyun.ids import Ids
from localyun.store.sqlite import SqliteStore
from localyun.web.background import running

REGION, ZONE = "cn-hangzhou", "cn-hangzhou-h"
INSTANCE_TYPE = "ecs.g7.large"


@dataclass(frozen=True)
class Server:
    """A server that listens, and the accounts that it has."""

    app: App
    address: str
    alice: Credentials
    bob: Credentials
    mallory: Credentials

    @property
    def port(self) -> int:
        """The port alone."""
        return int(self.address.rpartition(":")[2])

    def config(self, account: Credentials, **other: Any) -> Config:
        """The V2 SDKs' settings for an account."""
        settings = {
            "access_key_id": account.access_key_id,
            "access_key_secret": account.access_key_secret,
            "region_id": REGION,
            "endpoint": self.address,
            "protocol": "HTTP",
        }
        return Config(**{**settings, **other})

    def v2(self, account: Credentials, **other: Any) -> EcsClient:
        """A client of the V2 SDK."""
        return EcsClient(self.config(account, **other))

    def v1(self, account: Credentials, region: str = REGION) -> AcsClient:
        """A client of the V1 SDK that finds ECS here."""
        client = AcsClient(account.access_key_id, account.access_key_secret, region)
        client.add_endpoint(region, "Ecs", self.address)
        return client


@contextmanager
def serving(directory: Path, **settings: Any) -> Iterator[Server]:
    """Serve a world with three accounts from a directory, on a free port."""
    app = App(store=SqliteStore(directory), ids=Ids("clients"), settings=Settings(**settings))
    try:
        accounts.make_first_accounts(app.store, app.ids, app.clock.now())
        alice, bob, mallory = accounts.listed(app.store, app.clock.now())
        with running(app) as address:
            yield Server(app, address, alice, bob, mallory)
    finally:
        app.store.close()


def new_network(client: EcsClient) -> tuple[str, str]:
    """Make a network; its vSwitch and a security group in it."""
    vpc = client.create_vpc(ecs.CreateVpcRequest(region_id=REGION, cidr_block="172.16.0.0/12")).body.vpc_id
    vswitch = client.create_vswitch(
        ecs.CreateVSwitchRequest(region_id=REGION, vpc_id=vpc, zone_id=ZONE, cidr_block="172.16.0.0/24")
    )
    group = client.create_security_group(ecs.CreateSecurityGroupRequest(region_id=REGION, vpc_id=vpc))
    return vswitch.body.v_switch_id, group.body.security_group_id


def new_image(client: EcsClient) -> str:
    """Make a custom image as its owner would: of an instance that runs the provider's Ubuntu."""
    vswitch, group = new_network(client)
    system = ecs.DescribeImagesRequest(region_id=REGION, image_owner_alias="system", image_name="ubuntu*")
    started = client.run_instances(
        ecs.RunInstancesRequest(
            region_id=REGION,
            image_id=client.describe_images(system).body.images.image[0].image_id,
            instance_type=INSTANCE_TYPE,
            v_switch_id=vswitch,
            security_group_id=group,
        )
    )
    instance = started.body.instance_id_sets.instance_id_set[0]
    made = client.create_image(ecs.CreateImageRequest(region_id=REGION, instance_id=instance))
    image: str = made.body.image_id
    return image


def sharees(client: EcsClient, image: str) -> list[str]:
    """The accounts with which an image is shared, as its owner sees them."""
    answer = client.describe_image_share_permission(
        ecs.DescribeImageSharePermissionRequest(region_id=REGION, image_id=image)
    )
    return [account.aliyun_id for account in answer.body.accounts.account]


def decoded(body: bytes) -> dict[str, Any]:
    """The answer in a JSON body."""
    answer: dict[str, Any] = json.loads(body)
    return answer
