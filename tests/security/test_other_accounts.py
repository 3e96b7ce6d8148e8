"""Attacks on what belongs to others: every operation is called with another account's things.

The table is generated from the declarations: whatever parameter names a resource is given the victim's.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from localyun import accounts
from localyun.app import App
from localyun.ids import Ids
from localyun.model import AuditEntry
from localyun.operations import OPERATIONS
from localyun.operations.resources import PARAMETERS
from localyun.spec.declare import Operation
from localyun.store.sqlite import SqliteStore
from tests.conformance.bad_input import _right
from tests.operations.keys import a_key
from tests.operations.made import a_custom_image, a_snapshot, an_image, an_instance
from tests.operations.networks import a_security_group, a_vpc, a_vswitch
from tests.operations.ram.made import a_policy, a_role, a_user, statement, trusting
from tests.people import RAM, VPC, Person, Refusal, TurnableClock, World

MARK = "victims-own"
"""Stands in the name of everything that the victim has; no answer to the attacker may hold it."""

NOT_MADE = {"role_arn"}
"""What the victim doesn't have here: who may assume a role is its trust policy's to say."""
VICTIM_HAS = {*PARAMETERS, "user_access_key_id"} - NOT_MADE


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Person, Person]]:
    """The victim and the attacker, in one world for all attacks: none of them changes anything."""
    app = App(store=SqliteStore(None), clock=TurnableClock(), ids=Ids("test"))
    accounts.make_first_accounts(app.store, app.ids, app.clock.now())
    world = World(app, app.clock)
    by_name = {c.name: Person(world, c) for c in accounts.listed(app.store, 0)}
    yield by_name["alice"], by_name["mallory"]
    app.store.close()


@pytest.fixture(scope="module")
def ids(pair: tuple[Person, Person]) -> dict[str, str]:
    """One of each thing that the victim has, by the parameter that names it."""
    alice, _ = pair
    vpc = a_vpc(alice, VpcName=MARK, CidrBlock="10.0.0.0/8")
    alice.world.later()
    vswitch = a_vswitch(alice, vpc, VSwitchName=MARK)
    group = a_security_group(alice, VpcId=vpc, SecurityGroupName=MARK)
    instance = an_instance(
        alice, name=MARK, vpc=vpc, vswitch=vswitch, security_groups=(group,), network_interface="eni-alices"
    )
    ci = f"{MARK}-ci"
    a_user(alice, ci)
    a_policy(alice, f"{MARK}-policy", statement())
    a_role(alice, f"{MARK}-role", trusting(f"acs:ram::{alice.id}:root"), Description=MARK)
    alice.call("CreateKeyPair", KeyPairName=f"{MARK}-pair")
    eip = alice.call("AllocateEipAddress", version=VPC, Name=MARK, Description=MARK)["AllocationId"]
    tables = alice.call("DescribeRouteTableList", version=VPC, VpcId=vpc)["RouterTableList"]
    exported = alice.call("ExportImage", ImageId=a_custom_image(alice), OSSBucket=MARK)["TaskId"]
    made = {
        "network_interface_id": "eni-alices",
        "route_table_id": tables["RouterTableListType"][0]["RouteTableId"],
        "allocation_id": eip,
        "task_id": exported,
        "image_id": an_image(alice, name=MARK, description=MARK),
        "snapshot_id": a_snapshot(alice, name=MARK),
        "disk_id": f"d-{instance[2:]}-0",
        "instance_id": instance,
        "security_group_id": group,
        "source_group_id": group,
        "dest_group_id": group,
        "key_pair_name": f"{MARK}-pair",
        "vpc_id": vpc,
        "vswitch_id": vswitch,
        "key_id": a_key(alice, Description=MARK),
        "user_name": ci,
        "role_name": f"{MARK}-role",
        "policy_name": f"{MARK}-policy",
        "user_access_key_id": alice.call("ListAccessKeys", version=RAM, UserName=ci)["AccessKeys"][
            "AccessKey"
        ][0]["AccessKeyId"],
    }
    assert made.keys() == VICTIM_HAS
    return made


def attacks() -> Iterator[tuple[Operation, str]]:
    """Yield every operation with every parameter of it that names a resource."""
    for operation in OPERATIONS.operations:
        for field in operation.own_fields:
            singular = field.attribute.removesuffix("s")
            for attribute in {field.attribute, singular} & VICTIM_HAS:
                if not field.group:
                    yield operation, f"{field.name}={attribute}"


def owned(world: World, account: str) -> list[str]:
    """Everything that an account has, written out; what the audit trail says of it left out."""
    return sorted(
        repr(record)
        for record in world.app.store.dump()
        if not isinstance(record, AuditEntry)
        and account in (getattr(record, "owner", ""), getattr(record, "account", ""))
    )


@pytest.mark.parametrize(
    ("operation", "parameter"), [*attacks()], ids=lambda given: getattr(given, "name", given)
)
def test_nobody_reads_or_changes_what_is_anothers(
    pair: tuple[Person, Person], ids: dict[str, str], operation: Operation, parameter: str
) -> None:
    """By its id or its name: the answer doesn't hold anything of it, and it stays as it was."""
    alice, mallory = pair
    name, _, attribute = parameter.partition("=")
    field = next(field for field in operation.fields if field.name == name)
    value: Any = ids[attribute]
    if name.endswith("s") and not field.repeated:
        value = json.dumps([value])
    given = {one.name: _right(one) for one in operation.fields if one.required}
    given[name] = [value] if field.repeated else value
    for other in operation.own_fields:
        if not other.group and not other.repeated and other.attribute in ids and other.required:
            given[other.name] = ids[other.attribute]
    given["RegionId"] = mallory.region
    before = owned(alice.world, alice.id)

    reply = mallory.send(operation.name, version=operation.versions[0], **given)

    named = {text for texts in given.values() for text in ([texts] if isinstance(texts, str) else [])}
    told = reply.body.decode()
    for text in named:
        told = told.replace(text, "").replace(text.lower(), "")
    assert reply.status < 500
    assert MARK not in told
    assert owned(alice.world, alice.id) == before


