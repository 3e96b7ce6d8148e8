"""Imports and exports with real disks: hostile files fail their task, and how far it is can be seen."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localyun.compute.qemu.execution import Execution
from localyun.model import Job
from localyun.model.disk_files import GIB
from localyun.model.jobs import Work
from localyun.objects.folder import FolderObjects
from tests.compute.qemu.files import needs_qemu_img, qcow2_header
from tests.compute.worlds import RealDisks, with_real_disks
from tests.people import Person, World

pytestmark = needs_qemu_img


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """A folder that is a bucket."""
    folder = tmp_path / "oss" / "images"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def world(make_world: Callable[..., World], bucket: Path) -> World:
    """A world with object storage."""
    return make_world(oss=str(bucket.parent))


@pytest.fixture
def real(world: World, tmp_path: Path) -> RealDisks:
    """Its disks."""
    return world.real or with_real_disks(world, tmp_path / "here")


def imported(person: Person, *files: Path, **more: Any) -> dict[str, str]:
    """Import files, each as a disk."""
    mapping = [{"OSSBucket": "images", "OSSObject": file.name, **more} for file in files]
    return person.call("ImportImage", DiskDeviceMapping=mapping)


def image_of(person: Person, id: str) -> dict[str, Any]:
    """An image, whatever its status is."""
    shown = person.call("DescribeImages", ImageId=id, Status="Creating,Available,CreateFailed")
    (image,) = shown["Images"]["Image"]
    return image


def step_of(person: Person, task: str) -> dict[str, Any]:
    """The only step of a task."""
    (step,) = person.call("DescribeTaskAttribute", TaskId=task)["OperationProgressSet"]["OperationProgress"]
    return step


def naming_a_backing_file(path: Path) -> None:
    """Make a file whose disk would be what `/etc/shadow` holds."""
    words = ["qemu-img", "create", "-q", "-u", "-f", "qcow2", "-b", "/etc/shadow", "-F", "raw", path, "1M"]
    subprocess.run(words, check=True)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (naming_a_backing_file, "The QCOW2 file names a backing file."),
        (lambda path: path.write_bytes(qcow2_header(table=1 << 40)),
         "The QCOW2 file's tables are outside the file."),
        (lambda path: path.write_bytes(qcow2_header(cipher=2)), "The QCOW2 file is encrypted."),
    ],
    ids=["a backing file", "a crafted header", "encrypted"],
)  # fmt: skip
def test_a_hostile_file_fails_its_task(
    world: World, real: RealDisks, alice: Person, bucket: Path, make: Callable[[Path], None], sentence: str
) -> None:
    """In words, and leaves an image that can't be used, without any disk."""
    make(bucket / "disk.qcow2")
    begun = imported(alice, bucket / "disk.qcow2")
    world.later()

    step = step_of(alice, begun["TaskId"])
    assert (step["OperationStatus"], step["ErrorMsg"]) == ("Failed", sentence)
    assert image_of(alice, begun["ImageId"])["Status"] == "CreateFailed"
    assert list(real.folders.root.glob("*/images/*")) == []


def test_an_image_is_as_large_as_the_disk_in_it(
    world: World, real: RealDisks, alice: Person, bucket: Path
) -> None:
    """At least 20 GiB of a system disk, and the same in all that is told of it."""
    for name, size in (("system.qcow2", "25G"), ("data.vmdk", "3G")):
        kind = name.rpartition(".")[2]
        subprocess.run(["qemu-img", "create", "-q", "-f", kind, bucket / name, size], check=True)
    begun = imported(alice, bucket / "system.qcow2", bucket / "data.vmdk")
    world.later()

    image = image_of(alice, begun["ImageId"])
    sizes = [disk["Size"] for disk in image["DiskDeviceMappings"]["DiskDeviceMapping"]]
    assert (image["Status"], image["Size"], sizes) == ("Available", 25, ["25", "3"])
    assert [
        int.from_bytes(path.read_bytes()[24:32]) for path in sorted(real.folders.root.glob("*/images/*"))
    ] == [25 * GIB, 3 * GIB]


