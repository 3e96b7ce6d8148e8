"""The server as a process: how it starts, what it says, how it ends."""

import json
import os
import shutil
import signal
import socket
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from localyun import __version__, accounts
from localyun.app import App
from localyun.cli import app
from localyun.cli.serve import _is_loopback, _reached_at, _warn_of_plain_http
from localyun.ids import Ids
from localyun.model import Image, Phase
from localyun.model.images import AVAILABLE
from localyun.model.limits import Limits
from localyun.model.standing import Feature, Lack
from localyun.store.sqlite import SqliteStore
from localyun.web import server
from tests.cli.conftest import PATIENCE, Run, Serve


def _health(port: int) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_localyun/health", timeout=PATIENCE) as answer:
        body: dict[str, Any] = json.load(answer)
        assert answer.status == 200
        return body


def _workers(parent: int) -> list[int]:
    """The processes that serve on behalf of another one, as the kernel lists them."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


def _until(true: Any) -> None:
    """Wait until a condition holds; fail when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_first_start_introduces_the_accounts(serve: Serve, run: Run) -> None:
    """The keys are printed once; then calls are served."""
    server = serve()
    accounts = json.loads(run("accounts", "list", "--json").stdout)

    assert _health(server.port)["status"] == "ok"
    for account in accounts:
        assert account["access_key_secret"] in server.printed
    assert f'endpoint="127.0.0.1:{server.port}"' in server.printed
    assert server.printed.splitlines()[-1] == f"localyun is ready at http://127.0.0.1:{server.port}"


def test_a_second_start_keeps_the_secrets_to_itself(serve: Serve, run: Run) -> None:
    """It says how to list the accounts instead."""
    accounts = json.loads(run("accounts", "list", "--json").stdout)
    server = serve()

    for account in accounts:
        assert account["access_key_secret"] not in server.printed
    assert "localyun accounts list\n" in server.printed
    assert f"localyun doctor --port {server.port}\n" in server.printed


def test_what_an_ephemeral_server_knows_is_in_memory_only(serve: Serve, environment: dict[str, str]) -> None:
    """No file is made, and the keys are those of this run."""
    server = serve("--ephemeral")

    assert server.printed.startswith(f"localyun {__version__} keeps everything in memory.\n")
    assert "localyun accounts list" not in server.printed
    assert not Path(environment["XDG_DATA_HOME"]).exists()


def test_a_seed_makes_two_servers_alike(serve: Serve) -> None:
    """The same ids and keys, in another process."""
    first, second = (serve("--ephemeral", "--seed", "story") for _ in range(2))

    assert first.printed.replace(str(first.port), "") == second.printed.replace(str(second.port), "")


def test_a_variable_sets_an_option(serve: Serve) -> None:
    """LOCALYUN_PORT is --port."""
    port = _free_port()
    server = serve("--ephemeral", LOCALYUN_PORT=str(port))

    assert server.port == port
    assert _health(port)["status"] == "ok"


def test_a_taken_port_is_one_sentence(serve: Serve, run: Run, tmp_path: Path) -> None:
    """Whoever comes second is told what to do, and leaves no data behind."""
    port = serve("--ephemeral").port
    refused = run("serve", "--port", port, "--data", tmp_path / "second")

    assert (refused.returncode, refused.stdout, refused.stderr) == (
        1,
        "",
        f"localyun: port {port} of 127.0.0.1 is taken: "
        "choose another with --port, or --port 0 for a free one\n",
    )
    assert not (tmp_path / "second").exists()


def test_an_address_of_another_machine_is_one_sentence(run: Run) -> None:
    """The sentence names the option."""
    refused = run("serve", "--ephemeral", "--port", 0, "--host", "192.0.2.1")

    assert (refused.returncode, refused.stderr) == (
        1,
        "localyun: can't listen at 192.0.2.1 (Cannot assign requested address): "
        "choose an address of this machine with --host\n",
    )


