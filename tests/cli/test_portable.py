"""`localyun export` and `localyun import`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Serve
from tests.store.postgres import server


def accounts(run: Run, *where: str) -> list[dict[str, str]]:
    """The accounts of a database, with their keys."""
    listed: list[dict[str, str]] = json.loads(run("accounts", "list", "--json", *where).stdout)
    return listed


@pytest.mark.slow
def test_a_world_goes_to_postgresql_and_back_while_servers_run(
    serve: Serve, run: Run, tmp_path: Path
) -> None:
    """With the keys of its accounts, by which the other server takes calls."""
    there, home = server().new_database(), str(tmp_path / "home-again")
    first, second = tmp_path / "first", tmp_path / "second"
    serve()
    exported = run("export", first)
    imported = run("import", first, "--database-url", there)
    running = serve("--database-url", there)
    called = run("call", "DescribeRegions", "--port", running.port)
    run("export", second, "--database-url", there)
    run("import", second, "--data", home)

    assert (exported.returncode, imported.returncode, called.returncode) == (0, 0, 0)
    assert exported.stdout.startswith(f"{first} holds the ")
    assert imported.stdout.endswith(f" records of {first}\n")
    assert accounts(run, "--database-url", there) == accounts(run) == accounts(run, "--data", home)
    assert [one["name"] for one in accounts(run)] == ["alice", "bob", "mallory"]


def test_a_file_is_checked_without_being_taken(run: Run, tmp_path: Path) -> None:
    """One that was changed is refused, with exit code 1."""
    file, data = tmp_path / "world", tmp_path / "data"
    run("accounts", "create", "carol")
    run("export", file)
    whole = run("import", "--check", file)
    file.write_text(file.read_text().replace("carol", "karol"))
    changed = run("import", file, "--data", data)

    assert (whole.returncode, whole.stdout.partition(": ")[0]) == (0, f"{file} is whole")
    assert (changed.returncode, changed.stderr) == (
        1,
        f"localyun: {file} was changed since it was written: its checksum is another\n",
    )
    assert not data.exists()


def test_what_is_there_is_kept_unless_told(run: Run, tmp_path: Path) -> None:
    """`--replace` forgets it."""
    file, data = tmp_path / "world", tmp_path / "data"
    run("accounts", "create", "carol")
    run("export", file)
    run("accounts", "create", "dave", "--data", data)
    kept = run("import", file, "--data", data)
    before = [one["name"] for one in accounts(run, "--data", str(data))]
    replaced = run("import", file, "--data", data, "--replace")

    assert kept.stderr == (
        f"localyun: {data} holds accounts already: say --replace to forget all that is there\n"
    )
    assert (kept.returncode, replaced.returncode) == (1, 0)
    assert "dave" in before
    assert accounts(run, "--data", str(data)) == accounts(run)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["import", "/nowhere/file"],
            "can't read /nowhere/file (No such file or directory): name a file that ",
        ),
        (
            ["export", "/nowhere/file"],
            "can't write /nowhere/file (No such file or directory): name a file in ",
        ),
    ],
)
def test_a_file_that_is_not_there_is_a_sentence(run: Run, words: list[str], sentence: str) -> None:
    """With the way out."""
    run("accounts", "create", "carol")
    failed = run(*words)

    assert failed.returncode == 1
    assert failed.stderr.startswith(f"localyun: {sentence}")


def test_there_must_be_something_to_export(run: Run, tmp_path: Path) -> None:
    """No database is made of a question."""
    failed = run("export", tmp_path / "world", "--data", tmp_path / "none")

    assert failed.returncode == 1
    assert failed.stderr.startswith(f"localyun: there is no data in {tmp_path / 'none'}: ")
    assert list(tmp_path.iterdir()) == []
