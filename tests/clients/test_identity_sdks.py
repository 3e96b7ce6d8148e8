"""The V2 SDKs of RAM, STS, Quota Center and ActionTrail: users, roles, quotas, and who did what."""

import json

import pytest
from alibabacloud_actiontrail20200706 import models as actiontrail
from alibabacloud_actiontrail20200706.client import Client as ActionTrail
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_quotas20200510 import models as quotas
from alibabacloud_quotas20200510.client import Client as Quotas
from alibabacloud_ram20150501 import models as ram
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_sts20150401 import models as sts
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.exceptions import ClientException

from localyun.accounts import Credentials
from tests.clients.servers import REGION, Server

pytestmark = pytest.mark.clients


def document(action: str) -> str:
    """A policy that allows an action."""
    allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "1", "Statement": [allowed]})


def a_user(server: Server, client: Ram, name: str, action: str) -> Credentials:
    """Make a user with a policy and a key."""
    client.create_user(ram.CreateUserRequest(user_name=name))
    client.create_policy(ram.CreatePolicyRequest(policy_name=f"{name}-may", policy_document=document(action)))
    client.attach_policy_to_user(
        ram.AttachPolicyToUserRequest(policy_type="Custom", policy_name=f"{name}-may", user_name=name)
    )
    key = client.create_access_key(ram.CreateAccessKeyRequest(user_name=name)).body.access_key
    alice = server.alice
    return Credentials(alice.id, name, alice.site, key.access_key_id, key.access_key_secret)


def test_a_user_may_what_its_policy_allows(server: Server, image: str) -> None:
    """It shares an image, and doesn't delete it; the refusal says what was denied."""
    ci = server.v2(a_user(server, Ram(server.config(server.alice)), "ci", "ecs:*Share*"))

    ci.modify_image_share_permission(
        ecs.ModifyImageSharePermissionRequest(region_id=REGION, image_id=image, add_account=[server.bob.id])
    )
    with pytest.raises(ClientException) as denied:
        ci.delete_image(ecs.DeleteImageRequest(region_id=REGION, image_id=image))

    assert (denied.value.code, denied.value.status_code) == ("Forbidden.RAM", 403)
    assert denied.value.access_denied_detail["AuthAction"] == "ecs:DeleteImage"


def test_a_role_is_taken_on(server: Server, image: str) -> None:
    """The temporary key reads for the account whose role it is, and no more."""
    client = Ram(server.config(server.alice))
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": f"acs:ram::{server.alice.id}:root"},
    }
    role = client.create_role(
        ram.CreateRoleRequest(
            role_name="Reader",
            assume_role_policy_document=json.dumps({"Version": "1", "Statement": [trust]}),
            tag=[ram.CreateRoleRequestTag(key="team", value="images")],
        )
    ).body.role
    client.attach_policy_to_role(
        ram.AttachPolicyToRoleRequest(
            policy_type="System", policy_name="AliyunECSReadOnlyAccess", role_name="Reader"
        )
    )
    ci = Sts(server.config(a_user(server, client, "ci", "sts:AssumeRole")))

    key = ci.assume_role(sts.AssumeRoleRequest(role_arn=role.arn, role_session_name="build")).body.credentials
    config = server.config(server.alice)
    config.access_key_id, config.access_key_secret = key.access_key_id, key.access_key_secret
    config.security_token = key.security_token
    who = Sts(config).get_caller_identity().body
    reader = type(server.v2(server.alice))(config)
    found = reader.describe_images(ecs.DescribeImagesRequest(region_id=REGION, image_owner_alias="self")).body
    with pytest.raises(ClientException) as denied:
        reader.delete_image(ecs.DeleteImageRequest(region_id=REGION, image_id=image))

    assert who.identity_type == "AssumedRoleUser"
    assert [one.image_id for one in found.images.image] == [image]
    assert denied.value.code == "Forbidden.RAM"
    tagged = client.list_roles(ram.ListRolesRequest(tag=[ram.ListRolesRequestTag(key="team")])).body
    assert [one.role_name for one in tagged.roles.role] == ["Reader"]


def test_a_quota_is_asked_for(server: Server) -> None:
    """It waits for the operator, and is shown as it was made."""
    client = Quotas(server.config(server.alice))
    region = quotas.CreateQuotaApplicationRequestDimensions(key="regionId", value=REGION)

    made = client.create_quota_application(
        quotas.CreateQuotaApplicationRequest(
            product_code="ecs",
            quota_action_code="q_shares-per-image",
            desire_value=60,
            reason="a large team",
            dimensions=[region],
        )
    ).body
    listed = client.list_quota_applications(quotas.ListQuotaApplicationsRequest(product_code="ecs")).body
    shown = client.get_product_quota(
        quotas.GetProductQuotaRequest(product_code="ecs", quota_action_code="q_shares-per-image")
    ).body.quota

    assert made.status == "Process"
    assert [one.application_id for one in listed.quota_applications] == [made.application_id]
    assert (shown.total_quota, shown.adjustable) == (50, True)


def test_what_was_done_is_looked_up(server: Server, image: str) -> None:
    """The SDK of ActionTrail reads who shared an image."""
    server.v2(server.alice).modify_image_share_permission(
        ecs.ModifyImageSharePermissionRequest(region_id=REGION, image_id=image, add_account=[server.bob.id])
    )
    wanted = actiontrail.LookupEventsRequestLookupAttribute(
        key="EventName", value="ModifyImageSharePermission"
    )

    found = ActionTrail(server.config(server.alice)).lookup_events(
        actiontrail.LookupEventsRequest(lookup_attribute=[wanted])
    )

    (event,) = found.body.events
    assert event["referencedResources"] == {"ACS::ECS::Image": [image]}
    assert event["userIdentity"]["accessKeyId"] == server.alice.access_key_id
