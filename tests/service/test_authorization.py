"""Who may act for an account: asked of policies before anything else is asked about the call's subject."""

import base64
import json
from typing import Any

import pytest

from localyun.spec import errors
from tests.operations.held import make_role
from tests.operations.made import SYSTEM_IMAGE, an_image, an_instance, images_seen
from tests.operations.ram.made import (
    a_policy,
    a_role,
    a_user,
    assume,
    attach,
    statement,
    trusting,
)
from tests.people import RAM, REGION, STS, VPC, Person, Refusal

FORBIDDEN = Refusal.of(errors.FORBIDDEN_RAM())
SHARE, LIST = "ModifyImageSharePermission", "DescribeImageSharePermission"
NOT_THERE = "m-bp1notthere"


def deny(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    """A statement that denies."""
    return statement(action, resource, Effect="Deny", **more)


def arn(owner: Person, image: str, region: str = "*") -> str:
    """An image's resource name."""
    return f"acs:ecs:{region}:{owner.id}:image/{image}"


def may_list(user: Person, image: str) -> bool:
    """Whether a user may ask with whom an image is shared."""
    reply = user.send(LIST, ImageId=image)
    if reply.status == 200:
        return True
    assert reply.code == "Forbidden.RAM"
    return False


def test_a_new_user_may_do_nothing(alice: Person) -> None:
    """But ask who it is. What it asks about may or may not be there, which it doesn't learn."""
    ci = a_user(alice)
    calls: list[tuple[str, dict[str, Any]]] = [
        (LIST, {"ImageId": an_image(alice)}),
        (LIST, {"ImageId": NOT_THERE}),
        ("DescribeImages", {}),
        ("DescribeRegions", {}),
        ("DeleteImage", {"ImageId": NOT_THERE}),
    ]

    assert [ci.refused(action, **given) for action, given in calls] == [FORBIDDEN] * 5
    assert ci.refused("CreateUser", version=RAM, UserName="x") == Refusal.of(errors.RAM_NO_PERMISSION())
    assert ci.refused("DescribeVpcs", version=VPC) == FORBIDDEN
    assert ci.call("GetCallerIdentity", version=STS)["IdentityType"] == "RAMUser"


def test_the_account_itself_may_do_everything(alice: Person) -> None:
    """No policy holds it back; there is nothing to attach one to."""
    a_policy(alice, "deny", deny("*"))

    alice.call("DescribeImages")


def test_a_policy_holds_from_the_next_call_on_until_it_is_taken_off(alice: Person) -> None:
    """However often it was asked in between."""
    ci = a_user(alice)
    image = an_image(alice)
    policy = a_policy(alice, "list", statement(f"ecs:{LIST}"))
    seen = [may_list(ci, image)]

    attach(alice, "ci", policy)
    seen.append(may_list(ci, image))
    alice.call("DetachPolicyFromUser", version=RAM, UserName="ci", PolicyName=policy, PolicyType="Custom")
    seen.append(may_list(ci, image))
    attach(alice, "ci", policy)
    alice.call("DeletePolicy", version=RAM, PolicyName=policy, CascadingDelete=True)
    a_policy(alice, "list", statement(f"ecs:{LIST}"))
    seen.append(may_list(ci, image))

    assert seen == [False, True, False, False]


def test_what_a_refused_call_would_have_changed_changes_nobodys_rights(alice: Person) -> None:
    """An attachment that is refused leaves what was read before as it is."""
    ci = a_user(alice, "ci", statement(f"ecs:{LIST}"))
    image = an_image(alice)
    before = may_list(ci, image)

    refusal = alice.refused(
        "AttachPolicyToUser", version=RAM, UserName="ci", PolicyName="none", PolicyType="Custom"
    )

    assert refusal.code == "EntityNotExist.Policy"
    assert (before, may_list(ci, image)) == (True, True)


def test_what_denies_wins(alice: Person) -> None:
    """Wherever it stands, over whatever allows; the answer says so."""
    ci = a_user(alice, "ci", deny("ecs:*Share*"), system="AdministratorAccess")
    image = an_image(alice)

    ci.call("DescribeImages")
    reply = ci.send(SHARE, ImageId=image, AddAccount=["1"])

    assert json.loads(reply.body)["AccessDeniedDetail"]["NoPermissionType"] == "ExplicitDeny"
    assert ci.refused(LIST, ImageId=image) == FORBIDDEN


def test_a_refusal_says_who_was_denied_what(alice: Person) -> None:
    """In the fields of the provider's, and nothing of the policies."""
    ci = a_user(alice, "ci", statement("ecs:DescribeImages"))

    body = json.loads(ci.send("DeleteImage", ImageId=NOT_THERE).body)
    xml = ci.send("DeleteImage", ImageId=NOT_THERE, Format="XML").body.decode()

    assert body["AccessDeniedDetail"] == {
        "AuthAction": "ecs:DeleteImage",
        "AuthPrincipalDisplayName": "ci",
        "AuthPrincipalOwnerId": alice.id,
        "AuthPrincipalType": "SubUser",
        "EncodedDiagnosticMessage": base64.b64encode(body["RequestId"].encode()).decode(),
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    assert "<AccessDeniedDetail><AuthAction>ecs:DeleteImage</AuthAction>" in xml
    assert "ci-policy" not in body["Message"] + xml


def test_the_account_is_not_told_of_policies(alice: Person) -> None:
    """An ordinary refusal has no such fields."""
    body = json.loads(alice.send("DeleteImage", ImageId=NOT_THERE).body)

    assert "AccessDeniedDetail" not in body


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [
        ("*", True),
        ("acs:ecs:*:*:image/*", True),
        ("acs:ecs:*:{account}:image/{image}", True),
        (f"acs:ecs:{REGION}:{{account}}:image/m-?p1*", True),
        ("acs:ecs:*:*:image/m-bp1other", False),
        ("acs:ecs:cn-beijing:*:image/*", False),
        ("acs:ecs:*:1234567890123456:image/*", False),
        ("acs:ecs:*:*:instance/*", False),
        ("acs:vpc:*:*:image/*", False),
    ],
)
def test_a_statement_is_about_the_resources_that_it_names(
    alice: Person, resource: str, allowed: bool
) -> None:
    """Region, account, kind and id; wildcards stand for any."""
    image = an_image(alice)
    named = resource.format(account=alice.id, image=image)
    ci = a_user(alice, "ci", statement("ecs:*", named))

    assert may_list(ci, image) is allowed


def test_every_resource_that_a_call_names_needs_a_right(alice: Person) -> None:
    """An instance is made from an image, in a network, with a group; one that is missing is enough."""
    image = an_image(alice)
    vpc = alice.call("CreateVpc", version=VPC, CidrBlock="10.0.0.0/8")["VpcId"]
    alice.world.later()
    vswitch = alice.call(
        "CreateVSwitch", version=VPC, VpcId=vpc, ZoneId=f"{REGION}-h", CidrBlock="10.1.0.0/16"
    )["VSwitchId"]
    group = alice.call("CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]
    alice.world.later()
    given = {
        "ImageId": image,
        "InstanceType": "ecs.g6.large",
        "VSwitchId": vswitch,
        "SecurityGroupId": group,
    }
    needed = [
        "acs:ecs:*:*:instance/*",
        f"acs:ecs:*:*:image/{image}",
        f"acs:ecs:*:*:securitygroup/{group}",
        f"acs:vpc:*:*:vswitch/{vswitch}",
    ]
    for number, missing in enumerate(needed):
        rest = [one for one in needed if one != missing]
        lacking = a_user(alice, f"lacks-{number}", statement("ecs:RunInstances", rest))
        assert lacking.refused("RunInstances", **given) == FORBIDDEN

    a_user(alice, "enough", statement("ecs:RunInstances", needed)).call("RunInstances", **given)


def test_each_of_several_ids_needs_a_right(alice: Person) -> None:
    """In a list with commas as in one of JSON: nothing hides behind another."""
    first, second = an_image(alice, "m-bp1first"), an_image(alice, "m-bp1second")
    ci = a_user(alice, "ci", statement("ecs:*"), deny("ecs:*", arn(alice, second)))
    instances = [an_instance(alice, id) for id in ("i-bp1a", "i-bp1b")]
    alice.call("CreateKeyPair", KeyPairName="pair")
    limited = a_user(
        alice, "limited", statement("ecs:*"), deny("ecs:*", f"acs:ecs:*:*:instance/{instances[1]}")
    )

    assert images_seen(ci, ImageId=first) == [first]
    assert ci.refused("DescribeImages", ImageId=f"{first},{second}") == FORBIDDEN
    assert ci.refused("DescribeImages", ImageId=f"{first}, {second}") == FORBIDDEN
    for ids in ('["i-bp1b"]', '["i-bp1a", "i-bp1b"]'):
        assert limited.refused("AttachKeyPair", KeyPairName="pair", InstanceIds=ids) == FORBIDDEN
    limited.call("AttachKeyPair", KeyPairName="pair", InstanceIds='["i-bp1a"]')


def test_tags_are_put_on_what_one_has_a_right_on(alice: Person) -> None:
    """Its kind and its ids are those that the call names, each by itself."""
    first, second = an_image(alice, "m-bp1first"), an_image(alice, "m-bp1second")
    tag = {"ResourceType": "image", "Tag": [{"Key": "team", "Value": "images"}]}
    ci = a_user(alice, "ci", statement("ecs:*"), deny("ecs:*", arn(alice, second)))
    limited = a_user(alice, "limited", statement("ecs:TagResources", arn(alice, first)))

    for user in (ci, limited):
        assert user.refused("TagResources", ResourceId=[first, second], **tag) == FORBIDDEN
        user.call("TagResources", ResourceId=[first], **tag)


def test_the_account_of_a_resource_is_the_callers(alice: Person, bob: Person) -> None:
    """Another's image that is shared with it is named by the account that uses it."""
    image = an_image(alice)
    alice.call(SHARE, ImageId=image, AddAccount=[bob.id])
    given = {"ImageId": image, "InstanceType": "ecs.g6.large"}
    own = f"acs:ecs:*:{bob.id}:image/{image}"
    runs = a_user(bob, "runs", statement("ecs:RunInstances", [own, "acs:ecs:*:*:instance/*"]))
    theirs = [arn(alice, image), "acs:ecs:*:*:instance/*"]

    runs.call("RunInstances", **given)
    lacks = a_user(bob, "lacks", statement("ecs:RunInstances", theirs))
    assert lacks.refused("RunInstances", **given) == FORBIDDEN


def test_rights_and_the_image_are_asked_for_in_this_order(alice: Person, mallory: Person) -> None:
    """Who may act, then learns whether the image is there for the account; a policy opens no other's."""
    image = an_image(alice)
    ci = a_user(mallory, "ci", statement("ecs:*"))
    nobody = a_user(mallory, "nobody")

    assert nobody.refused("DeleteImage", ImageId=image) == FORBIDDEN
    assert ci.refused("DeleteImage", ImageId=image).code == "InvalidImageId.NotFound"


def test_shape_comes_before_rights(alice: Person) -> None:
    """Pinned, since clients see it: parameters, then policies, then existence."""
    ci = a_user(alice)

    assert ci.refused(LIST).code == "MissingParameter"
    assert ci.refused(LIST, ImageId=NOT_THERE, PageSize=1000).code == "InvalidParameter"
    assert ci.refused(LIST, ImageId=NOT_THERE) == FORBIDDEN


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}, True),
        ({"IpAddress": {"acs:SourceIp": "192.168.0.0/16"}}, False),
        ({"NotIpAddress": {"acs:SourceIp": "10.1.1.0/24"}}, False),
        ({"Bool": {"acs:SecureTransport": "true"}}, True),
        ({"Bool": {"acs:SecureTransport": False}}, False),
        ({"Bool": {"acs:MFAPresent": "true"}}, False),
        ({"DateLessThan": {"acs:CurrentTime": "2026-03-01T08:00:01Z"}}, True),
        ({"DateGreaterThan": {"acs:CurrentTime": "2026-03-01T16:00:00+08:00"}}, False),
        ({"StringEquals": {"acs:ResourceTag/team": "images"}}, True),
        ({"StringEquals": {"ecs:tag/team": "others"}}, False),
        ({"StringEquals": {"acs:Unknown": "x"}}, False),
        ({"StringEqualsIfExists": {"acs:Unknown": "x"}}, True),
    ],
    ids=str,
)
def test_conditions_ask_about_the_call(alice: Person, condition: dict[str, Any], allowed: bool) -> None:
    """Where it comes from, how, when, and what the resource is labelled."""
    image = alice.call("CreateImage", InstanceId=an_instance(alice), Tag=[{"Key": "team", "Value": "images"}])
    alice.world.clock.offset = 0
    ci = a_user(alice, "ci", statement("ecs:*", Condition=condition))
    ci.client, ci.secure = "10.1.1.1", True

    assert may_list(ci, image["ImageId"]) is allowed


