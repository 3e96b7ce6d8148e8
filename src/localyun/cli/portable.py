"""`localyun export` and `localyun import`: a world from one database into another, and a backup of it."""

from pathlib import Path
from typing import Annotated

import typer

from localyun.cli.options import Data, DatabaseUrl, option
from localyun.cli.output import fail, progress, say
from localyun.cli.state import COMPUTE, directory_of, existing_store, is_on_disk, locate, open_store, place_of

File = Annotated[Path, typer.Argument(help="The file.", metavar="FILE", show_default=False)]


def export(ctx: typer.Context, file: File, data: Data = "", database_url: DatabaseUrl = "") -> None:
    """Write all data into a file, while servers go on.

    It is as of one moment. Keep the file as you would keep the keys that are in it. `localyun import` takes
    it, into any database.
    """
    from localyun.store import portable

    url = locate(ctx, data, database_url)
    try:
        with existing_store(url) as store, progress("exporting") as step:
            records = portable.export(store, file, lambda done: step(f"exporting: {done:,} records", None))
    except OSError as error:
        fail(f"can't write {file} ({error.strerror}): name a file in a directory that can be written")
    say(f"{file} holds the {records:,} records of {place_of(url)}")
    if is_on_disk(url) and (folder := directory_of(url) / COMPUTE).is_dir():
        say(f"What is on the disks of machines isn't in it: copy {folder} too, while no server runs.")


def import_(
    ctx: typer.Context,
    file: File,
    replace: Annotated[bool, option("replace", "Forget what the database holds.")] = False,
    check: Annotated[bool, option("check", "Only see whether the file is whole.")] = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Put what `localyun export` wrote into a database.

    All of it is taken, or nothing. The file is checked first. Calls that the old server took in its last 15
    minutes could be played to the new one once more: what it remembers of them isn't in the file.
    """
    from contextlib import closing

    from localyun.clock import SystemClock
    from localyun.store import portable
    from localyun.store.interface import StoreUnavailable

    url = locate(ctx, data, database_url)
    try:
        records = portable.check(file)
        if check:
            say(f"{file} is whole: {records:,} records")
            return
        with closing(open_store(url)) as store, progress("importing") as step:
            portable.fill(
                store,
                file,
                SystemClock().wall(),
                lambda done: step("importing", done / records),
                replace=replace,
            )
    except portable.NotEmpty:
        fail(f"{place_of(url)} holds accounts already: say --replace to forget all that is there")
    except portable.NotPortable as error:
        fail(str(error))
    except OSError as error:
        fail(f"can't read {file} ({error.strerror}): name a file that `localyun export` wrote")
    except StoreUnavailable as error:
        fail(f"nothing was imported ({error}): try again once the database can be used")
    say(f"{place_of(url)} holds the {records:,} records of {file}")
