"""Keys: made, found, named, disabled, deleted after a while; and everything that is refused."""

import json
from typing import Any

import pytest

from localyun import catalogue
from localyun.model.limits import Limits
from tests.operations.keys import a_key, kms, kms_refused, state
from tests.operations.ram.made import a_user, statement
from tests.people import Person, Refusal, World

DAY = 24 * 60 * 60
MALFORMED = Refusal(400, "InvalidParameter", "The specified parameter is not valid.")
UNSUPPORTED = Refusal(400, "UnsupportedOperation", "This action is not supported.")
NO_KEY = Refusal(404, "Forbidden.KeyNotFound", "The specified Key is not found.")
NO_ALIAS = Refusal(404, "Forbidden.AliasNotFound", "The specified Alias is not found.")
NOT_THERE = "00000000-0000-4000-8000-000000000000"


def test_a_key_is_described(alice: Person) -> None:
    """A plain one is symmetric, for encryption, the account's own, and isn't rotated."""
    made = kms(alice, "CreateKey", Description="for disks")["KeyMetadata"]

    described = kms(alice, "DescribeKey", KeyId=made["KeyId"])["KeyMetadata"]

    assert described == {
        **made,
        "DeletionProtection": "Disabled",
        "DeletionProtectionDescription": "",
    }
    assert made == {
        "KeyId": made["KeyId"],
        "Arn": f"acs:kms:cn-hangzhou:{alice.id}:key/{made['KeyId']}",
        "AutomaticRotation": "Disabled",
        "CreationDate": "2026-03-01T08:00:00Z",
        "Creator": alice.id,
        "DKMSInstanceId": "",
        "DeleteDate": "",
        "Description": "for disks",
        "KeySpec": "Aliyun_AES_256",
        "KeyState": "Enabled",
        "KeyUsage": "ENCRYPT/DECRYPT",
        "LastRotationDate": "",
        "MaterialExpireTime": "",
        "NextRotationDate": "",
        "Origin": "Aliyun_KMS",
        "PrimaryKeyVersion": made["PrimaryKeyVersion"],
        "ProtectionLevel": "SOFTWARE",
        "RotationInterval": "",
    }


def test_the_tags_of_keys_are_listed(alice: Person) -> None:
    """Those of the keys that are named, or that have the tags asked for; other things have none here."""
    tags = json.dumps([{"TagKey": "team", "TagValue": "images"}])
    plain, tagged = a_key(alice), kms(alice, "CreateKey", Tags=tags)["KeyMetadata"]["KeyId"]
    expected = [{"ResourceType": "key", "ResourceId": tagged, "TagKey": "team", "TagValue": "images"}]

    def listed(**how: Any) -> list[dict[str, str]]:
        answer = kms(alice, "ListTagResources", ResourceType="key", **how)
        assert answer["NextToken"] == ""
        return list(answer["TagResources"]["TagResource"])

    assert listed() == listed(ResourceId=[plain, tagged]) == listed(Tag=[{"Key": "team"}]) == expected
    assert listed(ResourceId=[plain]) == listed(Tag=[{"Key": "team", "Value": "x"}]) == []
    assert kms_refused(alice, "ListTagResources", ResourceType="key", ResourceId=[NOT_THERE]) == NO_KEY
    assert kms_refused(alice, "ListTagResources", ResourceType="secret") == MALFORMED


def test_a_key_is_found_by_resource_name_and_alias(alice: Person) -> None:
    """All three spellings, and the alias's own resource name, name the same key."""
    key = a_key(alice)
    kms(alice, "CreateAlias", KeyId=key, AliasName="alias/disks")
    (alias,) = kms(alice, "ListAliases")["Aliases"]["Alias"]

    names = (f"acs:kms:cn-hangzhou:{alice.id}:key/{key}", "alias/disks", alias["AliasArn"])

    assert alias == {
        "KeyId": key,
        "AliasName": "alias/disks",
        "AliasArn": f"acs:kms:cn-hangzhou:{alice.id}:alias/disks",
    }
    assert {kms(alice, "DescribeKey", KeyId=name)["KeyMetadata"]["KeyId"] for name in names} == {key}