@pytest.mark.parametrize(
    ("condition", "image", "allowed"),
    [
        ({"ecs:ImageSource": "system"}, SYSTEM_IMAGE, True),
        ({"ecs:ImageSource": "system"}, "own", False),
        ({"ecs:ImageSource": "self"}, "own", True),
        ({"ecs:ImageSource": "others"}, "received", True),
        ({"ecs:ImageOwnerId": "{alice}"}, "received", True),
        ({"ecs:ImageOwnerId": "{alice}"}, "own", False),
        ({"ecs:ImagePlatform": "Ubuntu"}, SYSTEM_IMAGE, True),
        ({"ecs:ImagePlatform": "CentOS"}, SYSTEM_IMAGE, False),
    ],
    ids=str,
)
def test_conditions_ask_about_the_image(
    alice: Person, bob: Person, condition: dict[str, str], image: str, allowed: bool
) -> None:
    """Where it comes from and whose it is: a user may be held to images that its account trusts."""
    ids = {"own": an_image(bob, "m-bp1own"), "received": an_image(alice, "m-bp1received")}
    alice.call(SHARE, ImageId=ids["received"], AddAccount=[bob.id])
    wanted = {key: value.format(alice=alice.id) for key, value in condition.items()}
    ci = a_user(bob, "ci", statement("ecs:*", Condition={"StringEquals": wanted}))

    given = {"ImageId": ids.get(image, image), "InstanceType": "ecs.g6.large"}

    assert (ci.send("RunInstances", **given).code != "Forbidden.RAM") is allowed


