"""Finding what a call names that makes instances."""

from collections.abc import Sequence

from localyun import catalogue
from localyun.model import KeyPair, VSwitch
from localyun.model.access import Action
from localyun.operations.context import Context
from localyun.operations.ecs import launch_disks, launch_network
from localyun.operations.ecs.launch_fields import Launch
from localyun.operations.ecs.launch_found import Found
from localyun.operations.ecs.launch_market import missing_image
from localyun.operations.ecs.launch_rows import Rows
from localyun.spec import errors

ECS_SERVICE = "ecs.aliyuncs.com"


def find(ctx: Context, request: Launch, rows: Rows, security_groups: Sequence[str]) -> Found:
    """Return what a call names.

    What is another account's or in another region looks as if it weren't there, each in its own words.
    """
    machine = catalogue.instance_type(request.instance_type or "")
    if machine is None:
        raise errors.INSTANCE_TYPE_NOT_FOUND()
    image_id = request.image_id or _newest_of_family(ctx, request.image_family)
    image, verdict = ctx.images.judge(image_id, ctx.region, to=Action.RUN)
    if image is None or not verdict.allowed:
        raise missing_image(image_id)()
    zone = catalogue.zone(request.zone_id) if request.zone_id else None
    if request.zone_id and (zone is None or zone.region != ctx.region):
        raise errors.ZONE_NOT_FOUND()
    vswitch = ctx.owned(VSwitch, request.vswitch_id) if request.vswitch_id else None
    if request.vswitch_id and vswitch is None:
        raise rows.vswitch_not_found.naming(request.vswitch_id)
    groups = launch_network.security_groups(ctx, security_groups, rows)
    if request.key_pair_name and not ctx.tx.find(
        KeyPair, owner=ctx.account, region=ctx.region, name=request.key_pair_name
    ):
        raise errors.LAUNCH_KEY_PAIR_NOT_FOUND()
    if request.ram_role_name:
        _check_role(ctx, request.ram_role_name, rows)
    return Found(
        machine=machine,
        image=image,
        relation=verdict.relation,
        zone=zone.id if zone else vswitch.zone if vswitch else _first_zone(ctx),
        vswitch=vswitch,
        security_groups=groups,
        snapshots=launch_disks.snapshots_of(ctx, request),
    )


def _check_role(ctx: Context, name: str, rows: Rows) -> None:
    """Check that the account has the role, and that ECS may take it on for an instance."""
    if ctx.identities.role(name) is None:
        raise rows.role_not_found()
    if not ctx.service_may_assume(ctx.account, name, ECS_SERVICE):
        raise errors.ROLE_NOT_FOR_ECS()


def _newest_of_family(ctx: Context, family: str | None) -> str:
    found = ctx.images.newest_of_family(family or "", ctx.region, ctx.now)
    if found is None:
        raise errors.IMAGE_FAMILY_EMPTY()
    return found[0].id


def _first_zone(ctx: Context) -> str:
    region = catalogue.region(ctx.region)
    return region.zones[0].id if region else ""
