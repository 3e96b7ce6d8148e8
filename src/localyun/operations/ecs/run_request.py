"""All that RunInstances can be asked."""

from typing import Annotated, Literal

import msgspec

from localyun.operations.ecs.launch_fields import NONE_HERE, Launch
from localyun.operations.ecs.run_fields import (
    ClockOptions,
    CpuOptions,
    ImageOptions,
    NetworkInterface,
    NetworkOptions,
    PrivateDnsNameOptions,
    RunDataDisk,
    RunSystemDisk,
    SchedulerOptions,
    SecurityOptions,
)
from localyun.spec import errors
from localyun.spec.declare import param
from localyun.spec.support import Support

MOST_INSTANCES = 100


class RunInstances(Launch):
    """Make one or several instances of an image, and start them."""

    amount: Annotated[int, param("How many, 1 to 100.", malformed=errors.AMOUNT_MALFORMED)] = 1
    min_amount: Annotated[
        int | None,
        param(
            "With how many to be content; Amount by default.",
            ge=1,
            le=MOST_INSTANCES,
            malformed=errors.MIN_AMOUNT_MALFORMED,
        ),
    ] = None
    security_group_ids: Annotated[tuple[str, ...], param("Instead of SecurityGroupId, for several.")] = ()
    unique_suffix: Annotated[bool, param("Add 001, 002 … to the names of several.")] = False
    system_disk: RunSystemDisk = msgspec.field(default_factory=RunSystemDisk)
    data_disk: tuple[RunDataDisk, ...] = ()
    io_optimized: Annotated[
        Literal["optimized", "none"] | None,
        param("All types are: `none` is refused.", malformed=errors.RUN_IO_OPTIMIZED),
    ] = None
    period_unit: Annotated[
        Literal["Week", "Month"],
        param("Of Period and AutoRenewPeriod.", malformed=errors.RUN_PERIOD_UNIT),
    ] = "Month"
    auto_renew_period: Annotated[
        int | None, param("By how much; 1 by default.", malformed=errors.RUN_RENEWAL)
    ] = None
    auto_pay: Annotated[bool, param("For PrePaid; an order is paid at once either way.")] = True
    auto_release_time: Annotated[
        str | None,
        param(
            "As `yyyy-MM-ddTHH:mm:ssZ`; checked, kept and shown, nothing is released by itself.",
            support=Support.PARTIAL,
        ),
    ] = None
    launch_template_id: Annotated[
        str | None, param("A launch template: there are none.", support=NONE_HERE)
    ] = None
    launch_template_name: Annotated[
        str | None, param("A launch template: there are none.", support=NONE_HERE)
    ] = None
    launch_template_version: Annotated[
        int | None, param("Of a launch template: there are none.", support=NONE_HERE)
    ] = None
    host_names: Annotated[tuple[str, ...], param("A host name for each instance, instead of HostName.")] = ()
    ipv6_address_count: Annotated[int | None, param("No vSwitch here has IPv6.", support=Support.PARTIAL)] = (
        None
    )
    ipv6_address: Annotated[tuple[str, ...], param("No vSwitch here has IPv6.", support=Support.PARTIAL)] = ()
    network_interface_queue_number: Annotated[
        int | None, param("Those of the type at most; checked.", support=Support.PARTIAL)
    ] = None
    network_interface: tuple[NetworkInterface, ...] = ()
    isp: Annotated[
        str | None, param("A line of one internet provider: no region here has any.", support=NONE_HERE)
    ] = None
    deployment_set_group_no: Annotated[
        int | None,
        param("Of a deployment set.", support=NONE_HERE, malformed=errors.DEPLOYMENT_GROUP_INVALID),
    ] = None
    cpu_options: CpuOptions | None = None
    security_options: SecurityOptions | None = None
    scheduler_options: SchedulerOptions | None = None
    image_options: ImageOptions | None = None
    network_options: NetworkOptions | None = None
    private_dns_name_options: PrivateDnsNameOptions | None = None
    clock_options: ClockOptions | None = None
