"""The V2 SDK, `alibabacloud_ecs20140526`, as it comes."""

import asyncio
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.clients.servers import REGION, Server, sharees

pytestmark = pytest.mark.clients


def share(image: str, *accounts: str, **other: Any) -> ecs.ModifyImageSharePermissionRequest:
    """A request that shares an image."""
    return ecs.ModifyImageSharePermissionRequest(
        **{"region_id": REGION, "image_id": image, "add_account": list(accounts), **other}
    )


@pytest.mark.parametrize("scheme", ["", "http://"], ids=["bare endpoint", "endpoint with scheme"])
@pytest.mark.parametrize("algorithm", [None, "v2"], ids=["signature V3", "signature V1"])
def test_it_shares_an_image_however_it_signs(
    server: Server, image: str, scheme: str, algorithm: str | None
) -> None:
    """The endpoint is given with or without scheme; both signatures are taken."""
    alice = server.v2(server.alice, endpoint=f"{scheme}{server.address}", signature_algorithm=algorithm)

    answer = alice.modify_image_share_permission(share(image, server.bob.id))

    assert answer.status_code == 200
    assert answer.body.request_id == answer.headers["x-acs-request-id"]
    assert sharees(alice, image) == [server.bob.id]


def test_it_shares_an_image_asynchronously(server: Server, image: str) -> None:
    """The asynchronous half sends an unsigned content type, and is served as well."""
    alice = server.v2(server.alice)

    answer = asyncio.run(alice.modify_image_share_permission_async(share(image, server.bob.id)))

    assert answer.status_code == 200
    assert sharees(alice, image) == [server.bob.id]


def test_it_reads_status_code_and_message_of_a_refusal(server: Server, image: str) -> None:
    """The exception carries what was answered, and the address of our page about it."""
    alice = server.v2(server.alice)

    with pytest.raises(ClientException) as caught:
        alice.modify_image_share_permission(share(image, server.alice.id))

    error = caught.value
    assert (error.status_code, error.code) == (404, "InvalidAccount.Forbbiden")
    assert error.message == (
        f"code: 404, The specified Account does not yourself. request id: {error.data['RequestId']}"
    )
    assert error.data["HostId"] == server.address
    assert error.data["Recommend"].endswith("/_localyun/errors/InvalidAccount.Forbbiden")


@pytest.mark.parametrize("algorithm", [None, "v2"], ids=["signature V3", "signature V1"])
def test_a_wrong_secret_is_a_signature_that_does_not_match(server: Server, algorithm: str | None) -> None:
    """Whoever has the key's id but not its secret is refused."""
    thief = server.v2(server.alice, access_key_secret="guessed", signature_algorithm=algorithm)

    with pytest.raises(ClientException) as caught:
        thief.describe_images(ecs.DescribeImagesRequest(region_id=REGION))

    assert (caught.value.status_code, caught.value.code) == (400, "SignatureDoesNotMatch")


def test_a_parameter_that_it_does_not_send_is_missed(server: Server, image: str) -> None:
    """It sends no region of its own accord, and reads that one is missing."""
    alice = server.v2(server.alice)

    with pytest.raises(ClientException) as caught:
        alice.modify_image_share_permission(share(image, server.bob.id, region_id=None))

    assert (caught.value.status_code, caught.value.code) == (400, "MissingParameter")
    assert 'parameter "RegionId"' in caught.value.data["Message"]


def test_text_arrives_as_it_was_given(server: Server, image: str) -> None:
    """Spaces, signs and Chinese characters survive the signature and the wire."""
    alice = server.v2(server.alice)
    description = "a b*~/+%20&=?#'()! 镜像 😀"

    alice.modify_image_attribute(
        ecs.ModifyImageAttributeRequest(region_id=REGION, image_id=image, description=description)
    )
    seen = alice.describe_images(ecs.DescribeImagesRequest(region_id=REGION, image_id=image))

    assert seen.body.images.image[0].description == description


def test_it_imports_an_image_and_follows_the_task(server: Server) -> None:
    """An import, its task, the image, an export of it, and what canceling a task that is over answers."""
    alice = server.v2(server.alice)
    disk = ecs.ImportImageRequestDiskDeviceMapping(ossbucket="images", ossobject="disk.qcow2")

    begun = alice.import_image(ecs.ImportImageRequest(region_id=REGION, disk_device_mapping=[disk])).body
    listed = alice.describe_tasks(ecs.DescribeTasksRequest(region_id=REGION, task_ids=begun.task_id)).body
    images = alice.describe_images(ecs.DescribeImagesRequest(region_id=REGION, image_id=begun.image_id)).body
    exported = alice.export_image(
        ecs.ExportImageRequest(region_id=REGION, image_id=begun.image_id, ossbucket="images")
    ).body
    shown = alice.describe_task_attribute(
        ecs.DescribeTaskAttributeRequest(region_id=REGION, task_id=exported.task_id)
    ).body
    with pytest.raises(ClientException) as caught:
        alice.cancel_task(ecs.CancelTaskRequest(region_id=REGION, task_id=exported.task_id))

    assert [(task.task_status, task.resource_id) for task in listed.task_set.task] == [
        ("Finished", begun.image_id)
    ]
    assert [image.status for image in images.images.image] == ["Available"]
    assert (shown.task_status, shown.task_action, shown.task_process) == ("Finished", "ExportImage", "100%")
    assert caught.value.code == "InvalidTaskId.IncorrectTaskStatus"
