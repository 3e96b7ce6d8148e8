"""`localyun demo`: the sharing story, played with the official SDK."""

import typer


def demo() -> None:
    """Play the story of a shared image with the official SDK.

    It has a server and data of its own, which are gone at the end.
    """
    from rich.console import Console

    from localyun.demo import play

    raise typer.Exit(play(Console(highlight=False)))
