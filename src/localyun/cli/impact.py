"""`localyun impact`: what taking an image back would do, before it is done."""

from typing import TYPE_CHECKING, Annotated

import typer

from localyun.cli.options import Data, DatabaseUrl, Json, option
from localyun.cli.output import fail, print_as_json, print_table, say
from localyun.cli.state import existing_store, locate

if TYPE_CHECKING:
    from localyun.operations.impact import Impact


def impact(
    ctx: typer.Context,
    image_id: Annotated[str, typer.Argument(help="A custom image's id.")],
    unshare: Annotated[
        list[str] | None,
        option(
            "unshare",
            "Unshare from this account, by name or id; several times for several.",
            metavar="ACCOUNT",
            show_default="unshare from all and delete",
        ),
    ] = None,
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Say what unsharing or deleting an image would take away.

    It lists the accounts that would lose the image, their disks that could no longer be re-initialized, and
    their instances whose system disk could no longer be replaced by it. Nothing is changed.
    """
    from localyun.accounts import AccountError, id_of
    from localyun.clock import SystemClock
    from localyun.model import Account
    from localyun.operations.impact import impact_of

    with existing_store(locate(ctx, data, database_url)) as store, store.reading(SystemClock().wall()) as tx:
        try:
            named = [id_of(tx, one) for one in unshare or ()]
        except AccountError as error:
            fail(str(error))
        found = impact_of(tx, image_id, named or None)
        names = {account.id: account.name for account in tx.find(Account)}
    if found is None:
        fail(f"there is no custom image {image_id}: `localyun call DescribeImages` lists those there are")
    if json:
        print_as_json(found)
    else:
        _tell(found, names)


def _tell(found: "Impact", names: dict[str, str]) -> None:
    def named(account: str) -> str:
        return f"{names[account]} ({account})" if account in names else account

    if found.unshare is None:
        step = "Unsharing it from all and deleting it"
    else:
        step = f"Unsharing it from {', '.join(map(named, found.unshare))}"
    say(f"{found.image} in {found.region}, owned by {named(found.owner)}")
    if not found.accounts:
        say(f"{step} takes nothing from anybody.")
        return
    say(f"{step} takes it from:\n")
    rows = []
    for one in found.accounts:
        who = named(one.account)
        lost = [[who, f"{loss.kind} {loss.id}", loss.instance, loss.operation] for loss in one.losses]
        rows += lost or [[who, "", "", ""]]
    print_table(["account", "its", "instance", "loses"], rows)
    derived = [image for one in found.accounts for image in one.derived]
    if derived:
        say(f"\nImages of theirs that came from it stay: {', '.join(derived)}")
