"""Fixtures: what a test needs of the machine."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture
def strace() -> None:
    """System calls can be traced here. If not, the test is skipped; where everything must run, it fails."""
    missing = "strace is not installed"
    if shutil.which("strace"):
        tried = subprocess.run(
            ["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False
        )
        missing = tried.returncode and f"strace can't be used here: {tried.stderr.strip()}"
    if missing and os.environ.get("LOCALYUN_CI") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
