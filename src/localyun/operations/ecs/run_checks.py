"""What only RunInstances can be asked, and refuses."""

from msgspec.structs import replace

from localyun import catalogue
from localyun.clock import Instant
from localyun.model.disks import SMALLEST_BURSTING, most_provisioned_iops
from localyun.model.launching import SUFFIX, is_host_name, is_instance_name
from localyun.model.payment import POST_PAID, check_release
from localyun.operations.context import Context
from localyun.operations.ecs.launch_disks import DEFAULT_CATEGORY
from localyun.operations.ecs.launch_features import (
    check_clock,
    check_cpu,
    check_login,
    check_network_options,
    check_security,
)
from localyun.operations.ecs.launch_found import Found
from localyun.operations.ecs.launch_interfaces import check_interfaces, check_interfaces_of, check_ipv6
from localyun.operations.ecs.launch_network import UNLIKE, check_groups
from localyun.operations.ecs.run_fields import NetworkInterface, RunDataDisk, RunSystemDisk
from localyun.operations.ecs.run_request import MOST_INSTANCES, RunInstances
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec
from localyun.wire import times

WRONG: tuple[ErrorSpec, ...] = (
    errors.AMOUNT_MALFORMED,
    errors.MIN_AMOUNT_MALFORMED,
    errors.PRIVATE_IP_OF_SEVERAL,
    errors.LAUNCH_TEMPLATE_NOT_FOUND,
    errors.LAUNCH_TEMPLATE_VERSION_NOT_FOUND,
    errors.NO_INSTANCE_TYPE,
    errors.NUMBERED_NAME_MALFORMED,
    errors.INSTANCE_NAME_WITH_SUFFIX,
    errors.HOST_NAME_WITH_SUFFIX,
    errors.HOST_NAMES_TWO_WAYS,
    errors.HOST_NAMES_COUNT,
    errors.TAG_MISMATCH,
    errors.RUN_SYSTEM_TAG,
    errors.SNAPSHOT_ID_MALFORMED,
    errors.SNAPSHOT_POLICY_NOT_FOUND,
    errors.NEW_DISK_IOPS_CATEGORY,
    errors.NEW_DISK_IOPS_LIMIT,
    errors.BURSTING_CATEGORY,
    errors.BURSTING_SIZE,
    errors.SCHEDULER_AND_HOST,
    errors.HOST_CLUSTER_INVALID,
    errors.HOST_CLUSTER_NOT_FOUND,
    errors.DEPLOYMENT_GROUP_INVALID,
    errors.ISP_IN_CLASSIC,
    errors.ISP_WITHOUT_BANDWIDTH,
    errors.ISP_CHARGE_TYPE,
    errors.ISP_REGION,
    errors.IPV6_TWO_WAYS,
    errors.NETWORK_NEEDS_VSWITCH,
    errors.QUEUE_NUMBER_INVALID,
    errors.AUTO_PAY_OF_POST_PAID,
    errors.RELEASE_TIME_MALFORMED,
    errors.INTERFACE_AND_OUTER,
    errors.SECURITY_GROUPS_TWO_WAYS,
    errors.SECURITY_GROUP_TWICE,
)
"""What is refused before anything is looked for."""

BEYOND_TYPE: tuple[ErrorSpec, ...] = (*UNLIKE, errors.RUN_MARKET_DISK_KEPT, errors.QUEUES_TOO_MANY)
"""What `check_found` raises, beside what the checks that it calls raise."""


def check_amounts(request: RunInstances) -> None:
    """Check how many are asked for, and of what type."""
    if not 1 <= request.amount <= MOST_INSTANCES:
        raise errors.AMOUNT_MALFORMED()
    if request.min_amount is not None and request.min_amount > request.amount:
        raise errors.MIN_AMOUNT_MALFORMED()
    if request.private_ip_address and request.amount > 1:
        raise errors.PRIVATE_IP_OF_SEVERAL("With PrivateIpAddress, the value of Amount must be 1.")
    if template := request.launch_template_id or request.launch_template_name:
        raise errors.LAUNCH_TEMPLATE_NOT_FOUND(f"The launch template {template} does not exist.")
    if request.launch_template_version is not None:
        raise errors.LAUNCH_TEMPLATE_VERSION_NOT_FOUND(
            f"The launch template version {request.launch_template_version} does not exist."
        )
    if request.instance_type is None:
        raise errors.NO_INSTANCE_TYPE()


