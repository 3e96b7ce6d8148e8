"""Build the programs that `make test-clients` drives, each from the Go module that publishes it.

Every folder in `tests/toolchains/go` is a module of ours whose only tool is one program, pinned with all that
it needs. What is built stays in the user's cache directory: Go finds out by itself what is out of date.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs

MODULES = Path(__file__).parents[1] / "tests" / "toolchains" / "go"
PROGRAMS = Path(platformdirs.user_cache_dir("localyun", appauthor=False)) / "clients"


def package(module: Path) -> str:
    """Return the package of a module's only tool."""
    return re.findall(r"^tool (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)[0]


def build(module: Path) -> Path:
    """Build a module's tool and return the program. Raises CalledProcessError when it can't be built."""
    program = PROGRAMS / module.name
    print(f"Building {module.name}; the first time takes a minute or more.", flush=True)
    subprocess.run(
        ["go", "build", "-o", program, package(module)],
        cwd=module,
        check=True,
        env={**os.environ, "GOFLAGS": "-mod=readonly -buildvcs=false"},
    )
    return program


def main() -> None:
    """Build everything, or say what is missing."""
    if shutil.which("go") is None:
        sys.exit("Go isn't installed: Packer and Terraform are skipped. See https://go.dev/dl/.")
    for module in sorted(MODULES.iterdir()):
        build(module)


if __name__ == "__main__":
    main()
