"""Changing an instance's type, and how fast it is connected to the internet."""

from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from localyun import catalogue
from localyun.catalogue import InstanceType
from localyun.model import Disk, Eip, Instance
from localyun.model.access import Action
from localyun.model.addresses import address_from_id
from localyun.model.image_rules import runs_on
from localyun.model.instances import RUNNING, STOPPED, SYSTEM
from localyun.model.payment import POST_PAID
from localyun.model.standing import Condition, Lack
from localyun.operations.common import DryRun
from localyun.operations.context import Context
from localyun.operations.ecs.instances import InstanceId
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.stock import stock_left
from localyun.spec import errors
from localyun.spec.declare import Accepted, Empty, Group, NotEmulated, Request, param
from localyun.spec.support import Support
from localyun.wire import times

NOT_EMULATED = Support.PARTIAL
"""How far something is emulated that is checked, and then refused by name."""


class Temporary(Group):
    """A faster connection for a while."""

    start_time: Annotated[str | None, param("From when, as `yyyy-MM-ddTHH:mmZ`.", support=NOT_EMULATED)] = (
        None
    )
    end_time: Annotated[str | None, param("Until when.", support=NOT_EMULATED)] = None
    internet_max_bandwidth_out: NotEmulated[int] = None


class NewSystemDisk(Group):
    """What becomes of the system disk."""

    category: Annotated[
        Literal["cloud_efficiency", "cloud_ssd"] | None,
        param("Its new category.", support=NOT_EMULATED, malformed=errors.SPEC_SYSTEM_CATEGORY),
    ] = None


class NewDisk(Group):
    """What becomes of a disk."""

    disk_id: Annotated[str | None, param("The disk.", support=NOT_EMULATED)] = None
    category: Annotated[str | None, param("Its new category.", support=NOT_EMULATED)] = None
    performance_level: Annotated[
        Literal["PL0", "PL1", "PL2", "PL3"] | None,
        param("Its new level.", support=NOT_EMULATED, malformed=errors.SPEC_DISK_LEVEL),
    ] = None


class ModifyInstanceSpec(Request):
    """Change an instance's type or its bandwidth to the internet."""

    instance_id: InstanceId
    instance_type: Annotated[str | None, param("For a stopped instance; not with a bandwidth.")] = None
    internet_max_bandwidth_out: Annotated[
        int | None, param("Mbit/s to the internet, up to 100; the first gives the instance an address.")
    ] = None
    internet_max_bandwidth_in: Annotated[int | None, param("Mbit/s from the internet, 1 to 200.")] = None
    temporary: Temporary | None = None
    run_async: Annotated[
        bool,
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.SPEC_ASYNC),
    ] = msgspec.field(name="Async", default=False)
    allow_migrate_across_zone: Annotated[
        bool,
        param("Makes no difference.", support=Support.ACCEPTED, malformed=errors.SPEC_MIGRATION),
    ] = False
    system_disk: NewSystemDisk | None = None
    client_token: Annotated[
        str | None,
        param(
            "Makes a repeated call have the answer of the first; up to 64 ASCII characters.",
            max_length=64,
            malformed=errors.LAUNCH_TOKEN_MALFORMED,
        ),
    ] = None
    modify_mode: Accepted[Literal["Online", "Offline"]] = None
    disk: tuple[NewDisk, ...] = ()
    dry_run: DryRun = False


HELD_BACK = {
    Condition.LOCKED: errors.INSTANCE_LOCKED_FOR_SECURITY,
    Condition.ARREARS: errors.COPY_ARREARS,
    Condition.LOW_BALANCE: errors.NO_BALANCE,
    Condition.UNPAID: errors.REPLACE_UNPAID,
    Condition.UNVERIFIED: errors.CARD_NOT_VERIFIED,
    Condition.NO_PRICES: errors.NO_PRICE_PERMISSION,
}