def check_names(request: RunInstances) -> None:
    """Check names one by one, the room for suffixes, and tags that the provider keeps to itself."""
    if request.unique_suffix and request.amount > 1:
        name, host = request.instance_name or "", request.host_name or ""
        if is_instance_name(name) and not is_instance_name(name + SUFFIX):
            raise errors.INSTANCE_NAME_WITH_SUFFIX()
        if is_host_name(host, "linux") and not is_host_name(host + SUFFIX, "linux"):
            raise errors.HOST_NAME_WITH_SUFFIX()
    if request.host_names:
        if request.host_name:
            raise errors.HOST_NAMES_TWO_WAYS("HostName and HostNames cannot be specified at the same time.")
        if len(request.host_names) != request.amount:
            raise errors.HOST_NAMES_COUNT("The number of HostNames must equal Amount.")
    for tag in request.tag:
        if tag.value and not tag.key:
            raise errors.TAG_MISMATCH()
        if (tag.key or "").startswith("acs:"):
            raise errors.RUN_SYSTEM_TAG()


def check_disks(request: RunInstances) -> None:
    """Check what CreateInstance can't be asked of disks."""
    ids = [disk.snapshot_id for disk in request.data_disk if disk.snapshot_id]
    if not all(id.startswith("s-") for id in ids):
        raise errors.SNAPSHOT_ID_MALFORMED()
    _check_disk(request.system_disk)
    for disk in request.data_disk:
        _check_disk(disk)


def _check_disk(disk: RunSystemDisk | RunDataDisk) -> None:
    if disk.auto_snapshot_policy_id:
        raise errors.SNAPSHOT_POLICY_NOT_FOUND()
    category, size = catalogue.disk_category(disk.category or DEFAULT_CATEGORY), disk.gib
    auto = category is not None and category.bursting
    if disk.provisioned_iops is not None:
        if not auto:
            raise errors.NEW_DISK_IOPS_CATEGORY()
        if size and not 0 <= disk.provisioned_iops <= most_provisioned_iops(size):
            raise errors.NEW_DISK_IOPS_LIMIT()
    if disk.bursting_enabled:
        if not auto:
            raise errors.BURSTING_CATEGORY()
        if size and size < SMALLEST_BURSTING:
            raise errors.BURSTING_SIZE()


def check_place(request: RunInstances) -> None:
    """Check what CreateInstance can't be asked of where the instance runs: there is none of it."""
    scheduler = request.scheduler_options
    if scheduler is not None and scheduler.dedicated_host_cluster_id is not None:
        if request.dedicated_host_id:
            raise errors.SCHEDULER_AND_HOST()
        is_id = scheduler.dedicated_host_cluster_id.startswith("dc-")
        raise (errors.HOST_CLUSTER_NOT_FOUND if is_id else errors.HOST_CLUSTER_INVALID)()
    if request.deployment_set_group_no is not None and not request.deployment_set_id:
        raise errors.DEPLOYMENT_GROUP_INVALID()
    if request.deployment_set_group_no is not None and not 1 <= request.deployment_set_group_no <= 7:
        raise errors.DEPLOYMENT_GROUP_INVALID()


