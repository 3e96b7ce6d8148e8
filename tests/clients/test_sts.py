"""The V2 SDK of STS, which tells a key whose it is."""

import pytest
from alibabacloud_sts20150401.client import Client

from tests.clients.servers import Server

pytestmark = pytest.mark.clients


def test_it_learns_whose_key_it_holds(server: Server) -> None:
    """An account's own key is its root identity."""
    client = Client(server.config(server.alice))

    body = client.get_caller_identity().body

    assert (body.account_id, body.identity_type) == (server.alice.id, "Account")
    assert body.arn == f"acs:ram::{server.alice.id}:root"
    assert body.principal_id == body.user_id == server.alice.id
