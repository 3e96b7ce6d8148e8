"""`localyun audit`: who changed what, and who was refused what."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from localyun.cli.options import Data, DatabaseUrl, Json, option
from localyun.cli.output import fail, print_as_json, print_table, say
from localyun.cli.state import existing_store, locate

if TYPE_CHECKING:
    from localyun.model import AuditEntry
    from localyun.store.interface import Store, Transaction

PAUSE_SECONDS = 0.5
"""How often one who follows looks for more."""
BATCH = 200


def audit(
    ctx: typer.Context,
    account: Annotated[
        str, option("as", "Only this account's, by name or id.", metavar="ACCOUNT", show_default="all")
    ] = "",
    last: Annotated[int, option("last", "How many.", min=1)] = 50,
    follow: Annotated[bool, option("follow", "Go on as more comes, until interrupted.")] = False,
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Show who changed what, and who was refused what.

    The oldest comes first. Secrets aren't in it.
    """
    from localyun.accounts import AccountError, id_of
    from localyun.clock import SystemClock

    with existing_store(locate(ctx, data, database_url)) as store:
        with store.reading(SystemClock().wall()) as tx:
            try:
                wanted = id_of(tx, account) if account else ""
            except AccountError as error:
                fail(str(error))
            found = _newest(tx, wanted, last)
        if not follow:
            _show(found, json=json)
            return
        _show_lines(found, json=json)
        for more in _following(store, wanted, found):
            _show_lines(more, json=json)


def explain_call(request_id: str, json: bool, url: str) -> None:
    """Say who made a call and what became of it; of a refusal by policies, which statement decided."""
    from localyun.clock import SystemClock
    from localyun.model import AuditEntry

    with existing_store(url) as store, store.reading(SystemClock().wall()) as tx:
        found = tx.find(AuditEntry, id=request_id)
    if not found:
        fail(
            f"no change and no refusal has the request id {request_id}: "
            "`localyun audit` lists those that are kept, calls that only read aren't"
        )
    (entry,) = found
    if json:
        print_as_json(entry)
        return
    say(_line(entry))
    if entry.message:
        say(entry.message)
    if entry.because:
        say(f"Decided by policies: {entry.because}")


def _newest(tx: "Transaction", account: str, last: int) -> "list[AuditEntry]":
    """Return the newest entries, oldest first."""
    from localyun.model import AuditEntry

    if account:
        found = tx.find(AuditEntry, order="at", descending=True, limit=last, account=account)
    else:
        found = tx.find(AuditEntry, order="at", descending=True, limit=last)
    return found[::-1]


def _following(store: "Store", account: str, seen: "list[AuditEntry]") -> "Iterator[list[AuditEntry]]":
    """Yield what comes after what was seen, until interrupted."""
    import time

    from localyun.clock import SystemClock

    known = {entry.id for entry in seen}
    while True:
        time.sleep(PAUSE_SECONDS)
        wanted, more = BATCH, []
        while True:
            with store.reading(SystemClock().wall()) as tx:
                found = _newest(tx, account, wanted)
            more = [entry for entry in found if entry.id not in known]
            if len(more) < len(found) or len(found) < wanted:
                break
            wanted *= 2
        known |= {entry.id for entry in more}
        if more:
            yield more


def _show(entries: "list[AuditEntry]", *, json: bool) -> None:
    if json:
        print_as_json(entries)
    elif not entries:
        say("nothing was changed, and nobody was refused anything")
    else:
        print_table(
            ("when", "who", "key", "from", "what", "image", "outcome", "request"), map(_cells, entries)
        )


def _show_lines(entries: "list[AuditEntry]", *, json: bool) -> None:
    import msgspec

    for entry in entries:
        typer.echo(msgspec.json.encode(entry).decode() if json else _line(entry))


def _cells(entry: "AuditEntry") -> tuple[str, ...]:
    from localyun.wire import times

    return (
        times.seconds(entry.at),
        entry.who,
        entry.access_key,
        entry.address,
        f"{entry.service}:{entry.action}",
        entry.image,
        entry.code or "done",
        entry.id,
    )


def _line(entry: "AuditEntry") -> str:
    return "  ".join(cell for cell in _cells(entry) if cell)
