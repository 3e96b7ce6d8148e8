"""Apache Libcloud's driver of ECS: signature V1 by GET, answers in XML."""

from typing import Any

import pytest
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.base import NodeDriver
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider, StorageVolumeState

from localyun.accounts import Credentials
from tests.clients.servers import INSTANCE_TYPE, REGION, ZONE, Server, new_network

pytestmark = pytest.mark.clients


def driver(server: Server, account: Credentials, **other: Any) -> NodeDriver:
    """A driver that acts for an account."""
    settings = {"region": REGION, "secure": False, "host": "127.0.0.1", "port": server.port, **other}
    return get_driver(Provider.ALIYUN_ECS)(account.access_key_id, account.access_key_secret, **settings)


def test_it_lists_what_there_is_to_choose_from(server: Server) -> None:
    """Regions, zones, sizes and the provider's images are read from XML."""
    alice = driver(server, server.alice)

    locations = {location.id for location in alice.list_locations()}
    zones = {zone.id: zone for zone in alice.ex_list_zones()}
    sizes = {size.id: size for size in alice.list_sizes()}
    images = alice.list_images(ex_filters={"ImageOwnerAlias": "system"})

    assert REGION in locations
    assert zones[ZONE].available_disk_categories
    assert (sizes[INSTANCE_TYPE].ram, sizes[INSTANCE_TYPE].extra["cpu_core_count"]) == (8.0, 2)
    assert any(image.name.startswith("ubuntu_") for image in images)


def test_it_makes_a_volume_attaches_detaches_and_destroys_it(server: Server) -> None:
    """Of the category that it takes if nothing is said, which is made by itself."""
    alice = driver(server, server.alice)
    size = next(size for size in alice.list_sizes() if size.id == INSTANCE_TYPE)
    ubuntu = next(image for image in alice.list_images() if image.name.startswith("ubuntu_"))
    vswitch, group = new_network(server.v2(server.alice))
    node = alice.create_node("web", size, ubuntu, ex_security_group_id=group, ex_vswitch_id=vswitch)

    volume = alice.create_volume(20, "data", ex_zone_id=ZONE)
    attached = alice.attach_volume(node, volume, ex_delete_with_instance=True)
    [in_use] = alice.list_volumes(ex_volume_ids=[volume.id])
    detached = alice.detach_volume(volume)
    destroyed = alice.destroy_volume(volume)

    assert (volume.name, volume.size, volume.state) == ("data", 20, StorageVolumeState.AVAILABLE)
    assert (in_use.state, in_use.extra["instance_id"]) == (StorageVolumeState.INUSE, node.id)
    assert all((attached, detached, destroyed))
    assert alice.list_volumes(ex_volume_ids=[volume.id]) == []


def test_it_runs_a_node_makes_an_image_of_it_and_takes_both_down(server: Server) -> None:
    """A node goes from its image to its end; the image is made of a snapshot of its disk."""
    alice = driver(server, server.alice)
    vswitch, group = new_network(server.v2(server.alice))
    size = next(size for size in alice.list_sizes() if size.id == INSTANCE_TYPE)
    ubuntu = next(image for image in alice.list_images() if image.name.startswith("ubuntu_"))

    node = alice.create_node("web", size, ubuntu, ex_security_group_id=group, ex_vswitch_id=vswitch)
    running = alice.list_nodes()
    [disk] = alice.list_volumes(ex_filters={"InstanceId": node.id})
    snapshot = alice.create_volume_snapshot(disk, name="web")
    image = alice.create_image(node, "web-1.0", ex_snapshot_id=snapshot.id)
    rebooted = alice.reboot_node(node)
    stopped = alice.stop_node(node)
    destroyed = alice.destroy_node(node)
    deleted = alice.delete_image(image)

    assert [(one.id, one.name, one.state) for one in running] == [(node.id, "web", NodeState.RUNNING)]
    assert image.name == "web-1.0"
    assert all((rebooted, stopped, destroyed, deleted))
    assert alice.list_nodes() == []


def test_it_copies_an_image_to_another_region(server: Server, image: str) -> None:
    """The copy is found by the destination's driver."""
    source = driver(server, server.alice)
    destination = driver(server, server.alice, region="cn-beijing")

    copy = destination.copy_image(REGION, source.get_image(image), "copied")

    assert (copy.name, copy.id != image) == ("copied", True)
    assert [one.id for one in destination.list_images(ex_image_ids=[copy.id])] == [copy.id]


def test_it_shares_an_image_by_a_request_of_its_own(server: Server, image: str) -> None:
    """The driver has no call for sharing, but passes any through; the other account then sees the image."""
    alice, bob = driver(server, server.alice), driver(server, server.bob)
    parameters = {"Action": "ModifyImageSharePermission", "RegionId": REGION, "ImageId": image}

    answer = alice.connection.request("/", {**parameters, "AddAccount.1": server.bob.id})

    assert answer.object.tag == "ModifyImageSharePermissionResponse"
    assert [element.tag for element in answer.object] == ["RequestId"]
    assert bob.get_image(image).id == image


def test_it_reads_an_error_from_xml(server: Server, image: str) -> None:
    """Code and message of a refusal are in the exception."""
    alice = driver(server, server.alice)
    parameters = {"Action": "ModifyImageSharePermission", "RegionId": REGION, "ImageId": image}

    with pytest.raises(BaseHTTPError) as caught:
        alice.connection.request("/", {**parameters, "AddAccount.1": server.alice.id})

    assert "InvalidAccount.Forbbiden" in str(caught.value)
    assert "The specified Account does not yourself." in str(caught.value)


def test_a_wrong_secret_is_refused(server: Server) -> None:
    """The signature is verified for this client as for any."""
    alice = get_driver(Provider.ALIYUN_ECS)(
        server.alice.access_key_id, "guessed", region=REGION, secure=False, host="127.0.0.1", port=server.port
    )

    with pytest.raises(BaseHTTPError) as caught:
        alice.list_locations()

    assert "SignatureDoesNotMatch" in str(caught.value)
