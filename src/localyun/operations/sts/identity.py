"""Who is calling."""

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


@STS.operation(changes=False)
def get_caller_identity(ctx: Context, request: GetCallerIdentity) -> CallerIdentity:
    """Every key is its account's own, so that all three ids are the account's."""
    return CallerIdentity(
        identity_type="Account",
        account_id=ctx.account,
        principal_id=ctx.account,
        user_id=ctx.account,
        arn=ctx.caller.arn,
    )
