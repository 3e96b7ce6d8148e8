"""The command line. Whatever a command needs is imported inside it, so that `localyun --help` stays fast."""

from typing import Annotated

import typer

from localyun import __version__
from localyun.cli import accounts, images, quotas
from localyun.cli.audit import audit
from localyun.cli.ca import ca
from localyun.cli.call import call
from localyun.cli.demo import demo
from localyun.cli.doctor import doctor
from localyun.cli.explain import explain
from localyun.cli.images import shares
from localyun.cli.impact import impact
from localyun.cli.portable import export, import_
from localyun.cli.reset import reset
from localyun.cli.serve import serve

app = typer.Typer(
    name="localyun",
    help="Alibaba Cloud's ECS image service, sharing across accounts included, on your own machine.",
    epilog="Every option is also an environment variable, such as LOCALYUN_PORT; the option wins.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    # Drawing the help with rich would take as long again as everything else.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(accounts.app, name="accounts")
app.add_typer(images.app, name="images")
app.add_typer(quotas.app, name="quotas")
for command in (serve, call, shares, explain, impact, audit, doctor, ca, export, reset, demo):
    app.command()(command)
app.command("import")(import_)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"localyun {__version__}")
        raise typer.Exit


@app.callback()
def localyun(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line."""
    app()
