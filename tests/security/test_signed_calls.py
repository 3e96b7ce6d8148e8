"""Attacks on what proves a call: stripped and confused signatures, smuggled headers, replays."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from localyun import accounts
from localyun.app import App
from localyun.clock import MINUTE
from localyun.ids import Ids
from localyun.store.sqlite import SqliteStore
from localyun.wire import times
from localyun.wire.call import RawRequest
from localyun.wire.signing import v1, v3
from localyun.wire.signing.canonical import canonical_query
from tests.operations.made import an_image
from tests.people import ECS, Person, TurnableClock, World
from tests.service.test_bad_input import get, v1_get, v1_parameters, v3_post

READ, DELETE = "DescribeImageSharePermission", "DeleteImage"


@pytest.fixture
def image(alice: Person) -> str:
    """What is attacked."""
    return an_image(alice)


def headers(raw: RawRequest, **change: str | None) -> RawRequest:
    """A request with headers changed, or left out."""
    changed = {**raw.headers, **{name.replace("_", "-"): value for name, value in change.items()}}
    return replace(raw, headers={name: value for name, value in changed.items() if value is not None})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Signature": ""}, "MissingParameter"),
        ({"Signature": "="}, "SignatureDoesNotMatch"),
        ({"SignatureMethod": ""}, "InvalidSignatureMethod"),
        ({"SignatureMethod": "none"}, "InvalidSignatureMethod"),
        ({"SignatureMethod": "HMAC-SHA256"}, "InvalidSignatureMethod"),
        ({"SignatureMethod": "HMAC-MD5"}, "InvalidSignatureMethod"),
        ({"SignatureType": "BEARERTOKEN", "BearerToken": "x"}, "InvalidSignatureMethod"),
        ({"SignatureVersion": "2.0"}, "InvalidParamater"),
        ({"AccessKeyId": ""}, "MissingParameter"),
    ],
    ids=str,
)
def test_a_v1_signature_cannot_be_stripped_or_made_weaker(
    world: World, alice: Person, image: str, change: dict[str, str], code: str
) -> None:
    """Whatever the call says of its own signature."""
    given = {**v1_parameters(alice, "n", ImageId=image)}
    signed = v1.signed(given, method="GET", secret=alice.credentials.access_key_secret)
    attacked = {name: value for name, value in {**signed, **change}.items() if value}

    assert world.send(get(attacked)).code == code


@pytest.mark.parametrize(
    ("algorithm", "code"),
    [
        ("ACS3-NONE", "InvalidSignatureMethod"),
        ("ACS3-HMAC-SHA1", "InvalidSignatureMethod"),
        ("ACS3-RSA-SHA256", "InvalidSignatureMethod"),
        ("acs3-hmac-sha256", "MissingParameter"),
        ("Bearer", "MissingParameter"),
    ],
)
def test_a_v3_signature_cannot_be_made_weaker(
    world: World, alice: Person, image: str, algorithm: str, code: str
) -> None:
    """By another algorithm than the one that is verified."""
    raw = v3_post(alice, query={"ImageId": image})
    weaker = raw.headers["authorization"].replace(v3.ALGORITHM, algorithm)

    assert world.send(headers(raw, authorization=weaker)).code == code


def test_a_v3_call_without_its_signature_is_none(world: World, alice: Person, image: str) -> None:
    """Neither without the header, nor with an empty signature in it, nor with a part of it signed."""
    raw = v3_post(alice, query={"ImageId": image})
    authorization = raw.headers["authorization"]
    empty = authorization.partition("Signature=")[0] + "Signature="
    unsigned = authorization.replace(";x-acs-action", "")

    assert world.send(headers(raw, authorization=None)).status == 400
    assert world.send(headers(raw, authorization=empty)).status == 400
    assert world.send(headers(raw, authorization=unsigned)).code == "IncompleteSignature"


@pytest.mark.parametrize("smuggled", ["x_acs_action", "x_acs_version", "x_acs_date", "x_acs_signature_nonce"])
def test_headers_mean_nothing_to_a_v1_call(world: World, alice: Person, image: str, smuggled: str) -> None:
    """They aren't signed: what the parameters say is done."""
    value = DELETE if smuggled == "x_acs_action" else "x"
    raw = headers(v1_get(alice, ImageId=image), **{smuggled: value})

    assert world.send(raw).status == 200
    assert alice.call(READ, ImageId=image)["ImageId"] == image


