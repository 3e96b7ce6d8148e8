"""`localyun reset`: as on the first day."""

import sys

import typer

from localyun.cli.options import Data, DatabaseUrl, Seed, Yes
from localyun.cli.output import fail, print_accounts, say
from localyun.cli.state import COMPUTE, directory_of, ids, is_on_disk, locate, open_store, place_of


def reset(
    ctx: typer.Context, yes: Yes = False, data: Data = "", database_url: DatabaseUrl = "", seed: Seed = ""
) -> None:
    """Forget everything and make the first accounts anew.

    Accounts and keys are forgotten too. A server that is running goes on with the new ones.
    """
    from contextlib import closing

    from localyun import accounts
    from localyun.clock import SystemClock

    url = locate(ctx, data, database_url)
    if not yes:
        if not sys.stdin.isatty():
            fail("this forgets everything: say so with --yes")
        typer.confirm(f"Forget everything in {place_of(url)}, all accounts and keys included?", abort=True)
    with closing(open_store(url)) as store:
        store.reset()
        accounts.make_first_accounts(store, ids(store, seed), SystemClock().now())
        made = accounts.listed(store, SystemClock().now())
    if is_on_disk(url) and (folder := directory_of(url) / COMPUTE).is_dir():
        from localyun.compute.qemu.assembly import remove_all

        remove_all(folder)
    say("Everything is forgotten. The accounts are new, with the keys that sign their calls:")
    print_accounts(made)
