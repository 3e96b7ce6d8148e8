"""The command line itself: its help, its options, and how little it takes to show them."""

import subprocess
import sys

import typer.main
from typer.testing import CliRunner

from localyun import __version__
from localyun.cli import app
from tests.cli.conftest import COMMAND

HEAVY = ("sqlalchemy", "uvicorn", "starlette", "msgspec", "rich", "alibabacloud_ecs20140526", "aliyunsdkcore")


def _loaded_by(statement: str) -> str:
    probe = f"import sys\ntry:\n    {statement}\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stderr


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    """What a command needs is imported when it runs."""
    loaded = _loaded_by("import localyun.cli").split()

    assert [name for name in HEAVY if name in loaded] == []


def test_help_loads_nothing_heavy() -> None:
    """`--help` is answered from the declarations of the commands alone."""
    loaded = _loaded_by("sys.argv = ['localyun', '--help']; from localyun.cli import main; main()").split()

    assert "localyun.cli" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_help_lists_every_command_with_a_whole_sentence() -> None:
    """No command's summary is cut off."""
    shown = CliRunner().invoke(app, ["--help"]).output

    for command in ("serve", "call", "explain", "doctor", "ca", "reset", "demo", "accounts"):
        assert f"\n  {command} " in shown
    assert "..." not in shown.partition("Commands:")[2]


def test_every_option_is_a_variable_of_the_environment() -> None:
    """`--time-scale` is LOCALYUN_TIME_SCALE, and so for all options of all commands."""
    root = typer.main.get_command(app)
    commands = [*root.commands.values()]  # type: ignore[attr-defined]
    commands += [*root.commands["accounts"].commands.values()]  # type: ignore[attr-defined]
    options = [p for c in commands for p in c.params if p.param_type_name == "option"]

    assert len(options) > 30
    for option in options:
        assert option.envvar == "LOCALYUN_" + option.opts[0].removeprefix("--").upper().replace("-", "_")


def test_every_command_and_option_says_what_it_is() -> None:
    """Nothing on the command line goes without words."""
    root = typer.main.get_command(app)
    commands = [*root.commands.values()]  # type: ignore[attr-defined]
    commands += [*root.commands["accounts"].commands.values()]  # type: ignore[attr-defined]

    for command in commands:
        assert command.help
        assert [p.name for p in command.params if not p.help] == []


def test_the_version_is_printed() -> None:
    """`--version` prints the version and nothing else."""
    assert CliRunner().invoke(app, ["--version"]).output == f"localyun {__version__}\n"


def test_completion_is_offered(environment: dict[str, str]) -> None:
    """The shell's own way to ask completes commands."""
    asking = {"_LOCALYUN_COMPLETE": "complete_bash", "COMP_WORDS": "localyun acc", "COMP_CWORD": "1"}
    completed = subprocess.run(
        [COMMAND], env={**environment, **asking}, capture_output=True, text=True, check=True
    )

    assert completed.stdout.strip() == "accounts"


def test_the_command_is_installed() -> None:
    """The package's entry point is the command line."""
    shown = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)

    assert shown.stdout == f"localyun {__version__}\n"
