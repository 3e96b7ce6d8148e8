"""The network interfaces that RunInstances is given: NetworkInterface.N.

The primary one says in another place what VSwitchId, SecurityGroupIds and PrivateIpAddress say. Further
ones aren't emulated: they are checked and refused by name.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address

from localyun.catalogue import InstanceType
from localyun.operations.common import is_description, is_name
from localyun.operations.ecs.launch_rows import RUN, Rows
from localyun.operations.ecs.run_fields import NetworkInterface
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

MOST_IPV6_ADDRESSES = 10

WRONG: tuple[ErrorSpec, ...] = (
    errors.INTERFACE_NAME_MALFORMED,
    errors.INTERFACE_DESCRIPTION_MALFORMED,
    errors.INTERFACE_ID_AND_MORE,
    errors.INTERFACE_NOT_FOUND,
    errors.INTERFACE_QUEUE_PAIRS,
    errors.INTERFACE_QUEUE_PAIRS_INVALID,
    errors.INTERFACE_HIGH_PERFORMANCE,
    errors.QUEUE_NUMBER_INVALID,
    errors.INTERFACE_QUEUE_SIZES,
    errors.INTERFACE_QUEUE_SIZE_INVITED,
    errors.INTERFACE_CARD_INVALID,
    errors.INTERFACE_CARD_INVITED,
    errors.INTERFACE_IPV4_COUNT,
    errors.SECURITY_GROUPS_TWO_WAYS,
    errors.INTERFACE_ADDRESS_MALFORMED,
    errors.IPV6_TWO_WAYS,
    errors.INTERFACES_PRIMARY_TWICE,
    errors.INTERFACE_ADDRESS_TWICE,
    errors.INTERFACE_ADDRESS_AND_OUTER,
    errors.INTERFACE_ADDRESS_OF_SEVERAL,
    errors.INTERFACE_SECONDARY_ADDRESS,
)
"""What `check_interfaces` raises."""

BEYOND_TYPE: tuple[ErrorSpec, ...] = (
    errors.INTERFACES_TOO_MANY,
    errors.INTERFACE_QUEUES_TOO_MANY,
    errors.INTERFACE_IPV4_TOO_MANY,
    errors.IPV6_TOO_MANY,
    errors.IPV6_OFF,
)
"""What `check_interfaces_of` raises, beside `UnsupportedParameter.…`."""

ROWS: Rows = RUN._replace(
    vswitch_not_found=errors.INTERFACE_VSWITCH_NOT_FOUND,
    private_ip_malformed=errors.INTERFACE_ADDRESS_MALFORMED,
    private_ip_outside=errors.INTERFACE_ADDRESS_OUTSIDE,
    private_ip_taken=errors.INTERFACE_ADDRESS_TAKEN,
)
"""RunInstances' words where the network is the primary interface's."""


def primary_of(interfaces: Sequence[NetworkInterface]) -> NetworkInterface | None:
    """Return the primary interface, or None if none is said to be.

    Raises `InvalidParameter.NetworkInterface` when several are.
    """
    primary = [one for one in interfaces if one.instance_type == "Primary"]
    if len(primary) > 1:
        raise errors.INTERFACES_PRIMARY_TWICE("An instance has one primary network interface.")
    return primary[0] if primary else None


def check_interfaces(interfaces: Sequence[NetworkInterface], *, amount: int, outer_address: str) -> None:
    """Raise one of `WRONG` unless what is said of each interface, and of all, is well-formed."""
    for interface in interfaces:
        _check_words(interface)
        _check_numbers(interface)
    addresses = [one.primary_ip_address for one in interfaces if one.primary_ip_address]
    if len(set(addresses)) < len(addresses):
        raise errors.INTERFACE_ADDRESS_TWICE("The primary IP addresses of network interfaces are repeated.")
    if outer_address in addresses:
        raise errors.INTERFACE_ADDRESS_AND_OUTER(f"{outer_address} is specified more than once.")
    if amount > 1 and addresses:
        primary = primary_of(interfaces)
        outer = outer_address or (primary and primary.primary_ip_address)
        raise (errors.INTERFACE_ADDRESS_OF_SEVERAL if outer else errors.INTERFACE_SECONDARY_ADDRESS)()


def _check_words(interface: NetworkInterface) -> None:
    name, description = interface.network_interface_name, interface.description
    if name is not None and not is_name(name):
        raise errors.INTERFACE_NAME_MALFORMED("The specified NetworkInterfaceName is not valid.")
    if description is not None and not is_description(description):
        raise errors.INTERFACE_DESCRIPTION_MALFORMED()
    if interface.network_interface_id:
        alone = NetworkInterface(
            network_interface_id=interface.network_interface_id, instance_type=interface.instance_type
        )
        if interface != alone:
            raise errors.INTERFACE_ID_AND_MORE(
                "NetworkInterfaceId cannot be specified with the parameters of a new network interface."
            )
        raise errors.INTERFACE_NOT_FOUND(f"{interface.network_interface_id} does not exist.")
    if interface.security_group_id and interface.security_group_ids:
        raise errors.SECURITY_GROUPS_TWO_WAYS(
            "SecurityGroupId and SecurityGroupIds cannot be specified at the same time."
        )
    if interface.ipv6_address and interface.ipv6_address_count:
        raise errors.IPV6_TWO_WAYS("Ipv6Address and Ipv6AddressCount cannot be specified at the same time.")
    if interface.primary_ip_address:
        try:
            IPv4Address(interface.primary_ip_address)
        except ValueError:
            raise errors.INTERFACE_ADDRESS_MALFORMED(
                f"{interface.primary_ip_address} is not an IP address."
            ) from None


def _check_numbers(interface: NetworkInterface) -> None:
    if interface.queue_pair_number is not None:
        if interface.network_interface_traffic_mode == "Standard":
            raise errors.INTERFACE_QUEUE_PAIRS("QueuePairNumber must be empty in the Standard traffic mode.")
        if interface.queue_pair_number < 1:
            raise errors.INTERFACE_QUEUE_PAIRS_INVALID()
    if interface.network_interface_traffic_mode != "Standard":
        raise errors.INTERFACE_HIGH_PERFORMANCE("The instance type supports the Standard traffic mode only.")
    if interface.queue_number is not None and interface.queue_number < 1:
        raise errors.QUEUE_NUMBER_INVALID(f"{interface.queue_number} is no number of queues.")
    if interface.rx_queue_size != interface.tx_queue_size:
        raise errors.INTERFACE_QUEUE_SIZES()
    if interface.rx_queue_size is not None:
        raise errors.INTERFACE_QUEUE_SIZE_INVITED()
    if interface.network_card_index is not None and interface.network_card_index < 0:
        raise errors.INTERFACE_CARD_INVALID()
    if interface.network_card_index:
        raise errors.INTERFACE_CARD_INVITED()
    further = interface.secondary_private_ip_address_count
    if further is not None and further < 1:
        raise errors.INTERFACE_IPV4_COUNT()


def check_interfaces_of(machine: InstanceType, interfaces: Sequence[NetworkInterface]) -> None:
    """Raise one of `BEYOND_TYPE`, or refuse by name what isn't emulated, of a machine of this type."""
    if len(interfaces) > machine.eni_quantity:
        raise errors.INTERFACES_TOO_MANY(f"{machine.id} takes {machine.eni_quantity} network interfaces.")
    for number, interface in enumerate(interfaces, 1):
        if (interface.queue_number or 0) > machine.eni_queue_number:
            raise errors.INTERFACE_QUEUES_TOO_MANY(f"{machine.id} takes {machine.eni_queue_number} queues.")
        further = interface.secondary_private_ip_address_count or 0
        if 1 + further > machine.eni_private_ip_address_quantity:
            raise errors.INTERFACE_IPV4_TOO_MANY(f"{machine.id} takes fewer private addresses.")
        check_ipv6(machine, interface.ipv6_address_count, interface.ipv6_address)
        if further:
            raise errors.UNSUPPORTED_PARAMETER(f"NetworkInterface.{number}.SecondaryPrivateIpAddressCount")
        if interface.instance_type == "Secondary":
            raise errors.UNSUPPORTED_PARAMETER(f"NetworkInterface.{number}.InstanceType")


def check_ipv6(machine: InstanceType, count: int | None, addresses: Sequence[str]) -> None:
    """Refuse IPv6 addresses: more than the type takes, and any of a vSwitch here, which has no IPv6 block."""
    wanted = count or len(addresses)
    if wanted > min(machine.eni_ipv6_address_quantity, MOST_IPV6_ADDRESSES):
        raise errors.IPV6_TOO_MANY(f"{machine.id} takes {machine.eni_ipv6_address_quantity} IPv6 addresses.")
    if wanted:
        raise errors.IPV6_OFF("The vSwitch has no IPv6 CIDR block.")
