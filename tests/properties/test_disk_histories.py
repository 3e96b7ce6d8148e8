"""Any history of disks made, attached, detached and deleted leaves them where the plain rule says."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from localyun import accounts
from localyun.app import App
from localyun.config import Settings
from localyun.ids import Ids
from localyun.model.limits import Limits
from localyun.store.sqlite import SqliteStore
from tests.operations.made_disks import ANOTHER_ZONE, ZONE
from tests.operations.made_instances import UBUNTU
from tests.people import Person, TurnableClock, World
from tests.properties.plain_disks import ROOM, PlainDisk, PlainRack

ZONES = st.sampled_from([ZONE, ZONE, ANOTHER_ZONE])
FEW = 3
"""How many instances and disks there are at once: the fewer, the more happens to each."""


class DiskHistories(RuleBasedStateMachine):
    """The server and the plain model are told the same, and must answer the same."""

    disks = Bundle("disks")
    instances = Bundle("instances")

    def __init__(self) -> None:
        super().__init__()
        clock = TurnableClock()
        app = App(
            store=SqliteStore(None),
            clock=clock,
            ids=Ids("disks"),
            settings=Settings(limits=Limits(data_disks_per_instance=ROOM)),
        )
        accounts.make_first_accounts(app.store, app.ids, clock.now())
        self.world = World(app, clock)
        self.alice = Person(self.world, accounts.listed(app.store, 0)[0])
        self.plain = PlainRack()

    def teardown(self) -> None:
        """Let go of the world."""
        self.world.app.store.close()

    def act(self, action: str, **parameters: Any) -> str:
        """Call an operation and let it take effect; the code it was refused with."""
        reply = self.alice.send(action, **parameters)
        self.world.later()
        return reply.code

    @precondition(lambda self: len(self.plain.instances) < FEW)
    @rule(target=instances, zone=ZONES)
    def run(self, zone: str) -> str:
        """Run an instance that can share disks."""
        asked = {"ImageId": UBUNTU, "InstanceType": "ecs.g8i.large", "ZoneId": zone}
        (instance,) = self.alice.call("RunInstances", **asked)["InstanceIdSets"]["InstanceIdSet"]
        self.world.later()
        self.plain.instances[instance] = zone
        return str(instance)

    @precondition(lambda self: len(self.plain.disks) < FEW)
    @rule(target=disks, zone=ZONES, shared=st.booleans())
    def create(self, zone: str, shared: bool) -> str:
        """Make a disk."""
        asked = {"DiskCategory": "cloud_essd", "Size": 20, "ZoneId": zone}
        disk = self.alice.call("CreateDisk", MultiAttach="Enabled" if shared else None, **asked)["DiskId"]
        self.world.later()
        self.plain.disks[disk] = PlainDisk(zone, shared)
        return str(disk)

    @rule(disk=disks, instance=instances, goes=st.booleans())
    def attach(self, disk: str, instance: str, goes: bool) -> None:
        """Attach a disk to an instance."""
        code = self.act("AttachDisk", DiskId=disk, InstanceId=instance, DeleteWithInstance=goes)

        assert code == self.plain.attach(disk, instance, goes=goes)

    @rule(disk=disks, instance=instances)
    def detach(self, disk: str, instance: str) -> None:
        """Take a disk away from an instance."""
        code = self.act("DetachDisk", DiskId=disk, InstanceId=instance)

        assert code == self.plain.detach(disk, instance)

    @rule(disk=disks)
    def delete(self, disk: str) -> None:
        """Delete a disk."""
        code = self.act("DeleteDisk", DiskId=disk)

        assert code == self.plain.delete(disk)

    @rule(instance=instances)
    def delete_instance(self, instance: str) -> None:
        """Delete an instance, running or not."""
        code = self.act("DeleteInstance", InstanceId=instance, Force=True)

        assert code == self.plain.delete_instance(instance)

    @invariant()
    def every_disk_is_where_it_should_be(self) -> None:
        """Those that live are listed, In_use exactly when an instance has them, no two at one place."""
        listed = self.alice.call("DescribeDisks", DiskType="data", PageSize=100)["Disks"]["Disk"]
        where = {
            disk["DiskId"]: {one["InstanceId"] for one in disk["Attachments"]["Attachment"]}
            for disk in listed
        }
        places = [
            (one["InstanceId"], one["Device"]) for disk in listed for one in disk["Attachments"]["Attachment"]
        ]

        assert where == {id: disk.on for id, disk in self.plain.disks.items()}
        assert all((disk["Status"] == "In_use") == bool(where[disk["DiskId"]]) for disk in listed)
        assert len(places) == len(set(places))


TestDiskHistories = DiskHistories.TestCase
TestDiskHistories.settings = settings(max_examples=40, stateful_step_count=50, deadline=None)
