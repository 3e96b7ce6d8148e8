"""Key pairs: made, imported, put on instances, deleted."""

import hashlib
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from localyun.model.limits import Limits
from tests.operations.made_instances import WINDOWS, run, seen
from tests.people import Person, Refusal, World

PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMWMOFJBlRGU6+Twe3JjSvsuU2G8lxAyrcX+nz3+tDcS me@home"
NOT_A_NAME = Refusal(400, "InvalidKeyPairName.Malformed", "Specified Key Pair name is not valid.")
TAKEN = Refusal(400, "KeyPair.AlreadyExist", "The key pair already exist.")
NO_ROOM = Refusal(403, "QuotaExceed.KeyPair", "The key pair quota exceeds.")
NOT_FOUND = Refusal(
    400, "InvalidKeyPairName.NotFound", "The specified KeyPairName does not exist in our records."
)
NOT_INSTANCES = Refusal(
    400, "InvalidInstanceIds.ValueNotSupported", "The specified parameter InstanceIds is not valid."
)
TOO_MANY_INSTANCES = Refusal(
    403, "InstanceKeyPairLimitExceeded", "The specified instances are beyond the permitted range."
)
NO_GROUP = Refusal(
    404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records."
)
NOT_NAMES = Refusal(
    400, "InvalidKeyPairNames.ValueNotSupported", 'The specified parameter "KeyPairNames" is not valid.'
)


def listed(person: Person, **parameters: Any) -> list[dict[str, Any]]:
    """Return what DescribeKeyPairs lists."""
    shown: list[dict[str, Any]] = person.call("DescribeKeyPairs", **parameters)["KeyPairs"]["KeyPair"]
    return shown


def names(person: Person, **parameters: Any) -> list[str]:
    """Return the names of the key pairs that are listed."""
    return [one["KeyPairName"] for one in listed(person, **parameters)]


def a_key_pair(person: Person, name: str = "web", **parameters: Any) -> str:
    """Import a key pair; return its name."""
    person.call("ImportKeyPair", KeyPairName=name, PublicKeyBody=PUBLIC, **parameters)
    return name