def test_conditions_learn_nothing_of_an_image_that_is_not_shared(alice: Person, mallory: Person) -> None:
    """Its owner isn't told to whoever writes policies."""
    image = an_image(alice)
    guess = {"StringEquals": {"ecs:ImageOwnerId": alice.id}}
    ci = a_user(mallory, "ci", statement("ecs:*", Condition=guess))

    refusal = ci.refused("RunInstances", ImageId=image, InstanceType="ecs.g6.large")

    assert refusal == FORBIDDEN


def test_tags_of_what_is_made_are_those_of_the_call(alice: Person) -> None:
    """As acs:RequestTag, and as the new resource's own."""
    instance = an_instance(alice)
    tagged = {"InstanceId": instance, "Tag": [{"Key": "team", "Value": "images"}]}
    for number, key in enumerate(("acs:RequestTag/team", "acs:ResourceTag/team")):
        wanted = statement("ecs:*", "acs:ecs:*:*:image/*", Condition={"StringEquals": {key: "images"}})
        ci = a_user(alice, f"ci-{number}", wanted, statement("ecs:*", "acs:ecs:*:*:instance/*"))

        assert ci.refused("CreateImage", InstanceId=instance) == FORBIDDEN
        ci.call("CreateImage", **tagged)
        alice.world.later(600)


