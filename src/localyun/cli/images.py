"""`localyun images` and `localyun shares`: whose images there are, and who shares what with whom."""

from typing import TYPE_CHECKING, Annotated

import typer

from localyun.cli.import_image import import_
from localyun.cli.options import Data, DatabaseUrl, Json, option
from localyun.cli.output import fail, print_as_json, print_table, say
from localyun.cli.state import existing_store, locate

if TYPE_CHECKING:
    from localyun.model import Image, Share
    from localyun.store.interface import Transaction

EVERYWHERE = "all regions"
InRegion = Annotated[str, option("region", "Only of this region.", show_default=EVERYWHERE)]


app = typer.Typer(
    help="List custom images and with whom each is shared, or import one.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.command("import")(import_)


@app.callback()
def images(
    ctx: typer.Context,
    owner: Annotated[
        str,
        option("owner", "Only this account's, by name or id.", metavar="ACCOUNT", show_default="everybody's"),
    ] = "",
    region: InRegion = "",
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """List custom images and with whom each is shared, or import one."""
    from localyun.clock import SystemClock
    from localyun.model import Image
    from localyun.wire import times

    if ctx.invoked_subcommand:
        return
    clock = SystemClock()
    with existing_store(locate(ctx, data, database_url)) as store, store.reading(clock.wall()) as tx:
        names = _names(tx)
        found = tx.find(Image, owner=_id_of(tx, owner)) if owner else tx.find(Image)
        found = [one for one in found if region in ("", one.region)]
        found.sort(key=lambda one: (-one.created_at, one.id))
        shared = {one.id: _sharees(tx, one) for one in found}
    if json:
        print_as_json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "owner": one.owner,
                    "region": one.region,
                    "status": one.phase.at(clock.now()),
                    "size": one.size,
                    "created": times.seconds(one.created_at),
                    "shared_with": shared[one.id],
                }
                for one in found
            ]
        )
    elif not found:
        say("there is no custom image here: `localyun call CreateImage` makes one of an instance")
    else:
        rows = [
            (
                one.id,
                one.name,
                names.get(one.owner, one.owner),
                one.region,
                one.phase.at(clock.now()),
                times.seconds(one.created_at),
                ", ".join(names.get(account, account) for account in shared[one.id]),
            )
            for one in found
        ]
        print_table(("image", "name", "owner", "region", "status", "created", "shared with"), rows)


def shares(
    ctx: typer.Context,
    account: Annotated[
        str,
        option(
            "account",
            "Only what this account shares or has been shared with, by name or id.",
            metavar="ACCOUNT",
            show_default="everybody's",
        ),
    ] = "",
    region: InRegion = "",
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """List who shares which image with whom, and since when."""
    from localyun.clock import SystemClock
    from localyun.wire import times

    with existing_store(locate(ctx, data, database_url)) as store, store.reading(SystemClock().wall()) as tx:
        names = _names(tx)
        found = _shares(tx, _id_of(tx, account) if account else "", region)
    if json:
        print_as_json(
            [
                {
                    "image": image.id,
                    "owner": image.owner,
                    "shared_with": share.account,
                    "region": share.region,
                    "since": times.seconds(share.since),
                }
                for share, image in found
            ]
        )
    elif not found:
        say("nothing is shared here: `localyun call ModifyImageSharePermission` shares an image")
    else:
        rows = [
            (
                names.get(image.owner, image.owner),
                image.id,
                image.name,
                names.get(share.account, share.account),
                share.region,
                times.seconds(share.since),
            )
            for share, image in found
        ]
        print_table(("owner", "image", "name", "shared with", "region", "since"), rows)


def _shares(tx: "Transaction", account: str, region: str) -> "list[tuple[Share, Image]]":
    from localyun.model import Image, Share

    pairs = [(share, image) for share in tx.find(Share) if (image := tx.get(Image, share.image))]
    pairs = [
        (share, image)
        for share, image in pairs
        if region in ("", share.region) and (not account or account in (share.account, image.owner))
    ]
    return sorted(pairs, key=lambda pair: (pair[0].since, pair[0].image, pair[0].account))


def _sharees(tx: "Transaction", image: "Image") -> list[str]:
    from localyun.model import Share

    return [share.account for share in tx.find(Share, order="since", image=image.id)]


def _names(tx: "Transaction") -> dict[str, str]:
    from localyun.model import Account
    from localyun.model.images import EVERYBODY

    return {EVERYBODY: "everybody", **{account.id: account.name for account in tx.find(Account)}}


def _id_of(tx: "Transaction", name_or_id: str) -> str:
    from localyun.accounts import AccountError, id_of

    try:
        return id_of(tx, name_or_id)
    except AccountError as error:
        fail(str(error))
