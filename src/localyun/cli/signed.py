"""What commands have in common that call a server in an account's name."""

from typing import TYPE_CHECKING

import typer

from localyun.cli.output import fail
from localyun.cli.state import existing_store

if TYPE_CHECKING:
    from localyun.client import Answer


def key_of(account: str, url: str) -> tuple[str, str]:
    """Return an account's key and its secret, from the data; fail with a sentence when it isn't there."""
    from localyun.accounts import AccountError, credentials
    from localyun.clock import SystemClock

    with existing_store(url) as store, store.reading(SystemClock().wall()) as tx:
        try:
            found = credentials(tx, account)
        except AccountError as error:
            fail(str(error))
    return found.access_key_id, found.access_key_secret


def explain_refusal(answer: "Answer") -> None:
    """Print what an error means, and the way out."""
    from localyun.spec.explanations import explain

    code = answer.error_field("Code")
    typer.echo(f"{answer.status} {code}: {answer.error_field('Message')}", err=True)
    if words := explain(code):
        typer.echo(f"Cause: {words.cause}\nWay out: {words.way_out}", err=True)
