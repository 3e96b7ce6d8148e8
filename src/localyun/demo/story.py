"""The story: an image is made, shared, used, taken back, shared again and deleted.

Every line is a call that travels through an official SDK, and every outcome is checked.
"""

from dataclasses import dataclass, field
from typing import Any

from localyun.demo.people import Answer, Person
from localyun.demo.stage import Stage

SHARE = "ModifyImageSharePermission"
IMAGE_GONE = (404, "InvalidImageId.NotFound")
"""What everybody gets who may not use an image: it looks as if it weren't there."""


@dataclass
class Story:
    """The people, and what they have by now. `partners` are the ids of further accounts."""

    stage: Stage
    alice: Person
    bob: Person
    mallory: Person
    partners: list[str]

    ubuntu: str = field(init=False)
    """One of the provider's images."""
    image: str = field(init=False)
    """The one that it is all about."""
    instance_type: str = field(init=False)
    zone: str = field(init=False)
    homes: dict[str, dict[str, Any]] = field(init=False, default_factory=dict)
    """Where somebody's instances run, by name: the parameters that say so."""
    made_from_it: str = field(init=False)
    """The instance that bob runs from the image."""
    replaced: str = field(init=False)
    """The instance whose system disk bob replaces with the image."""

    def tell(self) -> None:
        """Play it all. Raises `Unexpected` at the first outcome that is another one."""
        self.alice_makes_an_image()
        self.alice_shares_it_and_bob_uses_it()
        self.mallory_has_nothing()
        self.alice_takes_it_back()
        self.alice_shares_it_again_and_deletes_it()
        self.what_sharing_refuses()

    def alice_makes_an_image(self) -> None:
        """An instance of the provider's Ubuntu becomes an image of alice's own."""
        alice = self.alice
        self.stage.chapter("alice makes an image")
        images = alice.asks("DescribeImages", ImageOwnerAlias="system", ImageName="ubuntu*")["Images"][
            "Image"
        ]
        self.ubuntu = self.first(images, "ImageId")
        types = alice.asks("DescribeInstanceTypes", MaximumCpuCoreCount=2, MinimumMemorySize=8.0)
        self.instance_type = self.first(types["InstanceTypes"]["InstanceType"], "InstanceTypeId")
        self.zone = self.first(alice.asks("DescribeZones")["Zones"]["Zone"], "ZoneId")
        vpc = alice.does("CreateVpc", CidrBlock="172.16.0.0/12")["VpcId"]
        self.stage.holds(alice.waits("Available", "DescribeVpcs", vpc_status, VpcId=vpc))
        made = alice.does("CreateVSwitch", VpcId=vpc, ZoneId=self.zone, CidrBlock="172.16.0.0/24")
        vswitch = made["VSwitchId"]
        self.stage.holds(alice.waits("Available", "DescribeVSwitches", vswitch_status, VSwitchId=vswitch))
        group = alice.does("CreateSecurityGroup", VpcId=vpc, SecurityGroupName="web")["SecurityGroupId"]
        self.homes["alice"] = self.home(vswitch, group)
        self.image = self.images(alice, self.runs(alice, self.ubuntu), "web-1.0")

    def alice_shares_it_and_bob_uses_it(self) -> None:
        """A shared image can be seen, run from, put on an instance's disk, and gone back to."""
        alice, bob = self.alice, self.bob
        self.stage.chapter("alice shares it with bob, who uses it")
        self.settles(bob)
        self.sees(bob, [])
        alice.does(SHARE, ImageId=self.image, AddAccount=[bob.id])
        shares = alice.asks("DescribeImageSharePermission", ImageId=self.image)["Accounts"]["Account"]
        self.stage.expect("shared with bob", [share["AliyunId"] for share in shares], [bob.id])
        self.sees(bob, [self.image])
        self.made_from_it = self.runs(bob, self.image)
        self.replaced = self.runs(bob, self.ubuntu)
        self.stops(bob, self.replaced)
        disk = bob.does("ReplaceSystemDisk", InstanceId=self.replaced, ImageId=self.image)["DiskId"]
        self.goes_back(bob, disk)
        self.starts(bob, self.replaced)

    def mallory_has_nothing(self) -> None:
        """For an account that is neither owner nor shared with, the image isn't there."""
        mallory = self.mallory
        self.stage.chapter("mallory neither owns it nor has it shared")
        self.settles(mallory)
        self.sees(mallory, [])
        self.cannot_run(mallory)
        mallory.is_refused(*IMAGE_GONE, SHARE, ImageId=self.image, AddAccount=[mallory.id])

    def alice_takes_it_back(self) -> None:
        """Without the share the image is gone, but the instances made from it live on."""
        self.stage.chapter("alice takes it back")
        self.alice.does(SHARE, ImageId=self.image, RemoveAccount=[self.bob.id])
        self.the_image_is_gone_for_bob()

    def alice_shares_it_again_and_deletes_it(self) -> None:
        """A shared image can't be deleted; once deleted, it is gone for bob in the same way."""
        alice, bob, image = self.alice, self.bob, self.image
        self.stage.chapter("alice shares it again, and deletes it")
        alice.does(SHARE, ImageId=image, AddAccount=[bob.id])
        self.sees(bob, [image])
        self.stops(bob, self.made_from_it)
        self.goes_back(bob, self.system_disk(bob, self.made_from_it))
        self.starts(bob, self.made_from_it)
        alice.is_refused(403, "ImageUseShared", "DeleteImage", ImageId=image)
        alice.is_refused(403, "ImageUseShared", "DeleteImage", ImageId=image, Force=True)
        alice.does(SHARE, ImageId=image, RemoveAccount=[bob.id])
        self.runs(alice, image)
        alice.is_refused(403, "ImageUsingByInstance", "DeleteImage", ImageId=image)
        alice.does("DeleteImage", ImageId=image, Force=True)
        self.the_image_is_gone_for_bob()

    def what_sharing_refuses(self) -> None:
        """Oneself, a 51st account, an encrypted image, another's image; a refused call changes nothing."""
        alice, bob = self.alice, self.bob
        self.stage.chapter("What sharing refuses")
        image = self.images(alice, self.runs(alice, self.ubuntu), "web-2.0")
        alice.is_refused(404, "InvalidAccount.Forbbiden", SHARE, ImageId=image, AddAccount=[alice.id])
        alice.asks(SHARE, ImageId=image, AddAccount=self.partners[:11])
        self.counts_accounts(image, 10, "10 accounts: the one numbered 11 is ignored")
        for first in (10, 20, 30):
            alice.quietly(SHARE, ImageId=image, AddAccount=self.partners[first : first + 10])
        alice.asks(SHARE, ImageId=image, AddAccount=self.partners[40:49])
        self.counts_accounts(image, 49, "49 accounts, with 30 more that were added meanwhile")
        two = [bob.id, self.partners[49]]
        alice.is_refused(403, "QuotaExceed.ShareImageUser", SHARE, ImageId=image, AddAccount=two)
        self.counts_accounts(image, 49, "still 49 accounts: of a refused call nothing is applied")
        vault = self.runs(alice, self.ubuntu, DataDisk=[{"Size": 20, "Encrypted": "true"}])
        encrypted = self.images(alice, vault, "vault-1.0")
        refusal = (403, "OperationDeined.EncryptedSnapshot")
        alice.is_refused(*refusal, SHARE, ImageId=encrypted, AddAccount=[bob.id])
        mallorys = self.images(self.mallory, self.runs(self.mallory, self.ubuntu), "trojan-1.0")
        alice.is_refused(*IMAGE_GONE, SHARE, ImageId=mallorys, AddAccount=[bob.id])

    # --- What happens more than once ------------------------------------------------------------------------

    def first(self, items: list[Answer], name: str) -> str:
        """Choose the first of what was listed."""
        chosen: str = items[0][name]
        self.stage.holds(f"{chosen}, and {len(items) - 1} more")
        return chosen

    def settles(self, person: Person) -> None:
        """Somebody makes a network, as alice made hers; it isn't told again."""
        vpc = person.quietly("CreateVpc", CidrBlock="172.16.0.0/12")["VpcId"]
        person.waits("Available", "DescribeVpcs", vpc_status, VpcId=vpc)
        made = person.quietly("CreateVSwitch", VpcId=vpc, ZoneId=self.zone, CidrBlock="172.16.0.0/24")
        person.waits("Available", "DescribeVSwitches", vswitch_status, VSwitchId=made["VSwitchId"])
        group = person.quietly("CreateSecurityGroup", VpcId=vpc, SecurityGroupName="web")
        self.homes[person.name] = self.home(made["VSwitchId"], group["SecurityGroupId"])

    def home(self, vswitch: str, group: str) -> dict[str, Any]:
        """What RunInstances is told of where an instance is to run."""
        return {"InstanceType": self.instance_type, "VSwitchId": vswitch, "SecurityGroupId": group}

    def runs(self, person: Person, image: str, **parameters: Any) -> str:
        """Somebody runs an instance and waits for it."""
        started = person.does("RunInstances", ImageId=image, **self.homes[person.name], **parameters)
        instance: str = started["InstanceIdSets"]["InstanceIdSet"][0]
        self.becomes(person, instance, "Running")
        return instance

    def images(self, person: Person, instance: str, name: str) -> str:
        """Somebody makes an image of an instance and waits for it."""
        image: str = person.does("CreateImage", InstanceId=instance, ImageName=name)["ImageId"]
        self.stage.holds(
            person.waits("Available", "DescribeImages", image_status, ImageId=image, Status="ALL")
        )
        return image

    def starts(self, person: Person, instance: str) -> None:
        """Somebody starts an instance and waits for it."""
        person.asks("StartInstance", InstanceId=instance)
        self.becomes(person, instance, "Running")

    def stops(self, person: Person, instance: str) -> None:
        """Somebody stops an instance and waits for it."""
        person.asks("StopInstance", InstanceId=instance)
        self.becomes(person, instance, "Stopped")

    def becomes(self, person: Person, instance: str, status: str) -> None:
        """Somebody waits for the status of an instance."""
        ids = f'["{instance}"]'
        self.stage.holds(person.waits(status, "DescribeInstances", instance_status, InstanceIds=ids))

    def goes_back(self, person: Person, disk: str) -> None:
        """Somebody puts a disk back to its image and waits for it."""
        person.asks("ReInitDisk", DiskId=disk)
        self.stage.holds(person.waits("In_use", "DescribeDisks", disk_status, DiskIds=f'["{disk}"]'))

    def system_disk(self, person: Person, instance: str) -> str:
        """Find the system disk of an instance."""
        disks = person.quietly("DescribeDisks", InstanceId=instance, DiskType="system")
        found: str = disks["Disks"]["Disk"][0]["DiskId"]
        return found

    def sees(self, person: Person, images: list[str]) -> None:
        """Somebody looks at what others share, and sees these images and no more."""
        found = person.asks("DescribeImages", ImageOwnerAlias="others")["Images"]["Image"]
        outcome = f"sees {', '.join(images) or 'nothing'}"
        self.stage.expect(outcome, [image["ImageId"] for image in found], images)

    def cannot_run(self, person: Person) -> None:
        """Somebody tries to run an instance from the image."""
        person.is_refused(*IMAGE_GONE, "RunInstances", ImageId=self.image, **self.homes[person.name])

    def the_image_is_gone_for_bob(self) -> None:
        """The image can't be seen or used any more, but bob's instances stop and start."""
        bob = self.bob
        self.sees(bob, [])
        self.cannot_run(bob)
        for instance in (self.made_from_it, self.replaced):
            self.stops(bob, instance)
            bob.is_refused(*IMAGE_GONE, "ReplaceSystemDisk", InstanceId=instance, ImageId=self.image)
            bob.is_refused(403, "SharedImageDeleted", "ReInitDisk", DiskId=self.system_disk(bob, instance))
            self.starts(bob, instance)

    def counts_accounts(self, image: str, count: int, outcome: str) -> None:
        """With how many accounts alice shares an image."""
        shared = self.alice.quietly("DescribeImageSharePermission", ImageId=image)
        self.stage.expect(outcome, shared["TotalCount"], count)


def vpc_status(answer: Answer) -> str:
    """The status of the first VPC of an answer."""
    return _first(answer, "Vpcs", "Vpc")


def vswitch_status(answer: Answer) -> str:
    """The status of the first vSwitch of an answer."""
    return _first(answer, "VSwitches", "VSwitch")


def image_status(answer: Answer) -> str:
    """The status of the first image of an answer."""
    return _first(answer, "Images", "Image")


def instance_status(answer: Answer) -> str:
    """The status of the first instance of an answer."""
    return _first(answer, "Instances", "Instance")


def disk_status(answer: Answer) -> str:
    """The status of the first disk of an answer."""
    return _first(answer, "Disks", "Disk")


def _first(answer: Answer, container: str, element: str) -> str:
    return next((str(item["Status"]) for item in answer[container][element]), "not there")
