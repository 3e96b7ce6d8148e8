"""Things put into the world past the API, for tests of what is done with them."""

from typing import Any

from localyun.model import Disk, Image, Instance, Phase, Record, Snapshot
from localyun.model.images import AVAILABLE, DiskMapping
from localyun.model.instances import ACCOMPLISHED, DATA, IN_USE, RUNNING, SYSTEM
from tests.people import REGION, Person

SYSTEM_IMAGE = "ubuntu_24_04_x64_20G_alibase_20250916.vhd"
ARM_IMAGE = "ubuntu_24_04_arm64_20G_alibase_20251126.vhd"


def put(person: Person, *records: Record) -> None:
    """Keep records in the world that a person lives in."""
    with person.world.app.store.writing(0) as tx:
        for record in records:
            tx.put(record)
    if person.world.real:
        person.world.real.fill(records)


def an_instance(
    owner: Person,
    id: str = "i-bp1made",
    *,
    image: str = SYSTEM_IMAGE,
    status: str = RUNNING,
    data_disks: int = 0,
    encrypted: bool = False,
    **fields: Any,
) -> str:
    """Make an instance with a system disk of 40 GiB, `id`-0, and data disks of 100 GiB, `id`-1 and so on."""
    now = owner.world.clock.now()
    instance: dict[str, Any] = {
        "zone": f"{REGION}-h",
        "host_name": "made",
        "instance_type": "ecs.g7.large",
        "serial_number": "00000000-0000-4000-8000-000000000000",
        "started_at": now,
        "os_name": "Ubuntu  24.04 64位",
        "os_name_en": "Ubuntu  24.04 64 bit",
        **fields,
    }
    put(
        owner,
        Instance(
            id=id,
            region=owner.region,
            owner=owner.id,
            created_at=now,
            image=image,
            phase=Phase(status),
            **instance,
        ),
    )
    for number in range(1 + data_disks):
        a_disk(owner, f"d-{id[2:]}-{number}", number=number, instance=id, image=image, encrypted=encrypted)
    return id


def a_disk(
    owner: Person, id: str = "d-bp1made", *, number: int = 0, instance: str = "", **fields: Any
) -> str:
    """Make a disk: the instance's system disk for number 0, else its data disk of that number."""
    now = owner.world.clock.now()
    disk: dict[str, Any] = {
        "phase": Phase(IN_USE),
        "attached_at": now,
        "size": 100 if number else 40,
        "kind": DATA if number else SYSTEM,
        "device": f"/dev/xvd{'abcdefghijklmnopq'[number]}",
        **fields,
    }
    put(
        owner,
        Disk(
            id=id,
            region=owner.region,
            owner=owner.id,
            created_at=now,
            zone=f"{REGION}-h",
            category="cloud_essd",
            instance=instance,
            **disk,
        ),
    )
    return id


def a_snapshot(owner: Person, id: str = "s-bp1made", *, kind: str = SYSTEM, **fields: Any) -> str:
    """Make a snapshot of a system disk of 40 GiB that ran a public image, or of a data disk of 100 GiB."""
    snapshot: dict[str, Any] = {
        "phase": Phase(ACCOMPLISHED),
        "size": 40 if kind == SYSTEM else 100,
        "image": SYSTEM_IMAGE if kind == SYSTEM else "",
        "disk_kind": kind,
        **fields,
    }
    put(
        owner,
        Snapshot(id=id, region=owner.region, owner=owner.id, created_at=owner.world.clock.now(), **snapshot),
    )
    return id


def an_image(owner: Person, id: str = "m-bp1made", **fields: Any) -> str:
    """Make an image of 40 GiB that is available, on no snapshot."""
    image: dict[str, Any] = {
        "region": owner.region,
        "created_at": owner.world.clock.now(),
        "name": id,
        "phase": Phase(AVAILABLE),
        "size": 40,
        "disks": (DiskMapping(device="/dev/xvda", size=40),),
        **fields,
    }
    put(owner, Image(id=id, owner=owner.id, **image))
    return id


def a_custom_image(owner: Person, instance: str = "i-bp1made", **parameters: Any) -> str:
    """Have an image made of a new instance, through the API, and wait until it is available."""
    made: str = owner.call("CreateImage", InstanceId=an_instance(owner, instance), **parameters)["ImageId"]
    owner.world.later()
    return made


def images_seen(person: Person, **parameters: Any) -> list[str]:
    """The ids of the images that are listed, but for the provider's unless those are asked for."""
    listed = person.call("DescribeImages", PageSize=100, **parameters)["Images"]["Image"]
    wanted = parameters.get("ImageOwnerAlias")
    return [
        image["ImageId"] for image in listed if wanted == "system" or image["ImageOwnerAlias"] != "system"
    ]
