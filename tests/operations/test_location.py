"""Clients that ask where a product is are sent on in the form in which they came."""

import pytest
from msgspec.structs import replace

from localyun.wire.call import RawRequest
from tests.people import LOCATION, Person, World


def test_a_product_is_where_the_client_asked(alice: Person) -> None:
    """Whoever knows this server's address goes on using it, for whichever product."""
    answer = alice.call("DescribeEndpoints", version=LOCATION, Id="cn-hangzhou", ServiceCode="vpc")

    assert answer["Success"] is True
    assert answer["Endpoints"]["Endpoint"] == [
        {
            "Type": "openAPI",
            "Namespace": "",
            "SerivceCode": "vpc",
            "Id": "cn-hangzhou",
            "Endpoint": "test",
            "Protocols": {"Protocols": ["HTTP", "HTTPS"]},
        }
    ]


def test_one_endpoint_is_shown_alone(alice: Person) -> None:
    """DescribeEndpoint answers the same without a list around it."""
    answer = alice.call("DescribeEndpoint", version=LOCATION, Id="cn-beijing", ServiceCode="ecs")

    assert (answer["Endpoint"], answer["Id"], answer["SerivceCode"]) == ("test", "cn-beijing", "ecs")


def test_by_the_providers_names_a_client_stays_with_names(
    world: World, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who came through a proxy setting is told the public name."""
    send = world.send

    def under_a_name(raw: RawRequest) -> object:
        return send(replace(raw, headers={**raw.headers, "host": "location-readonly.aliyuncs.com"}))

    monkeypatch.setattr(world, "send", under_a_name)
    answer = alice.call("DescribeEndpoints", version=LOCATION, Id="cn-beijing", ServiceCode="ecs")

    assert [one["Endpoint"] for one in answer["Endpoints"]["Endpoint"]] == ["ecs.cn-beijing.aliyuncs.com"]


@pytest.mark.parametrize(
    ("region", "product", "kind"),
    [("cn-nowhere", "ecs", None), ("cn-hangzhou", "nothing", None), ("cn-hangzhou", "ecs", "innerAPI")],
)
def test_what_there_is_not_has_no_endpoint(
    alice: Person, region: str, product: str, kind: str | None
) -> None:
    """An unknown region, product or kind of address is an empty list, no error."""
    answer = alice.call("DescribeEndpoints", version=LOCATION, Id=region, ServiceCode=product, Type=kind)

    assert answer["Endpoints"] == {"Endpoint": []}


def test_one_endpoint_that_there_is_not_is_empty(alice: Person) -> None:
    """DescribeEndpoint then answers a request id and nothing else."""
    answer = alice.call("DescribeEndpoint", version=LOCATION, Id="cn-nowhere", ServiceCode="ecs")

    assert set(answer) == {"RequestId"}
