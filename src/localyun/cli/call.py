"""`localyun call`: one call, signed as a client would sign it."""

from typing import Annotated, Literal

import typer

from localyun.cli.options import PORT, REGION, As, Data, DatabaseUrl, Port, Region, option
from localyun.cli.output import fail, print_json
from localyun.cli.signed import explain_refusal, key_of
from localyun.cli.state import locate


def call(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(help="The operation, such as DescribeImages.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(help="Its parameters, such as ImageId=m-…", metavar="NAME=VALUE…")
    ] = None,
    account: As = "alice",
    version: Annotated[
        str, option("api-version", "The API's version.", "--version", show_default="the operation's own")
    ] = "",
    region: Region = REGION,
    endpoint: Annotated[
        str, option("endpoint", "The server's address.", show_default="http://127.0.0.1 and the port")
    ] = "",
    port: Port = PORT,
    access_key_id: Annotated[str, option("access-key-id", "Sign with this key.", show_default=False)] = "",
    access_key_secret: Annotated[
        str, option("access-key-secret", "The key's secret.", show_default=False)
    ] = "",
    format: Annotated[Literal["JSON", "XML"], option("format", "The answer's format.")] = "JSON",
    v1: Annotated[bool, option("v1", "Sign by HMAC-SHA1 among the parameters instead of by V3.")] = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Call an operation and print the answer.

    Ends with 1 when the answer is an error, which is then explained.
    """
    from localyun.client import Client, Unreachable

    given = {"RegionId": region} | _parsed(parameters or [])
    version = version or _version_of(action)
    _warn_of_unknown(action, version, given)
    if not access_key_id:
        access_key_id, access_key_secret = key_of(account, locate(ctx, data, database_url))
    elif not access_key_secret:
        fail("a key needs its secret: give --access-key-secret too")
    client = Client(
        endpoint=endpoint or f"http://127.0.0.1:{port}",
        access_key_id=access_key_id,
        access_key_secret=access_key_secret,
        v1=v1,
    )
    try:
        answer = client.call(action, version, given, format=format)
    except ValueError as error:
        fail(str(error))
    except Unreachable as error:
        fail(f"{error}: start `localyun serve`, or name another server with --endpoint or --port")
    print_json(answer.text) if answer.format == "JSON" else typer.echo(answer.text)
    if answer.refused:
        explain_refusal(answer)
        raise typer.Exit(1)


def _parsed(words: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            fail(f"{word!r} is no parameter: write Name=Value, such as ImageId=m-bp1example")
        if name in found:
            fail(f"{name} is given twice: number the items of a list, such as AddAccount.1=… AddAccount.2=…")
        found[name] = value
    return found


def _version_of(action: str) -> str:
    """Return the version under which the provider has an operation, the emulated one first."""
    from localyun.catalogue import versions_with
    from localyun.operations import OPERATIONS

    versions = [
        v for operation in OPERATIONS.operations if operation.name == action for v in operation.versions
    ]
    if not versions and not (versions := list(versions_with(action))):
        known = sorted({operation.name for operation in OPERATIONS.operations})
        meant = _meant(action, known)
        way_out = f"{meant} --api-version sends it" if meant else ": --api-version sends it"
        fail(f"there is no operation {action}{way_out} all the same")
    return versions[0]


def _warn_of_unknown(action: str, version: str, given: dict[str, str]) -> None:
    """Say which parameters an operation doesn't have: a server ignores them, as the provider does."""
    from localyun.operations import OPERATIONS

    if (operation := OPERATIONS.find(version, action)) is None:
        return
    for name in given:
        known = operation.fields_by_name
        if name != "RegionId" and (first := name.partition(".")[0]) not in known:
            typer.echo(f"localyun: {action} has no parameter {first}{_meant(first, list(known))}", err=True)


def _meant(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), by_lower, n=1)
    return f": did you mean {by_lower[close[0]]}?" if close else ""
