"""Single things about an instance: user data, role, console, and an address in the internet."""

import base64
from ipaddress import IPv4Address
from typing import Annotated

from msgspec.structs import replace

from localyun.model import Instance
from localyun.model.addresses import address_from_id
from localyun.model.instances import PENDING, RUNNING, STOPPED
from localyun.model.standing import Condition, Lack
from localyun.operations.common import PageNumber, RegionId, id_list, page
from localyun.operations.context import Context
from localyun.operations.ecs.instances import InstanceId
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, Request, View, param
from localyun.spec.support import Support
from localyun.wire import times

SILENCE = "localyun simulates this instance: nothing runs in it, so its console has printed nothing.\n"


class DescribeUserData(Request):
    """Show an instance's user data."""

    region_id: RegionId
    instance_id: InstanceId


class UserData(Answer):
    """The user data, in Base64; empty if there is none."""

    instance_id: str
    user_data: str
    region_id: str


@ECS.operation(errors=(errors.INSTANCE_NOT_FOUND,), changes=False)
def describe_user_data(ctx: Context, request: DescribeUserData) -> UserData:
    """As it was given. Source: DescribeUserData (2025)."""
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    return UserData(instance_id=instance.id, user_data=instance.user_data, region_id=instance.region)


class DescribeInstanceRamRole(Request):
    """List the roles that instances have."""

    region_id: RegionId
    page_number: PageNumber = 1
    page_size: Annotated[int, param("Entries a page, 1 to 50.", ge=1, le=50)] = 10
    instance_ids: Annotated[str | None, param("A JSON array of one's own instances.")] = None
    ram_role_name: Annotated[str | None, param("The role.")] = None


class InstanceRamRole(View):
    """An instance and its role."""

    ram_role_name: str
    instance_id: str


class InstanceRamRoles(View):
    """A page of instances with a role."""

    instance_ram_role_set: list[InstanceRamRole]


class InstanceRamRoleList(Answer):
    """The instances that have a role."""

    total_count: int
    region_id: str
    instance_ram_role_sets: InstanceRamRoles


@ECS.operation(
    errors=(
        errors.RAM_ROLE_OF_NOTHING,
        errors.RAM_ROLE_INSTANCE_IDS,
        errors.RAM_ROLE_INSTANCE_NOT_FOUND,
        errors.RAM_ROLE_OF_CLASSIC,
    ),
    changes=False,
)
def describe_instance_ram_role(ctx: Context, request: DescribeInstanceRamRole) -> InstanceRamRoleList:
    """The instances or the role must be named. Only an instance in a VPC has a role to be asked for.

    One that is named and has none is shown with an empty name: Terraform's list of instances has only those
    that are shown here.

    Source: DescribeInstanceRamRole (2025); data source alicloud_instances of Terraform's provider 1.240.0.
    """
    if request.instance_ids is None and request.ram_role_name is None:
        raise errors.RAM_ROLE_OF_NOTHING("InstanceIds and RamRoleName can't both be empty.")
    ids = id_list(request.instance_ids, errors.RAM_ROLE_INSTANCE_IDS)
    named = (
        ctx.mine(Instance)
        if ids is None
        else [ctx.own(Instance, id, errors.RAM_ROLE_INSTANCE_NOT_FOUND) for id in dict.fromkeys(ids)]
    )
    if ids is not None and not all(instance.vpc for instance in named):
        raise errors.RAM_ROLE_OF_CLASSIC()
    if ids is None or request.ram_role_name is not None:
        named = [one for one in named if one.ram_role == request.ram_role_name]
    return InstanceRamRoleList(
        total_count=len(named),
        region_id=ctx.region,
        instance_ram_role_sets=InstanceRamRoles(
            instance_ram_role_set=[
                InstanceRamRole(ram_role_name=one.ram_role, instance_id=one.id)
                for one in page(named, request.page_number, request.page_size)
            ]
        ),
    )


class GetInstanceConsoleOutput(Request):
    """Show what an instance's console has printed."""

    region_id: RegionId
    instance_id: InstanceId
    remove_symbols: Accepted[bool] = False


class ConsoleOutput(Answer):
    """What was printed, in Base64."""

    last_update_time: str
    instance_id: str
    console_output: str


@ECS.operation(
    errors=(errors.CONSOLE_INSTANCE_NOT_FOUND, errors.CONSOLE_STATUS),
    changes=False,
    support=Support.PARTIAL,
    gaps="Nothing runs in a simulated instance, so its console says just that.",
)
def get_instance_console_output(ctx: Context, request: GetInstanceConsoleOutput) -> ConsoleOutput:
    """What a real machine printed; else a sentence of localyun's own, that nobody takes for a machine's."""
    instance = _with_console(ctx, request.instance_id)
    if instance.phase.at(ctx.now) == PENDING:
        raise errors.CONSOLE_STATUS("The instance is still being made.")
    output = ctx.compute.console_output(instance)
    return ConsoleOutput(
        last_update_time=times.seconds(ctx.now),
        instance_id=instance.id,
        console_output=base64.b64encode(SILENCE.encode() if output is None else output).decode(),
    )