needs_qemu = pytest.mark.skipif(
    not shutil.which("qemu-system-x86_64"), reason="QEMU is missing: qemu-system-x86 has it"
)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ["--ephemeral", "--workers", "2"],
            1,
            "localyun: several workers can't share one memory: leave out --ephemeral or --workers",
        ),
        (
            ["--seed", "x", "--workers", "2"],
            1,
            "localyun: several workers can't promise the same ids each time: leave out --seed or --workers",
        ),
        (
            ["--ephemeral", "--data", "x"],
            2,
            "Error: Invalid value: --data and --ephemeral exclude each other: give one of them",
        ),
        (
            ["--ephemeral", "--no-community-images", "cn-beijing, cn-nowhere"],
            1,
            "localyun: there is no region 'cn-nowhere': `localyun call DescribeRegions` lists them",
        ),
        (
            ["--ephemeral", "--without", "copies@cn-nowhere"],
            1,
            "localyun: there is no region 'cn-nowhere': `localyun call DescribeRegions` lists them",
        ),
        (
            ["--ephemeral", "--without", "copy@cn-beijing"],
            1,
            "localyun: there is no feature 'copy': there are " + ", ".join(Feature),
        ),
        (
            ["--ephemeral", "--shortages", "luck@cn-beijing"],
            1,
            "localyun: a shortage is written stock@cn-hangzhou-h/ecs.g7.*=2 ('luck' is not a valid Lack); "
            "there are " + ", ".join(Lack),
        ),
        (
            ["--ephemeral", "--throttle", "-1"],
            1,
            "localyun: --throttle takes a whole number of calls a second, from 0, or the word documented",
        ),
        (
            ["--ephemeral", "--limits", "images=2"],
            1,
            "localyun: there is no limit 'images': there are " + ", ".join(Limits.__struct_fields__),
        ),
        (
            ["--ephemeral", "--limits", "shares_per_image=-1"],
            1,
            "localyun: a limit is a whole number, from 0: Expected `int` >= 0 - at `$[...]`",
        ),
        (
            ["--ephemeral", "--oss", "/nowhere"],
            1,
            "localyun: --oss: /nowhere is no folder: name a folder, or s3://KEY:SECRET@HOST:PORT",
        ),
        pytest.param(
            ["--compute", "qemu", "--database-url", "postgresql://nowhere/none"],
            1,
            "localyun: --compute qemu keeps disks in a directory of this machine: "
            "give --data, not --database-url",
            marks=needs_qemu,
        ),
        pytest.param(
            ["--ephemeral", "--compute", "qemu", "--system-images", "/nowhere"],
            1,
            "localyun: --system-images: there is no folder /nowhere: make it, or name another",
            marks=needs_qemu,
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(run: Run, words: list[str], code: int, sentence: str) -> None:
    """Nothing is started, and the sentence says what is wrong."""
    refused = run("serve", "--port", 0, *words)

    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (code, sentence)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_has_succeeded(serve: Serve, number: signal.Signals) -> None:
    """Both signals end it at once, with 0, though a client keeps its connection."""
    server = serve("--ephemeral")
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.sendall(b"GET /_localyun/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        idle.recv(1024)
        told = time.monotonic()
        server.process.send_signal(number)
        code = server.process.wait(PATIENCE)

    assert code == 0
    assert time.monotonic() - told < 5


@pytest.mark.slow
def test_workers_serve_together_and_a_dead_one_is_replaced(serve: Serve, accounts: Any, run: Run) -> None:
    """Two processes answer on one port; one that is killed has a successor; all end together."""
    server = serve("--workers", 2)
    first = _workers(server.process.pid)
    os.kill(first[0], signal.SIGKILL)
    _until(lambda: len(set(_workers(server.process.pid)) - {first[0]}) == 2)
    refused = run("call", "DescribeImageSharePermission", "ImageId=m-none", "--port", server.port)

    def told() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/_localyun/metrics") as answer:
            return str(answer.read(), "utf-8")

    counted = (
        'localyun_refusals_total{operation="DescribeImageSharePermission",code="InvalidImageId.NotFound"} 1'
    )
    _until(lambda: counted in told())

    assert len(first) == 2
    assert "404 InvalidImageId.NotFound" in refused.stderr
    assert server.stop() == 0
    assert [pid for pid in first if Path(f"/proc/{pid}").exists()] == []


@pytest.mark.slow
def test_workers_go_when_their_server_is_killed(serve: Serve) -> None:
    """No orphan holds the port."""
    server = serve("--workers", 2)
    workers = _workers(server.process.pid)
    server.process.kill()
    server.process.wait()

    assert len(workers) == 2
    _until(lambda: not [pid for pid in workers if _alive(pid)])


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_options_reach_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """What isn't about the process itself becomes a setting."""
    served: list[App] = []
    monkeypatch.setattr(server, "serve", lambda app, *_: served.append(app))
    words = ["serve", "--ephemeral", "--port", "0", "--unknown-accounts", "accept", "--time-scale", "0.5"]

    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert served[0].settings.accept_unknown_accounts
    assert served[0].settings.time_scale == 0.5
    assert served[0].settings.address.startswith("http://127.0.0.1:")
    assert served[0].settings.turnable
    assert served[0].settings.admin_token == ""
    served[0].store.close()


def test_other_machines_need_the_token_that_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one as soon as they can reach the server; it is random, or the operator's."""
    served: list[App] = []
    monkeypatch.setattr(server, "serve", lambda app, *_: served.append(app))
    words = ["serve", "--ephemeral", "--port", "0", "--host", "0.0.0.0"]

    printed = CliRunner().invoke(app, words, catch_exceptions=False).stdout
    CliRunner().invoke(app, [*words, "--admin-token", "let-me-in"], catch_exceptions=False)

    tokens = [one.settings.admin_token for one in served]
    for one in served:
        one.store.close()
    assert len(tokens[0]) == 40
    assert f"What other machines give there: {tokens[0]}\n" in printed
    assert tokens[1] == "let-me-in"


def test_a_server_that_others_can_reach_warns(capsys: pytest.CaptureFixture[str]) -> None:
    """Plain HTTP beyond this machine is said aloud; on this machine it isn't."""
    for host in ("192.0.2.7", "127.0.0.1"):
        _warn_of_plain_http(host)

    assert capsys.readouterr().out == (
        "\nWarning: Traffic is plain HTTP: whoever sits between 192.0.2.7 and a client can read it. "
        "Serve with --tls.\n"
    )


def test_hosts_are_told_apart() -> None:
    """Loopback has many names, and one that stands for every address is reached by loopback."""
    assert [
        h for h in ("127.0.0.1", "127.9.9.9", "::1", "localhost", "0.0.0.0", "::", "a.b") if _is_loopback(h)
    ] == [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "localhost",
    ]
    assert [_reached_at(h) for h in ("0.0.0.0", "::", "fe80::1", "box")] == [
        "127.0.0.1",
        "[::1]",
        "[fe80::1]",
        "box",
    ]


def test_what_the_operator_forbids_is_refused(serve: Serve, run: Run, tmp_path: Path) -> None:
    """Words and regions are lists that commas separate; accounts sign while the server runs."""
    with closing(SqliteStore(tmp_path)) as store:
        owner = accounts.create(store, Ids("operator"), 0, "carol")
        with store.writing(0) as tx:
            for id, region in (("m-here", "cn-hangzhou"), ("m-there", "cn-beijing")):
                tx.put(
                    Image(
                        id=id,
                        region=region,
                        owner=owner.id,
                        name="my lottery",
                        created_at=0,
                        phase=Phase(AVAILABLE),
                        size=20,
                    )
                )
    server = serve(
        "--data",
        tmp_path,
        "--no-community-images",
        "cn-beijing,cn-shanghai",
        "--sensitive-words",
        "a-word, Lottery",
    )
    run("accounts", "agree", "carol", "--data", tmp_path)

    def published(image: str, region: str) -> str:
        return run(
            "call",
            "ModifyImageSharePermission",
            f"RegionId={region}",
            f"ImageId={image}",
            "IsPublic=true",
            "--as",
            "carol",
            "--port",
            server.port,
            "--data",
            tmp_path,
        ).stderr

    assert "ImageName.ContainsSensitiveWords" in published("m-here", "cn-hangzhou")
    assert "CurrentRegion.NotSupportPublicImage" in published("m-there", "cn-beijing")


def test_limits_and_features_are_the_operators(serve: Serve, run: Run, tmp_path: Path) -> None:
    """A quota of the server's own is in force, and a zone lacks what was taken from it."""
    with closing(SqliteStore(tmp_path)) as store:
        owner = accounts.create(store, Ids("operator"), 0, "carol")
        other = accounts.create(store, Ids("other"), 0, "dave")
        with store.writing(0) as tx:
            image = Image(
                id="m-here",
                region="cn-hangzhou",
                owner=owner.id,
                created_at=0,
                phase=Phase(AVAILABLE),
                size=20,
            )
            tx.put(image)
    lacking = "copies@cn-beijing,cloud_essd@cn-hangzhou-b,hot-plug@ecs.g7"
    server = serve("--data", tmp_path, "--limits", "shares_per_image=0", "--without", lacking)

    shared = run(
        *("call", "ModifyImageSharePermission", "RegionId=cn-hangzhou", "ImageId=m-here"),
        *(f"AddAccount.1={other.id}", "--as", "carol", "--port", server.port, "--data", tmp_path),
    )

    disk = run(
        *("call", "CreateDisk", "RegionId=cn-hangzhou", "ZoneId=cn-hangzhou-b", "Size=20"),
        *("DiskCategory=cloud_essd", "--as", "carol", "--port", server.port, "--data", tmp_path),
    )

    assert "QuotaExceed.ShareImageUser" in shared.stderr
    assert "InvalidDataDiskCategory.NotSupported" in disk.stderr


def test_shortages_are_the_operators(serve: Serve, run: Run, tmp_path: Path) -> None:
    """What a region is said to lack isn't had there."""
    server = serve("--data", tmp_path, "--shortages", "stock@cn-hangzhou*/ecs.g7.*")
    image = "ImageId=ubuntu_24_04_x64_20G_alibase_20250916.vhd"
    there = ("--port", server.port, "--data", tmp_path)

    refused = run("call", "RunInstances", "RegionId=cn-hangzhou", image, "InstanceType=ecs.g7.large", *there)
    other = run("call", "RunInstances", "RegionId=cn-hangzhou", image, "InstanceType=ecs.g6.large", *there)

    assert "OperationDenied.NoStock" in refused.stderr
    assert "InstanceIdSet" in other.stdout


def test_real_machines_need_their_programs(run: Run) -> None:
    """It is said which packages have them."""
    assert run("serve", "--ephemeral", "--compute", "qemu", PATH="/nowhere").stderr == (
        "localyun: --compute qemu needs qemu-system-x86_64 and qemu-img: "
        "install qemu-system-x86 and qemu-utils\n"
    )


@needs_qemu
def test_a_reset_leaves_nothing_of_what_was_real(serve: Serve, run: Run, tmp_path: Path) -> None:
    """But the files of system images, which are the operator's."""
    server = serve("--data", tmp_path, "--compute", "qemu")
    made = [tmp_path / "compute" / name for name in ("cn-hangzhou/disks/d-1.qcow2", "system/mine.raw")]
    for path in made:
        path.parent.mkdir(parents=True)
        path.touch()
    server.stop()

    assert run("reset", "--data", tmp_path, "--yes").returncode == 0
    assert [path.exists() for path in made] == [False, True]
