"""A call in a transaction of its own, tried again while others get in its way."""

import itertools
import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from localyun.app import App
from localyun.clock import Instant
from localyun.service import answer, changes, refuse
from localyun.spec import errors
from localyun.store.interface import StoreBusy, Transaction
from localyun.wire.call import Call
from localyun.wire.render import Reply

Begin = Callable[[Instant], AbstractContextManager[Transaction]]

RETRY_SECONDS = 0.002
"""How long a call that another got in the way of waits before it is tried again; longer each time."""
PATIENCE_SECONDS = 10
"""How long it is tried: clients wait no longer for an answer."""
TRIES_TOGETHER = 5
"""How often a call is tried beside others that change; after that it has the database to itself."""

log = logging.getLogger("localyun")


def answered(call: Call, app: App) -> Reply:
    """Answer a call, again and again while others get in its way; what is answered is durable."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for attempt in itertools.count():
        try:
            with _begin(call, app, attempt)(app.clock.wall()) as tx:
                reply = answer(call, app, tx)
        except StoreBusy:
            if time.monotonic() > deadline:
                log.exception("a call lost its transaction %d times", attempt + 1)
                break
            time.sleep(RETRY_SECONDS * (attempt + 1))
        except Exception:
            log.exception("a call lost its transaction")
            break
        else:
            return reply
    return refuse(errors.SERVICE_UNAVAILABLE(), call, app)


def _begin(call: Call, app: App, attempt: int) -> Begin:
    if not changes(call, app):
        return app.store.reading
    return partial(app.store.writing, alone=attempt >= TRIES_TOGETHER)
