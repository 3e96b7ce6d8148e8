"""The path of one call, on one screen: from an HTTP request to the reply."""

import logging
from contextlib import nullcontext

from localyun import catalogue
from localyun.app import App
from localyun.auditing import Witness
from localyun.authentication import authenticate
from localyun.clock import Instant
from localyun.model import Caller
from localyun.objects.interface import ObjectsUnavailable
from localyun.operations.authorization import authorize
from localyun.operations.context import Context
from localyun.operations.once import handle_once
from localyun.spec import errors
from localyun.spec.declare import Operation, Request
from localyun.spec.faults import ApiError
from localyun.store.interface import StoreUnavailable, Transaction
from localyun.wire.call import Call
from localyun.wire.params import bind
from localyun.wire.render import Reply, render, render_error

log = logging.getLogger("localyun")


def answer(call: Call, app: App, tx: Transaction) -> Reply:
    """Answer one call inside an open transaction.

    The order of the steps is visible to clients, which see the first thing that is wrong, and is pinned by
    tests. A refused call changes nothing, but for its nonce and its entry in the audit trail.
    """
    wall, now = app.clock.wall(), app.clock.now()
    witness = Witness(call, tx, now)
    try:
        if call.fault:
            raise call.fault
        caller = witness.caller = authenticate(call, tx, wall, now)
        app.world.key_uses.note(caller, now, tx)
        operation = witness.operation = find(call, app)
        if not app.throttle.admits(call, caller.account, operation, wall, tx):
            raise errors.THROTTLED()
        request = bind(operation, call.parameters)
        context = in_context(call, app, tx, caller, operation, request, now)
        authorize(operation, context, request, call.raw)
        with tx.savepoint() if operation.changes else nullcontext():
            result = handle_once(operation, context, request)
            if getattr(request, "dry_run", False):
                raise errors.DRY_RUN()
            reply = render(result, call)
        witness.succeeded(result)
        return reply
    except StoreUnavailable:
        raise
    except ApiError as refusal:
        error = refusal
    except ObjectsUnavailable:
        log.warning("request %s: object storage can't be used", call.id, exc_info=True)
        error = errors.SERVICE_UNAVAILABLE()
    except Exception:
        log.exception("request %s: %s failed", call.id, call.action)
        error = errors.INTERNAL_ERROR()
    witness.refused(error)
    return refuse(error, call, app)


def find(call: Call, app: App) -> Operation:
    """Return the operation that a call names, or raise what the gateway says of an unknown one."""
    if operation := app.operations.find(call.version, call.action):
        return operation
    known = catalogue.versions_with(call.action)
    if call.version in known:
        if count := app.missing.note(call.action):
            log.warning("%s %s isn't emulated; calls so far: %d", call.version, call.action, count)
        raise errors.UNSUPPORTED_OPERATION(call.action)
    raise errors.INVALID_VERSION() if known else errors.ACTION_NOT_FOUND()


def in_context(
    call: Call,
    app: App,
    tx: Transaction,
    caller: Caller,
    operation: Operation,
    request: Request,
    now: Instant,
) -> Context:
    """Return what the handler is given; an unknown region is refused here, for every operation alike.

    Also by an operation that doesn't take one, if it declares how: V1 SDKs send one with every call.
    """
    region: str = getattr(request, "region_id", None) or ""
    if operation.region_by_address and not region:
        region = catalogue.region_of_host(call.host)
    named = region or (call.parameters.get("RegionId") if operation.unknown_region else "")
    if named and catalogue.region(named) is None:
        raise (operation.unknown_region or errors.REGION_NOT_FOUND)()
    return Context(caller, tx, now, app.world, call.id, region, call.host)


def refuse(error: ApiError, call: Call, app: App) -> Reply:
    """Write a refusal, with the address of our own page about it."""
    recommend = f"{app.settings.address}/_localyun/errors/{error.code}"
    return render_error(error, call, recommend)


def changes(call: Call, app: App) -> bool:
    """Whether a call needs a transaction that can change something."""
    operation = app.operations.find(call.version, call.action)
    return call.fault is None and operation is not None and operation.changes
