"""A disk's life with both SDKs: made, attached, grown, detached, deleted."""

import json
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_tea_openapi.exceptions import ClientException
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkecs.request.v20140526.CreateDiskRequest import CreateDiskRequest
from aliyunsdkecs.request.v20140526.DeleteDiskRequest import DeleteDiskRequest
from aliyunsdkecs.request.v20140526.ResizeDiskRequest import ResizeDiskRequest

from tests.clients.servers import REGION, Server

pytestmark = pytest.mark.clients

UBUNTU = "ubuntu_24_04_x64_20G_alibase_20250916.vhd"


def test_a_disk_is_made_attached_grown_detached_and_deleted(server: Server) -> None:
    """The SDK sends what it has to, and reads each step from DescribeDisks."""
    alice = server.v2(server.alice)
    run = ecs.RunInstancesRequest(region_id=REGION, image_id=UBUNTU, instance_type="ecs.g7.large")
    (instance,) = alice.run_instances(run).body.instance_id_sets.instance_id_set
    zone = (
        alice.describe_instances(
            ecs.DescribeInstancesRequest(region_id=REGION, instance_ids=f'["{instance}"]')
        )
        .body.instances.instance[0]
        .zone_id
    )

    def shown() -> ecs.DescribeDisksResponseBodyDisksDisk:
        request = ecs.DescribeDisksRequest(region_id=REGION, disk_ids=f'["{disk}"]')
        (found,) = alice.describe_disks(request).body.disks.disk
        return found

    disk = alice.create_disk(
        ecs.CreateDiskRequest(
            region_id=REGION, zone_id=zone, disk_category="cloud_essd", size=20, disk_name="data"
        )
    ).body.disk_id
    made = shown()
    alice.attach_disk(ecs.AttachDiskRequest(instance_id=instance, disk_id=disk))
    attached = shown()
    alice.resize_disk(ecs.ResizeDiskRequest(disk_id=disk, new_size=30, type="online"))
    grown = shown()
    with pytest.raises(ClientException) as caught:
        alice.delete_disk(ecs.DeleteDiskRequest(disk_id=disk))
    alice.detach_disk(ecs.DetachDiskRequest(instance_id=instance, disk_id=disk))
    detached = shown()
    alice.delete_disk(ecs.DeleteDiskRequest(disk_id=disk))
    left = alice.describe_disks(ecs.DescribeDisksRequest(region_id=REGION, disk_ids=f'["{disk}"]'))

    assert (made.status, made.disk_name, made.size) == ("Available", "data", 20)
    assert (attached.status, attached.instance_id, attached.device) == ("In_use", instance, "/dev/xvdb")
    assert (grown.status, grown.size) == ("In_use", 30)
    assert (caught.value.status_code, caught.value.code) == (403, "DiskStillAttached")
    assert (detached.status, detached.instance_id) == ("Available", "")
    assert left.body.total_count == 0


def test_the_older_sdk_sends_its_region_with_every_call(server: Server) -> None:
    """Also where the operation takes none: a wrong one is refused, a right one isn't looked at."""

    def answer(request: Any, region: str = REGION) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            server.v1(server.alice, region=region).do_action_with_exception(request)
        )
        return found

    create = CreateDiskRequest()
    create.set_ZoneId(f"{REGION}-h")
    create.set_DiskCategory("cloud_essd")
    create.set_Size(20)
    resize, delete = ResizeDiskRequest(), DeleteDiskRequest()

    disk = answer(create)["DiskId"]
    resize.set_DiskId(disk)
    resize.set_NewSize(30)
    delete.set_DiskId(disk)
    answer(resize)
    with pytest.raises(ServerException) as caught:
        answer(delete, "cn-nowhere")
    answer(delete, "cn-beijing")

    assert caught.value.error_code == "InvalidRegionId.MalFormed"
    assert caught.value.message == "The specified parameter RegionId is not valid."