@pytest.mark.parametrize("parameter", ["Action", "Version", "AccessKeyId", "SecurityToken", "SignatureNonce"])
def test_the_gateways_parameters_mean_nothing_to_a_v3_call(
    world: World, alice: Person, bob: Person, image: str, parameter: str
) -> None:
    """What its signed headers say is done, by whoever signed them."""
    value = {"Action": DELETE, "AccessKeyId": bob.credentials.access_key_id}.get(parameter, "x")

    assert (
        world.send(
            v3_post(alice, query={"RegionId": alice.region, "ImageId": image, parameter: value})
        ).status
        == 200
    )
    assert alice.call(READ, ImageId=image)["ImageId"] == image


def test_a_signature_of_one_kind_is_none_of_the_other(world: World, alice: Person, image: str) -> None:
    """A V1 call with a V3 header beside it is one of V3, and has to be signed as such."""
    v1_call = v1_get(alice, ImageId=image)
    v3_call = v3_post(alice, query={"ImageId": image})

    mixed = replace(v1_call, headers={**v1_call.headers, **v3_call.headers})

    assert world.send(mixed).code == "SignatureDoesNotMatch"


def test_a_header_that_comes_twice_is_signed_as_one(world: World, alice: Person, image: str) -> None:
    """Neither of its values is believed alone."""
    raw = v3_post(alice, query={"ImageId": image})

    twice = headers(raw, x_acs_action=f"{raw.headers['x-acs-action']},{DELETE}")

    assert world.send(twice).code == "SignatureDoesNotMatch"


@pytest.mark.parametrize("path", ["//", "/.", "/%2e", "/../", "/_localyun/../", "/;x", "/\x00"])
def test_a_path_is_signed_as_it_came(world: World, alice: Person, image: str, path: str) -> None:
    """No two spellings of it are the same."""
    assert world.send(replace(v3_post(alice, query={"ImageId": image}), path=path)).code == (
        "SignatureDoesNotMatch"
    )


def in_directory(directory: Path, clock: TurnableClock) -> World:
    """A server on a directory; several may be on one."""
    app = App(store=SqliteStore(directory), clock=clock, ids=Ids())
    accounts.make_first_accounts(app.store, app.ids, clock.now())
    return World(app, clock)


@pytest.mark.parametrize("ahead", [0, 14, -14])
def test_a_call_is_answered_once_by_all_processes_and_after_restarts(tmp_path: Path, ahead: int) -> None:
    """Also one whose timestamp is 14 minutes ahead: as long as it is good, its nonce is remembered."""
    clock = TurnableClock()
    one = in_directory(tmp_path, clock)
    two = in_directory(tmp_path, clock)
    alice = Person(one, accounts.listed(one.app.store, 0)[0])
    date = times.seconds(clock.wall() + ahead * MINUTE)
    raw = v3_post(alice, query={}, action="DescribeRegions", date=date)
    codes = [world.send(raw).code for world in (one, two, one)]
    one.app.store.close()
    two.app.store.close()
    three = in_directory(tmp_path, clock)
    for minutes in (0, 13 + ahead, 3):
        clock.at += minutes * MINUTE
        codes.append(three.send(raw).code)
    with closing(three.app.store):
        pass

    assert codes == ["", *["SignatureNonceUsed"] * 4, "InvalidTimeStamp.Expired"]


@pytest.mark.parametrize("version", [ECS, "2015-05-01"])
def test_a_signature_is_good_for_its_version_only(
    world: World, alice: Person, image: str, version: str
) -> None:
    """The version is signed: one can't be made another."""
    raw = v3_post(alice, query={"ImageId": image}, version=version)

    changed: dict[str, Any] = {"x_acs_version": "2016-04-28"}

    assert world.send(headers(raw, **changed)).code == "SignatureDoesNotMatch"


def test_a_query_and_a_form_cannot_be_taken_for_each_other(world: World, alice: Person, image: str) -> None:
    """A signed query that is sent as a form has another hash."""
    raw = v3_post(alice, query={"ImageId": image})
    form = {"content-type": "application/x-www-form-urlencoded"}
    moved = replace(
        raw,
        query=b"",
        body=canonical_query([("ImageId", image)]).encode(),
        headers={**raw.headers, **form},
    )

    assert world.send(moved).status == 400
