"""Encrypted images that are shared, through the API, for tests of what is done with them."""

import json
from typing import Any

from tests.operations.made_instances import image_of, run
from tests.people import Person

RAM = "2015-05-01"
ROLE = "AliyunECSShareEncryptImageDefaultRole"


def an_encrypted_image(person: Person, key: str) -> str:
    """Make an image of an instance whose system disk is encrypted with a key."""
    return image_of(person, run(person, SystemDisk={"Encrypted": "true", "KMSKeyId": key}))


def trust(owner: Person, *services: str) -> None:
    """Make the role that lends keys, trusted by these services, in place of the one that is there."""
    document = {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": list(services)}}
        ],
    }
    roles = owner.call("ListRoles", version=RAM)["Roles"]["Role"]
    if any(role["RoleName"] == ROLE for role in roles):
        owner.call("DeleteRole", version=RAM, RoleName=ROLE)
    owner.call("CreateRole", version=RAM, RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(document))


def lend_to(owner: Person, *sharees: Person) -> None:
    """Have the owner's role trust the ECS of these accounts."""
    trust(owner, *(f"{sharee.id}@ecs.aliyuncs.com" for sharee in sharees))


def lent_image(owner: Person, sharee: Person, key: str) -> str:
    """Make an image that is encrypted with a key of the owner's, lend the key, and share the image."""
    image = an_encrypted_image(owner, key)
    lend_to(owner, sharee)
    owner.call("ModifyImageSharePermission", ImageId=image, AddAccount=[sharee.id])
    return image


def own_disk(key: str, **parameters: Any) -> dict[str, Any]:
    """Return what a sharee says of its system disk."""
    return {"SystemDisk": {"Encrypted": "true", "KMSKeyId": key, **parameters}}