@ECS.operation(
    errors=(
        errors.SPEC_TWO_THINGS,
        errors.SPEC_BANDWIDTH_OUT,
        errors.SPEC_BANDWIDTH_IN,
        errors.SPEC_NO_START,
        errors.SPEC_NO_END,
        errors.SPEC_START,
        errors.SPEC_END,
        errors.SPEC_DISK_WITHOUT_CATEGORY,
        errors.SPEC_DISK_CATEGORY,
        errors.INSTANCE_TYPE_NOT_FOUND,
        errors.INSTANCE_NOT_FOUND,
        *HELD_BACK.values(),
        errors.SPEC_IN_BETWEEN,
        errors.SPEC_NOT_STOPPED,
        errors.INSTANCE_STILL_ORDERED,
        errors.SPEC_TEMPORARY_OF_EIP,
        errors.NOT_OF_HIBERNATING,
        errors.SPEC_WITHOUT_SYSTEM_DISK,
        errors.IMAGE_AND_INSTANCE_TYPE,
        errors.ATTACH_TYPE_CATEGORY,
        errors.SPEC_TYPE_UNAUTHORIZED,
        errors.SPEC_TYPE_OFFLINE,
        errors.SPEC_TYPE_OF_ZONE,
        errors.SPEC_NO_RESOURCES,
        errors.SPEC_NO_STOCK,
        errors.ELASTIC_QUOTA,
        errors.SPEC_BANDWIDTH_OF_EIP,
        errors.BANDWIDTH_QUOTA,
    ),
    token_reused=errors.SPEC_TOKEN_REUSED,
)
def modify_instance_spec(ctx: Context, request: ModifyInstanceSpec) -> Empty:
    """One thing at a time; a new type shows when the instance starts. Source: ModifyInstanceSpec (2025)."""
    machine = _check_shapes(request)
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    ctx.check_standing(HELD_BACK)
    _check_status(ctx, instance, request)
    if instance.charge_type != POST_PAID:
        raise errors.INSTANCE_STILL_ORDERED()
    _check_not_emulated(ctx, instance, request)
    if machine and machine.id != instance.instance_type:
        instance = _of_type(ctx, instance, machine)
    out = request.internet_max_bandwidth_out
    if out is not None or request.internet_max_bandwidth_in is not None:
        instance = _connected(ctx, instance, out, request.internet_max_bandwidth_in)
    ctx.tx.put(instance)
    return Empty()


def _check_shapes(request: ModifyInstanceSpec) -> InstanceType | None:
    """Check what needs no looking up, and return the type that is asked for."""
    out, into = request.internet_max_bandwidth_out, request.internet_max_bandwidth_in
    if request.instance_type is not None and (out is not None or into is not None):
        raise errors.SPEC_TWO_THINGS()
    if out is not None and not 0 <= out <= 100:
        raise errors.SPEC_BANDWIDTH_OUT()
    if into is not None and not 1 <= into <= 200:
        raise errors.SPEC_BANDWIDTH_IN()
    if request.temporary:
        _check_while(request.temporary)
    for disk in request.disk:
        if disk.disk_id and not disk.category:
            raise errors.SPEC_DISK_WITHOUT_CATEGORY()
        if disk.category and catalogue.disk_category(disk.category) is None:
            raise errors.SPEC_DISK_CATEGORY()
    if request.instance_type is None:
        return None
    if (machine := catalogue.instance_type(request.instance_type)) is None:
        raise errors.INSTANCE_TYPE_NOT_FOUND()
    return machine


def _check_while(temporary: Temporary) -> None:
    """Check when a faster connection begins and ends."""
    for text, missing, malformed in (
        (temporary.start_time, errors.SPEC_NO_START, errors.SPEC_START),
        (temporary.end_time, errors.SPEC_NO_END, errors.SPEC_END),
    ):
        if text is None:
            raise missing()
        try:
            times.parse(text)
        except ValueError:
            raise malformed() from None