def test_the_material_of_a_key_turns(alice: Person) -> None:
    """After the interval the key has another version, and both dates move on; a disabled one says so."""
    key = a_key(alice, EnableAutomaticRotation=True, RotationInterval="30d")
    before = kms(alice, "DescribeKey", KeyId=key)["KeyMetadata"]

    alice.world.later(31 * DAY)
    after = kms(alice, "DescribeKey", KeyId=key)["KeyMetadata"]
    kms(alice, "DisableKey", KeyId=key)

    assert (before["LastRotationDate"], before["NextRotationDate"]) == (
        "2026-03-01T08:00:00Z",
        "2026-03-31T08:00:00Z",
    )
    assert (after["LastRotationDate"], after["NextRotationDate"]) == (
        "2026-03-31T08:00:00Z",
        "2026-04-30T08:00:00Z",
    )
    assert (before["AutomaticRotation"], before["RotationInterval"]) == ("Enabled", "30d")
    assert after["PrimaryKeyVersion"] != before["PrimaryKeyVersion"]
    assert kms(alice, "DescribeKey", KeyId=key)["KeyMetadata"]["AutomaticRotation"] == "Suspended"


def test_a_key_is_disabled_and_enabled(alice: Person) -> None:
    """Either may be said twice."""
    key = a_key(alice)

    for _ in range(2):
        kms(alice, "DisableKey", KeyId=key)
    disabled = state(alice, key)
    for _ in range(2):
        kms(alice, "EnableKey", KeyId=key)

    assert (disabled, state(alice, key)) == ("Disabled", "Enabled")


def test_a_key_is_gone_after_its_window(alice: Person) -> None:
    """It says when; until then it is PendingDeletion, from then on neither it nor its alias is there."""
    key = a_key(alice)
    kms(alice, "CreateAlias", KeyId=key, AliasName="alias/disks")
    kms(alice, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)

    pending = kms(alice, "DescribeKey", KeyId=key)["KeyMetadata"]
    alice.world.later(7 * DAY - 1)
    still = state(alice, key)
    alice.world.later(1)

    assert (pending["KeyState"], pending["DeleteDate"]) == ("PendingDeletion", "2026-03-08T08:00:00Z")
    assert still == "PendingDeletion"
    assert kms_refused(alice, "DescribeKey", KeyId=key) == NO_KEY
    assert kms_refused(alice, "DescribeKey", KeyId="alias/disks") == NO_ALIAS
    assert kms(alice, "ListKeys")["TotalCount"] == 0
    assert kms(alice, "ListAliases")["TotalCount"] == 0
    assert kms(alice, "CreateAlias", KeyId=a_key(alice), AliasName="alias/disks")


def test_keys_are_listed_newest_first_and_by_page(alice: Person) -> None:
    """Each page has its part, with resource names."""
    keys = []
    for _ in range(3):
        keys.append(a_key(alice))
        alice.world.later(1)

    first, second = (kms(alice, "ListKeys", PageSize=2, PageNumber=number) for number in (1, 2))

    assert [key["KeyId"] for page in (first, second) for key in page["Keys"]["Key"]] == keys[::-1]
    assert (first["TotalCount"], first["PageNumber"], first["PageSize"]) == (3, 1, 2)
    assert second["Keys"]["Key"][0]["KeyArn"].endswith(keys[0])


@pytest.mark.parametrize(
    ("key", "values", "found"),
    [
        ("KeyState", ["Enabled"], {"signing", "plain", "hard"}),
        ("KeyState", ["Disabled", "PendingImport"], {"disabled", "external"}),
        ("KeySpec", ["RSA_2048"], {"signing"}),
        ("KeyUsage", ["SIGN/VERIFY"], {"signing"}),
        ("ProtectionLevel", ["HSM"], {"hard"}),
        ("CreatorType", ["Service"], set()),
        ("CreatorType", ["User"], {"signing", "plain", "hard", "disabled", "external"}),
        ("DKMSInstanceId", ["kst-1"], set()),
    ],
)
def test_keys_are_filtered(alice: Person, key: str, values: list[str], found: set[str]) -> None:
    """By what they are and what state they are in; several values are alternatives."""
    keys = {
        "plain": a_key(alice),
        "signing": a_key(alice, KeySpec="RSA_2048", KeyUsage="SIGN/VERIFY"),
        "hard": a_key(alice, ProtectionLevel="HSM"),
        "external": a_key(alice, Origin="EXTERNAL"),
        "disabled": a_key(alice),
    }
    kms(alice, "DisableKey", KeyId=keys["disabled"])

    listed = kms(alice, "ListKeys", PageSize=50, Filters=json.dumps([{"Key": key, "Values": values}]))

    names = {id: name for name, id in keys.items()}
    assert {names[one["KeyId"]] for one in listed["Keys"]["Key"]} == found


