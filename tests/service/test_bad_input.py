"""What is wrong with a call as such: each fault has one exact answer, and changes nothing."""

import itertools
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from msgspec.structs import replace

from localyun.clock import MINUTE
from localyun.model import AccessKey, Image, Phase, Share
from localyun.wire import times
from localyun.wire.call import FORM, RawRequest
from localyun.wire.render import Reply
from localyun.wire.signing import v1, v3
from localyun.wire.signing.canonical import canonical_query
from tests.people import ECS, REGION, Person, Refusal, World

ACTION = "ModifyImageSharePermission"


@pytest.fixture
def image(world: World, alice: Person) -> str:
    """An image of alice's, put there past the API."""
    with world.app.store.writing(0) as tx:
        tx.put(
            Image(
                id="m-bp1test",
                region=REGION,
                owner=alice.id,
                name="test",
                created_at=0,
                phase=Phase("Available"),
                size=20,
            )
        )
    return "m-bp1test"


def v1_parameters(person: Person, nonce: str = "n", **parameters: str) -> dict[str, str]:
    """The parameters of a V1 call, not signed yet; one given as empty is left out."""
    given = {
        "Action": ACTION,
        "Version": ECS,
        "Format": "JSON",
        "AccessKeyId": person.credentials.access_key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": nonce,
        "Timestamp": times.seconds(person.world.clock.wall()),
        "RegionId": REGION,
        **parameters,
    }
    return {name: value for name, value in given.items() if value}


def get(parameters: dict[str, str]) -> RawRequest:
    """A GET with everything in the query."""
    return RawRequest(
        "GET", "/", canonical_query(parameters.items()).encode(), {"host": "localhost:4577"}, b""
    )


def v1_get(person: Person, nonce: str = "n", **parameters: str) -> RawRequest:
    """A signed V1 GET."""
    given = v1_parameters(person, nonce, **parameters)
    return get(v1.signed(given, method="GET", secret=person.credentials.access_key_secret))


def v3_post(
    person: Person, *, query: dict[str, str], body: bytes = b"", nonce: str = "n", **change: Any
) -> RawRequest:
    """A signed V3 POST; `change` replaces arguments of the signer."""
    arguments: dict[str, Any] = {
        "method": "POST",
        "host": "localhost:4577",
        "query": query.items(),
        "body": body,
        "access_key_id": person.credentials.access_key_id,
        "secret": person.credentials.access_key_secret,
        "action": ACTION,
        "version": ECS,
        "nonce": nonce,
        "date": times.seconds(person.world.clock.wall()),
    }
    headers = v3.signed(**{**arguments, **change})
    return RawRequest("POST", "/", canonical_query(query.items()).encode(), headers, body)


def refusal(reply: Reply) -> Refusal:
    """What a JSON error says."""
    body = msgspec.json.decode(reply.body)
    return Refusal(reply.status, body["Code"], body["Message"])


def missing(name: str) -> str:
    """The gateway's common message about a missing parameter."""
    return f'The input parameter "{name}" that is mandatory for processing this request is not supplied'


