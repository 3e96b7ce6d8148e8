"""Which ports of a machine are open to this computer: those that its security groups let the internet use."""

import os
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Literal, NamedTuple

from localyun.model import SecurityGroup
from localyun.model.networks import ACCEPT, INGRESS, Traffic

NETWORK = "100.100.100.0/24"
GUEST = "100.100.100.15"
"""The address that every guest gets, in a network of its own."""
CALLER = IPv4Address("127.0.0.1")
"""Where connections come from, for rules that name their sources: this computer."""
WIDEST = 64
"""Each port of a range is forwarded, unless the range has more than these; then its known ones are."""
_TCP = (
    *(21, 22, 25, 53, 80, 110, 143, 443, 1433, 3000, 3306, 3389, 5000, 5432, 5900, 5985, 5986, 6379),
    *(6443, 8000, 8080, 8081, 8443, 8888, 9000, 9090, 9200, 27017),
)
KNOWN = {
    "tcp": _TCP,
    "udp": (53, 67, 123, 161, 500, 514, 1194, 4500, 51820),
}
"""What a wide range opens: a socket for each of 65535 ports would be too much."""
SHIFT = 10_000
"""Ports that only root may open are forwarded from this much higher up where we aren't root: 10022 is 22."""
UNPRIVILEGED_FROM = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")

Protocol = Literal["tcp", "udp"]
PROTOCOLS: tuple[Protocol, ...] = ("tcp", "udp")


class Forward(NamedTuple):
    """That a port of an address of this computer leads to a port of a machine."""

    protocol: Protocol
    address: str
    port: int
    guest_port: int

    @property
    def listening(self) -> str:
        """How QEMU names it."""
        return f"{self.protocol}:{self.address}:{self.port}"

    @property
    def rule(self) -> str:
        """How QEMU is told of it."""
        return f"{self.listening}-{GUEST}:{self.guest_port}"


def forwards(
    groups: Sequence[SecurityGroup], address: str, private_ip: str, *, lowest_port: int = 1
) -> frozenset[Forward]:
    """Return what is forwarded to a machine in these groups; without a public address, nothing.

    As the provider decides: of the rules of all groups that are about a port, those of the highest priority
    count, 1 being the highest; among them one that drops wins. What no rule is about is closed.
    """
    if not address:
        return frozenset()
    rules = [rule.traffic for group in groups for rule in group.rules if _applies(rule.traffic, private_ip)]
    return frozenset(
        Forward(protocol, address, port if port >= lowest_port else port + SHIFT, port)
        for protocol in PROTOCOLS
        for port in _candidates(rules, protocol)
        if _is_open(rules, protocol, port)
    )


def lowest_port() -> int:
    """The lowest port that this process may open."""
    if os.geteuid() == 0:
        return 1
    try:
        return int(UNPRIVILEGED_FROM.read_text())
    except (OSError, ValueError):
        return 1024


def _applies(rule: Traffic, private_ip: str) -> bool:
    """Whether a rule is about what comes from this computer: none about groups is, nor one of IPv6."""
    return (
        rule.direction == INGRESS
        and _has(rule.peer_cidr, CALLER)
        and (not rule.own_cidr or not private_ip or _has(rule.own_cidr, IPv4Address(private_ip)))
    )


def _has(cidr: str, address: IPv4Address) -> bool:
    return bool(cidr) and ":" not in cidr and address in IPv4Network(cidr, strict=False)


def _ports(rule: Traffic, protocol: Protocol) -> range:
    """The ports of a protocol that a rule is about."""
    if rule.protocol == "ALL":
        return range(1, 65536)
    if rule.protocol.lower() != protocol:
        return range(0)
    first, _, last = rule.port_range.partition("/")
    return range(int(first), int(last) + 1)


def _candidates(rules: Sequence[Traffic], protocol: Protocol) -> Iterator[int]:
    for rule in rules:
        if rule.policy == ACCEPT:
            ports = _ports(rule, protocol)
            yield from ports if len(ports) <= WIDEST else (port for port in KNOWN[protocol] if port in ports)


def _is_open(rules: Sequence[Traffic], protocol: Protocol, port: int) -> bool:
    """Whether there is a rule on a port, and none of those that count drops."""
    about = [rule for rule in rules if port in _ports(rule, protocol)]
    highest = min((int(rule.priority) for rule in about), default=0)
    return bool(about) and all(rule.policy == ACCEPT for rule in about if int(rule.priority) == highest)
