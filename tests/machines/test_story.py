"""The whole story on real machines: what an owner writes, who shares the image reads, and goes back to."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from localyun import accounts
from localyun.app import App
from localyun.clock import SystemClock
from localyun.compute.qemu.assembly import remove_all
from localyun.compute.qemu.machine import Machine
from localyun.config import Settings
from localyun.store.sqlite import SqliteStore
from tests.machines import guest
from tests.machines.logins import Login, wait_for
from tests.operations.made import SYSTEM_IMAGE
from tests.people import Person, World

pytestmark = [
    pytest.mark.skipif(bool(guest.missing()), reason=f"{', '.join(guest.missing())} must be installed"),
    pytest.mark.timeout(600),
    pytest.mark.slow,
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where machines are, none of which is left; the system image boots."""
    root = tmp_path / "data" / "compute"
    (root / "system").mkdir(parents=True)
    guest.build(root / "system" / f"{SYSTEM_IMAGE}.raw")
    yield root
    remove_all(root)


def serve(folder: Path) -> World:
    """A server's world, with a clock that goes."""
    store = SqliteStore(folder.parent)
    app = App(store=store, settings=Settings(machines=folder, max_machines=3))
    accounts.make_first_accounts(store, app.ids, app.clock.now())
    return World(app, SystemClock())  # type: ignore[arg-type]


def people(world: World) -> list[Person]:
    """The first accounts."""
    return [Person(world, one) for one in accounts.listed(world.app.store, 0)]


def test_an_instance_boots_and_lets_its_owner_in(folder: Path, tmp_path: Path) -> None:
    """By the key that it was made with; what it says while it boots is its console's output."""
    world = serve(folder)
    with world.app.at_work():
        alice = Login(people(world)[0], tmp_path)
        instance = alice.run(SYSTEM_IMAGE)
        output = alice.person.call("GetInstanceConsoleOutput", InstanceId=instance)["ConsoleOutput"]
        screen = alice.person.call("GetInstanceScreenshot", InstanceId=instance)["Screenshot"]
        alice.person.call("DeleteInstance", InstanceId=instance, Force=True)
        wait_for(lambda: not list(Machine.all(folder / "machines")))
    world.app.store.close()

    assert b"udhcpc: started" in base64.b64decode(output)
    assert base64.b64decode(screen).startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.skipif(os.environ.get("LOCALYUN_TEST_QEMU") != "1", reason="`make test-qemu` runs it")
def test_what_was_shared_boots(folder: Path, tmp_path: Path) -> None:
    """A file comes along with the image, the sharee's writes go with ReInitDisk; the server may restart."""
    first = serve(folder)
    with first.app.at_work():
        owner, sharee, _ = people(first)
        alice, bob = Login(owner, tmp_path), Login(sharee, tmp_path)
        instance = alice.run(SYSTEM_IMAGE)
        alice.says(instance, "echo hers > /root/file; sync")
        image = owner.call("CreateImage", InstanceId=instance)["ImageId"]
        shown = {"ImageId": image, "Status": "Available"}
        wait_for(lambda: owner.call("DescribeImages", **shown)["TotalCount"] == 1)
        assert alice.says(instance, "cat /root/file") == "hers"
        owner.call("ModifyImageSharePermission", ImageId=image, **{"AddAccount.1": sharee.id})
        received = bob.run(image)
        assert bob.says(received, "cat /root/file") == "hers"
        bob.says(received, "echo his > /root/file; sync")
    first.app.store.close()

    second = serve(folder)
    with second.app.at_work():
        owner, sharee, _ = people(second)
        owner._nonces = sharee._nonces = iter(range(10_000, 20_000))
        alice.person, bob.person = owner, sharee
        assert bob.says(received, "cat /root/file") == "his"
        bob.stop(received)
        (disk,) = sharee.call("DescribeDisks", InstanceId=received)["Disks"]["Disk"]
        sharee.call("ReInitDisk", DiskId=disk["DiskId"])
        wait_for(
            lambda: (
                sharee.call("DescribeDisks", InstanceId=received)["Disks"]["Disk"][0]["Status"] == "In_use"
            )
        )
        sharee.call("StartInstance", InstanceId=received)
        bob.wait(received)
        assert bob.says(received, "cat /root/file") == "hers"
        owner.call("ModifyImageSharePermission", ImageId=image, **{"RemoveAccount.1": sharee.id})
        bob.stop(received)
        assert sharee.refused("ReInitDisk", DiskId=disk["DiskId"]).code == "SharedImageDeleted"
        sharee.call("StartInstance", InstanceId=received)
        bob.wait(received)
        assert bob.says(received, "cat /root/file") == "hers"
        sharee.call("DeleteInstance", InstanceId=received, Force=True)
        wait_for(lambda: len(list(Machine.all(folder / "machines"))) == 1)
    second.app.store.close()

    assert remove_all(folder) == 1
    assert list(Machine.all(folder / "machines")) == []