SIGNED_CASES: list[tuple[str, dict[str, str], Refusal]] = [
    ("no action", {"Action": ""}, Refusal(400, "MissingParameter", missing("Action"))),
    ("no version", {"Version": ""}, Refusal(400, "MissingParameter", missing("Version"))),
    ("no key", {"AccessKeyId": ""}, Refusal(400, "MissingParameter", missing("AccessKeyId"))),
    ("no timestamp", {"Timestamp": ""}, Refusal(400, "IllegalTimestamp", missing("Timestamp") + ".")),
    ("no nonce", {"SignatureNonce": ""}, Refusal(400, "MissingParameter", missing("SignatureNonce") + ".")),
    (
        "malformed timestamp",
        {"Timestamp": "2026-03-01 08:00:00"},
        Refusal(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
    ),
    (
        "impossible date",
        {"Timestamp": "2026-02-30T08:00:00Z"},
        Refusal(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
    ),
    (
        "sixteen minutes old",
        {"Timestamp": "2026-03-01T07:44:00Z"},
        Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    ),
    (
        "sixteen minutes ahead",
        {"Timestamp": "2026-03-01T08:16:00Z"},
        Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    ),
    (
        "signature method",
        {"SignatureMethod": "HMAC-SHA256"},
        Refusal(400, "InvalidSignatureMethod", "Specified signature method is not valid."),
    ),
    (
        "signature type",
        {"SignatureType": "BEARERTOKEN"},
        Refusal(400, "InvalidSignatureMethod", "Specified signature method is not valid."),
    ),
    (
        "signature version",
        {"SignatureVersion": "2.0"},
        Refusal(400, "InvalidParamater", 'The specified parameter "SignatureVersion" is not valid.'),
    ),
    (
        "unknown key",
        {"AccessKeyId": "LTAI5tnobody"},
        Refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
    ),
    (
        "temporary key without its token",
        {"AccessKeyId": "STS.nobody"},
        Refusal(400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
    ),
    (
        "token with a permanent key",
        {"SecurityToken": "token"},
        Refusal(
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
            "Specified SecurityToken mismatch with the AccessKey.",
        ),
    ),
    (
        "unknown action",
        {"Action": "ShareEverything"},
        Refusal(
            404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."
        ),
    ),
    (
        "version of another product",
        {"Version": "2016-04-28"},
        Refusal(400, "InvalidVersion", "Specified parameter Version is not valid."),
    ),
    (
        "an operation of the provider's that isn't emulated",
        {"Action": "CreateAutoSnapshotPolicy", "Format": "JSON"},
        Refusal(
            400,
            "UnsupportedOperation.CreateAutoSnapshotPolicy",
            "localyun does not emulate the operation CreateAutoSnapshotPolicy.",
        ),
    ),
    ("no region", {"RegionId": ""}, Refusal(400, "MissingParameter", missing("RegionId") + ".")),
    ("no image", {"ImageId": ""}, Refusal(400, "MissingParameter", missing("ImageId") + ".")),
    (
        "unknown region",
        {"RegionId": "cn-atlantis"},
        Refusal(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
    ),
    (
        "unknown image",
        {"ImageId": "m-bp1nothing"},
        Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist."),
    ),
    (
        "image of another region",
        {"RegionId": "cn-beijing"},
        Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist."),
    ),
    (
        "the provider's own image",
        {"ImageId": "ubuntu_22_04_x64_20G_alibase_20250113.vhd"},
        Refusal(
            404,
            "InvalidImageId.NotFound",
            "The specified image ubuntu_22_04_x64_20G_alibase_20250113.vhd does not exist.",
        ),
    ),
    (
        "group",
        {"AddGroup.1": "everybody"},
        Refusal(400, "InvalidGroup.Malformed", "The specified Group is wrongly formed."),
    ),
    (
        "a list that isn't numbered",
        {"AddAccount": "1234"},
        Refusal(400, "InvalidParameter", 'The specified parameter "AddAccount" is not valid.'),
    ),
    (
        "a list that begins at nought",
        {"AddAccount.0": "1234"},
        Refusal(400, "InvalidParameter", 'The specified parameter "AddAccount" is not valid.'),
    ),
    (
        "a list of lists",
        {"AddAccount.1.2": "1234"},
        Refusal(400, "InvalidParameter", 'The specified parameter "AddAccount" is not valid.'),
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [case[1:] for case in SIGNED_CASES], ids=[c[0] for c in SIGNED_CASES]
)
def test_each_fault_has_its_own_answer(
    world: World, alice: Person, bob: Person, image: str, change: dict[str, str], expected: Refusal
) -> None:
    """What is wrong with a signed call is said exactly, and nothing is shared."""
    given = {"ImageId": image, "AddAccount.1": bob.id, **change}

    reply = world.send(v1_get(alice, **given))

    assert refusal(reply) == expected
    with world.app.store.reading(0) as tx:
        assert tx.find(Share) == []


def test_a_call_without_signature_is_refused(world: World, alice: Person, image: str) -> None:
    """Nobody is let in who doesn't sign."""
    reply = world.send(get(v1_parameters(alice, ImageId=image)))

    assert refusal(reply) == Refusal(
        400,
        "MissingParameter",
        'An input parameter "Signature" that is mandatory for processing the request is not supplied.',
    )


def test_a_v1_signature_by_another_secret_shows_our_string_to_sign(
    world: World, alice: Person, image: str
) -> None:
    """The message has exactly one colon before the string, where V1 SDKs split it."""
    given = v1_parameters(alice, ImageId=image)

    reply = world.send(get(v1.signed(given, method="GET", secret="another")))

    assert refusal(reply) == Refusal(
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation. server string to sign is:"
        + v1.string_to_sign("GET", given),
    )
    assert refusal(reply).message.split(":")[1].startswith("GET&%2F&")


@pytest.mark.parametrize("name", ["ImageId", "AddAccount.1", "RegionId", "SignatureNonce", "Timestamp"])
def test_a_tampered_parameter_breaks_the_signature(
    world: World, alice: Person, bob: Person, image: str, name: str
) -> None:
    """What was signed is what counts."""
    signed = v1.signed(
        v1_parameters(alice, ImageId=image, **{"AddAccount.1": bob.id}),
        method="GET",
        secret=alice.credentials.access_key_secret,
    )

    reply = world.send(get({**signed, name: signed[name] + "0"}))

    assert (reply.status, reply.code) == (400, "SignatureDoesNotMatch")


def test_an_added_parameter_breaks_the_signature(
    world: World, alice: Person, bob: Person, image: str
) -> None:
    """A parameter slipped into the form of a signed query isn't covered."""
    call = v1_get(alice, ImageId=image)

    reply = world.send(
        replace(call, headers={**call.headers, "content-type": FORM}, body=f"AddAccount.1={bob.id}".encode())
    )

    assert (reply.status, reply.code) == (400, "SignatureDoesNotMatch")


def test_a_replay_is_refused_and_a_bad_signature_uses_nothing_up(
    world: World, alice: Person, image: str
) -> None:
    """A nonce serves once, for whoever signs right."""
    good = v1_get(alice, "once", ImageId=image)
    bad = get(v1.signed(v1_parameters(alice, "once", ImageId=image), method="GET", secret="another"))

    replies = [world.send(bad), world.send(good), world.send(good)]

    assert [(r.status, r.code) for r in replies] == [
        (400, "SignatureDoesNotMatch"),
        (200, ""),
        (400, "SignatureNonceUsed"),
    ]
    assert refusal(replies[2]).message == "Specified signature nonce was used already."


def test_a_nonce_used_for_a_read_is_used_for_a_change(world: World, alice: Person, image: str) -> None:
    """Reads and changes share their nonces, in both directions and across signatures."""
    read = {"Action": "DescribeImageSharePermission", "ImageId": image}

    replies = [
        world.send(v1_get(alice, "a", **read)),
        world.send(v3_post(alice, query={"RegionId": REGION, "ImageId": image}, nonce="a")),
        world.send(v1_get(alice, "b", ImageId=image)),
        world.send(v1_get(alice, "b", **read)),
    ]

    assert [r.code for r in replies] == ["", "SignatureNonceUsed", "", "SignatureNonceUsed"]


def test_two_keys_may_use_the_same_nonce(world: World, alice: Person, bob: Person, image: str) -> None:
    """A nonce belongs to the key that signed with it."""
    read = {"Action": "DescribeImageSharePermission", "ImageId": image}

    replies = [world.send(v1_get(alice, "same", **read)), world.send(v1_get(bob, "same", **read))]

    assert [r.code for r in replies] == ["", "InvalidImageId.NotFound"]


def test_a_nonce_is_remembered_as_long_as_its_timestamp_is_good(
    world: World, alice: Person, image: str
) -> None:
    """A call dated fourteen minutes ahead can't be replayed twenty-eight minutes later."""
    ahead = times.seconds(world.clock.wall() + 14 * MINUTE)
    call = v1_get(alice, "ahead", ImageId=image, Timestamp=ahead)
    world.send(call)

    world.clock.at += 28 * MINUTE
    replay = world.send(call)
    world.clock.at += 2 * MINUTE
    expired = world.send(call)

    assert [replay.code, expired.code] == ["SignatureNonceUsed", "InvalidTimeStamp.Expired"]


def test_a_disabled_key_is_refused(world: World, alice: Person, image: str) -> None:
    """A key can be switched off."""
    with world.app.store.writing(0) as tx:
        key = tx.get(AccessKey, alice.credentials.access_key_id)
        assert key is not None
        tx.put(msgspec.structs.replace(key, active=False))

    reply = world.send(v1_get(alice, ImageId=image))

    assert refusal(reply) == Refusal(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (b"ImageId=a&ImageId=b", "ImageId"),
        (b"ImageId=a&Image%49d=b", "ImageId"),
        (b"ImageId=%ff%fe", "ImageId"),
        (b"ImageId=%00", "ImageId"),
        (b"ImageId=\xff", "ImageId"),
        (b"%00=1", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_ambiguous_and_undecodable_parameters_are_refused_by_name(
    world: World, query: bytes, name: str
) -> None:
    """A name that comes twice, a NUL, and what isn't UTF-8."""
    reply = world.send(RawRequest("GET", "/", query + b"&Format=JSON", {"host": "localhost"}, b""))

    assert (reply.status, reply.code) == (400, "InvalidParameter")
    assert (
        f"The specified parameter &quot;{name}&quot; is not valid.".replace("&quot;", '"')
        in reply.body.decode()
    )


def test_a_value_in_the_form_replaces_the_one_in_the_query(world: World, alice: Person, image: str) -> None:
    """Query and form are one set of parameters, the form's last."""
    given = v1_parameters(alice, Action="DescribeImageSharePermission", ImageId=image)
    signed = v1.signed(given, method="POST", secret=alice.credentials.access_key_secret)
    query = canonical_query({**signed, "ImageId": "m-bp1other"}.items()).encode()

    reply = world.send(
        RawRequest("POST", "/", query, {"host": "x", "content-type": FORM}, f"ImageId={image}".encode())
    )

    assert reply.status == 200
    assert msgspec.json.decode(reply.body)["ImageId"] == image


@pytest.mark.parametrize("wanted", ["YAML", "None", "json2"])
def test_an_unknown_format_is_refused_in_xml(world: World, alice: Person, image: str, wanted: str) -> None:
    """The default format answers for one that isn't known."""
    reply = world.send(v1_get(alice, ImageId=image, Format=wanted))

    error = ElementTree.fromstring(reply.body)
    assert reply.content_type == "text/xml;charset=utf-8"
    assert (reply.status, error.tag) == (400, "Error")
    assert {child.tag: child.text for child in error} == {
        "RequestId": reply.request_id,
        "HostId": "localhost:4577",
        "Code": "InvalidParameter.Format",
        "Message": "Specified parameter format is not valid.",
        "Recommend": "/_localyun/errors/InvalidParameter.Format",
    }


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(world: World, alice: Person, method: str) -> None:
    """The API is called with GET and POST."""
    reply = world.send(replace(v1_get(alice), method=method))

    assert (reply.status, reply.code) == (400, "UnsupportedHTTPMethod")


def test_v3_takes_parameters_from_the_query_and_from_a_form(
    world: World, alice: Person, bob: Person, image: str
) -> None:
    """Split over both, all signed."""
    form = canonical_query({"AddAccount.1": bob.id, "ImageId": image}.items()).encode()

    reply = world.send(v3_post(alice, query={"RegionId": REGION}, body=form))

    with world.app.store.reading(0) as tx:
        shares = tx.find(Share)
    assert reply.status == 200
    assert [share.account for share in shares] == [bob.id]


V3Change = Callable[[RawRequest], RawRequest]


def header(name: str, value: str | None) -> V3Change:
    """A change of one header, or its loss."""

    def change(raw: RawRequest) -> RawRequest:
        headers = {n: v for n, v in raw.headers.items() if n != name}
        return replace(raw, headers=headers if value is None else {**headers, name: value})

    return change


V3_CASES: list[tuple[str, V3Change, tuple[int, str]]] = [
    ("another query", lambda raw: replace(raw, query=raw.query + b"1"), (400, "SignatureDoesNotMatch")),
    ("another body", lambda raw: replace(raw, body=raw.body + b"1"), (400, "SignatureDoesNotMatch")),
    ("another method", lambda raw: replace(raw, method="GET"), (400, "SignatureDoesNotMatch")),
    ("another path", lambda raw: replace(raw, path="/x"), (400, "SignatureDoesNotMatch")),
    ("another host", header("host", "elsewhere"), (400, "SignatureDoesNotMatch")),
    ("another action", header("x-acs-action", "DeleteImage"), (400, "SignatureDoesNotMatch")),
    ("a hash of another body", header("x-acs-content-sha256", "0" * 64), (400, "SignatureDoesNotMatch")),
    ("an unsigned x-acs header", header("x-acs-extra", "1"), (400, "IncompleteSignature")),
    ("no date", header("x-acs-date", None), (400, "IllegalTimestamp")),
    ("no nonce", header("x-acs-signature-nonce", None), (400, "MissingParameter")),
    ("no action", header("x-acs-action", None), (400, "MissingParameter")),
    ("no version", header("x-acs-version", None), (400, "MissingParameter")),
    (
        "half a signature",
        header("authorization", "ACS3-HMAC-SHA256 Credential=x"),
        (400, "IncompleteSignature"),
    ),
    (
        "another algorithm",
        header("authorization", "ACS3-RSA-SHA256 Credential=x,SignedHeaders=host,Signature=00"),
        (400, "InvalidSignatureMethod"),
    ),
    (
        "host not signed",
        header("authorization", "ACS3-HMAC-SHA256 Credential=x,SignedHeaders=x-acs-date,Signature=00"),
        (400, "IncompleteSignature"),
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [case[1:] for case in V3_CASES], ids=[case[0] for case in V3_CASES]
)
def test_a_changed_v3_call_is_refused(
    world: World, alice: Person, bob: Person, image: str, change: V3Change, expected: tuple[int, str]
) -> None:
    """Query, body, method, path and each signed header are covered."""
    call = v3_post(
        alice, query={"RegionId": REGION, "ImageId": image}, body=f"AddAccount.1={bob.id}".encode()
    )

    reply = world.send(change(call))

    assert (reply.status, reply.code) == expected
    with world.app.store.reading(0) as tx:
        assert tx.find(Share) == []


def test_a_v3_mismatch_shows_what_we_hashed(world: World, alice: Person) -> None:
    """The message has the string to sign and the canonical request as we built them."""
    reply = world.send(v3_post(alice, query={"RegionId": REGION}, secret="another"))

    message = refusal(reply).message
    assert message.startswith(
        "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n"
    )
    assert "] server CanonicalRequest is [POST\n/\nRegionId=cn-hangzhou\naccept:application/json\n" in message


def test_v1_parameters_on_a_v3_call_are_not_believed(
    world: World, alice: Person, mallory: Person, image: str
) -> None:
    """A V1 identity smuggled into a V3 call has no effect: mallory stays mallory."""
    smuggled = {
        "RegionId": REGION,
        "ImageId": image,
        "AccessKeyId": alice.credentials.access_key_id,
        "Signature": "x",
    }

    reply = world.send(v3_post(mallory, query=smuggled))

    assert refusal(reply) == Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")


def test_every_answer_carries_its_request_id_host_and_recommendation(world: World, alice: Person) -> None:
    """The envelope of an error has the five documented elements."""
    body = msgspec.json.decode(world.send(v1_get(alice, ImageId="m-bp1nothing")).body)

    assert body == {
        "RequestId": body["RequestId"],
        "HostId": "localhost:4577",
        "Code": "InvalidImageId.NotFound",
        "Message": "The specified ImageId does not exist.",
        "Recommend": "/_localyun/errors/InvalidImageId.NotFound",
    }
    assert body["RequestId"] == body["RequestId"].upper()


def test_the_first_thing_that_is_wrong_is_said_first(world: World, alice: Person, image: str) -> None:
    """Form, signature, clock, action, what is required, shapes, region, visibility, rules."""
    stale = {"Timestamp": "2026-03-01T07:00:00Z"}
    unknown = {"Action": "Nonsense"}
    incomplete = {"ImageId": ""}
    refused = {"AddAccount.1": alice.id, "RegionId": "cn-atlantis"}
    bad_form = {"Format": "YAML"}

    nonces = (str(n) for n in itertools.count())

    def code(signed: bool, **parameters: str) -> str:
        raw = v1_get(alice, next(nonces), **{"ImageId": image, **parameters})
        return world.send(raw if signed else replace(raw, query=raw.query + b"&Extra=1")).code

    assert code(False, **bad_form, **stale) == "InvalidParameter.Format"
    assert code(False, **stale, **unknown) == "SignatureDoesNotMatch"
    assert code(True, **stale, **unknown, **incomplete) == "InvalidTimeStamp.Expired"
    assert code(True, **unknown, **incomplete) == "InvalidAction.NotFound"
    assert code(True, **incomplete, **refused) == "MissingParameter"
    assert code(True, **refused, AddAccount="x") == "InvalidParameter"
    assert code(True, **refused) == "InvalidRegionId.NotFound"
    assert code(True, **{**refused, "RegionId": "cn-beijing"}) == "InvalidImageId.NotFound"
    assert code(True, **{"AddAccount.1": alice.id}) == "InvalidAccount.Forbbiden"
