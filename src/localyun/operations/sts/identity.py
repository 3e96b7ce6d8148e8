"""Who is calling."""

from localyun.model import User
from localyun.operations.context import Context
from localyun.operations.sts.product import STS
from localyun.spec.declare import UNSET, Answer, Request, Unset


class GetCallerIdentity(Request):
    """Say who makes the call."""


class CallerIdentity(Answer):
    """The caller, as policies and logs name it."""

    identity_type: str
    account_id: str
    principal_id: str
    user_id: str
    arn: str
    role_id: str | Unset = UNSET


@STS.operation(changes=False, for_everybody=True)
def get_caller_identity(ctx: Context, request: GetCallerIdentity) -> CallerIdentity:
    """The account itself, one of its users, or whoever took one of its roles on."""
    caller = ctx.caller
    kind, id, role_id = "Account", ctx.account, ""
    if session := caller.session:
        kind, id, role_id = "AssumedRoleUser", session.principal, session.role_id
    elif caller.user:
        user = ctx.tx.get(User, caller.account, caller.user)
        kind, id = "RAMUser", user.id if user else ""
    return CallerIdentity(
        identity_type=kind,
        account_id=ctx.account,
        principal_id=id,
        user_id=id,
        arn=caller.arn,
        role_id=role_id or UNSET,
    )