def test_a_role_is_handed_on_by_whoever_may(alice: Person) -> None:
    """An instance's role gives its rights to whoever is on it, so that it takes a right of its own."""
    make_role(alice, "Reader", "ecs.aliyuncs.com")
    given = {"ImageId": an_image(alice), "InstanceType": "ecs.g6.large", "RamRoleName": "Reader"}
    without = a_user(alice, "without", system="AliyunECSFullAccess")
    role = f"acs:ram:*:{alice.id}:role/Reader"
    having = a_user(alice, "having", statement("ram:PassRole", role), system="AliyunECSFullAccess")

    assert without.refused("RunInstances", **given) == Refusal.of(errors.PASS_ROLE_FORBIDDEN())
    having.call("RunInstances", **given)


def test_policies_say_nothing_about_lists_of_others_images(alice: Person) -> None:
    """Source: DescribeImages, ImageOwnerAlias (2025): `system` and `others` are listed to every user."""
    ci = a_user(alice)

    ci.call("DescribeImages", ImageOwnerAlias="system")
    ci.call("DescribeImages", ImageOwnerAlias="others")
    assert ci.refused("DescribeImages", ImageOwnerAlias="self") == FORBIDDEN


@pytest.mark.parametrize("system", ["AliyunECSReadOnlyAccess", "ReadOnlyAccess"])
def test_a_reader_reads(alice: Person, system: str) -> None:
    """And changes nothing."""
    ci = a_user(alice, "ci", system=system)
    image = an_image(alice)

    assert images_seen(ci) == [image]
    assert ci.refused("DeleteImage", ImageId=image) == FORBIDDEN


