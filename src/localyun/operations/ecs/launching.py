"""Making instances of an image: what RunInstances and CreateInstance have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import islice
from typing import NamedTuple

from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import InstanceType
from localyun.model import Disk, Image, Instance, Phase, SecurityGroup, Snapshot, VSwitch
from localyun.model.access import Action, Relation
from localyun.model.addresses import CLASSIC, INTERNET, address_from_id, free_addresses, usable
from localyun.model.image_rules import is_usable, runs_on
from localyun.model.instances import PENDING
from localyun.model.launching import (
    check_password,
    check_user_data,
    default_host_name,
    is_host_name,
    is_instance_name,
)
from localyun.operations.common import is_description, new_tags
from localyun.operations.context import Context
from localyun.operations.ecs import launch_disks
from localyun.operations.ecs.launch_disks import DiskRows
from localyun.operations.ecs.launch_fields import Launch
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


class Rows(NamedTuple):
    """The errors that the two operations word differently."""

    no_image: ErrorSpec
    image_not_valid: ErrorSpec
    wrong_image: ErrorSpec
    security_group_not_found: ErrorSpec
    private_ip_malformed: ErrorSpec
    private_ip_taken: ErrorSpec
    user_data_malformed: ErrorSpec
    bandwidth_in: ErrorSpec
    bandwidth_out: ErrorSpec
    tags: ErrorSpec
    disks: DiskRows


def refusals(rows: Rows) -> tuple[ErrorSpec, ...]:
    """Return everything that `launch` raises, in the order in which it checks."""
    return (
        errors.INSTANCE_NAME_MALFORMED,
        errors.INSTANCE_DESCRIPTION_MALFORMED,
        errors.PASSWORD_AND_INHERIT,
        errors.PASSWORD_MALFORMED,
        rows.user_data_malformed,
        errors.USER_DATA_TOO_LARGE,
        rows.bandwidth_in,
        rows.bandwidth_out,
        errors.HTTP_HOP_LIMIT,
        rows.tags,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        *launch_disks.malformed(rows.disks),
        errors.IMAGE_ID_AND_FAMILY,
        rows.no_image,
        errors.INSTANCE_TYPE_NOT_FOUND,
        errors.IMAGE_FAMILY_EMPTY,
        errors.IMAGE_NOT_FOUND,
        errors.ZONE_NOT_FOUND,
        errors.LAUNCH_VSWITCH_NOT_FOUND,
        rows.security_group_not_found,
        errors.DATA_DISK_SNAPSHOT_NOT_FOUND,
        rows.image_not_valid,
        errors.LAUNCH_VSWITCH_STATUS,
        errors.DATA_DISK_SNAPSHOT_NOT_READY,
        errors.HOST_NAME_MALFORMED,
        rows.wrong_image,
        errors.KEY_PAIR_OF_NEW_WINDOWS,
        errors.NO_VSWITCH_ID,
        errors.ZONE_NOT_MATCH,
        errors.SECURITY_GROUP_AND_VSWITCH,
        *launch_disks.unfit(rows.disks),
        rows.private_ip_malformed,
        errors.PRIVATE_IP_OUTSIDE,
        rows.private_ip_taken,
        errors.PRIVATE_IPS_USED_UP,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a call names, found: what the instances are made of, and where."""

    machine: InstanceType
    image: Image
    relation: Relation
    zone: str
    vswitch: VSwitch | None
    security_groups: tuple[SecurityGroup, ...]
    snapshots: dict[str, Snapshot]

    @property
    def vpc(self) -> str:
        """The VPC, empty for the classic network."""
        return self.vswitch.vpc if self.vswitch else ""


