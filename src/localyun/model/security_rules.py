"""What a rule of a security group may say, and when two say the same."""

import re
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

import msgspec

from localyun.model.networks import ACCEPT, DROP, EGRESS, INGRESS, INTERNET, INTRANET, Traffic
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

_PROTOCOLS = {name.lower(): name for name in ("TCP", "UDP", "ICMP", "ICMPv6", "GRE", "ALL")}
_WITH_PORTS = ("TCP", "UDP")
_ALL_PORTS = "-1/-1"
_PORTS = re.compile(r"(\d{1,5})/(\d{1,5})", re.ASCII)
_PRIORITY = re.compile(r"[1-9][0-9]?|100")
_LONGEST_DESCRIPTION = 512


class Asked(NamedTuple):
    """A rule as a call words it; `where` is what the call names it, such as `Permissions.1`.

    The peer is the source of what comes in and the destination of what goes out.
    """

    where: str
    ip_protocol: str | None
    port_range: str | None
    source_port_range: str | None
    policy: str | None
    priority: str | None
    nic_type: str | None
    description: str | None
    peer_cidr: str | None
    peer_ipv6: str | None
    peer_group: str | None
    own_cidr: str | None
    own_ipv6: str | None


class _Side(NamedTuple):
    """How one end of a rule is refused."""

    bad_cidr: ErrorSpec
    bad_ipv6: ErrorSpec
    twice: ErrorSpec


class _Rows(NamedTuple):
    """How a rule of one direction is refused."""

    peer: _Side
    own: _Side
    no_peer: ErrorSpec


_DEST = _Side(errors.RULE_DEST_CIDR, errors.RULE_DEST_IPV6, errors.RULE_DEST_TWICE)
_ROWS = {
    INGRESS: _Rows(
        peer=_Side(errors.RULE_SOURCE_CIDR, errors.RULE_SOURCE_IPV6, errors.RULE_SOURCE_TWICE),
        own=_DEST,
        no_peer=errors.RULE_SOURCE_MISSING,
    ),
    EGRESS: _Rows(
        peer=_DEST,
        own=_Side(errors.EGRESS_SOURCE_CIDR, errors.RULE_SOURCE_IPV6, errors.RULE_SOURCE_TWICE),
        no_peer=errors.RULE_DEST_MISSING,
    ),
}


def check(asked: Asked, direction: str) -> None:
    """Raise unless there may be such a rule. Source: AuthorizeSecurityGroup, …Egress (2025).

    What comes first in a rule is checked first: protocol, ports, policy, priority, ends, description.
    """
    protocol = _protocol(asked)
    _check_ports(asked, protocol)
    if asked.policy is not None and asked.policy.capitalize() not in (ACCEPT, DROP):
        raise errors.RULE_POLICY()
    if asked.priority is not None and not _PRIORITY.fullmatch(asked.priority):
        raise errors.RULE_PRIORITY(f"{asked.where}.Priority")
    if asked.nic_type not in (None, INTERNET, INTRANET):
        raise errors.RULE_NIC_TYPE()
    rows = _ROWS[direction]
    name, other = ("Source", "Dest") if direction == INGRESS else ("Dest", "Source")
    if not (asked.peer_cidr or asked.peer_ipv6 or asked.peer_group):
        raise rows.no_peer(asked.where)
    _check_side(asked.peer_cidr, asked.peer_ipv6, rows.peer, asked.where, name)
    _check_side(asked.own_cidr, asked.own_ipv6, rows.own, asked.where, other)
    _check_families(asked, protocol)
    if len(asked.description or "") > _LONGEST_DESCRIPTION:
        raise errors.RULE_DESCRIPTION(f"{asked.where}.Description")


def _protocol(asked: Asked) -> str:
    if asked.ip_protocol is None:
        raise errors.MISSING_PARAMETER(f"{asked.where}.IpProtocol")
    if (protocol := _PROTOCOLS.get(asked.ip_protocol.lower())) is None:
        raise errors.RULE_PROTOCOL(f"{asked.where}.IpProtocol")
    return protocol


def _check_ports(asked: Asked, protocol: str) -> None:
    """TCP and UDP have ports, the others don't."""
    if asked.port_range is None:
        raise errors.RULE_PORTS_MISSING()
    if not _is_port_range(asked.port_range) and asked.port_range != _ALL_PORTS:
        raise errors.RULE_PORTS(f"{asked.where}.PortRange")
    if (asked.port_range == _ALL_PORTS) == (protocol in _WITH_PORTS):
        raise errors.RULE_PORTS_MISMATCH()
    if asked.source_port_range not in (None, _ALL_PORTS) and not _is_port_range(asked.source_port_range):
        raise errors.RULE_SOURCE_PORTS()


def _is_port_range(text: str) -> bool:
    ports = _PORTS.fullmatch(text)
    return ports is not None and 1 <= int(ports[1]) <= int(ports[2]) <= 65535


def _check_side(cidr: str | None, ipv6: str | None, rows: _Side, where: str, name: str) -> None:
    if cidr and ipv6:
        raise rows.twice(where)
    if cidr and not _is_block(cidr, IPv4Network):
        raise rows.bad_cidr()
    if ipv6 and not _is_block(ipv6, IPv6Network):
        raise rows.bad_ipv6(f"{where}.Ipv6{name}CidrIp")


def _is_block(text: str, family: type[IPv4Network | IPv6Network]) -> bool:
    """Whether a text is an address or a block, whose address may have bits beyond the mask."""
    try:
        family(text, strict=False)
    except ValueError:
        return False
    return True


def _check_families(asked: Asked, protocol: str) -> None:
    ipv4, ipv6 = asked.peer_cidr or asked.own_cidr, asked.peer_ipv6 or asked.own_ipv6
    if ipv4 and ipv6:
        raise errors.RULE_FAMILIES_MIXED()
    if ipv6 and protocol == "ICMP":
        raise errors.RULE_FAMILY_IPV4_ONLY()
    if ipv4 and protocol == "ICMPv6":
        raise errors.RULE_FAMILY_IPV6_ONLY()


def traffic(asked: Asked, direction: str, *, in_vpc: bool) -> Traffic:
    """Return what a rule is about, its words in the provider's own spelling.

    A block wins over a group. In a VPC there are only inner interfaces, whatever is asked for.
    """
    peer_cidr = asked.peer_cidr or asked.peer_ipv6 or ""
    peer_group = "" if peer_cidr else asked.peer_group or ""
    protocol = asked.ip_protocol or ""
    return Traffic(
        direction=direction,
        protocol=_PROTOCOLS.get(protocol.lower(), protocol),
        port_range=asked.port_range or "",
        policy=(asked.policy or ACCEPT).capitalize(),
        priority=asked.priority or "1",
        nic_type=INTRANET if in_vpc or peer_group else asked.nic_type or INTERNET,
        peer_cidr=peer_cidr,
        peer_group=peer_group,
        own_cidr=asked.own_cidr or asked.own_ipv6 or "",
        source_port_range=asked.source_port_range or "",
    )


def is_meant(there: Traffic, asked: Asked, *, in_vpc: bool) -> bool:
    """Whether somebody who asks to revoke a rule means this one; without a priority, any will do."""
    wanted = traffic(asked, there.direction, in_vpc=in_vpc)
    if asked.priority is None:
        wanted = msgspec.structs.replace(wanted, priority=there.priority)
    return wanted == there
