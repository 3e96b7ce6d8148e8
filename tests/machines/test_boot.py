"""A machine boots, is what its guest expects, and is found again by its folder."""

import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localyun.compute.qemu.machine import Drive, Failed, Layer, Machine, MachineSpec
from localyun.compute.qemu.metadata import Metadata
from localyun.compute.qemu.network import Forward
from tests.machines import guest

pytestmark = [
    pytest.mark.skipif(bool(guest.missing()), reason=f"{', '.join(guest.missing())} must be installed"),
    pytest.mark.timeout(240),
    pytest.mark.slow,
]

ADDRESS = "127.64.83.7"
SECONDS = 90


def qcow2(path: Path, *options: str | Path) -> Path:
    """Make a disk file."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *options[:-1], path, options[-1]], check=True)
    return path


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.2)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine in a folder whose name is too long for the address of a socket."""
    made = Machine(tmp_path / ("deep" * 30) / "i-1")
    yield made
    made.remove()
    assert not made.running


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key to log in with."""
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def ssh(key: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the guest."""
    options = "-oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null -oLogLevel=ERROR -oBatchMode=yes"
    return subprocess.run(
        ["ssh", "-i", key, *options.split(), "-oConnectTimeout=20", f"root@{ADDRESS}", command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_machine_from_its_start_to_its_end(machine: Machine, key: Path, tmp_path: Path) -> None:
    """It boots, gets key and user data, is snapshotted while it runs, gets a disk, and is shut down."""
    guest.build(tmp_path / "disk.raw")
    system = qcow2(tmp_path / "top.qcow2", "-b", tmp_path / "disk.raw", "-F", "raw", "1G")
    tree = {
        "meta-data/instance-id": b"i-1",
        "meta-data/hostname": b"tiny",
        "meta-data/public-keys/0/openssh-key": key.with_suffix(".pub").read_bytes().strip(),
        "user-data": b"#!/bin/sh\necho by user data >/root/written\n",
    }
    machine.write_metadata(Metadata(enabled=True, token_required=False, tree=tree))
    spec = MachineSpec(
        id="i-1",
        memory=256,
        drives=(Drive("d-1", (Layer(system),), "d1"),),
        mac="00:16:3e:00:00:01",
        serial_number=str(uuid.uuid4()),
    )
    assert machine.start(spec, [Forward("tcp", ADDRESS, 22, 22)]) == frozenset()
    wait_for(lambda: ssh(key, "true").returncode == 0)

    told = ssh(key, "hostname; cat /root/written /sys/class/dmi/id/product_name /sys/class/dmi/id/sys_vendor")
    assert told.stdout.splitlines() == ["tiny", "by user data", "Alibaba Cloud ECS", "Alibaba Cloud"]
    assert "guest: tiny" in machine.console().decode()
    assert machine.screenshot().startswith(b"\x89PNG")

    again = Machine(machine.folder)
    assert again.status() == "running"
    with pytest.raises(Failed, match="The machine is running"):
        again.start(spec)

    again.snapshot({"d-1": Layer(qcow2(tmp_path / "next.qcow2", "-b", system, "-F", "qcow2", "1G"))})
    assert again.files() == {"d-1": tmp_path / "next.qcow2"}
    again.attach(Drive("d-2", (Layer(qcow2(tmp_path / "data.qcow2", "16M")),), "data"))
    wait_for(lambda: ssh(key, "test -b /dev/vdb").returncode == 0)
    again.resize("d-2", 32 * guest.MIB)
    assert ssh(key, "cat /sys/block/vdb/size").stdout == f"{32 * guest.MIB // 512}\n"
    again.detach("d-2")
    assert ssh(key, "test -b /dev/vdb").returncode == 1

    again.forward([])
    assert ssh(key, "true").returncode == 255
    again.power_button()
    assert again.stopped(SECONDS)
    assert again.status() is None