def test_a_user_calls_for_its_account(alice: Person, bob: Person) -> None:
    """What it makes is the account's, and what it shares is shared by it."""
    ci = a_user(alice, "ci", system="AliyunECSFullAccess")
    image = an_image(alice)

    ci.call(SHARE, ImageId=image, AddAccount=[bob.id])

    assert images_seen(bob) == [image]


def test_a_key_of_kms_is_meant_by_whatever_name(alice: Person) -> None:
    """An alias doesn't get round what is denied on the key."""
    key = alice.call("CreateKey", version="2016-01-20")["KeyMetadata"]["KeyId"]
    alice.call("CreateAlias", version="2016-01-20", KeyId=key, AliasName="alias/mine")
    ci = a_user(alice, "ci", statement("kms:*"), deny("kms:*", f"acs:kms:*:*:key/{key}"))

    for name in (key, "alias/mine", f"acs:kms:{REGION}:{alice.id}:key/{key}"):
        assert ci.refused("DisableKey", version="2016-01-20", KeyId=name) == Refusal(
            400, "Forbidden.NoPermission", "This operation is forbidden by permission system."
        )


@pytest.mark.parametrize("name", ["OwnerAccount", "ResourceOwnerAccount"])
def test_an_account_is_named_by_itself_and_its_users(alice: Person, bob: Person, name: str) -> None:
    """By id, by name, by a login name; another's is refused, whatever it is called."""
    ci = a_user(alice, "ci", system="AliyunECSReadOnlyAccess")
    a_user(bob, "builder")
    right = [alice.id, "alice", "alice@aliyun.com", "ci", "ci@alice", f"ci@{alice.id}.onaliyun.com"]
    wrong = [bob.id, "bob", "builder", "ci@bob", f"builder@{alice.id}", "nobody", f"ci@{bob.id}.onaliyun.com"]

    for caller in (alice, ci):
        for text in right:
            caller.call("DescribeImages", **{name: text})
        for text in wrong:
            assert caller.refused("DescribeImages", **{name: text}) == Refusal.of(errors.OWNER_ACCOUNT())


@pytest.mark.parametrize("name", ["OwnerId", "ResourceOwnerId"])
def test_an_account_is_named_by_its_id(alice: Person, bob: Person, name: str) -> None:
    """Only the caller's own."""
    alice.call("DescribeImages", **{name: alice.id})

    assert alice.refused("DescribeImages", **{name: bob.id}) == Refusal.of(errors.OWNER_ACCOUNT())


def test_a_session_may_what_role_and_session_both_allow(alice: Person) -> None:
    """The session's policy narrows, and gives nothing."""
    image = an_image(alice)
    role = a_role(
        alice, "Reader", trusting(f"acs:ram::{alice.id}:root"), statement(["ecs:Describe*", f"ecs:{SHARE}"])
    )
    ci = a_user(alice, "ci", system="AliyunSTSAssumeRoleAccess")
    narrow = json.dumps({"Version": "1", "Statement": [statement("ecs:DescribeImage*")]})

    whole, narrowed = assume(ci, role), assume(ci, role, Policy=narrow)
    reply = json.loads(narrowed.send(SHARE, ImageId=image).body)

    assert may_list(whole, image)
    assert may_list(narrowed, image)
    whole.call(SHARE, ImageId=image)
    assert whole.refused("DeleteImage", ImageId=image) == FORBIDDEN
    assert narrowed.refused("DescribeRegions") == FORBIDDEN
    assert reply["AccessDeniedDetail"]["PolicyType"] == "SessionPolicy"
    assert reply["AccessDeniedDetail"]["AuthPrincipalType"] == "AssumedRoleUser"
    assert reply["AccessDeniedDetail"]["AuthPrincipalDisplayName"].endswith(":session")
