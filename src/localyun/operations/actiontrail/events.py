"""Looking up what was done for an account, and what was refused."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from localyun.clock import DAY, SECOND, Instant
from localyun.model import AuditEntry
from localyun.model.audit import KEPT
from localyun.operations.actiontrail.product import ACTIONTRAIL
from localyun.operations.context import Context
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Group, Request, Unset, param
from localyun.spec.faults import ErrorSpec
from localyun.wire import times

USUALLY: Instant = 7 * DAY
"""How far one looks back who doesn't say."""
MOST_RESULTS = 50
USUAL_RESULTS = 20
FORWARD, BACKWARD = "FORWARD", "BACKWARD"
BATCH = 200
"""How many entries are read at once."""

SERVICES = {"ecs": "Ecs", "vpc": "Vpc", "ram": "Ram", "sts": "Sts", "kms": "Kms"}
"""How events name products; any other one is named with a capital."""


class LookupAttributeItem(Group):
    """What events have to be like: `LookupAttribute.N.Key` and `LookupAttribute.N.Value`."""

    key: Annotated[str | None, param("EventName, EventRW, User, ResourceName and the like.")] = None
    value: Annotated[str | None, param("The value.")] = None


class LookupEvents(Request):
    """List what was changed for the account and what was refused."""

    next_token: Annotated[str | None, param("Where to go on, as the page before said.")] = None
    max_results: Annotated[str | None, param("Events a page, 1 to 50; 20 by default.")] = None
    start_time: Annotated[str | None, param("From when on; seven days before the end by default.")] = None
    end_time: Annotated[str | None, param("Until before when; now by default.")] = None
    direction: Annotated[str | None, param("FORWARD for oldest first, BACKWARD for newest first.")] = None
    lookup_attribute: Annotated[
        tuple[LookupAttributeItem, ...],
        param("What events have to be like, up to 2 at once.", max_length=2, malformed=errors.TRAIL_QUERY),
    ] = ()


class Events(Answer):
    """A page of events."""

    start_time: str
    end_time: str
    events: list[dict[str, Any]]
    next_token: str | Unset = UNSET


@ACTIONTRAIL.operation(
    errors=(errors.TRAIL_START_TIME, errors.TRAIL_END_TIME, errors.TRAIL_TIMES, errors.TRAIL_QUERY),
    changes=False,
)
def lookup_events(ctx: Context, request: LookupEvents) -> Events:
    """The newest comes first unless it is said otherwise; successful reads aren't events. Only one's own."""
    end = moment(request.end_time, errors.TRAIL_END_TIME) if request.end_time else ctx.now + SECOND
    start = moment(request.start_time, errors.TRAIL_START_TIME) if request.start_time else end - USUALLY
    if start < ctx.now - KEPT:
        raise errors.TRAIL_START_TIME()
    if end <= start:
        raise errors.TRAIL_TIMES()
    if request.direction not in (None, FORWARD, BACKWARD):
        raise errors.TRAIL_QUERY()
    most, fits = how_many(request.max_results), asked_for(request)
    after = place(request.next_token)
    page: list[AuditEntry] = []
    backward = request.direction != FORWARD
    for entry in entries(ctx, start, end, backward=backward):
        here = (entry.at, entry.id)
        if after and (here >= after if backward else here <= after):
            continue
        if fits(entry):
            if len(page) == most:
                break
            page.append(entry)
    else:
        most = len(page) + 1
    return Events(
        start_time=times.seconds(start),
        end_time=times.seconds(end),
        events=[event(entry) for entry in page],
        next_token=token(page[-1]) if len(page) == most else UNSET,
    )


def moment(text: str, malformed: ErrorSpec) -> Instant:
    """Read a time, or raise `malformed`."""
    try:
        return times.parse(text)
    except ValueError:
        raise malformed() from None