SHARED = Refusal(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")


def test_a_deputy_is_not_confused(alice: Person, bob: Person, mallory: Person) -> None:
    """What is shared with one isn't got at by another through copies, disks or snapshots."""
    image = a_custom_image(alice)
    snapshot = alice.call("DescribeImages", ImageId=image)["Images"]["Image"][0]["DiskDeviceMappings"][
        "DiskDeviceMapping"
    ][0]["SnapshotId"]
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    own = an_instance(mallory, "i-bp1mallory", status="Stopped")
    bobs = an_instance(bob, "i-bp1bob", status="Stopped")

    for person in (mallory,):
        assert person.refused("CopyImage", ImageId=image).code == "InvalidImageId.NotFound"
        assert (
            person.refused("ReplaceSystemDisk", InstanceId=own, ImageId=image).code
            == "InvalidImageId.NotFound"
        )
    assert mallory.refused("ReplaceSystemDisk", InstanceId=bobs, ImageId=image).status == 404
    for person in (bob, mallory):
        assert person.refused("CreateImage", SnapshotId=snapshot).code == "InvalidSnapshotId.NotFound"
        assert person.call("DescribeSnapshots", SnapshotIds=json.dumps([snapshot]))["TotalCount"] == 0
        refusal = person.refused("ModifyImageSharePermission", ImageId=image, AddAccount=[mallory.id])
        assert refusal == SHARED
    copy = bob.call("CopyImage", ImageId=image)["ImageId"]
    bob.world.later(600)
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])
    assert bob.refused("CopyImage", ImageId=image).code == "InvalidImageId.NotFound"
    assert alice.refused("DeleteImage", ImageId=copy).code == "InvalidImageId.NotFound"
