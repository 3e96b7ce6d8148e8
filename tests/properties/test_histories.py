"""Any history of shares, unshares, deletions, runs and re-initializations ends as the plain rule says."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from localyun import accounts
from localyun.app import App
from localyun.config import Settings
from localyun.ids import Ids
from localyun.model.limits import Limits
from localyun.store.sqlite import SqliteStore
from tests.people import Person, TurnableClock, World
from tests.properties.plain_model import PlainWorld

ACCOUNTS = st.sampled_from(["alice", "bob", "mallory"])
TYPE = "ecs.g6.large"


class Histories(RuleBasedStateMachine):
    """The server and the plain model are told the same, and must answer the same."""

    images = Bundle("images")
    instances = Bundle("instances")

    def __init__(self) -> None:
        super().__init__()
        clock = TurnableClock()
        app = App(
            store=SqliteStore(None),
            clock=clock,
            ids=Ids("histories"),
            settings=Settings(limits=Limits(snapshots_per_disk=10_000)),
        )
        accounts.make_first_accounts(app.store, app.ids, clock.now())
        self.world = World(app, clock)
        self.people = {c.name: Person(self.world, c) for c in accounts.listed(app.store, 0)}
        self.plain = PlainWorld()
        self.system_image = ""

    def teardown(self) -> None:
        """Let go of the world."""
        self.world.app.store.close()

    def act(self, who: str, action: str, **parameters: Any) -> tuple[str, dict[str, Any]]:
        """Call an operation and let it take effect; the code it was refused with, and its answer."""
        person = self.people[who]
        reply = person.send(action, **parameters)
        answer = {} if reply.code else person.decoded(reply)
        self.world.later()
        return reply.code, answer

    def started(self, who: str, image: str) -> tuple[str, str]:
        """Run an instance; the code, and its id."""
        code, answer = self.act(who, "RunInstances", ImageId=image, InstanceType=TYPE)
        return code, "" if code else answer["InstanceIdSets"]["InstanceIdSet"][0]

    def system_disk(self, who: str, instance: str) -> str:
        """The id of an instance's system disk."""
        answer = self.people[who].call("DescribeDisks", InstanceId=instance, DiskType="system")
        disk: str = answer["Disks"]["Disk"][0]["DiskId"]
        return disk

    @initialize()
    def an_image_each(self) -> None:
        """Find an image to begin with."""
        listed = self.people["alice"].call("DescribeImages", ImageOwnerAlias="system", Architecture="x86_64")
        self.system_image = listed["Images"]["Image"][0]["ImageId"]

    @rule(target=images, who=ACCOUNTS)
    def create_image(self, who: str) -> str:
        """Make an image of an instance of one's own, which is gone afterwards."""
        _, instance = self.started(who, self.system_image)
        code, answer = self.act(who, "CreateImage", InstanceId=instance)
        assert code == ""
        assert self.act(who, "DeleteInstance", InstanceId=instance, Force=True)[0] == ""
        image: str = answer["ImageId"]
        self.plain.create(who, image)
        return image

    @rule(who=ACCOUNTS, other=ACCOUNTS, image=images, remove=st.booleans())
    def share(self, who: str, other: str, image: str, remove: bool) -> None:
        """Share with somebody, or take it back."""
        change = self.plain.unshare if remove else self.plain.share
        listed = {"RemoveAccount" if remove else "AddAccount": [self.people[other].id]}

        code, _ = self.act(who, "ModifyImageSharePermission", ImageId=image, **listed)

        assert code == change(who, image, other)

    @rule(who=ACCOUNTS, image=images, force=st.booleans())
    def delete(self, who: str, image: str, force: bool) -> None:
        """Delete an image."""
        code, _ = self.act(who, "DeleteImage", ImageId=image, Force=force)

        assert code == self.plain.delete(who, image, force=force)

    @rule(target=instances, who=ACCOUNTS, image=images)
    def run(self, who: str, image: str) -> Any:
        """Run an instance; a refused call leaves none."""
        expected = self.plain.run(who, image)

        code, instance = self.started(who, image)

        assert code == expected
        if code:
            return multiple()
        self.plain.ran(who, image, instance)
        return instance

    @rule(who=ACCOUNTS, instance=instances, running=st.booleans())
    def set_running(self, who: str, instance: str, running: bool) -> None:
        """Start or stop an instance."""
        code, _ = self.act(who, "StartInstance" if running else "StopInstance", InstanceId=instance)

        assert code == self.plain.set_running(who, instance, running=running)

    @rule(who=ACCOUNTS, instance=instances, image=images)
    def replace(self, who: str, instance: str, image: str) -> None:
        """Replace a system disk."""
        code, _ = self.act(who, "ReplaceSystemDisk", InstanceId=instance, ImageId=image)

        assert code == self.plain.replace(who, instance, image)

    @rule(who=ACCOUNTS, instance=instances)
    def reinit(self, who: str, instance: str) -> None:
        """Re-initialize a system disk."""
        owner = self.plain.instances[instance].owner
        code, _ = self.act(who, "ReInitDisk", DiskId=self.system_disk(owner, instance))

        assert code == self.plain.reinit(who, instance)

    @invariant()
    def everybody_sees_what_they_may_use(self) -> None:
        """Own and shared images, and no others."""
        for who, person in self.people.items():
            seen = {
                image["ImageId"]
                for alias in ("self", "others")
                for image in person.call("DescribeImages", ImageOwnerAlias=alias, PageSize=100)["Images"][
                    "Image"
                ]
            }
            assert seen == self.plain.seen_by(who)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
