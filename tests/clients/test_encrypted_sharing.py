"""The story of an encrypted image that is shared, with the V2 SDKs: a key, a role, a sharee, and its end."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_kms20160120 import models as kms
from alibabacloud_kms20160120.client import Client as KmsClient
from alibabacloud_ram20150501 import models as ram
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_tea_openapi.exceptions import ClientException

from localyun.accounts import Credentials
from tests.clients.servers import INSTANCE_TYPE, REGION, Server

pytestmark = pytest.mark.clients

UBUNTU = "ubuntu_24_04_x64_20G_alibase_20250916.vhd"


def test_an_encrypted_image_is_shared_used_and_lost(server: Server) -> None:
    """Alice lends her key, bob runs from her image with his own; she disables hers, and he can't any more."""
    alice, bob = Party(server, server.alice), Party(server, server.bob)
    image = alice.imaged(alice.runs(UBUNTU, alice.key))

    without_role = refusal(lambda: alice.shares(image, bob))
    alice.lends_to(bob)
    alice.shares(image, bob)
    without_key = refusal(lambda: bob.runs(image, None))
    instance = bob.runs(image, bob.key)
    disk = bob.system_disk(instance)
    alice.kms.disable_key(kms.DisableKeyRequest(key_id=alice.key))
    disabled = refusal(lambda: bob.runs(image, bob.key))
    bob.ecs.stop_instance(ecs.StopInstanceRequest(instance_id=instance))
    reset = refusal(lambda: bob.ecs.re_init_disk(ecs.ReInitDiskRequest(disk_id=disk.disk_id)))
    alice.kms.enable_key(kms.EnableKeyRequest(key_id=alice.key))
    again = bob.runs(image, bob.key)

    assert without_role == (
        403,
        "AssumeRoleError",
        "Requires a RAM role of AliyunECSShareEncryptImageDefaultRole before sharing encrypted image.",
    )
    assert without_key == (
        400,
        "InvalidParam.EncryptedMismatch",
        "Creating encrypted disks with shared encrypted image requires replacing encryption keys.",
    )
    assert (disk.encrypted, disk.kmskey_id) == (True, bob.key)
    assert disabled == (
        403,
        "InvalidParameter.KMSKeyId.CMKNotEnabled",
        "The CMK (Customer Master Key) must be in an active state.",
    )
    assert reset == (403, "InvalidParameter.KMSKeyId.CMKNotEnabled", "The CMK needs to be enabled.")
    assert bob.system_disk(again).kmskey_id == bob.key


class Party:
    """An account with its clients and a key."""

    def __init__(self, server: Server, account: Credentials) -> None:
        """Make the key."""
        self.id = account.id
        self.ecs = server.v2(account)
        self.kms = KmsClient(server.config(account))
        self.ram = RamClient(server.config(account))
        self.key = self.kms.create_key(kms.CreateKeyRequest()).body.key_metadata.key_id

    def runs(self, image: str, key: str | None) -> str:
        """Run an instance, its system disk encrypted with a key if one is given."""
        disk = ecs.RunInstancesRequestSystemDisk(encrypted="true", kmskey_id=key)
        request = ecs.RunInstancesRequest(
            region_id=REGION, image_id=image, instance_type=INSTANCE_TYPE, system_disk=disk
        )
        (instance,) = self.ecs.run_instances(request).body.instance_id_sets.instance_id_set
        return str(instance)

    def imaged(self, instance: str) -> str:
        """Make an image of an instance."""
        request = ecs.CreateImageRequest(region_id=REGION, instance_id=instance)
        return str(self.ecs.create_image(request).body.image_id)

    def shares(self, image: str, sharee: "Party") -> None:
        """Share an image."""
        self.ecs.modify_image_share_permission(
            ecs.ModifyImageSharePermissionRequest(region_id=REGION, image_id=image, add_account=[sharee.id])
        )

    def lends_to(self, sharee: "Party") -> None:
        """Make the role by which ECS may use one's key for a sharee."""
        statement = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": [f"{sharee.id}@ecs.aliyuncs.com"]},
        }
        self.ram.create_role(
            ram.CreateRoleRequest(
                role_name="AliyunECSShareEncryptImageDefaultRole",
                assume_role_policy_document=json.dumps({"Version": "1", "Statement": [statement]}),
            )
        )

    def system_disk(self, instance: str) -> Any:
        """Return what is shown of an instance's system disk."""
        request = ecs.DescribeDisksRequest(region_id=REGION, instance_id=instance)
        (disk,) = self.ecs.describe_disks(request).body.disks.disk
        return disk


def refusal(call: Callable[[], Any]) -> tuple[int, str, str]:
    """Return status, code and message with which a call is refused."""
    with pytest.raises(ClientException) as refused:
        call()
    return refused.value.status_code, refused.value.code, refused.value.data["Message"]