def launch(
    ctx: Context,
    request: Launch,
    rows: Rows,
    *,
    security_groups: Sequence[str],
    amount: int = 1,
    at_least: int = 1,
    numbered: Callable[[str], list[str]] = lambda name: [name],
    start: bool,
) -> list[Instance]:
    """Make `amount` instances, or fewer where there is no room for more, but `at_least` so many.

    `numbered` makes the names of all out of the one that is asked for. Nothing is made if anything is wrong.

    Raises one of `refusals(rows)`.
    """

    def named(pattern: str | None, fits: Callable[[str], bool], malformed: ErrorSpec) -> list[str]:
        names = numbered(pattern) if pattern else [""] * amount
        if pattern and not all(map(fits, names)):
            raise malformed()
        return names

    names = named(request.instance_name, is_instance_name, errors.INSTANCE_NAME_MALFORMED)
    _check_shapes(ctx, request, rows)
    found = _find(ctx, request, rows, security_groups)
    _check_states(ctx, found, rows)
    os_type = found.image.os_type
    host_names = named(
        request.host_name, lambda name: is_host_name(name, os_type), errors.HOST_NAME_MALFORMED
    )
    _check_together(request, found, rows)
    disks = launch_disks.planned(
        ctx, request, found.image, found.relation, found.snapshots, found.zone, rows.disks
    )
    addresses = _addresses(ctx, request, found, rows, amount, at_least)
    return [
        _make(ctx, request, found, disks, name, host_name, address, start=start)
        for name, host_name, address in zip(names, host_names, addresses, strict=False)
    ]


def _check_shapes(ctx: Context, request: Launch, rows: Rows) -> None:
    if request.description is not None and not is_description(request.description):
        raise errors.INSTANCE_DESCRIPTION_MALFORMED()
    check_password(request.password, inherited=request.password_inherit)
    check_user_data(request.user_data, malformed=rows.user_data_malformed)
    if request.internet_max_bandwidth_in is not None and not 1 <= request.internet_max_bandwidth_in <= 200:
        raise rows.bandwidth_in()
    if not 0 <= request.internet_max_bandwidth_out <= 100:
        raise rows.bandwidth_out()
    if not 1 <= request.http_put_response_hop_limit <= 64:
        raise errors.HTTP_HOP_LIMIT()
    if len(request.tag) > ctx.limits.tags_per_resource:
        raise rows.tags.naming("The maximum number of tags per resource is 20.")
    new_tags(request.tag)
    launch_disks.check_shapes(request, rows.disks)
    if request.image_id and request.image_family:
        raise errors.IMAGE_ID_AND_FAMILY()
    if not (request.image_id or request.image_family):
        raise rows.no_image.naming("ImageId")


def _find(ctx: Context, request: Launch, rows: Rows, security_groups: Sequence[str]) -> Found:
    machine = catalogue.instance_type(request.instance_type or "")
    if machine is None:
        raise errors.INSTANCE_TYPE_NOT_FOUND()
    image, verdict = ctx.images.judge(
        request.image_id or _newest_of_family(ctx, request.image_family), ctx.region, to=Action.RUN
    )
    if image is None or not verdict.allowed:
        raise errors.IMAGE_NOT_FOUND()
    zone = catalogue.zone(request.zone_id) if request.zone_id else None
    if request.zone_id and (zone is None or zone.region != ctx.region):
        raise errors.ZONE_NOT_FOUND()
    vswitch = (
        ctx.own(VSwitch, request.vswitch_id, errors.LAUNCH_VSWITCH_NOT_FOUND) if request.vswitch_id else None
    )
    return Found(
        machine=machine,
        image=image,
        relation=verdict.relation,
        zone=zone.id if zone else vswitch.zone if vswitch else _first_zone(ctx),
        vswitch=vswitch,
        security_groups=tuple(
            ctx.own(SecurityGroup, id, rows.security_group_not_found) for id in security_groups
        ),
        snapshots=launch_disks.snapshots_of(ctx, request),
    )


def _newest_of_family(ctx: Context, family: str | None) -> str:
    found = ctx.images.newest_of_family(family or "", ctx.region, ctx.now)
    if found is None:
        raise errors.IMAGE_FAMILY_EMPTY()
    return found[0].id


def _first_zone(ctx: Context) -> str:
    region = catalogue.region(ctx.region)
    return region.zones[0].id if region else ""


def _check_states(ctx: Context, found: Found, rows: Rows) -> None:
    if not is_usable(found.image.phase.at(ctx.now)):
        raise rows.image_not_valid()
    if found.vswitch and not found.vswitch.phase.settled(ctx.now):
        raise errors.LAUNCH_VSWITCH_STATUS()
    launch_disks.check_states(ctx, found.snapshots.values())


