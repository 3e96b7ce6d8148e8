"""Taking a request apart: whatever comes, there is a call, and its fault if it has one."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localyun.spec.faults import ApiError
from localyun.wire.call import FORM, Call, RawRequest, parameters

V3 = {"authorization": "ACS3-HMAC-SHA256 x", "x-acs-action": "A", "x-acs-version": "V"}


def read(query: str = "Action=A&Version=V", method: str = "GET", **headers: str) -> Call:
    """Take a request without a body apart."""
    return Call.read(RawRequest(method, "/", query.encode(), headers, b""), "id")


@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    query=st.binary(max_size=200),
    body=st.binary(max_size=200),
    kind=st.sampled_from(["", FORM, FORM + "; charset=utf-8", "application/json"]),
    authorization=st.sampled_from(["", "ACS3-HMAC-SHA256 Credential=", "Bearer x"]),
)
def test_no_request_breaks_the_reader(
    method: str, query: bytes, body: bytes, kind: str, authorization: str
) -> None:
    """It never raises; a fault is a client's."""
    headers = {"content-type": kind, "authorization": authorization}

    call = Call.read(RawRequest(method, "/", query, headers, body), "id")

    assert call.fault is None or 400 <= call.fault.status < 500


def test_a_form_is_known_by_its_type_in_any_case() -> None:
    """Media types have no case; what follows the semicolon doesn't matter."""
    headers = {"content-type": "Application/X-WWW-Form-URLencoded; charset=UTF-8"}

    call = Call.read(RawRequest("POST", "/", b"", headers, b"Action=A&Version=V"), "id")

    assert (call.action, call.version, call.fault) == ("A", "V", None)


def test_a_call_without_any_signature_is_named_by_its_headers() -> None:
    """As SDKs send it for an anonymous caller or a bearer token: what is wrong is not its action."""
    call = read("", accept="application/json", **{"x-acs-action": "A", "x-acs-version": "V"})

    assert (call.action, call.version, call.format, call.fault) == ("A", "V", "JSON", None)


def test_a_signed_parameter_is_not_replaced_by_an_unsigned_header() -> None:
    """SDKs send the headers with V1 as well, where the signature doesn't cover them."""
    call = read("Action=A&Version=V&Signature=s", **{"x-acs-action": "B", "x-acs-version": "W"})

    assert (call.action, call.version, call.format) == ("A", "V", "XML")


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.text()))
def test_what_a_client_encodes_is_what_we_decode(given_: dict[str, str]) -> None:
    """For any names and values, the NUL apart."""
    wanted = {n.encode(errors="replace").decode(): v.replace("\0", "") for n, v in given_.items()}
    wanted = {n: v.encode(errors="replace").decode() for n, v in wanted.items()}

    assert parameters(urlencode(wanted).encode()) == wanted


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        (b"a=1&&b=2&", {"a": "1", "b": "2"}),
        (b"a", {"a": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"a+b=c+d", {"a b": "c d"}),
        (b"a=%zz%4", {"a": "%zz%4"}),
        (b"a=%2B", {"a": "+"}),
        ("a=图".encode(), {"a": "图"}),
    ],
)
def test_odd_spellings_are_read_as_forms_are(text: bytes, decoded: dict[str, str]) -> None:
    """Empty pieces, missing values, plus signs, percent signs that encode nothing."""
    assert parameters(text) == decoded


@pytest.mark.parametrize("text", [b"a=1&a=1", b"a=1&%61=2", b"a=%ff", b"a=\xff", b"a=%00", b"a=\0"])
def test_what_could_be_read_in_two_ways_is_refused_by_name(text: bytes) -> None:
    """A name twice, what isn't UTF-8, a NUL."""
    with pytest.raises(ApiError, match=r'^400 InvalidParameter: The specified parameter "a" is not valid\.$'):
        parameters(text)


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("Action=A&Version=V", {}, "XML"),
        ("Action=A&Version=V&Format=json", {}, "JSON"),
        ("Action=A&Version=V&Format=XML", {"accept": "application/json"}, "XML"),
        ("", {**V3, "accept": "application/json"}, "JSON"),
        ("", V3, "JSON"),
        ("", {**V3, "accept": "application/xml"}, "XML"),
        ("Format=XML", {**V3, "accept": "application/json"}, "XML"),
    ],
)
def test_the_format_is_as_documented(query: str, headers: dict[str, str], expected: str) -> None:
    """V1 answers XML unless told otherwise, V3 what `accept` says, and JSON without it."""
    assert read(query, **headers).format == expected


def test_v1_calls_may_carry_the_headers_of_v3() -> None:
    """Some clients send `x-acs-action` with both; only a V3 signature makes it count."""
    call = read("Action=A&Version=V", **{"x-acs-action": "B", "x-acs-version": "W"})

    assert (call.action, call.version, call.authorization) == ("A", "V", "")


def test_a_body_that_is_no_form_has_no_parameters() -> None:
    """V1 doesn't sign it, so it says nothing."""
    raw = RawRequest("POST", "/", b"Action=A&Version=V", {"content-type": "text/plain"}, b"Action=B")

    assert Call.read(raw, "id").action == "A"


@pytest.mark.parametrize(
    ("header", "host"), [("127.0.0.1:80", "127.0.0.1:80"), ("http://127.0.0.1:80", "127.0.0.1:80"), ("", "")]
)
def test_the_host_is_shown_without_scheme(header: str, host: str) -> None:
    """One SDK sends its whole endpoint as `Host`."""
    assert read(host=header).host == host
