"""The lines that the doctor gives, pasted as they are into the clients that run here."""

from typing import Any

import pytest
from alibabacloud_ecs20140526.models import DescribeImageSharePermissionRequest
from aliyunsdkecs.request.v20140526 import DescribeImageSharePermissionRequest as v1

from tests.cli.conftest import Run, Serve

pytestmark = pytest.mark.clients

Accounts = dict[str, dict[str, str]]


@pytest.fixture
def lines(serve: Serve, run: Run, image: str) -> str:
    """What the doctor prints about a server that runs on alice's image."""
    return run("doctor", "--port", serve().port).stdout


def pasted(lines: str, heading: str) -> dict[str, Any]:
    """What is defined once the lines below a heading were run."""
    block = lines.partition(f"# {heading}")[2].partition("\n")[2].partition("\n\n#")[0]
    defined: dict[str, Any] = {}
    exec(block, defined)
    return defined


def test_the_current_python_sdk_is_pointed_here(lines: str, image: str, accounts: Accounts) -> None:
    """It calls as alice and is answered."""
    client = pasted(lines, "The current Python SDK")["client"]
    request = DescribeImageSharePermissionRequest(region_id="cn-hangzhou", image_id=image)
    answer = client.describe_image_share_permission(request)

    assert [one.aliyun_id for one in answer.body.accounts.account] == [accounts["bob"]["id"]]


def test_the_older_python_sdk_is_pointed_here(lines: str, image: str, accounts: Accounts) -> None:
    """It calls as alice and is answered."""
    client = pasted(lines, "The older Python SDK")["client"]
    request = v1.DescribeImageSharePermissionRequest()
    request.set_ImageId(image)

    assert accounts["bob"]["id"].encode() in client.do_action_with_exception(request)


def test_libcloud_is_pointed_here(lines: str, image: str, accounts: Accounts) -> None:
    """It calls as alice and is answered."""
    driver = pasted(lines, "Apache Libcloud")["driver"]
    call = {"Action": "DescribeImageSharePermission", "RegionId": "cn-hangzhou", "ImageId": image}
    answer = driver.connection.request("/", call).object

    assert answer.findtext("Accounts/Account/AliyunId") == accounts["bob"]["id"]