def test_how_far_an_import_is_can_be_seen(world: World, real: RealDisks, alice: Person, bucket: Path) -> None:
    """In the image and in its task, of all its disks together; once it is over nothing is left to tell."""
    for name in ("a.raw", "b.raw"):
        (bucket / name).write_bytes(b"x" * 3_000_000 + bytes(5_000_000))
    begun = imported(alice, bucket / "a.raw", bucket / "b.raw")
    world.app.compute.progress[begun["ImageId"]] = 40

    assert image_of(alice, begun["ImageId"])["Progress"] == "40%"
    assert alice.call("DescribeTaskAttribute", TaskId=begun["TaskId"])["TaskProcess"] == "40%"
    world.later()
    assert image_of(alice, begun["ImageId"])["Progress"] == "100%"
    assert world.app.compute.progress == {}


def test_the_parts_of_an_import_make_a_whole(
    world: World, real: RealDisks, alice: Person, bucket: Path
) -> None:
    """It never goes back, and the first disk is the first half."""
    told: list[int] = []
    for name in ("a.raw", "b.raw"):
        (bucket / name).write_bytes(b"x" * 3_000_000 + bytes(5_000_000))
    imported(alice, bucket / "a.raw", bucket / "b.raw")
    with world.app.store.reading(0) as tx:
        jobs = [job for job in tx.find(Job) if job.work is Work.IMPORT]
    Execution(real.disks, world.app.compute.system_images, real.machines, world.app.objects).do(
        jobs, told.append
    )

    assert (told == sorted(told), told[-1]) == (True, 100)
    assert 50 in told


def test_a_canceled_import_is_not_begun(world: World, real: RealDisks, alice: Person, bucket: Path) -> None:
    """Nothing is read."""
    (bucket / "a.raw").write_bytes(bytes(1 << 20))
    begun = imported(alice, bucket / "a.raw")
    alice.call("CancelTask", TaskId=begun["TaskId"])
    world.later()

    assert list(real.folders.root.glob("*/images/*")) == []
    assert step_of(alice, begun["TaskId"])["ErrorCode"] == "TaskCanceled"


def test_an_import_ends_when_it_is_canceled(
    world: World, real: RealDisks, alice: Person, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle, and leaves neither a disk nor a part of one."""
    (bucket / "a.raw").write_bytes(bytes(1 << 20))
    begun = imported(alice, bucket / "a.raw")
    local = FolderObjects.local

    def canceling(self: FolderObjects, *words: Any) -> Path:
        alice.call("CancelTask", TaskId=begun["TaskId"])
        return local(self, *words)

    monkeypatch.setattr(FolderObjects, "local", canceling)
    world.later()

    assert list(real.folders.root.glob("*/images/*")) == []
    assert step_of(alice, begun["TaskId"])["ErrorCode"] == "TaskCanceled"
    assert image_of(alice, begun["ImageId"])["Status"] == "CreateFailed"
    assert world.app.compute.progress == {}


def test_an_export_ends_when_it_is_canceled(
    world: World, real: RealDisks, alice: Person, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And writes no object; the image stays what it was."""
    (bucket / "a.raw").write_bytes(bytes(1 << 20))
    image = imported(alice, bucket / "a.raw")["ImageId"]
    world.later()
    task = alice.call("ExportImage", ImageId=image, OSSBucket="images")["TaskId"]
    keep = FolderObjects.keep

    def canceling(self: FolderObjects, *words: Any) -> None:
        alice.call("CancelTask", TaskId=task)
        keep(self, *words)

    monkeypatch.setattr(FolderObjects, "keep", canceling)
    world.later()

    assert [path.name for path in bucket.iterdir()] == ["a.raw"]
    assert step_of(alice, task)["ErrorCode"] == "TaskCanceled"
    assert image_of(alice, image)["Status"] == "Available"
