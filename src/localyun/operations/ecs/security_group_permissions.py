"""How calls word the rules of security groups: as `Permissions.N`, or by the older parameters without it."""

from collections.abc import Sequence
from typing import Annotated

from localyun.model.security_rules import Asked
from localyun.operations.common import ClientToken, RegionId
from localyun.operations.ecs.security_groups import SecurityGroupId
from localyun.spec import errors
from localyun.spec.declare import Group, NotEmulated, Request, param

IpProtocol = Annotated[str | None, param("TCP, UDP, ICMP, ICMPv6, GRE or ALL, in any case.")]
PortRange = Annotated[str | None, param("`22/22`; `-1/-1` where the protocol has no ports.")]
SourcePortRange = Annotated[str | None, param("The ports at the source, as in PortRange.")]
Policy = Annotated[str | None, param("`accept` (the default) or `drop`, in any case.")]
Priority = Annotated[str | None, param("1 (the default, the first) to 100.")]
NicType = Annotated[str | None, param("`internet` or `intranet`; in a VPC always the latter.")]
Description = Annotated[str | None, param("Up to 512 characters.")]
SourceCidr = Annotated[str | None, param("The source: an IPv4 address or block.")]
SourceIpv6 = Annotated[str | None, param("The source: an IPv6 address or block.")]
SourceGroup = Annotated[str | None, param("The source: a security group, unless there is a block.")]
DestCidr = Annotated[str | None, param("The destination: an IPv4 address or block.")]
DestIpv6 = Annotated[str | None, param("The destination: an IPv6 address or block.")]
PrefixList = Annotated[str | None, param("A prefix list; there are none.")]
PortRangeList = Annotated[str | None, param("A list of ports; there are none.")]
DestGroup = Annotated[str | None, param("The destination: a security group, unless there is a block.")]


class _Permission(Group):
    """What a rule of either direction has."""

    policy: Policy = None
    priority: Priority = None
    ip_protocol: IpProtocol = None
    source_cidr_ip: SourceCidr = None
    ipv6_source_cidr_ip: SourceIpv6 = None
    port_range: PortRange = None
    dest_cidr_ip: DestCidr = None
    ipv6_dest_cidr_ip: DestIpv6 = None
    source_port_range: SourcePortRange = None
    nic_type: NicType = None
    description: Description = None
    port_range_list_id: PortRangeList = None


class IngressPermission(_Permission):
    """A rule on what comes in."""

    source_group_id: SourceGroup = None
    source_prefix_list_id: PrefixList = None
    source_group_owner_account: NotEmulated[str] = None
    source_group_owner_id: NotEmulated[int] = None


class EgressPermission(_Permission):
    """A rule on what goes out."""

    dest_group_id: DestGroup = None
    dest_prefix_list_id: PrefixList = None
    dest_group_owner_account: NotEmulated[str] = None


class NewEgressPermission(EgressPermission):
    """A rule on what goes out, to add."""

    dest_group_owner_id: NotEmulated[int] = None


class OldEgressPermission(EgressPermission):
    """A rule on what goes out, to take back. Here the account's id is published as a text (sic)."""

    dest_group_owner_id: NotEmulated[str] = None


_MANY = param("The rules, up to 100.", max_length=100)
IngressPermissions = Annotated[tuple[IngressPermission, ...], _MANY]
NewEgressPermissions = Annotated[tuple[NewEgressPermission, ...], _MANY]
OldEgressPermissions = Annotated[tuple[OldEgressPermission, ...], _MANY]


class _RulesRequest(Request):
    """A call about rules, one of which it may word by the older parameters."""

    region_id: RegionId
    security_group_id: SecurityGroupId
    client_token: ClientToken = None
    policy: Policy = None
    priority: Priority = None
    ip_protocol: IpProtocol = None
    source_cidr_ip: SourceCidr = None
    ipv6_source_cidr_ip: SourceIpv6 = None
    port_range: PortRange = None
    dest_cidr_ip: DestCidr = None
    ipv6_dest_cidr_ip: DestIpv6 = None
    source_port_range: SourcePortRange = None
    nic_type: NicType = None
    description: Description = None


class IngressRulesRequest(_RulesRequest):
    """A call about rules on what comes in."""

    permissions: IngressPermissions = ()
    source_group_id: SourceGroup = None
    source_prefix_list_id: PrefixList = None
    source_group_owner_account: NotEmulated[str] = None
    source_group_owner_id: NotEmulated[int] = None


class EgressRulesRequest(_RulesRequest):
    """A call about rules on what goes out."""

    permissions: tuple[EgressPermission, ...] = ()
    dest_group_id: DestGroup = None
    dest_prefix_list_id: PrefixList = None
    dest_group_owner_account: NotEmulated[str] = None
    dest_group_owner_id: NotEmulated[int] = None


def rules_asked_for(request: IngressRulesRequest | EgressRulesRequest) -> list[Asked]:
    """Return the rules that a call words, either way; one that words none asks for an empty rule.

    Raises `InvalidParam.Permissions` when it does both.
    """
    words: Sequence[IngressPermission | EgressPermission] = request.permissions
    rules = [_asked(item, f"Permissions.{number}") for number, item in enumerate(words, 1)]
    alone = _asked(request, "Permissions.1")
    if not rules:
        return [alone._replace(alone=True)]
    if any(alone[2:]):
        raise errors.RULES_BOTH_WAYS()
    return rules


def _asked(
    words: IngressPermission | EgressPermission | IngressRulesRequest | EgressRulesRequest, where: str
) -> Asked:
    source = words.source_cidr_ip, words.ipv6_source_cidr_ip
    dest = words.dest_cidr_ip, words.ipv6_dest_cidr_ip
    if isinstance(words, IngressPermission | IngressRulesRequest):
        peer, own, group = source, dest, words.source_group_id
        prefix_list = words.source_prefix_list_id
    else:
        peer, own, group = dest, source, words.dest_group_id
        prefix_list = words.dest_prefix_list_id
    return Asked(
        where=where,
        alone=False,
        ip_protocol=words.ip_protocol,
        port_range=words.port_range,
        source_port_range=words.source_port_range,
        policy=words.policy,
        priority=words.priority,
        nic_type=words.nic_type,
        description=words.description,
        peer_cidr=peer[0],
        peer_ipv6=peer[1],
        peer_group=group,
        own_cidr=own[0],
        own_ipv6=own[1],
        peer_prefix_list=prefix_list,
        port_range_list=getattr(words, "port_range_list_id", None),
    )