def _check_together(request: Launch, found: Found, rows: Rows) -> None:
    """Check that what is asked for fits together."""
    if not runs_on(
        found.image,
        cpu_architecture=found.machine.cpu_architecture,
        boot_modes=found.machine.supported_boot_modes,
    ):
        raise rows.wrong_image()
    if request.key_pair_name and found.image.os_type == "windows":
        raise errors.KEY_PAIR_OF_NEW_WINDOWS()
    if found.vswitch is None and (request.private_ip_address or any(g.vpc for g in found.security_groups)):
        raise errors.NO_VSWITCH_ID()
    if found.vswitch and found.zone != found.vswitch.zone:
        raise errors.ZONE_NOT_MATCH(
            "The specified ZoneId and the zone of the specified VSwitchId do not match."
        )
    if any(group.vpc != found.vpc for group in found.security_groups):
        raise errors.SECURITY_GROUP_AND_VSWITCH()


def _addresses(
    ctx: Context, request: Launch, found: Found, rows: Rows, amount: int, at_least: int
) -> list[str]:
    """The private addresses of the instances, lowest first; empty texts where there is no vSwitch."""
    if found.vswitch is None:
        return [""] * amount
    taken = {instance.private_ip for instance in ctx.tx.find(Instance, vswitch=found.vswitch.id)}
    if request.private_ip_address is None:
        free = list(islice(free_addresses(found.vswitch.cidr_block, taken), amount))
        if len(free) < at_least:
            raise errors.PRIVATE_IPS_USED_UP()
        return free
    try:
        address = IPv4Address(request.private_ip_address)
    except ValueError:
        raise rows.private_ip_malformed() from None
    if int(address) not in usable(found.vswitch.cidr_block):
        raise errors.PRIVATE_IP_OUTSIDE()
    if str(address) in taken:
        raise rows.private_ip_taken()
    return [str(address)]


def _make(
    ctx: Context,
    request: Launch,
    found: Found,
    disks: Sequence[Disk],
    name: str,
    host_name: str,
    address: str,
    *,
    start: bool,
) -> Instance:
    """Keep one instance and its disks. Only one that is started at once gets an address in the internet."""
    id = ctx.new_id("i")
    image = found.image
    instance = Instance(
        id=id,
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=name or id,
        description=request.description or "",
        resource_group=request.resource_group_id or "",
        tags=new_tags(request.tag),
        zone=found.zone,
        host_name=host_name or default_host_name(id, image.os_type),
        image=image.id,
        instance_type=found.machine.id,
        phase=Phase(PENDING),
        serial_number=ctx.world.ids.serial_number(),
        vpc=found.vpc,
        vswitch=request.vswitch_id or "",
        private_ip=address or address_from_id(CLASSIC, id),
        mac_address=ctx.world.ids.mac_address(),
        network_interface=ctx.new_id("eni") if found.vswitch else "",
        public_ip=address_from_id(INTERNET, id) if start and request.internet_max_bandwidth_out else "",
        security_groups=tuple(group.id for group in found.security_groups),
        os_name=image.os_name,
        os_name_en=image.os_name_en,
        os_type=image.os_type,
        key_pair=request.key_pair_name or "",
        user_data=request.user_data or "",
        ram_role=request.ram_role_name or "",
        deletion_protection=bool(request.deletion_protection),
        http_endpoint=request.http_endpoint,
        http_tokens=request.http_tokens,
        http_put_response_hop_limit=request.http_put_response_hop_limit,
        internet_charge_type=request.internet_charge_type,
        internet_max_bandwidth_in=request.internet_max_bandwidth_in
        or max(10, request.internet_max_bandwidth_out),
        internet_max_bandwidth_out=request.internet_max_bandwidth_out,
    )
    instance = replace(instance, phase=ctx.compute.create_instance(instance, ctx.now))
    if start:
        phase = ctx.compute.start_instance(instance, ctx.now)
        instance = replace(instance, phase=phase, started_at=ctx.now)
    ctx.tx.put(instance)
    for disk in disks:
        ctx.tx.put(
            replace(disk, id=ctx.new_id("d"), instance=id, serial_number=ctx.world.ids.serial_number()[:20])
        )
    return instance
