"""The V2 SDK of KMS, `alibabacloud_kms20160120`: a key from its making to its end."""

import pytest
from alibabacloud_kms20160120 import models as kms
from alibabacloud_kms20160120.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.clients.servers import Server

pytestmark = pytest.mark.clients


def test_a_key_is_made_named_disabled_and_scheduled_for_deletion(server: Server) -> None:
    """The SDK sends no region; the key is in the default one, and has the states that it is put into."""
    alice = Client(server.config(server.alice))

    made = alice.create_key(kms.CreateKeyRequest(description="for disks")).body.key_metadata
    alice.create_alias(kms.CreateAliasRequest(key_id=made.key_id, alias_name="alias/disks"))
    listed = alice.list_keys(kms.ListKeysRequest()).body
    aliases = alice.list_aliases(kms.ListAliasesRequest()).body
    states = [described(alice, "alias/disks").key_state]
    alice.disable_key(kms.DisableKeyRequest(key_id=made.key_id))
    states.append(described(alice, made.key_id).key_state)
    alice.enable_key(kms.EnableKeyRequest(key_id=made.key_id))
    states.append(described(alice, made.key_id).key_state)
    alice.schedule_key_deletion(kms.ScheduleKeyDeletionRequest(key_id=made.key_id, pending_window_in_days=7))
    states.append(described(alice, made.key_id).key_state)

    assert made.arn == f"acs:kms:cn-hangzhou:{server.alice.id}:key/{made.key_id}"
    assert [(key.key_id, key.key_arn) for key in listed.keys.key] == [(made.key_id, made.arn)]
    assert [(alias.alias_name, alias.key_id) for alias in aliases.aliases.alias] == [
        ("alias/disks", made.key_id)
    ]
    assert states == ["Enabled", "Disabled", "Enabled", "PendingDeletion"]


def test_a_key_is_its_owners_alone(server: Server) -> None:
    """Another account's call is refused as if it weren't there."""
    alice, mallory = Client(server.config(server.alice)), Client(server.config(server.mallory))
    key = alice.create_key(kms.CreateKeyRequest()).body.key_metadata.key_id

    with pytest.raises(ClientException) as refused:
        described(mallory, key)

    assert (refused.value.status_code, refused.value.code) == (404, "Forbidden.KeyNotFound")


def described(client: Client, key: str) -> kms.DescribeKeyResponseBodyKeyMetadata:
    """What DescribeKey says of a key."""
    return client.describe_key(kms.DescribeKeyRequest(key_id=key)).body.key_metadata