def how_many(text: str | None) -> int:
    """Read how many events a page has, or raise `InvalidQueryParameter`."""
    if text is None:
        return USUAL_RESULTS
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_RESULTS):
        raise errors.TRAIL_QUERY()
    return int(text)


def asked_for(request: LookupEvents) -> Callable[[AuditEntry], bool]:
    """Return a test of entries for what is looked up, or raise `InvalidQueryParameter`."""
    wanted = [(item.key or "", item.value or "") for item in request.lookup_attribute]
    if any(key not in ATTRIBUTES for key, _ in wanted):
        raise errors.TRAIL_QUERY()
    return lambda entry: all(ATTRIBUTES[key](entry) == value for key, value in wanted)


def entries(ctx: Context, start: Instant, end: Instant, *, backward: bool) -> Iterator[AuditEntry]:
    """Yield the account's entries within a time, in its order."""
    offset = 0
    while True:
        found = ctx.tx.find(
            AuditEntry, account=ctx.account, order="at", descending=backward, limit=BATCH, offset=offset
        )
        for entry in found:
            if (entry.at < start) if backward else (entry.at >= end):
                return
            if start <= entry.at < end:
                yield entry
        if len(found) < BATCH:
            return
        offset += BATCH


def token(entry: AuditEntry) -> str:
    """Return what says that a page ended with an entry."""
    return urlsafe_b64encode(f"{entry.at} {entry.id}".encode()).decode()


def place(token: str | None) -> tuple[Instant, str] | None:
    """Return where the page before ended, or raise `InvalidQueryParameter` for what wasn't given out."""
    if token is None:
        return None
    try:
        at, space, id = urlsafe_b64decode(token).decode().partition(" ")
        if not space:
            raise ValueError("no token of ours")
        return int(at), id
    except ValueError:
        raise errors.TRAIL_QUERY() from None


def event(entry: AuditEntry) -> dict[str, Any]:
    """Show an entry as the provider shows its events. Source: "ActionTrail event log" (2025)."""
    shown: dict[str, Any] = {
        "eventId": entry.id,
        "eventVersion": "1",
        "eventName": entry.action,
        "eventType": "ApiCall",
        "eventTime": times.seconds(entry.at),
        "eventRW": _rw(entry),
        "eventSource": f"{entry.service}.aliyuncs.com",
        "serviceName": _service(entry),
        "apiVersion": entry.version,
        "acsRegion": entry.region,
        "requestId": entry.id,
        "recipientAccountId": entry.account,
        "sourceIpAddress": entry.address,
        "userAgent": entry.agent,
        "requestParameters": dict(entry.parameters),
        "userIdentity": {
            "type": "assumed-role" if entry.session else "ram-user" if entry.user else "root-account",
            "accountId": entry.account,
            "principalId": entry.who,
            "userName": user_name(entry),
            "accessKeyId": entry.access_key,
        },
    }
    if entry.image:
        shown["referencedResources"] = {"ACS::ECS::Image": [entry.image]}
    if entry.code:
        shown |= {"errorCode": entry.code, "errorMessage": entry.message}
    return shown


def user_name(entry: AuditEntry) -> str:
    """Return the short name of whoever called: a user's, a role with its session, or root."""
    return entry.session.partition("assumed-role/")[2].replace("/", ":") or entry.user or "root"


def _rw(entry: AuditEntry) -> str:
    return "Read" if entry.reads else "Write"


def _service(entry: AuditEntry) -> str:
    return SERVICES.get(entry.service, entry.service.capitalize())


ATTRIBUTES: dict[str, Callable[[AuditEntry], str]] = {
    "EventId": lambda entry: entry.id,
    "EventName": lambda entry: entry.action,
    "EventRW": _rw,
    "EventAccessKeyId": lambda entry: entry.access_key,
    "ServiceName": _service,
    "User": user_name,
    "ResourceName": lambda entry: entry.image,
    "ResourceType": lambda entry: "ACS::ECS::Image" if entry.image else "",
}
"""What events can be looked up by."""
