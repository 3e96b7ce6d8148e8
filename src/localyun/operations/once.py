"""A repeated call under one ClientToken has the answer of the first and changes nothing more.

Source: "How to ensure idempotence" (2025): the token is case-sensitive; other parameters under a used token
are refused.
"""

import hashlib

import msgspec

from localyun.model import AnsweredCall
from localyun.operations.context import Context
from localyun.spec import errors
from localyun.spec.declare import Answer, Operation, Request


def handle_once(operation: Operation, ctx: Context, request: Request) -> Answer:
    """Handle a request, or give the answer that its token was given before.

    Raises what the handler raises, and the operation's `token_reused` when the parameters are other ones.
    """
    token: str | None = getattr(request, "client_token", None)
    if token is None:
        return operation.handler(ctx, request)
    asked = hashlib.sha256(msgspec.json.encode(request)).hexdigest()
    answered = ctx.tx.get(AnsweredCall, ctx.account, operation.name, token)
    if answered is not None:
        if answered.parameters != asked:
            raise (operation.token_reused or errors.TOKEN_REUSED)()
        return msgspec.json.decode(answered.answer, type=operation.answer)
    answer = operation.handler(ctx, request)
    ctx.tx.put(
        AnsweredCall(
            account=ctx.account,
            action=operation.name,
            token=token,
            parameters=asked,
            answer=msgspec.json.encode(answer).decode(),
            at=ctx.now,
        )
    )
    return answer
