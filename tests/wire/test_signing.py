"""Signatures, stage by stage, against worked examples and what the official SDKs signed and sent.

Each folder in `vectors` is one call: `case.json` says where it comes from and what was called, every other
file holds the text of one stage. A stage is given the recorded text of the one before it, so that what fails
is what is wrong. A case that was recorded from an SDK also has the `target` and the `body` it sent.
"""

import ast
import hmac
import inspect
import json
import re
from itertools import permutations
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from localyun.wire.signing import canonical, v1, v3

VECTORS = Path(__file__).parent / "vectors"

TEXT = st.text(max_size=20)
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=6)
PARAMETERS = st.dictionaries(TEXT.filter(lambda name: name != "Signature"), TEXT, max_size=8)

CALL: dict[str, Any] = {
    "method": "POST",
    "host": "127.0.0.1:4577",
    "access_key_id": "testid",
    "secret": "testsecret",
    "action": "DescribeImages",
    "version": "2014-05-26",
    "nonce": "3ee8c1b883d344afa94f4e0ad82fd6cf",
    "date": "2025-01-02T03:04:05Z",
}


def each(pattern: str) -> pytest.MarkDecorator:
    """Run a test with every vector whose folder matches the pattern."""
    return pytest.mark.parametrize(
        "vector", [pytest.param(read(folder), id=folder.name) for folder in sorted(VECTORS.glob(pattern))]
    )


def read(folder: Path) -> SimpleNamespace:
    """Return one vector: its case and its stages side by side."""
    case = json.loads((folder / "case.json").read_text("utf-8"))
    stages = {file.stem: file.read_text("utf-8").removesuffix("\n") for file in folder.glob("*.txt")}
    return SimpleNamespace(**case, **stages)


def read_form(text: str) -> list[tuple[str, str]]:
    """Decode a query string or a form as a server does."""
    return parse_qsl(text, keep_blank_values=True)


@st.composite
def flipped(draw: st.DrawFn, fields: dict[str, str]) -> dict[str, str]:
    """Return the fields with one character of one name or value replaced by another."""
    name = draw(st.sampled_from(sorted(name for name, value in fields.items() if name or value)))
    pair = [name, fields[name]]
    side = draw(st.sampled_from([side for side in (0, 1) if pair[side]]))
    at = draw(st.integers(0, len(pair[side]) - 1))
    other = draw(st.characters(codec="utf-8").filter(lambda character: character != pair[side][at]))
    pair[side] = pair[side][:at] + other + pair[side][at + 1 :]
    return {key: value for key, value in fields.items() if key != name} | {pair[0]: pair[1]}


# What both signatures share


@given(TEXT)
@example("".join(map(chr, range(256))))
def test_text_is_percent_encoded_by_rfc_3986(text: str) -> None:
    """The standard library's encoding, which spares `~` as well, gives the same."""
    assert quote(text, safe="~") == canonical.encode(text)


def test_only_unreserved_characters_stay() -> None:
    """Letters, digits and four marks are left alone among the 128 characters of ASCII."""
    kept = {chr(code) for code in range(128) if canonical.encode(chr(code)) == chr(code)}

    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~") == kept


@given(ANY_TEXT)
@example("\udcff")
def test_any_text_can_be_encoded(text: str) -> None:
    """What a client sends is encoded without an error, even if it is no Unicode text."""
    assert canonical.encode(text).isascii()


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ([], ""),
        ([("a", "")], "a="),
        ([("AddAccount.2", "c"), ("AddAccount.10", "b"), ("AddAccount.1", "a")],
         "AddAccount.1=a&AddAccount.10=b&AddAccount.2=c"),
        ([("b", "1"), ("a", "2"), ("B", "3")], "B=3&a=2&b=1"),
        ([("a:", "1"), ("a0", "2")], "a0=2&a%3A=1"),
        ([("é", "1"), ("z", "2")], "z=2&%C3%A9=1"),
        ([("\U00010000", "1"), ("\uffff", "2")], "%EF%BF%BF=2&%F0%90%80%80=1"),
        ([("a", "2"), ("a", "10"), ("a", "1")], "a=1&a=10&a=2"),
    ],
)  # fmt: skip
def test_parameters_are_sorted_by_the_octets_of_their_decoded_names(
    parameters: list[tuple[str, str]], query: str
) -> None:
    """Neither the order of arrival, nor that of the encoded names, nor a locale counts."""
    assert {query} == {canonical.canonical_query(order) for order in permutations(parameters)}


