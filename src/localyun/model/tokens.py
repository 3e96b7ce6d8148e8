"""Calls that were answered under a ClientToken, so that a repeated one gets the same answer."""

from localyun.clock import Instant
from localyun.model.record import Record, stored


@stored("answered_call", key=("account", "action", "token"))
class AnsweredCall(Record, frozen=True):
    """The answer once given under a token, and what was asked: `parameters` is a digest of it."""

    account: str
    action: str
    token: str
    parameters: str
    answer: str
    at: Instant