@pytest.mark.parametrize("filters", ["[", '[{"Key": "Color", "Values": ["red"]}]', '[{"Key": "KeyState"}]'])
def test_malformed_filters_are_refused(alice: Person, filters: str) -> None:
    """They are a JSON array of known keys, each with values."""
    assert kms_refused(alice, "ListKeys", Filters=filters) == Refusal(
        400, "InvalidParameter", 'The specified parameter "Filters" is not valid.'
    )


def test_keys_are_of_their_region_and_account(alice: Person, bob: Person) -> None:
    """By RegionId, or by the region in the host's name; nobody else sees them."""
    key = a_key(alice, RegionId="cn-beijing")

    assert kms(alice, "ListKeys")["TotalCount"] == 0
    assert kms_refused(alice, "DescribeKey", KeyId=key) == NO_KEY
    assert kms(alice, "ListKeys", RegionId="cn-beijing")["TotalCount"] == 1
    assert kms(alice, "DescribeKey", RegionId="cn-beijing", KeyId=key)["KeyMetadata"]["Arn"].startswith(
        "acs:kms:cn-beijing:"
    )
    assert kms_refused(bob, "DescribeKey", RegionId="cn-beijing", KeyId=key) == NO_KEY


POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": ["kms:*"]}]})

REFUSED: list[tuple[str, dict[str, Any], Refusal]] = [
    ("CreateKey", {"KeyUsage": "ANYTHING"}, MALFORMED),
    ("CreateKey", {"Origin": "Elsewhere"}, MALFORMED),
    ("CreateKey", {"ProtectionLevel": "NONE"}, MALFORMED),
    ("CreateKey", {"KeySpec": "DES"}, MALFORMED),
    ("CreateKey", {"Description": "x" * 8193}, MALFORMED),
    ("CreateKey", {"RotationInterval": "30d"}, MALFORMED),
    ("CreateKey", {"EnableAutomaticRotation": True}, MALFORMED),
    ("CreateKey", {"EnableAutomaticRotation": True, "RotationInterval": "6d"}, MALFORMED),
    ("CreateKey", {"Tags": "color"}, MALFORMED),
    ("CreateKey", {"Tags": json.dumps([{"TagKey": f"k{n}"} for n in range(21)])}, MALFORMED),
    ("CreateKey", {"Policy": "everybody"}, MALFORMED),
    ("CreateKey", {"Policy": POLICY + " " * 32_768}, MALFORMED),
    ("CreateKey", {"KeyUsage": "SIGN/VERIFY"}, UNSUPPORTED),
    ("CreateKey", {"KeySpec": "EC_P256"}, UNSUPPORTED),
    (
        "CreateKey",
        {"KeySpec": "RSA_2048", "EnableAutomaticRotation": True, "RotationInterval": "30d"},
        UNSUPPORTED,
    ),
    (
        "CreateKey",
        {"Origin": "EXTERNAL", "EnableAutomaticRotation": True, "RotationInterval": "30d"},
        UNSUPPORTED,
    ),
    (
        "CreateKey",
        {"DKMSInstanceId": "kst-hzz1"},
        Refusal(403, "Forbidden.DKMSInstanceNotFound", "The specified DKMS Instance is not found."),
    ),
    ("DescribeKey", {"KeyId": "no key"}, MALFORMED),
    ("DescribeKey", {"KeyId": NOT_THERE}, NO_KEY),
    ("DescribeKey", {"KeyId": "alias/none"}, NO_ALIAS),
    ("EnableKey", {"KeyId": "no key"}, MALFORMED),
    ("EnableKey", {"KeyId": NOT_THERE}, NO_KEY),
    ("DisableKey", {"KeyId": "no key"}, MALFORMED),
    ("DisableKey", {"KeyId": NOT_THERE}, NO_KEY),
    ("ScheduleKeyDeletion", {"KeyId": NOT_THERE, "PendingWindowInDays": 7}, NO_KEY),
    ("ScheduleKeyDeletion", {"KeyId": NOT_THERE, "PendingWindowInDays": 6}, MALFORMED),
    ("ScheduleKeyDeletion", {"KeyId": NOT_THERE, "PendingWindowInDays": 367}, MALFORMED),
    ("CreateAlias", {"KeyId": NOT_THERE, "AliasName": "alias/a"}, NO_KEY),
    ("CreateAlias", {"KeyId": NOT_THERE, "AliasName": "disks"}, MALFORMED),
    ("CreateAlias", {"KeyId": NOT_THERE, "AliasName": "alias/acs/ecs"}, MALFORMED),
    ("CreateAlias", {"KeyId": "alias/b", "AliasName": "alias/a"}, MALFORMED),
    ("ListAliases", {"PageSize": 101}, MALFORMED),
]


