"""Making instances of an image: what RunInstances and CreateInstance have in common."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from localyun.clock import Instant
from localyun.model import Disk, Instance, Phase
from localyun.model.addresses import CLASSIC, address_from_id
from localyun.model.image_rules import is_usable, runs_on_processor, starts_on
from localyun.model.images import CREATE_FAILED, UNAVAILABLE
from localyun.model.instances import PENDING
from localyun.model.launching import (
    check_hibernation,
    check_password,
    check_user_data,
    default_host_name,
    is_host_name,
    is_instance_name,
)
from localyun.operations.common import is_description, new_tags
from localyun.operations.context import Context
from localyun.operations.ecs import launch_disks, launch_network
from localyun.operations.ecs.launch_fields import Launch
from localyun.operations.ecs.launch_found import Found
from localyun.operations.ecs.launch_lookup import find
from localyun.operations.ecs.launch_market import check_market, not_sold
from localyun.operations.ecs.launch_network import check_network, private_addresses
from localyun.operations.ecs.launch_payment import check_payment, contradictory, expires_at
from localyun.operations.ecs.launch_placement import check_placement, misplaced
from localyun.operations.ecs.launch_quotas import check_quotas, exceeded
from localyun.operations.ecs.launch_rows import Rows
from localyun.operations.ecs.launch_standing import (
    Refusals,
    check_account,
    check_place,
    check_stock,
    held,
    short,
)
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


class Wording(NamedTuple):
    """How one of the two operations says no."""

    rows: Rows
    of_account: Refusals
    of_spot: Refusals


def refusals(words: Wording) -> tuple[ErrorSpec, ...]:
    """Return everything that `launch` raises, in the order in which it checks."""
    rows = words.rows
    return (
        errors.INSTANCE_NAME_MALFORMED,
        errors.INSTANCE_DESCRIPTION_MALFORMED,
        errors.PASSWORD_AND_INHERIT,
        errors.PASSWORD_MALFORMED,
        rows.user_data_malformed,
        errors.USER_DATA_TOO_LARGE,
        rows.user_data_not_supported,
        errors.MUST_BE_IO_OPTIMIZED,
        errors.IO_OPTIMIZED_FOR_KEY,
        rows.bandwidth_in,
        rows.bandwidth_out,
        errors.HTTP_HOP_LIMIT,
        errors.CREDIT_SPECIFICATION,
        errors.RESOURCE_GROUP_NOT_FOUND,
        rows.tags,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        *launch_disks.malformed(rows),
        errors.IMAGE_ID_AND_FAMILY,
        rows.no_image,
        *contradictory(rows),
        *held(words.of_account, words.of_spot),
        errors.INSTANCE_TYPE_NOT_FOUND,
        errors.IMAGE_FAMILY_EMPTY,
        errors.MARKET_IMAGE_NOT_FOUND,
        errors.IMAGE_NOT_FOUND,
        errors.ZONE_NOT_FOUND,
        rows.vswitch_not_found,
        rows.security_group_malformed,
        rows.security_group_not_found,
        errors.LAUNCH_KEY_PAIR_NOT_FOUND,
        errors.DATA_DISK_SNAPSHOT_NOT_FOUND,
        rows.role_not_found,
        errors.ROLE_NOT_FOR_ECS,
        *misplaced(rows),
        *not_sold(rows),
        errors.CREATE_IMAGE_NOT_VALID,
        rows.image_not_valid,
        errors.LAUNCH_VSWITCH_STATUS,
        rows.snapshot_failed,
        errors.DATA_DISK_SNAPSHOT_NOT_READY,
        errors.HOST_NAME_MALFORMED,
        rows.host_name_of_system,
        rows.windows_on_type,
        rows.wrong_architecture,
        rows.cannot_start,
        errors.KEY_PAIR_OF_NEW_WINDOWS,
        errors.USER_DATA_WITHOUT_CLOUDINIT,
        *launch_network.UNFIT,
        *short(rows),
        *launch_disks.unfit(rows),
        errors.HIBERNATION_TYPE,
        errors.HIBERNATION_MEMORY,
        errors.HIBERNATION_IMAGE,
        errors.SYSTEM_DISK_LESS_THAN_MEMORY,
        *exceeded(rows),
        *launch_network.no_address(rows),
    )


def _all_right(found: Found) -> None:
    """What CreateInstance asks beyond what both ask."""


def launch(
    ctx: Context,
    request: Launch,
    words: Wording,
    *,
    security_groups: Sequence[str],
    amount: int = 1,
    at_least: int = 1,
    numbered: Callable[[str], list[str]] = lambda name: [name],
    host_names: Sequence[str] = (),
    further: Callable[[Found], None] = _all_right,
    release_at: Instant | None = None,
    start: bool,
) -> list[Instance]:
    """Make `amount` instances, or fewer where there is no room for more, but `at_least` so many.

    `numbered` makes the names of all out of the one that is asked for; `host_names` are names one by one.
    `further` checks what only one operation can be asked. Nothing is made if anything is wrong.

    Raises one of `refusals(words)`, or what `further` raises.
    """
    rows = words.rows
    names = numbered(request.instance_name) if request.instance_name else [""] * amount
    if request.instance_name and not all(map(is_instance_name, names)):
        raise errors.INSTANCE_NAME_MALFORMED()
    hosts = host_names or (numbered(request.host_name) if request.host_name else [""] * amount)
    _check_shapes(ctx, request, rows)
    check_payment(request, rows)
    check_account(ctx, request, words.of_account, words.of_spot)
    found = find(ctx, request, rows, security_groups)
    check_placement(request, rows)
    check_market(ctx, request, found.image, found.relation, rows)
    _check_states(ctx, found, rows)
    _check_host_names(hosts, found.image.os_type, rows)
    _check_together(request, found, rows)
    further(found)
    check_network(ctx, request, found)
    check_place(ctx, request, found, rows)
    disks = launch_disks.planned(ctx, request, found, rows)
    _check_hibernation(request, found, disks[0])
    amount = check_stock(ctx, found, disks, rows, amount, at_least, start=start)
    check_quotas(
        ctx,
        found,
        disks,
        rows,
        amount=amount,
        bandwidth=request.internet_max_bandwidth_out,
        pre_paid=request.instance_charge_type == "PrePaid",
    )
    addresses = private_addresses(ctx, request, found, rows, amount, at_least)
    return [
        _make(ctx, request, found, disks, name, host_name, address, release_at=release_at, start=start)
        for name, host_name, address in zip(names, hosts, addresses, strict=False)
    ]


def _check_shapes(ctx: Context, request: Launch, rows: Rows) -> None:
    if request.description is not None and not is_description(request.description):
        raise errors.INSTANCE_DESCRIPTION_MALFORMED()
    check_password(request.password, inherited=request.password_inherit)
    check_user_data(request.user_data, malformed=rows.user_data_malformed)
    if request.io_optimized == "none":
        raise _not_optimized(request, rows)()
    if request.internet_max_bandwidth_in is not None and not 1 <= request.internet_max_bandwidth_in <= 200:
        raise rows.bandwidth_in()
    if not 0 <= request.internet_max_bandwidth_out <= 100:
        raise rows.bandwidth_out()
    if not 1 <= request.http_put_response_hop_limit <= 64:
        raise errors.HTTP_HOP_LIMIT()
    if request.resource_group_id and not request.resource_group_id.startswith("rg-"):
        raise errors.RESOURCE_GROUP_NOT_FOUND()
    if len(request.tag) > ctx.limits.tags_per_resource:
        raise rows.tags.naming("The maximum number of tags per resource is 20.")
    new_tags(request.tag)
    launch_disks.check_shapes(request, rows)
    if request.image_id and request.image_family:
        raise errors.IMAGE_ID_AND_FAMILY()
    if not (request.image_id or request.image_family):
        raise rows.no_image.naming("ImageId")


def _not_optimized(request: Launch, rows: Rows) -> ErrorSpec:
    """Say why an instance has to be I/O optimized: for what it asks, else because all are."""
    if request.user_data:
        return rows.user_data_not_supported
    has_key = any(disk.wish.key for disk in (request.system_disk, *request.data_disk))
    return errors.IO_OPTIMIZED_FOR_KEY if has_key else errors.MUST_BE_IO_OPTIMIZED


def _check_states(ctx: Context, found: Found, rows: Rows) -> None:
    status = found.image.phase.at(ctx.now)
    if status in (CREATE_FAILED, UNAVAILABLE):
        raise errors.CREATE_IMAGE_NOT_VALID()
    if not is_usable(status) or not ctx.compute.has_contents(found.image):
        raise rows.image_not_valid()
    if found.vswitch and not found.vswitch.phase.settled(ctx.now):
        raise errors.LAUNCH_VSWITCH_STATUS()
    launch_disks.check_states(ctx, found.snapshots.values(), rows)


def _check_host_names(names: Sequence[str], os_type: str, rows: Rows) -> None:
    """Check the names inside: those of Windows are shorter and simpler."""
    for name in filter(None, names):
        if not is_host_name(name, "linux"):
            raise errors.HOST_NAME_MALFORMED()
        if not is_host_name(name, os_type):
            raise rows.host_name_of_system()


def _check_together(request: Launch, found: Found, rows: Rows) -> None:
    """Check that image, instance type and what is put on them fit together."""
    image, machine = found.image, found.machine
    if not runs_on_processor(image, machine.cpu_architecture):
        raise (rows.windows_on_type if image.os_type == "windows" else rows.wrong_architecture)()
    without_driver = machine.nvme_support == "required" and image.nvme_support == "unsupported"
    if without_driver or not starts_on(image, machine.supported_boot_modes):
        raise rows.cannot_start()
    if request.key_pair_name and image.os_type == "windows":
        raise errors.KEY_PAIR_OF_NEW_WINDOWS()
    if request.user_data and not image.supports_cloudinit:
        raise errors.USER_DATA_WITHOUT_CLOUDINIT()


def _check_hibernation(request: Launch, found: Found, system_disk: Disk) -> None:
    if request.hibernation_options is not None and request.hibernation_options.configured:
        check_hibernation(
            memory=found.machine.memory_size,
            is_old=found.machine.is_basic,
            encrypted_image=found.image.encrypted,
            system_disk=system_disk.size,
        )


def _make(
    ctx: Context,
    request: Launch,
    found: Found,
    disks: Sequence[Disk],
    name: str,
    host_name: str,
    address: str,
    *,
    release_at: Instant | None,
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
        public_ip=address_from_id(ctx.compute.internet, id)
        if start and request.internet_max_bandwidth_out
        else "",
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
        charge_type=request.instance_charge_type,
        expires_at=expires_at(ctx, request),
        release_at=release_at,
        spot_strategy=request.spot_strategy,
        spot_price_limit=request.spot_price_limit or 0.0,
        spot_duration=request.spot_duration,
        spot_interruption_behavior=request.spot_interruption_behavior,
        credit_specification=request.credit_specification or "",
        hibernates=bool(request.hibernation_options and request.hibernation_options.configured),
    )
    its_own = [
        replace(
            disk,
            id=ctx.new_id("d"),
            instance=id,
            serial_number=ctx.world.ids.serial_number()[:20],
            charge_type=instance.charge_type,
            expires_at=instance.expires_at,
        )
        for disk in disks
    ]
    instance = replace(instance, phase=ctx.compute.create_instance(instance, its_own, ctx.now))
    if start:
        phase = ctx.compute.start_instance(instance, ctx.now)
        instance = replace(instance, phase=phase, started_at=ctx.now)
    ctx.tx.put(instance)
    for disk in its_own:
        ctx.tx.put(disk)
    return instance
