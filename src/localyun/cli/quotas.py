"""`localyun quotas`: what accounts ask to have more of, and the operator's answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from localyun.cli.options import Data, DatabaseUrl, Json, option
from localyun.cli.output import fail, print_as_json, print_table, say
from localyun.cli.state import existing_store, locate

if TYPE_CHECKING:
    from localyun.model import QuotaApplication
    from localyun.store.interface import Transaction

app = typer.Typer(
    help="List, grant and refuse what accounts ask for.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Application = Annotated[str, typer.Argument(help="The application's id.", metavar="ID")]


@app.command("list")
def list_(
    ctx: typer.Context,
    all: Annotated[bool, option("all", "Those that were decided about, too.")] = False,
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """List the applications that wait for an answer, oldest first."""
    from localyun.clock import SystemClock
    from localyun.model import Account
    from localyun.operations.quotas.granting import applications
    from localyun.wire import times

    with existing_store(locate(ctx, data, database_url)) as store, store.reading(SystemClock().wall()) as tx:
        found = applications(tx, decided=all)
        names = {account.id: account.name for account in tx.find(Account)}
    if json:
        print_as_json(found)
    elif not found:
        say("nobody asks for anything")
    else:
        rows = [
            (
                one.id,
                names.get(one.account, one.account),
                f"{one.product} {one.code}",
                one.region or "all",
                str(one.desired),
                one.status,
                times.seconds(one.applied_at),
                one.reason,
            )
            for one in found
        ]
        print_table(("id", "account", "quota", "region", "wants", "status", "since", "reason"), rows)


@app.command()
def grant(
    ctx: typer.Context,
    application: Application,
    value: Annotated[
        int | None, option("value", "Give this instead.", min=0, show_default="what was asked for")
    ] = None,
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Give an account what it asks for; it holds from its next call on, server running or not."""
    from localyun.operations.quotas import granting

    _decide(
        locate(ctx, data, database_url),
        application,
        lambda tx, found: granting.grant(tx, found, value),
        json=json,
    )


@app.command()
def refuse(
    ctx: typer.Context,
    application: Application,
    reason: Annotated[str, option("reason", "Why, for whoever asked.", show_default=False)] = "",
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Decline an application; the account may ask again."""
    from localyun.operations.quotas import granting

    _decide(
        locate(ctx, data, database_url),
        application,
        lambda tx, found: granting.refuse(tx, found, reason),
        json=json,
    )


def _decide(
    url: str,
    id: str,
    decision: "Callable[[Transaction, QuotaApplication], QuotaApplication]",
    *,
    json: bool,
) -> None:
    from localyun.clock import SystemClock
    from localyun.operations.quotas.granting import GrantingError, waiting

    with existing_store(url) as store:
        try:
            with store.writing(SystemClock().wall()) as tx:
                decided = decision(tx, waiting(tx, id))
        except GrantingError as error:
            fail(str(error))
    if json:
        print_as_json(decided)
    else:
        given = f", {decided.approved}" if decided.approved is not None else ""
        say(f"{decided.product} {decided.code} of account {decided.account}: {decided.status}{given}")
