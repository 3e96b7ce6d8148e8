"""Features that only some instance types have: basic types refuse them as the provider does.

Whether a type of the newer families has one isn't published for all of them, so that those refuse it as
something that localyun doesn't emulate.
"""

from collections.abc import Iterator

from localyun.catalogue import InstanceType
from localyun.model import Image
from localyun.operations.ecs.run_fields import (
    ClockOptions,
    CpuOptions,
    ImageOptions,
    NetworkOptions,
    ProcessorOptions,
    SecurityOptions,
)
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

LACKED: tuple[ErrorSpec, ...] = (
    errors.CPU_CORE,
    errors.CPU_CORE_OF_TYPE,
    errors.CPU_THREADS,
    errors.CPU_THREADS_OF_TYPE,
    errors.CPU_NUMA_OF_TYPE,
    errors.CPU_TOPOLOGY_OF_TYPE,
    errors.CPU_TURBO_OF_TYPE,
    errors.CPU_VISST_OF_TYPE,
    errors.CPU_VRDT_OF_TYPE,
    errors.TRUSTED_AND_CONFIDENTIAL,
    errors.TRUSTED_TYPE,
    errors.TRUSTED_IMAGE,
    errors.ENCRYPTED_NETWORK_OF_TYPE,
    errors.WEIGHTING_OF_TYPE,
    errors.PTP_OF_TYPE,
    errors.LOGIN_AS_NON_ROOT,
)
"""What the checks of this module raise, beside `UnsupportedParameter.…`."""


def check_cpu(options: ProcessorOptions, machine: InstanceType) -> None:
    """Check what is said of the processor against what the instance type has."""
    threads = options.threads_per_core
    if options.core is not None:
        if options.core < 1:
            raise errors.CPU_CORE()
        if options.core * (threads or 1) > machine.cpu_core_count:
            raise errors.CPU_CORE_OF_TYPE(f"{machine.id} has {machine.cpu_core_count} virtual processors.")
    if threads is not None:
        if threads not in (1, 2):
            raise errors.CPU_THREADS()
        if machine.is_basic or machine.cpu_architecture == "ARM":
            raise errors.CPU_THREADS_OF_TYPE()
    if isinstance(options, CpuOptions) and options.numa is not None:
        raise errors.CPU_NUMA_OF_TYPE(f"{machine.id} is no bare metal type.")
    for name, refusal in _asked_of_cpu(options):
        raise refusal.naming(name) if machine.is_basic else errors.UNSUPPORTED_PARAMETER(name)


def _asked_of_cpu(options: ProcessorOptions) -> Iterator[tuple[str, ErrorSpec]]:
    if options.topology_type:
        yield "CpuOptions.TopologyType", errors.CPU_TOPOLOGY_OF_TYPE
    if options.turbo_mode:
        yield "CpuOptions.TurboMode", errors.CPU_TURBO_OF_TYPE
    if options.enable_visst:
        yield "CpuOptions.EnableVISST", errors.CPU_VISST_OF_TYPE
    if options.enable_vrdt:
        yield "CpuOptions.EnableVRDT", errors.CPU_VRDT_OF_TYPE


def check_security(options: SecurityOptions, machine: InstanceType, image: Image) -> None:
    """Check what is said of trust against what instance type and image have."""
    trusted, confidential = options.trusted_system_mode, options.confidential_computing_mode
    if trusted and confidential:
        raise errors.TRUSTED_AND_CONFIDENTIAL()
    if trusted:
        if machine.is_basic:
            raise errors.TRUSTED_TYPE()
        if image.boot_mode == "BIOS":
            raise errors.TRUSTED_IMAGE()
        raise errors.UNSUPPORTED_PARAMETER("SecurityOptions.TrustedSystemMode")
    if confidential:
        raise errors.UNSUPPORTED_PARAMETER("SecurityOptions.ConfidentialComputingMode")


def check_network_options(options: NetworkOptions, machine: InstanceType) -> None:
    """Check what is said of the network against what the instance type has."""
    if options.enable_network_encryption:
        _lacked(machine, "NetworkOptions.EnableNetworkEncryption", errors.ENCRYPTED_NETWORK_OF_TYPE)
    if options.bandwidth_weighting not in (None, "Default"):
        _lacked(machine, "NetworkOptions.BandwidthWeighting", errors.WEIGHTING_OF_TYPE)


def check_clock(options: ClockOptions, machine: InstanceType) -> None:
    """Check that no precise clock is asked for."""
    if options.ptp_status == "enabled":
        _lacked(machine, "ClockOptions.PtpStatus", errors.PTP_OF_TYPE)


def check_login(options: ImageOptions) -> None:
    """Check that nobody wants to log in but root: no image has another user."""
    if options.login_as_non_root:
        raise errors.LOGIN_AS_NON_ROOT()


def _lacked(machine: InstanceType, name: str, refusal: ErrorSpec) -> None:
    raise refusal() if machine.is_basic else errors.UNSUPPORTED_PARAMETER(name)
