"""Taking a role on, for a while."""

import re
from typing import Annotated

from localyun.clock import SECOND
from localyun.model import Role, Session, policies, sessions
from localyun.operations.context import Context
from localyun.operations.identities import may_assume
from localyun.operations.sts.product import STS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Request, Unset, View, param
from localyun.wire import times

SHORTEST, LONGEST_OF_A_SESSION = 900, 3_600
"""In seconds. Whoever acts in a session can't take a role on for longer than an hour."""
LARGEST_POLICY = 2_048
ROLE_ARN = re.compile(r"acs:ram::(\d{1,20}):role/([A-Za-z0-9.-]{1,64})", re.ASCII)
SESSION_NAME = re.compile(r"[A-Za-z0-9.@_-]{2,64}")
EXTERNAL_ID = re.compile(r"[A-Za-z0-9=,.@:/_-]{2,1224}")
SOURCE_IDENTITY = re.compile(r"[A-Za-z0-9=,.@_-]{2,64}")
PURGED_AT_ONCE = 10
"""How many sessions that are long over are forgotten when one begins."""


class AssumeRole(Request):
    """Take a role on: get a key that has the role's rights until it expires."""

    role_arn: Annotated[str, param("The role.", example="acs:ram::1234567890123456:role/imagereader")]
    role_session_name: Annotated[
        str, param("A name for who acts, as the audit trail shows it.", example="ci")
    ]
    duration_seconds: Annotated[
        int, param("How long, from 900 seconds to what the role allows.", malformed=errors.STS_DURATION)
    ] = 3_600
    policy: Annotated[str | None, param("What narrows the role's policies further, below 2,048 bytes.")] = (
        None
    )
    external_id: Annotated[str | None, param("What the trust policy may ask for as sts:ExternalId.")] = None
    source_identity: Annotated[
        str | None, param("Who is behind it; the trust policy may ask for it as sts:SourceIdentity.")
    ] = None


class AssumedRoleUser(View):
    """Whoever acts now."""

    assumed_role_id: str
    arn: str


class SessionCredentials(View):
    """The temporary key."""

    security_token: str
    expiration: str
    access_key_secret: str
    access_key_id: str


class AssumeRoleAnswer(Answer):
    """The temporary key, and whose it is."""

    assumed_role_user: AssumedRoleUser
    credentials: SessionCredentials
    source_identity: str | Unset = UNSET


@STS.operation(
    errors=(
        errors.STS_ROLE_ARN,
        errors.STS_SESSION_NAME,
        errors.STS_POLICY_SIZE,
        errors.STS_POLICY_GRAMMAR,
        errors.STS_EXTERNAL_ID,
        errors.STS_DURATION,
        errors.STS_NO_PERMISSION,
        errors.STS_ROLE_NOT_FOUND,
    )
)
def assume_role(ctx: Context, request: AssumeRole) -> AssumeRoleAnswer:
    """The caller's policies allowed it, or we weren't here; now the role must trust the caller.

    An account can't take a role on with a key of its own. Source: AssumeRole (2025).
    """
    account, name = check(request)
    if ctx.caller.is_root:
        raise errors.STS_NO_PERMISSION()
    role = named(ctx, account, name)
    given = {"sts:ExternalId": request.external_id, "sts:SourceIdentity": request.source_identity}
    if not may_assume(ctx.tx, account, role.name, "RAM", ctx.caller.names, given.get):
        raise errors.STS_NO_PERMISSION()
    most = LONGEST_OF_A_SESSION if ctx.caller.session else role.max_session_seconds
    if not SHORTEST <= request.duration_seconds <= most:
        raise errors.STS_DURATION()
    session = begin(ctx, role, request)
    return AssumeRoleAnswer(
        assumed_role_user=AssumedRoleUser(assumed_role_id=session.principal, arn=session.arn),
        credentials=SessionCredentials(
            security_token=session.token,
            expiration=times.seconds(session.expires_at),
            access_key_secret=session.secret,
            access_key_id=session.id,
        ),
        source_identity=request.source_identity or UNSET,
    )


def check(request: AssumeRole) -> tuple[str, str]:
    """Return the role's account and name, or raise the row of the first thing that is wrongly formed."""
    role = ROLE_ARN.fullmatch(request.role_arn)
    if not role:
        raise errors.STS_ROLE_ARN()
    if not SESSION_NAME.fullmatch(request.role_session_name):
        raise errors.STS_SESSION_NAME()
    if request.policy is not None:
        if len(request.policy.encode()) >= LARGEST_POLICY:
            raise errors.STS_POLICY_SIZE()
        try:
            policies.read(request.policy, "of the session")
        except policies.PolicyError as error:
            raise errors.STS_POLICY_GRAMMAR() from error
    if request.external_id is not None and not EXTERNAL_ID.fullmatch(request.external_id):
        raise errors.STS_EXTERNAL_ID()
    if request.source_identity is not None and not SOURCE_IDENTITY.fullmatch(request.source_identity):
        raise errors.INVALID_PARAMETER("SourceIdentity")
    if request.duration_seconds < SHORTEST:
        raise errors.STS_DURATION()
    return role[1], role[2]


def named(ctx: Context, account: str, name: str) -> Role:
    """Return a role by its name as resource names have it, in lower case, or raise `EntityNotExist.Role`."""
    for role in ctx.tx.find(Role, account=account):
        if role.name.lower() == name.lower():
            return role
    raise errors.STS_ROLE_NOT_FOUND()


def begin(ctx: Context, role: Role, request: AssumeRole) -> Session:
    """Keep a new session, and forget some that are long over."""
    for old in ctx.tx.find(Session, order="expires_at", limit=PURGED_AT_ONCE):
        if old.expires_at + sessions.KEPT < ctx.now:
            ctx.tx.delete(old)
    id, secret = ctx.world.ids.temporary_key()
    session = Session(
        id=id,
        secret=secret,
        token=sessions.token_for(id, ctx.world.ids.session_token()),
        account=role.account,
        role=role.name,
        role_id=role.id,
        name=request.role_session_name,
        expires_at=ctx.now + request.duration_seconds * SECOND,
        policy=request.policy or "",
    )
    ctx.tx.put(session)
    return session
