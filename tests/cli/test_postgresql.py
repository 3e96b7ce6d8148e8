"""Every command on a PostgreSQL database."""

import json

import psycopg
import pytest

from localyun.cli.state import place_of
from localyun.store.schema import VERSION
from tests.cli.conftest import Run, Serve
from tests.store.postgres import server

pytestmark = pytest.mark.slow


@pytest.fixture
def url() -> str:
    """The URL of an empty database."""
    return server().new_database()


def test_commands_share_a_database_with_a_server(serve: Serve, run: Run, url: str) -> None:
    """Accounts, calls, the doctor and a reset, while two processes serve; the variable names it as well."""
    running = serve("--database-url", url, "--workers", 2)
    there = {"LOCALYUN_DATABASE_URL": url}

    first = json.loads(run("accounts", "list", "--json", **there).stdout)
    run("accounts", "create", "carol", **there)
    called = run("call", "DescribeImages", "PageSize=1", "--as", "carol", "--port", running.port, **there)
    doctor = run("doctor", "--port", running.port, **there)
    run("reset", "--yes", **there)
    after = json.loads(run("accounts", "list", "--json", "--database-url", url).stdout)

    assert [one["name"] for one in first] == ["alice", "bob", "mallory"]
    assert '"TotalCount"' in called.stdout
    assert doctor.returncode == 0
    assert f"(schema version {VERSION})" not in doctor.stdout
    assert f"has schema version {VERSION}" in doctor.stdout
    assert "where a commit survives a power cut" in doctor.stdout
    assert f"the server takes calls signed with the key {first[0]['access_key_id']}" in doctor.stdout
    assert {one["id"] for one in after}.isdisjoint(one["id"] for one in first)
    assert f"--database-url '{url}'" in running.printed
    assert running.stop() == 0


def test_what_is_not_there_is_one_sentence(run: Run, url: str) -> None:
    """A database without data, and none at all."""
    empty = run("explain", "m-bp1none", "--as", "alice", "--database-url", url)
    none = run("accounts", "list", "--database-url", "postgresql:///none?host=/nowhere")
    doctor = run("doctor", "--port", 1, "--database-url", "postgresql:///none?host=/nowhere")

    assert empty.stderr == f"localyun: there is no data in {url}: start `localyun serve` on it\n"
    assert none.stderr.startswith("localyun: can't open the data (")
    assert none.stderr.endswith(": start the database, or name it with --database-url\n")
    assert (none.returncode, none.stderr.count("\n")) == (1, 1)
    assert doctor.returncode == 1
    assert "WRONG  postgresql:///none?host=/nowhere can't be used (" in doctor.stdout


def test_the_doctor_says_what_is_wrong_with_a_database(run: Run, url: str) -> None:
    """That it is too new for us, or has nothing in it yet."""
    fresh = run("doctor", "--port", 1, "--database-url", url)
    run("accounts", "create", "alice", "--database-url", url)
    with psycopg.connect(url) as connection:
        connection.execute(f"UPDATE schema SET version = {VERSION + 1}")
    newer = run("doctor", "--port", 1, "--database-url", url)

    assert "has no data yet: `localyun serve` makes it" in fresh.stdout
    assert f"schema version {VERSION + 1}, this localyun knows up to {VERSION}" in newer.stdout
    assert (fresh.returncode, newer.returncode) == (0, 1)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://me:secret@db.example:5433/world", "postgresql://me:***@db.example:5433/world"),
        ("postgresql://me@db.example/world", "postgresql://me@db.example/world"),
        ("postgresql:///world?host=/run", "postgresql:///world?host=/run"),
        ("postgresql:///world?password=secret&host=x", "postgresql:///world?password=***&host=x"),
    ],
)
def test_a_password_is_not_told(url: str, place: str) -> None:
    """Where the data is, is printed."""
    assert place_of(url) == place