def test_the_private_key_belongs_to_the_public_one(alice: Person) -> None:
    """The answer holds an RSA key of 2048 bits, whose other half is listed with its fingerprint."""
    made = alice.call("CreateKeyPair", KeyPairName="web")
    (shown,) = listed(alice, IncludePublicKey=True)

    key = serialization.load_pem_private_key(made["PrivateKeyBody"].encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == 2048
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    assert shown["PublicKey"] == public.decode()
    assert made["PrivateKeyBody"].startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert made["KeyPairFingerPrint"] == shown["KeyPairFingerPrint"]
    assert made["KeyPairId"].startswith("ssh-bp1")


def test_two_pairs_differ(alice: Person) -> None:
    """Although this world's other identifiers come from a seed."""
    first, second = (alice.call("CreateKeyPair", KeyPairName=name) for name in ("one", "two"))

    assert first["PrivateKeyBody"] != second["PrivateKeyBody"]


def test_an_imported_key_is_known_by_its_fingerprint(alice: Person) -> None:
    """MD5 over the key itself, whatever the comment behind it says."""
    made = alice.call("ImportKeyPair", KeyPairName="mine", PublicKeyBody=f"{PUBLIC}\n")
    expected = hashlib.md5(b64decode(PUBLIC.split()[1]), usedforsecurity=False).hexdigest()

    assert (made["KeyPairName"], made["KeyPairFingerPrint"]) == ("mine", expected)
    assert len(expected) == 32
    assert [one["PublicKey"] for one in listed(alice, IncludePublicKey=True)] == [PUBLIC]
    assert "PublicKey" not in listed(alice)[0]


def test_pairs_are_listed_by_what_is_asked_for(world: World, alice: Person, mallory: Person) -> None:
    """Newest first, one's own of the region; the name may hold `*`."""
    for name in ("web-1", "web-2", "db"):
        a_key_pair(alice, name, ResourceGroupId=f"rg-{name[0]}", Tag=[{"Key": "for", "Value": name}])
        world.later()
    made = alice.call("CreateKeyPair", KeyPairName="other")
    a_key_pair(mallory, "hers")

    assert names(alice) == ["other", "db", "web-2", "web-1"]
    assert names(alice, PageSize=2, PageNumber=2) == ["web-2", "web-1"]
    assert names(alice, KeyPairName="web*") == ["web-2", "web-1"]
    assert names(alice, KeyPairName="web") == []
    assert names(alice, KeyPairFingerPrint=made["KeyPairFingerPrint"]) == ["other"]
    assert names(alice, ResourceGroupId="rg-d") == ["db"]
    assert names(alice, Tag=[{"Key": "for", "Value": "web-1"}]) == ["web-1"]
    assert names(alice, RegionId="cn-beijing") == []
    assert listed(alice)[1]["Tags"] == {"Tag": [{"TagKey": "for", "TagValue": "db"}]}
    assert alice.call("DescribeKeyPairs")["TotalCount"] == 4


def test_a_name_is_taken_within_one_region_of_one_account(alice: Person, mallory: Person) -> None:
    """Elsewhere, and by others, it can be used again."""
    a_key_pair(alice)

    assert alice.refused("ImportKeyPair", KeyPairName="web", PublicKeyBody=PUBLIC) == TAKEN
    assert alice.refused("CreateKeyPair", KeyPairName="web") == TAKEN
    assert a_key_pair(alice, RegionId="cn-beijing") == a_key_pair(mallory) == "web"


def test_a_region_holds_so_many_pairs(make_world: Callable[..., World]) -> None:
    """The quota counts those that were made and those that were imported."""
    owner = make_world(limits=Limits(key_pairs_per_region=1)).person("owner")
    a_key_pair(owner)

    assert owner.refused("CreateKeyPair", KeyPairName="more") == NO_ROOM
    assert owner.refused("ImportKeyPair", KeyPairName="more", PublicKeyBody=PUBLIC) == NO_ROOM


TAG = {"Key": "k", "Value": "v"}


@pytest.mark.parametrize(
    ("action", "parameters", "refusal"),
    [
        ("CreateKeyPair", {"KeyPairName": "1st"}, NOT_A_NAME),
        ("CreateKeyPair", {"KeyPairName": "x"}, NOT_A_NAME),
        ("CreateKeyPair", {"KeyPairName": "x" * 129}, NOT_A_NAME),
        ("ImportKeyPair", {"KeyPairName": "http://x", "PublicKeyBody": PUBLIC}, NOT_A_NAME),
        (
            "CreateKeyPair",
            {"KeyPairName": "web", "Tag": [TAG, TAG]},
            Refusal(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
        ),
        (
            "CreateKeyPair",
            {"KeyPairName": "web", "Tag": [{"Key": "acs:k"}]},
            Refusal(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
        ),
        (
            "CreateKeyPair",
            {"KeyPairName": "web", "Tag": [{"Key": "k", "Value": "v" * 129}]},
            Refusal(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
        ),
        (
            "CreateKeyPair",
            {"KeyPairName": "web", "Tag": [{"Key": f"k{n}"} for n in range(21)]},
            Refusal(403, "QuotaExceed.Tags", "There can be 20 tags at most."),
        ),
        (
            "CreateKeyPair",
            {"KeyPairName": "web", "RegionId": "cn-nowhere"},
            Refusal(404, "InvalidRegionId.NotFound", "The RegionId provided does not exist in our records."),
        ),
        (
            "ImportKeyPair",
            {"KeyPairName": "web", "PublicKeyBody": "ssh-rsa AAAA"},
            Refusal(400, "InvalidPublicKeyBody.Malformed", "The PublicKeyBody format is not supported."),
        ),
        (
            "ImportKeyPair",
            {"KeyPairName": "web"},
            Refusal(
                400,
                "MissingParameter",
                'The input parameter "PublicKeyBody" that is mandatory for processing this request is not '
                "supplied.",
            ),
        ),
        (
            "DeleteKeyPairs",
            {},
            Refusal(
                400,
                "MissingParameter",
                'The input parameter "KeyPairNames" that is mandatory for processing this request is not '
                "supplied.",
            ),
        ),
        ("CreateKeyPair", {"KeyPairName": "web", "ResourceGroupId": "group"}, NO_GROUP),
        (
            "ImportKeyPair",
            {"KeyPairName": "web", "PublicKeyBody": PUBLIC, "ResourceGroupId": "group"},
            NO_GROUP,
        ),
        ("DeleteKeyPairs", {"KeyPairNames": "web"}, NOT_NAMES),
        ("DeleteKeyPairs", {"KeyPairNames": "[]"}, NOT_NAMES),
        (
            "DeleteKeyPairs",
            {"KeyPairNames": str([f"k{n}" for n in range(101)]).replace("'", '"')},
            Refusal(
                403,
                "InstanceKeyPairLimitExceeded",
                "Exceeding the allowed amount of instance which will be deleted.",
            ),
        ),
        *(
            (action, {"KeyPairName": "none", "InstanceIds": ids}, refusal)
            for action in ("AttachKeyPair", "DetachKeyPair")
            for ids, refusal in (
                ("i-1", NOT_INSTANCES),
                ("[]", NOT_INSTANCES),
                (str(["i-1"] * 51).replace("'", '"'), TOO_MANY_INSTANCES),
                ('["i-1"]', NOT_FOUND),
            )
        ),
    ],
)
def test_what_is_wrong_is_told(
    alice: Person, action: str, parameters: dict[str, Any], refusal: Refusal
) -> None:
    """Shapes first, then what is there."""
    assert alice.refused(action, **parameters) == refusal
    assert listed(alice) == []


def test_a_pair_is_put_on_instances_and_taken_off(alice: Person) -> None:
    """It takes the place of another one; who has another keeps it."""
    instance, other = run(alice), run(alice)
    both = f'["{instance}","{other}"]'
    for name in ("old", "new"):
        a_key_pair(alice, name)

    answer = alice.call("AttachKeyPair", KeyPairName="old", InstanceIds=both)
    alice.call("AttachKeyPair", KeyPairName="new", InstanceIds=f'["{instance}"]')
    attached = [seen(alice, id)["KeyPairName"] for id in (instance, other)]
    alice.call("DetachKeyPair", KeyPairName="old", InstanceIds=both)
    detached = [seen(alice, id)["KeyPairName"] for id in (instance, other)]

    assert (answer["KeyPairName"], answer["TotalCount"], answer["FailCount"]) == ("old", "2", "0")
    assert answer["Results"]["Result"] == [
        {"Code": "200", "Message": "successful", "InstanceId": id, "Success": "true"}
        for id in (instance, other)
    ]
    assert attached == ["new", "old"]
    assert detached == ["new", ""]


def test_windows_takes_no_key_pair(alice: Person) -> None:
    """The two operations word it differently, by a full stop."""
    instance = run(alice, ImageId=WINDOWS)
    asked = {"KeyPairName": a_key_pair(alice), "InstanceIds": f'["{instance}"]'}
    message = "The instance creating is windows, cannot use ssh key pair to login"

    assert alice.refused("AttachKeyPair", **asked) == Refusal(
        403, "DependencyViolation.WindowsInstance", message
    )
    assert alice.refused("DetachKeyPair", **asked) == Refusal(
        403, "DependencyViolation.WindowsInstance", f"{message}."
    )


def test_anothers_things_look_as_if_they_were_not_there(alice: Person, mallory: Person) -> None:
    """Neither her key pair nor her instance can be named."""
    theirs, mine = run(alice), run(mallory)
    a_key_pair(alice)

    def refused(instance: str) -> Refusal:
        return mallory.refused("AttachKeyPair", KeyPairName="web", InstanceIds=f'["{instance}"]')

    assert refused(mine) == NOT_FOUND
    a_key_pair(mallory)
    assert refused(theirs) == NOT_INSTANCES


def test_a_pair_that_an_instance_has_stays(alice: Person) -> None:
    """None of the pairs named is deleted then; a name that isn't there doesn't matter."""
    instance = run(alice)
    a_key_pair(alice, "used")
    a_key_pair(alice, "unused")
    alice.call("AttachKeyPair", KeyPairName="used", InstanceIds=f'["{instance}"]')

    refused = alice.refused("DeleteKeyPairs", KeyPairNames='["unused","used"]')
    before = names(alice)
    alice.call("DetachKeyPair", KeyPairName="used", InstanceIds=f'["{instance}"]')
    alice.call("DeleteKeyPairs", KeyPairNames='["unused","used","none"]')

    assert refused == Refusal(
        400,
        "InvalidParameter.KeypairAlreadyAttachedInstance",
        'The specified parameter "KeyPairNames" attached to instances can not be deleted.',
    )
    assert sorted(before) == ["unused", "used"]
    assert names(alice) == []
