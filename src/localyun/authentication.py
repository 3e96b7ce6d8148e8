"""Who makes a call: key, signature, clock and nonce, in that order.

A bad signature uses nothing up; a nonce serves once per key, until its own timestamp is out of the window.
Source: "Request structure and signature" V3, and "Request signatures" (RPC, V1), as of 2025.
"""

import msgspec

from localyun.clock import MINUTE, Instant
from localyun.model import AccessKey, Account, Caller, Session, sessions
from localyun.spec import errors
from localyun.spec.faults import ApiError
from localyun.store.interface import Transaction
from localyun.wire import times
from localyun.wire.call import Call
from localyun.wire.signing import v1, v3

WINDOW: Instant = 15 * MINUTE
"""How far a call's timestamp may be from our clock, either way."""

TEMPORARY = "STS."
"""How the ids of temporary keys begin."""


class _Claim(msgspec.Struct, frozen=True):
    """What a call says of itself, whichever way it is signed."""

    access_key_id: str
    timestamp: str
    nonce: str
    security_token: str
    string_to_sign: str
    signature: str
    v3_request: str = ""
    """The canonical request of a V3 call."""

    def verified_by(self, secret: str) -> bool:
        matches = v3.matches if self.v3_request else v1.matches
        return matches(secret, self.string_to_sign, self.signature)

    def mismatch(self) -> ApiError:
        if self.v3_request:
            return errors.SIGNATURE_V3_MISMATCH(self.string_to_sign, self.v3_request)
        return errors.SIGNATURE_V1_MISMATCH(self.string_to_sign)


def authenticate(call: Call, tx: Transaction, wall: Instant, now: Instant) -> Caller:
    """Return who makes the call, and spend its nonce. `wall` is the wall clock's time, `now` the world's.

    Raises the gateway's errors, one for each way in which a call can fail to prove where it comes from.
    """
    claim = _v3_claim(call) if call.authorization else _v1_claim(call)
    if claim.access_key_id.startswith(TEMPORARY) and not claim.security_token:
        raise errors.MISSING_SECURITY_TOKEN()
    id = claim.access_key_id
    key = tx.get(Session, id) if id.startswith(TEMPORARY) else tx.get(AccessKey, id)
    if key is None:
        raise errors.ACCESS_KEY_NOT_FOUND()
    if not claim.verified_by(key.secret):
        raise claim.mismatch()
    if claim.security_token:
        _check_token(key, claim.security_token, now)
    try:
        signed_at = times.parse(claim.timestamp)
    except ValueError:
        raise errors.TIMESTAMP_MALFORMED() from None
    if abs(wall - signed_at) > WINDOW:
        raise errors.TIMESTAMP_EXPIRED()
    if not tx.spend_nonce(key.id, claim.nonce, signed_at + WINDOW):
        raise errors.NONCE_USED()
    if isinstance(key, AccessKey) and not key.active:
        raise errors.ACCESS_KEY_DISABLED()
    account = tx.get(Account, key.account)
    if account is None:
        raise errors.ACCESS_KEY_NOT_FOUND()
    if isinstance(key, Session):
        return Caller(account.id, key.id, account.site, "", key, account.identities, account.grants)
    return Caller(account.id, key.id, account.site, key.user, None, account.identities, account.grants)


def _check_token(key: AccessKey | Session, token: str, now: Instant) -> None:
    """Raise what is wrong with a security token, whose key and signature are right."""
    if not isinstance(key, Session):
        raise errors.SECURITY_TOKEN_MISMATCH()
    named = sessions.key_of(token)
    if named is None:
        raise errors.SECURITY_TOKEN_MALFORMED()
    if named != key.id:
        raise errors.SECURITY_TOKEN_MISMATCH()
    if not key.has_token(token):
        raise errors.SECURITY_TOKEN_MALFORMED()
    if now >= key.expires_at:
        raise errors.SECURITY_TOKEN_EXPIRED()


def _v1_claim(call: Call) -> _Claim:
    given = call.parameters.get
    if not (access_key_id := given("AccessKeyId", "")):
        raise errors.MISSING_ACCESS_KEY_ID()
    if not (signature := given("Signature", "")):
        raise errors.MISSING_SIGNATURE()
    if given("SignatureMethod") != "HMAC-SHA1" or given("SignatureType"):
        raise errors.INVALID_SIGNATURE_METHOD()
    if given("SignatureVersion") != "1.0":
        raise errors.INVALID_SIGNATURE_VERSION()
    if not (timestamp := given("Timestamp", "")):
        raise errors.MISSING_TIMESTAMP()
    if not (nonce := given("SignatureNonce", "")):
        raise errors.MISSING_PARAMETER("SignatureNonce")
    return _Claim(
        access_key_id,
        timestamp,
        nonce,
        given("SecurityToken", ""),
        v1.string_to_sign(call.raw.method, call.parameters),
        signature,
    )


def _v3_claim(call: Call) -> _Claim:
    headers, body = call.raw.headers, call.raw.body
    try:
        authorization = v3.parse_authorization(call.authorization)
    except ValueError as error:
        raise errors.INCOMPLETE_SIGNATURE() from error
    if authorization.algorithm != v3.ALGORITHM:
        raise errors.INVALID_SIGNATURE_METHOD()
    if not (timestamp := headers.get("x-acs-date", "")):
        raise errors.MISSING_TIMESTAMP()
    if not (nonce := headers.get("x-acs-signature-nonce", "")):
        raise errors.MISSING_PARAMETER("x-acs-signature-nonce")
    if v3.missing_signed_headers(headers, authorization.signed_headers, has_body=bool(body)):
        raise errors.INCOMPLETE_SIGNATURE()
    request = v3.canonical_request(
        call.raw.method,
        call.raw.path,
        call.query.items(),
        headers,
        authorization.signed_headers,
        v3.payload_hash(body),
    )
    return _Claim(
        authorization.access_key_id,
        timestamp,
        nonce,
        headers.get("x-acs-security-token", ""),
        v3.string_to_sign(request),
        authorization.signature,
        request,
    )
