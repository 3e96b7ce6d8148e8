"""What a rule of a security group may say, and when two say the same."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

import msgspec

from localyun.model.networks import ACCEPT, DROP, EGRESS, INGRESS, INTERNET, INTRANET, Traffic
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec

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
    alone: bool
    """Whether it is worded by the older parameters, without `Permissions`."""
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
    peer_prefix_list: str | None
    port_range_list: str | None


Wording = Mapping[ErrorSpec, ErrorSpec]
"""The rows that a call has in the place of those that `check` names."""

_OLDER = {
    errors.RULE_PRIORITY: errors.OLD_RULE_PRIORITY,
    errors.RULE_SOURCE_IPV6: errors.OLD_RULE_IPV6,
    errors.RULE_DEST_IPV6: errors.OLD_RULE_IPV6,
    errors.RULE_DEST_CIDR: errors.OLD_RULE_DEST_CIDR,
}
_ADDING_OLDER = {
    **_OLDER,
    errors.RULE_PORTS: errors.OLD_RULE_PORTS,
    errors.RULE_SOURCE_CIDR: errors.OLD_RULE_SOURCE_CIDR,
    errors.RULE_SOURCE_MISSING: errors.OLD_RULE_SOURCE_MISSING,
    errors.RULE_DEST_MISSING: errors.OLD_RULE_DEST_MISSING,
    errors.RULE_SOURCE_GROUP_NOT_FOUND: errors.OLD_RULE_SOURCE_GROUP_NOT_FOUND,
    errors.RULE_DEST_GROUP_NOT_FOUND: errors.OLD_RULE_DEST_GROUP_NOT_FOUND,
}
_EGRESS = {errors.RULE_SOURCE_CIDR: errors.EGRESS_SOURCE_CIDR}
_TAKING = {
    errors.RULE_PROTOCOL: errors.REVOKE_PROTOCOL,
    errors.RULE_PORTS_MISMATCH: errors.REVOKE_PORTS,
    errors.RULE_POLICY: errors.REVOKE_POLICY,
    errors.RULE_NIC_TYPE: errors.REVOKE_NIC_TYPE,
    errors.RULE_DESCRIPTION: errors.REVOKE_DESCRIPTION,
    errors.RULE_FAMILIES_MIXED: errors.OLD_RULE_IPV6,
}
_TAKING_OLDER = {
    **_TAKING,
    **_OLDER,
    errors.RULE_PORTS: errors.REVOKE_PORTS,
    errors.RULE_SOURCE_MISSING: errors.REVOKE_SOURCE_MISSING,
    errors.RULE_DEST_MISSING: errors.REVOKE_DEST_MISSING,
}
_INGRESS_TAKING = {errors.RULE_SOURCE_GROUP_IS_SAME: errors.REVOKE_SOURCE_GROUP_IS_SAME}

WORDINGS: dict[tuple[str, bool, bool], Wording] = {
    (INGRESS, False, False): {},
    (INGRESS, False, True): _ADDING_OLDER,
    (EGRESS, False, False): _EGRESS,
    (EGRESS, False, True): {**_ADDING_OLDER, **_EGRESS},
    (INGRESS, True, False): {**_TAKING, **_INGRESS_TAKING},
    (INGRESS, True, True): {
        **_TAKING_OLDER,
        **_INGRESS_TAKING,
        errors.RULE_SOURCE_CIDR: errors.OLD_RULE_SOURCE_CIDR,
    },
    (EGRESS, True, False): _TAKING,
    (EGRESS, True, True): _TAKING_OLDER,
}
"""How rules are refused: by direction, by whether they are taken back, and whether in the older words."""


class Refusing(NamedTuple):
    """Makes the errors on one rule, in the words of its call."""

    where: str
    wording: Wording

    @classmethod
    def of(cls, asked: Asked, direction: str, *, revoked: bool) -> "Refusing":
        """Speak of a rule as the call does."""
        return cls(asked.where, WORDINGS[direction, revoked, asked.alone])

    def __call__(self, row: ErrorSpec, name: str = "") -> ApiError:
        """Return the error to raise, on a parameter of the rule if one is named."""
        return self.wording.get(row, row).naming(f"{self.where}.{name}" if name else self.where)


class _Side(NamedTuple):
    """How one end of a rule is refused, and what it is called."""

    name: str
    bad_cidr: ErrorSpec
    bad_ipv6: ErrorSpec
    twice: ErrorSpec
    missing: ErrorSpec


_SOURCE = _Side(
    "Source",
    errors.RULE_SOURCE_CIDR,
    errors.RULE_SOURCE_IPV6,
    errors.RULE_SOURCE_TWICE,
    errors.RULE_SOURCE_MISSING,
)
_DEST = _Side(
    "Dest", errors.RULE_DEST_CIDR, errors.RULE_DEST_IPV6, errors.RULE_DEST_TWICE, errors.RULE_DEST_MISSING
)


def check(asked: Asked, direction: str, *, revoked: bool = False) -> None:
    """Raise unless there may be such a rule. Source: AuthorizeSecurityGroup, …Egress (2025).

    What comes first in a rule is checked first: protocol, ports, policy, priority, ends, description.
    Taken back, a rule is held to the same.
    """
    refuse = Refusing.of(asked, direction, revoked=revoked)
    protocol = _protocol(asked, refuse)
    _check_ports(asked, protocol, refuse)
    if asked.policy is not None and asked.policy.capitalize() not in (ACCEPT, DROP):
        raise refuse(errors.RULE_POLICY, "Policy")
    if asked.priority is not None and not _PRIORITY.fullmatch(asked.priority):
        raise refuse(errors.RULE_PRIORITY, "Priority")
    if asked.nic_type not in (None, INTERNET, INTRANET):
        raise refuse(errors.RULE_NIC_TYPE, "NicType")
    peer, own = (_SOURCE, _DEST) if direction == INGRESS else (_DEST, _SOURCE)
    if not (asked.peer_cidr or asked.peer_ipv6 or asked.peer_group or asked.peer_prefix_list):
        raise refuse(peer.missing)
    _check_side(asked.peer_cidr, asked.peer_ipv6, peer, refuse)
    _check_side(asked.own_cidr, asked.own_ipv6, own, refuse)
    _check_families(asked, protocol, refuse)
    if not revoked and asked.peer_cidr and asked.peer_cidr == asked.own_cidr:
        raise refuse(errors.RULE_ENDS_ARE_SAME)
    if len(asked.description or "") > _LONGEST_DESCRIPTION:
        raise refuse(errors.RULE_DESCRIPTION, "Description")


def _protocol(asked: Asked, refuse: Refusing) -> str:
    if asked.ip_protocol is None:
        raise errors.MISSING_PARAMETER(f"{asked.where}.IpProtocol")
    if (protocol := _PROTOCOLS.get(asked.ip_protocol.lower())) is None:
        raise refuse(errors.RULE_PROTOCOL, "IpProtocol")
    return protocol


def _check_ports(asked: Asked, protocol: str, refuse: Refusing) -> None:
    """TCP and UDP have ports, the others don't."""
    if asked.port_range_list:
        if protocol not in _WITH_PORTS:
            raise refuse(errors.RULE_PORT_RANGE_LIST_OF_PROTOCOL)
        raise refuse(errors.RULE_PORT_RANGE_LIST_NOT_FOUND)
    if asked.port_range is None:
        raise refuse(errors.RULE_PORTS_MISSING)
    if not _is_port_range(asked.port_range) and asked.port_range != _ALL_PORTS:
        raise refuse(errors.RULE_PORTS, "PortRange")
    if (asked.port_range == _ALL_PORTS) == (protocol in _WITH_PORTS):
        raise refuse(errors.RULE_PORTS_MISMATCH)
    if asked.source_port_range not in (None, _ALL_PORTS) and not _is_port_range(asked.source_port_range):
        raise refuse(errors.RULE_SOURCE_PORTS)