@pytest.mark.parametrize(("action", "parameters", "refusal"), REFUSED)
def test_what_is_refused(alice: Person, action: str, parameters: dict[str, Any], refusal: Refusal) -> None:
    """What doesn't fit, doesn't go together, or isn't there; and nothing is changed."""
    assert kms_refused(alice, action, **parameters) == refusal
    assert kms(alice, "ListKeys")["TotalCount"] == 0


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("EnableKey", {}),
        ("DisableKey", {}),
        ("ScheduleKeyDeletion", {"PendingWindowInDays": 30}),
        ("CreateAlias", {"AliasName": "alias/late"}),
    ],
)
def test_a_key_that_waits_for_its_deletion_stays_as_it_is(
    alice: Person, action: str, parameters: dict[str, Any]
) -> None:
    """Its state, its date and its names are settled."""
    key = a_key(alice)
    kms(alice, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    before = kms(alice, "DescribeKey", KeyId=key)["KeyMetadata"]

    assert kms_refused(alice, action, KeyId=key, **parameters) == MALFORMED
    assert kms(alice, "DescribeKey", KeyId=key)["KeyMetadata"] == before


def test_an_alias_is_one_keys(alice: Person, bob: Person) -> None:
    """Another key can't take it, another account can have the same."""
    kms(alice, "CreateAlias", KeyId=a_key(alice), AliasName="alias/disks")
    kms(bob, "CreateAlias", KeyId=a_key(bob), AliasName="alias/disks")

    assert kms_refused(alice, "CreateAlias", KeyId=a_key(alice), AliasName="alias/disks") == MALFORMED


def test_a_key_without_material_can_not_be_enabled(alice: Person) -> None:
    """It waits for its material."""
    key = a_key(alice, Origin="EXTERNAL")

    assert kms_refused(alice, "EnableKey", KeyId=key) == MALFORMED
    assert state(alice, key) == "PendingImport"


def test_there_are_only_so_many_keys(make_world: Any) -> None:
    """The quota is of an account in a region; a key that is gone doesn't count."""
    world: World = make_world(limits=Limits(keys_per_region=2))
    carol = world.person("carol")
    key = a_key(carol)
    a_key(carol)
    a_key(carol, RegionId="cn-beijing")

    refusal = kms_refused(carol, "CreateKey")
    kms(carol, "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    world.later(7 * DAY)

    assert refusal == Refusal(
        400,
        "Rejected.LimitExceeded",
        "The request was rejected because user create resource limit was exceeded",
    )
    assert a_key(carol)


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("kms.cn-beijing.aliyuncs.com", "cn-beijing"),
        ("kms.cn-beijing.localhost:4577", "cn-beijing"),
        ("kms.aliyuncs.com", "cn-hangzhou"),
        ("127.0.0.1:4577", "cn-hangzhou"),
        ("", "cn-hangzhou"),
    ],
)
def test_the_region_of_an_address(host: str, region: str) -> None:
    """It is the label of the host's name that is a region, else the default."""
    assert catalogue.region_of_host(host) == region


def test_users_need_a_policy_for_keys(alice: Person) -> None:
    """One that allows a single key lets nothing else be done."""
    key, other = a_key(alice), a_key(alice)
    resource = f"acs:kms:cn-hangzhou:{alice.id}:key/{key}"
    user = a_user(alice, "ci", statement("kms:DescribeKey", resource))
    denied = Refusal(400, "Forbidden.NoPermission", "This operation is forbidden by permission system.")

    assert state(user, key) == "Enabled"
    assert kms_refused(user, "DescribeKey", KeyId=other) == denied
    assert kms_refused(user, "CreateKey") == denied


@pytest.mark.parametrize("action", ["CancelKeyDeletion", "Encrypt", "TagResource"])
def test_what_keys_can_do_elsewhere_is_refused_by_name(alice: Person, action: str) -> None:
    """Not as if the provider had no such operation."""
    assert kms_refused(alice, action) == Refusal(
        400, f"UnsupportedOperation.{action}", f"localyun does not emulate the operation {action}."
    )
