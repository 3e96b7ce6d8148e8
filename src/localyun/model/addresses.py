"""Addresses: which of a vSwitch's an instance can have, and those that stand for networks which aren't."""

import hashlib
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network

INTERNET = IPv4Network("198.18.0.0/15")
"""Stands for the internet: RFC 2544 keeps it for tests, so that no address in it is anybody's."""
LOOPBACK = IPv4Network("127.64.0.0/10")
"""Stands for the internet where machines are real: each of its addresses is this computer's own."""
CLASSIC = IPv4Network("10.0.0.0/8")
"""The inner network of instances that are in no VPC."""


def usable(cidr_block: str) -> range:
    """The addresses of a vSwitch for instances, as numbers: all but the first and the last three."""
    network = IPv4Network(cidr_block)
    first = int(network.network_address)
    return range(first + 1, first + network.num_addresses - 3)


def free_addresses(cidr_block: str, taken: Collection[str]) -> Iterator[str]:
    """The usable addresses of a vSwitch that aren't taken, lowest first."""
    return (text for number in usable(cidr_block) if (text := str(IPv4Address(number))) not in taken)


def address_from_id(network: IPv4Network, id: str) -> str:
    """An address in a network that follows from a resource's id, so that nothing need remember it."""
    digest = int.from_bytes(hashlib.sha256(id.encode()).digest())
    return str(network[1 + digest % (network.num_addresses - 2)])
