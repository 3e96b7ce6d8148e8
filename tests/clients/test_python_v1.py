"""The V1 SDK, `aliyun-python-sdk-core` and `-ecs`, as it comes."""

import http.client
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.composer.rpc_signature_composer import get_signed_url
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from aliyunsdkecs.request.v20140526.DescribeImagesRequest import DescribeImagesRequest
from aliyunsdkecs.request.v20140526.ModifyImageSharePermissionRequest import ModifyImageSharePermissionRequest

from localyun.accounts import Credentials
from tests.clients.servers import REGION, Server, decoded, sharees

pytestmark = pytest.mark.clients

UUID = r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}"


def in_the_query(image: str, account: str) -> ModifyImageSharePermissionRequest:
    """POST, everything in the query, an empty body: what a typed request does."""
    request = ModifyImageSharePermissionRequest()
    request.set_ImageId(image)
    request.set_AddAccounts([account])
    return request


def in_a_form(image: str, account: str) -> ModifyImageSharePermissionRequest:
    """POST, split over the query and a form."""
    request = ModifyImageSharePermissionRequest()
    request.add_body_params("ImageId", image)
    request.add_body_params("AddAccount.1", account)
    return request


def by_get(image: str, account: str) -> CommonRequest:
    """GET, everything in the query: what a request without a class of its own does."""
    request = CommonRequest(
        domain="", version="2014-05-26", action_name="ModifyImageSharePermission", product="Ecs"
    )
    request.add_query_param("ImageId", image)
    request.add_query_param("AddAccount.1", account)
    return request


@pytest.mark.parametrize("request_for", [in_the_query, in_a_form, by_get])
def test_it_shares_an_image_wherever_it_puts_the_parameters(
    server: Server, image: str, request_for: Callable[[str, str], CommonRequest]
) -> None:
    """Query, form and both together are one set of parameters."""
    alice = server.v1(server.alice)

    answer = decoded(alice.do_action_with_exception(request_for(image, server.bob.id)))

    assert list(answer) == ["RequestId"]
    assert sharees(server.v2(server.alice), image) == [server.bob.id]


def test_it_reads_status_code_and_message_of_a_refusal(server: Server, image: str) -> None:
    """The exception carries what was answered."""
    alice = server.v1(server.alice)

    with pytest.raises(ServerException) as caught:
        alice.do_action_with_exception(in_the_query(image, server.alice.id))

    error = caught.value
    assert error.get_http_status() == 404
    assert error.get_error_code() == "InvalidAccount.Forbbiden"
    assert error.get_error_msg() == "The specified Account does not yourself."
    assert re.fullmatch(UUID, error.get_request_id())


def test_it_knows_a_wrong_secret_by_our_string_to_sign(server: Server) -> None:
    """Finding its own string to sign in our message, it blames the secret, which it does nowhere else."""
    client = AcsClient(server.alice.access_key_id, "guessed", REGION)
    request = DescribeImagesRequest()
    request.set_endpoint(server.address)

    with pytest.raises(ServerException) as caught:
        client.do_action_with_exception(request)

    assert caught.value.get_error_code() == "InvalidAccessKeySecret"
    assert caught.value.get_http_status() == 400


def test_it_gets_xml_when_it_asks_for_it(server: Server, image: str) -> None:
    """`get_response` leaves the format to the caller."""
    request = in_the_query(image, server.bob.id)
    request.set_accept_format("XML")

    with pytest.warns(DeprecationWarning, match="implementation_of_do_action"):
        status, headers, body = server.v1(server.alice).get_response(request)

    assert status == 200
    assert headers["Content-Type"] == "text/xml;charset=utf-8"
    assert re.fullmatch(
        "<\\?xml version='1.0' encoding='UTF-8'\\?><ModifyImageSharePermissionResponse>"
        f"<RequestId>{UUID}</RequestId></ModifyImageSharePermissionResponse>",
        body.decode(),
    )


def test_an_unmodified_client_reaches_us_as_its_proxy(
    server: Server, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its endpoint is the provider's own; HTTP_PROXY is all that is set."""
    monkeypatch.setenv("HTTP_PROXY", f"http://{server.address}")
    unmodified = AcsClient(server.alice.access_key_id, server.alice.access_key_secret, REGION)

    answer = decoded(unmodified.do_action_with_exception(in_the_query(image, server.bob.id)))
    with pytest.raises(ServerException) as caught:
        unmodified.do_action_with_exception(in_the_query(image, server.alice.id))

    assert list(answer) == ["RequestId"]
    assert caught.value.get_error_code() == "InvalidAccount.Forbbiden"
    assert sharees(server.v2(server.alice), image) == [server.bob.id]


@pytest.mark.parametrize("format_", ["XML", "JSON"])
def test_the_documented_example_call_is_answered_as_documented(
    server: Server, image: str, format_: str
) -> None:
    """A plain GET to ecs.aliyuncs.com adds one account and removes another."""
    alice = server.v2(server.alice)
    server.v1(server.alice).do_action_with_exception(in_the_query(image, server.mallory.id))

    status, body = documented_call(
        server,
        server.alice,
        "https://ecs.aliyuncs.com/?Action=ModifyImageSharePermission"
        f"&RegionId=cn-hangzhou&ImageId={image}"
        f"&AddAccount.1={server.bob.id}&RemoveAccount.1={server.mallory.id}",
        format_,
    )

    assert status == 200
    if format_ == "JSON":
        assert re.fullmatch(f'{{"RequestId":"{UUID}"}}', body)
    else:
        assert re.fullmatch(
            "<\\?xml version='1.0' encoding='UTF-8'\\?><ModifyImageSharePermissionResponse>"
            f"<RequestId>{UUID}</RequestId></ModifyImageSharePermissionResponse>",
            body,
        )
    assert sharees(alice, image) == [server.bob.id]


def documented_call(server: Server, account: Credentials, url: str, format_: str) -> tuple[int, str]:
    """Add the common parameters to a call and make it, with the host that it names."""
    parts = urlsplit(url)
    parameters = {**dict(parse_qsl(parts.query)), "Version": "2014-05-26"}
    target, _ = get_signed_url(
        parameters, account.access_key_id, account.access_key_secret, format_, "GET", {}
    )
    connection = http.client.HTTPConnection(server.address, timeout=10)
    try:
        connection.request("GET", target, headers={"Host": parts.netloc})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
