"""The addresses of products, for clients that ask before they call."""

from typing import Annotated

from localyun import catalogue
from localyun.operations.context import Context
from localyun.operations.location.product import LOCATION
from localyun.spec.declare import UNSET, Accepted, Answer, Request, Unset, View, param

OPEN_API = "openAPI"
"""The only kind of address that there is here: the public one."""

Region = Annotated[str, param("The region.", example="cn-hangzhou")]
ServiceCode = Annotated[str, param("The product, in small letters.", example="ecs")]


class DescribeEndpoints(Request):
    """List the addresses at which a product is reached in a region."""

    id: Region
    service_code: ServiceCode
    type: Annotated[str | None, param("The kind of address: `openAPI`, the public one.")] = None


class DescribeEndpoint(Request):
    """Show the address at which a product is reached in a region."""

    id: Region
    service_code: ServiceCode
    password: Accepted[str | None] = None


class Protocols(View):
    """What is spoken at an address."""

    protocols: list[str]


class EndpointView(View):
    """An address of a product."""

    type: str
    namespace: str
    serivce_code: str
    id: str
    endpoint: str
    protocols: Protocols


class Endpoints(View):
    """The addresses."""

    endpoint: list[EndpointView]


class EndpointsAnswer(Answer):
    """The addresses of a product in a region; none where there is no such product or region."""

    success: bool
    endpoints: Endpoints


class EndpointAnswer(Answer):
    """The address of a product in a region; nothing where there is no such product or region."""

    type: str | Unset = UNSET
    endpoint: str | Unset = UNSET
    namespace: str | Unset = UNSET
    serivce_code: str | Unset = UNSET
    id: str | Unset = UNSET
    protocols: Protocols | Unset = UNSET


@LOCATION.operation(changes=False)
def describe_endpoints(ctx: Context, request: DescribeEndpoints) -> EndpointsAnswer:
    """Answer an empty list for what there isn't: no error is published."""
    asked = request.type in (None, OPEN_API)
    found = _endpoint(ctx, request.service_code, request.id) if asked else None
    return EndpointsAnswer(success=True, endpoints=Endpoints(endpoint=[found] if found else []))


@LOCATION.operation(changes=False)
def describe_endpoint(ctx: Context, request: DescribeEndpoint) -> EndpointAnswer:
    """Answer nothing for what there isn't: no error is published."""
    found = _endpoint(ctx, request.service_code, request.id)
    if found is None:
        return EndpointAnswer()
    return EndpointAnswer(**{name: getattr(found, name) for name in EndpointView.__struct_fields__})


def _endpoint(ctx: Context, product: str, region: str) -> EndpointView | None:
    """Return a product's address, in the form in which the client reached us.

    Who came by the provider's name, through a proxy setting, goes on by names; whoever knows this server's
    own address is sent to it again.
    """
    public = catalogue.endpoint(product, region)
    if public is None:
        return None
    return EndpointView(
        type=OPEN_API,
        namespace="",
        serivce_code=product,
        id=region,
        endpoint=public if catalogue.is_public(ctx.host) else ctx.host,
        protocols=Protocols(protocols=["HTTP", "HTTPS"]),
    )