@given(PAIRS, st.randoms(use_true_random=False))
def test_a_canonical_query_does_not_depend_on_the_order_of_the_parameters(
    parameters: list[tuple[str, str]], random: Any
) -> None:
    """However the same parameters are shuffled, the query is the same."""
    query = canonical.canonical_query(parameters)

    random.shuffle(parameters)

    assert query == canonical.canonical_query(parameters)


@given(PAIRS)
def test_a_canonical_query_can_be_decoded_again(parameters: list[tuple[str, str]]) -> None:
    """No two sets of parameters share a query: what it was made of can be read from it."""
    assert sorted(parameters) == read_form(canonical.canonical_query(parameters))


@pytest.mark.parametrize("module", [canonical, v1, v3])
def test_no_signature_is_compared_with_an_operator(module: ModuleType) -> None:
    """The code that computes signatures does without `==` and `!=`, which take longer the more is right."""
    operators = [type(node) for node in ast.walk(ast.parse(inspect.getsource(module)))]

    assert not {ast.Eq, ast.NotEq} & set(operators)


@pytest.mark.parametrize("version", [v1, v3])
def test_signatures_are_compared_in_constant_time(version: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a signature matches is the verdict of `hmac.compare_digest` and of nothing else."""
    compared = []

    def compare_digest(*signatures: bytes) -> str:
        compared.append(signatures)
        return "its verdict"

    monkeypatch.setattr(hmac, "compare_digest", compare_digest)

    verdict = version.matches("testsecret", "text", "guess")

    assert verdict == "its verdict"
    assert compared == [(version.sign("testsecret", "text").encode(), b"guess")]


# V1, stage by stage


@each("v1-*")
def test_v1_canonical_query(vector: SimpleNamespace) -> None:
    """All parameters together give the recorded query."""
    assert vector.canonical_query == canonical.canonical_query(vector.parameters.items())


@each("v1-*")
def test_v1_string_to_sign(vector: SimpleNamespace) -> None:
    """Method and parameters give the recorded string to sign."""
    assert vector.string_to_sign == v1.string_to_sign(vector.method, vector.parameters)


@each("v1-*")
def test_v1_signature(vector: SimpleNamespace) -> None:
    """The recorded string to sign gives the recorded signature."""
    assert vector.signature == v1.sign(vector.secret, vector.string_to_sign)


@each("v1-*")
def test_v1_signed_parameters(vector: SimpleNamespace) -> None:
    """Signing adds the recorded signature and changes nothing else."""
    signed = v1.signed(vector.parameters, method=vector.method, secret=vector.secret)

    assert vector.parameters | {"Signature": vector.signature} == signed


@each("v1-[ct]*")
def test_v1_calls_of_the_official_sdks_are_accepted_as_sent(vector: SimpleNamespace) -> None:
    """Query and form, decoded and taken together, carry a signature that matches."""
    sent = dict(read_form(urlsplit(vector.target).query) + read_form(vector.body))

    assert v1.matches(vector.secret, v1.string_to_sign(vector.method, sent), sent["Signature"])


# V1, whatever is signed


@given(PARAMETERS, TEXT, TEXT)
def test_v1_what_was_signed_matches(parameters: dict[str, str], method: str, secret: str) -> None:
    """A signature matches the very parameters, itself among them, that were signed."""
    signed = v1.signed(parameters, method=method, secret=secret)

    assert v1.matches(secret, v1.string_to_sign(method, signed), signed["Signature"])


@given(st.data(), PARAMETERS.filter(lambda parameters: any((*parameters, *parameters.values()))))
def test_v1_any_flipped_character_breaks_the_signature(
    data: st.DataObject, parameters: dict[str, str]
) -> None:
    """No character of a name or a value can be replaced without the signature noticing."""
    signature = v1.signed(parameters, method="POST", secret="testsecret")["Signature"]

    forged = v1.string_to_sign("POST", data.draw(flipped(parameters)))

    assert not v1.matches("testsecret", forged, signature)


def test_v1_method_and_secret_are_part_of_the_signature() -> None:
    """What was signed as a GET or with another secret does not match."""
    signature = v1.signed({"Action": "DescribeRegions"}, method="GET", secret="testsecret")["Signature"]

    get, post = (v1.string_to_sign(method, {"Action": "DescribeRegions"}) for method in ("GET", "POST"))

    assert v1.matches("testsecret", get, signature)
    assert not v1.matches("testsecret", post, signature)
    assert not v1.matches("anothersecret", get, signature)


@given(PARAMETERS)
def test_v1_the_query_is_encoded_a_second_time(parameters: dict[str, str]) -> None:
    """The short cut taken for the second encoding gives what encoding gives."""
    query = canonical.encode(canonical.canonical_query(parameters.items()))

    assert f"POST&%2F&{query}" == v1.string_to_sign("post", parameters)


@given(PARAMETERS, st.randoms(use_true_random=False))
def test_v1_the_order_of_the_parameters_does_not_count(parameters: dict[str, str], random: Any) -> None:
    """However a dictionary is ordered, its string to sign is the same."""
    items = list(parameters.items())
    random.shuffle(items)

    assert v1.string_to_sign("GET", parameters) == v1.string_to_sign("GET", dict(items))


# V3, stage by stage


@each("v3-*")
def test_v3_canonical_query(vector: SimpleNamespace) -> None:
    """The decoded query, without any of the body, gives the recorded one."""
    assert vector.canonical_query == canonical.canonical_query(map(tuple, vector.query))


@each("v3-*")
def test_v3_payload_hash(vector: SimpleNamespace) -> None:
    """The body gives the recorded hash, an empty one too."""
    assert vector.payload_hash == v3.payload_hash(vector.body.encode())


@each("v3-*")
def test_v3_canonical_request(vector: SimpleNamespace) -> None:
    """The call, its signed headers and the recorded hash give the recorded canonical request."""
    query = map(tuple, vector.query)

    text = v3.canonical_request(
        vector.method, "/", query, vector.headers, signed_headers(vector), vector.payload_hash
    )

    assert vector.canonical_request == text


@each("v3-*")
def test_v3_string_to_sign(vector: SimpleNamespace) -> None:
    """The recorded canonical request gives the recorded string to sign."""
    assert vector.string_to_sign == v3.string_to_sign(vector.canonical_request)


@each("v3-*")
def test_v3_signature(vector: SimpleNamespace) -> None:
    """The recorded string to sign gives the recorded signature."""
    assert vector.signature == v3.sign(vector.secret, vector.string_to_sign)


@each("v3-*")
def test_v3_authorization(vector: SimpleNamespace) -> None:
    """The recorded header is read, and written again letter for letter."""
    authorization = v3.parse_authorization(vector.authorization)

    assert vector.signature == authorization.signature
    assert signed_headers(vector) == authorization.signed_headers
    assert vector.authorization == str(authorization)


@each("v3-*")
def test_v3_no_recorded_call_leaves_a_header_unsigned(vector: SimpleNamespace) -> None:
    """Official clients sign what has to be signed."""
    missing = v3.missing_signed_headers(vector.headers, signed_headers(vector), bool(vector.body))

    assert not missing


@each("v3-tea-*")
def test_v3_calls_of_the_official_sdk_are_accepted_as_sent(vector: SimpleNamespace) -> None:
    """Query, headers and body, as they travelled, carry a signature that matches."""
    assert accepted(vector.secret, vector.method, vector.target, vector.body, sent(vector))


@pytest.mark.parametrize("name", ["query", "form"])
def test_v3_signed_headers_are_those_of_the_worked_examples(name: str) -> None:
    """Our own calls are signed as the worked examples are."""
    vector = read(VECTORS / f"v3-worked-example-{name}")
    call = CALL | {"host": "ecs.cn-hangzhou.aliyuncs.com", "action": "ModifyImageSharePermission"}

    headers = v3.signed(**call, query=map(tuple, vector.query), body=vector.body.encode())

    assert sent(vector) == headers


def signed_headers(vector: SimpleNamespace) -> tuple[str, ...]:
    """Return the names of the headers that a vector's canonical request covers."""
    return tuple(vector.canonical_request.splitlines()[-2].split(";"))


def sent(vector: SimpleNamespace) -> dict[str, str]:
    """Return all headers of a vector's call."""
    return {**vector.headers, "authorization": vector.authorization}


def accepted(secret: str, method: str, target: str, body: str, headers: dict[str, str]) -> bool:
    """Verify a call as a server does, from what travelled."""
    path, query = urlsplit(target).path, read_form(urlsplit(target).query)
    authorization = v3.parse_authorization(headers["authorization"])
    payload_hash = v3.payload_hash(body.encode())
    text = v3.canonical_request(method, path, query, headers, authorization.signed_headers, payload_hash)
    return v3.matches(secret, v3.string_to_sign(text), authorization.signature)


# V3, whatever is signed


@given(PAIRS, TEXT, TEXT, st.none() | TEXT)
def test_v3_what_was_signed_matches(
    query: list[tuple[str, str]], body: str, secret: str, security_token: str | None
) -> None:
    """A call that we sign is one that we accept, and leaves no header unsigned."""
    call = CALL | {"secret": secret, "security_token": security_token}

    headers = v3.signed(**call, query=query, body=body.encode())

    signed = v3.parse_authorization(headers["authorization"]).signed_headers
    assert accepted(secret, "POST", f"/?{canonical.canonical_query(query)}", body, headers)
    assert not v3.missing_signed_headers(headers, signed, bool(body))


def test_v3_a_temporary_key_is_signed_with_its_token() -> None:
    """Token and key are headers of their own, and signed."""
    headers = v3.signed(**CALL, query=[], security_token="testtoken")

    signed = v3.parse_authorization(headers["authorization"]).signed_headers
    token = {"x-acs-security-token": "testtoken", "x-acs-accesskey-id": "testid"}
    assert token.items() <= headers.items()
    assert token.keys() <= set(signed)


def test_v3_an_empty_token_is_no_token() -> None:
    """A call with an empty security token is signed as one without."""
    assert v3.signed(**CALL, query=[]) == v3.signed(**CALL, query=[], security_token="")


@given(st.data(), PARAMETERS.filter(lambda query: any((*query, *query.values()))))
def test_v3_any_flipped_character_of_the_query_breaks_the_signature(
    data: st.DataObject, query: dict[str, str]
) -> None:
    """No character of a name or a value can be replaced without the signature noticing."""
    headers = v3.signed(**CALL, query=query.items())

    forged = canonical.canonical_query(data.draw(flipped(query)).items())

    assert not accepted("testsecret", "POST", f"/?{forged}", "", headers)


@given(st.data())
def test_v3_any_flipped_character_of_a_header_breaks_the_signature(data: st.DataObject) -> None:
    """No signed header can be renamed or changed, whitespace around its value apart."""
    headers = v3.signed(**CALL, query=[], security_token="testtoken")
    authorization = headers.pop("authorization")

    forged = data.draw(flipped(headers).filter(lambda other: set(trimmed(other)) != set(trimmed(headers))))

    assert not accepted("testsecret", "POST", "/", "", forged | {"authorization": authorization})


def trimmed(headers: dict[str, str]) -> list[tuple[str, str]]:
    """Return the headers without the whitespace around their values."""
    return [(name, value.strip()) for name, value in headers.items()]


@pytest.mark.parametrize(
    ("method", "target", "body", "secret"),
    [
        ("GET", "/?a=1", "b=2", "testsecret"),
        ("POST", "/other?a=1", "b=2", "testsecret"),
        ("POST", "/?a=2", "b=2", "testsecret"),
        ("POST", "/?a=1&a=1", "b=2", "testsecret"),
        ("POST", "/?a=1", "b=1", "testsecret"),
        ("POST", "/?a=1", "b=2", "testsecret&"),
    ],
)
def test_v3_every_part_of_a_call_is_part_of_the_signature(
    method: str, target: str, body: str, secret: str
) -> None:
    """Another method, path, query, body or secret is noticed, each alone."""
    headers = v3.signed(**CALL, query=[("a", "1")], body=b"b=2")

    assert accepted("testsecret", "POST", "/?a=1", "b=2", headers)
    assert not accepted(secret, method, target, body, headers)


def test_v3_a_canonical_request_has_one_form() -> None:
    """Case of the method, order of the names, space around values and an empty path make no difference."""
    headers = {"host": " localhost\t", "accept": "a  b", "unsigned": "u"}

    text = v3.canonical_request(
        "get", "", [("b", "2"), ("a", "1")], headers, ("host", "gone", "accept"), "0f"
    )

    lines = ["GET", "/", "a=1&b=2", "accept:a  b", "gone:", "host:localhost", "", "accept;gone;host", "0f"]
    assert lines == text.split("\n")


@pytest.mark.parametrize(
    ("headers", "signed", "has_body", "missing"),
    [
        ({"host": "h", "x-acs-action": "A"}, ("host", "x-acs-action"), False, []),
        ({"host": "h"}, ("accept",), False, ["host"]),
        ({}, ("accept",), False, ["host"]),
        ({f"x-acs-{letter}": "" for letter in "gcafbed"}, ("host",), False,
         [f"x-acs-{letter}" for letter in "abcdefg"]),
        ({"host": "h", "accept": "a", "x-sdk-client": "c"}, ("host",), False, []),
        ({"host": "h", "content-type": "application/octet-stream"}, ("host",), False, []),
        ({"host": "h", "content-type": "application/json"}, ("host",), True, ["content-type"]),
        ({"host": "h", "content-type": "application/json"}, ("host", "content-type"), True, []),
        ({"host": "h"}, ("host",), True, []),
    ],
)  # fmt: skip
def test_v3_host_own_headers_and_the_type_of_a_body_have_to_be_signed(
    headers: dict[str, str], signed: tuple[str, ...], has_body: bool, missing: list[str]
) -> None:
    """Other headers may stay unsigned, and so may the content type of a call without a body."""
    assert missing == v3.missing_signed_headers(headers, signed, has_body)


# V3, the Authorization header


@pytest.mark.parametrize(
    "value",
    [
        "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;x-acs-date,Signature=0f",
        "ACS3-HMAC-SHA256 Credential=id, SignedHeaders=host;x-acs-date, Signature=0f",
        "  ACS3-HMAC-SHA256   Credential=id ,\tSignedHeaders=host;x-acs-date , Signature=0f ",
        "ACS3-HMAC-SHA256 Signature=0f,Credential=id,SignedHeaders=Host;X-Acs-Date",
    ],
)
def test_spaces_order_and_case_in_an_authorization_do_not_count(value: str) -> None:
    """Clients differ in how they write the header; what it says is the same."""
    assert v3.Authorization("id", ("host", "x-acs-date"), "0f") == v3.parse_authorization(value)


def test_another_algorithm_is_read_as_such() -> None:
    """Whether an algorithm is served is for the caller to say."""
    value = "ACS3-RSA-SHA256 Credential=id,SignedHeaders=host,Signature=Zm9v=="

    assert v3.Authorization("id", ("host",), "Zm9v==", "ACS3-RSA-SHA256") == v3.parse_authorization(value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "the algorithm does not start with ACS3-"),
        ("Basic dGVzdA==", "the algorithm does not start with ACS3-"),
        ("ACS4-HMAC-SHA256 Credential=id", "the algorithm does not start with ACS3-"),
        ("acs3-hmac-sha256 Credential=id", "the algorithm does not start with ACS3-"),
        ("ACS3-HMAC-SHA256", "'' is none of Credential, SignedHeaders, Signature"),
        ("ACS3-HMAC-SHA256 Credential", "Credential is empty"),
        ("ACS3-HMAC-SHA256 Credential=", "Credential is empty"),
        ("ACS3-HMAC-SHA256 credential=id", "'credential' is none of Credential, SignedHeaders, Signature"),
        ("ACS3-HMAC-SHA256 Credential=id,", "'' is none of Credential, SignedHeaders, Signature"),
        ("ACS3-HMAC-SHA256 Credential=id,Credential=id", "Credential occurs twice"),
        ("ACS3-HMAC-SHA256 SignedHeaders=host,Signature=0f", "Credential is missing"),
        ("ACS3-HMAC-SHA256 Credential=id,Signature=0f", "SignedHeaders is missing"),
        ("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host", "Signature is missing"),
        ("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=a;;b,Signature=0f",
         "SignedHeaders contains an empty name"),
        ("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=a;,Signature=0f",
         "SignedHeaders contains an empty name"),
        ("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=a;b;A,Signature=0f",
         "SignedHeaders names a header twice"),
    ],
)  # fmt: skip
def test_a_malformed_authorization_is_refused_with_its_reason(value: str, reason: str) -> None:
    """What is missing, repeated, empty or unknown is said."""
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        v3.parse_authorization(value)


