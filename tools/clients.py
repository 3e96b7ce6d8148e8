"""Build the programs that `make test-clients` drives, each from the module or package that publishes it.

Every folder in `tests/toolchains/go` is a module of ours whose only tool is one program, pinned with all that
it needs; every one in `tests/toolchains/python` pins a program of Python's and what that needs. What is built
stays in the user's cache directory: Go finds out by itself what is out of date.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import platformdirs

TOOLCHAINS = Path(__file__).parents[1] / "tests" / "toolchains"
MODULES, PACKAGES = TOOLCHAINS / "go", TOOLCHAINS / "python"
PROGRAMS = Path(platformdirs.user_cache_dir("localyun", appauthor=False)) / "clients"


def tool(module: Path) -> str:
    """Return the package of a module's only tool."""
    return re.findall(r"^tool (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)[0]


def build(module: Path) -> Path:
    """Build a module's tool and return the program. Raises CalledProcessError when it can't be built."""
    return _built(module, PROGRAMS / module.name, "build", tool(module))


def build_tests(module: Path) -> Path:
    """Build the tests of the package that a provider's own are in, and return the program that runs them."""
    source = f"{tool(module)}/{module.name.rpartition('-')[2]}"
    return _built(module, PROGRAMS / f"{module.name}.test", "test", "-c", "-vet=off", source)


def _built(module: Path, program: Path, command: str, *words: str) -> Path:
    print(f"Building {program.name}; the first time takes a minute or more.", flush=True)
    subprocess.run(
        ["go", command, "-o", program, *words],
        cwd=module,
        check=True,
        env={**os.environ, "GOFLAGS": "-mod=readonly -buildvcs=false"},
    )
    return program


def install(package: Path) -> Path:
    """Install a program of Python's in an environment of its own, and return the program."""
    home, program = PROGRAMS / "python" / package.name, PROGRAMS / package.name
    lock, installed = package / "requirements.lock", home / "requirements.lock"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        print(f"Installing {package.name}.", flush=True)
        venv.create(home, clear=True, with_pip=True)
        pip = (home / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes")
        subprocess.run([*pip, "--requirement", lock], check=True)
        program.unlink(missing_ok=True)
        program.symlink_to(home / "bin" / package.name)
        shutil.copy(lock, installed)
    return program


def main() -> None:
    """Build everything, or say what is missing."""
    for package in sorted(PACKAGES.iterdir()):
        install(package)
    if shutil.which("go") is None:
        sys.exit("Go isn't installed: Packer and Terraform are skipped. See https://go.dev/dl/.")
    for module in sorted(MODULES.iterdir()):
        build(module)
    build_tests(MODULES / "terraform-provider-alicloud")


if __name__ == "__main__":
    main()