def _check_status(ctx: Context, instance: Instance, request: ModifyInstanceSpec) -> None:
    status = instance.phase.at(ctx.now)
    if status not in (RUNNING, STOPPED):
        raise errors.SPEC_IN_BETWEEN()
    if request.instance_type is not None and status != STOPPED:
        raise errors.SPEC_NOT_STOPPED()


def _check_not_emulated(ctx: Context, instance: Instance, request: ModifyInstanceSpec) -> None:
    if request.temporary:
        if ctx.tx.count(Eip, instance=instance.id):
            raise errors.SPEC_TEMPORARY_OF_EIP()
        raise errors.UNSUPPORTED_PARAMETER("Temporary")
    if request.system_disk and request.system_disk.category:
        raise errors.UNSUPPORTED_PARAMETER("SystemDisk.Category")
    if any(disk.performance_level or disk.category for disk in request.disk):
        raise errors.UNSUPPORTED_PARAMETER("Disk")


def _of_type(ctx: Context, instance: Instance, machine: InstanceType) -> Instance:
    """Return a stopped instance with another type, or say why it can't have that."""
    if instance.hibernates:
        raise errors.NOT_OF_HIBERNATING()
    disks = ctx.tx.find(Disk, instance=instance.id)
    if not any(disk.kind == SYSTEM for disk in disks):
        raise errors.SPEC_WITHOUT_SYSTEM_DISK()
    image, _ = ctx.images.judge(instance.image, instance.region, to=Action.REINIT)
    architecture, modes = machine.cpu_architecture, machine.supported_boot_modes
    if image and not runs_on(image, cpu_architecture=architecture, boot_modes=modes):
        raise errors.IMAGE_AND_INSTANCE_TYPE()
    categories = (catalogue.disk_category(disk.category) for disk in disks)
    if not all(category.fits(machine.family) for category in categories if category):
        raise errors.ATTACH_TYPE_CATEGORY()
    for lack, refusal in (
        (Lack.TYPE_FOR_ALL, errors.SPEC_TYPE_UNAUTHORIZED),
        (Lack.TYPE_ON_SALE, errors.SPEC_TYPE_OFFLINE),
        (Lack.TYPE, errors.SPEC_TYPE_OF_ZONE),
        (Lack.RESOURCES, errors.SPEC_NO_RESOURCES),
    ):
        if ctx.shortage(lack, instance.zone, machine.id, region=instance.region):
            raise refusal()
    if stock_left(ctx, instance.zone, machine.id, region=instance.region) == 0:
        raise errors.SPEC_NO_STOCK()
    _check_processors(ctx, instance, machine)
    return replace(instance, instance_type=machine.id)


def _check_processors(ctx: Context, instance: Instance, machine: InstanceType) -> None:
    others = ctx.tx.find(Instance, owner=instance.owner, region=instance.region)
    types = (catalogue.instance_type(one.instance_type) for one in others if one.id != instance.id)
    if sum(one.cpu_core_count for one in types if one) + machine.cpu_core_count > ctx.limits.vcpus_per_region:
        raise errors.ELASTIC_QUOTA()


def _connected(ctx: Context, instance: Instance, out: int | None, into: int | None) -> Instance:
    """Return an instance with another bandwidth, and with an address if it had no way out until now."""
    if ctx.tx.count(Eip, instance=instance.id):
        raise errors.SPEC_BANDWIDTH_OF_EIP()
    out = instance.internet_max_bandwidth_out if out is None else out
    others = ctx.tx.find(Instance, owner=instance.owner, region=instance.region)
    in_use = sum(one.internet_max_bandwidth_out for one in others if one.id != instance.id)
    if out and in_use + out > ctx.limits.internet_bandwidth_per_region:
        raise errors.BANDWIDTH_QUOTA("The bandwidth to the internet exceeds the quota")
    address = instance.public_ip or (address_from_id(ctx.compute.internet, instance.id) if out else "")
    return replace(
        instance,
        internet_max_bandwidth_out=out,
        internet_max_bandwidth_in=instance.internet_max_bandwidth_in if into is None else into,
        public_ip=address,
    )
