"""The options that several commands take; each one is also an environment variable."""

from typing import Annotated, Any

import typer

PREFIX = "LOCALYUN_"
PORT = 4577
REGION = "cn-hangzhou"


def option(name: str, help: str, *also: str, **more: Any) -> Any:
    """Declare the option `--name`, which is also the environment variable `LOCALYUN_NAME`."""
    variable = PREFIX + name.upper().replace("-", "_")
    return typer.Option(f"--{name}", *also, help=help, envvar=variable, show_envvar=False, **more)


Data = Annotated[
    str,
    option(
        "data", "Keep the data in this directory.", metavar="DIR", show_default="the user's data directory"
    ),
]
DatabaseUrl = Annotated[
    str,
    option(
        "database-url",
        "Keep the data in this database: postgresql://USER:PASSWORD@HOST/NAME, or sqlite:///DIR, with a "
        "fourth slash if DIR starts with one.",
        metavar="URL",
        show_default=False,
    ),
]
Seed = Annotated[
    str, option("seed", "Make the same ids and keys from the same data each time.", show_default="random")
]
Port = Annotated[int, option("port", "The port of a server on this machine.", min=1, max=65535)]
Region = Annotated[str, option("region", "The region.")]
As = Annotated[str, option("as", "The account, by name or id.", metavar="ACCOUNT")]
Json = Annotated[bool, option("json", "Print JSON.")]
Yes = Annotated[bool, option("yes", "Don't ask for confirmation.")]
