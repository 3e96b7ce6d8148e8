"""A world that is worth a picture: accounts, images with names, shares, and instances made from them."""

from alibabacloud_ecs20140526 import models as ecs

from localyun import accounts
from tests.clients.servers import INSTANCE_TYPE, REGION, Server, new_network

TEAMS = ("build", "data", "games", "research")


def populate(server: Server, image: str) -> None:
    """Name an image of alice's, make more, share them around, and run instances of one as bob."""
    alice, bob = server.v2(server.alice), server.v2(server.bob)
    now = server.app.clock.now()
    teams = [accounts.create(server.app.store, server.app.ids, now, name) for name in TEAMS]
    alice.modify_image_attribute(
        ecs.ModifyImageAttributeRequest(region_id=REGION, image_id=image, image_name="golden-2026.03")
    )
    others = [
        alice.copy_image(
            ecs.CopyImageRequest(
                region_id=REGION, image_id=image, destination_region_id=REGION, destination_image_name=name
            )
        ).body.image_id
        for name in ("batch-worker", "gpu-trainer")
    ]
    wanted = {
        image: [server.bob, server.mallory, *teams[:2]],
        others[0]: [server.bob, teams[2]],
        others[1]: [teams[3]],
    }
    for shared, sharees in wanted.items():
        alice.modify_image_share_permission(
            ecs.ModifyImageSharePermissionRequest(
                region_id=REGION, image_id=shared, add_account=[one.id for one in sharees]
            )
        )
    vswitch, group = new_network(bob)
    for name in ("web-1", "web-2"):
        bob.run_instances(
            ecs.RunInstancesRequest(
                region_id=REGION,
                image_id=image,
                instance_type=INSTANCE_TYPE,
                instance_name=name,
                v_switch_id=vswitch,
                security_group_id=group,
            )
        )
