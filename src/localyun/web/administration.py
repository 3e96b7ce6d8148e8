"""The part of our pages that shows every account's things: it answers this machine alone."""

from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localyun.accounts import AccountError, id_of
from localyun.app import App
from localyun.operations.impact import impact_of

Endpoint = Callable[[Request], Awaitable[Response]]


def administration(app: App) -> list[Route]:
    """Return what is served to loopback peers only."""

    async def impact(request: Request) -> Response:
        with app.store.reading(app.clock.wall()) as tx:
            try:
                named = [id_of(tx, one) for one in request.query_params.getlist("unshare")]
            except AccountError as error:
                return JSONResponse({"error": str(error)}, 404)
            found = impact_of(tx, request.path_params["id"], named or None)
        if found is None:
            return JSONResponse({"error": "there is no such custom image"}, 404)
        return Response(msgspec.json.encode(found), media_type="application/json")

    return [Route("/_localyun/images/{id}/impact", _loopback_only(impact))]


def _loopback_only(endpoint: Endpoint) -> Endpoint:
    """Refuse whoever isn't on this machine."""

    async def guarded(request: Request) -> Response:
        if request.client is None or not is_loopback(request.client.host):
            return JSONResponse({"error": "this answers on the machine that localyun runs on, only"}, 403)
        return await endpoint(request)

    return guarded


def is_loopback(peer: str) -> bool:
    """Whether a peer's address is this machine's own; an IPv4 address may come dressed as IPv6."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
