"""Calls from a terminal, signed either way, against a server that runs."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Run, Serve

Accounts = dict[str, dict[str, str]]


@pytest.mark.parametrize("signature", [[], ["--v1"]], ids=["V3", "V1"])
def test_a_call_goes_there_and_back(
    serve: Serve, run: Run, accounts: Accounts, image: str, signature: list[str]
) -> None:
    """Both signatures are taken, lists and text beyond ASCII included; the answer is printed as it came."""
    port = serve().port

    def call(*words: str, **environment: str) -> Any:
        done = run("call", *words, "--port", port, *signature, **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    shared = call(
        "ModifyImageSharePermission",
        f"ImageId={image}",
        f"AddAccount.1={accounts['mallory']['id']}",
        f"RemoveAccount.1={accounts['bob']['id']}",
        "Whatever=día + 1/ü*~",
    )
    seen = call("DescribeImageSharePermission", f"ImageId={image}", "--as", accounts["alice"]["id"])

    assert list(shared) == ["RequestId"]
    assert [one["AliyunId"] for one in seen["Accounts"]["Account"]] == [accounts["mallory"]["id"]]
    assert seen["RegionId"] == "cn-hangzhou"


@pytest.mark.parametrize("signature", [[], ["--v1"]], ids=["V3", "V1"])
@pytest.mark.parametrize("format_", ["JSON", "XML"])
def test_an_error_ends_with_1_and_is_explained(
    serve: Serve, run: Run, accounts: Accounts, image: str, signature: list[str], format_: str
) -> None:
    """The answer is on standard output, what it means on the other, in either format."""
    port = serve().port
    refused = run(
        "call", "DescribeImageSharePermission", f"ImageId={image}", "--as", "bob", "--format", format_,
        *signature, LOCALYUN_ENDPOINT=f"http://127.0.0.1:{port}",
    )  # fmt: skip

    assert refused.returncode == 1
    assert refused.stdout.startswith('{"RequestId":"' if format_ == "JSON" else "<?xml ")
    assert refused.stderr.splitlines()[0] == (
        f"404 InvalidImageId.NotFound: The specified image {image} does not exist."
    )
    assert [line.partition(":")[0] for line in refused.stderr.splitlines()[1:]] == ["Cause", "Way out"]


def test_a_key_can_be_given_where_the_data_is_out_of_reach(serve: Serve, run: Run) -> None:
    """An ephemeral server's keys stand in what it printed."""
    server = serve("--ephemeral")
    _, _, key, secret = next(line for line in server.printed.splitlines() if line.startswith("bob")).split()
    words = ["DescribeImageSharePermission", "ImageId=m-none", "--port", server.port]

    right = run("call", *words, "--access-key-id", key, "--access-key-secret", secret)
    wrong = run("call", *words, "--access-key-id", key, "--access-key-secret", "wrong")

    assert "404 InvalidImageId.NotFound" in right.stderr
    assert "400 SignatureDoesNotMatch" in wrong.stderr


def test_what_only_the_provider_has_is_sent_and_refused_by_name(
    serve: Serve, run: Run, accounts: Accounts
) -> None:
    """The version is known from the catalogue, and the server's own words are shown."""
    refused = run("call", "DescribeDedicatedHosts", "--port", serve().port)

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0] == (
        "400 UnsupportedOperation.DescribeDedicatedHosts: "
        "localyun does not emulate the operation DescribeDedicatedHosts."
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["DescribeImageSharePermision"],
            "there is no operation DescribeImageSharePermision: did you mean DescribeImageSharePermission? "
            "--api-version sends it all the same",
        ),
        (["Frobnicate"], "there is no operation Frobnicate: --api-version sends it all the same"),
        (
            ["DescribeImageSharePermission", "m-bp1example"],
            "'m-bp1example' is no parameter: write Name=Value, such as ImageId=m-bp1example",
        ),
        (
            ["ModifyImageSharePermission", "AddAccount=1", "AddAccount=2"],
            "AddAccount is given twice: number the items of a list, such as AddAccount.1=… AddAccount.2=…",
        ),
        (
            ["DescribeImageSharePermission", "--as", "carol"],
            "there is no account 'carol': `localyun accounts list` shows those there are",
        ),
        (
            ["DescribeImageSharePermission", "--access-key-id", "LTAI"],
            "a key needs its secret: give --access-key-secret too",
        ),
        (
            ["DescribeImageSharePermission", "--endpoint", "ftp://example"],
            "'ftp://example' is no endpoint: it looks like http://127.0.0.1:4577",
        ),
        (
            ["DescribeImageSharePermission", "--endpoint", "127.0.0.1:port"],
            "'127.0.0.1:port' is no endpoint: it looks like http://127.0.0.1:4577",
        ),
        (
            ["DescribeImageSharePermission", "--endpoint", "127.0.0.1:1"],
            "nothing answers at 127.0.0.1:1 ([Errno 111] Connection refused): "
            "start `localyun serve`, or name another server with --endpoint or --port",
        ),
    ],
)
def test_what_cant_be_sent_is_one_sentence(
    run: Run, accounts: Accounts, words: list[str], sentence: str
) -> None:
    """Each says the way out, and the exit code is 1."""
    refused = run("call", *words)

    assert (refused.returncode, refused.stderr, refused.stdout) == (1, f"localyun: {sentence}\n", "")


def test_a_misspelt_parameter_is_pointed_out(run: Run, accounts: Accounts) -> None:
    """A server ignores what it doesn't know, as the provider does; we say so before."""
    warned = run("call", "DescribeImageSharePermission", "ImageID=m-1", "--endpoint", "127.0.0.1:1")

    assert warned.stderr.splitlines()[0] == (
        "localyun: DescribeImageSharePermission has no parameter ImageID: did you mean ImageId?"
    )


def test_without_data_there_is_no_key_to_sign_with(run: Run, environment: dict[str, str]) -> None:
    """Looking a key up makes no data."""
    refused = run("call", "DescribeImageSharePermission")
    there = f"{environment['XDG_DATA_HOME']}/localyun"

    assert (refused.returncode, refused.stderr) == (
        1,
        f"localyun: there is no data in {there}: "
        "start `localyun serve`, or name another directory with --data\n",
    )