def check_network(request: RunInstances) -> None:
    """Check what CreateInstance can't be asked of the network."""
    if request.isp:
        _check_isp(request)
    if request.ipv6_address and request.ipv6_address_count:
        raise errors.IPV6_TWO_WAYS("Ipv6Address and Ipv6AddressCount cannot be specified at the same time.")
    primary = any(one.instance_type == "Primary" and one.vswitch_id for one in request.network_interface)
    in_vpc_only = request.ipv6_address or request.ipv6_address_count or request.network_interface
    if in_vpc_only and not (request.vswitch_id or primary):
        raise errors.NETWORK_NEEDS_VSWITCH()
    queues = request.network_interface_queue_number
    if queues is not None and queues < 1:
        raise errors.QUEUE_NUMBER_INVALID(f"{queues} is no number of queues.")
    check_interfaces(
        request.network_interface, amount=request.amount, outer_address=request.private_ip_address or ""
    )


def _check_isp(request: RunInstances) -> None:
    if not request.vswitch_id:
        raise errors.ISP_IN_CLASSIC("Isp is not supported in the classic network.")
    if not request.internet_max_bandwidth_out:
        raise errors.ISP_WITHOUT_BANDWIDTH()
    if request.internet_charge_type != "PayByBandwidth":
        raise errors.ISP_CHARGE_TYPE("Isp is not supported with PayByTraffic.")
    raise errors.ISP_REGION(f"{request.isp} is not supported in this region.")


def release_time(ctx: Context, request: RunInstances) -> Instant | None:
    """Return when the instances shall be released, or None. Checks AutoPay, too."""
    if not request.auto_pay and request.instance_charge_type == POST_PAID:
        raise errors.AUTO_PAY_OF_POST_PAID()
    if request.auto_release_time is None:
        return None
    try:
        at = times.parse(request.auto_release_time)
    except ValueError:
        raise errors.RELEASE_TIME_MALFORMED() from None
    check_release(at, ctx.now)
    return at


def inside(request: RunInstances, primary: NetworkInterface) -> RunInstances:
    """Return the request with its primary interface's place as its own.

    Raises `InvalidParameter.Combination` when the place is given both ways.
    """
    outer = (request.vswitch_id, request.security_group_id, request.private_ip_address)
    if any(outer) or request.security_group_ids:
        raise errors.INTERFACE_AND_OUTER(
            "VSwitchId, security groups and PrivateIpAddress cannot be specified with a primary interface."
        )
    return replace(
        request,
        vswitch_id=primary.vswitch_id,
        security_group_id=primary.security_group_id,
        security_group_ids=primary.security_group_ids,
        private_ip_address=primary.primary_ip_address,
    )


def security_groups(request: RunInstances) -> tuple[str, ...]:
    """The ids of the security groups, given in one of the two ways."""
    single, several = request.security_group_id, request.security_group_ids
    if single and several:
        raise errors.SECURITY_GROUPS_TWO_WAYS(
            "SecurityGroupId and SecurityGroupIds cannot be specified at the same time."
        )
    if len(set(several)) < len(several):
        raise errors.SECURITY_GROUP_TWICE("The specified parameter SecurityGroupIds contains a duplicate.")
    return (single,) if single else several


def check_found(ctx: Context, request: RunInstances, found: Found) -> None:
    """Check several security groups, and what only some instance types and images have."""
    check_groups(ctx, found.security_groups)
    if found.image.product_code and not all(disk.delete_with_instance for disk in request.data_disk):
        raise errors.RUN_MARKET_DISK_KEPT()
    machine = found.machine
    if (request.network_interface_queue_number or 0) > machine.eni_queue_number:
        raise errors.QUEUES_TOO_MANY(f"{machine.id} takes {machine.eni_queue_number} queues.")
    check_ipv6(machine, request.ipv6_address_count, request.ipv6_address)
    check_interfaces_of(machine, request.network_interface)
    if request.cpu_options is not None:
        check_cpu(request.cpu_options, machine)
    if request.security_options is not None:
        check_security(request.security_options, machine, found.image)
    if request.network_options is not None:
        check_network_options(request.network_options, machine)
    if request.clock_options is not None:
        check_clock(request.clock_options, machine)
    if request.image_options is not None:
        check_login(request.image_options)
