"""Disks as files: what is written to one is there, in what is made of it, and nowhere else."""

import shutil
import subprocess
from pathlib import Path

import pytest

from localyun.compute.qemu import folders, tool
from localyun.compute.qemu.disks import MOST_LAYERS, DiskStore
from localyun.compute.qemu.folders import Folders, NoSpace
from localyun.compute.qemu.qcow2 import NotADisk, chain, header

pytestmark = pytest.mark.skipif(not shutil.which("qemu-img"), reason="qemu-img is missing: qemu-utils has it")

MIB = 1 << 20
REGION, OTHER = "cn-hangzhou", "cn-beijing"


def secret(key: str) -> bytes:
    """A secret of a key, by its name."""
    return f"secret of {key}".encode()


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    """Files in a folder whose name has what options are separated by."""
    return DiskStore(Folders(tmp_path / "a, b=c"), secret)


def command(path: Path, what: str, key: str = "") -> str:
    """Do something to what is in a disk, as a machine would."""
    objects = ["--object", f"secret,id=s,data={secret(key).decode()}"] if key else []
    return subprocess.run(
        ["qemu-io", *objects, "-c", what, tool.opened(path, "s" if key else "")],
        check=False,
        capture_output=True,
        text=True,
    ).stdout


def write(path: Path, byte: int, key: str = "") -> None:
    """Fill the first 64 KiB with a byte."""
    assert "wrote 65536" in command(path, f"write -P {byte} 0 64k", key)


def holds(path: Path, byte: int, key: str = "") -> bool:
    """Whether the first 64 KiB are filled with a byte."""
    return "Pattern verification failed" not in (said := command(path, f"read -P {byte} 0 64k", key)) and (
        "read 65536" in said
    )


@pytest.fixture
def disk(store: DiskStore) -> Path:
    """A disk with something on it."""
    path = store.folders.disk(REGION, "d-1")
    store.make(path, 8 * MIB)
    write(path, 1)
    return path


def test_a_disk_of_an_image_changes_without_the_image(store: DiskStore, disk: Path) -> None:
    """It is a layer, as large as is asked for, and throwing the layer away brings the image back."""
    image = store.folders.image(REGION, "m-1", "/dev/xvda")
    store.freeze(disk, image)
    made = store.folders.disk(REGION, "d-2")
    store.make(made, 16 * MIB, source=image)
    write(made, 2)

    assert (header(made).size, header(made).backing) == (16 * MIB, "../images/m-1-xvda.qcow2")
    assert holds(made, 2)
    assert holds(image, 1)
    store.make(made, 16 * MIB, source=image)
    assert holds(made, 1)


def test_a_disk_is_never_smaller_than_what_it_is_made_of(store: DiskStore, disk: Path) -> None:
    """What wouldn't fit isn't cut off."""
    made = store.folders.disk(REGION, "d-2")
    store.make(made, MIB, source=disk)

    assert header(made).size == 8 * MIB


def test_a_snapshot_stays_as_it_was(store: DiskStore, disk: Path) -> None:
    """The disk goes on in a layer on it."""
    first, second = (store.folders.snapshot(REGION, f"s-{n}") for n in (1, 2))
    store.freeze(disk, first)
    write(disk, 2)
    store.freeze(disk, second)
    write(disk, 3)

    assert [holds(first, 1), holds(second, 2), holds(disk, 3)] == [True, True, True]
    assert chain(disk) == (disk, second, first)


def test_layers_do_not_pile_up(store: DiskStore, disk: Path) -> None:
    """Of a disk with many of them a snapshot is a full copy, and the disk goes on as it was."""
    snapshots = [store.folders.snapshot(REGION, f"s-{n}") for n in range(MOST_LAYERS + 2)]
    for number, snapshot in enumerate(snapshots):
        write(disk, number)
        store.freeze(disk, snapshot)
    write(disk, 99)

    assert len(chain(disk)) == MOST_LAYERS + 1
    assert [chain(snapshot) for snapshot in snapshots[-2:]] == [(snapshot,) for snapshot in snapshots[-2:]]
    assert all(holds(snapshot, number) for number, snapshot in enumerate(snapshots))


def test_a_disk_that_is_written_to_is_not_copied(store: DiskStore, disk: Path) -> None:
    """A copy of it would be of no moment; it gets one more layer."""
    for number in range(MOST_LAYERS):
        store.freeze(disk, store.folders.snapshot(REGION, f"s-{number}"))
    snapshot = store.folders.snapshot(REGION, "s-more")
    overlay = store.begin_freeze(disk, snapshot, at_rest=False)

    assert overlay is not None
    assert chain(overlay)[1] == snapshot


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_snapshot_can_be_taken_again_from_wherever_a_crash_came(
    store: DiskStore, disk: Path, done: int
) -> None:
    """Each step that was done is found done."""
    snapshot = store.folders.snapshot(REGION, "s-1")
    overlay: Path | None = None
    if done == 1:
        folders.linked(disk, snapshot)
    if done >= 2:
        overlay = store.begin_freeze(disk, snapshot)
    if done == 3 and overlay:
        store.end_freeze(disk, overlay)
        write(disk, 9)
    store.freeze(disk, snapshot)

    assert holds(snapshot, 1)
    assert holds(disk, 9 if done == 3 else 1)
    assert chain(disk) == (disk, snapshot)
    assert list(disk.parent.iterdir()) == [disk]


