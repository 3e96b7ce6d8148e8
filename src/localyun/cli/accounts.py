"""`localyun accounts`: who there is, and with which key each signs its calls."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from localyun.cli.options import Data, DatabaseUrl, Json, Seed, Yes, option
from localyun.cli.output import fail, print_accounts, print_as_json, say
from localyun.cli.state import ids, inhabited_store, locate

app = typer.Typer(
    help="List, create, change and delete accounts; no server is needed.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(
    ctx: typer.Context, json: Json = False, data: Data = "", database_url: DatabaseUrl = "", seed: Seed = ""
) -> None:
    """List all accounts with their keys; where there are none yet, the first three are made.

    Those are alice, bob and mallory, as a server makes them when it starts.
    """
    from localyun.accounts import listed
    from localyun.clock import SystemClock

    with inhabited_store(locate(ctx, data, database_url), seed) as store:
        accounts = listed(store, SystemClock().now())
    if json:
        print_as_json(accounts)
    else:
        print_accounts(accounts)


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The account's name.")],
    id: Annotated[str, option("id", "Its id, 1 to 20 digits.", show_default="16 digits of our choice")] = "",
    site: Annotated[str, option("site", "Its site: aliyun.com or alibabacloud.com.")] = "aliyun.com",
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
    seed: Seed = "",
) -> None:
    """Create an account and its key."""
    from localyun import accounts
    from localyun.clock import SystemClock

    with inhabited_store(locate(ctx, data, database_url), seed) as store, _explained():
        made = accounts.create(store, ids(store, seed), SystemClock().now(), name, id=id, site=site)
    if json:
        print_as_json(made)
    else:
        print_accounts([made])


@app.command()
def agree(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="Its name or id.")],
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Sign the terms of service for community images on behalf of an account."""
    changed = _changed(locate(ctx, data, database_url), account, agreed=True)
    say(f"The account {changed} may now give images to the community.")


@app.command()
def invite(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="Its name or id.")],
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Invite an account to share images in a hidden way, by LaunchPermission."""
    changed = _changed(locate(ctx, data, database_url), account, invited=True)
    say(f"The account {changed} may now share images in a hidden way.")


@app.command()
def hold(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="Its name or id.")],
    conditions: Annotated[
        list[str] | None,
        typer.Argument(
            help="Conditions such as arrears or no-kms; an unknown one is answered by a list of all. Without "
            "any, nothing holds it back any more.",
            metavar="[CONDITION]...",
        ),
    ] = None,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Hold an account back as the provider would: what it calls is refused accordingly.

    What was said before about the account no longer counts.
    """
    from localyun import accounts
    from localyun.clock import SystemClock
    from localyun.model.standing import Condition

    known = {condition.value: condition for condition in Condition}
    if unknown := [one for one in conditions or () if one not in known]:
        fail(f"there is no condition {unknown[0]!r}: there are {', '.join(known)}")
    with inhabited_store(locate(ctx, data, database_url), "") as store, _explained():
        held = accounts.hold(store, SystemClock().now(), account, (known[one] for one in conditions or ()))
    by = ", ".join(sorted(held.conditions)) or "nothing"
    say(f"The account {held.name} ({held.id}) is held back by {by}.")


def _changed(url: str, name_or_id: str, **fields: bool) -> str:
    """Change what is known of an account, and return what it is called."""
    from localyun import accounts
    from localyun.clock import SystemClock

    with inhabited_store(url, "") as store, _explained():
        changed = accounts.change(store, SystemClock().now(), name_or_id, **fields)
    return f"{changed.name} ({changed.id})"


@app.command()
def delete(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="Its name or id.")],
    yes: Yes = False,
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Delete an account and its keys; what it owns stays.

    On a terminal this asks for confirmation.
    """
    from localyun import accounts
    from localyun.clock import SystemClock

    if not yes and sys.stdin.isatty():
        typer.confirm(f"Delete the account {account} and its keys?", abort=True)
    with inhabited_store(locate(ctx, data, database_url), "") as store, _explained():
        deleted = accounts.delete(store, SystemClock().now(), account)
    if json:
        print_as_json({"id": deleted.id, "name": deleted.name, "site": deleted.site})
    else:
        say(f"The account {deleted.name} ({deleted.id}) and its keys are deleted.")


@contextmanager
def _explained() -> Iterator[None]:
    """Fail with the sentence of an account that can't be made or found."""
    from localyun.accounts import AccountError

    try:
        yield
    except AccountError as error:
        fail(str(error))
