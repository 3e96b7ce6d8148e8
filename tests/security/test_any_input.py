"""No input breaks the server: bytes in any order, texts in every parameter, and no answer of 5xx."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localyun import accounts
from localyun.app import App
from localyun.ids import Ids
from localyun.model import Account
from localyun.operations import OPERATIONS
from localyun.spec.declare import Operation
from localyun.store.sqlite import SqliteStore
from localyun.wire import times
from localyun.wire.call import FORM, RawRequest
from localyun.wire.signing import v1, v3
from localyun.wire.signing.canonical import canonical_query
from tests.conformance.bad_input import _right
from tests.people import Person, TurnableClock, World

SOURCE = Path(__file__).parents[2] / "src"

INJECTIONS = [
    "'; DROP TABLE account; --",
    '" OR "1"="1',
    "%' UNION SELECT body FROM access_key --",
    "]]></Message><Code>x</Code>&lt;!ENTITY e SYSTEM 'file:///etc/passwd'&gt;",
    '{"$ne": null}',
    "../../../../etc/passwd",
    "\u202e\ufffe\U0010ffff",
    "${jndi:ldap://x}{{7*7}}%s%n",
]


@pytest.fixture(scope="module")
def alice() -> Iterator[Person]:
    """One account in one world for all attacks."""
    app = App(store=SqliteStore(None), clock=TurnableClock(), ids=Ids("test"))
    accounts.make_first_accounts(app.store, app.ids, app.clock.now())
    yield Person(World(app, app.clock), accounts.listed(app.store, 0)[0])
    app.store.close()


def texts(operation: Operation) -> Iterator[str]:
    """Yield the parameters that take a text."""
    yield from (field.name for field in operation.fields if not field.group and not field.repeated)


@pytest.mark.parametrize("operation", OPERATIONS.operations, ids=lambda one: one.name)
def test_no_parameter_is_more_than_its_text(alice: Person, operation: Operation) -> None:
    """Neither SQL, nor a template, nor a path, nor markup; answers are well-formed in both formats."""
    right: dict[str, object] = {one.name: _right(one) for one in operation.fields if one.required}
    for number, name in enumerate(texts(operation)):
        attack = INJECTIONS[number % len(INJECTIONS)]
        given = {**right, name: attack, "RegionId": attack if name == "RegionId" else alice.region}
        reply = alice.send(operation.name, version=operation.versions[0], **given)
        assert reply.status < 500, (name, attack, reply.body)
        json.loads(reply.body)
    marked = alice.send(
        operation.name, version=operation.versions[0], **{**right, "Format": "XML", "RegionId": INJECTIONS[3]}
    )
    ElementTree.fromstring(marked.body)
    with alice.world.app.store.reading(0) as tx:
        assert tx.count(Account) == 3


SYSTEM = (
    "Action Version Format AccessKeyId Signature SignatureMethod SignatureVersion SignatureNonce "
    "SignatureType Timestamp SecurityToken"
)
OTHERS = (
    "RegionId ImageId AddAccount.1 AddAccount.0 AddAccount Tag.1.Key Tag.1.Key.x Tag..Key PageNumber OwnerId"
)
NAMES = st.sampled_from([*SYSTEM.split(), *OTHERS.split(), ""])
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "DescribeImages",
            "2014-05-26",
            "XML",
            "JSON",
            "HMAC-SHA1",
            "1.0",
            "cn-hangzhou",
            "1",
            "STS.x",
            "CAIS",
        ]
    ),
)
PARAMETERS = st.dictionaries(NAMES, VALUES, max_size=10)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "host", "authorization", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce",
            "x-acs-content-sha256", "x-acs-security-token", "x-acs-accesskey-id", "content-type", "accept",
            "user-agent",
        ]
    ),
    st.one_of(
        st.text(st.characters(max_codepoint=255), max_size=30),
        st.sampled_from(
            [
                FORM,
                "application/xml",
                "ACS3-HMAC-SHA256 Credential=x,SignedHeaders=host,Signature=y",
                "ACS3-HMAC-SHA256 Credential=,SignedHeaders=;;,Signature=",
                "ACS3-HMAC-SHA256",
                "DescribeImages",
                "2014-05-26",
                "2026-03-01T08:00:00Z",
            ]
        ),
    ),
    max_size=8,
)  # fmt: skip
FUZZ = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(
    st.sampled_from(["GET", "POST", "PUT", "", "get"]),
    st.one_of(st.just("/"), st.text(max_size=10)),
    st.one_of(st.binary(max_size=60), PARAMETERS.map(lambda one: canonical_query(one.items()).encode())),
    HEADERS,
    st.binary(max_size=60),
)
def test_any_request_is_answered(
    alice: Person, method: str, path: str, query: bytes, headers: dict[str, str], body: bytes
) -> None:
    """Refused, that is, since none of them is signed; and the answer is well-formed."""
    reply = alice.world.send(RawRequest(method, path, query, headers, body))

    assert 400 <= reply.status < 500
    if reply.format == "JSON":
        json.loads(reply.body)
    else:
        ElementTree.fromstring(reply.body)


@FUZZ
@given(PARAMETERS, st.sampled_from(sorted({one.name for one in OPERATIONS.operations})), st.integers())
def test_any_signed_v1_call_is_answered(
    alice: Person, parameters: dict[str, str], action: str, nonce: int
) -> None:
    """Whatever is signed, by whoever has a key."""
    system = {
        "Action": action,
        "Version": next(one.versions[0] for one in OPERATIONS.operations if one.name == action),
        "AccessKeyId": alice.credentials.access_key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": f"v1 {nonce}",
        "Timestamp": times.seconds(alice.world.clock.wall()),
    }
    signed = v1.signed({**parameters, **system}, method="GET", secret=alice.credentials.access_key_secret)

    reply = alice.world.send(RawRequest("GET", "/", canonical_query(signed.items()).encode(), {}, b""))

    assert reply.status < 500


@FUZZ
@given(PARAMETERS, st.sampled_from(sorted({one.name for one in OPERATIONS.operations})), st.text(max_size=20))
def test_any_signed_v3_call_is_answered(
    alice: Person, parameters: dict[str, str], action: str, nonce: str
) -> None:
    """Whatever is signed, by whoever has a key."""
    headers = v3.signed(
        method="POST",
        host="x",
        query=parameters.items(),
        access_key_id=alice.credentials.access_key_id,
        secret=alice.credentials.access_key_secret,
        action=action,
        version=next(one.versions[0] for one in OPERATIONS.operations if one.name == action),
        nonce=nonce,
        date=times.seconds(alice.world.clock.wall()),
    )

    reply = alice.world.send(
        RawRequest("POST", "/", canonical_query(parameters.items()).encode(), headers, b"")
    )

    assert reply.status < 500


SECRET_NAMES = {"secret", "signature", "token", "security_token", "session_token", "access_key_secret"}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.name)
def test_secrets_are_compared_in_constant_time(path: Path) -> None:
    """By `hmac.compare_digest`, never by `==`: how long that takes would tell how much was right."""
    compared = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for operator in node.ops)
        and {getattr(side, "attr", getattr(side, "id", "")) for side in (node.left, *node.comparators)}
        & SECRET_NAMES
    ]

    assert compared == []
