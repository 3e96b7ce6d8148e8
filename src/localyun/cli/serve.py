"""`localyun serve`: the server, in one process or several."""

import socket
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from localyun.cli.ca import server_certificate
from localyun.cli.options import PORT, Data, DatabaseUrl, Seed, option
from localyun.cli.output import fail, print_accounts, say
from localyun.cli.readings import (
    check_objects,
    features_of,
    limits_of,
    listed,
    regions_of,
    shortages_of,
    throttle_of,
)
from localyun.cli.state import (
    COMPUTE,
    IN_MEMORY,
    default,
    directory_of,
    ids,
    is_on_disk,
    locate,
    open_store,
    place_of,
)

if TYPE_CHECKING:
    from localyun.accounts import Credentials
    from localyun.app import App
    from localyun.config import Settings
    from localyun.store.interface import Store


def serve(
    ctx: typer.Context,
    host: Annotated[str, option("host", "The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, option("port", "The port to listen at; 0 takes a free one.", min=0, max=65535)
    ] = PORT,
    data: Data = "",
    database_url: DatabaseUrl = "",
    ephemeral: Annotated[
        bool, option("ephemeral", "Keep everything in memory and forget it at the end.")
    ] = False,
    workers: Annotated[int, option("workers", "How many processes serve.", min=1, max=64)] = 1,
    drain: Annotated[
        float,
        option(
            "drain",
            "At SIGTERM, for how many seconds to go on serving while /_localyun/health answers 503: "
            "time for a balancer to send its calls elsewhere.",
            min=0,
            metavar="SECONDS",
        ),
    ] = 0,
    unknown_accounts: Annotated[
        Literal["refuse", "accept"],
        option("unknown-accounts", "Whether images may be shared with accounts that aren't registered."),
    ] = "refuse",
    time_scale: Annotated[
        float, option("time-scale", "Make everything take so many times as long; 0 is at once.", min=0)
    ] = 1.0,
    no_community_images: Annotated[
        str, option("no-community-images", "Regions that have none, separated by commas.", metavar="REGIONS")
    ] = "",
    without: Annotated[
        str,
        option(
            "without",
            "Features that regions lack, as FEATURE@REGION, separated by commas; an unknown one is answered "
            "by a list of all. Those of disks and of encryption can be taken from a zone, too, or from a "
            "family of instance types.",
            metavar="FEATURES",
        ),
    ] = "",
    throttle: Annotated[
        str,
        option(
            "throttle",
            "Refuse more calls than this a second, of one account to one operation in one region; 0 refuses "
            "none, `documented` what is above the rates that the provider publishes.",
            metavar="NUMBER",
        ),
    ] = "0",
    grant_quotas: Annotated[
        bool, option("grant-quotas", "Give more of a quota to whoever asks, without an operator.")
    ] = False,
    limits: Annotated[
        str,
        option(
            "limits",
            "Quotas that differ from the provider's, as NAME=NUMBER, separated by commas; "
            "an unknown name is answered by a list of all.",
            metavar="LIMITS",
        ),
    ] = "",
    shortages: Annotated[
        str,
        option(
            "shortages",
            "What regions and zones lack for new instances, as LACK@PLACE/THING=NUMBER, separated by commas; "
            "an unknown lack is answered by a list of all.",
            metavar="SHORTAGES",
        ),
    ] = "",
    sensitive_words: Annotated[
        str,
        option(
            "sensitive-words",
            "Words, separated by commas, that no shared image's name or description contains.",
            metavar="WORDS",
        ),
    ] = "",
    tls: Annotated[
        bool, option("tls", "Serve HTTPS as well, and be a proxy for it; see `localyun ca`.")
    ] = False,
    oss: Annotated[
        str,
        option(
            "oss",
            "Object storage: a folder whose folders are the buckets, or s3://KEY:SECRET@HOST:PORT, s3+http "
            "without TLS; without it every object exists.",
            metavar="PLACE",
            show_default=False,
        ),
    ] = "",
    admin_token: Annotated[
        str,
        option(
            "admin-token",
            "What other machines show to use the console.",
            metavar="TOKEN",
            show_default="random, if others can reach the address",
        ),
    ] = "",
    seed: Seed = "",
    compute: Annotated[
        Literal["simulated", "qemu"],
        option("compute", "What instances run on: records, or QEMU with real disks, below --data."),
    ] = "simulated",
    system_images: Annotated[
        str,
        option(
            "system-images",
            "Files with what is in system images, called by their ids or families, for --compute qemu.",
            metavar="DIR",
            show_default="compute/system below --data",
        ),
    ] = "",
    max_machines: Annotated[
        int,
        option(
            "max-machines",
            "How many real machines run at once; 0 is as many as fit on this computer.",
            min=0,
        ),
    ] = 0,
) -> None:
    """Serve the API.

    On empty data this makes the accounts alice, bob and mallory and prints their keys. SIGTERM and SIGINT
    end it, once the calls under way are answered.
    """
    import gc

    gc.disable()  # hardly anything that is made on the way to the first call is garbage
    url = locate(ctx, data, database_url, ephemeral=ephemeral)
    regions_without = regions_of(listed(no_community_images))
    lacking, quotas, short = features_of(without), limits_of(limits), shortages_of(shortages)
    most = throttle_of(throttle)
    _refuse_several(workers, url, seed)
    machines = _machines(ctx, url, compute, system_images)
    oss = oss or _objects_beside(machines)
    check_objects(oss)
    listener = _listen(host, port)
    address = f"{_reached_at(host)}:{listener.getsockname()[1]}"
    origin = f"{'https' if tls else 'http'}://{address}"

    from localyun.config import Settings
    from localyun.ids import Ids
    from localyun.web import server

    settings = Settings(
        accept_unknown_accounts=unknown_accounts == "accept",
        time_scale=time_scale,
        without_community_images=regions_without,
        without=lacking,
        limits=quotas,
        shortages=short,
        throttle=most,
        grant_quotas=grant_quotas,
        sensitive_words=listed(sensitive_words),
        address=origin,
        admin_token=admin_token or ("" if _is_loopback(host) else Ids().token()),
        turnable=workers == 1,
        certificate=server_certificate(url, host) if tls else None,
        oss=oss,
        machines=machines,
        system_images=Path(system_images).expanduser() if system_images else None,
        max_machines=max_machines,
        drain=drain,
    )
    with listener:
        store = open_store(url)
        _introduce(store, url, address, seed)
        _show_the_console(settings)
        if tls:
            say(f"To trust its certificates:      localyun ca{_data_option(url)}")
        else:
            _warn_of_plain_http(host)
        ready = partial(say, f"localyun is ready at {origin}", bold=True)
        if workers == 1:
            _log()
            server.serve(_app(store, settings, seed), listener, ready)
        else:
            store.close()
            _log()
            from tempfile import TemporaryDirectory

            import msgspec

            with TemporaryDirectory(prefix="localyun-") as counts:
                settings = msgspec.structs.replace(settings, metrics=Path(counts))
                server.serve_with_workers(partial(make_app, url, settings), listener, workers, ready, drain)


def make_app(url: str, settings: "Settings") -> "App":
    """Return a worker's app on a database that is there."""
    _log()
    return _app(open_store(url), settings, "")


def _app(store: "Store", settings: "Settings", seed: str) -> "App":
    from localyun.app import App

    return App(store=store, ids=ids(store, seed), settings=settings)


def _log() -> None:
    import logging

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")


def _machines(ctx: typer.Context, url: str, compute: str, system_images: str) -> Path | None:
    """Return the folder of real disks and machines, or say what is missing for them."""
    from shutil import which

    if compute == "simulated":
        return None
    if missing := [name for name in ("qemu-system-x86_64", "qemu-img") if which(name) is None]:
        fail(f"--compute qemu needs {' and '.join(missing)}: install qemu-system-x86 and qemu-utils")
    from localyun.compute.qemu.sandbox import warning

    if words := warning():
        say(f"Warning: {words}", fg="yellow")
    if system_images and not Path(system_images).expanduser().is_dir():
        fail(f"--system-images: there is no folder {system_images}: make it, or name another")
    if url == IN_MEMORY:
        from tempfile import mkdtemp

        folder = Path(mkdtemp(prefix="localyun-"))
        ctx.call_on_close(partial(_remove_all, folder))
        return folder / COMPUTE
    if not is_on_disk(url):
        fail("--compute qemu keeps disks in a directory of this machine: give --data, not --database-url")
    return directory_of(url).resolve() / COMPUTE


def _remove_all(folder: Path) -> None:
    """Leave nothing of what was kept in memory, machines included."""
    from shutil import rmtree

    from localyun.compute.qemu.assembly import remove_all

    remove_all(folder / COMPUTE)
    rmtree(folder, ignore_errors=True)


def _objects_beside(machines: Path | None) -> str:
    """Return where object storage is if nobody says so: beside real disks, else nowhere."""
    if machines is None:
        return ""
    folder = machines.with_name("oss")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return str(folder)


def _refuse_several(workers: int, url: str, seed: str) -> None:
    if workers == 1:
        return
    if url == IN_MEMORY:
        fail("several workers can't share one memory: leave out --ephemeral or --workers")
    if seed:
        fail("several workers can't promise the same ids each time: leave out --seed or --workers")


def _listen(host: str, port: int) -> socket.socket:
    import errno

    from localyun.web.server import bind

    try:
        return bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail(f"port {port} of {host} is taken: choose another with --port, or --port 0 for a free one")
        if error.errno == errno.EACCES:
            fail(f"port {port} is for the administrator only: choose one above 1023 with --port")
        fail(f"can't listen at {host} ({error.strerror}): choose an address of this machine with --host")


def _introduce(store: "Store", url: str, address: str, seed: str) -> None:
    """Say where the data is and who there is, and make the first accounts on empty data."""
    from localyun import __version__, accounts
    from localyun.clock import SystemClock

    now = SystemClock().now()
    new = accounts.make_first_accounts(store, ids(store, seed), now)
    in_memory = url == IN_MEMORY
    place = "keeps everything in memory" if in_memory else f"keeps its data in {place_of(url)}"
    say(f"localyun {__version__} {place}.")
    if new:
        say("\nThe first accounts, with the keys that sign their calls:\n")
        print_accounts(made := accounts.listed(store, now))
        _show_a_client(made[0], address)
    if not in_memory:
        _say_what_helps(url, int(address.rpartition(":")[2]))


def _show_a_client(account: "Credentials", address: str) -> None:
    from localyun.samples.clients import Aim, python_v2

    say(f"\nTo call as {account.name} with the Python SDK:\n")
    say(python_v2(Aim(address, account.access_key_id, account.access_key_secret)))


def _warn_of_plain_http(host: str) -> None:
    if not _is_loopback(host):
        warning = f"Traffic is plain HTTP: whoever sits between {host} and a client can read it."
        say(f"\nWarning: {warning} Serve with --tls.", fg="yellow")


def _show_the_console(settings: "Settings") -> None:
    say(f"To look at it in a browser:     {settings.address}/_localyun/console/")
    if settings.admin_token:
        say(f"What other machines give there: {settings.admin_token}")


def _say_what_helps(url: str, port: int) -> None:
    data = _data_option(url)
    there = data if port == PORT else f"{data} --port {port}"
    say(f"\nTo see the accounts:            localyun accounts list{data}")
    say(f"To point another client here:   localyun doctor{there}")
    say(f"To make a call from a terminal: localyun call DescribeImages{there}")


def _data_option(url: str) -> str:
    """Return what other commands need to find this data: nothing if it is where they look by themselves."""
    from shlex import quote

    if url in (default(), IN_MEMORY):
        return ""
    return (
        f" --data {quote(str(directory_of(url)))}"
        if is_on_disk(url)
        else f" --database-url {quote(place_of(url))}"
    )


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reached_at(host: str) -> str:
    """Return how a client on this machine writes the host."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not listened at
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - as above
    return f"[{host}]" if ":" in host else host