def _is_port_range(text: str) -> bool:
    ports = _PORTS.fullmatch(text)
    return ports is not None and 1 <= int(ports[1]) <= int(ports[2]) <= 65535


def _check_side(cidr: str | None, ipv6: str | None, side: _Side, refuse: Refusing) -> None:
    if cidr and ipv6:
        raise refuse(side.twice)
    if cidr and not _is_block(cidr, IPv4Network):
        raise refuse(side.bad_cidr, f"{side.name}CidrIp")
    if ipv6 and not _is_block(ipv6, IPv6Network):
        raise refuse(side.bad_ipv6, f"Ipv6{side.name}CidrIp")


def _is_block(text: str, family: type[IPv4Network | IPv6Network]) -> bool:
    """Whether a text is an address or a block, whose address may have bits beyond the mask."""
    try:
        family(text, strict=False)
    except ValueError:
        return False
    return True


def _check_families(asked: Asked, protocol: str, refuse: Refusing) -> None:
    ipv4, ipv6 = asked.peer_cidr or asked.own_cidr, asked.peer_ipv6 or asked.own_ipv6
    if ipv4 and ipv6:
        raise refuse(errors.RULE_FAMILIES_MIXED)
    if ipv6 and protocol == "ICMP":
        raise refuse(errors.RULE_FAMILY_IPV4_ONLY)
    if ipv4 and protocol == "ICMPv6":
        raise refuse(errors.RULE_FAMILY_IPV6_ONLY)


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


def is_meant(there: Traffic, asked: Asked, *, in_vpc: bool, any_nic: bool = False) -> bool:
    """Whether somebody who asks to revoke a rule means this one; without a priority, any will do.

    With `any_nic`, it may be about other interfaces than those asked for.
    """
    wanted = traffic(asked, there.direction, in_vpc=in_vpc)
    if asked.priority is None:
        wanted = msgspec.structs.replace(wanted, priority=there.priority)
    if any_nic:
        wanted = msgspec.structs.replace(wanted, nic_type=there.nic_type)
    return wanted == there
