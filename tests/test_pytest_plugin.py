"""The fixtures for users' tests, run as users run them: by a pytest of its own."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[1] / "docs/guide/pytest.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a file of tests with the plugin; it is named, so that it needn't be installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(code: str, *words: str) -> pytest.RunResult:
        pytester.makepyfile(code)
        return pytester.runpytest_subprocess("-p", "localyun.pytest_plugin", *words)

    return run


@pytest.mark.clients
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: re.findall(r"def (test_\w+)", text)[0])
def test_an_example_of_the_guide_passes(run: Run, example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands, whatever proxy the environment names."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    run(example).assert_outcomes(passed=1)


def test_an_account_is_new_each_time(run: Run) -> None:
    """Even under one name; and nothing is left open when the session ends."""
    run(
        """
        import pytest

        @pytest.mark.parametrize("turn", [1, 2])
        def test_two_of_a_name(localyun, localyun_account, turn):
            one, other = localyun.account("alice"), localyun.account("alice")
            assert len({one.id, other.id, localyun_account.id}) == 3
            assert one.call("GetCallerIdentity")["AccountId"] == one.id
        """,
        "-W",
        "error",
    ).assert_outcomes(passed=2)


def test_time_is_turned(run: Run) -> None:
    """What is under way is done, and calls are still believed to be signed now."""
    run(
        """
        def test_a_vpc(localyun, localyun_account):
            made = localyun_account.call("CreateVpc", CidrBlock="10.0.0.0/8")["VpcId"]
            localyun.advance(24 * 60 * 60)
            (vpc,) = localyun_account.call("DescribeVpcs", VpcId=made)["Vpcs"]["Vpc"]
            assert vpc["Status"] == "Available"
        """
    ).assert_outcomes(passed=1)


def test_a_reset_forgets_everything(run: Run) -> None:
    """Accounts too, and in less time than a test takes."""
    run(
        """
        import time
        import pytest
        from localyun.pytest_plugin import Refused

        def test_reset(localyun):
            before = localyun.account()
            began = time.perf_counter()
            localyun.reset()
            assert time.perf_counter() - began < 0.5
            with pytest.raises(Refused) as refusal:
                before.call("DescribeRegions")
            assert refusal.value.code == "InvalidAccessKeyId.NotFound"
            assert localyun.account().call("DescribeRegions")["Regions"]
        """
    ).assert_outcomes(passed=1)


def test_each_worker_has_a_server_of_its_own(run: Run) -> None:
    """Tests in parallel share nothing."""
    run(
        """
        import pytest

        @pytest.mark.parametrize("turn", range(4))
        def test_alone(localyun, turn):
            localyun.reset()
            account = localyun.account()
            account.call("CreateVpc", CidrBlock="10.0.0.0/8")
            assert account.call("DescribeVpcs")["TotalCount"] == 1
        """,
        "-p",
        "xdist",
        "-n",
        "2",
    ).assert_outcomes(passed=4)


def test_nothing_is_loaded_until_a_fixture_is_used() -> None:
    """Whoever has localyun installed and doesn't use it waits for nothing."""
    probe = "import sys, localyun.pytest_plugin; print(*(m for m in sys.modules if m.startswith('localyun')))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout

    assert loaded.split() == ["localyun", "localyun.pytest_plugin"]
