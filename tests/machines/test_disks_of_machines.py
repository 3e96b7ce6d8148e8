"""A machine writes to new layers of its disks when it is told to, encrypted or not, and says to which."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from localyun.compute.qemu.disks import DiskStore
from localyun.compute.qemu.folders import Folders
from localyun.compute.qemu.machine import Drive, Layer, Machine, MachineSpec
from localyun.compute.qemu.metadata import Metadata
from localyun.compute.qemu.qcow2 import chain

pytestmark = [
    pytest.mark.skipif(
        not shutil.which("qemu-system-x86_64"), reason="QEMU is missing: qemu-system-x86 has it"
    ),
    pytest.mark.slow,
]

MIB = 1 << 20


def secret(key: str) -> bytes:
    """A secret of a key, by its name."""
    return key.encode() * 8


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine that isn't started yet, and ends with the test."""
    machine = Machine(Folders(tmp_path).machines / "i-1")
    machine.write_metadata(Metadata(enabled=True, token_required=False, tree={}))
    yield machine
    machine.remove()


@pytest.mark.parametrize("key", ["", "key"])
def test_a_machine_says_which_layer_it_writes_to(machine: Machine, tmp_path: Path, key: str) -> None:
    """Else a snapshot that a crash interrupted couldn't be ended: what is written would be lost."""
    store = DiskStore(Folders(tmp_path), secret)
    disk, snapshots = store.folders.disk("r", "d-1"), [store.folders.snapshot("r", f"s-{n}") for n in (1, 2)]
    store.make(disk, 8 * MIB, key=key)
    store.freeze(disk, snapshots[0], key)
    passphrase = secret(key) if key else None
    layers = tuple(Layer(path, passphrase) for path in (chain(disk) if key else [disk]))
    machine.start(
        MachineSpec(
            id="i-1", memory=64, drives=(Drive("d-1", layers),), mac="00:16:3e:11:22:33", serial_number="x"
        )
    )
    before = machine.files()
    overlay = store.begin_freeze(disk, snapshots[1], key)
    assert overlay is not None
    machine.snapshot({"d-1": Layer(overlay, passphrase)})
    after = machine.files()
    store.end_freeze(disk, overlay)

    assert (before, after) == ({"d-1": disk}, {"d-1": overlay})
    assert chain(disk) == (disk, snapshots[1], snapshots[0])