def test_a_copy_needs_nothing_of_what_it_was_made_from(store: DiskStore, disk: Path) -> None:
    """It is all there, in the other region's folder."""
    store.freeze(disk, store.folders.snapshot(REGION, "s-1"))
    copy = store.folders.image(OTHER, "m-2", "/dev/xvda")
    store.copy(disk, copy)
    shutil.rmtree(store.folders.root / REGION)

    assert header(copy).backing == ""
    assert holds(copy, 1)


def test_a_disk_grows_and_keeps_what_is_on_it(store: DiskStore, disk: Path) -> None:
    """A second time changes nothing, nor does a smaller size."""
    for size in (32 * MIB, 32 * MIB, 16 * MIB):
        store.grow(disk, size)

    assert header(disk).size == 32 * MIB
    assert holds(disk, 1)


@pytest.mark.slow
def test_encrypted_layers_open_with_their_key_alone(store: DiskStore) -> None:
    """Also those of its snapshots; what is written can't be read in the file."""
    disk, snapshot = store.folders.disk(REGION, "d-1"), store.folders.snapshot(REGION, "s-1")
    store.make(disk, 8 * MIB, key="k")
    write(disk, 0x61, "k")
    store.freeze(disk, snapshot, "k")
    store.grow(disk, 16 * MIB, "k")

    assert header(disk).encrypted
    assert holds(disk, 0x61, "k")
    assert not holds(disk, 0x61, "other")
    assert b"a" * 4096 not in snapshot.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(("key", "source_key"), [("k", ""), ("", "k"), ("k", "other")])
def test_what_changes_its_key_is_copied(store: DiskStore, key: str, source_key: str) -> None:
    """No layer lies on one with another key; it grows to the size asked for."""
    image, disk = store.folders.image(REGION, "m-1", "/dev/xvda"), store.folders.disk(REGION, "d-1")
    store.make(image, 8 * MIB, key=source_key)
    write(image, 5, source_key)
    store.make(disk, 16 * MIB, key=key, source=image, source_key=source_key)

    assert (header(disk).backing, header(disk).encrypted, header(disk).size) == ("", bool(key), 16 * MIB)
    assert holds(disk, 5, key)


def test_a_layer_stays_while_another_lies_on_it(store: DiskStore, disk: Path) -> None:
    """The image is gone, its file goes when the last disk made of it does."""
    image, snapshot = (
        store.folders.image(REGION, "m-1", "/dev/xvda"),
        store.folders.snapshot(REGION, "s-1"),
    )
    store.freeze(disk, snapshot)
    folders.linked(snapshot, image)
    made = store.folders.disk(REGION, "d-2")
    store.make(made, 8 * MIB, source=image)
    store.remove(disk)

    assert store.collect({made}) == [snapshot]
    assert holds(made, 1)
    assert sorted(store.collect(set())) == sorted([made, image])
    assert list(store.folders.all()) == []


def test_what_was_being_written_is_removed_at_the_start(store: DiskStore, disk: Path) -> None:
    """And nothing else; a folder of that name, too."""
    left = [disk.with_name("d-2.qcow2.part"), disk.with_name(".m.abc.part")]
    left[0].write_bytes(b"half")
    left[1].mkdir()

    assert sorted(store.folders.tidy()) == sorted(left)
    assert list(store.folders.all()) == [disk]


def test_nothing_is_written_where_there_is_no_space(
    store: DiskStore, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused before, and what was there stays."""
    monkeypatch.setattr(folders, "RESERVE", 1 << 60)

    with pytest.raises(NoSpace, match=r"0 MiB are needed in .*, 0 are free"):
        store.make(disk, 16 * MIB)
    assert holds(disk, 1)


def test_a_tool_that_fails_says_why_and_leaves_nothing(store: DiskStore, tmp_path: Path) -> None:
    """A source that isn't a disk is named; no part of the target stays."""
    (wrong := tmp_path / "wrong.qcow2").write_bytes(b"x" * 1024)

    with pytest.raises(NotADisk, match=f"{wrong} is no QCOW2 file"):
        store.copy(wrong, store.folders.disk(REGION, "d-1"))
    with pytest.raises(tool.ToolFailed, match="Invalid image size specified"):
        store.make(store.folders.disk(REGION, "d-1"), 1 << 80)
    assert list(store.folders.all()) == []