FIELDS = st.sampled_from(["Credential=id", "SignedHeaders=host", "Signature=0f", "=", ";", ""])
ALMOST = st.lists(FIELDS | ANY_TEXT, max_size=4).map(lambda parts: f"{v3.ALGORITHM} {','.join(parts)}")


@given(ANY_TEXT | ALMOST)
def test_any_text_is_an_authorization_or_a_value_error(value: str) -> None:
    """Whatever stands in the header, reading it gives an Authorization with all its parts, or ValueError."""
    try:
        authorization = v3.parse_authorization(value)
    except ValueError:
        return

    assert authorization.access_key_id
    assert authorization.signature
    assert all(authorization.signed_headers)


@given(
    access_key_id=st.from_regex(r"[!-+\--~]+", fullmatch=True),
    signed_headers=st.lists(st.from_regex(r"[a-z-]+", fullmatch=True), min_size=1, unique=True).map(tuple),
    signature=st.from_regex(r"[0-9a-f]+", fullmatch=True),
)
def test_an_authorization_survives_writing_and_reading(
    access_key_id: str, signed_headers: tuple[str, ...], signature: str
) -> None:
    """The text of an Authorization is the header that it is read from."""
    authorization = v3.Authorization(access_key_id, signed_headers, signature)

    assert authorization == v3.parse_authorization(str(authorization))


# Odd signatures


@pytest.mark.parametrize("version", [v1, v3])
@given(secret=ANY_TEXT, text=ANY_TEXT, signature=ANY_TEXT)
@example(secret="", text="", signature="")
@example(secret="testsecret", text="ü", signature="é\udcff")
def test_an_odd_signature_does_not_match(version: Any, secret: str, text: str, signature: str) -> None:
    """Characters that no signature is made of are a mismatch, never an error."""
    assert not version.matches(secret, text, signature)


@pytest.mark.parametrize("version", [v1, v3])
@pytest.mark.parametrize("spell", [str.upper, str.swapcase, lambda text: f" {text}", lambda text: text[:-1]])
def test_a_signature_spelled_otherwise_does_not_match(version: Any, spell: Any) -> None:
    """Every client spells a signature in one way, and that is the way that is accepted."""
    signature = version.sign("testsecret", "text")

    assert version.matches("testsecret", "text", signature)
    assert not version.matches("testsecret", "text", spell(signature))