class GetInstanceScreenshot(Request):
    """Show what is on an instance's screen."""

    region_id: RegionId
    instance_id: InstanceId
    wake_up: Accepted[bool] = False


class Screenshot(Answer):
    """A picture of the screen, in Base64."""

    instance_id: str
    screenshot: str


@ECS.operation(
    errors=(errors.CONSOLE_INSTANCE_NOT_FOUND, errors.CONSOLE_STATUS, errors.CONSOLE_NOT_SUPPORTED),
    changes=False,
    support=Support.PARTIAL,
    gaps="The picture is a PNG, not a JPG; a simulated instance has no screen.",
)
def get_instance_screenshot(ctx: Context, request: GetInstanceScreenshot) -> Screenshot:
    """The screen of a real machine that runs; no picture is made up. Source: the SDK's model (2026)."""
    instance = _with_console(ctx, request.instance_id)
    if instance.phase.at(ctx.now) != RUNNING:
        raise errors.CONSOLE_STATUS("The instance isn't running.")
    picture = ctx.compute.screenshot(instance)
    if picture is None:
        raise errors.CONSOLE_NOT_SUPPORTED("localyun simulates this instance: it has no screen.")
    if not picture:
        raise errors.CONSOLE_STATUS("The instance's machine is off or doesn't answer.")
    return Screenshot(instance_id=instance.id, screenshot=base64.b64encode(picture).decode())


def _with_console(ctx: Context, id: str) -> Instance:
    """Return one's own instance, of which the console or the screen is asked for."""
    return ctx.own(Instance, id, errors.CONSOLE_INSTANCE_NOT_FOUND, errors.INSTANCE_NOT_FOUND.message)


class AllocatePublicIpAddress(Request):
    """Give an instance an address in the internet."""

    instance_id: InstanceId
    ip_address: Annotated[
        str | None, param("A free one of 198.18.0.0/15, or of 127.64.0.0/10 where machines are real.")
    ] = None
    vlan_id: Annotated[str | None, param("A virtual LAN; there are none.")] = None


class PublicIpAddress(Answer):
    """The address."""

    ip_address: str


HELD_BACK = {
    Condition.LOCKED: errors.INSTANCE_LOCKED_FOR_SECURITY,
    Condition.EXPIRED: errors.INSTANCE_IN_ARREARS,
    Condition.ARREARS: errors.INSTANCE_IN_ARREARS,
}


@ECS.operation(
    errors=(
        errors.PUBLIC_IP_MALFORMED,
        errors.INSTANCE_NOT_FOUND,
        errors.PUBLIC_IP_VLAN_NOT_FOUND,
        *dict.fromkeys(HELD_BACK.values()),
        errors.INSTANCE_STATUS,
        errors.PUBLIC_IP_ALREADY,
        errors.PUBLIC_IP_WITHOUT_BANDWIDTH,
        errors.PUBLIC_IP_NOT_PUBLIC,
        errors.PUBLIC_IP_NOT_FOUND,
        errors.PUBLIC_IP_IN_USE,
        errors.PUBLIC_IPS_USED_UP,
    )
)
def allocate_public_ip_address(ctx: Context, request: AllocatePublicIpAddress) -> PublicIpAddress:
    """One address an instance, running or stopped, and kept. Source: AllocatePublicIpAddress (2025)."""
    asked = _asked_address(request.ip_address)
    instance = ctx.own(Instance, request.instance_id, errors.INSTANCE_NOT_FOUND)
    if request.vlan_id is not None:
        raise errors.PUBLIC_IP_VLAN_NOT_FOUND()
    ctx.check_standing(HELD_BACK)
    if instance.phase.at(ctx.now) not in (RUNNING, STOPPED):
        raise errors.INSTANCE_STATUS()
    if instance.public_ip:
        raise errors.PUBLIC_IP_ALREADY()
    if not instance.internet_max_bandwidth_out:
        raise errors.PUBLIC_IP_WITHOUT_BANDWIDTH()
    if asked:
        _check_address(ctx, asked)
    if ctx.shortage(Lack.PUBLIC_ADDRESS_STOCK, instance.zone, region=instance.region):
        raise errors.PUBLIC_IPS_USED_UP()
    address = str(asked or address_from_id(ctx.compute.internet, instance.id))
    ctx.tx.put(replace(instance, public_ip=address))
    return PublicIpAddress(ip_address=address)


def _asked_address(text: str | None) -> IPv4Address | None:
    try:
        return None if text is None else IPv4Address(text)
    except ValueError:
        raise errors.PUBLIC_IP_MALFORMED() from None


def _check_address(ctx: Context, address: IPv4Address) -> None:
    """Refuse an address that isn't one of those which stand for the internet, or that an instance has."""
    if address not in ctx.compute.internet:
        raise (errors.PUBLIC_IP_NOT_FOUND if address.is_global else errors.PUBLIC_IP_NOT_PUBLIC)()
    if any(instance.public_ip == str(address) for instance in ctx.tx.find(Instance)):
        raise errors.PUBLIC_IP_IN_USE()
